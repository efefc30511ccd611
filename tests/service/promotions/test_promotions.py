"""L12: promotions are written, apply by their conditions, explain themselves, and are settled."""

from datetime import timedelta
from typing import Any

import pytest

from app.kernel.clock import to_iso
from tests.service.harness import MARIA, Service, finalize
from tests.service.promotions.promotions_harness import (
    BONUS,
    BUN,
    COFFEE,
    PERCENT,
    apply,
    calculate,
    done,
    make,
    refusal,
    uses,
)


def reason_of(answer: dict[str, Any]) -> list[str]:
    """Return why the only promotion does not apply."""
    (refused,) = answer["promotions"]["notApplied"]
    return [reason["code"] for reason in refused["reasons"]]


# ------------------------------------------------------------------ writing
def test_a_promotion_is_written_read_changed_and_put_away(service: Service) -> None:
    body = {
        "name": "Счастливые часы",
        "effect": PERCENT,
        "conditions": {"timeFrom": "15:00", "timeUntil": "17:00", "weekdays": [1, 2, 3]},
        "priority": 5,
    }
    made = done(service, "POST", "promotions", body)
    assert (made["state"], made["usedCount"]) == ("DRAFT", 0)
    key = made["id"]
    assert done(service, "GET", f"promotions/{key}") == made
    assert done(service, "POST", f"promotions/{key}/activate")["state"] == "ACTIVE"
    changed = done(service, "PUT", f"promotions/{key}", body | {"priority": 9})
    assert (changed["state"], changed["priority"]) == ("ACTIVE", 9)
    assert changed["version"] != made["version"]
    assert done(service, "POST", f"promotions/{key}/pause")["state"] == "PAUSED"
    assert done(service, "DELETE", f"promotions/{key}")["state"] == "ARCHIVED"
    assert refusal(service, "POST", f"promotions/{key}/activate") == "PROMOTION_STATE"
    assert refusal(service, "GET", "promotions/nothing") == "PROMOTION_NOT_FOUND"
    page = done(service, "GET", "promotions?state=ARCHIVED&search=счастливые")
    assert [one["id"] for one in page["data"]] == [key]
    told = [row[0] for row in service.rows("SELECT action FROM audit_log ORDER BY created_at, id")]
    assert told.count("promotion.updated") == 1


def test_a_repeated_key_makes_no_second_promotion(service: Service) -> None:
    before = service.count("promotions")
    body = {"name": "x", "effect": PERCENT}
    first = done(service, "POST", "promotions", body, key="k")
    again = done(service, "POST", "promotions", body, key="k")
    assert again == first | {"alreadyProcessed": True}
    assert service.count("promotions") == before + 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"effect": {"type": "PERCENT", "percent": 101}}, "/effect/PERCENT/percent"),
        ({"effect": {"type": "PERCENT"}}, "/effect/PERCENT/percent"),
        ({"effect": {"type": "OTHER"}}, "/effect"),
        ({"effect": {"type": "POINTS_MULTIPLIER", "multiplier": 1}}, "/effect/POINTS_MULTIPLIER"),
        ({"conditions": {"timeFrom": "9:00", "timeUntil": "10:00"}}, "/conditions/timeFrom"),
        ({"conditions": {"timeFrom": "09:00"}}, "/conditions"),
        ({"conditions": {"weekdays": [8]}}, "/conditions/weekdays/0"),
        ({"conditions": {"minAmount": 5, "maxAmount": 4}}, "/conditions"),
        ({"conditions": {"levelIds": ["nobody"]}}, "/conditions/levelIds"),
        ({"startsAt": "2026-12-01T00:00:00Z", "endsAt": "2026-11-30T00:00:00Z"}, ""),
        ({"endsAt": "2026-11-01T00:00:00Z", "active": True}, "/endsAt"),
        ({"name": ""}, "/name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    service: Service, change: dict[str, Any], pointer: str
) -> None:
    body = {"name": "x", "effect": PERCENT} | change
    headers = {"X-API-Key": service.seeded["apiKey"]}
    answer = service.client.post("/api/v1/promotions", json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errorCode"] == "VALIDATION_ERROR"
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_tills_may_not_write_promotions(service: Service) -> None:
    till = service.seeded["tillKey"]
    body = {"name": "x", "effect": PERCENT}
    assert refusal(service, "POST", "promotions", body, api_key=till) == "INSUFFICIENT_PERMISSIONS"


# ------------------------------------------------------------------ calculate
def test_calculate_without_promotions_says_nothing_of_them(service: Service) -> None:
    assert "promotions" not in calculate(service)


def test_calculate_tells_what_applies_and_the_sums(service: Service) -> None:
    make(service, PERCENT, name="Десять")
    answer = calculate(service, 1210, items=[COFFEE, BUN])
    found = answer["promotions"]
    assert (found["discount"], found["amountDue"], found["notApplied"]) == (121, 1089, [])
    assert found["applied"][0]["lineDiscounts"] == [58, 63]
    # Maria is gold: 10 % of what is left, and up to 30 % of it with points.
    assert (answer["pointsToEarn"], answer["maxAllowedToSpend"]) == (108, 326)
    first = answer["explanation"][0]
    assert (first["code"], first["amount"]) == ("PROMOTION", 121)
    assert "«Десять»" in first["ru"]


def test_calculate_tells_why_not_with_the_facts(service: Service) -> None:
    make(service, PERCENT, name="От пятисот", conditions={"minAmount": 500})
    answer = calculate(service, 420)
    assert reason_of(answer) == ["MIN_AMOUNT"]
    note = answer["explanation"][0]
    assert note["code"] == "PROMOTION_NOT_APPLIED"
    assert note["en"].replace("\u00a0", " ").endswith("needs 500 ₽, the check has 420 ₽")
    assert note["ru"].replace("\u00a0", " ").endswith("нужно 500 ₽, в чеке 420 ₽")
    assert answer["promotions"]["amountDue"] == 420


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"timeFrom": "12:00", "timeUntil": "12:30"}, []),  # it is 12:01 in Moscow
        ({"timeFrom": "12:02", "timeUntil": "12:30"}, ["HOURS"]),
        ({"weekdays": [5]}, []),
        ({"weekdays": [6, 7]}, ["WEEKDAY"]),
        ({"levelIds": ["gold"]}, []),
        ({"levelIds": ["bronze"]}, ["LEVEL"]),
        ({"channels": ["till"]}, []),
        ({"channels": ["iiko"]}, ["CHANNEL"]),
        ({"firstCheck": True}, ["NOT_FIRST_CHECK"]),
        ({"birthdayBeforeDays": 3}, ["BIRTHDAY_UNKNOWN"]),
        ({"productIds": ["prd-kapuchino"]}, []),
        ({"productIds": ["prd-medovik"]}, ["PRODUCTS"]),
        ({"categoryIds": ["cat-coffee"]}, []),
        ({"categoryIds": ["cat-bakery"]}, ["PRODUCTS"]),
        ({"productIds": ["prd-kapuchino"], "minQuantity": 3}, ["QUANTITY"]),
    ],
)
def test_conditions_look_at_the_check_the_guest_and_the_venue(
    service: Service, conditions: dict[str, Any], expected: list[str]
) -> None:
    make(service, PERCENT, conditions=conditions)
    answer = calculate(service, 580, items=[COFFEE])
    refused = answer["promotions"]["notApplied"]
    assert [reason["code"] for one in refused for reason in one["reasons"]] == expected
    assert answer["promotions"]["discount"] == (0 if expected else 58)


def test_a_birthday_that_is_near_counts(service: Service) -> None:
    guest_id = service.rows(f"SELECT guest_id FROM cards WHERE id = '{MARIA}'")[0][0]  # noqa: S608 - a constant
    done(service, "PATCH", f"guests/{guest_id}", {"birthDate": "1990-11-22"})
    make(service, PERCENT, conditions={"birthdayBeforeDays": 3})
    assert calculate(service)["promotions"]["discount"] == 100
    service.forward(days=3)
    assert reason_of(calculate(service)) == ["BIRTHDAY"]


def test_a_category_holds_all_below_it(service: Service) -> None:
    child, parent = service.rows(
        "SELECT id, parent_id FROM categories WHERE parent_id IS NOT NULL ORDER BY id"
    )[0]
    product = service.rows(f"SELECT id FROM products WHERE category_id = '{child}'")[0][0]  # noqa: S608 - an id of ours
    make(service, PERCENT, conditions={"categoryIds": [parent]})
    item = {"productId": product, "total": 100, "price": 100}
    assert calculate(service, 100, items=[item])["promotions"]["discount"] == 10


def test_buy_two_get_one_and_a_gift_that_is_missing(service: Service) -> None:
    make(
        service, {"type": "BUY_GET", "buy": 2, "get": 1}, conditions={"categoryIds": ["cat-bakery"]}
    )
    gift = {"type": "GIFT", "productId": "prd-medovik", "name": "Медовик"}
    make(service, gift, conditions={"minAmount": 1000})
    answer = calculate(service, 1210, items=[COFFEE, BUN])["promotions"]
    assert [one["lineDiscounts"] for one in answer["applied"]] == [[0, 210]]
    assert [one.get("giftProductId") for one in answer["notApplied"]] == ["prd-medovik"]


def test_a_check_that_holds_its_discounts_gets_no_more_of_them(service: Service) -> None:
    key = make(service, PERCENT)
    again = calculate(service, 900, promotions=[{"promotionId": key, "discount": 100}])
    assert again["promotions"]["discount"] == 0
    assert again["explanation"][0]["code"] == "PROMOTION_INCLUDED"
    assert again["pointsToEarn"] == 90


# ------------------------------------------------------------------ closing
def test_bonus_points_and_multipliers_come_through_the_ledger_with_an_end(service: Service) -> None:
    bonus = make(service, BONUS, name="Сто баллов")
    doubled = make(service, {"type": "POINTS_MULTIPLIER", "multiplier": 2, "lapseDays": 10})
    expected = calculate(service)["promotions"]["bonusPoints"]
    assert expected == 200
    before = service.guest()
    answer = service.ok("finalize-points", finalize(None))
    assert answer["pointsEarned"] == 300
    after = service.guest()
    assert after["regularBalance"] - before["regularBalance"] == 100
    assert after["promoBalance"] - before["promoBalance"] == 200
    entries = service.rows(
        "SELECT promo_delta_minor, reason FROM ledger_entries WHERE kind = 'PROMO' "
        "AND order_id = 'o1' ORDER BY reason"
    )
    assert sorted(entries) == sorted([(10000, bonus), (10000, doubled)])
    assert uses(service) == [("o1", "USED", 0, 10000, None)] * 2
    service.assert_clean()
    service.forward(days=11)
    service.ok("finalize-points", finalize(None, order="o2", check=60))
    ended = service.rows("SELECT promo_delta_minor FROM ledger_entries WHERE kind = 'EXPIRE'")
    assert ended == [(-10000,)]
    service.assert_clean()


def test_the_same_check_again_gives_nothing_more(service: Service) -> None:
    make(service, BONUS)
    first = service.ok("finalize-points", finalize(None))
    again = service.ok("finalize-points", finalize(None))
    assert again == first | {"alreadyProcessed": True}
    assert len(uses(service)) == 1


def test_a_claimed_discount_is_recorded_as_a_use(service: Service) -> None:
    key = make(service, PERCENT)
    claim: dict[str, Any] = {"promotions": [{"promotionId": key, "discount": 100}]}
    service.ok("finalize-points", finalize(None, check=900, **claim))
    assert uses(service) == [("o1", "USED", 10000, 0, None)]
    assert done(service, "GET", f"promotions/{key}")["usedCount"] == 1
    page = done(service, "GET", f"promotions/uses?promotionId={key}")
    assert page["data"][0]["discount"] == 100
    assert service.guest()["totalBalance"] == 840 + 90


def test_an_unknown_claim_is_refused(service: Service) -> None:
    claim: dict[str, Any] = {"promotions": [{"promotionId": "nothing", "discount": 1}]}
    assert service.refused("finalize-points", finalize(None, **claim)) == "PROMOTION_NOT_FOUND"
    assert service.count("loyalty_orders") == 0


def test_a_limit_in_all_is_never_passed(service: Service) -> None:
    key = make(service, PERCENT, maxUses=1)
    claim: dict[str, Any] = {"promotions": [{"promotionId": key, "discount": 100}]}
    service.ok("finalize-points", finalize(None, check=900, **claim))
    assert reason_of(calculate(service, orderId="o2")) == ["LIMIT"]
    refused = service.refused("finalize-points", finalize(None, order="o2", check=900, **claim))
    assert refused == "PROMOTION_LIMIT_REACHED"
    assert len(uses(service)) == 1


def test_a_limit_for_each_guest_leaves_room_for_others(service: Service) -> None:
    make(service, BONUS, maxUsesPerGuest=1)
    other = service.seeded["guests"][1]["guestCardId"]
    for order, card in (("o1", MARIA), ("o2", MARIA), ("o3", other)):
        service.ok("finalize-points", finalize(None, order=order, guestCardId=card))
    assert [row[0] for row in uses(service)] == ["o1", "o3"]
    assert reason_of(calculate(service, orderId="o9")) == ["GUEST_LIMIT"]


def test_a_limit_that_is_set_later_counts_what_was_used(service: Service) -> None:
    key = make(service, BONUS)
    service.ok("finalize-points", finalize(None))
    body = {"name": "x", "effect": BONUS, "maxUses": 1, "maxUsesPerGuest": 5}
    done(service, "PUT", f"promotions/{key}", body)
    assert reason_of(calculate(service, orderId="o2")) == ["LIMIT"]
    done(service, "PUT", f"promotions/{key}", body | {"maxUses": 2, "maxUsesPerGuest": 1})
    assert reason_of(calculate(service, orderId="o2")) == ["GUEST_LIMIT"]


def test_refunds_take_points_back_in_parts_and_the_whole_one_frees_the_place(
    service: Service,
) -> None:
    make(service, BONUS, maxUsesPerGuest=1)
    before = service.guest()["totalBalance"]
    service.ok("finalize-points", finalize(None))
    body = {"guestCardId": MARIA, "orderId": "o1", "originalAmount": 1000}
    first = service.ok("finalize-refund", body | {"refundId": "r1", "refundAmount": 300})
    assert first["pointsReversed"] == 60
    assert reason_of(calculate(service, orderId="o2")) == ["GUEST_LIMIT"]
    second = service.ok("finalize-refund", body | {"refundId": "r2", "refundAmount": 700})
    assert second["pointsReversed"] == 140
    assert service.guest()["totalBalance"] == before
    assert [row[1] for row in uses(service)] == ["RELEASED"]
    assert calculate(service, orderId="o2")["promotions"]["bonusPoints"] == 100
    service.assert_clean()


def test_a_check_with_a_fixed_percentage_gets_no_points(service: Service) -> None:
    make(service, BONUS)
    body = {"guestCardId": MARIA, "orderId": "o1", "discountPercent": 10, "checkAmount": 1000}
    held = service.ok("reserve-discount", body)["reservationId"]
    done_ = service.ok(
        "finalize-discount",
        {"guestCardId": MARIA, "orderId": "o1", "checkAmount": 1000, "reservationId": held},
    )
    assert done_["pointsEarned"] == 0
    assert uses(service) == []


# ------------------------------------------------------------------ time
def test_promotions_begin_and_end_by_themselves_and_tell(service: Service) -> None:
    now = service.clock.now()
    key = make(
        service,
        PERCENT,
        startsAt=to_iso(now + timedelta(hours=1)),
        endsAt=to_iso(now + timedelta(hours=2)),
    )
    assert done(service, "GET", f"promotions/{key}")["state"] == "SCHEDULED"
    assert reason_of(calculate(service)) == ["NOT_STARTED"]
    told = "SELECT type FROM events WHERE type LIKE 'promo.%' ORDER BY created_at, id"
    for hours, state, events in (
        (1, "ACTIVE", ["promo.activated"]),
        (1, "EXPIRED", ["promo.activated", "promo.expired"]),
    ):
        service.clock.advance(timedelta(hours=hours))
        service.run_job("promotions.turn")
        service.run_job("promotions.turn")
        assert done(service, "GET", f"promotions/{key}")["state"] == state
        assert [row[0] for row in service.rows(told)] == events
    assert "promotions" not in calculate(service)
    assert refusal(service, "POST", f"promotions/{key}/activate") == "PROMOTION_STATE"
    body = {"name": "x", "effect": PERCENT}
    assert done(service, "PUT", f"promotions/{key}", body)["state"] == "PAUSED"


def test_the_rules_do_not_wait_for_the_job(service: Service) -> None:
    now = service.clock.now()
    make(
        service,
        PERCENT,
        startsAt=to_iso(now + timedelta(hours=1)),
        endsAt=to_iso(now + timedelta(hours=2)),
    )
    service.clock.advance(timedelta(hours=1))
    assert calculate(service)["promotions"]["discount"] == 100
    service.clock.advance(timedelta(hours=1))
    assert reason_of(calculate(service)) == ["OVER"]


def test_a_hold_of_an_open_order_ends_after_half_an_hour(service: Service) -> None:
    key = make(service, PERCENT, maxUses=1)
    assert apply(service, promotionId=key).status_code == 200
    assert calculate(service)["promotions"]["discount"] == 100  # its own place
    assert reason_of(calculate(service, orderId="o2")) == ["LIMIT"]
    service.clock.advance(timedelta(minutes=30))
    service.run_job("promotions.turn")
    assert calculate(service, orderId="o2")["promotions"]["discount"] == 100
    assert [row[1] for row in uses(service)] == ["RELEASED"]


# ------------------------------------------------------------------ tills
def test_tills_get_what_runs_with_its_countdown(service: Service) -> None:
    make(service, PERCENT, name="Обед", conditions={"timeFrom": "12:00", "timeUntil": "15:00"})
    make(service, PERCENT, name="Вечер", conditions={"timeFrom": "20:00", "timeUntil": "22:00"})
    draft = {"name": "Черновик", "effect": PERCENT}
    done(service, "POST", "promotions", draft)
    answer = service.pos("promotions/active")
    body = answer.json()
    assert body["timezone"] == "Europe/Moscow"
    told = {one["name"]: one for one in body["promotions"]}
    assert "Черновик" not in told
    assert told["Обед"]["runs"]
    assert told["Обед"]["runEndsAt"] == "2026-11-20T12:00:00.000Z"
    assert not told["Вечер"]["runs"]
    assert told["Вечер"]["nextRunAt"] == "2026-11-20T17:00:00.000Z"
    tag = answer.headers["etag"]
    assert service.pos("promotions/active", headers={"If-None-Match": tag}).status_code == 304
    done(service, "POST", "promotions", draft)
    assert service.pos("promotions/active", headers={"If-None-Match": tag}).status_code == 200


NO_ID = "a%C2%85b"  # a control character: no database holds such an id


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"promotions/{NO_ID}", None, "PROMOTION_NOT_FOUND"),
        ("PUT", f"promotions/{NO_ID}", {"name": "x", "effect": PERCENT}, "PROMOTION_NOT_FOUND"),
        ("DELETE", f"promotions/{NO_ID}", None, "PROMOTION_NOT_FOUND"),
        ("POST", f"promotions/{NO_ID}/activate", None, "PROMOTION_NOT_FOUND"),
        ("POST", f"promotions/{NO_ID}/pause", None, "PROMOTION_NOT_FOUND"),
        ("GET", f"promo-codes/{NO_ID}", None, "PROMO_CODE_NOT_FOUND"),
        ("POST", f"promo-codes/{NO_ID}/disable", None, "PROMO_CODE_NOT_FOUND"),
        ("POST", f"promo-codes/batches/{NO_ID}/disable", None, "PROMO_CODE_NOT_FOUND"),
    ],
)
def test_an_id_that_cannot_be_is_not_found(
    service: Service, method: str, path: str, body: dict[str, Any] | None, code: str
) -> None:
    assert refusal(service, method, path, body) == code
