"""A13: other systems report their checks, signed; each check counts once, whatever is sent again."""

import hashlib
import hmac
import json
import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contracts.errors import ErrorCode
from app.contracts.pos_checks import sign_body
from app.service.pos_checks.integrations import PREVIOUS_LIVES
from tests.service.harness import MARIA, Service

PATH = "/api/v1/webhooks/pos/transaction"
MANAGE = "/api/v1/pos-integrations"
PHONE = "+7 999 123-45-67"
GUIDES = Path(__file__).parents[2] / "resources/docs/integrator"


class Pos:
    """Another system with its integration."""

    def __init__(self, service: Service) -> None:
        self.service = service
        made = manage(service, "POST", "", {"name": "Bar", "system": "1C"}).json()
        self.id: str = made["integration"]["id"]
        self.secret: str = made["secret"]

    def send(self, body: dict[str, Any] | bytes, **more: Any) -> httpx.Response:
        """Send a request, signed as the description says; parts may be given wrong."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        seconds = more.get("timestamp", int(self.service.clock.now().timestamp()))
        secret = more.get("secret", self.secret)
        signature = hmac.new(secret.encode(), f"{seconds}.".encode() + raw, hashlib.sha256)
        headers = {
            "X-Integration-Id": more.get("id", self.id),
            "X-Timestamp": str(seconds),
            "X-Signature": more.get("signature", signature.hexdigest()),
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.service.client.post(PATH, content=more.get("sent", raw), headers=headers)

    def ok(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, body: dict[str, Any] | bytes, **more: Any) -> tuple[int, str]:
        answer = self.send(body, **more)
        return answer.status_code, answer.json()["errorCode"]


@pytest.fixture
def pos(service: Service) -> Pos:
    return Pos(service)


def manage(
    service: Service, method: str, path: str, body: dict[str, Any] | None = None, **headers: str
) -> httpx.Response:
    names = {"X-API-Key": service.seeded["apiKey"], **headers}
    return service.client.request(method, MANAGE + path, json=body, headers=names)


def sale(check: str = "c1", **more: Any) -> dict[str, Any]:
    return {"posCheckId": check, "checkAmount": 1000, "code6Digit": "482913", **more}


def events(service: Service, kind: str) -> list[Any]:
    rows = service.rows(f"SELECT data FROM events WHERE type = '{kind}' ORDER BY id")  # noqa: S608 - names of ours
    return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]


def test_a_check_earns_for_its_guest_and_is_told(service: Service, pos: Pos) -> None:
    answer = pos.ok(sale())
    assert answer["alreadyProcessed"] is False
    assert (answer["guestCardId"], answer["pointsEarned"]) == (MARIA, 100)
    assert answer["totalBalance"] == service.guest()["totalBalance"] == 940
    (told,) = events(service, "pos.check.processed")
    assert (told["posCheckId"], told["guestCardId"]) == ("c1", MARIA)
    assert (told["checkAmount"], told["pointsEarned"]) == (100_000, 10_000)
    service.assert_clean()


def test_the_same_request_again_changes_nothing(service: Service, pos: Pos) -> None:
    first = pos.ok(sale())
    again = pos.ok(sale())
    assert again.pop("alreadyProcessed") is True
    first.pop("alreadyProcessed")
    assert again == first
    service.clock.advance(timedelta(days=60))  # long after idempotency keys are forgotten
    assert pos.ok(sale())["alreadyProcessed"] is True
    assert len(events(service, "pos.check.processed")) == 1
    assert pos.refused(sale(checkAmount=999)) == (409, "DUPLICATE_CHECK")
    assert service.count("pos_checks") == 1


def test_many_at_once_count_once(service: Service, pos: Pos) -> None:
    gate, found = threading.Barrier(8), []

    def report() -> None:
        gate.wait()
        found.append(pos.ok(sale())["alreadyProcessed"])

    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] + [True] * 7
    assert service.guest()["totalBalance"] == 940
    service.assert_clean()


def test_guests_are_named_in_any_usual_way(service: Service, pos: Pos) -> None:
    phone = service.guest()["phone"]
    for number, named in enumerate(
        ({"phone": f"+{phone}"}, {"code6Digit": "482913"}, {"guestCardId": MARIA})
    ):
        body = {"posCheckId": f"n{number}", "checkAmount": 100, **named}
        assert pos.ok(body)["guestCardId"] == MARIA
    nobody = pos.ok({"posCheckId": "n9", "checkAmount": 100})
    assert "guestCardId" not in nobody
    assert nobody["pointsEarned"] == 0
    both = sale("n10", phone=PHONE)
    assert pos.refused(both) == (422, "VALIDATION_ERROR")


def test_a_guest_may_be_registered_with_his_check(service: Service, pos: Pos) -> None:
    body = {"posCheckId": "r1", "checkAmount": 200, "phone": "+7 900 555-44-33"}
    assert pos.refused(body) == (404, "GUEST_NOT_FOUND")
    made = pos.ok(body | {"registerGuest": True, "firstName": "Oleg"})
    assert made["pointsEarned"] == 10
    assert service.ok("search-guest", {"phone": "9005554433"})["guest"]["name"] == "Oleg"
    service.assert_clean()


def test_refunds_take_the_points_back(service: Service, pos: Pos) -> None:
    pos.ok(sale())
    back = {"posCheckId": "b1", "type": "REFUND", "originalPosCheckId": "c1", "checkAmount": 400}
    first = pos.ok(back)
    assert (first["pointsReversed"], first["totalBalance"]) == (40, 900)
    assert pos.ok(back)["alreadyProcessed"] is True
    assert pos.ok(back | {"posCheckId": "b2", "checkAmount": 600})["totalBalance"] == 840
    over = back | {"posCheckId": "b3", "checkAmount": 0.01}
    assert pos.refused(over) == (422, "REFUND_EXCEEDS_ORDER")
    stray = back | {"posCheckId": "b4", "originalPosCheckId": "none"}
    assert pos.refused(stray) == (404, "ORDER_NOT_FOUND")
    pos.ok({"posCheckId": "c2", "checkAmount": 50})
    empty = pos.ok(back | {"posCheckId": "b5", "originalPosCheckId": "c2", "checkAmount": 50})
    assert empty["pointsReversed"] == 0
    assert pos.refused({"posCheckId": "b6", "type": "REFUND", "checkAmount": 5})[1] == (
        "VALIDATION_ERROR"
    )
    service.assert_clean()


def test_a_refused_check_is_told_once_and_may_come_again(service: Service, pos: Pos) -> None:
    body = {"posCheckId": "f1", "checkAmount": 300, "phone": PHONE}
    for _ in range(2):
        assert pos.refused(body) == (404, "GUEST_NOT_FOUND")
    (told,) = events(service, "pos.sync.failed")
    assert (told["operationId"], told["errorCode"]) == ("f1", "GUEST_NOT_FOUND")
    headers = {"X-API-Key": service.seeded["apiKey"]}
    listed = service.client.get("/api/v1/pos-checks?status=FAILED", headers=headers).json()
    assert [(row["posCheckId"], row["attempts"]) for row in listed["data"]] == [("f1", 2)]
    service.ok("create-guest", {"phone": PHONE})
    assert pos.ok(body)["pointsEarned"] == 15
    listed = service.client.get("/api/v1/pos-checks", headers=headers).json()
    assert [(row["status"], row["attempts"]) for row in listed["data"]] == [("PROCESSED", 3)]
    assert pos.refused(b"{") == (400, "MALFORMED_JSON")
    codes = sorted(told["errorCode"] for told in events(service, "pos.sync.failed"))
    assert codes == ["GUEST_NOT_FOUND", "MALFORMED_JSON"]


@pytest.mark.parametrize(
    ("shift", "status"), [(-300, 200), (300, 200), (-301, 400), (301, 400), (-86_400, 400)]
)
def test_five_minutes_are_tolerated(service: Service, pos: Pos, shift: int, status: int) -> None:
    answer = pos.send(sale(), timestamp=int(service.clock.now().timestamp()) + shift)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errorCode"] == "WEBHOOK_TIMESTAMP_EXPIRED"


@pytest.mark.parametrize("said", ["", "now", "-5", "1.5", "٣", "9" * 40, "1763630000000"])
def test_strange_times_are_refused(pos: Pos, said: str) -> None:
    headers = {"X-Integration-Id": pos.id, "X-Timestamp": said.encode(), "X-Signature": "00"}
    answer = pos.service.client.post(PATH, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "WEBHOOK_TIMESTAMP_EXPIRED")


def test_wrong_signatures_and_senders_are_told_apart(service: Service, pos: Pos) -> None:
    other = Pos(service)
    wrong = (401, "INVALID_HMAC_SIGNATURE")
    assert pos.refused(sale(), secret=other.secret) == wrong
    assert pos.refused(sale(), signature=None) == wrong
    assert pos.refused(sale(), signature="zz") == wrong
    assert pos.refused(sale(), signature="é".encode()) == wrong
    assert pos.refused(sale(), sent=json.dumps(sale(checkAmount=9000)).encode()) == wrong
    assert pos.refused(sale(), id="nobody") == (404, "POS_INTEGRATION_NOT_FOUND")
    assert pos.refused(sale(), id=None) == (404, "POS_INTEGRATION_NOT_FOUND")
    assert service.count("pos_checks") == 0
    assert events(service, "pos.sync.failed") == []
    seconds = int(service.clock.now().timestamp())
    raw = json.dumps(sale()).encode()
    upper = "sha256=" + sign_body(pos.secret, seconds, raw).upper()
    assert pos.send(raw, signature=upper).status_code == 200


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_one_changed_byte_spoils_a_request(pos: Pos, data: st.DataObject) -> None:
    raw = json.dumps(sale()).encode()
    place = data.draw(st.integers(0, len(raw) - 1))
    flip = data.draw(st.integers(1, 255))
    spoilt = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
    assert pos.refused(raw, sent=spoilt) == (401, "INVALID_HMAC_SIGNATURE")


def test_a_new_secret_leaves_the_old_one_a_day(service: Service, pos: Pos) -> None:
    made = manage(service, "POST", f"/{pos.id}/rotate-secret").json()
    assert made["secret"] != pos.secret
    assert made["integration"]["secretVersion"] == 2
    assert pos.send(sale("k1")).status_code == 200
    assert pos.send(sale("k2"), secret=made["secret"]).status_code == 200
    service.clock.advance(PREVIOUS_LIVES)
    assert pos.refused(sale("k3")) == (401, "INVALID_HMAC_SIGNATURE")
    assert pos.send(sale("k3"), secret=made["secret"]).status_code == 200


def test_a_secret_is_told_to_its_asker_and_kept_nowhere(service: Service) -> None:
    body = {"name": "Bar"}
    first = manage(service, "POST", "", body, **{"Idempotency-Key": "i1"}).json()
    again = manage(service, "POST", "", body, **{"Idempotency-Key": "i1"}).json()
    assert again["secret"] == first["secret"]
    assert again["alreadyProcessed"] is True
    secret, integration = first["secret"], first["integration"]["id"]
    for table in ("pos_integrations", "idempotency_keys", "events", "audit_log"):
        assert secret not in str(service.rows(f"SELECT * FROM {table}"))  # noqa: S608 - our tables
    assert secret not in manage(service, "GET", f"/{integration}").text
    assert secret not in manage(service, "GET", "").text


def test_a_stopped_integration_is_unknown(service: Service, pos: Pos) -> None:
    assert manage(service, "DELETE", f"/{pos.id}").json()["integration"]["revokedAt"]
    assert pos.refused(sale()) == (404, "POS_INTEGRATION_NOT_FOUND")
    gone = manage(service, "POST", f"/{pos.id}/rotate-secret")
    assert gone.json()["errorCode"] == "POS_INTEGRATION_NOT_FOUND"
    assert manage(service, "GET", "/none").status_code == 404


def test_only_the_company_manages_its_integrations(service: Service, pos: Pos) -> None:
    till = {"X-API-Key": service.seeded["tillKey"]}
    assert service.client.post(MANAGE, json={"name": "x"}, headers=till).status_code == 403
    assert service.client.get(MANAGE).status_code == 401
    nowhere = manage(service, "POST", "", {"name": "x", "locationId": "none"})
    assert nowhere.status_code == 404


def test_an_integration_has_its_limit_and_others_have_theirs(service: Service, pos: Pos) -> None:
    answers = [pos.send(sale(f"m{number}", checkAmount=1)) for number in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json()["errorCode"] == "RATE_LIMIT_EXCEEDED"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
    assert Pos(service).send(sale()).status_code == 200
    service.clock.advance(timedelta(seconds=10))
    assert pos.send(sale("m20", checkAmount=1)).status_code == 200


@pytest.mark.parametrize("name", ["pos-webhooks.md", "pos-webhooks.ru.md"])
def test_the_code_of_the_guides_works(
    service: Service, pos: Pos, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    guide = (GUIDES / name).read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (check,) = re.findall(r"```json[^\n]*\n(.*?)```", guide, re.DOTALL)
    monkeypatch.setattr("time.time", service.clock.now().timestamp)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the guide is ours
    told = json.loads(check) | {"registerGuest": True}
    body, headers = names["signed"](pos.id, pos.secret, told)
    answer = service.client.post(PATH, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["pointsEarned"] > 0
    known = sign_body("posk_test", 1_763_630_000, b'{"posCheckId":"c1","checkAmount":100}')
    assert known in guide
    for code_name in re.findall(r"`([A-Z]{3,}_[A-Z_]+)`", guide):
        assert code_name in {code.value for code in ErrorCode}
