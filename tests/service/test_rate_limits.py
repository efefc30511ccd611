"""A6: limits by plan for each key and endpoint, told in every answer; tills are never held up."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app.kernel.clock import ManualClock
from app.service.jobs.job import JobContext
from app.service.limits import guard, plans
from app.service.limits.counters import ExactCounters, MemoryCounters, SharedCounters
from app.service.limits.tasks import forget_counters
from tests.service.harness import MARIA, START, Service

HEADERS = (
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-tier",
    "x-ratelimit-endpoint-limit",
    "x-ratelimit-endpoint-remaining",
)


def call(service: Service, path: str, kind: str = "api", **more: Any) -> httpx.Response:
    headers = {"X-API-Key": service.seeded[f"{kind}Key"], **more.pop("headers", {})}
    return service.client.request(more.pop("method", "GET"), path, headers=headers, **more)


def figures(answer: httpx.Response) -> tuple[int, int, int, int]:
    names = ("limit", "remaining", "endpoint-limit", "endpoint-remaining")
    limit, remaining, endpoint, left = (
        int(answer.headers[f"x-ratelimit-{name}"]) for name in names
    )
    return limit, remaining, endpoint, left


def set_plan(service: Service, plan: str) -> None:
    service.runtime.database.write(
        lambda c: c.execute(sa.text("UPDATE tenants SET plan = :plan"), {"plan": plan})
    ).result()


def small(monkeypatch: pytest.MonkeyPatch, general: int) -> None:
    item = RateLimitItemPerMinute(general)
    monkeypatch.setattr(guard, "GENERAL", dict.fromkeys(plans.PLANS, item))


def test_the_numbers_are_those_that_were_promised() -> None:
    def seen(by_plan: plans.ByPlan) -> list[tuple[int, int]]:
        return [(by_plan[p].amount, by_plan[p].get_expiry()) for p in plans.PLANS]

    by_name = {limit.name: seen(limit.by_plan) for limit in plans.ENDPOINTS}
    assert seen(plans.GENERAL) == [(1_000, 3600), (5_000, 3600), (20_000, 3600)]
    assert by_name == {
        "loyalty-transactions": [(120, 60), (500, 60), (2_000, 60)],
        "pos-webhooks": [(20, 10), (100, 10), (500, 10)],
        "guests": [(200, 60), (1_000, 60), (5_000, 60)],
        "transfers": [(3, 60), (10, 60), (50, 60)],
    }


def test_every_answer_tells_what_is_left(service: Service) -> None:
    answers = [
        call(service, "/api/v1/guests"),
        call(service, "/api/v1/guests/nobody"),
        call(service, "/api/v1/guests?colour=red"),
        call(service, "/api/v1/pos/ping", kind="till"),
        call(service, "/api/v1/pos/ping"),
        call(service, "/nothing/here"),
        service.client.get("/healthz"),
        service.client.get("/errors/INVALID_API_KEY"),
        service.client.get("/api/v1/guests"),
        service.client.get("/openapi.json"),
    ]
    for answer in answers:
        assert all(answer.headers.get(name) for name in HEADERS), answer.request.url
    first, second = answers[:2]
    assert first.headers["x-ratelimit-tier"] == "standard"
    assert figures(first) == (1_000, 999, 200, 199)
    assert figures(second) == (1_000, 998, 1_000, 998)
    assert int(first.headers["x-ratelimit-reset"]) == int(START.timestamp()) + 3600
    assert figures(answers[3])[0] == plans.INSTALLATION.amount
    assert answers[8].headers["x-ratelimit-tier"] == "anonymous"


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("standard", (1_000, 200)),
        ("pro", (5_000, 1_000)),
        ("ultimate", (20_000, 5_000)),
    ],
)
def test_plan_decides(service: Service, plan: str, expected: tuple[int, int]) -> None:
    set_plan(service, plan)
    answer = call(service, "/api/v1/guests")
    assert answer.headers["x-ratelimit-tier"] == plan
    assert (figures(answer)[0], figures(answer)[2]) == expected


def test_who_is_over_is_told_how_long_to_wait(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 3)
    for left in (2, 1, 0):
        answer = call(service, "/api/v1/loyalty/rules")
        assert (answer.status_code, figures(answer)[1]) == (200, left)
    for _ in range(3):
        refused = call(service, "/api/v1/loyalty/rules")
        assert refused.status_code == 429
        assert refused.json()["errorCode"] == "RATE_LIMIT_EXCEEDED"
        assert refused.headers["retry-after"] == "60"
        assert figures(refused)[1] == 0
    # Neither another key of the company nor a till pays for it.
    assert call(service, "/api/v1/pos/ping", kind="till").status_code == 200
    assert (
        service.call(
            "calculate", {"guestCardId": MARIA, "orderId": "o", "checkAmount": 1}
        ).status_code
        == 200
    )
    service.forward(seconds=60)
    assert call(service, "/api/v1/loyalty/rules").status_code == 200


def test_endpoint_has_a_limit_of_its_own(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    few = [
        replace(known, by_plan=dict.fromkeys(plans.PLANS, RateLimitItemPerMinute(4)))
        for known in plans.ENDPOINTS
        if known.name == "loyalty-transactions"
    ]
    monkeypatch.setattr(guard, "ENDPOINTS", few)
    for number, path in enumerate(["loyalty/transactions", "loyalty/earn"] * 2):
        body = {"guestCardId": MARIA, "orderId": f"o{number}", "checkAmount": 100}
        body |= {"type": "EARN"} if path.endswith("transactions") else {}
        assert call(service, f"/api/v1/{path}", method="POST", json=body).status_code == 201
    body = {"guestCardId": MARIA, "orderId": "one-more", "checkAmount": 100}
    refused = call(service, "/api/v1/loyalty/earn", method="POST", json=body)
    assert refused.status_code == 429
    assert figures(refused) == (1_000, 995, 4, 0)
    assert int(refused.headers["retry-after"]) <= 60
    assert service.count("loyalty_orders") == 4
    # What else the key does goes on.
    assert call(service, "/api/v1/loyalty/rules").status_code == 200
    assert call(service, "/api/v1/transactions").status_code == 200


def test_tills_are_not_held_to_the_hour_of_programs(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 3)
    for _ in range(20):
        assert service.pos("ping").status_code == 200
    assert figures(service.pos("ping"))[1] == plans.INSTALLATION.amount - 21
    # A till asks every two seconds and plugins with each check: thousands a minute are far off.
    assert plans.INSTALLATION.amount >= 100 * 60


def test_flood_of_strangers_is_stopped_by_address_and_touches_no_one_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "STRANGERS", RateLimitItemPerMinute(5))
    assert service.pos("ping").status_code == 200
    statuses = [
        service.client.get("/api/v1/guests", headers={"X-API-Key": f"mlk_live_{n}"}).status_code
        for n in range(8)
    ]
    assert statuses == [401] * 5 + [429] * 3
    assert service.client.get("/openapi.json").status_code == 429
    # The till behind the same address works, and who watches the service still sees it.
    assert service.pos("ping").status_code == 200
    assert service.client.get("/healthz").status_code == 200
    service.forward(seconds=60)
    assert service.client.get("/api/v1/guests").status_code == 401


def test_limits_can_be_switched_off_or_counted_elsewhere(make_service: Any) -> None:
    elsewhere = make_service(rate_limit_url="memory://")
    assert figures(call(elsewhere, "/api/v1/guests"))[1] == 999


def test_without_limits_nothing_is_said_of_them(make_service: Any) -> None:
    free = make_service(limits_rates=False)
    answer = call(free, "/api/v1/guests")
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


def test_windows_are_those_of_the_clock_and_what_is_over_is_forgotten() -> None:
    clock = ManualClock(START)
    counters = MemoryCounters(clock)
    limiter = FixedWindowRateLimiter(counters)
    item = RateLimitItemPerMinute(2)
    assert [limiter.hit(item, "a") for _ in range(3)] == [True, True, False]
    assert limiter.hit(item, "b")
    assert limiter.get_window_stats(item, "a") == (START.timestamp() + 60, 0)
    clock.advance(START.replace(minute=1) - START)
    assert counters.get(item.key_for("a")) == 0
    assert limiter.hit(item, "a")
    assert counters.reset() == 1  # the other one went with its window


@pytest.mark.only_on("postgresql", why="processes share counters on PostgreSQL alone")
def test_processes_learn_of_each_other(service: Service) -> None:
    clock = ManualClock(START)
    ours, theirs = (SharedCounters(sa.create_engine(service.url), clock) for _ in range(2))
    item = RateLimitItemPerMinute(10)
    here, there = FixedWindowRateLimiter(ours), FixedWindowRateLimiter(theirs)
    assert [here.hit(item, "k") for _ in range(6)] == [True] * 6
    assert [there.hit(item, "k") for _ in range(3)] == [True] * 3
    ours.exchange()
    theirs.exchange()
    # The second one knows both; the first learns of it with its next hit.
    assert there.get_window_stats(item, "k").remaining == 1
    assert here.hit(item, "k")
    ours.exchange()
    assert here.get_window_stats(item, "k").remaining == 0
    assert not here.hit(item, "k")
    ours.stop()
    theirs.stop()
    context = JobContext(service.runtime.database, clock, service.ids)
    assert forget_counters(context) == 0
    clock.advance(START.replace(minute=2) - START)
    assert forget_counters(context) == 1


@pytest.mark.only_on("postgresql", why="processes share counters on PostgreSQL alone")
def test_small_limits_hold_exactly_over_processes(service: Service) -> None:
    clock = ManualClock(START)
    engines = [sa.create_engine(service.url) for _ in range(3)]
    limiters = [FixedWindowRateLimiter(ExactCounters(engine, clock)) for engine in engines]
    item = RateLimitItemPerMinute(3)
    let_through = [limiters[n % 3].hit(item, "transfer") for n in range(9)]
    assert let_through == [True] * 3 + [False] * 6
    for engine in engines:
        engine.dispose()


def test_a_failing_database_does_not_stop_requests() -> None:
    nowhere = sa.create_engine(
        "postgresql+psycopg://127.0.0.1:1/none", connect_args={"connect_timeout": 1}
    )
    clock = ManualClock(START)
    shared, exact = SharedCounters(nowhere, clock), ExactCounters(nowhere, clock)
    assert [shared.incr("k", 60) for _ in range(3)] == [1, 2, 3]
    shared.exchange()
    assert shared.incr("k", 60) == 4
    assert [exact.incr("k", 60) for _ in range(2)] == [1, 2]
    nowhere.dispose()
