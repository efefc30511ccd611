"""L12: promo codes are made, found however they are typed, held with the order, and taken once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.contracts import plugin
from app.kernel.clock import to_iso
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work
from app.service.loyalty.finalizing import finalize_points
from app.service.promotions.applying import apply_promotion
from tests.service.harness import MARIA, Service, finalize
from tests.service.promotions.promotions_harness import (
    BONUS,
    PERCENT,
    apply,
    calculate,
    codes_used,
    done,
    make,
    make_code,
    refusal,
    uses,
)

THREADS = 200


def coded(service: Service, effect: dict[str, Any] = PERCENT, **more: Any) -> str:
    """Make a promotion that needs a code."""
    return make(service, effect, needsCode=True, **more)


def code_of(answer: dict[str, Any]) -> str | None:
    """Return why a named code is not good."""
    reason = answer["promotions"]["code"].get("reason")
    return reason["code"] if reason else None


# ------------------------------------------------------------------ making
def test_a_code_is_found_however_it_is_typed(service: Service) -> None:
    key = coded(service)
    assert make_code(service, key, code="весна - 2026") == "ВЕСНА2026"
    answer = calculate(service, promoCode="Весна 2026")
    assert answer["promotions"]["code"] == {
        "code": "ВЕСНА2026",
        "accepted": True,
        "promotionId": key,
    }
    assert answer["promotions"]["discount"] == 100
    assert [note["code"] for note in answer["explanation"][:2]] == ["PROMO_CODE", "PROMOTION"]


def test_without_its_code_a_promotion_is_not_spoken_of(service: Service) -> None:
    coded(service)
    assert "promotions" not in calculate(service)


def test_codes_are_drawn_listed_and_switched_off_in_batches(service: Service) -> None:
    key = coded(service)
    body = {"promotionId": key, "count": 60, "prefix": "win", "length": 8}
    batch = done(service, "POST", "promo-codes/batches", body, key="k")
    again = done(service, "POST", "promo-codes/batches", body, key="k")
    assert again == batch | {"alreadyProcessed": True}
    codes = batch["codes"]
    assert len(set(codes)) == 60
    assert all(code.startswith("WIN") and len(code) == 11 for code in codes)
    page = done(service, "GET", f"promo-codes?batchId={batch['batchId']}&sortBy=code&limit=10")
    assert page["pagination"]["total"] == 60
    assert [one["code"] for one in page["data"]] == sorted(codes)[:10]
    assert calculate(service, promoCode=codes[0].lower())["promotions"]["discount"] == 100
    path = f"promo-codes/batches/{batch['batchId']}/disable"
    assert done(service, "POST", path)["disabled"] == 60
    assert code_of(calculate(service, promoCode=codes[0])) == "PROMO_CODE_DISABLED"
    assert refusal(service, "POST", "promo-codes/batches/none/disable") == "PROMO_CODE_NOT_FOUND"


def test_what_cannot_be_made_is_refused(service: Service) -> None:
    key, open_to_all = coded(service), make(service, PERCENT)
    make_code(service, key, code="TWICE")
    for body, code in (
        ({"promotionId": key, "code": "twice"}, "PROMO_CODE_TAKEN"),
        ({"promotionId": "none"}, "PROMOTION_NOT_FOUND"),
        ({"promotionId": open_to_all}, "PROMOTION_STATE"),
        ({"promotionId": key, "code": "a!"}, "VALIDATION_ERROR"),
        ({"promotionId": key, "maxUses": 0}, "VALIDATION_ERROR"),
    ):
        assert refusal(service, "POST", "promo-codes", body) == code
    assert refusal(service, "GET", "promo-codes/none") == "PROMO_CODE_NOT_FOUND"


# ------------------------------------------------------------------ naming
def test_each_bad_code_says_what_is_wrong_with_it(service: Service) -> None:
    key = coded(service)
    now = service.clock.now()
    make_code(service, key, code="LATER", validFrom=to_iso(now + timedelta(days=1)))
    make_code(service, key, code="GONE", validUntil=to_iso(now + timedelta(days=1)))
    off = done(service, "POST", "promo-codes", {"promotionId": key, "code": "OFF"})
    assert done(service, "POST", f"promo-codes/{off['id']}/disable")["state"] == "DISABLED"
    paused = coded(service)
    make_code(service, paused, code="PAUSED")
    done(service, "POST", f"promotions/{paused}/pause")
    assert code_of(calculate(service, promoCode="GONE")) is None
    service.clock.advance(timedelta(days=1))
    for said, fault in (
        ("NOTHING", "PROMO_CODE_NOT_FOUND"),
        ("GONE", "PROMO_CODE_EXPIRED"),
        ("OFF", "PROMO_CODE_DISABLED"),
        ("PAUSED", "PROMO_CODE_DISABLED"),
    ):
        answer = calculate(service, promoCode=said)
        assert code_of(answer) == fault
        assert answer["promotions"]["discount"] == 0
        assert said in answer["explanation"][0]["ru"]
        assert apply(service, promoCode=said).json()["errorCode"] == fault
    assert code_of(calculate(service, promoCode="LATER")) is None
    assert uses(service) == []


def test_a_code_whose_conditions_do_not_hold_says_which(service: Service) -> None:
    make_code(service, coded(service, conditions={"minAmount": 2000}), code="BIG")
    answer = apply(service, promoCode="BIG")
    assert answer.json()["errorCode"] == "PROMOTION_NOT_APPLICABLE"
    assert "2\u202f000" in answer.json()["detail"]
    assert codes_used(service) == 0


# ------------------------------------------------------------------ holding
def test_a_held_code_is_the_orders_own_and_nobody_elses(service: Service) -> None:
    key = coded(service)
    make_code(service, key, code="ONCE")
    held = apply(service, promoCode="ONCE").json()
    assert held["promotions"]["discount"] == 100
    assert code_of(calculate(service, promoCode="ONCE")) is None
    assert apply(service, promoCode="ONCE").status_code == 200
    assert code_of(calculate(service, promoCode="ONCE", orderId="o2")) == "PROMO_CODE_USED"
    assert apply(service, "o2", promoCode="ONCE").json()["errorCode"] == "PROMO_CODE_USED"
    claim: dict[str, Any] = {"promotions": [{"promotionId": key, "discount": 100}]}
    claim["promoCode"] = "ONCE"
    stolen = finalize(None, order="o2", check=900, **claim)
    assert service.refused("finalize-points", stolen) == "PROMO_CODE_USED"
    service.ok("finalize-points", finalize(None, check=900, **claim))
    assert uses(service) == [("o1", "USED", 10000, 0, None)]
    assert codes_used(service) == 1


def test_letting_go_frees_the_code(service: Service) -> None:
    make_code(service, coded(service), code="ONCE")
    apply(service, promoCode="ONCE")
    freed = service.ok("release-promotion", {"orderId": "o1"})
    assert not freed["alreadyProcessed"]
    assert service.ok("release-promotion", {"orderId": "o1"})["alreadyProcessed"]
    assert apply(service, "o2", promoCode="ONCE").status_code == 200
    assert codes_used(service) == 1


def test_another_code_takes_the_place_of_the_first(service: Service) -> None:
    make_code(service, coded(service), code="FIRST")
    make_code(service, coded(service), code="SECOND")
    apply(service, promoCode="FIRST")
    apply(service, promoCode="SECOND")
    assert sorted(row[1] for row in uses(service)) == ["HELD", "RELEASED"]
    assert apply(service, "o2", promoCode="FIRST").status_code == 200


def test_a_check_that_closes_without_its_code_frees_it(service: Service) -> None:
    make_code(service, coded(service), code="ONCE")
    apply(service, promoCode="ONCE")
    service.ok("finalize-points", finalize(None))
    assert [row[1] for row in uses(service)] == ["RELEASED"]
    assert codes_used(service) == 0


def test_a_whole_refund_gives_the_code_back(service: Service) -> None:
    key = coded(service)
    make_code(service, key, code="ONCE")
    claim = [{"promotionId": key, "discount": 100}]
    body = finalize(None, check=900, promoCode="ONCE", promotions=claim)
    service.ok("finalize-points", body)
    refund = {"guestCardId": MARIA, "orderId": "o1", "refundId": "r", "originalAmount": 900}
    service.ok("finalize-refund", refund | {"refundAmount": 900})
    assert codes_used(service) == 0
    assert code_of(calculate(service, promoCode="ONCE", orderId="o2")) is None


def test_points_by_code_are_given_once(service: Service) -> None:
    make_code(service, coded(service, BONUS), code="GIFT")
    answer = service.ok("finalize-points", finalize(None, promoCode="GIFT"))
    assert answer["pointsEarned"] == 200
    told = str(service.rows("SELECT data FROM events WHERE type = 'promo.activated'"))
    assert all(fact in told for fact in ("GIFT", MARIA, "o1", "10000"))
    again = finalize(None, order="o2", promoCode="GIFT")
    assert service.refused("finalize-points", again) == "PROMO_CODE_USED"
    service.assert_clean()


def test_the_till_holds_by_the_address_of_its_order(service: Service) -> None:
    make_code(service, coded(service), code="ONCE")
    headers = {"X-API-Key": service.seeded["tillKey"]}
    path = "/api/v1/pos/orders/o7/promotion"
    body = {"promoCode": "ONCE", "checkAmount": 300}
    answer = service.client.post(f"{path}/apply", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["promotions"]["discount"] == 30
    assert [row[:2] for row in uses(service)] == [("o7", "HELD")]
    assert service.client.delete(path, headers=headers).json()["success"]
    assert codes_used(service) == 0


# ------------------------------------------------------------------ many at once
class Crowd:
    """Use cases called straight by many threads, each in a transaction of its own."""

    def __init__(self, service: Service) -> None:
        self.service = service
        tenant, installation = service.rows(
            "SELECT tenant_id, id FROM installations WHERE kind = 'till' ORDER BY id"
        )[0]
        self.caller = Caller(tenant, installation, "till", None, None)

    def write(self, act: Callable[[Work], Any]) -> str:
        """Run a use case; return OK, or the code of the refusal."""
        service = self.service

        def job(connection: Any) -> Any:
            return act(Work(connection, service.clock.now(), service.ids, self.caller))

        try:
            service.runtime.database.write(job).result()
        except ProblemError as problem:
            return problem.code
        return "OK"

    def all_at_once(
        self, act: Callable[[int], Callable[[Work], Any]], size: int = THREADS
    ) -> Counter[str]:
        """Let all begin at the same moment and count how they ended."""
        gate = threading.Barrier(size)

        def one(number: int) -> str:
            gate.wait()
            return self.write(act(number))

        with ThreadPoolExecutor(size) as pool:
            return Counter(pool.map(one, range(size)))


@pytest.mark.parametrize("places", [1, 7])
def test_a_crowd_takes_a_code_exactly_as_often_as_it_may(service: Service, places: int) -> None:
    make_code(service, coded(service), code="RACE", maxUses=places)
    cards = [guest["guestCardId"] for guest in service.seeded["guests"]]

    def act(number: int) -> Callable[[Work], Any]:
        wish = plugin.ApplyPromotionRequest(
            order_id=f"o{number}",
            promo_code="RACE",
            guest_card_id=cards[number % len(cards)],
            check_amount=1000_00,
        )
        return lambda work: apply_promotion(work, wish)

    ended = Crowd(service).all_at_once(act)
    assert ended == {"OK": places, "PROMO_CODE_USED": THREADS - places}
    assert codes_used(service) == places
    assert len(uses(service)) == places


def test_a_crowd_never_passes_limits_when_checks_close(service: Service) -> None:
    make(service, BONUS, maxUses=11, maxUsesPerGuest=2)
    cards = [guest["guestCardId"] for guest in service.seeded["guests"]]

    def act(number: int) -> Callable[[Work], Any]:
        request = plugin.FinalizePointsRequest(
            guest_card_id=cards[number % len(cards)],
            order_id=f"o{number}",
            check_amount=100_00,
            action=plugin.FinalizeAction.EARN_ONLY,
        )
        return lambda work: finalize_points(work, request)

    # No check is refused because points of a promotion have run out.
    assert Crowd(service).all_at_once(act, 100) == {"OK": 100}
    assert len(uses(service)) == 11
    each = service.rows("SELECT max(used_count), sum(used_count) FROM promotion_guest_uses")
    assert [int(value) for value in each[0]] == [2, 11]
    by_card = service.rows("SELECT card_id, count(*) FROM promotion_uses GROUP BY card_id")
    assert max(count for _, count in by_card) == 2
    service.assert_clean()


def test_two_checks_that_want_two_promotions_do_not_block_each_other(service: Service) -> None:
    first, second = make(service, PERCENT, maxUses=500), make(service, PERCENT, maxUses=500)
    cards = [guest["guestCardId"] for guest in service.seeded["guests"]]

    def act(number: int) -> Callable[[Work], Any]:
        named = [first, second] if number % 2 else [second, first]
        request = plugin.FinalizePointsRequest.from_wire(
            {
                "guestCardId": cards[number % len(cards)],
                "orderId": f"o{number}",
                "checkAmount": 100,
                "action": "EARN_ONLY",
                "promotions": [{"promotionId": key, "discount": 1} for key in named],
            }
        )
        return lambda work: finalize_points(work, request)

    assert Crowd(service).all_at_once(act, 40) == {"OK": 40}
    counted = service.rows("SELECT used_count FROM promotions WHERE max_uses = 500")
    assert counted == [(40,), (40,)]


# ------------------------------------------------------------------ the demo café
def test_the_demo_cafe_has_promotions_that_need_their_code(service: Service) -> None:
    states = service.rows("SELECT id, state, needs_code FROM promotions ORDER BY id")
    assert len(states) >= 4
    assert all(bool(needs_code) for _, state, needs_code in states if state == "ACTIVE")
    assert "promotions" not in calculate(service)
    assert calculate(service, promoCode="dobro 10")["promotions"]["discount"] == 100
    answer = calculate(service, 999, promoCode="DRUG300A")
    assert answer["promotions"]["notApplied"][0]["reasons"][0]["code"] == "MIN_AMOUNT"
    assert service.count("events") == 0
