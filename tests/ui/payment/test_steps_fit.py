"""However many steps a sale has, the button that stops the terminal stays on the screen."""

import pytest
from pytestqt.qtbot import QtBot

from app.till.order import StepName, StepState, StepStatus
from app.till.words import Words
from app.ui.payment.card_page import CardView
from app.ui.payment.state import CardPage
from app.ui.payment.steps import ROWS_MAX, StepColumn, StepRow

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

NAMES = (StepName.AUTHORISE, StepName.FISCAL, StepName.LOYALTY, StepName.KITCHEN, StepName.PRINT)
LATER = Words("После оплаты", "After the payment")


def steps(*begun: StepStatus) -> tuple[StepState, ...]:
    states = (*begun, *[StepStatus.NOT_YET] * (len(NAMES) - len(begun)))
    return tuple(StepState(*each, LATER) for each in zip(NAMES, states, strict=True))


def rows(column: StepColumn) -> list[str]:
    return [row.accessibleName() for row in column.findChildren(StepRow)]


def test_later_steps_share_a_row(qtbot: QtBot) -> None:
    column = StepColumn()
    qtbot.addWidget(column)
    column.set_steps(steps(StepStatus.NOW))
    assert rows(column) == [
        "Оплата: После оплаты",
        "Чек: После оплаты",
        "Баллы, кухня, чек и печать: После оплаты",
    ]


def test_a_step_that_has_begun_has_a_row_of_its_own(qtbot: QtBot) -> None:
    column = StepColumn()
    qtbot.addWidget(column)
    done = [StepStatus.DONE, StepStatus.FAILED, StepStatus.WAITING, StepStatus.NOW]
    column.set_steps(steps(*done))
    assert len(rows(column)) == len(NAMES)


def test_few_steps_have_a_row_each(qtbot: QtBot) -> None:
    column = StepColumn()
    qtbot.addWidget(column)
    column.set_steps(steps(StepStatus.NOW)[:ROWS_MAX])
    assert [name.partition(":")[0] for name in rows(column)] == ["Оплата", "Чек", "Баллы"]


def test_the_terminal_can_be_stopped_on_the_small_screen(qtbot: QtBot) -> None:
    view = CardView()
    qtbot.addWidget(view)
    view.render(CardPage(592_00, None, steps(StepStatus.NOW)))
    view.resize(678, 628)  # the page of the work area at 1366 x 768
    view.show()
    assert view.minimumSizeHint().height() <= 628
    assert view.rect().contains(view.cancel_button.geometry())
