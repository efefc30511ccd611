"""Looking at sales and giving money back over a whole till."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.tender import TenderKind
from app.kernel.ids import SaleId
from app.till.orders import OrderKind
from app.till.payment_states import WayOut
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.orders.presenter import OrdersPresenter
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.orders.state import Mode
from drivers.api.terminal import Outcome
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, COFFEE, PINS, SOUP, Bench, guest

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    orders: OrdersPresenter
    refund: RefundPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def sell(self, *, by_card: bool = False) -> None:
        till = self.bench.till
        till.sale.tap(COFFEE)
        till.sale.tap(COFFEE)
        till.sale.tap(SOUP)
        state = till.checkout.pay_card() if by_card else till.checkout.pay_exact_cash()
        assert state.done is not None

    def begin(self) -> None:
        """Show the list and begin to refund the last sale."""
        self.orders.on_enter()
        self.settle()
        self.orders.on_key("F8")
        assert self.stage.went[-1:] == [ScreenId.REFUND]
        self.refund.on_enter()
        self.settle()

    def approve(self) -> None:
        self.settle()
        assert self.stage.dialogs, "a supervisor's PIN is asked for"
        self.orders._tools.approvals.panel.entered.emit(PINS[BORIS])
        self.settle()


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = Bench(tmp_path)
    till = bench.ready()
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    refund = RefundPresenter(tools, till)
    yield Desk(bench, stage, OrdersPresenter(tools, till, refund), refund, ops)
    ops.wait_idle(60)
    bench.close()


def test_last_sale_is_chosen_and_copied_with_two_taps(desk: Desk) -> None:
    desk.sell()
    desk.orders.on_enter()
    desk.settle()
    detail = desk.orders.state.detail
    assert detail is not None
    assert detail.due_minor == 900_00
    desk.orders.print_copy()
    desk.settle()
    assert any(job.is_copy for job in desk.bench.jobs())


def test_sale_is_found_by_its_number(desk: Desk) -> None:
    desk.sell()
    desk.sell()
    desk.orders.on_enter()
    desk.settle()
    assert [row.number for row in desk.orders.state.rows] == [2, 1]
    desk.orders.on_key("1")
    desk.settle()
    assert [row.number for row in desk.orders.state.rows] == [1]
    desk.orders.on_key("9")
    desk.settle()
    assert desk.orders.state.rows == ()
    assert desk.orders.state.detail is None


def test_refund_needs_a_reason_and_a_senior_and_gives_the_cash_back(desk: Desk) -> None:
    desk.sell()
    desk.begin()
    plan = desk.refund.state.plan
    assert plan is not None
    assert plan.cash_minor == 900_00

    desk.refund.refund()
    desk.approve()
    assert desk.refund.state.error is not None, "no reason yet"

    desk.refund.set_reason("Качество")
    desk.refund.refund()
    desk.approve()
    assert desk.refund.state.done_cash_minor == 900_00
    desk.orders.on_enter()
    desk.settle()
    assert desk.orders.state.rows[0].refunded_minor == 900_00


def test_some_pieces_of_a_line_are_given_back(desk: Desk) -> None:
    desk.sell()
    desk.begin()
    desk.refund.choose_mode(Mode.LINES)
    line = next(line for line in desk.refund.state.lines if line.has_steps)
    desk.refund.change_line(line.line_id, 1_000)
    desk.settle()
    plan = desk.refund.state.plan
    assert plan is not None
    assert plan.amount_minor == 200_00


def test_mode_chosen_before_the_sale_was_read_stays_chosen(desk: Desk) -> None:
    desk.sell()
    desk.orders.on_enter()
    desk.settle()
    assert desk.orders.state.detail is not None
    desk.refund.open_sale(SaleId(desk.orders.state.detail.sale_id))
    desk.refund.on_enter()
    desk.refund.choose_mode(Mode.LINES)
    desk.settle()
    lines = desk.refund.state.lines
    assert lines
    assert not any(line.chosen_milli for line in lines), "nothing that was not tapped goes back"


def test_sum_above_what_was_paid_is_refused_before_anything_is_done(desk: Desk) -> None:
    desk.sell()
    desk.begin()
    desk.refund.choose_mode(Mode.SUM)
    for key in "9999":
        desk.refund.on_key(key)
    desk.settle()
    assert desk.refund.state.plan is None
    assert desk.refund.state.error is not None
    assert "900" in desk.refund.state.error.ru


def test_card_that_refuses_leads_to_cash_by_a_senior(desk: Desk) -> None:
    desk.sell(by_card=True)
    desk.begin()
    assert desk.refund.state.can_card
    desk.refund.set_reason("Качество")
    desk.bench.terminal.outcome = Outcome.DECLINED
    desk.refund.refund()
    desk.approve()
    assert [way.way for way in desk.refund.state.ways] == [WayOut.RETRY, WayOut.CASH]

    desk.refund.go_way(WayOut.CASH)
    desk.settle()
    desk.refund.refund()
    desk.approve()
    assert desk.refund.state.done_cash_minor == 900_00
    (refund,) = desk.bench.till.refunds.look(desk.bench.sales()[0].sale_id).refunds
    assert [tender.kind for tender in refund.tenders] == [TenderKind.CASH]


def test_lost_refund_answer_is_taken_up_from_the_list(desk: Desk) -> None:
    desk.sell(by_card=True)
    desk.begin()
    desk.refund.set_reason("Качество")
    desk.bench.terminal.loses_answer = True
    desk.refund.refund()
    desk.approve()
    assert desk.refund.state.ways[0].way is WayOut.CHECK

    desk.refund.back()
    desk.orders.on_enter()
    desk.settle()
    assert desk.orders.state.pending
    desk.orders.view.pending.pressed.emit()
    desk.refund.on_enter()
    desk.settle()
    assert desk.refund.state.done_cash_minor == 0
    assert desk.bench.terminal.total_minor == 0


def test_nothing_is_given_back_twice(desk: Desk) -> None:
    desk.sell()
    desk.begin()
    desk.refund.set_reason("Качество")
    desk.refund.refund()
    desk.approve()
    desk.orders.on_enter()
    desk.settle()
    desk.orders.begin_refund()
    assert "уже всё вернули" in desk.stage.toasts[-1].text


def numbers(desk: Desk) -> list[int]:
    return [row.number for row in desk.orders.state.rows]


def test_open_order_is_taken_up_again_with_enter(desk: Desk) -> None:
    desk.sell()
    desk.bench.till.checkout.dismiss()
    desk.bench.till.sale.tap(COFFEE)
    desk.bench.till.sale.hold("Маша")
    desk.orders.on_enter()
    desk.settle()
    assert desk.orders.state.detail is not None
    assert not desk.orders.state.detail.is_open, "the last paid order is chosen for its copy"

    desk.orders.choose_kind(OrderKind.OPEN)
    desk.settle()
    detail = desk.orders.state.detail
    assert detail is not None
    assert detail.is_open
    desk.orders.on_key("F8")
    assert desk.stage.went == [], "an open order is not refunded"
    desk.orders.on_key("Enter")
    desk.settle()
    assert desk.stage.went == [ScreenId.SALE]
    assert desk.bench.till.sale.state().order.sale_id == detail.sale_id


def test_order_on_the_desk_needs_no_recall(desk: Desk) -> None:
    desk.orders._tools.board.publish(desk.bench.till.sale.tap(COFFEE).state)
    desk.orders.on_enter()
    desk.settle()
    desk.orders.on_key("Enter")
    desk.settle()
    assert desk.stage.went == [ScreenId.SALE]
    assert desk.stage.toasts == []


def test_cashiers_go_round_and_narrow_the_list(desk: Desk) -> None:
    desk.sell()
    desk.bench.till.checkout.dismiss()
    desk.bench.sign_in(BORIS)
    desk.sell()
    desk.orders.on_enter()
    desk.settle()
    seen = []
    for _ in range(3):
        desk.orders.next_cashier()
        desk.settle()
        seen.append((desk.orders.state.cashier, numbers(desk)))
    assert seen == [("Анна", [1]), ("Борис", [2]), ("", [2, 1])]


def test_only_today_is_shown_until_all_days_are_wanted(desk: Desk) -> None:
    desk.sell()
    desk.bench.till.checkout.dismiss()
    desk.bench.clock.advance(timedelta(days=1))
    desk.orders.on_enter()
    desk.settle()
    assert numbers(desk) == []
    desk.orders.view.today.click()
    desk.settle()
    assert numbers(desk) == [1]


def test_escape_clears_the_search_and_then_leaves(desk: Desk) -> None:
    desk.orders.on_enter()
    desk.settle()
    desk.orders.on_key("7")
    desk.orders.on_key("Esc")
    assert desk.orders.state.text == ""
    assert desk.stage.went == []
    desk.orders.on_key("Esc")
    assert desk.stage.went == [ScreenId.SALE]
    desk.settle()


def test_guest_sees_the_balance_before_and_after(desk: Desk) -> None:
    card = guest()
    desk.bench.service.add(card)
    found = desk.bench.till.guests.search_phone(card.phone)
    desk.bench.till.guests.bind(found.hits[0].card)
    desk.sell()
    desk.begin()
    state = desk.refund.state
    assert state.plan is not None
    assert state.plan.needs_senior
    assert state.plan.earned_back_minor > 0
    assert state.balance_minor == card.total_minor
    assert state.drawer_minor is not None


def test_nothing_can_be_chosen_after_the_money_went_back(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.sell()
    desk.begin()
    desk.refund.set_reason("Качество")
    desk.refund.refund()
    desk.settle()
    assert desk.refund.state.done_cash_minor == 900_00
    desk.refund.choose_mode(Mode.SUM)
    desk.settle()
    assert desk.refund.state.mode is Mode.WHOLE
    assert desk.refund.state.error is None
    assert not desk.refund.view.modes[Mode.SUM].isEnabled()


def test_a_quick_tap_means_the_order_tapped_not_the_one_still_shown(desk: Desk) -> None:
    desk.sell()
    desk.sell(by_card=True)
    desk.orders.on_enter()
    desk.settle()
    first = desk.orders.state.rows[-1]
    assert desk.orders.state.detail is not None
    assert desk.orders.state.detail.number != first.number

    desk.orders.choose(first.sale_id)
    desk.orders.begin_refund()  # before the first order could be shown
    assert not desk.stage.went
    desk.settle()

    assert desk.stage.went[-1:] == [ScreenId.REFUND]
    desk.refund.on_enter()
    desk.settle()
    assert desk.refund.state.number == first.number
