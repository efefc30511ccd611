"""The fiscal queue on disk: order, states, and what waits for what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.ids import RefundId, SaleId, ShiftId
from app.store.engine import Store
from app.store.errors import NotStoredError
from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SHIFT = ShiftId("s1")


def task(task_id: str, kind: FiscalKind = FiscalKind.SALE, **more: Any) -> FiscalTask:
    return replace(FiscalTask(task_id, kind, SHIFT, 100_00, {"a": [1, "б"]}, NOW), **more)


def add(store: Store, *tasks: FiscalTask) -> None:
    with store.unit() as uow:
        for one in tasks:
            uow.fiscal.add(one)
        uow.commit()


def set_state(store: Store, task_id: str, state: FiscalState, **more: Any) -> None:
    with store.unit() as uow:
        uow.fiscal.set_state(task_id, state, **more)
        uow.commit()


def next_id(store: Store, now: datetime = NOW) -> str | None:
    with store.reader() as db:
        found = db.fiscal.find_next(now)
    return found.task_id if found else None


def test_a_task_comes_back_as_it_was_written(store: Store) -> None:
    whole = task(
        "t1",
        urgent=True,
        sale_id=SaleId("sale"),
        refund_id=RefundId("refund"),
        state=FiscalState.UNKNOWN,
        attempts=3,
        not_before=NOW + timedelta(seconds=5),
        error_code="x",
        error_ru="да",
        error_en="yes",
        finished_at=NOW,
        document={"number": 7},
    )
    add(store, whole)
    with store.reader() as db:
        found = db.fiscal.find("t1")
    assert found == replace(whole, sequence=1)


def test_tasks_go_in_their_order_and_urgent_ones_first(store: Store) -> None:
    add(store, task("a"), task("b"), task("c", urgent=True), task("d", urgent=True))
    order = []
    while (found := next_id(store)) is not None:
        order.append(found)
        set_state(store, found, FiscalState.DONE, finished_at=NOW)
    assert order == ["c", "d", "a", "b"]


def test_the_head_holds_up_those_behind_it_until_its_time(store: Store) -> None:
    add(store, task("a"), task("b"))
    set_state(store, "a", FiscalState.QUEUED, not_before=NOW + timedelta(seconds=10))
    assert next_id(store) is None
    assert next_id(store, NOW + timedelta(seconds=10)) == "a"


@pytest.mark.parametrize(
    ("state", "error"),
    [(FiscalState.FAILED, ""), (FiscalState.UNKNOWN, UNCERTAIN), (FiscalState.CANCELLED, "")],
)
def test_what_waits_for_a_person_holds_up_nothing(
    store: Store, state: FiscalState, error: str
) -> None:
    add(store, task("a"), task("b"))
    set_state(store, "a", state, error=(error, "", ""))
    assert next_id(store) == "b"


@pytest.mark.parametrize("state", [FiscalState.RUNNING, FiscalState.UNKNOWN, FiscalState.UNPRINTED])
def test_what_the_register_works_on_holds_up_the_rest(store: Store, state: FiscalState) -> None:
    add(store, task("a"), task("b"))
    set_state(store, "a", state)
    assert next_id(store) == "a"


def test_the_z_report_waits_for_the_receipts_of_its_shift_alone(store: Store) -> None:
    other = ShiftId("s2")
    add(
        store,
        task("sale"),
        task("z", FiscalKind.SHIFT_CLOSE),
        task("next", shift_id=other),
        task("z2", FiscalKind.SHIFT_CLOSE, shift_id=other),
    )
    set_state(store, "sale", FiscalState.FAILED, error=("x", "", ""))
    assert next_id(store) == "next"
    set_state(store, "next", FiscalState.DONE, finished_at=NOW)
    assert next_id(store) == "z2"
    set_state(store, "sale", FiscalState.UNPRINTED)
    assert next_id(store) == "sale"
    set_state(store, "sale", FiscalState.DONE, finished_at=NOW)
    assert next_id(store) == "z"


def test_counts_lists_and_what_is_forgotten(store: Store) -> None:
    add(
        store,
        task("a", sale_id=SaleId("s")),
        task("b", FiscalKind.REFUND, sale_id=SaleId("s"), refund_id=RefundId("r")),
        task("c", FiscalKind.CASH_IN),
    )
    set_state(store, "a", FiscalState.DONE, finished_at=NOW)
    set_state(store, "c", FiscalState.DONE, finished_at=NOW)
    with store.reader() as db:
        assert db.fiscal.count_open() == 1
        assert db.fiscal.count_unmade() == db.fiscal.count_unmade(SHIFT) == 1
        assert db.fiscal.count_held_up(SHIFT) == 0
        by_sale = db.fiscal.find_by_sale(SaleId("s"))
        assert by_sale is not None
        assert by_sale.task_id == "a"
        assert [one.task_id for one in db.fiscal.list_refunds(SaleId("s"))] == ["b"]
        assert len(db.fiscal.list_by_shift(SHIFT)) == 3
    with store.unit() as uow:
        assert uow.fiscal.trim(NOW + timedelta(days=1)) == 1  # the sale's receipt stays for refunds
        uow.commit()


def test_a_task_that_is_not_there_cannot_change(store: Store) -> None:
    with pytest.raises(NotStoredError), store.unit() as uow:
        uow.fiscal.set_state("none", FiscalState.DONE)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(st.sampled_from(FiscalState), st.booleans()), max_size=8))
def test_no_head_is_ever_done_failed_or_behind_an_urgent_one(
    store: Store, rows: list[tuple[FiscalState, bool]]
) -> None:
    with store.unit() as uow:
        uow.session.connection.execute("DELETE FROM fiscal_tasks")
        uow.commit()
    for index, (state, urgent) in enumerate(rows):
        add(store, task(f"t{index}", state=state, urgent=urgent))
    with store.reader() as db:
        head = db.fiscal.find_head()
    waiting = [
        (not urgent, index)
        for index, (state, urgent) in enumerate(rows)
        if state not in {FiscalState.DONE, FiscalState.CANCELLED, FiscalState.FAILED}
    ]
    assert (head.task_id if head else None) == (f"t{min(waiting)[1]}" if waiting else None)
