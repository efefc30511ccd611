"""L12, L16: sales that come through the batch tell what promotions did; late ones are facts."""

from datetime import timedelta
from typing import Any

from app.kernel.clock import to_iso
from tests.service.harness import MARIA, Service
from tests.service.promotions.promotions_harness import (
    BONUS,
    PERCENT,
    codes_used,
    done,
    make,
    make_code,
    uses,
)


def sale(service: Service, sale_id: str, discount: float = 0, **more: Any) -> dict[str, Any]:
    """Return a sale of 500 less a discount, paid in cash, with Maria as the guest."""
    due = 500 - discount
    line = {
        "lineId": "1",
        "productId": "prd-kapuchino",
        "name": "Капучино",
        "quantityMilli": 1000,
        "unitPrice": 500,
        "gross": 500,
        "discount": discount,
        "total": due,
        "taxId": "tax-general",
    }
    return {
        "saleId": sale_id,
        "orderNumber": "1",
        "shiftId": "shift-1",
        "cashierId": "stf-04",
        "occurredAt": to_iso(service.clock.now()),
        "lines": [line],
        "totals": {"gross": 500, "discount": discount, "due": due},
        "tenders": [{"paymentId": f"{sale_id}-p", "kind": "cash", "amount": due}],
        "loyalty": {"guestCardId": MARIA, "action": "EARN_ONLY"},
    } | more


def push(service: Service, payload: dict[str, Any], kind: str = "sale") -> dict[str, Any]:
    """Push one operation and return its result."""
    key = payload.get("refundId") or payload["saleId"]
    operation = {
        "operationId": f"op-{key}",
        "idempotencyKey": f"key-{key}",
        "type": kind,
        "occurredAt": to_iso(service.clock.now()),
        "payload": payload,
    }
    return service.sync(operation)["results"][0]


def claim(promotion_id: str, discount: float = 50) -> dict[str, Any]:
    """Return what a till says of a promotion."""
    return {"promotions": [{"promotionId": promotion_id, "discount": discount}]}


def test_a_sale_records_what_it_used_and_gets_its_points(service: Service) -> None:
    percent = make(service, PERCENT)
    make(service, BONUS)
    result = push(service, sale(service, "s1", 50, **claim(percent)))
    assert (result["status"], result["pointsEarned"]) == ("success", 145)
    assert sorted(row[2:4] for row in uses(service)) == [(0, 10000), (5000, 0)]
    again = push(service, sale(service, "s1", 50, **claim(percent)))
    assert again["alreadyProcessed"]
    assert len(uses(service)) == 2
    service.assert_clean()


def test_past_a_limit_a_sale_is_a_fact_and_no_error(service: Service) -> None:
    percent = make(service, PERCENT, maxUses=1)
    for sale_id in ("s1", "s2"):
        assert push(service, sale(service, sale_id, 50, **claim(percent)))["status"] == "success"
    assert uses(service) == [
        ("s1", "USED", 5000, 0, None),
        ("s2", "USED", 5000, 0, "LIMIT"),
    ]
    assert service.rows(f"SELECT used_count FROM promotions WHERE id = '{percent}'") == [(1,)]  # noqa: S608 - an id of ours
    page = done(service, "GET", "promotions/uses?fault=LIMIT")
    assert [one["orderId"] for one in page["data"]] == ["s2"]


def test_a_code_that_two_tills_took_offline_is_told_of(service: Service) -> None:
    key = make(service, PERCENT, needsCode=True)
    make_code(service, key, code="ONCE")
    for sale_id in ("s1", "s2"):
        payload = sale(service, sale_id, 50, promoCode="once", **claim(key))
        assert push(service, payload)["status"] == "success"
    assert [row[4] for row in uses(service)] == [None, "CODE_USED"]
    assert codes_used(service) == 1


def test_a_sale_outside_the_hours_is_recorded_with_its_fault(service: Service) -> None:
    key = make(service, PERCENT, conditions={"timeFrom": "20:00", "timeUntil": "21:00"})
    assert push(service, sale(service, "s1", 50, **claim(key)))["status"] == "success"
    assert [row[4] for row in uses(service)] == ["HOURS"]


def test_a_promotion_nobody_knows_does_not_stop_a_sale(service: Service) -> None:
    assert push(service, sale(service, "s1", 50, **claim("nothing")))["status"] == "success"
    assert uses(service) == []


def test_a_late_sale_is_judged_by_the_promotions_of_its_time(service: Service) -> None:
    key = make(service, BONUS)
    late = sale(service, "s1")
    service.clock.advance(timedelta(hours=3))
    body = {"name": "x", "effect": BONUS | {"points": 5}}
    done(service, "PUT", f"promotions/{key}", body)
    service.clock.advance(timedelta(hours=3))
    between = sale(service, "s2")
    service.clock.advance(timedelta(hours=3))
    done(service, "POST", f"promotions/{key}/pause")
    make(service, BONUS | {"points": 1000})
    service.clock.advance(timedelta(hours=1))
    assert push(service, late)["pointsEarned"] == 150
    assert push(service, between)["pointsEarned"] == 55
    assert push(service, sale(service, "s3"))["pointsEarned"] == 1050


def test_a_sale_without_a_guest_uses_its_promotion_and_a_refund_frees_it(service: Service) -> None:
    key = make(service, PERCENT, maxUses=1)
    payload = sale(service, "s1", 50, **claim(key))
    del payload["loyalty"]
    assert push(service, payload)["status"] == "success"
    assert uses(service) == [("s1", "USED", 5000, 0, None)]
    refund = {
        "refundId": "r1",
        "saleId": "s1",
        "shiftId": "shift-1",
        "cashierId": "stf-04",
        "occurredAt": to_iso(service.clock.now()),
        "amount": 450,
        "originalAmount": 450,
        "tenders": [{"paymentId": "r1-p", "kind": "cash", "amount": 450}],
    }
    assert push(service, refund, "refund")["status"] == "success"
    assert [row[1] for row in uses(service)] == ["RELEASED"]
    assert service.rows(f"SELECT used_count FROM promotions WHERE id = '{key}'") == [(0,)]  # noqa: S608 - an id of ours
