"""A widget that became garbage is destroyed by the GUI thread, whoever else is at work."""

import gc
import threading
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from app.ui.garbage import Sweeper, sweep


class Mark:
    """Notes the thread it dies on."""

    def __init__(self, deaths: list[str]) -> None:
        self._deaths = deaths

    def __del__(self) -> None:
        self._deaths.append(threading.current_thread().name)


@pytest.mark.usefixtures("qapp")
def test_no_other_thread_destroys_a_widget() -> None:
    owner = QObject()
    sweeper = Sweeper(owner)
    deaths: list[str] = []
    widget: Any = QWidget()
    widget.mark = Mark(deaths)
    widget.itself = widget
    gone = weakref.ref(widget)
    del widget

    def fill_memory() -> None:
        for _ in range(50):
            heap = [[i] for i in range(2_000)]  # enough to start Python's own collector
            heap.clear()

    worker = threading.Thread(target=fill_memory, name="lane")
    worker.start()
    worker.join()
    assert deaths == []

    heap = [[i] for i in range(2_000)]
    while gone() is not None:
        heap = [[i] for i in range(2_000)]
        sweep()
    assert deaths == [threading.current_thread().name]
    assert heap
    del sweeper
    QCoreApplication.sendPostedEvents()


@pytest.mark.usefixtures("qapp")
def test_garbage_goes_though_what_was_before_is_kept() -> None:
    sweeper = Sweeper()
    sweeper.settle()
    gone: list[Any] = []
    for _ in range(12):
        cycle = Mark([])
        cycle.itself = cycle  # type: ignore[attr-defined]  # makes it garbage for the collector only
        gone.append(weakref.ref(cycle))
        del cycle
        heap = [[i] for i in range(2_000)]
        sweep()
        assert heap
    assert any(each() is None for each in gone)


@pytest.mark.usefixtures("qapp")
def test_old_objects_are_left_alone_while_screens_are_being_made() -> None:
    looked_at: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            looked_at.append(info["generation"])

    def sweep_often() -> None:
        looked_at.clear()
        heap: list[list[list[int]]] = []
        for _ in range(200):
            heap.append([[i] for i in range(1_000)])
            sweeper._sweep()

    sweeper = Sweeper()
    gc.callbacks.append(note)
    try:
        sweep_often()
        assert looked_at
        assert max(looked_at) < 2
        sweeper.settle()
        sweep_often()
        assert max(looked_at) == 2
    finally:
        gc.callbacks.remove(note)
