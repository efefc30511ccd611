"""L16, O2, O3: what a till pushes is stored once, each operation for itself, loyalty included."""

import itertools
from typing import Any

import pytest

from app.kernel.clock import to_iso
from tests.service.harness import MARIA, Service

NUMBERS = itertools.count()


def operation(service: Service, kind: str, payload: dict[str, Any], key: str | None = None) -> dict:
    number = next(NUMBERS)
    return {
        "operationId": f"op-{number}",
        "idempotencyKey": key or f"key-{number}",
        "type": kind,
        "occurredAt": to_iso(service.clock.now()),
        "payload": payload,
    }


def sale(
    service: Service, sale_id: str, total: float = 500, points: float = 0, **more: Any
) -> dict:
    """Return a sale of one line, paid in cash, with points as a discount on it."""
    due = total - points
    line = {
        "lineId": f"{sale_id}-1",
        "productId": "prd-kapuchino",
        "name": "Капучино",
        "quantityMilli": 2000,
        "unitPrice": total / 2,
        "modifiers": [{"optionId": "opt", "name": "Овсяное", "quantity": 1, "priceDelta": 50}],
        "gross": total,
        "discount": 0,
        "pointsShare": points,
        "total": due,
        "taxId": "tax-general",
        "taxPercentBp": 2200,
        "taxAmount": 0,
    }
    tender = {"paymentId": f"{sale_id}-p", "kind": "cash", "amount": due, "received": due}
    return {
        "saleId": sale_id,
        "orderNumber": "17",
        "shiftId": "shift-1",
        "cashierId": "stf-04",
        "occurredAt": to_iso(service.clock.now()),
        "clockOffsetMs": 0,
        "lines": [line],
        "totals": {"gross": total, "points": points, "due": due},
        "tenders": [tender],
    } | more


def earn(card: str = MARIA) -> dict[str, Any]:
    return {"loyalty": {"guestCardId": card, "action": "EARN_ONLY", "pointsEarnedExpected": 50}}


def spend(reservation: str | None, points: float) -> dict[str, Any]:
    loyalty = {"guestCardId": MARIA, "action": "SPEND", "pointsSpent": points}
    return {"loyalty": loyalty | ({"reservationId": reservation} if reservation else {})}


def push(service: Service, kind: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    return service.sync(operation(service, kind, payload, **more))["results"][0]


def test_sale_is_stored_with_its_lines_and_payments_and_earns(service: Service) -> None:
    answer = service.sync(operation(service, "sale", sale(service, "s1", **earn())))
    result = answer["results"][0]
    assert (result["status"], result["serverId"], result["pointsEarned"]) == ("success", "s1", 50)
    assert answer["updatedGuests"][0]["totalBalance"] == 890
    assert answer["updatedGuests"][0]["visitCount"] == 88
    for table in ("orders", "order_lines", "order_payments", "loyalty_orders"):
        assert service.count(table) == 1
    service.assert_clean()


def test_sale_without_a_guest_touches_no_card(service: Service) -> None:
    answer = service.sync(operation(service, "sale", sale(service, "s1")))
    assert answer["results"][0]["status"] == "success"
    assert answer["updatedGuests"] == []


def test_sale_is_stored_once_by_key_and_by_its_own_id(service: Service) -> None:
    payload = sale(service, "s1", **earn())
    first = operation(service, "sale", payload)
    answers = service.sync(first, first)["results"]
    assert [answer["alreadyProcessed"] for answer in answers] == [False, True]
    assert push(service, "sale", payload)["alreadyProcessed"]
    other = push(service, "sale", sale(service, "s1", 400))
    assert (other["status"], other["errorCode"]) == ("conflict", "DUPLICATE_CHECK")
    reused = push(service, "sale", sale(service, "s2"), key=first["idempotencyKey"])
    assert (reused["status"], reused["errorCode"]) == ("conflict", "IDEMPOTENCY_KEY_REUSED")
    assert service.count("orders") == 1
    assert service.guest()["totalBalance"] == 890


def test_held_points_are_redeemed_by_the_sale(service: Service) -> None:
    held = service.reserve(150, "s1", check=500)
    result = push(service, "sale", sale(service, "s1", 500, 150, **spend(held, 150)))
    assert (result["pointsSpent"], result["pointsEarned"]) == (150, 35)
    assert service.guest()["totalBalance"] == 840 - 150 + 35
    service.assert_clean()


def test_sale_already_finalised_online_is_not_taken_twice(service: Service) -> None:
    held = service.reserve(150, "s1", check=500)
    body = {
        "reservationId": held,
        "guestCardId": MARIA,
        "orderId": "s1",
        "checkAmount": 500,
        "action": "SPEND",
    }
    service.ok("finalize-points", body)
    result = push(service, "sale", sale(service, "s1", 500, 150, **spend(held, 150)))
    assert (result["status"], result["pointsSpent"]) == ("success", 150)
    assert service.guest()["totalBalance"] == 840 - 150 + 35
    assert service.count("orders") == 1


def test_sale_delivered_late_takes_what_is_there(service: Service) -> None:
    """The guest left with his discount at minute ten; the news comes after two hours."""
    held = service.reserve(300, "s1", check=1000)
    service.clock.sleep(600)
    told = sale(service, "s1", 1000, 300, **spend(held, 300))
    service.forward(hours=2)
    assert service.rows("SELECT status FROM reservations") == [("AUTO_CANCELLED",)]
    service.reserve(740, "other", check=9000)
    result = push(service, "sale", told)
    assert result["status"] == "success"
    assert (result["pointsSpent"], result["shortfall"]) == (100, 200)
    assert service.rows("SELECT status FROM reservations WHERE order_id = 's1'") == [
        ("AUTO_CANCELLED",)
    ]
    service.assert_clean()


def test_sale_made_after_the_whole_time_is_a_conflict(service: Service) -> None:
    held = service.reserve(300, "s1", check=1000)
    service.forward(minutes=91)
    result = push(service, "sale", sale(service, "s1", 1000, 300, **spend(held, 300)))
    assert (result["status"], result["errorCode"]) == ("conflict", "RESERVATION_EXPIRED")
    assert result["detailRu"]
    assert service.count("orders") == 0


def test_till_with_a_wrong_clock_is_put_right(service: Service) -> None:
    service.clock.sleep(7200)
    payload = sale(service, "s1", **earn())
    slow = payload | {"clockOffsetMs": 3_600_000}
    service.clock.sleep(7200)
    push(service, "sale", slow)
    late = service.rows("SELECT created_at - occurred_at FROM orders")
    assert late == [(3_600_000,)]


def test_guest_met_offline_earns_by_the_tills_own_id(service: Service) -> None:
    headers = {"X-API-Key": service.seeded["tillKey"]}
    codes = service.client.post("/api/v1/pos/card-codes", json={"count": 2}, headers=headers)
    code = codes.json()["codes"][0]
    who = {
        "clientGuestId": "local-1",
        "phone": "+7 999 000-11-22",
        "firstName": "Ира",
        "code6Digit": code,
        "occurredAt": to_iso(service.clock.now()),
    }
    loyalty: dict[str, Any] = {"loyalty": {"clientGuestId": "local-1", "action": "EARN_ONLY"}}
    answer = service.sync(
        operation(service, "guest.register", who),
        operation(service, "sale", sale(service, "s1", **loyalty)),
    )
    made, sold = answer["results"]
    assert (made["status"], sold["status"], sold["pointsEarned"]) == ("success", "success", 25)
    assert sold["guestCardId"] == made["serverId"]
    assert service.guest(code)["cardId"] == made["serverId"]


def test_known_phone_gives_the_existing_card_to_the_till(service: Service) -> None:
    who = {
        "clientGuestId": "local-1",
        "phone": "8 912 345 67 89",
        "occurredAt": to_iso(service.clock.now()),
    }
    result = push(service, "guest.register", who)
    assert (result["status"], result["errorCode"]) == ("success", "DUPLICATE_PHONE")
    assert result["serverId"] == MARIA
    loyalty: dict[str, Any] = {"loyalty": {"clientGuestId": "local-1", "action": "EARN_ONLY"}}
    assert push(service, "sale", sale(service, "s1", **loyalty))["guestCardId"] == MARIA


def test_code_of_somebody_else_is_a_conflict(service: Service) -> None:
    who = {
        "clientGuestId": "local-1",
        "phone": "+79990001122",
        "code6Digit": "482913",
        "occurredAt": to_iso(service.clock.now()),
    }
    assert push(service, "guest.register", who)["errorCode"] == "CARD_CODE_TAKEN"
    assert service.count("guests") == 10


def refund(service: Service, sale_id: str, amount: float, refund_id: str, whole: float) -> dict:
    tender = {"paymentId": f"{refund_id}-p", "kind": "cash", "amount": amount}
    return {
        "refundId": refund_id,
        "saleId": sale_id,
        "shiftId": "shift-1",
        "cashierId": "stf-03",
        "occurredAt": to_iso(service.clock.now()),
        "reason": "гость передумал",
        "lines": [{"lineId": f"{sale_id}-1", "quantityMilli": 1000, "amount": amount}],
        "amount": amount,
        "originalAmount": whole,
        "tenders": [tender],
        "guestCardId": MARIA,
    }


def test_refunds_reverse_the_points_of_their_sale(service: Service) -> None:
    before = service.guest()
    held = service.reserve(150, "s1", check=500)
    push(service, "sale", sale(service, "s1", 500, 150, **spend(held, 150)))
    first = push(service, "refund", refund(service, "s1", 100.01, "r1", 350))
    assert first["status"] == "success"
    assert first["pointsReturned"] == pytest.approx(42.86)
    too_much = push(service, "refund", refund(service, "s1", 250, "r2", 350))
    assert (too_much["status"], too_much["errorCode"]) == ("conflict", "REFUND_EXCEEDS_ORDER")
    push(service, "refund", refund(service, "s1", 249.99, "r3", 350))
    after = service.guest()
    for name in ("regularBalance", "promoBalance", "lifetimeSpent"):
        assert after[name] == before[name]
    assert service.rows("SELECT refunded_minor, due_minor FROM orders") == [(35_000, 35_000)]
    assert service.rows("SELECT sum(amount_minor) FROM order_payments") == [(0,)]
    service.assert_clean()


def test_refund_of_an_unknown_sale_waits_as_a_conflict(service: Service) -> None:
    result = push(service, "refund", refund(service, "nothing", 10, "r1", 10))
    assert (result["status"], result["errorCode"]) == ("conflict", "ORDER_NOT_FOUND")


def test_one_bad_operation_spoils_no_other(service: Service) -> None:
    broken = sale(service, "bad")
    broken["totals"]["due"] = 499
    unknown = sale(service, "ghost", **earn("no-such-card"))
    nonsense = {"saleId": 5}
    answer = service.sync(
        operation(service, "sale", sale(service, "s1")),
        operation(service, "sale", broken),
        operation(service, "sale", unknown),
        operation(service, "sale", nonsense),
        operation(service, "teleport", {}),
        operation(service, "sale", sale(service, "s2", **earn())),
    )
    said = [(r["status"], r.get("errorCode")) for r in answer["results"]]
    assert said == [
        ("success", None),
        ("conflict", "TOTALS_MISMATCH"),
        ("conflict", "GUEST_CARD_NOT_FOUND"),
        ("error", "VALIDATION_ERROR"),
        ("error", "UNKNOWN_OPERATION"),
        ("success", None),
    ]
    assert service.rows("SELECT id FROM orders ORDER BY id") == [("s1",), ("s2",)]
    service.assert_clean()


@pytest.mark.parametrize(
    "change",
    [
        {"totals": {"gross": 500, "points": 0, "due": 500.01}},
        {"totals": {"gross": 501, "points": 0, "due": 501}},
        {"totals": {"gross": 500, "points": 10, "due": 490}},
        {"tenders": []},
        {"loyalty": {"guestCardId": MARIA, "action": "SPEND", "pointsSpent": 5}},
    ],
)
def test_sums_that_do_not_agree_are_refused(service: Service, change: dict[str, Any]) -> None:
    result = push(service, "sale", sale(service, "s1") | change)
    assert (result["status"], result["errorCode"]) == ("conflict", "TOTALS_MISMATCH")
    assert service.count("orders") == 0


@pytest.mark.parametrize("part", ["lines", "tenders"])
def test_doubled_ids_are_an_error_of_the_till(service: Service, part: str) -> None:
    payload = sale(service, "s1")
    payload[part] = payload[part] * 2
    result = push(service, "sale", payload)
    assert (result["status"], result["errorCode"]) == ("error", "VALIDATION_ERROR")
    assert service.count("orders") == 0


def test_fault_of_ours_is_an_error_that_may_be_sent_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    first = operation(service, "sale", sale(service, "s1"))
    with monkeypatch.context() as patch:
        patch.setattr("app.service.orders.sales.write_payments", explode)
        result = service.sync(first)["results"][0]
    assert (result["status"], result["errorCode"]) == ("error", "INTERNAL_ERROR")
    assert service.count("orders") == 0
    assert service.sync(first)["results"][0]["status"] == "success"


def test_batch_is_bounded(service: Service) -> None:
    many = [operation(service, "sale", sale(service, f"s{n}")) for n in range(51)]
    headers = {"X-API-Key": service.seeded["tillKey"]}
    answer = service.client.post(
        "/api/v1/pos/sync/batch", json={"operations": many}, headers=headers
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "VALIDATION_ERROR")
    done = service.sync(*many[:50])["results"]
    assert {result["status"] for result in done} == {"success"}


def test_shifts_and_cash_are_recorded_once(service: Service) -> None:
    now = to_iso(service.clock.now())
    about = {"shiftId": "shift-1", "cashierId": "stf-04", "occurredAt": now}
    opened = operation(service, "shift.open", about | {"number": 7, "openingCash": 2000})
    paid_in = about | {"movementId": "m1", "kind": "pay_in", "amount": 500, "reason": "размен"}
    closed = about | {"countedCash": 2500, "expectedCash": 2500, "salesCount": 0}
    answer = service.sync(
        opened,
        operation(service, "cash.movement", paid_in),
        operation(service, "cash.movement", paid_in),
        operation(service, "shift.close", closed),
        operation(service, "shift.close", closed),
    )
    results = answer["results"]
    assert [r["status"] for r in results] == ["success"] * 5
    assert [r["alreadyProcessed"] for r in results] == [False, False, True, False, True]
    assert push(service, "shift.close", closed | {"salesCount": 1})["errorCode"] == "SHIFT_CLOSED"
    lost = push(service, "shift.close", closed | {"shiftId": "unknown"})
    assert lost["errorCode"] == "SHIFT_NOT_FOUND"
    assert service.count("cash_movements") == 1


def test_cancelled_hold_comes_back_through_the_queue(service: Service) -> None:
    held = service.reserve(200)
    result = push(
        service, "reservation.cancel", {"reservationId": held, "reason": "order cancelled"}
    )
    assert result["status"] == "success"
    assert service.guest()["totalBalance"] == 840


def test_hold_that_the_till_never_heard_of_does_not_stop_its_sale(service: Service) -> None:
    """The till died while it held points; then the order was sold to somebody else."""
    service.reserve(200, "s1")
    other = "card-gst-02"
    result = push(service, "sale", sale(service, "s1", **earn(other)))
    assert result["status"] == "success"
    assert service.guest()["totalBalance"] == 840
    assert service.rows("SELECT status FROM reservations") == [("CANCELLED",)]
    service.assert_clean()


def test_points_redeemed_offline_come_from_the_hold_of_their_order(service: Service) -> None:
    service.reserve(840, "s1", check=9000)
    result = push(service, "sale", sale(service, "s1", 500, 150, **spend(None, 150)))
    assert (result["status"], result["pointsSpent"]) == ("success", 150)
    assert not result.get("shortfall")
    assert service.guest()["totalBalance"] == 840 - 150 + 35
    service.assert_clean()


def test_empty_batch_is_fine(service: Service) -> None:
    assert service.sync() == {"results": [], "updatedGuests": []}
