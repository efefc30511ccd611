"""A printer that comes back after a night asks before it prints what nobody waits for (D5)."""

from datetime import timedelta

import pytest

from app.store.rows import PrintState
from app.till import texts
from app.till.printing import LATE_AFTER
from app.till.queue_states import Choice, QueueRow, RowStatus
from app.till.till import Till
from drivers.api.errors import PaperOut
from tests.till.bench import CAKE, COFFEE, Bench

NIGHT = timedelta(hours=9)


def sell(till: Till, product: str) -> None:
    till.sale.tap(product)  # type: ignore[arg-type]  # ids of the bench
    till.checkout.pay_exact_cash()


def work_off(till: Till) -> None:
    while till.printing.run_once():
        pass


def old_rows(till: Till) -> list[QueueRow]:
    return [row for row in till.queue.state().rows if row.error == texts.PRINT_WHETHER]


@pytest.fixture
def told(till: Till) -> list[bool]:
    """How often somebody was called."""
    calls: list[bool] = []
    till.printing.on_late = lambda: calls.append(True)
    return calls


@pytest.fixture
def after_a_night(bench: Bench, till: Till, told: list[bool]) -> Till:
    """A till whose printer was off for a night with two receipts waiting, and is on again."""
    bench.printer.error = PaperOut("roll")
    for product in (COFFEE, CAKE):
        sell(till, product)
        work_off(till)
    bench.clock.advance(NIGHT)
    bench.printer.error = None
    work_off(till)
    return till


def test_old_receipts_wait_for_a_person_and_new_ones_do_not(
    bench: Bench, after_a_night: Till, told: list[bool]
) -> None:
    assert bench.printer.paper == []
    rows = old_rows(after_a_night)
    assert [row.status for row in rows] == [RowStatus.DECIDE] * 2
    assert [choice.choice for choice in rows[0].choices] == [
        Choice.RETRY, Choice.PRINT_LATE, Choice.GIVE_UP, Choice.DROP_OLD,
    ]  # fmt: skip
    assert told, "somebody is called"

    sell(after_a_night, COFFEE)
    work_off(after_a_night)
    assert len(bench.printer.paper) == 1
    assert "200,00" in bench.printer.text(0)


def test_each_is_printed_as_it_is_or_marked_as_late_or_not_at_all(
    bench: Bench, after_a_night: Till
) -> None:
    first, second = old_rows(after_a_night)
    after_a_night.queue.decide(first.row_id, Choice.RETRY)
    after_a_night.queue.decide(second.row_id, Choice.PRINT_LATE)
    work_off(after_a_night)
    assert [(paper.copy_mark, paper.copy_text) for paper in bench.printer.paper] == [
        (False, "КОПИЯ"),
        (True, "ПОЗДНО"),
    ]
    assert bench.jobs() == ()


def test_nothing_of_the_old_is_printed_with_one_choice(bench: Bench, after_a_night: Till) -> None:
    sell(after_a_night, COFFEE)  # waits as well, but is not old
    after_a_night.queue.decide(old_rows(after_a_night)[0].row_id, Choice.DROP_OLD)
    assert old_rows(after_a_night) == []
    work_off(after_a_night)
    assert len(bench.printer.paper) == 1


def test_what_may_be_on_paper_stays_a_copy_when_it_is_late(bench: Bench, till: Till) -> None:
    sell(till, COFFEE)
    bench.printer.maybe = True
    till.printing.run_once()
    bench.clock.advance(NIGHT)
    work_off(till)
    (row,) = old_rows(till)
    till.queue.decide(row.row_id, Choice.PRINT_LATE)
    work_off(till)
    assert bench.printer.paper[-1].copy_mark
    assert bench.printer.paper[-1].copy_text == "КОПИЯ, ПОЗДНО"


def test_who_has_decided_is_asked_again_only_when_it_gets_old_again(
    bench: Bench, after_a_night: Till, told: list[bool]
) -> None:
    bench.printer.error = PaperOut("roll")
    row = old_rows(after_a_night)[0]
    after_a_night.queue.decide(row.row_id, Choice.RETRY)
    told.clear()
    for _ in range(5):
        work_off(after_a_night)
        bench.clock.advance(timedelta(minutes=5))
    assert told == []
    bench.clock.advance(LATE_AFTER)
    work_off(after_a_night)
    assert told == [True]
    assert [job.state for job in bench.jobs()] == [PrintState.FAILED] * 2


def test_receipts_that_are_not_old_come_without_a_question(bench: Bench, till: Till) -> None:
    bench.printer.error = PaperOut("roll")
    sell(till, COFFEE)
    work_off(till)
    bench.clock.advance(LATE_AFTER - timedelta(minutes=1))
    bench.printer.error = None
    work_off(till)
    assert len(bench.printer.paper) == 1
    assert old_rows(till) == []
