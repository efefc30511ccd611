"""Money by phone that came too late is told on whatever screen is open, by a message that stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.text import format_money
from app.till.qr_texts import SBP_LATE
from app.till.qr_watch import LOOK_EVERY_S
from app.ui.frame.money_watch import MoneyWatch
from app.ui.ops import Ops
from app.ui.text import language
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE
from tests.till.phone_bench import PhoneBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PhoneBench]:
    made = PhoneBench(tmp_path)
    made.ready()
    yield made
    made.close()


def test_what_came_too_late_is_a_message_that_stays(bench: PhoneBench, ops: Ops) -> None:
    stage = FakeStage()
    watch = MoneyWatch(stage.tools(ops, bench.till.session, bench.clock), bench.till)
    bench.till.sale.tap(COFFEE)
    bench.till.checkout.start_sbp()
    bench.till.checkout.cancel_sbp()
    bench.bank.pay_late(bench.code())
    bench.clock.advance(timedelta(seconds=LOOK_EVERY_S))

    bench.till.late_money.look()

    (message,) = stage.toasts
    assert message.text == SBP_LATE.fill(amount=format_money(200_00)).text(language())
    assert message.sticky
    watch.deleteLater()
