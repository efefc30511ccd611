"""A tap goes before the next heavy piece of work, and nothing that waited is lost or out of order."""

import threading
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from app.ui.breath import LONG_S, breath
from app.ui.bridge import Bridge
from app.ui.ops import Lane, Ops
from app.ui.window import MainWindow

_WAIT_S = 20.0


def heavy() -> None:
    until = time.perf_counter() + 1.5 * LONG_S
    while time.perf_counter() < until:
        pass


def pump(is_done: Callable[[], bool]) -> None:
    until = time.monotonic() + _WAIT_S
    while not is_done():
        assert time.monotonic() < until, "it never came"
        QCoreApplication.processEvents()


class Finger(QObject):
    """A tap that was posted while the screen was busy."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def tap(self) -> None:
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._told.append("tap")
        return super().event(event)


def test_tap_goes_between_two_heavy_answers(ops: Ops) -> None:
    told: list[str] = []
    finger, go = Finger(told), threading.Event()

    def first(_result: object) -> None:
        go.set()
        heavy()  # long enough for the second answer to be on its way
        finger.tap()
        told.append("first")

    def second(_result: object) -> None:
        told.append("second")

    ops.run(lambda: go.wait(_WAIT_S), success=second, lane=Lane.QUERY)
    ops.run(bool, success=first)
    pump(lambda: len(told) == 3)
    assert told == ["first", "tap", "second"]


def test_answers_of_a_lane_keep_their_order_behind_heavy_work(ops: Ops) -> None:
    told: list[int] = []

    def note(number: int) -> None:
        told.append(number)
        if number % 3 == 0:
            heavy()

    for number in range(12):
        ops.run(partial(int, number), success=note)
    pump(lambda: len(told) == 12)
    assert told == list(range(12))


def test_waiting_for_all_work_delivers_what_waits_for_a_breath(ops: Ops) -> None:
    told: list[int] = []

    def note(number: int) -> None:
        heavy()
        told.append(number)

    for number in range(3):
        ops.run(partial(int, number), success=note)
    assert ops.wait_idle(_WAIT_S)
    assert told == [0, 1, 2]


class Watched(MainWindow):
    """Notes when it is painted."""

    def __init__(self, told: list[str]) -> None:
        self._told = told
        super().__init__(Bridge())

    @override
    def paintEvent(self, event: object) -> None:
        self._told.append("paint")
        super().paintEvent(event)  # type: ignore[arg-type]  # as Qt hands it over


def test_tap_goes_before_the_repaint_that_heavy_work_caused(qapp: QApplication) -> None:
    told: list[str] = []
    window, finger = Watched(told), Finger(told)
    window.resize(1366, 768)
    window.show()
    pump(lambda: "paint" in told)
    pump(lambda: not breath().is_needed)
    told.clear()
    window.update()
    started = time.perf_counter()
    heavy()
    breath().after(started)
    finger.tap()
    pump(lambda: "paint" in told)
    assert told == ["tap", "paint"]
    window.close()
    window.deleteLater()
    qapp.processEvents()
