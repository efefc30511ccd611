"""Somebody is called when paper waited too long for its printer (D5)."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.ui.frame.kitchen_watch import LATE_TOAST, KitchenWatch
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


def test_old_paper_calls_and_leads_to_the_queue(tmp_path: Path, ops: Ops) -> None:
    bench = Bench(tmp_path)
    till = bench.ready()
    stage = FakeStage()
    watch = KitchenWatch(stage.tools(ops, till.session, bench.clock), till)
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    bench.clock.advance(timedelta(hours=9))
    till.printing.run_once()

    (toast,) = [one for one in stage.toasts if one.key == LATE_TOAST]
    assert toast.text == "Принтер долго не печатал. Решите, что ещё напечатать"
    assert toast.sticky
    assert toast.action is not None
    toast.action.run()
    assert stage.went == [ScreenId.SYNC]
    assert bench.printer.paper == []
    assert watch is not None
    ops.wait_idle(60)
    bench.close()
