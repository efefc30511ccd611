"""L13: gift cards have a ledger of their own; a card never owes, and never pays twice for an order."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from app.service import commands
from app.service.gift_cards.audit import audit_gift_cards
from app.service.gift_cards.holds import GRACE, HOLD_FOR
from app.service.gift_cards.tasks import end_gift_cards
from app.service.jobs.job import JobContext
from app.service.jobs.table import JOBS
from tests.service.harness import Service

REST = "/api/v1/gift-cards"
TILL = "/api/v1/pos/finance/giftcards"


def post(service: Service, path: str, body: dict[str, Any], **more: Any) -> httpx.Response:
    """Send a changing call: the till's own addresses with its key, others with the API key."""
    key = more.get("api_key", service.seeded["tillKey" if path.startswith(TILL) else "apiKey"])
    headers = {"X-API-Key": key}
    if "key" in more:
        headers["Idempotency-Key"] = more["key"]
    return service.client.post(path, json=body, headers=headers)


def ok(service: Service, path: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = post(service, path, body, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(service: Service, path: str, body: dict[str, Any], **more: Any) -> str:
    answer = post(service, path, body, **more)
    assert answer.status_code >= 400, answer.text
    return answer.json()["errorCode"]


def issue(service: Service, amount: float = 1000, **more: Any) -> tuple[str, str]:
    """Issue a card; return its id and code."""
    made = ok(service, REST, {"amount": amount, **more})
    return made["giftCard"]["id"], made["code"]


def card_of(service: Service, card: str) -> dict[str, Any]:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    answer = service.client.get(f"{REST}/{card}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["giftCard"]


def pay(code: str, amount: float, order: str = "o1", **more: Any) -> dict[str, Any]:
    return {"code": code, "orderId": order, "amount": amount, **more}


def run_job(service: Service) -> int:
    context = JobContext(service.runtime.database, service.clock, service.ids)
    return end_gift_cards(context)


def assert_clean(service: Service) -> None:
    result = service.runtime.database.read(audit_gift_cards).result()
    assert result.is_clean, result.broken


def run_sql(service: Service, statement: str) -> None:
    service.runtime.database.write(lambda c: c.exec_driver_sql(statement)).result()


def test_a_card_is_issued_with_a_code_that_only_its_answer_tells(service: Service) -> None:
    made = ok(service, REST, {"amount": 1500.5, "note": "Anna"})
    code, card = made["code"], made["giftCard"]
    assert len(code) == 19
    assert code.replace(" ", "").isdigit()
    assert (card["balance"], card["held"], card["status"]) == (1500.5, 0, "ACTIVE")
    assert card["maskedCode"] == f"•••• •••• •••• {code[-4:]}"
    assert card["currency"] == "RUB"
    for table in ("gift_cards", "gift_card_entries", "idempotency_keys", "events", "audit_log"):
        assert code.replace(" ", "") not in str(service.rows(f"SELECT * FROM {table}"))  # noqa: S608 - our tables
    assert_clean(service)


def test_a_lost_answer_tells_the_code_again_and_makes_no_second_card(service: Service) -> None:
    body = {"amount": 500, "operationId": "sale-7"}
    first = ok(service, REST, body, key="k1")
    again = ok(service, REST, body, key="k1")
    by_name = ok(service, REST, body)
    assert again["alreadyProcessed"] is by_name["alreadyProcessed"] is True
    assert first["code"] == again["code"] == by_name["code"]
    assert service.count("gift_cards") == 1
    assert refused(service, REST, {"amount": 1}, key="k1") == "IDEMPOTENCY_KEY_REUSED"
    other = {"amount": 501, "operationId": "sale-7"}
    assert refused(service, REST, other) == "IDEMPOTENCY_KEY_REUSED"


def test_a_card_is_found_by_id_by_code_and_in_the_list(service: Service) -> None:
    card, code = issue(service, note="For Peter")
    headers = {"X-API-Key": service.seeded["apiKey"]}
    for name in (card, code, code.replace(" ", ""), code.replace(" ", "-")):
        assert card_of(service, name)["id"] == card
    assert ok(service, f"{REST}/lookup", {"code": code})["giftCard"]["id"] == card
    assert ok(service, f"{TILL}/lookup", {"code": code})["giftCard"]["id"] == card
    at_till = service.pos("finance/giftcards", params={"code": code}).json()
    assert at_till["giftCard"]["id"] == card
    assert [entry["kind"] for entry in at_till["transactions"]] == ["ISSUE"]
    issue(service, 50)
    for query, count in (
        ({}, 2),
        ({"search": code[-4:]}, 1),
        ({"search": "peter"}, 1),
        ({"minBalance": "60"}, 1),
        ({"status": "BLOCKED"}, 0),
    ):
        listed = service.client.get(REST, headers=headers, params=query).json()
        assert listed["pagination"]["total"] == count, query


def test_a_card_pays_once_for_an_order(service: Service) -> None:
    card, code = issue(service)
    first = ok(service, f"{TILL}/redeem", pay(code, 300))
    assert (first["redeemedAmount"], first["balance"]) == (300, 700)
    again = ok(service, f"{TILL}/redeem", pay(code, 300))
    assert again["alreadyProcessed"] is True
    assert again["transactionId"] == first["transactionId"]
    assert refused(service, f"{TILL}/redeem", pay(code, 301)) == "DUPLICATE_CHECK"
    by_id = {"giftCardId": card, "orderId": "o2", "amount": 700}
    assert ok(service, f"{REST}/redeem", by_id)["balance"] == 0
    assert refused(service, f"{REST}/redeem", pay(code, 1, "o3")) == "GIFT_CARD_BALANCE_TOO_LOW"
    assert_clean(service)


def test_a_key_stands_for_the_card_however_its_code_is_typed(service: Service) -> None:
    card, code = issue(service)
    first = ok(service, f"{TILL}/redeem", pay(code, 300), key="p1")
    plain = ok(service, f"{TILL}/redeem", pay(code.replace(" ", ""), 300), key="p1")
    by_id = {"giftCardId": card, "orderId": "o1", "amount": 300}
    for again in (plain, ok(service, f"{TILL}/redeem", by_id, key="p1")):
        assert again["alreadyProcessed"] is True
        assert again["transactionId"] == first["transactionId"]
    other = pay(code, 300, "o2")
    assert refused(service, f"{TILL}/redeem", other, key="p1") == "IDEMPOTENCY_KEY_REUSED"


def test_time_acts_by_itself() -> None:
    assert "gift-cards.end" in {job.name for job in JOBS}


def test_several_cards_pay_for_one_order(service: Service) -> None:
    (one, code_one), (_two, code_two) = issue(service, 100), issue(service, 200)
    ok(service, f"{TILL}/redeem", pay(code_one, 100))
    ok(service, f"{TILL}/redeem", pay(code_two, 50))
    back = {"orderId": "o1", "refundId": "r1", "amount": 10}
    assert refused(service, f"{TILL}/refund", back) == "REFUND_MISMATCH"
    assert ok(service, f"{TILL}/refund", back | {"giftCardId": one})["balance"] == 10
    assert ok(service, f"{TILL}/refund", back | {"code": code_two})["balance"] == 160
    assert_clean(service)


def test_a_hold_is_captured_whole_or_in_part(service: Service) -> None:
    card, code = issue(service)
    held = ok(service, f"{TILL}/redeem", pay(code, 400, hold=True))
    assert (held["heldAmount"], held["redeemedAmount"], held["balance"]) == (400, 0, 600)
    assert ok(service, f"{TILL}/redeem", pay(code, 400, hold=True))["holdId"] == held["holdId"]
    assert refused(service, f"{TILL}/redeem", pay(code, 400)) == "DUPLICATE_CHECK"
    assert_clean(service)
    path = f"{TILL}/holds/{held['holdId']}"
    assert refused(service, f"{path}/capture", {"amount": 401}) == "GIFT_CARD_BALANCE_TOO_LOW"
    taken = ok(service, f"{path}/capture", {"amount": 350})
    assert (taken["redeemedAmount"], taken["balance"]) == (350, 650)
    assert ok(service, f"{path}/capture", {"amount": 350})["alreadyProcessed"] is True
    assert refused(service, f"{path}/capture", {"amount": 349}) == "GIFT_CARD_HOLD_CLOSED"
    assert refused(service, f"{path}/cancel", {}) == "GIFT_CARD_HOLD_CLOSED"
    assert ok(service, f"{TILL}/redeem", pay(code, 350))["alreadyProcessed"] is True
    assert card_of(service, card)["held"] == 0
    assert_clean(service)


def test_a_hold_is_cancelled_once(service: Service) -> None:
    card, code = issue(service)
    path = f"{TILL}/holds/{ok(service, f'{TILL}/redeem', pay(code, 400, hold=True))['holdId']}"
    assert ok(service, f"{path}/cancel", {"reason": "left"})["balance"] == 1000
    assert ok(service, f"{path}/cancel", {})["alreadyProcessed"] is True
    assert refused(service, f"{path}/capture", {}) == "GIFT_CARD_HOLD_CLOSED"
    assert refused(service, f"{TILL}/holds/none/capture", {}) == "GIFT_CARD_HOLD_NOT_FOUND"
    assert ok(service, f"{TILL}/redeem", pay(code, 10))["balance"] == 990
    assert card_of(service, card)["held"] == 0
    assert_clean(service)


def test_a_hold_ends_by_itself_and_may_be_captured_for_an_hour_more(service: Service) -> None:
    card, code = issue(service)
    holds = [
        ok(service, f"{TILL}/redeem", pay(code, 300, order, hold=True))["holdId"]
        for order in ("o1", "o2")
    ]
    service.clock.advance(HOLD_FOR)
    assert run_job(service) == 2
    assert card_of(service, card)["balance"] == 1000
    assert ok(service, f"{TILL}/holds/{holds[0]}/capture", {})["balance"] == 700
    service.clock.advance(GRACE)
    late = refused(service, f"{TILL}/holds/{holds[1]}/capture", {})
    assert late == "GIFT_CARD_HOLD_CLOSED"
    assert run_job(service) == 0
    assert_clean(service)


def test_refunds_sum_up_to_what_was_paid_and_not_more(service: Service) -> None:
    card, code = issue(service)
    ok(service, f"{TILL}/redeem", pay(code, 300))
    back = {"orderId": "o1", "refundId": "r1", "amount": 100}
    assert ok(service, f"{TILL}/refund", back)["balance"] == 800
    assert ok(service, f"{TILL}/refund", back)["alreadyProcessed"] is True
    assert refused(service, f"{TILL}/refund", back | {"amount": 99}) == "DUPLICATE_REFUND"
    over = {"orderId": "o1", "refundId": "r2", "amount": 200.01}
    assert refused(service, f"{TILL}/refund", over) == "REFUND_EXCEEDS_ORDER"
    assert ok(service, f"{REST}/refund", over | {"amount": 200})["balance"] == 1000
    assert refused(service, f"{TILL}/refund", over | {"refundId": "r3", "amount": 0.01}) == (
        "REFUND_EXCEEDS_ORDER"
    )
    assert refused(service, f"{TILL}/refund", over | {"orderId": "o9"}) == "ORDER_NOT_FOUND"
    assert card_of(service, card)["balance"] == 1000
    assert_clean(service)


def test_a_stopped_card_pays_nothing_and_takes_refunds(service: Service) -> None:
    card, code = issue(service)
    ok(service, f"{TILL}/redeem", pay(code, 300))
    held = ok(service, f"{TILL}/redeem", pay(code, 100, "o2", hold=True))["holdId"]
    stopped = ok(service, f"{REST}/{card}/block", {"reason": "lost"})["giftCard"]
    assert (stopped["status"], stopped["blockedReason"]) == ("BLOCKED", "lost")
    assert refused(service, f"{TILL}/redeem", pay(code, 1, "o3")) == "GIFT_CARD_BLOCKED"
    assert refused(service, f"{REST}/{card}/top-up", {"amount": 1}) == "GIFT_CARD_BLOCKED"
    assert ok(service, f"{TILL}/holds/{held}/capture", {})["redeemedAmount"] == 100
    back = {"orderId": "o1", "refundId": "r1", "amount": 300}
    assert ok(service, f"{TILL}/refund", back)["balance"] == 900
    assert card_of(service, card)["status"] == "BLOCKED"
    assert ok(service, f"{REST}/{card}/unblock", {})["giftCard"]["status"] == "ACTIVE"
    assert ok(service, f"{TILL}/redeem", pay(code, 900, "o3"))["balance"] == 0
    assert_clean(service)


def test_top_ups_count_once_and_have_a_limit(service: Service) -> None:
    card, code = issue(service)
    body = {"amount": 250, "operationId": "t1"}
    assert ok(service, f"{TILL}/{card}/top-up", body)["giftCard"]["balance"] == 1250
    assert ok(service, f"{TILL}/{card}/top-up", body)["alreadyProcessed"] is True
    assert ok(service, f"{REST}/{card}/top-up", {"amount": 1}, key="t")["giftCard"]["balance"] == (
        1251
    )
    assert ok(service, f"{REST}/{card}/top-up", {"amount": 1}, key="t")["alreadyProcessed"]
    much = {"amount": 1_000_000}
    assert refused(service, f"{REST}/{card}/top-up", much) == "GIFT_CARD_LIMIT_EXCEEDED"
    assert refused(service, REST, {"amount": 1_000_000.01}) == "GIFT_CARD_LIMIT_EXCEEDED"
    assert ok(service, f"{TILL}/lookup", {"code": code})["giftCard"]["balance"] == 1251
    assert_clean(service)


def test_a_card_lapses_and_a_refund_revives_it(service: Service) -> None:
    end = (service.clock.now() + timedelta(days=10)).isoformat()
    card, code = issue(service, expiresAt=end)
    ok(service, f"{TILL}/redeem", pay(code, 300))
    held = ok(service, f"{TILL}/redeem", pay(code, 100, "o2", hold=True))["holdId"]
    service.clock.advance(timedelta(days=10))
    assert card_of(service, card)["status"] == "EXPIRED"
    assert refused(service, f"{TILL}/redeem", pay(code, 1, "o3")) == "GIFT_CARD_EXPIRED"
    assert run_job(service) == 2
    assert card_of(service, card)["balance"] == 0
    assert refused(service, f"{TILL}/holds/{held}/capture", {}) == "GIFT_CARD_HOLD_CLOSED"
    back = {"orderId": "o1", "refundId": "r1", "amount": 300}
    assert ok(service, f"{TILL}/refund", back)["balance"] == 300
    assert card_of(service, card)["status"] == "ACTIVE"
    assert run_job(service) == 0
    service.clock.advance(timedelta(days=31))
    assert run_job(service) == 1
    kinds = [row[0] for row in service.rows("SELECT kind FROM gift_card_entries ORDER BY card_seq")]
    assert kinds == ["ISSUE", "REDEEM", "EXPIRE", "REFUND", "EXPIRE"]
    past = (service.clock.now() - timedelta(days=1)).isoformat()
    assert refused(service, REST, {"amount": 5, "expiresAt": past}) == "VALIDATION_ERROR"
    assert_clean(service)


def test_what_people_do_to_a_card_is_in_the_audit_log(service: Service) -> None:
    card, _ = issue(service)
    ok(service, f"{REST}/{card}/top-up", {"amount": 5})
    ok(service, f"{REST}/{card}/block", {"reason": "lost"})
    ok(service, f"{REST}/{card}/unblock", {"reason": "found"})
    rows = service.rows("SELECT action FROM audit_log WHERE subject_type = 'gift_card'")
    assert sorted(row[0] for row in rows) == [
        "gift_card.blocked",
        "gift_card.issued",
        "gift_card.topped_up",
        "gift_card.unblocked",
    ]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE gift_card_entries SET reason = 'x'", "DELETE FROM gift_card_entries"],
)
def test_the_database_refuses_to_change_entries(service: Service, statement: str) -> None:
    issue(service)
    with pytest.raises(DBAPIError, match="never changed"):
        run_sql(service, statement)
    assert service.count("gift_card_entries") == 1


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE gift_cards SET balance_minor = balance_minor + 1", "GIFT_BALANCE"),
        ("UPDATE gift_cards SET held_minor = 7", "GIFT_HELD"),
        ("UPDATE gift_cards SET entry_count = 9", "GIFT_COUNT"),
        ("UPDATE gift_card_holds SET amount_minor = 1", "GIFT_HELD"),
    ],
)
def test_the_audit_names_the_card_that_lies(service: Service, statement: str, code: str) -> None:
    card, secret = issue(service)
    ok(service, f"{TILL}/redeem", pay(secret, 100, hold=True))
    assert_clean(service)
    run_sql(service, statement)
    result = service.runtime.database.read(audit_gift_cards).result()
    assert [(broken.card_id, broken.code) for broken in result.broken] == [(card, code)]
    told = commands.audit(service.url)
    assert not told["ok"]
    assert [(broken["cardId"], broken["code"]) for broken in told["broken"]] == [(card, code)]


def test_strangers_and_other_companies_see_nothing(service: Service) -> None:
    card, code = issue(service)
    assert service.client.get(f"{REST}/{card}").status_code == 401
    assert refused(service, f"{TILL}/redeem", pay(code, 1), api_key="tlk_x") == "INVALID_API_KEY"
    wrong = refused(service, f"{REST}/redeem", pay(code, 1), api_key=service.seeded["tillKey"])
    assert wrong == "INSUFFICIENT_PERMISSIONS"
    run_sql(
        service,
        "INSERT INTO tenants (id, name, currency, qr_secret, qr_private_key, "
        "created_at) VALUES ('other', 'Other', 'RUB', 's', 'k', 0)",
    )
    run_sql(service, f"UPDATE gift_cards SET tenant_id = 'other' WHERE id = '{card}'")  # noqa: S608 - an id of ours
    for body in (pay(code, 1), {"giftCardId": card, "orderId": "o", "amount": 1}):
        assert refused(service, f"{TILL}/redeem", body) == "GIFT_CARD_NOT_FOUND"
