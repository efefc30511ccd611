"""Every paid sale becomes one fiscal receipt, whatever is in the way; real driver, real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store.rows import FiscalState
from app.till.order import StepName, StepStatus
from app.till.payment_states import WayOut
from tests.till.bench import CAKE, COFFEE
from tests.till.fiscal_bench import FiscalBench

MakeFiscal = Callable[..., FiscalBench]


@pytest.fixture
def make_fiscal(quick_folder: Path) -> Iterator[MakeFiscal]:
    made: list[FiscalBench] = []

    def make(**options: Any) -> FiscalBench:
        made.append(FiscalBench(quick_folder / f"till-{len(made)}", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_fiscal: MakeFiscal) -> FiscalBench:
    """A till with a register, a cashier and an open shift."""
    made = make_fiscal()
    made.ready()
    return made


def test_a_sale_is_one_receipt_with_its_sum_and_number(bench: FiscalBench) -> None:
    till = bench.till
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    done = till.checkout.pay_exact_cash().done
    assert done is not None

    before = till.progress(done)
    bench.work()
    after = till.progress(done)

    assert bench.sums() == [533_33]
    steps = {step.name: step for step in before.steps}
    assert steps[StepName.FISCAL].status is StepStatus.NOW
    assert before.failure is None
    steps = {step.name: step for step in after.steps}
    assert steps[StepName.FISCAL].status is StepStatus.DONE
    assert str(bench.receipts()[0].number) in steps[StepName.FISCAL].words.ru
    assert bench.state_of(done.fiscal_task_id) is FiscalState.DONE


def test_a_lost_answer_makes_no_second_receipt(bench: FiscalBench) -> None:
    till = bench.till
    bench.work()
    till.sale.tap(COFFEE)
    bench.simulator.misbehave("answer-lost")
    till.checkout.pay_exact_cash()
    till.sale.tap(CAKE)
    till.checkout.pay_exact_cash()

    bench.work()

    assert bench.sums() == [200_00, 333_33]
    assert bench.tasks() == ()


def test_no_paper_is_told_with_ways_out_and_made_up_for(bench: FiscalBench) -> None:
    till = bench.till
    bench.work()
    bench.machine.has_paper = False
    till.sale.tap(COFFEE)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    till.fiscal.run_once()

    failure = till.progress(done).failure
    assert failure is not None
    assert failure.words.ru == "Чек не пробит: закончилась бумага"
    assert [way.way for way in failure.ways] == [WayOut.RECEIPT_RETRY, WayOut.NEXT_GUEST]

    bench.heal()
    till.fiscal.retry(done.fiscal_task_id)
    bench.work()
    assert till.progress(done).failure is None
    assert bench.sums() == [200_00]
