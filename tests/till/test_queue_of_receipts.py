"""Receipts in the queue screen: what waits for the register in words, and who may decide what (S11).

Over the simulator of a real register; its queue is worked off by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.errors import InputError
from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalState
from app.till import receipt_texts
from app.till.orders import OrdersWish
from app.till.permissions import Action
from app.till.queue_states import Choice, QueueRow, ReceiptCounts, RowKind, RowStatus
from app.till.session import ApprovalNeeded
from app.till.words import Words
from tests.till.bench import BORIS, COFFEE, PINS
from tests.till.fiscal_bench import FiscalBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FiscalBench]:
    bench = FiscalBench(tmp_path)
    bench.ready()
    bench.work()
    yield bench
    bench.close()


def sell(bench: FiscalBench) -> str:
    """Sell a coffee, have the register asked once, and return the id of the receipt's task."""
    bench.till.sale.tap(COFFEE)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    bench.till.fiscal.run_once()
    bench.till.checkout.dismiss()
    return done.fiscal_task_id


def row_of(bench: FiscalBench, task_id: str) -> QueueRow:
    return next(row for row in bench.till.queue.state().rows if row.row_id == task_id)


def set_state(bench: FiscalBench, task_id: str, state: FiscalState, code: str) -> None:
    with bench.store.unit() as uow:
        uow.fiscal.set_state(task_id, state, error=(code, "Касса отказала", "Refused"))
        uow.commit()


def test_a_receipt_without_paper_says_so_with_its_order_and_money(bench: FiscalBench) -> None:
    bench.machine.has_paper = False
    row = row_of(bench, sell(bench))

    assert row.kind is RowKind.RECEIPT
    assert row.title.ru == "Чек № 1 не пробит"
    assert row.detail.ru == "закончилась бумага"
    assert row.amount_minor == 200_00
    assert row.status is RowStatus.ERROR
    assert [c.choice for c in row.choices] == [Choice.RETRY]
    assert bench.till.queue.state().unmade == 1
    assert bench.till.queue.receipt_counts() == ReceiptCounts(1, 0)


def test_trying_again_from_the_queue_makes_it_once(bench: FiscalBench) -> None:
    bench.machine.is_linked = False
    task_id = sell(bench)
    bench.heal()
    bench.till.queue.decide(task_id, Choice.RETRY)
    bench.work()
    assert len(bench.receipts()) == 1
    assert bench.till.queue.receipt_counts() == ReceiptCounts()


def test_sending_everything_now_hurries_the_register_too(bench: FiscalBench) -> None:
    bench.machine.is_linked = False
    sell(bench)
    assert not bench.till.fiscal.run_once(), "it waits a moment by itself"
    bench.heal()
    bench.till.queue.send_now()
    assert bench.till.fiscal.run_once()
    assert len(bench.receipts()) == 1


def test_what_waits_behind_a_failure_waits_without_an_error(bench: FiscalBench) -> None:
    bench.machine.is_linked = False
    sell(bench)
    second = sell(bench)
    row = row_of(bench, second)
    assert row.status is RowStatus.WAITING
    assert row.error is None
    assert row.title.ru == "Чек № 2 не пробит"


def test_a_refused_receipt_is_given_up_by_a_senior_with_a_reason(bench: FiscalBench) -> None:
    bench.machine.is_linked = False
    task_id = sell(bench)
    set_state(bench, task_id, FiscalState.FAILED, "fiscal.data")
    row = row_of(bench, task_id)
    assert row.status is RowStatus.DECIDE
    assert [c.choice for c in row.choices] == [Choice.RETRY, Choice.GIVE_UP]
    assert bench.till.queue.receipt_counts() == ReceiptCounts(0, 1)

    with pytest.raises(ApprovalNeeded):
        bench.till.queue.decide(task_id, Choice.GIVE_UP, "денег не брали")
    approval = bench.till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    with pytest.raises(InputError, match="REASON_NEEDED"):
        bench.till.queue.decide(task_id, Choice.GIVE_UP, " ", approval)
    state = bench.till.queue.decide(task_id, Choice.GIVE_UP, "денег не брали", approval)
    assert task_id not in {row.row_id for row in state.rows}


@pytest.mark.parametrize(
    ("choice", "state"),
    [(Choice.MADE, FiscalState.DONE), (Choice.NOT_MADE, FiscalState.QUEUED)],
)
def test_what_the_register_cannot_tell_a_senior_decides(
    bench: FiscalBench, choice: Choice, state: FiscalState
) -> None:
    bench.machine.is_linked = False
    task_id = sell(bench)
    set_state(bench, task_id, FiscalState.UNKNOWN, UNCERTAIN)
    row = row_of(bench, task_id)
    assert row.title.ru == "Чек № 1: касса не ответила", "no more is claimed than is known"
    (order,) = bench.till.orders.find(OrdersWish()).rows
    assert order.lights.words == receipt_texts.RECEIPT_UNKNOWN
    assert row.status is RowStatus.DECIDE
    assert [c.choice for c in row.choices] == [
        Choice.RETRY, Choice.MADE, Choice.NOT_MADE, Choice.GIVE_UP,
    ]  # fmt: skip
    assert row.choices[0].needs is None, "to ask again is safe"

    with pytest.raises(ApprovalNeeded):
        bench.till.queue.decide(task_id, choice)
    approval = bench.till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    bench.till.queue.decide(task_id, choice, approval=approval)
    assert bench.state_of(task_id) is state


def test_somebody_is_called_for_a_receipt_that_needs_a_person(bench: FiscalBench) -> None:
    told: list[tuple[Words, int]] = []
    bench.till.queue.call_for_receipts(lambda words, number: told.append((words, number)))
    bench.machine.is_linked = False
    sell(bench)
    assert told == [], "it may pass by itself"
    bench.work(minutes=11)
    bench.till.fiscal.remind()
    bench.till.fiscal.remind()
    assert [(words.ru, number) for words, number in told] == [
        ("Чек не пробит: нет связи с АТОЛ 30Ф", 1)
    ]
