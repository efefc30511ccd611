"""Calls of a sale on PostgreSQL whose questions are known beforehand: no thread, the same promises."""

import asyncio
import threading
from typing import Any

import psycopg
import pytest

from app.service.db import loop_writer
from app.service.db.loop_writer import LoopWriter
from app.service.db.prepared import _encoded_text
from app.service.db.quiet import QuietConnection, WouldWaitError
from app.service.db.wire import BEGIN, COMMIT, Wire
from tests.service.harness import MARIA, Service, finalize

ALEXEY = "card-gst-02"  # silver, near gold

pytestmark = pytest.mark.only_on("postgresql", why="SQLite has one writer, which waits for nobody")


class Ways:
    """Which way the writes of a test went."""

    def __init__(self) -> None:
        self.foreseen = 0
        self.usual = 0

    @property
    def both(self) -> tuple[int, int]:
        return self.foreseen, self.usual


@pytest.fixture
def ways(service: Service, monkeypatch: pytest.MonkeyPatch) -> Ways:
    """Count how writes go, from behind the first call of the till, by which its key becomes known."""
    seen = Ways()
    run = LoopWriter.run

    async def counted_run(writer: LoopWriter, who: str, begin: Any) -> Any:
        result = await run(writer, who, begin)
        seen.foreseen += 1
        return result

    real: Any = service.runtime.database._now
    # Other tests use the same application: what they did to its connections may show only now.
    for writer in real._loops.values():
        writer.close()
    service.ok("reserve-points", wish("known"))
    for writer in real._loops.values():  # and the same key
        writer._detours.clear()
    usual = real.write

    def counted_write(job: Any, *, may_be_lost: bool = False) -> Any:
        # What is written beside the calls (the request log, uses of keys) comes when it likes.
        seen.usual += not may_be_lost
        return usual(job, may_be_lost=may_be_lost)

    monkeypatch.setattr(LoopWriter, "run", counted_run)
    monkeypatch.setattr(real, "write", counted_write)
    return seen


def wish(order: str, points: int = 10, **more: Any) -> dict[str, Any]:
    return {
        "guestCardId": MARIA,
        "orderId": order,
        "pointsToSpend": points,
        "checkAmount": 1000,
        **more,
    }


def test_a_sale_needs_no_thread_and_is_booked_as_any_other(service: Service, ways: Ways) -> None:
    held = service.ok("reserve-points", wish("o1"), key="k1")
    closed = service.ok("finalize-points", finalize(held["reservationId"], "o1"), key="k2")
    assert ways.both == (2, 0)
    assert (closed["pointsSpent"], closed["levelName"]) == (10, "Золото")
    again = service.ok("finalize-points", finalize(held["reservationId"], "o1"), key="k2")
    assert again == closed | {"alreadyProcessed": True}
    service.assert_clean()


def test_earning_and_percentages_go_the_same_way(service: Service, ways: Ways) -> None:
    service.ok("finalize-points", finalize(None, "o1") | {"action": "EARN_ONLY"})
    assert ways.both == (1, 0)
    service.assert_clean()


def test_a_check_that_raises_the_level_is_no_surprise(service: Service, ways: Ways) -> None:
    body = finalize(None, "o1", 30_000) | {"guestCardId": ALEXEY}
    assert service.ok("finalize-points", body)["levelName"] == "Золото"
    assert ways.both == (1, 0)
    assert ("level.upgraded",) in service.rows("SELECT type FROM events")
    service.assert_clean()


def test_a_check_whose_points_are_gone_is_no_surprise(service: Service, ways: Ways) -> None:
    held = service.ok("reserve-points", wish("o1", 300))["reservationId"]
    service.forward(minutes=31)
    service.ok("reserve-points", wish("o2", 800, checkAmount=9000))
    before = ways.both
    assert service.ok("finalize-points", finalize(held))["shortfall"] == 260
    assert ways.both == (before[0] + 1, before[1])
    service.assert_clean()


def test_a_refusal_writes_nothing_and_leaves_the_connection_good(
    service: Service, ways: Ways
) -> None:
    before = service.guest()
    assert service.refused("reserve-points", wish("o1", 5000)) == "INSUFFICIENT_BALANCE"
    assert service.refused("reserve-points", wish("o1") | {"guestCardId": "nobody"}) == (
        "GUEST_CARD_NOT_FOUND"
    )
    assert service.guest() == before
    assert service.ok("reserve-points", wish("o1"))["success"]
    assert ways.usual == 0


def test_what_asks_more_goes_through_a_thread_with_the_same_answer(
    service: Service, ways: Ways
) -> None:
    items = [{"productId": "p-1", "name": "Чай", "quantity": 1, "price": 1000, "total": 1000}]
    held = service.ok("reserve-points", wish("o1", items=items), key="k1")
    assert ways.both == (0, 1)
    assert service.ok("reserve-points", wish("o1", items=items), key="k1") == held | {
        "alreadyProcessed": True
    }
    service.assert_clean()


def test_whoever_asks_the_unforeseen_goes_the_usual_way_for_a_while(
    service: Service, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprised(_quiet: QuietConnection, _asked: object) -> None:
        raise WouldWaitError("a test")

    monkeypatch.setattr(loop_writer, "_DETOUR", 2)
    with monkeypatch.context() as patch:
        patch.setattr(QuietConnection, "rows", surprised)
        service.ok("reserve-points", wish("o1"))
    assert ways.both == (0, 1)
    for order in ("o2", "o3", "o4"):
        service.ok("reserve-points", wish(order))
    assert ways.both == (1, 3)


def test_a_key_that_is_revoked_is_refused_at_once(service: Service, ways: Ways) -> None:
    service.ok("reserve-points", wish("o1"))

    def revoke(connection: Any) -> None:
        connection.exec_driver_sql("UPDATE api_keys SET revoked_at = 1")

    service.runtime.database.write(revoke).result()
    assert service.refused("reserve-points", wish("o2")) == "API_KEY_EXPIRED"


def test_a_failing_statement_is_tried_the_usual_way(
    service: Service, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = loop_writer._commit

    async def spoilt(wire: Wire, quiet: QuietConnection) -> None:
        quiet.written.append(quiet.written[0])  # the reservation a second time
        await commit(wire, quiet)

    with monkeypatch.context() as patch:
        patch.setattr(loop_writer, "_commit", spoilt)
        service.ok("reserve-points", wish("o1"), key="k1")
    assert ways.both == (0, 1)
    assert service.ok("reserve-points", wish("o2"), key="k2")["success"]
    assert ways.both == (1, 1)
    assert service.count("reservations") == 3
    service.assert_clean()


END_IDLE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' "
    "AND datname = current_database() AND query = 'COMMIT'"
)


def test_a_connection_lost_before_the_commit_costs_no_call(service: Service, ways: Ways) -> None:
    service.ok("reserve-points", wish("o1"))
    service.rows(END_IDLE)
    assert service.ok("reserve-points", wish("o2"))["success"]
    assert service.count("reservations") == 3


def test_what_is_lost_while_nobody_waits_for_it_is_not_used_again(
    service: Service, ways: Ways
) -> None:
    service.ok("reserve-points", wish("o1"))
    real: Any = service.runtime.database._now
    kept = [wire for writer in real._loops.values() for wire in writer._free]
    service.rows(END_IDLE)
    pause, patience = threading.Event(), 3000
    while not all(wire.was_lost() for wire in kept):
        assert (patience := patience - 1), "a look tells it"
        pause.wait(0.01)
    before = ways.both
    assert service.ok("reserve-points", wish("o2"))["success"]
    assert ways.both == (before[0] + 1, before[1])


def test_a_socket_number_that_is_used_again_is_heard(service: Service, ways: Ways) -> None:
    """The library closes a lost socket by itself; the next connection may get its number."""
    service.ok("reserve-points", wish("o1"))
    real: Any = service.runtime.database._now
    engine = next(iter(real._loops.values()))._engine

    async def ask(wire: Wire) -> None:
        wire.send(BEGIN)
        wire.send(COMMIT)
        await asyncio.wait_for(wire.settle(), 20)

    async def use_twice() -> tuple[int, int]:
        first = Wire(engine.connect())
        await ask(first)
        number = first._pgconn.socket
        first._pgconn.finish()
        second = Wire(engine.connect())
        again = second._pgconn.socket
        await ask(second)
        first.close()
        await ask(second)
        second.close()
        return number, again

    number, again = asyncio.run(use_twice())
    assert number == again
    assert ways.both == (1, 0)


def test_a_connection_lost_in_the_commit_is_told_and_the_key_gets_the_answer(
    service: Service, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, send = Wire.settle, Wire.send
    ends: list[bool] = []

    def watched(wire: Wire, asked: Any) -> None:
        ends.append(asked is COMMIT)
        send(wire, asked)

    async def lost(wire: Wire) -> Any:
        answers = await settle(wire)
        if ends[-1]:
            wire._pgconn.finish()
            raise psycopg.OperationalError("gone")
        return answers

    with monkeypatch.context() as patch:
        patch.setattr(Wire, "send", watched)
        patch.setattr(Wire, "settle", lost)
        answer = service.call("reserve-points", wish("o1"), key="k1")
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "SERVICE_UNAVAILABLE")
    assert service.ok("reserve-points", wish("o1"), key="k1")["alreadyProcessed"]
    assert service.count("reservations") == 2
    service.assert_clean()


def test_a_text_that_libpq_would_cut_short_is_left_to_the_driver() -> None:
    # Contracts refuse such a text; whatever gets past them must not be written as another text.
    with pytest.raises(WouldWaitError):
        _encoded_text("a\x00b")
