"""Operations run off the GUI thread, in order a lane, and answer on the GUI thread."""

import logging
import threading
from functools import partial
from typing import Protocol

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from app.kernel.errors import AppError, BugError, RuleError
from app.ui.ops import Lane, Ops


class ErrorsSeen(Protocol):
    """The fixture that keeps errors nobody handled."""

    errors: list[AppError]

    def show_error(self, error: AppError) -> None:
        """Keep it."""


def test_operation_leaves_the_gui_thread_and_the_answer_comes_back_to_it(
    ops: Ops, qtbot: QtBot
) -> None:
    gui = threading.get_ident()
    seen: list[tuple[int, int]] = []

    ops.run(
        threading.get_ident, success=lambda worker: seen.append((worker, threading.get_ident()))
    )
    qtbot.waitUntil(ops.idle, timeout=60_000)

    [(worker, back)] = seen
    assert worker != gui
    assert back == gui


def test_operations_of_one_lane_keep_the_order_of_the_taps(ops: Ops) -> None:
    done: list[int] = []
    answered: list[int] = []

    def note(number: int) -> int:
        done.append(number)
        return number

    for number in range(200):
        ops.run(partial(note, number), success=answered.append)

    assert ops.wait_idle(60)
    assert done == answered == list(range(200))


def test_search_does_not_wait_behind_a_payment(ops: Ops, qtbot: QtBot) -> None:
    paying = threading.Event()
    found: list[str] = []
    ops.run(lambda: paying.wait(60), lane=Lane.DEVICE)

    ops.run(lambda: "кофе", success=found.append, lane=Lane.QUERY)
    qtbot.waitUntil(lambda: found == ["кофе"], timeout=60_000)
    paying.set()


def test_refusal_reaches_the_caller_as_it_was_raised(ops: Ops) -> None:
    refusal = RuleError("LIMIT", "Больше 10 % нельзя", "No more than 10 %")
    caught: list[AppError] = []

    def refuse() -> None:
        raise refusal

    ops.run(refuse, failure=caught.append)
    assert ops.wait_idle(60)
    assert caught == [refusal]


def test_unhandled_refusal_is_shown(ops: Ops, unhandled: ErrorsSeen) -> None:
    def refuse() -> None:
        raise RuleError("LIMIT", "Больше 10 % нельзя", "No more than 10 %")

    ops.run(refuse)
    assert ops.wait_idle(60)
    assert [error.code for error in unhandled.errors] == ["LIMIT"]


def test_fault_of_the_program_becomes_a_sentence_and_a_logged_traceback(
    ops: Ops, caplog: pytest.LogCaptureFixture
) -> None:
    caught: list[AppError] = []
    ops.run(lambda: 1 // 0, failure=caught.append)

    assert ops.wait_idle(60)
    [error] = caught
    assert isinstance(error, BugError)
    assert "ZeroDivision" not in error.text("ru")
    assert "ZeroDivisionError" in caplog.text


def test_answer_for_a_closed_screen_is_dropped(ops: Ops) -> None:
    screen = QObject()
    gate = threading.Event()
    answers: list[bool] = []
    ops.run(lambda: gate.wait(60), success=answers.append, owner=screen)

    shiboken6.delete(screen)
    gate.set()
    assert ops.wait_idle(60)
    assert answers == []


@pytest.mark.parametrize("fails", [False, True])
def test_a_lane_never_has_the_last_word_on_a_screen(
    ops: Ops, caplog: pytest.LogCaptureFixture, fails: bool
) -> None:
    """A widget that a lane destroys, while the GUI thread may be painting it, ends the program."""
    caplog.set_level(logging.ERROR)  # what is captured is kept, errors with their tracebacks

    class Screen(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.destroyed.connect(
                lambda: ended_on.append(threading.get_ident()), Qt.ConnectionType.DirectConnection
            )

        def read(self) -> None:
            if fails:
                raise RuleError("LIMIT", "Больше 10 % нельзя", "No more than 10 %")

        def show(self, _answer: object) -> None:
            """Take the answer."""

    ended_on: list[int] = []
    for _ in range(100):
        screen = Screen()
        ops.run(screen.read, success=screen.show, failure=screen.show)
        del screen
        assert ops.wait_idle(60)
    ops.run(int)  # for this the lane lets the one before go, if it had it
    assert ops.wait_idle(60)

    assert ended_on == [threading.get_ident()] * 100


def test_answer_may_start_the_next_operation(ops: Ops) -> None:
    answers: list[str] = []
    ops.run(lambda: "a", success=lambda a: ops.run(lambda: a + "b", success=answers.append))

    assert ops.wait_idle(60)
    assert answers == ["ab"]


@pytest.mark.usefixtures("qapp")
def test_work_after_closing_is_not_begun(unhandled: ErrorsSeen) -> None:
    """A notice of the store may still be on its way to a screen when the program ends."""
    lanes = Ops(unhandled)
    assert lanes.close()
    done: list[str] = []
    lanes.run(lambda: "read again", success=done.append)
    assert lanes.wait_idle(60)
    assert not done
    assert not unhandled.errors
