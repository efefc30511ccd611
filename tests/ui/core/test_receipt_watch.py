"""What every screen shows of the fiscal register: words over PAY, the badge, a call for help."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.store.rows import FiscalState
from app.ui.bridge import Tone
from app.ui.frame.receipt_watch import RECEIPT_TOAST, ReceiptWatch
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.frame.top_bar import TopBar
from app.ui.frame.top_presenter import LinkState, SyncLight, TopPresenter, with_receipts
from app.ui.ops import Ops
from drivers.api.device import Health, Probe
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE
from tests.till.fiscal_bench import FiscalBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]
PAPER = Probe(
    health=Health.DEGRADED,
    code="printer.paper_out",
    words_ru="Нет бумаги",
    words_en="Out of paper",
)


@dataclass
class Desk:
    bench: FiscalBench
    stage: FakeStage
    tools: Tools
    top: TopPresenter
    watch: ReceiptWatch
    ops: Ops

    def tell(self, *topics: str) -> None:
        self.tools.changes.notify(topics)
        assert self.ops.wait_idle(60)

    def sell(self) -> str:
        self.bench.till.sale.tap(COFFEE)
        done = self.bench.till.checkout.pay_exact_cash().done
        assert done is not None
        self.bench.till.fiscal.run_once()
        self.bench.till.checkout.dismiss()
        self.tell("fiscal")
        return done.fiscal_task_id

    def over_pay(self) -> str:
        """Return the amber words over the main button."""
        self.tools.board.publish(self.bench.till.sale.tap(COFFEE).state)
        return self.stage.panel._warning.text()


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = FiscalBench(tmp_path)
    till = bench.ready()
    bench.work()
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    top = TopPresenter(TopBar(), tools.board, till, ManualClock())
    yield Desk(bench, stage, tools, top, ReceiptWatch(tools, till, top), ops)
    ops.wait_idle(60)
    bench.close()


def test_words_stand_over_pay_while_the_register_has_no_paper(desk: Desk) -> None:
    assert desk.over_pay() == ""
    desk.bench.probe = PAPER
    desk.tell("devices")
    assert desk.over_pay() == "Чек пробьём позже: закончилась бумага"
    desk.bench.probe = Probe(Health.ONLINE, "Готова", "Ready")
    desk.tell("devices")
    assert desk.over_pay() == ""


def test_a_shift_that_lasts_long_is_reminded_of_over_pay(desk: Desk) -> None:
    desk.bench.clock.advance(timedelta(hours=23, minutes=30))
    desk.tell("sales")
    assert desk.over_pay() == "Смене 1 скоро 24 часа. Закройте её вовремя"


def test_waiting_receipts_are_counted_in_the_badge(desk: Desk) -> None:
    desk.top.show_sync(SyncLight(LinkState.ONLINE))
    desk.bench.machine.is_linked = False
    task_id = desk.sell()
    assert desk.top._state.sync.badge == "1"

    with desk.bench.store.unit() as uow:
        uow.fiscal.set_state(task_id, FiscalState.FAILED, error=("fiscal.data", "Нет", "No"))
        uow.commit()
    desk.tell("fiscal")
    assert desk.top._state.sync.icon == "refresh-alert", "a person must act"


def test_a_decision_about_a_receipt_comes_before_a_good_connection() -> None:
    light = with_receipts(SyncLight(LinkState.ONLINE, 3, 0), waiting=2, decisions=1)
    assert (light.link, light.waiting, light.decisions) == (LinkState.DECISION, 5, 1)
    same = SyncLight(LinkState.OFFLINE, 3, 0)
    assert with_receipts(same, 0, 0) == same


def test_a_receipt_that_waits_ten_minutes_calls_and_leads_to_the_queue(desk: Desk) -> None:
    withdrawn: list[str] = []
    desk.tools.bridge.toast_withdrawn.connect(withdrawn.append)
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.bench.work(minutes=11)
    desk.bench.till.fiscal.remind()

    (toast,) = [x for x in desk.stage.toasts if x.key == RECEIPT_TOAST]
    assert toast.text == "Чек не пробит: нет связи с АТОЛ 30Ф"
    assert toast.detail == "Заказ 1"
    assert toast.sticky
    assert toast.action is not None
    toast.action.run()
    assert desk.stage.went == [ScreenId.SYNC]

    desk.bench.heal()
    desk.bench.work()
    desk.tell("fiscal")
    assert RECEIPT_TOAST in withdrawn, "nothing waits any more"


def test_an_x_report_that_the_register_does_not_print_is_told(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    desk.bench.till.shift.x_report(prints=True)
    desk.bench.till.fiscal.print_reports()
    assert desk.stage.toasts[-1].tone is Tone.WARNING
    assert desk.stage.toasts[-1].text == "Касса не напечатала отчёт"
