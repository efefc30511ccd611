"""A paid sale whose receipt is not made: the page says so, offers ways, and goes by itself.

Over a whole till whose fiscal register is the simulator of the real one; the queue's thread is played
by hand, so that each test decides when the register is asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.store.rows import FiscalState
from app.till import receipt_texts
from app.till.order import StepName, StepStatus
from app.till.payment_states import WayOut
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Ops
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import DonePage, TroublePage
from tests.fakes.stage import FakeStage
from tests.till.bench import CAKE, COFFEE, guest
from tests.till.fiscal_bench import FiscalBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: FiscalBench
    stage: FakeStage
    tools: Tools
    presenter: PaymentPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def work(self) -> None:
        """Let the register do what waits, and tell the screens."""
        self.bench.work()
        self.tell()

    def tell(self) -> None:
        self.tools.changes.notify({"fiscal"})
        self.settle()

    def pay(self, received: str = "") -> None:
        """Take cash and ask the register once."""
        for key in received:
            self.presenter.on_key(key)
        meaning = self.presenter.main_meaning()
        assert meaning is not None
        self.presenter.on_main(meaning.key)
        self.settle()
        self.bench.till.fiscal.run_once()
        self.tell()

    @property
    def page(self) -> object:
        return self.presenter.page

    @property
    def trouble(self) -> TroublePage:
        page = self.presenter.page
        assert isinstance(page, TroublePage)
        return page

    @property
    def light(self) -> str:
        state = self.tools.board.state
        assert state is not None
        return state.lights.words.ru


@pytest.fixture
def open_desk(tmp_path: Path, ops: Ops) -> Iterator[Callable[..., Desk]]:
    benches: list[FiscalBench] = []

    def make(*, with_guest: bool = False, **options: Any) -> Desk:
        bench = FiscalBench(tmp_path / f"till-{len(benches)}", **options)
        benches.append(bench)
        till = bench.ready()
        bench.work()  # the register's shift is open
        till.sale.tap(COFFEE)
        till.sale.tap(COFFEE)
        if with_guest:
            till.guests.bind(guest())
        stage = FakeStage()
        tools = stage.tools(ops, till.session, bench.clock)
        tools.board.publish(till.sale.state())
        presenter = PaymentPresenter(tools, till)
        desk = Desk(bench, stage, tools, presenter, ops)
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


def test_a_receipt_that_is_made_is_confirmed_on_the_done_page(desk: Desk) -> None:
    desk.pay()

    assert isinstance(desk.page, DonePage)
    (step,) = [x for x in desk.page.steps if x.name is StepName.FISCAL]
    assert step.status is StepStatus.DONE
    assert "Чек пробит" in step.words.ru
    assert StepName.PRINT not in {x.name for x in desk.page.steps}, "one confirmation is enough"
    assert desk.light == "Чек пробит"
    assert len(desk.bench.receipts()) == 1


def test_without_paper_the_money_is_safe_and_the_ways_out_are_named(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.pay("500")

    page = desk.trouble
    assert page.words.ru == "Чек не пробит: закончилась бумага"
    assert page.cards[0].status is StepStatus.DONE
    assert "Сдача 100,00" in page.cards[0].title.ru, "the change is still to be given"
    failed = [card for card in page.cards if card.status is StepStatus.FAILED]
    assert [card.detail for card in failed] == [receipt_texts.ADVICE_PAPER]
    assert [w.way for w in page.ways] == [WayOut.RECEIPT_RETRY, WayOut.NEXT_GUEST]
    assert desk.light == "Чек не пробит"
    meaning = desk.presenter.main_meaning()
    assert meaning is not None
    assert "100,00" in meaning.amount


def test_enter_tries_again_and_the_page_goes_when_the_receipt_is_made(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.pay()
    desk.bench.heal()

    assert desk.presenter.on_key("Enter")
    desk.settle()
    assert isinstance(desk.page, TroublePage), "it stays until the register has answered"
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert desk.light == "Чек пробит"
    assert len(desk.bench.receipts()) == 1


def test_paper_that_comes_by_itself_ends_the_trouble_without_a_press(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.pay()
    assert isinstance(desk.page, TroublePage)
    desk.bench.heal()
    desk.work()
    assert isinstance(desk.page, DonePage)


def test_next_guest_leaves_the_receipt_in_the_queue(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.pay()
    desk.presenter.go_way(WayOut.NEXT_GUEST)
    desk.presenter.on_leave()
    desk.settle()

    assert desk.stage.went == [ScreenId.SALE]
    assert len(desk.bench.tasks()) == 1
    assert desk.tools.board.state is not None
    assert desk.tools.board.state.cart.is_empty


def test_a_failure_after_the_cashier_went_on_takes_no_page(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    meaning = desk.presenter.main_meaning()
    assert meaning is not None
    desk.presenter.on_main(meaning.key)
    desk.settle()
    assert isinstance(desk.page, DonePage)
    desk.presenter.next_guest()
    desk.presenter.on_leave()
    desk.settle()

    desk.bench.till.fiscal.run_once()
    desk.tell()
    assert desk.page is None


def test_next_product_begins_the_next_order_while_the_receipt_waits(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.pay()
    result = desk.bench.till.sale.tap(CAKE)
    desk.tools.board.publish(result.state)
    assert desk.stage.went == [ScreenId.SALE]


def test_nobody_is_sent_on_by_the_clock_while_the_receipt_waits(desk: Desk) -> None:
    desk.bench.machine.has_paper = False
    desk.presenter.on_key("F2")
    desk.settle()
    desk.bench.till.fiscal.run_once()
    desk.tell()
    assert isinstance(desk.page, TroublePage)
    for _ in range(30):
        desk.presenter._on_tick()
    assert desk.stage.went == []


def test_a_shift_over_24_hours_is_renewed_from_the_page(desk: Desk) -> None:
    desk.pay()  # the register's shift is open from here on
    desk.presenter.next_guest()
    desk.presenter.on_leave()
    desk.settle()
    desk.bench.clock.advance(timedelta(hours=24, minutes=1))
    desk.tools.board.publish(desk.bench.till.sale.tap(COFFEE).state)
    desk.presenter.on_enter()
    desk.settle()
    desk.pay()
    page = desk.trouble
    assert page.words.ru == "Смена длится больше 24 часов"
    assert [w.way for w in page.ways] == [WayOut.RENEW_SHIFT, WayOut.NEXT_GUEST]

    desk.presenter.on_key("Enter")
    desk.settle()
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert len(desk.bench.receipts()) == 2


def test_an_electronic_receipt_goes_to_the_guests_phone(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(with_guest=True, is_paperless=True)
    desk.bench.machine.is_linked = False
    desk.pay()
    way = next(w for w in desk.trouble.ways if w.way is WayOut.E_RECEIPT)
    assert "•••" in way.detail, "the phone is masked: others see the screen"

    desk.bench.heal()
    desk.presenter.go_way(WayOut.E_RECEIPT)
    desk.settle()
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert len(desk.bench.receipts()) == 1


def test_without_a_guest_the_phone_is_asked_for(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(is_paperless=True)
    desk.bench.machine.is_linked = False
    desk.pay()
    desk.bench.heal()
    desk.presenter.go_way(WayOut.E_RECEIPT)
    assert desk.trouble.asks_phone
    for key in "912345678":
        desk.presenter.on_key(key)
    desk.presenter.on_key("Enter")
    desk.settle()
    assert desk.trouble.asks_phone, "a phone has ten digits"
    desk.presenter.on_key("9")
    desk.presenter.on_key("Enter")
    desk.settle()
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert len(desk.bench.receipts()) == 1


def test_esc_leaves_the_phone_and_keeps_the_page(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(is_paperless=True)
    desk.bench.machine.is_linked = False
    desk.pay()
    desk.presenter.go_way(WayOut.E_RECEIPT)
    desk.presenter.on_key("Esc")
    assert not desk.trouble.asks_phone
    assert desk.stage.went == []


def test_a_register_that_is_gone_is_named_and_the_sale_is_done(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.pay()
    assert "нет связи" in desk.trouble.words.ru
    assert len(desk.bench.sales()) == 1
    assert desk.trouble.cards[0].status is StepStatus.DONE


def test_paper_that_ends_after_the_document_is_no_receipt_to_make_again(desk: Desk) -> None:
    desk.bench.simulator.misbehave("paper-after")
    desk.pay()
    page = desk.trouble
    assert page.words.ru == "Чек пробит, но не напечатан"
    assert page.ways[0].way is WayOut.RECEIPT_RETRY
    assert desk.light == "Чек не напечатан"

    desk.bench.heal()
    desk.presenter.on_key("Enter")
    desk.settle()
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert len(desk.bench.receipts()) == 1


def test_a_receipt_that_is_being_asked_about_promises_no_second_one(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.pay()
    done = desk.presenter.flow.state
    assert done is not None
    assert done.done is not None
    with desk.bench.store.unit() as uow:
        uow.fiscal.set_state(
            done.done.fiscal_task_id,
            FiscalState.UNKNOWN,
            error=("fiscal.unknown", "Касса не ответила", "No answer"),
        )
        uow.commit()
    desk.tell()
    failed = [card for card in desk.trouble.cards if card.status is StepStatus.FAILED]
    assert [card.detail for card in failed] == [receipt_texts.ADVICE_ASKING]
    assert "Второго не будет" in failed[0].detail.ru
    assert WayOut.E_RECEIPT not in {way.way for way in desk.trouble.ways}, "it may be made already"


def test_a_lost_answer_ends_in_one_receipt(desk: Desk) -> None:
    desk.bench.simulator.misbehave("answer-lost")
    desk.pay()
    desk.work()
    assert isinstance(desk.page, DonePage)
    assert desk.light == "Чек пробит"
    assert len(desk.bench.receipts()) == 1


def test_an_answer_that_comes_after_the_cashier_went_on_changes_nothing_of_the_next(
    desk: Desk,
) -> None:
    desk.bench.machine.is_linked = False
    desk.pay()
    desk.presenter.go_way(WayOut.RECEIPT_RETRY)  # its answer is still on the way
    desk.presenter.go_way(WayOut.NEXT_GUEST)
    desk.presenter.on_leave()
    desk.presenter.flow.change(slip="123")
    desk.settle()
    assert desk.presenter.flow.draft.slip == "123"
