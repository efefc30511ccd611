"""L5 to L11 against the clock: what happens at each mark, and to what comes late or from a wrong clock.

The clock is moved by hand; sweeps and jobs run where the test says.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.contracts.pos import LoyaltyRulesView
from app.service.tenants.models import loyalty_rules
from tests.service.harness import MARIA, Service, finalize


def at(service: Service, **before: float) -> str:
    """Return a moment so long before now, as a till says it."""
    return (service.clock.now() - timedelta(**before)).isoformat()


def change_rules(service: Service, **changes: Any) -> None:
    """Let new rules hold from now on."""
    now = service.clock.now()

    def job(connection: Any) -> None:
        newest = sa.select(loyalty_rules).order_by(loyalty_rules.c.valid_from.desc()).limit(1)
        row = connection.execute(newest).one()
        view = LoyaltyRulesView.from_wire(row.body).model_copy(update=changes)
        connection.execute(
            sa.insert(loyalty_rules).values(
                id=service.ids.new(),
                tenant_id=row.tenant_id,
                valid_from=now,
                body=view.to_wire_json(),
                created_at=now,
            )
        )

    service.runtime.database.write(job).result()


@pytest.mark.parametrize(
    ("minutes", "sweeps", "outcome", "status", "reserved"),
    [
        (29, True, None, "FINALIZED", 200),
        (30, False, None, "FINALIZED", 200),
        (30, True, None, "FINALIZED", 0),
        (60, True, None, "FINALIZED", 0),
        (89, True, None, "FINALIZED", 0),
        (90, False, "RESERVATION_EXPIRED", "ACTIVE", 200),
        (90, True, "RESERVATION_EXPIRED", "AUTO_CANCELLED", 0),
        (600, True, "RESERVATION_EXPIRED", "AUTO_CANCELLED", 0),
    ],
)
def test_a_hold_at_every_mark(
    service: Service, minutes: int, sweeps: bool, outcome: str | None, status: str, reserved: int
) -> None:
    reservation = service.reserve(200)
    service.clock.advance(timedelta(minutes=minutes))
    if sweeps:
        service.sweep()
    assert service.guest()["reservedBalance"] == reserved
    if outcome is None:
        answer = service.ok("finalize-points", finalize(reservation))
        assert (answer["pointsSpent"], answer.get("shortfall")) == (200, None)
    else:
        assert service.refused("finalize-points", finalize(reservation)) == outcome
    found = service.rows(f"SELECT status FROM reservations WHERE id = '{reservation}'")  # noqa: S608 - a constant of the test
    assert found == [(status,)]
    service.assert_clean()


def test_late_check_goes_by_the_rules_of_its_day(service: Service) -> None:
    then = at(service)
    service.clock.advance(timedelta(hours=5))
    change_rules(service, is_enabled=False)
    body = finalize(None, "off")
    assert service.refused("finalize-points", body) == "LOYALTY_SYSTEM_DISABLED"
    late = service.ok("finalize-points", finalize(None, "late", occurredAt=then))
    assert late["pointsEarned"] == 100
    rules = service.rows("SELECT count(DISTINCT rules_id) FROM loyalty_orders")
    assert rules == [(1,)]
    service.assert_clean()


def test_late_check_goes_by_the_tier_of_its_day(service: Service) -> None:
    service.ok("create-guest", {"phone": "+79990001122"})
    card = service.ok("search-guest", {"phone": "+79990001122"})["guest"]["cardId"]
    service.clock.advance(timedelta(hours=1))
    then = at(service)
    service.clock.advance(timedelta(hours=1))
    # 150 000 at once: platinum from here on.
    big = {"guestCardId": card, "orderId": "big", "checkAmount": 150_000, "action": "EARN_ONLY"}
    service.ok("finalize-points", big)
    late = big | {"orderId": "late", "checkAmount": 1000, "occurredAt": then}
    assert service.ok("finalize-points", late)["pointsEarned"] == 50
    now = big | {"orderId": "now", "checkAmount": 1000}
    assert service.ok("finalize-points", now)["pointsEarned"] == 150
    service.assert_clean()


@pytest.mark.parametrize("ahead", [-180, -1, 1, 180])
def test_a_till_with_a_wrong_clock_gains_and_loses_nothing(service: Service, ahead: int) -> None:
    told = at(service, minutes=-ahead)
    answer = service.ok("finalize-points", finalize(service.reserve(200), occurredAt=told))
    assert (answer["pointsSpent"], answer["pointsEarned"]) == (200, 80)
    visited = service.rows("SELECT last_visit_at FROM cards WHERE id = 'card-gst-01'")[0][0]
    assert visited <= service.clock.now().timestamp() * 1000
    service.assert_clean()


def test_what_may_happen_once_happens_once_after_its_key_is_forgotten(service: Service) -> None:
    reservation = service.reserve(200, key="k1")
    first = service.ok("finalize-points", finalize(reservation), key="k2")
    refund: dict[str, Any] = {"guestCardId": MARIA, "orderId": "o1", "refundId": "r1"}
    refund |= {"refundAmount": 400, "originalAmount": 1000}
    back = service.ok("finalize-refund", refund, key="k3")
    service.forward(days=31)
    service.run_job("idempotency.prune")
    assert service.count("idempotency_keys") == 0
    before = service.guest()
    again = service.ok("finalize-points", finalize(reservation), key="k2")
    assert again == first | {"alreadyProcessed": True}
    assert service.ok("finalize-refund", refund, key="k3") == back | {"alreadyProcessed": True}
    body = {"guestCardId": MARIA, "orderId": "o1", "pointsToSpend": 200, "checkAmount": 1000}
    assert service.refused("reserve-points", body, key="k1") == "DUPLICATE_CHECK"
    assert service.guest() == before
    service.assert_clean()


def test_visit_in_time_that_becomes_known_late_undoes_the_lapse(service: Service) -> None:
    service.ok("finalize-points", finalize(None, "o1"))
    balance = service.guest()["regularBalance"]
    service.clock.advance(timedelta(days=364))
    then = at(service)
    service.clock.advance(timedelta(days=2))
    service.run_job("points.lapse")
    assert service.guest()["regularBalance"] == 0
    late = service.ok("finalize-points", finalize(None, "o2", occurredAt=then))
    assert late["regularBalance"] == balance + late["pointsEarned"]
    service.ok("finalize-points", finalize(None, "o3", occurredAt=then))
    service.run_job("points.lapse")
    assert service.guest()["regularBalance"] == balance + 2 * late["pointsEarned"]
    service.assert_clean()


def test_visit_after_the_lapse_brings_nothing_back(service: Service) -> None:
    service.ok("finalize-points", finalize(None, "o1"))
    service.clock.advance(timedelta(days=366))
    service.run_job("points.lapse")
    then = at(service)
    service.clock.advance(timedelta(hours=3))
    late = service.ok("finalize-points", finalize(None, "o2", occurredAt=then))
    assert late["regularBalance"] == late["pointsEarned"]
    service.assert_clean()


def test_expiry_in_the_grace_of_a_hold_leaves_a_shortfall_and_no_debt(service: Service) -> None:
    ends = (service.clock.now() + timedelta(minutes=40)).isoformat()
    headers = {"X-API-Key": service.seeded["apiKey"]}
    body = {"guestCardId": MARIA, "points": 100, "kind": "PROMO", "expiresAt": ends, "reason": "x"}
    path = "/api/v1/loyalty/manual-adjustment"
    assert service.client.post(path, json=body, headers=headers).status_code == 200
    take = {"guestCardId": MARIA, "points": -690, "reason": "x"}
    reservation = service.reserve(250)
    service.forward(minutes=31)
    assert service.client.post(path, json=take, headers=headers).status_code == 200
    service.forward(minutes=20)
    service.run_job("points.lapse")
    answer = service.ok("finalize-points", finalize(reservation))
    assert (answer["pointsSpent"], answer["shortfall"]) == (150, 100)
    assert answer["totalBalance"] == answer["pointsEarned"]
    service.assert_clean()


def test_partial_refunds_in_any_order_and_time_sum_to_the_full_one(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(237), check=997.13))
    refund = {"guestCardId": MARIA, "orderId": "o1", "originalAmount": 997.13}
    parts = [1.01, 333.33, 0.07, 500, 162.72]
    answers = []
    for number, amount in zip(itertools.count(), parts, strict=False):
        service.clock.advance(timedelta(days=40))
        body = refund | {"refundId": f"r{number}", "refundAmount": amount}
        answers.append(service.ok("finalize-refund", body))
    assert sum(round(a["pointsReturned"] * 100) for a in answers) == 237_00
    assert service.guest()["totalBalance"] == 840
    service.assert_clean()
