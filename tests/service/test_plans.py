"""A2, W1: a company's plan has an end and limits; what happens at them, and who is told."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.kernel.errors import InputError
from app.service import commands
from app.service.limits import quotas
from tests.service.auth_harness import Person, seeded
from tests.service.harness import MARIA, Service, finalize

TENANT = "tenant-maxima"
SUBSCRIPTION = f"/api/v1/tenants/{TENANT}/subscription"


def plan(service: Service, **said: Any) -> dict[str, Any]:
    """Say something about the company's plan, as whoever runs the service does."""
    return commands.plan(service.url, TENANT, clock=service.clock, **said)


def in_an_hour(service: Service) -> datetime:
    return service.clock.now() + timedelta(hours=1)


def api(service: Service, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    headers = {"X-API-Key": service.seeded["apiKey"], "Idempotency-Key": service.ids.new()}
    answer = service.client.request(method, path, json=body, headers=headers)
    return answer.status_code, answer.json()


def events(service: Service) -> list[tuple[str, dict[str, Any]]]:
    rows = service.rows(
        "SELECT type, data FROM events WHERE type LIKE 'subscription.%' ORDER BY created_at, id"
    )
    return [(row[0], json.loads(row[1]) if isinstance(row[1], str) else row[1]) for row in rows]


def test_plan_without_an_end_goes_on(service: Service) -> None:
    told = api(service, "GET", SUBSCRIPTION)[1]
    assert (told["plan"], told["state"]) == ("standard", "ACTIVE")
    assert "periodEnd" not in told
    service.forward(days=800)
    service.run_job("plans.expire")
    assert events(service) == []
    service.reserve(100)


def test_subscribers_are_told_of_each_turn_of_the_plan(service: Service) -> None:
    end = in_an_hour(service)
    made = plan(service, name="pro", ends_at=end)
    service.forward(seconds=1)
    plan(service, name="ultimate", ends_at=end + timedelta(hours=1))
    service.forward(seconds=1)
    cancelled = plan(service, cancels=True)
    assert (cancelled["plan"], cancelled["state"]) == ("ultimate", "CANCELLED")
    service.reserve(100)
    service.forward(hours=1, minutes=30)
    assert service.run_job("plans.expire") == 0
    service.forward(hours=1)
    assert service.run_job("plans.expire") == 1
    assert service.run_job("plans.expire") == 0, "each end is told once"
    service.forward(seconds=1)
    again = plan(service, name="standard")
    names = ["created", "renewed", "cancelled", "expired", "created"]
    assert [kind for kind, _ in events(service)] == [f"subscription.{name}" for name in names]
    ids = [data["subscriptionId"] for _, data in events(service)]
    assert ids[:4] == [made["subscriptionId"]] * 4
    assert ids[4] == again["subscriptionId"] != made["subscriptionId"]
    assert [data["plan"] for _, data in events(service)][:2] == ["pro", "ultimate"]


def test_after_the_end_nothing_new_begins_and_what_was_begun_is_finished(service: Service) -> None:
    plan(service, name="pro", ends_at=in_an_hour(service))
    service.forward(minutes=50)
    held, refunded = service.reserve(100), finalize(None, "earlier")
    service.ok("finalize-points", refunded)
    service.forward(minutes=10)
    order = {"guestCardId": MARIA, "orderId": "new", "checkAmount": 1000}
    assert service.refused("reserve-points", order | {"pointsToSpend": 10}) == (
        "SUBSCRIPTION_EXPIRED"
    )
    assert service.refused("create-guest", {"phone": "79990000001"}) == "SUBSCRIPTION_EXPIRED"
    assert service.refused("finalize-points", finalize(None, "new")) == "SUBSCRIPTION_EXPIRED"
    booking = {"guestCardId": MARIA, "orderId": "a", "checkAmount": 1000}
    status, problem = api(service, "POST", "/api/v1/loyalty/earn", booking)
    assert (status, problem["errorCode"]) == (402, "SUBSCRIPTION_EXPIRED")
    service.ok("finalize-points", finalize(held))
    back = {"guestCardId": MARIA, "orderId": "earlier", "refundId": "r", "refundAmount": 1000}
    service.ok("finalize-refund", back | {"originalAmount": 1000})
    assert service.guest()["cardId"] == MARIA, "what is there can be read"
    assert api(service, "GET", SUBSCRIPTION)[1]["state"] == "EXPIRED"
    assert service.pos("menu").status_code == 200
    service.assert_clean()


def test_after_the_end_people_sign_in_and_take_their_data_along(service: Service) -> None:
    plan(service, name="pro", ends_at=in_an_hour(service))
    service.forward(hours=2)
    owner = seeded(service)
    assert owner.refused("POST", "/api/v1/locations", {"name": "South"}) == "SUBSCRIPTION_EXPIRED"
    asked = owner.call("POST", "/api/v1/exports", {"kind": "GUESTS", "format": "CSV"})
    assert asked.status_code == 202, asked.text
    owner.prove().ok("POST", "/api/v1/guests/gst-01/erase")
    plan(service, name="pro", ends_at=in_an_hour(service))
    owner.ok("POST", "/api/v1/locations", {"name": "South"})


def test_plan_of_nobody_and_unknown_plans_are_refused(service: Service) -> None:
    for wrong in (
        {"name": "gold"},
        {"name": "pro", "ends_at": service.clock.now()},
        {"cancels": True},
    ):
        with pytest.raises(InputError):
            plan(service, **wrong)
    with pytest.raises(InputError, match="TENANT_UNKNOWN"):
        commands.plan(service.url, "nobody", name="pro", clock=service.clock)
    assert events(service) == []


@pytest.fixture
def owner(service: Service) -> Person:
    """The seeded owner, proven."""
    return seeded(service).prove()


@pytest.mark.parametrize(
    ("quota", "path", "body"),
    [
        (quotas.LOCATIONS, "/api/v1/locations", {"name": "Another"}),
        (quotas.REGISTERS, "/api/v1/registers", {"locationId": "loc-primernaya", "name": "R"}),
        (quotas.STAFF, "/api/v1/staff", {"name": "New", "role": "cashier"}),
        (quotas.API_KEYS, "/api/v1/api-keys", {"name": "key", "scopes": ["guests:read"]}),
    ],
    ids=lambda value: value.name if isinstance(value, quotas.Quota) else "",
)
def test_limit_of_the_plan_is_the_last_one_that_goes_in(
    service: Service, owner: Person, quota: quotas.Quota, path: str, body: dict[str, Any]
) -> None:
    def told() -> dict[str, Any]:
        limits = owner.ok("GET", SUBSCRIPTION)["limits"]
        return dict(next(one for one in limits if one["name"] == quota.name))

    first = told()
    assert first["limit"] == quota.most["standard"]
    for number in range(first["limit"] - first["used"]):
        owner.ok("POST", path, body | {"name": f"n{number}"})
    assert told()["used"] == first["limit"]
    answer = owner.call("POST", path, body)
    assert (answer.status_code, answer.json()["errorCode"]) == (402, "TENANT_LIMIT_REACHED")
    assert told()["used"] == first["limit"]
    plan(service, name="pro")
    owner.ok("POST", path, body)


def test_person_who_is_switched_off_makes_room(service: Service, owner: Person) -> None:
    used = next(
        one for one in owner.ok("GET", SUBSCRIPTION)["limits"] if one["name"] == quotas.STAFF.name
    )["used"]
    made = owner.ok("POST", "/api/v1/staff", {"name": "New", "role": "cashier"})
    owner.ok("DELETE", f"/api/v1/staff/{made['id']}")
    limits = owner.ok("GET", SUBSCRIPTION)["limits"]
    assert next(one for one in limits if one["name"] == quotas.STAFF.name)["used"] == used
