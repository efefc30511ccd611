"""Guessing at promo codes is limited for callers, guests and the company; an administrator lifts a lock."""

from datetime import timedelta
from typing import Any

import pytest

from app.service.kit.guessing import CALLER_LIMIT
from tests.service.auth_harness import seeded
from tests.service.harness import MARIA, Service, finalize
from tests.service.promotions.promotions_harness import make, make_code

LOCKED = "PROMO_CODE_GUESSING_LOCKED"
OTHER = "card-gst-02"


def calculate(service: Service, code: str | None, **more: Any) -> Any:
    body = {"guestCardId": more.pop("card", MARIA), "orderId": "o", "checkAmount": 1000}
    return service.call("calculate", body | ({"promoCode": code} if code else {}), **more)


def wish(code: str, card: str | None = MARIA) -> dict[str, Any]:
    body = {"orderId": "o", "checkAmount": 1000, "promoCode": code}
    return body | ({"guestCardId": card} if card else {})


def lock_out(service: Service, **more: Any) -> None:
    for number in range(CALLER_LIMIT.misses):
        assert calculate(service, f"GUESS{number}", **more).status_code == 200
    answer = calculate(service, "GUESS", **more)
    assert (answer.status_code, answer.json()["errorCode"]) == (429, LOCKED)
    assert answer.headers["retry-after"] == "900"


@pytest.fixture
def code(service: Service) -> str:
    """A good code."""
    promotion = make(service, {"type": "PERCENT", "percent": 10}, needsCode=True)
    return make_code(service, promotion, code="GOOD", maxUses=1000)


def test_ten_unknown_codes_lock_out_and_a_right_one_tells_nothing(
    service: Service, code: str
) -> None:
    lock_out(service)
    assert calculate(service, code).status_code == 429
    assert service.refused("apply-promotion", wish(code)) == LOCKED
    assert calculate(service, None).status_code == 200, "checks without a code go on"
    service.clock.advance(timedelta(minutes=15))
    assert calculate(service, code).json()["promotions"]["code"]["accepted"]


def test_refused_holds_and_closings_count_although_they_change_nothing(
    service: Service, code: str
) -> None:
    for number in range(CALLER_LIMIT.misses - 2):
        assert service.refused("apply-promotion", wish(f"G{number}X")) == "PROMO_CODE_NOT_FOUND"
    closing = finalize(None, promoCode="NOSUCH")
    assert service.refused("finalize-points", closing) == "PROMO_CODE_NOT_FOUND"
    headers = {"X-API-Key": service.seeded["tillKey"]}
    path = "/api/v1/pos/orders/o/promotion/apply"
    body = {"promoCode": "NONE", "checkAmount": 1000, "guestCardId": MARIA}
    assert service.client.post(path, json=body, headers=headers).status_code == 404
    assert service.client.post(path, json=body, headers=headers).json()["errorCode"] == LOCKED
    assert service.refused("finalize-points", closing) == LOCKED
    service.ok("finalize-points", finalize(None))


def test_guest_who_guesses_is_locked_out_at_every_till(service: Service, code: str) -> None:
    lock_out(service)
    assert calculate(service, code, kind="iiko").json()["errorCode"] == LOCKED
    answer = calculate(service, code, kind="iiko", card=OTHER)
    assert answer.json()["promotions"]["code"]["accepted"], "another guest elsewhere goes on"


def test_order_that_holds_its_code_is_closed_whatever_is_guessed_beside(
    service: Service, code: str
) -> None:
    service.ok("apply-promotion", wish(code) | {"orderId": "held"})
    lock_out(service)
    service.ok("finalize-points", finalize(None, "held", promoCode=code))
    service.assert_clean()


def test_known_codes_are_no_guesses(service: Service, code: str) -> None:
    for _ in range(2 * CALLER_LIMIT.misses):
        assert calculate(service, code).status_code == 200
    assert service.count("promo_code_guesses") == 0


def test_administrator_lifts_a_lock_and_it_is_noted(service: Service, code: str) -> None:
    lock_out(service)
    owner, cashier = seeded(service), seeded(service, "cashier")
    locks = owner.ok("GET", "/api/v1/guessing-locks")["locks"]
    assert {lock["codes"] for lock in locks} == {"promo-codes"}
    subjects = {lock["subject"] for lock in locks}
    assert f"card:{MARIA}" in subjects
    assert len(subjects) == 2
    for subject in subjects:
        path = f"/api/v1/guessing-locks/promo-codes/{subject}"
        assert cashier.refused("DELETE", path) == "INSUFFICIENT_PERMISSIONS"
        owner.step_up = ""
        assert owner.refused("DELETE", path) == "MFA_REQUIRED"
        owner.prove().ok("DELETE", path)
        assert owner.refused("DELETE", path) == "NOT_FOUND"
    assert calculate(service, code).status_code == 200
    noted = owner.ok("GET", "/api/v1/audit?action=guessing_lock.lifted")["data"]
    assert {entry["subjectId"] for entry in noted} == subjects
    assert noted[0]["details"] == {"codes": "promo-codes"}
    assert owner.ok("GET", "/api/v1/guessing-locks")["locks"] == []


@pytest.mark.parametrize("path", ["gift-cards/*", "promo-codes/installation:none", "other/*"])
def test_there_is_no_lock_to_lift(service: Service, path: str) -> None:
    owner = seeded(service).prove()
    assert owner.refused("DELETE", f"/api/v1/guessing-locks/{path}") == "NOT_FOUND"
    assert owner.ok("GET", "/api/v1/audit?action=guessing_lock.lifted")["data"] == []
