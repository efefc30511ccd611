"""Whatever fails on the way, each operation takes effect once and in order.

The worker is stepped by hand against a service in memory whose transport fails as it is told.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api_client.client import ClientSettings, ServiceClient
from app.kernel.clock import ManualClock
from app.kernel.ids import CardId, OperationId, SeededIds
from app.store.engine import Store
from app.store.rows import Operation, OperationState
from app.sync.state import Link
from app.sync.worker import SyncWorker
from tests.store.store_makers import NOW, make_guest, make_operation
from tests.sync.fake_service import FAULTS, FakeService


def add(store: Store, *operations: Operation) -> None:
    with store.unit() as uow:
        for operation in operations:
            uow.outbox.add(operation)
        uow.commit()


def drain(worker: SyncWorker, clock: ManualClock, steps: int = 60) -> None:
    for _ in range(steps):
        clock.advance(timedelta(seconds=worker.step() + 0.01))


def states(store: Store) -> dict[str, OperationState]:
    with store.reader() as uow:
        rows = (*uow.outbox.list_unsent(1000), *uow.outbox.list_finished(1000))
    return {row.operation_id: row.state for row in rows}


def test_operations_go_out_in_their_order(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    add(store, *(make_operation(n) for n in range(1, 121)))
    worker.step()
    assert service.effect_ids() == [f"op-{n:04d}" for n in range(1, 121)]
    assert service.batches == [50, 50, 20]
    assert worker.state.pending == 0
    assert worker.state.link is Link.ONLINE


@settings(max_examples=25)
@given(
    faults=st.lists(st.sampled_from(FAULTS), max_size=7),
    orders=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    crash_after=st.integers(0, 10),
)
def test_each_operation_takes_effect_once_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory,
    faults: list[str],
    orders: list[int],
    crash_after: int,
) -> None:
    folder: Path = tmp_path_factory.mktemp("push")
    clock = ManualClock()
    service = FakeService(clock)
    service.faults = list(faults)
    store = Store.open(folder, clock)
    operations = [
        make_operation(n, order_key=f"sale-{order}", guest_key=f"card-{order % 2}")
        for n, order in enumerate(orders, start=1)
    ]
    add(store, *operations)
    with ServiceClient(ClientSettings("http://127.0.0.1:1", "k"), transport=service.transport) as c:
        first = SyncWorker(store, c, clock, SeededIds())
        drain(first, clock, crash_after)
        first._stopping.set()
        first._pusher.push()  # the answer comes too late: what was in flight stays so
        store.close()
        store = Store.open(folder, clock)
        worker = SyncWorker(store, c, clock, SeededIds())
        for _ in range(300):
            drain(worker, clock, 1)
            if worker.state.last_sync_at and worker.state.pending == 0:
                break
    assert sorted(service.effect_ids()) == [operation.operation_id for operation in operations]
    assert set(states(store).values()) == {OperationState.DONE}
    for key in ("order_key", "guest_key"):
        for value in {getattr(operation, key) for operation in operations}:
            mine = [o.operation_id for o in operations if getattr(o, key) == value]
            assert [i for i in service.effect_ids() if i in set(mine)] == mine
    store.close()


def test_pause_grows_and_obeys_the_service(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    add(store, make_operation())
    service.faults = ["error_429"]
    worker.step()
    begin = clock.monotonic()
    while service.effects == []:
        clock.advance(timedelta(seconds=worker.step() + 0.01))
    assert clock.monotonic() - begin >= 7


def test_what_is_refused_becomes_a_conflict_with_words(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    service.verdicts["op-0001"] = {
        "status": "conflict",
        "errorCode": "GUEST_CARD_NOT_FOUND",
        "detail": "gone",
    }
    add(store, make_operation(1), make_operation(2))
    worker.step()
    found = states(store)
    assert found["op-0001"] is OperationState.CONFLICT
    assert found["op-0002"] is OperationState.DONE
    assert worker.state.conflicts == 1
    with store.reader() as uow:
        operation = uow.outbox.get(OperationId("op-0001"))
    assert operation.error_code == "GUEST_CARD_NOT_FOUND"
    assert operation.error_ru
    assert operation.error_en


def test_one_malformed_operation_does_not_hold_up_the_others(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    service.poison = {"op-0003"}
    add(store, *(make_operation(n) for n in range(1, 7)))
    drain(worker, clock, 5)
    found = states(store)
    assert found.pop("op-0003") is OperationState.CONFLICT
    assert set(found.values()) == {OperationState.DONE}


def test_an_error_of_the_service_itself_is_tried_again(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    service.verdicts["op-0001"] = {"status": "error", "errorCode": "INTERNAL_ERROR"}
    add(store, make_operation(1), make_operation(2, order_key="sale-1"), make_operation(3))
    worker.step()
    assert service.effect_ids() == ["op-0003"]  # the second waits for the first
    service.verdicts.clear()
    drain(worker, clock, 10)
    assert service.effect_ids() == ["op-0003", "op-0001", "op-0002"]


def test_a_refused_key_makes_no_conflicts(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    service.refuse_access = True
    add(store, make_operation())
    drain(worker, clock, 5)
    assert states(store) == {"op-0001": OperationState.PENDING}
    assert worker.state.link is Link.TROUBLE
    assert worker.state.notice is not None
    assert worker.state.notice.code == "INVALID_API_KEY"
    service.refuse_access = False
    drain(worker, clock, 5)
    assert states(store) == {"op-0001": OperationState.DONE}


def test_offline_guest_gets_the_services_card_everywhere(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    local = make_guest("local-abc")
    register = make_operation(
        1,
        "guest.register",
        payload={"clientGuestId": "abc", "phone": "79123456789"},
        order_key="",
        guest_key="local-abc",
    )
    refund = make_operation(
        2, "refund", payload={"guestCardId": "local-abc"}, guest_key="local-abc"
    )
    with store.unit() as uow:
        uow.guests.put([local], NOW)
        uow.outbox.add(register)
        uow.outbox.add(refund)
        uow.commit()
    worker.step()
    assert service.effects[1] == ("op-0002", {"guestCardId": "card-abc"})
    with store.reader() as uow:
        assert uow.guests.resolve(CardId("local-abc")) == "card-abc"
        found = uow.guests.find_by_card(CardId("local-abc"))
        assert found is not None
        assert found.regular_minor == 12_50


def test_an_offline_guest_is_kept_though_his_card_was_not_sent_along(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    service.tells_cards = False
    register = make_operation(
        1,
        "guest.register",
        payload={"clientGuestId": "abc", "phone": "79123456789"},
        guest_key="local-abc",
    )
    with store.unit() as uow:
        uow.guests.put([make_guest("local-abc")], NOW)
        uow.outbox.add(register)
        uow.commit()
    worker.step()
    with store.reader() as uow:
        found = uow.guests.find_by_card(CardId("local-abc"))
    assert found is not None
    assert (found.card_id, found.first_name) == ("card-abc", "Анна")


def test_an_error_with_a_final_code_is_a_conflict(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    service.verdicts = {
        "op-0001": {"status": "error", "errorCode": "VALIDATION_ERROR"},
        "op-0002": {"status": "error", "errorCode": "SOMETHING_NEW"},
    }
    add(store, make_operation(1), make_operation(2))
    worker.step()
    assert states(store) == {
        "op-0001": OperationState.CONFLICT,
        "op-0002": OperationState.PENDING,
    }


def test_what_a_person_decided_is_done(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    verdict = {"status": "conflict", "errorCode": "INVALID_PHONE_FORMAT"}
    service.verdicts = {f"op-000{n}": dict(verdict) for n in (1, 2, 3)}
    add(
        store,
        make_operation(1, "guest.register", payload={"clientGuestId": "a", "phone": "1"}),
        make_operation(2),
        make_operation(3),
    )
    worker.step()
    service.verdicts.clear()
    service.results.clear()
    with store.unit() as uow:
        payload = {"clientGuestId": "a", "phone": "79123456789"}
        uow.outbox.edit(OperationId("op-0001"), payload, "corrected")
        uow.outbox.retry(OperationId("op-0002"))
        uow.outbox.give_up(OperationId("op-0003"), clock.now(), "Дубль")
        uow.commit()
    worker.step()
    assert states(store) == {
        "op-0001": OperationState.DONE,
        "op-0002": OperationState.DONE,
        "op-0003": OperationState.GIVEN_UP,
    }
    assert service.effects[0][1]["phone"] == "79123456789"
    assert worker.state.conflicts == worker.state.pending == 0


def test_a_stopped_worker_drops_the_late_answer(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    add(store, make_operation())
    worker._stopping.set()
    worker._pusher.push()
    assert service.effect_ids() == ["op-0001"]
    assert states(store) == {"op-0001": OperationState.IN_FLIGHT}
