"""Orders whose fiscal receipt is not made: the light and the reason, and a refund before it (T7, S8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.till import receipt_texts
from app.till.order import StepStatus
from app.till.orders import OrderRow
from app.till.payment_states import WayOut
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Ops
from app.ui.orders.presenter import OrdersPresenter
from app.ui.orders.refund_presenter import RefundPresenter
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, COFFEE, PINS
from tests.till.fiscal_bench import FiscalBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: FiscalBench
    stage: FakeStage
    tools: Tools
    orders: OrdersPresenter
    refund: RefundPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def sell(self) -> None:
        """Sell a coffee and have the register asked once."""
        self.bench.till.sale.tap(COFFEE)
        assert self.bench.till.checkout.pay_exact_cash().done is not None
        self.bench.till.fiscal.run_once()
        self.bench.till.checkout.dismiss()

    def work(self) -> None:
        self.bench.work()
        self.tools.changes.notify({"fiscal"})
        self.settle()

    def show(self) -> OrderRow:
        """Show the list and return its first row."""
        self.orders.on_enter()
        self.settle()
        return self.orders.state.rows[0]

    def ask_refund(self) -> None:
        """Ask for a refund of the last sale, allowed by a senior."""
        self.show()
        self.orders.on_key("F8")
        assert self.stage.went[-1:] == [ScreenId.REFUND]
        self.refund.on_enter()
        self.settle()
        self.refund.set_reason("Гость отказался")
        self.refund.refund()
        self.approve()

    def approve(self) -> None:
        self.settle()
        assert self.stage.dialogs, "a supervisor's PIN is asked for"
        self.tools.approvals.panel.entered.emit(PINS[BORIS])
        self.settle()

    @property
    def ways(self) -> list[WayOut]:
        return [way.way for way in self.refund.state.ways]


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = FiscalBench(tmp_path)
    till = bench.ready()
    bench.work()
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    refund = RefundPresenter(tools, till)
    yield Desk(bench, stage, tools, OrdersPresenter(tools, till, refund), refund, ops)
    ops.wait_idle(60)
    bench.close()


def test_the_last_light_of_an_order_is_its_fiscal_receipt(desk: Desk) -> None:
    desk.sell()
    row = desk.show()
    assert row.lights.receipt is StepStatus.DONE
    assert row.lights.words.ru == "Чек пробит"
    assert row.trouble is None
    assert not desk.orders.view.receipt.isVisibleTo(desk.orders.view)


def test_a_receipt_that_is_not_made_says_why_and_is_tried_again(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.sell()
    row = desk.show()
    assert row.lights.receipt is StepStatus.FAILED
    assert row.lights.words.ru == "Чек не пробит"
    assert row.trouble is not None
    assert "нет связи" in row.trouble.ru
    assert row.advice == receipt_texts.ADVICE_LINK, "and what to do next"
    assert desk.orders.view.receipt.isVisibleTo(desk.orders.view)

    desk.bench.heal()
    desk.orders.view.receipt.button.click()
    desk.settle()
    desk.work()
    assert desk.orders.state.rows[0].lights.words.ru == "Чек пробит"
    assert len(desk.bench.receipts()) == 1


def test_what_waits_behind_it_is_amber_not_red(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.sell()
    row = desk.show()
    assert row.lights.receipt is StepStatus.WAITING
    assert row.lights.words.ru == "Чек в очереди"


def test_a_refund_before_the_receipt_offers_to_make_it_first(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.ask_refund()
    assert desk.refund.state.error is not None
    assert desk.refund.state.error.ru == "Сначала пробейте чек"
    assert desk.ways == [WayOut.RECEIPT_RETRY, WayOut.WITHOUT_RECEIPT]

    desk.bench.heal()
    desk.refund.go_way(WayOut.RECEIPT_RETRY)
    desk.settle()
    desk.work()
    assert desk.ways == [], "the receipt is made: the refund may go on"
    desk.refund.refund()
    desk.approve()
    assert desk.refund.state.done_cash_minor == 200_00
    desk.bench.work()
    assert len(desk.bench.sums(1)) == 1


def test_while_the_register_is_away_the_refund_says_what_is_in_the_way(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.ask_refund()
    desk.refund.go_way(WayOut.RECEIPT_RETRY)
    desk.settle()
    desk.bench.till.fiscal.run_once()
    desk.tools.changes.notify({"fiscal"})
    desk.settle()
    assert desk.refund.state.error is not None
    assert "нет связи" in desk.refund.state.error.ru
    assert desk.ways, "both ways stay open"


def test_a_senior_gives_back_without_a_receipt_and_the_register_makes_none(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.ask_refund()
    desk.refund.go_way(WayOut.WITHOUT_RECEIPT)
    desk.approve()  # to give the receipt up
    desk.approve()  # to give the money back
    assert desk.refund.state.done_cash_minor == 200_00
    desk.bench.heal()
    desk.work()
    assert desk.bench.receipts() == [], "neither a sale nor a refund was registered"
    desk.orders.on_enter()
    desk.settle()
    assert desk.orders.state.rows[0].lights.words.ru == "Без чека"


def test_a_refund_tells_how_its_own_receipt_stands(desk: Desk) -> None:
    desk.sell()
    desk.bench.machine.is_linked = False
    desk.ask_refund()
    assert desk.refund.state.done_cash_minor == 200_00, "the guest does not wait for the register"
    desk.bench.till.fiscal.run_once()
    desk.tools.changes.notify({"fiscal"})
    desk.settle()
    receipt = desk.refund.state.receipt
    assert receipt is not None
    assert receipt.words.ru == "Чек возврата пробьём позже. Нет связи с АТОЛ 30Ф"

    desk.bench.heal()
    desk.work()
    receipt = desk.refund.state.receipt
    assert receipt is not None
    assert receipt.words.ru == "Чек возврата пробит"
    assert len(desk.bench.receipts()) == 2
