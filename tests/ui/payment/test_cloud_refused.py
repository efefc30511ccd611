"""A cloud register that refuses a repetition: every screen says what is known, why, and offers to ask.

Pictures prove that the words fit. `MAXLOYALTY_PICTURES` keeps them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.till import fiscal_texts, receipt_texts
from app.ui.ops import Ops
from app.ui.orders.presenter import OrdersPresenter
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import TroublePage
from app.ui.payment.steps import StepRow
from app.ui.sync.presenter import SyncPresenter
from app.ui.sync.state import Exchange
from app.ui.text import language
from app.ui.widgets.button import PushButton
from tests.fakes.pictures import WIDE_AREA, WORK_AREA, photograph
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE
from tests.till.cloud_bench import CloudBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@pytest.fixture
def cloudy(tmp_path: Path) -> Iterator[CloudBench]:
    made = CloudBench(tmp_path / "cloud")
    made.ready()
    made.doubt()
    yield made
    made.close()
    made.cloud.stop()


def _buttons(view: QWidget) -> set[str]:
    return {one.accessibleName() or one.text() for one in view.findChildren(PushButton)}


def test_the_page_after_the_money_says_why_and_offers_to_ask(
    cloudy: CloudBench, ops: Ops, qtbot: QtBot
) -> None:
    stage = FakeStage()
    tools = stage.tools(ops, cloudy.till.session, cloudy.clock)
    cloudy.till.sale.tap(COFFEE)
    tools.board.publish(cloudy.till.sale.state())
    presenter = PaymentPresenter(tools, cloudy.till)
    presenter.on_enter()
    assert ops.wait_idle(60)
    meaning = presenter.main_meaning()
    assert meaning is not None
    presenter.on_main(meaning.key)
    assert ops.wait_idle(60)
    cloudy.till.fiscal.run_once()
    tools.changes.notify({"fiscal"})
    assert ops.wait_idle(60)

    page = presenter.page
    assert isinstance(page, TroublePage)
    (card,) = [one for one in page.cards if one.title == fiscal_texts.EARLIER_UNKNOWN]
    assert "логин" in card.detail.ru
    assert page.ways[0].words == fiscal_texts.WAY_ASK
    photograph(qtbot, presenter.view, "S6-cloud-refused", WORK_AREA)
    paid, failed = (row.height() for row in presenter.view.findChildren(StepRow) if row.isVisible())
    assert failed > paid, "the reason ends with what is to be done: it has a second line"


def test_the_list_of_orders_and_the_queue_say_the_same(
    cloudy: CloudBench, ops: Ops, qtbot: QtBot
) -> None:
    cloudy.sell()
    cloudy.till.fiscal.run_once()
    tools = FakeStage().tools(ops, cloudy.till.session, cloudy.clock)
    refund = RefundPresenter(tools, cloudy.till)
    orders = OrdersPresenter(tools, cloudy.till, refund)
    queue = SyncPresenter(tools, cloudy.till, Exchange)
    for screen in (orders, queue):
        screen.on_enter()
        assert ops.wait_idle(60)

    assert orders.state.rows[0].trouble == fiscal_texts.EARLIER_UNKNOWN
    assert orders.view.receipt.button.accessibleName() == receipt_texts.ROW_ASK.text(language())
    assert receipt_texts.ROW_ASK.text(language()) in _buttons(queue.view)
    photograph(qtbot, orders.view, "S8-cloud-refused", WIDE_AREA)
    photograph(qtbot, queue.view, "S11-cloud-refused", WIDE_AREA)
