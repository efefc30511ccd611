"""The payment presenter over a whole till with fake devices: every road to a finished sale."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.domain.tender import TenderKind
from app.till.payment_states import WayOut
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import CashPage, DonePage, SeveralPage, Tab, TroublePage
from drivers.api.terminal import Outcome
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, CAKE, COFFEE, PINS, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    """A payment screen over a till."""

    bench: Bench
    stage: FakeStage
    presenter: PaymentPresenter
    ops: Ops

    def settle(self) -> None:
        """Wait until all operations are done and shown."""
        assert self.ops.wait_idle(60)

    def type(self, keys: str) -> None:
        for key in keys:
            self.presenter.on_key(key)

    def press_main(self) -> str:
        """Press the main button and return what it meant."""
        meaning = self.presenter.main_meaning()
        assert meaning is not None
        self.presenter.on_main(meaning.key)
        self.settle()
        return meaning.key

    @property
    def page(self) -> object:
        return self.presenter.page


@pytest.fixture
def open_desk(tmp_path: Path, ops: Ops) -> Iterator[Callable[..., Desk]]:
    benches: list[Bench] = []

    def make(**options: Any) -> Desk:
        bench = Bench(tmp_path / f"till-{len(benches)}", **options)
        benches.append(bench)
        till = bench.ready()
        till.sale.tap(COFFEE)
        till.sale.tap(COFFEE)
        stage = FakeStage()
        tools = stage.tools(ops, till.session, bench.clock)
        tools.board.publish(till.sale.state())
        presenter = PaymentPresenter(tools, till)
        desk = Desk(bench, stage, presenter, ops)
        presenter.on_enter()
        desk.settle()
        return desk

    yield make
    ops.wait_idle(60)
    for bench in benches:
        bench.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


def test_exact_cash_is_taken_with_one_press(desk: Desk) -> None:
    assert isinstance(desk.page, CashPage)
    assert desk.press_main() == "accept"

    assert isinstance(desk.page, DonePage)
    assert desk.page.change_minor == 0
    assert [sale.due_minor for sale in desk.bench.sales()] == [400_00]


def test_change_is_shown_for_a_typed_sum(desk: Desk) -> None:
    desk.type("500")
    assert isinstance(desk.page, CashPage)
    assert desk.page.change_minor == 100_00
    desk.press_main()

    assert isinstance(desk.page, DonePage)
    assert desk.page.change_minor == 100_00
    assert desk.page.auto_next_s is None, "nobody goes on by himself while change is due"


def test_too_little_cash_becomes_a_part_and_the_rest_goes_by_card(desk: Desk) -> None:
    desk.type("150")
    assert desk.press_main() == "rest"
    assert isinstance(desk.page, SeveralPage)
    assert desk.page.remaining_minor == 250_00
    assert desk.page.kind is TenderKind.CARD

    assert desk.press_main() == "card"
    assert isinstance(desk.page, DonePage)
    (sale,) = desk.bench.sales()
    assert [(t.kind, t.amount_minor) for t in sale.tenders] == [
        (TenderKind.CASH, 150_00),
        (TenderKind.CARD, 250_00),
    ]


def test_card_begins_when_it_is_chosen(desk: Desk) -> None:
    desk.presenter.on_key("F2")
    desk.settle()
    assert isinstance(desk.page, DonePage)
    assert desk.page.auto_next_s is not None
    assert desk.bench.terminal.total_minor == 400_00


def test_declined_card_offers_again_cash_and_other_tender(desk: Desk) -> None:
    desk.bench.terminal.outcome = Outcome.DECLINED
    desk.presenter.choose_tab(Tab.CARD)
    desk.settle()

    assert isinstance(desk.page, TroublePage)
    assert [w.way for w in desk.page.ways] == [WayOut.RETRY, WayOut.CASH, WayOut.OTHER_TENDER]
    desk.presenter.go_way(WayOut.CASH)
    desk.settle()
    assert isinstance(desk.page, CashPage)
    desk.press_main()
    assert isinstance(desk.page, DonePage)


def test_lost_answer_is_found_by_asking_and_paid_once(desk: Desk) -> None:
    desk.bench.terminal.loses_answer = True
    desk.presenter.choose_tab(Tab.CARD)
    desk.settle()
    assert isinstance(desk.page, TroublePage)
    assert desk.page.is_unknown
    desk.presenter.on_key("Esc")
    assert desk.stage.went == [], "nobody leaves while money may have moved"

    desk.presenter.on_key("Enter")  # the default way out
    desk.settle()
    assert isinstance(desk.page, DonePage)
    assert desk.bench.terminal.total_minor == 400_00
    assert len(desk.bench.sales()) == 1


def test_slip_needs_a_senior_and_finishes_the_sale(desk: Desk) -> None:
    desk.bench.terminal.loses_answer = True
    desk.presenter.choose_tab(Tab.CARD)
    desk.settle()
    desk.presenter.go_way(WayOut.SLIP)
    desk.type("123456789012")
    desk.presenter.on_key("Enter")
    desk.settle()
    assert desk.stage.dialogs, "a supervisor's PIN is asked for"

    desk.presenter._tools.approvals.panel.entered.emit(PINS[BORIS])
    desk.settle()
    assert isinstance(desk.page, DonePage)
    assert desk.bench.sales()[0].tenders[0].rrn == "123456789012"


def test_cash_part_can_be_given_back(desk: Desk) -> None:
    desk.type("150")
    desk.press_main()
    assert isinstance(desk.page, SeveralPage)
    desk.presenter.remove_part(desk.page.parts[0].payment_id)
    desk.settle()
    assert isinstance(desk.page, SeveralPage | CashPage)
    assert desk.presenter.flow.state is not None
    assert desk.presenter.flow.state.remaining_minor == 400_00


def test_part_above_the_rest_says_why_beside_the_sum(desk: Desk) -> None:
    desk.presenter.choose_tab(Tab.SEVERAL)
    desk.presenter.choose_kind(TenderKind.CARD)
    desk.type("999")
    desk.press_main()
    assert isinstance(desk.page, SeveralPage)
    assert desk.page.error is not None
    assert "400" in desk.page.error.ru


def test_next_product_on_the_done_screen_starts_the_next_order(desk: Desk) -> None:
    desk.press_main()
    result = desk.bench.till.sale.tap(CAKE)
    desk.presenter._tools.board.publish(result.state)
    assert desk.stage.went == [ScreenId.SALE]


def test_till_without_a_terminal_says_so(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has_terminal=False)
    desk.presenter.on_key("F2")
    desk.settle()
    assert isinstance(desk.page, CashPage)
    assert "Терминал не подключён" in desk.stage.toasts[-1].text


def test_empty_order_is_not_paid(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.press_main()
    desk.presenter.on_leave()
    desk.settle()
    desk.presenter.on_enter()
    desk.settle()
    assert desk.stage.went == [ScreenId.SALE]
    assert "Добавьте товар" in desk.stage.toasts[-1].text
