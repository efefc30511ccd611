"""The till asks for the PIN when nobody has touched it for a while (T1)."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.kernel.clock import ManualClock
from app.ui.idle_lock import IdleLock

pytestmark = pytest.mark.gui


class Door:
    """What is locked; it may be held open."""

    def __init__(self) -> None:
        self.held = False
        self.locked = 0

    def may_lock(self) -> bool:
        return not self.held

    def lock(self) -> None:
        self.locked += 1


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def idle(qapp: QApplication, clock: ManualClock, door: Door) -> IdleLock:
    assert qapp.thread() is not None
    lock = IdleLock(300, clock, may_lock=door.may_lock, lock=door.lock)
    lock.start()
    return lock


def later(idle: IdleLock, clock: ManualClock, seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))
    idle.look()


def test_till_locks_once_its_time_without_input_is_over(
    idle: IdleLock, clock: ManualClock, door: Door
) -> None:
    later(idle, clock, 299)
    assert door.locked == 0
    later(idle, clock, 1)
    assert door.locked == 1
    later(idle, clock, 299)
    assert door.locked == 1


@pytest.mark.parametrize(
    "kind", [QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin]
)
def test_any_input_begins_the_time_anew(
    idle: IdleLock, clock: ManualClock, door: Door, kind: QEvent.Type
) -> None:
    clock.advance(timedelta(seconds=299))
    assert not idle.eventFilter(QObject(), QEvent(kind))
    later(idle, clock, 299)
    assert door.locked == 0


def test_what_moves_without_a_hand_is_no_input(
    idle: IdleLock, clock: ManualClock, door: Door
) -> None:
    clock.advance(timedelta(seconds=299))
    idle.eventFilter(QObject(), QEvent(QEvent.Type.UpdateRequest))
    later(idle, clock, 1)
    assert door.locked == 1


def test_till_that_must_not_be_locked_is_locked_when_it_may_be(
    idle: IdleLock, clock: ManualClock, door: Door
) -> None:
    door.held = True
    later(idle, clock, 400)
    assert door.locked == 0
    door.held = False
    later(idle, clock, 1)
    assert door.locked == 1
