"""The payment screen when the kitchen did not get the order: said, with three ways out (design S6)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.till.devices import RECEIPT_PRINTER
from app.till.order import StepName, StepStatus
from app.till.payment_states import WayOut
from app.ui.ops import Ops
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import DonePage, TroublePage
from drivers.api.errors import PaperOut
from tests.fakes.pictures import WORK_AREA, photograph
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE, SOUP
from tests.till.kitchen_bench import HOT, KitchenBench, dishes, words

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


class Desk:
    """A payment screen over a till whose kitchen is out of paper."""

    def __init__(self, bench: KitchenBench, ops: Ops) -> None:
        self.bench, self.ops = bench, ops
        self.stage = FakeStage()
        self.tools = self.stage.tools(ops, bench.till.session, bench.clock)
        self.presenter = PaymentPresenter(self.tools, bench.till)

    def settle(self) -> None:
        """Let the lanes finish."""
        assert self.ops.wait_idle(60)

    def pay(self) -> None:
        """Pay in cash."""
        till = self.bench.till
        till.sale.tap(COFFEE)
        till.sale.tap(SOUP)
        self.tools.board.publish(till.sale.state())
        self.presenter.on_enter()
        self.settle()
        meaning = self.presenter.main_meaning()
        assert meaning is not None
        self.presenter.on_main(meaning.key)
        self.settle()

    def printed(self) -> None:
        """Let the printers try, and the screen hear of it."""
        self.bench.wait_and_print()
        self.tools.changes.notify(frozenset({"print_jobs"}))
        self.settle()

    def break_kitchen(self) -> None:
        """Take the paper out of both printers."""
        self.bench.hot.error = self.bench.bar.error = PaperOut("roll")

    @property
    def trouble(self) -> TroublePage:
        page = self.presenter.page
        assert isinstance(page, TroublePage)
        return page


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = KitchenBench(tmp_path / "till")
    bench.ready()
    yield Desk(bench, ops)
    ops.wait_idle(60)
    bench.close()


def _kitchen(desk: Desk) -> StepStatus:
    page = desk.presenter.page
    assert isinstance(page, DonePage)
    return next(step.status for step in page.steps if step.name is StepName.KITCHEN)


def test_the_kitchen_is_a_step_of_the_finished_sale(desk: Desk) -> None:
    desk.pay()
    assert _kitchen(desk) is StepStatus.WAITING
    desk.printed()
    assert _kitchen(desk) is StepStatus.DONE


def test_a_kitchen_without_paper_takes_the_page_with_its_ways_out(desk: Desk, qtbot: QtBot) -> None:
    desk.break_kitchen()
    desk.pay()
    desk.printed()
    desk.printed()

    page = desk.trouble
    assert page.words.ru == "Кухня не получила заказ"
    assert [way.words.ru for way in page.ways] == [
        "Повторить",
        "Печать здесь",
        "Сказать голосом",
        "Следующий гость",
    ]
    failed = [card.title.ru for card in page.cards if card.status is StepStatus.FAILED]
    assert failed == ["Кухня не получила заказ"]
    state = desk.tools.board.state
    assert state is not None
    assert state.lights.receipt is StepStatus.DONE, "the guest has his receipt"
    photograph(qtbot, desk.presenter.view, "S06-kitchen", WORK_AREA)


def test_try_again_goes_to_the_station(desk: Desk) -> None:
    desk.break_kitchen()
    desk.pay()
    desk.printed()
    desk.printed()
    desk.bench.hot.error = None
    desk.presenter.go_way(WayOut.KITCHEN_RETRY)
    desk.settle()
    desk.printed()

    assert dishes(desk.bench.hot) == ["1 x Кофе", "1 x Суп"]
    assert _kitchen(desk) is StepStatus.DONE


def test_print_here_and_telling_them(desk: Desk) -> None:
    desk.break_kitchen()
    desk.pay()
    desk.printed()
    desk.printed()
    desk.presenter.go_way(WayOut.KITCHEN_HERE)
    desk.settle()
    desk.printed()
    assert "ВМЕСТО: ГОРЯЧИЙ ЦЕХ" in words(desk.bench.printer.paper[-1])

    desk.presenter.next_guest()
    desk.presenter.on_leave()
    desk.settle()
    desk.pay()
    desk.printed()
    desk.printed()
    desk.presenter.go_way(WayOut.KITCHEN_TOLD)
    desk.settle()
    desk.printed()
    assert _kitchen(desk) is StepStatus.DONE
    assert RECEIPT_PRINTER not in {job.printer for job in desk.bench.jobs()}
    assert HOT not in {job.printer for job in desk.bench.jobs()}
