"""Money paid by phone goes back on the refund screen: said so, by the bank, found again after a loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from app.till.payment_states import WayOut
from app.ui.ops import Ops
from app.ui.orders.refund_presenter import RefundPresenter
from drivers.sim.sbp import Fault
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, CAKE, COFFEE
from tests.till.phone_bench import PhoneBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: PhoneBench
    refund: RefundPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def words(self) -> str:
        return " ".join(part.accessibleName() for part in self.refund.view.findChildren(QWidget))


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = PhoneBench(tmp_path)
    till = bench.ready()
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.checkout.pay_cash(33_33, part_minor=33_33)
    till.checkout.start_sbp()
    bench.guest_pays()
    bench.sign_in(BORIS)
    tools = FakeStage().tools(ops, till.session, bench.clock)
    refund = RefundPresenter(tools, till)
    made = Desk(bench, refund, ops)
    refund.open_sale(bench.sales()[0].sale_id)
    refund.on_enter()
    made.settle()
    refund.set_reason("Качество")
    yield made
    ops.wait_idle(60)
    bench.close()


def test_the_screen_says_what_goes_back_by_phone(desk: Desk) -> None:
    state = desk.refund.state
    assert state.can_card
    assert state.plan is not None
    assert (state.plan.phones, state.plan.cash_minor) == ((500_00,), 33_33)
    assert "По СБП" in desk.words()

    desk.refund.refund()
    assert "Банк возвращает деньги…" in desk.words()
    desk.settle()

    assert desk.refund.state.done_cash_minor == 33_33
    assert desk.bench.bank.bank.taken_minor() == desk.bench.booked_minor() == 0


def test_a_lost_answer_is_asked_about(desk: Desk) -> None:
    desk.bench.bank.always(Fault("lost-after", path="/refund"))
    desk.refund.refund()
    desk.settle()
    assert [way.way for way in desk.refund.state.ways] == [WayOut.CHECK, WayOut.NOT_PAID]
    desk.bench.bank.always(None)

    desk.refund.go_way(WayOut.CHECK)
    desk.settle()

    assert desk.refund.state.done_cash_minor == 33_33
    assert len(desk.bench.bank.bank.refunds) == 1
