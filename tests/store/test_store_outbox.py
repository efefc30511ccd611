"""Order in the outbox: by order, by guest, by shift; nothing unrelated waits; each key is used once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import OperationId
from app.store.engine import Store
from app.store.errors import AlreadyStoredError, NotStoredError
from app.store.outbox import _ready_sequences
from app.store.rows import Operation, OperationState
from tests.store.store_makers import NOW, make_operation


def add(store: Store, *operations: Operation) -> None:
    with store.unit() as uow:
        for operation in operations:
            uow.outbox.add(operation)
        uow.commit()


def ready(store: Store) -> list[str]:
    with store.reader() as uow:
        return [operation.operation_id for operation in uow.outbox.list_ready(NOW)]


def test_one_operation_of_an_order_at_a_time(store: Store) -> None:
    add(
        store,
        make_operation(1, order_key="a"),
        make_operation(2, "refund", order_key="a"),
        make_operation(3, order_key="b"),
    )
    assert ready(store) == ["op-0001", "op-0003"]
    with store.unit() as uow:
        uow.outbox.mark_done(OperationId("op-0001"), NOW, "srv-1")
        uow.commit()
    assert ready(store) == ["op-0002", "op-0003"]


def test_a_guests_sale_waits_for_his_registration_even_in_conflict(store: Store) -> None:
    add(
        store,
        make_operation(1, "guest.register", order_key="", guest_key="g"),
        make_operation(2, guest_key="g"),
        make_operation(3, guest_key="h"),
    )
    with store.unit() as uow:
        uow.outbox.mark_conflict(OperationId("op-0001"), "X", "х", "x")
        uow.commit()
    assert ready(store) == ["op-0003"]
    with store.unit() as uow:
        uow.outbox.give_up(OperationId("op-0001"), NOW, "дубль")
        uow.commit()
    assert ready(store) == ["op-0002", "op-0003"]


def test_a_conflict_of_a_sale_holds_up_its_order_but_not_its_guest(store: Store) -> None:
    add(
        store,
        make_operation(1, order_key="a", guest_key="g"),
        make_operation(2, "refund", order_key="a", guest_key="g"),
        make_operation(3, order_key="b", guest_key="g"),
    )
    with store.unit() as uow:
        uow.outbox.mark_conflict(OperationId("op-0001"), "X", "х", "x")
        uow.commit()
    assert ready(store) == ["op-0003"]


def test_sales_wait_for_their_shift_and_its_closing_waits_for_them(store: Store) -> None:
    add(
        store,
        make_operation(1, "shift.open", order_key="", shift_key="s"),
        make_operation(2, shift_key="s"),
        make_operation(3, shift_key="s"),
        make_operation(4, "shift.close", order_key="", shift_key="s"),
    )
    assert ready(store) == ["op-0001"]
    with store.unit() as uow:
        uow.outbox.mark_done(OperationId("op-0001"), NOW)
        uow.commit()
    assert ready(store) == ["op-0002", "op-0003"]
    with store.unit() as uow:
        uow.outbox.mark_done(OperationId("op-0002"), NOW)
        uow.outbox.mark_conflict(OperationId("op-0003"), "X", "х", "x")
        uow.commit()
    assert ready(store) == ["op-0004"]  # a conflict may wait for days, the closing may not


def test_an_operation_with_a_later_time_waits_and_holds_up_its_order_only(store: Store) -> None:
    add(store, make_operation(1, order_key="a"), make_operation(2, order_key="a"))
    add(store, make_operation(3))
    later = NOW + timedelta(seconds=8)
    with store.unit() as uow:
        uow.outbox.mark_retry(OperationId("op-0001"), later, "X", "х", "x")
        uow.commit()
    assert ready(store) == ["op-0003"]
    with store.reader() as uow:
        assert uow.outbox.next_time() == later
        assert uow.outbox.list_ready(later)[0].operation_id == "op-0001"
    with store.unit() as uow:
        uow.outbox.retry_all()
        assert [o.operation_id for o in uow.outbox.list_ready(NOW)] == ["op-0001", "op-0003"]


rows = st.lists(
    st.tuples(
        st.sampled_from(["sale", "refund", "guest.register", "shift.open", "shift.close"]),
        st.sampled_from(["pending", "in_flight", "conflict"]),
        st.sampled_from(["", "a", "b", "c"]),
        st.sampled_from(["", "g", "h"]),
        st.sampled_from(["", "s"]),
    ),
    max_size=25,
).map(
    lambda items: [
        (n, kind, state, None, order, guest, shift)
        for n, (kind, state, order, guest, shift) in enumerate(items)
    ]
)


@given(rows)
def test_what_is_ready_shares_no_key_with_anything_before_it(items: list[tuple]) -> None:
    chosen = _ready_sequences(items, "2026", 50)
    by_number = {item[0]: item for item in items}
    for number in chosen:
        _, _, state, _, order, guest, _ = by_number[number]
        assert state == "pending"
        for _, kind, other_state, _, other_order, other_guest, _ in items[:number]:
            assert not order or order != other_order
            is_register = kind == "guest.register"
            if other_state != "conflict" or is_register:
                stuck = {i[4] for i in items[:number] if i[2] == "conflict" or i[5] == other_guest}
                assert not guest or guest != other_guest or other_order in stuck
    if any(item[2] == "pending" for item in items) and all(i[2] == "pending" for i in items):
        assert chosen[:1] == [0]  # the oldest never waits


def test_a_key_is_used_once(store: Store) -> None:
    add(store, make_operation(1))
    with pytest.raises(AlreadyStoredError), store.unit() as uow:
        uow.outbox.add(make_operation(2, idempotency_key=make_operation(1).idempotency_key))
    with pytest.raises(NotStoredError), store.reader() as uow:
        uow.outbox.get(OperationId("op-0002"))


def test_counts_and_lists_tell_the_queue(store: Store) -> None:
    add(store, *(make_operation(n) for n in range(1, 6)))
    with store.unit() as uow:
        uow.outbox.mark_in_flight([OperationId("op-0001")])
        uow.outbox.mark_conflict(OperationId("op-0004"), "X", "Гостя нет", "No guest")
        uow.outbox.mark_done(OperationId("op-0002"), NOW, "srv")
        uow.commit()
    with store.unit() as uow:
        counts = uow.outbox.counts()
        assert (counts.pending, counts.in_flight, counts.conflicts) == (2, 1, 1)
        assert counts.unsent == 4
        assert counts.oldest_at == NOW + timedelta(seconds=1)
        listed = uow.outbox.list_unsent()
        assert [o.operation_id for o in listed] == ["op-0004", "op-0001", "op-0003", "op-0005"]
        assert (listed[0].error_ru, listed[1].attempts) == ("Гостя нет", 1)
        assert [o.server_id for o in uow.outbox.list_finished()] == ["srv"]
        assert uow.outbox.trim(NOW + timedelta(days=1)) == 1


def test_what_was_in_flight_at_a_crash_is_pending_again(store: Store) -> None:
    add(store, make_operation(1))
    with store.unit() as uow:
        uow.outbox.mark_in_flight([OperationId("op-0001")])
        uow.outbox.release_in_flight()
        assert uow.outbox.get(OperationId("op-0001")).state is OperationState.PENDING


def test_listeners_hear_of_committed_changes_only(store: Store) -> None:
    heard: list[frozenset[str]] = []
    store.subscribe(heard.append)
    with store.unit() as uow:
        uow.outbox.add(make_operation(1))
    assert heard == []
    add(store, make_operation(1))
    assert heard == [frozenset({"outbox"})]
