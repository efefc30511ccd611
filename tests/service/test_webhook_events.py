"""The catalogue, the schedule, the lanes: what is promised to receivers, without a network."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import service
from app.contracts.webhook_events import EVENT_TYPES, stored_example, wire_data
from app.kernel.ids import SeededIds
from app.service.webhooks.lanes import ALL_MAX, MOST, Lane
from app.service.webhooks.schedule import HOURLY_S, PAUSES_S, WHOLE_TIME, next_try
from app.service.webhooks.signing import make_secret, signed_headers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

# The names of W1; more may be in the catalogue.
PROMISED = {
    "guest.created", "guest.updated", "guest.deleted", "guest.merged",
    "transaction.earn", "transaction.redeem", "transaction.refund", "transaction.manual",
    "transaction.expire", "level.upgraded", "promo.activated", "promo.expired",
    "pos.check.processed", "pos.sync.failed",
    "subscription.created", "subscription.renewed", "subscription.cancelled",
    "subscription.expired", "payment.succeeded", "payment.failed",
}  # fmt: skip


def written_types() -> set[str]:
    """Return the first arguments of all `Event(...)` in the service, read from its code."""
    found: set[str] = set()
    for path in Path(next(iter(service.__path__))).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "Event" and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def test_all_promised_types_are_in_the_catalogue() -> None:
    assert set(EVENT_TYPES) >= PROMISED


def test_every_event_that_the_service_writes_is_in_the_catalogue() -> None:
    written = written_types()
    assert {"guest.created", "transaction.earn", "level.upgraded"} <= written
    assert written <= set(EVENT_TYPES)
    billing = {name for name, kind in EVENT_TYPES.items() if kind.source == "billing"}
    assert not written & billing, "payments are told of by billing"
    assert billing == {"payment.succeeded", "payment.failed"}
    assert written == set(EVENT_TYPES) - billing, "the catalogue promises what somebody writes"


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_examples_are_of_their_model_and_travel_unchanged(name: str) -> None:
    kind = EVENT_TYPES[name]
    assert wire_data(name, stored_example(name)) == dict(kind.example)
    assert kind.title_en
    assert kind.title_ru
    assert kind.model.model_json_schema(mode="serialization")["properties"]


def test_points_travel_in_units() -> None:
    stored = {"guestCardId": "c", "guestId": "g", "orderId": "o", "points": 4550}
    assert wire_data("transaction.earn", stored)["points"] == 45.5


def test_pauses_grow_and_six_tries_take_six_and_a_half_minutes() -> None:
    assert list(PAUSES_S) == sorted(PAUSES_S)
    assert len(PAUSES_S) == 5
    assert sum(PAUSES_S) == 390


@given(
    st.integers(1, 40),
    st.integers(0, 23 * 3600),
    st.integers(0, 2**32),
    st.one_of(st.none(), st.integers(0, 10**9)),
)
def test_next_try_is_near_its_pause_and_within_a_day(
    tries: int, age_s: int, seed: int, asked_s: int | None
) -> None:
    started = NOW - timedelta(seconds=age_s)
    due = next_try(tries, started, NOW, SeededIds(seed).below, asked_s)
    pause = PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else HOURLY_S
    if due is None:
        assert age_s + 2 * pause > WHOLE_TIME.total_seconds()
        return
    wait_s = (due - NOW).total_seconds()
    assert 0.8 * pause <= wait_s <= (1.2 if asked_s is None else 2) * pause
    assert due <= started + WHOLE_TIME


def test_slow_receivers_shrink_to_one_and_quick_ones_grow_to_the_limit() -> None:
    lane = Lane()
    for _ in range(10):
        lane.note(10, answered=False)
    assert lane.window == 1
    for _ in range(100):
        lane.note(0.1, answered=True)
    assert lane.window == MOST < ALL_MAX
    lane.note(5, answered=True)
    assert lane.window == MOST // 2


def test_secrets_are_long_and_their_own() -> None:
    first, second = make_secret(SeededIds(1)), make_secret(SeededIds(2))
    assert first != second
    assert first.startswith("whsec_")
    headers = signed_headers([first, second], "evt_1", NOW, b"{}")
    assert [part[:3] for part in headers["webhook-signature"].split()] == ["v1,", "v1,"]
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
