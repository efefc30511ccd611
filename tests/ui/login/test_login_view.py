"""The login screen: pictures in both themes, intents of taps and keys, and what an error looks like."""

from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from app.till import texts
from app.till.words import Words
from app.ui.login.state import Health, HealthFact, LoginState, Person
from app.ui.login.view import LoginView
from tests.fakes.pictures import SCREEN, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

PEOPLE = (
    Person("1", "Анна Соколова", "cashier", has_shift=True),
    Person("2", "Илья Петров", "cashier"),
    Person("3", "Екатерина Константинопольская", "manager"),
    Person("4", "Дмитрий М.", "waiter"),
    Person("5", "Ольга Лебедева", "manager"),
)


def login_state(**changes: object) -> LoginState:
    facts: dict[str, object] = {
        "place": "Кофейня «Север», Ленина 24",
        "register": "Касса 2",
        "version": "1.4.0",
        "support": "8 800 555-01-24",
        "now": datetime(2025, 11, 20, 14, 32, tzinfo=UTC),
        "shift_number": 214,
        "shift_since": datetime(2025, 11, 20, 8, 2, tzinfo=UTC),
        "shift_owner": "Анна Соколова",
        "health": (
            HealthFact("cloud-check", Health.OK, Words("В сети, обмен 14:31", "Online")),
            HealthFact("receipt", Health.OK, Words("Принтер чеков готов", "Printer is ready")),
            HealthFact("alert-triangle", Health.WARNING, Words("Терминал не отвечает", "No")),
        ),
        "people": PEOPLE,
        "has_more": True,
        "chosen_id": "1",
        "entered": 2,
    }
    return LoginState(**(facts | changes))  # type: ignore[arg-type]  # a test's own facts


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("S01-login", {}),
        ("S01-login-wrong", {"entered": 0, "error": texts.PIN_WRONG.fill(left=3)}),
        ("S01-login-locked", {"entered": 0, "error": texts.PIN_WRONG, "locked_s": 54}),
        ("S01-login-change", {"can_leave": True, "shift_number": 0, "chosen_id": ""}),
    ],
)
def test_login_fits_its_window(qtbot: QtBot, name: str, changes: dict[str, object]) -> None:
    view = LoginView()
    view.render(login_state(**changes))
    photograph(qtbot, view, name, SCREEN)


def test_nobody_types_while_a_person_is_locked(qtbot: QtBot) -> None:
    view = LoginView()
    qtbot.addWidget(view)
    view.render(login_state(locked_s=10))

    assert not view.pad.isEnabled()
    assert "10" in view.error.text()


def test_tap_on_a_person_names_the_person(qtbot: QtBot) -> None:
    view = LoginView()
    qtbot.addWidget(view)
    view.render(login_state())
    with qtbot.waitSignal(view.person_chosen, timeout=60_000) as chosen:
        view.people.cards[1].click()
    assert chosen.args == ["2"]
