"""The refund screen says when a refund stopped the kitchen, and keeps silent when it did not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.till import kitchen_texts
from app.till.kitchen_refund import COOKING_FOR
from app.ui.ops import Ops
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.text import language
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, SOUP
from tests.till.kitchen_bench import KitchenBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@pytest.fixture
def kitchen(tmp_path: Path) -> Iterator[KitchenBench]:
    bench = KitchenBench(tmp_path)
    till = bench.ready()
    bench.sign_in(BORIS)
    till.sale.tap(SOUP)
    till.checkout.pay_exact_cash()
    till.checkout.dismiss()
    yield bench
    bench.close()


@pytest.mark.parametrize(("age", "toasts"), [(timedelta(0), 1), (COOKING_FOR * 2, 0)])
def test_the_cashier_hears_that_the_kitchen_was_told(
    kitchen: KitchenBench, ops: Ops, age: timedelta, toasts: int
) -> None:
    stage = FakeStage()
    refund = RefundPresenter(stage.tools(ops, kitchen.till.session, kitchen.clock), kitchen.till)
    kitchen.clock.advance(age)
    kitchen.sign_in(BORIS)
    refund.open_sale(kitchen.sales()[0].sale_id)
    refund.on_enter()
    assert ops.wait_idle(60)
    refund.set_reason("Передумали")
    refund.refund()
    assert ops.wait_idle(60)

    assert refund.state.done_cash_minor == 500_00
    said = [message.text for message in stage.toasts]
    assert said == [kitchen_texts.REFUND_TOLD.text(language())] * toasts
