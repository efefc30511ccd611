"""A5, A20: programs list, add, change, merge and delete guests, book checks, and set the rules."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.service.jobs.job import JobContext
from app.service.tenants.tasks import announce
from tests.service.harness import MARIA, Service

GUESTS = "/api/v1/guests"


def ask(
    service: Service, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    sent = {"X-API-Key": service.seeded["apiKey"], **headers}
    return service.client.request(method, f"/api/v1/{path}", json=body, headers=sent)


def ok(service: Service, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = ask(service, method, path, body, **headers)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def code(service: Service, method: str, path: str, body: Any = None, **headers: str) -> str:
    answer = ask(service, method, path, body, **headers)
    assert answer.status_code >= 400, answer.text
    return answer.json()["errorCode"]


def maria(service: Service) -> dict[str, Any]:
    return ok(service, "GET", "guests?search=482913")["data"][0]


def test_guest_is_added_read_and_changed(service: Service) -> None:
    body = {"phone": "8 999 000-11-22", "firstName": " Ира ", "birthDate": "1990-05-17"}
    answer = ask(service, "POST", "guests", body)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/guests/{made['id']}"
    assert (made["phone"], made["firstName"], made["birthDate"]) == (
        "79990001122", "Ира", "1990-05-17",
    )  # fmt: skip
    assert ok(service, "GET", f"guests/{made['id']}") == made
    service.forward(minutes=1)
    changed = ok(
        service, "PATCH", f"guests/{made['id']}", {"firstName": "Ирина", "birthDate": None}
    )
    assert (changed["firstName"], changed.get("birthDate"), changed["phone"]) == (
        "Ирина", None, "79990001122",
    )  # fmt: skip
    ok(service, "PATCH", f"guests/{made['id']}", {"phone": "+79990003344"})
    found = ok(service, "GET", "guests?search=3344")["data"]
    assert [guest["id"] for guest in found] == [made["id"]]
    assert ok(service, "GET", "guests?search=1122")["data"] == []
    assert [g["id"] for g in ok(service, "GET", "guests?search=ИРИН")["data"]] == [made["id"]]
    events = service.rows("SELECT type, data FROM events WHERE type = 'guest.updated'")
    assert len(events) == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "VALIDATION_ERROR"),
        ({"phone": None}, "VALIDATION_ERROR"),
        ({"phone": "123"}, "INVALID_PHONE_FORMAT"),
        ({"phone": "+79123456789"}, "DUPLICATE_PHONE"),
        ({"firstName": "a\u0000"}, "VALIDATION_ERROR"),
        ({"birthDate": "1990-13-01"}, "VALIDATION_ERROR"),
        ({"birthDate": "19900517"}, "VALIDATION_ERROR"),
        ({"birthDate": 5}, "VALIDATION_ERROR"),
        ({"birthDate": "0001-01-01"}, "VALIDATION_ERROR"),
    ],
)
def test_wrong_changes_are_refused_and_write_nothing(
    service: Service, body: dict[str, Any], expected: str
) -> None:
    other = ok(service, "POST", "guests", {"phone": "+79990001122", "firstName": "Ира"})
    assert code(service, "PATCH", f"guests/{other['id']}", body) == expected
    assert ok(service, "GET", f"guests/{other['id']}") == other


def test_repeated_calls_are_answered_as_before(service: Service) -> None:
    body = {"phone": "+79990001122"}
    key = {"Idempotency-Key": "one"}
    first = ok(service, "POST", "guests", body, **key)
    again = ok(service, "POST", "guests", body, **{"X-Idempotency-Key": "one"})
    assert again == first | {"alreadyProcessed": True}
    assert code(service, "POST", "guests", {"phone": "+79990001123"}, **key) == (
        "IDEMPOTENCY_KEY_REUSED"
    )
    # The same body for another guest is another call.
    change, two = {"firstName": "Ира"}, {"Idempotency-Key": "two"}
    ok(service, "PATCH", f"guests/{first['id']}", change, **two)
    assert code(service, "PATCH", f"guests/{maria(service)['id']}", change, **two) == (
        "IDEMPOTENCY_KEY_REUSED"
    )


def test_guest_of_another_company_does_not_exist(service: Service) -> None:
    for method, body in (("GET", None), ("PATCH", {"firstName": "x"}), ("DELETE", None)):
        assert code(service, method, "guests/nobody", body) == "GUEST_NOT_FOUND"


def test_deleted_guest_is_forgotten_and_his_ledger_stays(service: Service) -> None:
    guest = maria(service)
    entries = service.count("ledger_entries")
    assert ok(service, "DELETE", f"guests/{guest['id']}")["success"]
    assert code(service, "GET", f"guests/{guest['id']}") == "GUEST_NOT_FOUND"
    assert ok(service, "GET", "guests")["pagination"]["total"] == 9
    assert ok(service, "GET", "guests?search=6789")["data"] == []
    assert service.count("ledger_entries") >= entries
    assert ok(service, "DELETE", f"guests/{guest['id']}")["alreadyProcessed"]
    service.assert_clean()


def test_merged_guest_leads_to_the_one_who_stays(service: Service) -> None:
    stays = maria(service)
    other = ok(service, "POST", "guests", {"phone": "+79990001122"})
    ok(
        service,
        "POST",
        "loyalty/earn",
        {"guestId": other["id"], "orderId": "a", "checkAmount": 1000},
    )
    joined = ok(service, "POST", f"guests/{stays['id']}/merge", {"sourceGuestId": other["id"]})
    assert joined["id"] == stays["id"]
    assert joined["card"]["totalBalance"] == stays["card"]["totalBalance"] + 50
    assert ok(service, "GET", f"guests/{other['id']}")["mergedIntoId"] == stays["id"]
    assert ok(service, "GET", "guests")["pagination"]["total"] == 10
    service.assert_clean()


def test_earning_and_redeeming_book_a_check_once(service: Service) -> None:
    earn = {"phone": "+7 912 345-67-89", "orderId": "e1", "checkAmount": 1000}
    booked = ok(service, "POST", "loyalty/earn", earn)
    assert (booked["pointsEarned"], booked["pointsSpent"], booked["totalBalance"]) == (100, 0, 940)
    assert ok(service, "POST", "loyalty/earn", earn)["alreadyProcessed"]
    redeem = {"guestCardId": MARIA, "orderId": "r1", "checkAmount": 1000, "points": 300}
    spent = ok(service, "POST", "loyalty/redeem", redeem)
    assert (spent["pointsSpent"], spent["pointsEarned"], spent["totalBalance"]) == (300, 70, 710)
    again = ok(service, "POST", "loyalty/redeem", redeem)
    assert again == spent | {"alreadyProcessed": True}
    assert code(service, "POST", "loyalty/redeem", redeem | {"points": 200}) == "DUPLICATE_CHECK"
    assert code(service, "POST", "loyalty/redeem", redeem | {"checkAmount": 900}) == (
        "DUPLICATE_CHECK"
    )
    check = ok(service, "GET", f"transactions/{spent['transactionId']}")
    assert (check["orderId"], check["pointsSpent"], check["paidAmount"]) == ("r1", 300, 700)
    moves = [ok(service, "GET", f"loyalty/transactions/{one}") for one in spent["movementIds"]]
    assert {(move["type"], move["points"]) for move in moves} == {("REDEEM", -300), ("EARN", 70)}
    assert service.count("reservations") == 1
    service.assert_clean()


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        ("loyalty/redeem", {"points": 5000}, "INSUFFICIENT_BALANCE"),
        ("loyalty/redeem", {"points": 400}, "REDEEM_LIMIT_EXCEEDED"),
        ("loyalty/redeem", {"checkAmount": 10}, "MIN_CHECK_AMOUNT"),
        ("loyalty/redeem", {"points": 0}, "VALIDATION_ERROR"),
        ("loyalty/redeem", {"guestId": "x"}, "VALIDATION_ERROR"),
        ("loyalty/redeem", {"guestCardId": "nobody"}, "GUEST_CARD_NOT_FOUND"),
        ("loyalty/redeem", {"guestCardId": None, "guestId": "nobody"}, "GUEST_NOT_FOUND"),
        ("loyalty/redeem", {"guestCardId": None, "phone": "+79990009999"}, "GUEST_NOT_FOUND"),
        ("loyalty/transactions", {"type": "EARN"}, "VALIDATION_ERROR"),
        ("loyalty/transactions", {"type": "GIVE"}, "VALIDATION_ERROR"),
        ("transactions", {"type": "REDEEM", "points": None}, "VALIDATION_ERROR"),
    ],
)
def test_refused_checks_write_nothing(
    service: Service, path: str, change: dict[str, Any], expected: str
) -> None:
    body = {"guestCardId": MARIA, "orderId": "r1", "checkAmount": 1000, "points": 300} | change
    assert code(service, "POST", path, body) == expected
    assert service.count("loyalty_orders") == service.count("reservations") == 0


def test_transactions_are_listed_by_guest_order_and_kind(service: Service) -> None:
    guest = maria(service)
    for number in range(3):
        body = {"type": "EARN", "guestId": guest["id"], "orderId": f"o{number}", "checkAmount": 500}
        ok(service, "POST", "transactions", body)
        service.forward(minutes=1)
    other = {"type": "EARN", "phone": "+79990001122", "orderId": "x", "checkAmount": 500}
    ok(service, "POST", "guests", {"phone": "+79990001122"})
    ok(service, "POST", "loyalty/transactions", other)
    rows = ok(service, "GET", f"transactions?guestId={guest['id']}")["data"]
    assert [row["orderId"] for row in rows] == ["o2", "o1", "o0"]
    assert ok(service, "GET", "transactions?orderId=o1&minAmount=500")["pagination"]["total"] == 1
    assert ok(service, "GET", "transactions?minAmount=500.01")["data"] == []
    assert ok(service, "GET", "transactions?action=SPEND")["data"] == []
    moves = ok(service, "GET", f"loyalty/transactions?guestId={guest['id']}&type=EARN")["data"]
    assert [(move["orderId"], move["points"]) for move in moves] == [
        ("o2", 50), ("o1", 50), ("o0", 50),
    ]  # fmt: skip
    [one] = ok(service, "GET", "loyalty/transactions?orderId=x&fields=orderId,points")["data"]
    assert one == {"orderId": "x", "points": 25}
    assert code(service, "GET", "transactions/nothing") == "TRANSACTION_NOT_FOUND"
    assert code(service, "GET", "loyalty/transactions/nothing") == "TRANSACTION_NOT_FOUND"


def rules_of(service: Service) -> dict[str, Any]:
    return ok(service, "GET", "loyalty/rules")["current"]["rules"]


def config(service: Service) -> Any:
    return service.pos("ping").json()["configVersion"]


def test_rules_change_at_once_or_from_a_moment_on(service: Service) -> None:
    rules, before = rules_of(service), config(service)
    now = ok(service, "PUT", "loyalty/rules", {"rules": rules | {"maxRedeemPercentBp": 5000}})
    assert rules_of(service)["maxRedeemPercentBp"] == 5000
    assert rules_of(service)["version"] == now["id"]
    assert config(service) != before
    soon = (service.clock.now() + timedelta(days=1)).isoformat()
    later = {"validFrom": soon, "rules": rules | {"maxRedeemPercentBp": 1000}}
    ok(service, "PUT", "loyalty/rules", later)
    assert code(service, "PUT", "loyalty/rules", later) == "RULES_VERSION_EXISTS"
    told = ok(service, "GET", "loyalty/rules")
    assert told["current"]["rules"]["maxRedeemPercentBp"] == 5000
    assert [one["rules"]["maxRedeemPercentBp"] for one in told["upcoming"]] == [1000]
    context = JobContext(service.runtime.database, service.clock, service.ids)
    announce(context)
    known = config(service)
    assert announce(context) == 0
    assert config(service) == known
    service.forward(days=1)
    assert rules_of(service)["maxRedeemPercentBp"] == 1000
    assert announce(context) == 1
    assert config(service) != known
    assert announce(context) == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"levels": []}, "/rules/levels"),
        ({"maxRedeemPercentBp": 10_001}, "/rules/maxRedeemPercentBp"),
        ({"maxRedeemPercentBp": 1.5}, "/rules/maxRedeemPercentBp"),
        ({"redeemStep": 0}, "/rules/redeemStep"),
        ({"minCheck": -1}, "/rules/minCheck"),
        ({"reservationTtlS": 0}, "/rules/reservationTtlS"),
        ({"earnRounding": "up"}, "/rules/earnRounding"),
        (
            {"categoriesExcludedFromEarning": ["no-such"]},
            "/rules/categoriesExcludedFromEarning/0",
        ),
    ],
)
def test_wrong_rules_are_refused_with_a_pointer(
    service: Service, change: dict[str, Any], pointer: str
) -> None:
    versions = service.count("loyalty_rules")
    answer = ask(service, "PUT", "loyalty/rules", {"rules": rules_of(service) | change})
    assert answer.json()["errorCode"] == "VALIDATION_ERROR"
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert service.count("loyalty_rules") == versions


def test_levels_keep_their_order_and_none_goes_away(service: Service) -> None:
    rules = rules_of(service)
    levels = rules["levels"]
    wrong = {
        "/rules/levels/0/threshold": [levels[0] | {"threshold": 1}, *levels[1:]],
        "/rules/levels/2/threshold": [levels[0], levels[2], levels[1], *levels[3:]],
        "/rules/levels": levels[:-1],
        "/rules/levels/1/percentBp": [levels[0], levels[1] | {"percentBp": 10_001}, *levels[2:]],
    }
    for pointer, changed in wrong.items():
        answer = ask(service, "PUT", "loyalty/rules", {"rules": rules | {"levels": changed}})
        assert answer.json()["errors"][0]["pointer"] == pointer
    past = {"validFrom": "2026-01-01T00:00:00Z", "rules": rules}
    answer = ask(service, "PUT", "loyalty/rules", past)
    assert answer.json()["errors"][0]["pointer"] == "/validFrom"
