"""Signing in over a whole till: PINs, locks, and where the cashier goes next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.frame.screen import ScreenId
from app.ui.login.presenter import About, LoginPresenter
from app.ui.ops import Ops
from tests.fakes.stage import FakeStage
from tests.till.bench import ANNA, PINS, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@pytest.fixture
def bench(tmp_path: Path, ops: Ops) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    ops.wait_idle(60)
    bench.close()


@pytest.fixture
def stage() -> FakeStage:
    return FakeStage()


@pytest.fixture
def login(bench: Bench, ops: Ops, stage: FakeStage) -> LoginPresenter:
    tools = stage.tools(ops, bench.till.session, bench.clock)
    presenter = LoginPresenter(tools, bench.till, About("1.0"))
    presenter.on_enter()
    assert ops.wait_idle(60)
    presenter.choose(ANNA)
    return presenter


def type_pin(login: LoginPresenter, ops: Ops, pin: str) -> None:
    for digit in pin:
        login.on_key(digit)
    login.on_key("Enter")
    assert ops.wait_idle(60)


def test_right_pin_without_a_shift_leads_to_opening_one(
    login: LoginPresenter, ops: Ops, stage: FakeStage
) -> None:
    assert login.state.place == "Кофейня, Ленина, 1"
    type_pin(login, ops, PINS[ANNA])
    assert stage.went == [ScreenId.OPEN_SHIFT]


def test_pin_is_checked_without_enter(
    login: LoginPresenter, bench: Bench, stage: FakeStage, qtbot: QtBot
) -> None:
    for digit in PINS[ANNA]:
        login.on_key(digit)
    qtbot.waitUntil(lambda: stage.went == [ScreenId.OPEN_SHIFT], timeout=60_000)
    assert bench.till.session.person is not None


def test_open_shift_leads_to_the_sale(
    login: LoginPresenter, bench: Bench, ops: Ops, stage: FakeStage
) -> None:
    bench.ready()
    type_pin(login, ops, PINS[ANNA])
    assert stage.went == [ScreenId.SALE]


def test_wrong_pin_says_how_many_tries_are_left_and_empties_the_dots(
    login: LoginPresenter, ops: Ops, stage: FakeStage
) -> None:
    type_pin(login, ops, "9999")
    assert login.state.error is not None
    assert "4" in login.state.error.ru
    assert login.state.entered == 0
    assert stage.went == []


def test_fifth_wrong_pin_locks_the_person_for_a_minute(login: LoginPresenter, ops: Ops) -> None:
    for _ in range(5):
        type_pin(login, ops, "9999")
    assert login.state.locked_s == 60
    assert not login.state.can_type
    login.choose("boris")
    assert login.state.locked_s == 0, "only this person waits"


def test_pin_alone_is_enough_where_the_till_is_set_so(
    login: LoginPresenter, bench: Bench, ops: Ops, stage: FakeStage
) -> None:
    bench.till.session.set_pin_only(True)
    login.on_enter()
    assert ops.wait_idle(60)
    type_pin(login, ops, PINS[ANNA])
    assert stage.went == [ScreenId.OPEN_SHIFT]
