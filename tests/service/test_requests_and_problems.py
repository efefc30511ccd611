"""A2, A7, A12, A25: bad input is a documented problem and writes nothing; keys open only their doors."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy.engine import Connection

from app.contracts.errors import CATALOGUE, ErrorCode
from tests.service.harness import MARIA, PLUGIN, Service
from tests.service.printed_cards import printed_card

RESERVE = {"guestCardId": MARIA, "orderId": "o", "pointsToSpend": 10, "checkAmount": 100}
TABLES = (
    "reservations",
    "ledger_entries",
    "guests",
    "idempotency_keys",
    "events",
    "loyalty_orders",
)


def raw(service: Service, name: str, body: bytes | str, **headers: str) -> httpx.Response:
    sent = {"X-API-Key": service.seeded["tillKey"], "Content-Type": "application/json", **headers}
    content = body if isinstance(body, bytes) else body.encode()
    return service.client.post(f"{PLUGIN}{name}", content=content, headers=sent)


def assert_problem(answer: httpx.Response, code: str, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["errorCode"] == code
    assert body["status"] == status
    assert body["type"].endswith(f"/errors/{code}")
    assert body["requestId"] == answer.headers["x-request-id"]
    assert all(body[name] for name in ("title", "detail", "instance", "timestamp", "help"))
    assert "Traceback" not in answer.text


def number(text: str) -> str:
    return json.dumps(RESERVE).replace('"checkAmount": 100', f'"checkAmount": {text}')


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ("", "MALFORMED_JSON", 400),
        ("{", "MALFORMED_JSON", 400),
        ("[]", "MALFORMED_JSON", 400),
        ("null", "MALFORMED_JSON", 400),
        (b"\xff\xfe\x00", "MALFORMED_JSON", 400),
        ("[" * 100_000, "MALFORMED_JSON", 400),
        ('{"a": ' * 20_000, "MALFORMED_JSON", 400),
        ('{"orderId": "a", "orderId": "b"}', "MALFORMED_JSON", 400),
        (number("NaN"), "MALFORMED_JSON", 400),
        (number("Infinity"), "MALFORMED_JSON", 400),
        (number("9" * 5000), "MALFORMED_JSON", 400),
        (number("1e999999999"), "VALIDATION_ERROR", 422),
        (number("1e-999999999"), "VALIDATION_ERROR", 422),
        (number("100.001"), "VALIDATION_ERROR", 422),
        (number("100.00000000000000000000000000001"), "VALIDATION_ERROR", 422),
        (number("-1"), "VALIDATION_ERROR", 422),
        (number("0"), "VALIDATION_ERROR", 422),
        (number('"100"'), "VALIDATION_ERROR", 422),
        (number("true"), "VALIDATION_ERROR", 422),
        (number("null"), "VALIDATION_ERROR", 422),
        (number("[1]"), "VALIDATION_ERROR", 422),
        (number("99999999999999"), "VALIDATION_ERROR", 422),
        ("{}", "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"orderId": ""}), "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"orderId": 5}), "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"orderId": "x" * 101}), "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"orderId": "a\x00b"}), "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"orderId": "a\ud800"}), "VALIDATION_ERROR", 422),
        (json.dumps(RESERVE | {"guestCardId": "nobody"}), "GUEST_CARD_NOT_FOUND", 404),
        (" " * 1_000_001, "BODY_TOO_LARGE", 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_body_is_a_problem_and_writes_nothing(
    service: Service, body: str, code: str, status: int
) -> None:
    before = [service.count(table) for table in TABLES]
    assert_problem(raw(service, "reserve-points", body, **{"Idempotency-Key": "k"}), code, status)
    assert [service.count(table) for table in TABLES] == before


def test_body_without_a_length_is_cut_at_the_limit(service: Service) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 50_000

    headers = {"X-API-Key": service.seeded["tillKey"]}
    answer = service.client.post(f"{PLUGIN}calculate", content=chunks(), headers=headers)
    assert_problem(answer, "BODY_TOO_LARGE", 413)


def test_each_wrong_field_has_a_pointer(service: Service) -> None:
    item = {"productId": "p", "total": -1}
    body = {"guestCardId": MARIA, "checkAmount": "x", "items": [item]}
    errors = service.call("calculate", body).json()["errors"]
    assert {error["pointer"] for error in errors} == {"/orderId", "/checkAmount", "/items/0/total"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"phone": "12345"}, "INVALID_PHONE_FORMAT"),
        ({"phone": "not a phone"}, "INVALID_PHONE_FORMAT"),
        ({"code6Digit": "12345"}, "INVALID_CARD_CODE"),
        ({"code6Digit": "12345a"}, "INVALID_CARD_CODE"),
        ({"qr": "https://example.com/menu"}, "QR_WRONG_TYPE"),
        ({"qr": "4600000000017"}, "QR_WRONG_TYPE"),
        ({"qr": "MLC:482913:AAAAAAAAAA"}, "QR_FORGED"),
        ({"qr": "MLC:482913:Ф"}, "QR_FORGED"),
        ({}, "VALIDATION_ERROR"),
        ({"phone": "+79123456789", "code6Digit": "482913"}, "VALIDATION_ERROR"),
    ],
)
def test_search_tells_what_is_wrong(service: Service, body: dict, code: str) -> None:
    assert service.refused("search-guest", body) == code


@pytest.mark.parametrize(
    "phone", ["+7 912 345-67-89", "8 (912) 345 67 89", "9123456789", "79123456789"]
)
def test_phone_is_found_in_any_usual_form(service: Service, phone: str) -> None:
    assert service.ok("search-guest", {"phone": phone})["guest"]["cardId"] == MARIA


def test_unknown_guest_is_not_found_and_no_error(service: Service) -> None:
    assert service.ok("search-guest", {"phone": "+79990000000"}) == {"found": False}


def test_printed_card_is_found(service: Service) -> None:
    found = service.ok("search-guest", {"qr": printed_card(service, "482913")})
    assert found["guest"]["cardId"] == MARIA


def test_phone_can_be_registered_once(service: Service) -> None:
    made = service.ok("create-guest", {"phone": "8 999 000-11-22", "firstName": " Ира "})
    assert re.fullmatch("[0-9]{6}", made["code6Digit"])
    found = service.ok("search-guest", {"phone": "+79990001122"})["guest"]
    assert (found["name"], found["levelName"], found["totalBalance"]) == ("Ира", "Бронза", 0)
    assert service.refused("create-guest", {"phone": "+79990001122"}) == "DUPLICATE_PHONE"


def test_stranger_learns_nothing(service: Service) -> None:
    assert_problem(service.client.post(f"{PLUGIN}calculate", content=b"{"), "INVALID_API_KEY", 401)
    for key in ("", "tlk_wrong", "x" * 5000):
        answer = raw(service, "calculate", "{", **{"X-API-Key": key})
        assert_problem(answer, "INVALID_API_KEY", 401)
    assert_problem(service.client.get("/api/v1/pos/menu"), "INVALID_API_KEY", 401)


@pytest.mark.parametrize("kind", ["iiko", "rkeeper"])
def test_kinds_share_the_logic_and_not_the_keys(service: Service, kind: str) -> None:
    guest = service.ok("search-guest", {"code6Digit": "482913"}, kind=kind)
    assert guest["guest"]["cardId"] == MARIA
    foreign = service.seeded["tillKey"]
    code = service.refused("search-guest", {"code6Digit": "482913"}, kind=kind, api_key=foreign)
    assert code == "INSUFFICIENT_PERMISSIONS"
    answer = service.pos("ping", headers={"X-API-Key": service.seeded[f"{kind}Key"]})
    assert_problem(answer, "INSUFFICIENT_PERMISSIONS", 403)


def test_unknown_address_and_method_are_problems(service: Service) -> None:
    assert_problem(service.client.get("/nothing/here"), "NOT_FOUND", 404)
    answer = service.client.get(f"{PLUGIN}calculate")
    assert_problem(answer, "METHOD_NOT_ALLOWED", 405)
    assert answer.headers["allow"] == "POST"


def test_fault_of_ours_is_a_problem_without_its_traceback(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("app.service.guests.service.find_by_code", explode)
    answer = service.call("search-guest", {"code6Digit": "482913"})
    assert_problem(answer, "INTERNAL_ERROR", 500)
    assert "secret" not in answer.text


def test_every_code_has_its_page_and_only_those(service: Service) -> None:
    assert set(CATALOGUE) == set(ErrorCode)
    for code in ErrorCode:
        page = service.client.get(f"/errors/{code.value}")
        assert page.status_code == 200
        assert code.value in page.text
    assert_problem(service.client.get("/errors/NO_SUCH_CODE"), "NOT_FOUND", 404)


def test_health_and_readiness(service: Service) -> None:
    assert service.client.get("/healthz").json() == {"status": "ok"}
    assert service.client.get("/readyz").json()["status"] == "ok"


def test_description_resolves_every_reference(service: Service) -> None:
    description = service.client.get("/openapi.json").json()
    known = description["components"]["schemas"]
    used = re.findall(r"#/components/schemas/([A-Za-z0-9_]+)", json.dumps(description))
    assert used
    assert set(used) <= set(known)


def test_card_of_another_tenant_does_not_exist(service: Service) -> None:
    service.runtime.database.write(_add_stranger).result()
    body = RESERVE | {"guestCardId": "card-stranger", "tenantId": "tenant-2"}
    assert service.refused("reserve-points", body) == "GUEST_CARD_NOT_FOUND"
    assert service.ok("search-guest", {"code6Digit": "999999"}) == {"found": False}


def _add_stranger(connection: Connection) -> None:
    run = connection.exec_driver_sql
    run(
        "INSERT INTO tenants (id, name, currency, qr_secret, created_at) VALUES ('tenant-2', 'Other', 'RUB', 's', 0)"
    )
    run(
        "INSERT INTO guests (id, tenant_id, phone, first_name, created_at)"
        " VALUES ('g2', 'tenant-2', '79999999999', 'X', 0)"
    )
    run(
        "INSERT INTO cards (id, tenant_id, guest_id, code6, level_id, visit_count, entry_count,"
        " created_at, updated_at)"
        " VALUES ('card-stranger', 'tenant-2', 'g2', '999999', 'gold', 0, 0, 0, 0)"
    )
