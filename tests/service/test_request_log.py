"""A9: requests of 30 days, searchable and masked, written beside them; usage by key and endpoint."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.service.jobs.job import JobContext
from app.service.kit.masking import mask_body, mask_query, mask_text
from app.service.kit.work import Caller
from app.service.requests import recorder as recording
from app.service.requests.recorder import RequestRecorder
from app.service.requests.tasks import forget_requests
from tests.service.harness import MARIA, Service

LOGS = "/api/v1/request-logs"


@pytest.fixture
def logged(make_service: Any) -> Iterator[Service]:
    """A service that writes its requests down."""
    return make_service(logs_requests=True)


def ask(service: Service, method: str, path: str, **more: Any) -> httpx.Response:
    return service.client.request(
        method, path, headers={"X-API-Key": service.seeded["apiKey"]}, **more
    )


def flush(service: Service) -> None:
    service.client.app.state.recorder.flush()  # type: ignore[attr-defined] # ours, not Starlette's


def logs(service: Service, **parameters: Any) -> list[dict[str, Any]]:
    flush(service)
    answer = ask(service, "GET", LOGS, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_requests_are_found_by_what_is_known_of_them(logged: Service) -> None:
    good = ask(logged, "GET", "/api/v1/guests?limit=3")
    bad = ask(logged, "GET", "/api/v1/guests/nobody")
    by_id = {
        "status": logs(logged, status=404),
        "path": logs(logged, path="/api/v1/guests/nob"),
        "code": logs(logged, errorCode="GUEST_NOT_FOUND"),
        "range": logs(logged, minStatus=400, maxStatus=499),
        "search": logs(logged, search=bad.headers["x-request-id"]),
        "endpoint": logs(logged, endpoint="GET /api/v1/guests/{guest_id}"),
        "id": logs(logged, id=bad.headers["x-request-id"]),
    }
    for found in by_id.values():
        assert [row["id"] for row in found] == [bad.headers["x-request-id"]]
    [row] = logs(logged, id=good.headers["x-request-id"])
    assert (row["method"], row["path"], row["query"]) == ("GET", "/api/v1/guests", "limit=3")
    assert (row["status"], row["endpoint"]) == (200, "GET /api/v1/guests")
    assert row["keyId"] == logs(logged, keyId=row["keyId"])[0]["keyId"]
    assert logs(logged, keyId="another") == []
    assert logs(logged, dateFrom="2027-01-01") == []


def test_bodies_are_kept_of_failures_alone_and_masked(logged: Service) -> None:
    body = {"phone": "+79990001122", "firstName": "Ирина"}
    made = ask(logged, "POST", "/api/v1/guests", json=body)
    again = ask(logged, "POST", "/api/v1/guests", json=body)
    assert (made.status_code, again.status_code) == (201, 409)
    flush(logged)
    good = ask(logged, "GET", f"{LOGS}/{made.headers['x-request-id']}").json()
    failed = ask(logged, "GET", f"{LOGS}/{again.headers['x-request-id']}").json()
    assert "requestBody" not in good
    assert json.loads(failed["requestBody"]) == {"phone": "•••22", "firstName": "И•••"}
    assert json.loads(failed["responseBody"])["errorCode"] == "DUPLICATE_PHONE"
    missing = ask(logged, "GET", f"{LOGS}/req_nothing")
    assert missing.json()["errorCode"] == "REQUEST_NOT_FOUND"


def test_nothing_in_the_log_names_a_person_or_opens_a_door(logged: Service) -> None:
    secrets = ["79123456789", "912 345-67-89", "Мария", logged.seeded["apiKey"], "482913"]
    ask(logged, "GET", "/api/v1/guests", params={"search": "+7 912 345-67-89"})
    ask(logged, "GET", "/api/v1/guests", params={"search": "Мария", "phone": "79123456789"})
    ask(logged, "GET", f"/api/v1/guests/{logged.seeded['apiKey']}")
    ask(
        logged, "POST", "/api/v1/loyalty/earn", json={"phone": "79123456789", "note": "79123456789"}
    )
    ask(logged, "POST", "/api/v1/guests", content=b"+79123456789 Maria")
    logged.call("search-guest", {"code6Digit": "482913x", "qr": "482913"})
    flush(logged)
    rows = logged.rows("SELECT * FROM request_logs")
    assert len(rows) == 6
    kept = json.dumps([[str(value) for value in row] for row in rows], ensure_ascii=False)
    for secret in secrets:
        assert secret not in kept


def test_routine_of_tills_is_counted_and_not_kept(logged: Service) -> None:
    for _ in range(3):
        assert logged.pos("ping").status_code == 200
    assert logged.pos("guests?limit=0").status_code == 422
    logged.ok("calculate", {"guestCardId": MARIA, "orderId": "o", "checkAmount": 100})
    flush(logged)
    rows = logged.rows("SELECT path, status FROM request_logs ORDER BY path")
    assert rows == [
        ("/api/pos-integration/till/calculate", 200),
        ("/api/v1/pos/guests", 422),
    ]
    assert logged.rows("SELECT sum(requests), sum(failures) FROM key_usage") == [(5, 1)]


@pytest.mark.parametrize("act", ["revoke", "regenerate-key"])
def test_each_use_of_a_key_in_its_last_minutes_is_written_down(logged: Service, act: str) -> None:
    path = "/api/pos-integration/till/heartbeat"
    beat: dict[str, Any] = {"version": "1.0.0", "osVersion": "x", "metrics": {}}
    headers = {"X-API-Key": logged.seeded["tillKey"]}
    assert logged.client.post(path, json=beat, headers=headers).status_code == 200
    assert logged.pos("ping").status_code == 200
    flush(logged)
    assert logged.count("request_logs") == 0
    [(own,)] = logged.rows("SELECT id FROM installations WHERE kind = 'till' ORDER BY id LIMIT 1")
    body = {"reason": "PLANNED_ROTATION"} if act == "revoke" else None
    revoked = ask(logged, "POST", f"/api/admin/plugin-installations/{own}/{act}", json=body)
    assert revoked.status_code == 200, revoked.text
    assert logged.client.post(path, json=beat, headers=headers).status_code == 200
    assert logged.pos("ping").status_code == 200
    used = [entry["path"] for entry in logs(logged) if entry["installationId"] == own]
    assert sorted(used) == [path, "/api/v1/pos/ping"]


def test_strangers_leave_nothing_in_a_companys_log(logged: Service) -> None:
    logged.client.get("/api/v1/guests", headers={"X-API-Key": "mlk_live_wrong"})
    logged.client.get("/healthz")
    flush(logged)
    assert logged.count("request_logs") == 0


def test_usage_tells_endpoints_and_days(logged: Service) -> None:
    for _ in range(2):
        ask(logged, "GET", "/api/v1/guests")
    ask(logged, "GET", "/api/v1/guests/nobody")
    logged.clock.set(logged.clock.now().replace(day=21))
    ask(logged, "GET", "/api/v1/guests")
    key_id = logs(logged)[0]["keyId"]
    flush(logged)
    usage = ask(logged, "GET", f"/api/v1/api-keys/{key_id}/usage").json()
    figures = {row["endpoint"]: (row["requests"], row["failures"]) for row in usage["endpoints"]}
    assert figures["GET /api/v1/guests"] == (3, 0)
    assert figures["GET /api/v1/guests/{guest_id}"] == (1, 1)
    assert [row["day"] for row in usage["days"]] == ["2026-11-20", "2026-11-21"]
    assert usage["days"][0]["requests"] == 3
    assert usage["total"]["requests"] == sum(row["requests"] for row in usage["endpoints"])
    day = {"dateFrom": "2026-11-20", "dateTo": "2026-11-20"}
    assert (
        ask(logged, "GET", f"/api/v1/api-keys/{key_id}/usage", params=day).json()["total"][
            "requests"
        ]
        == 3
    )
    unknown = ask(logged, "GET", "/api/v1/api-keys/nothing/usage")
    assert unknown.json()["errorCode"] == "API_KEY_NOT_FOUND"
    wrong = ask(logged, "GET", f"/api/v1/api-keys/{key_id}/usage?dateFrom=2020-01-01")
    assert wrong.json()["errors"][0]["pointer"] == "?dateFrom"


def test_log_keeps_thirty_days(logged: Service) -> None:
    ask(logged, "GET", "/api/v1/guests")
    flush(logged)
    context = JobContext(logged.runtime.database, logged.clock, logged.ids)
    logged.forward(days=29)
    assert forget_requests(context) == 0
    ask(logged, "GET", "/api/v1/guests")
    flush(logged)
    logged.forward(days=2)
    assert forget_requests(context) == 1
    assert logged.count("request_logs") == 1
    assert logged.count("key_usage") == 2
    logged.forward(days=400)
    forget_requests(context)
    assert (logged.count("request_logs"), logged.count("key_usage")) == (0, 0)


def test_what_waits_is_bounded(logged: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "WAITING_MAX", 0)
    ask(logged, "GET", "/api/v1/guests")
    recorder = logged.client.app.state.recorder  # type: ignore[attr-defined] # our application
    assert (recorder.dropped, recorder.flush()) == (1, 0)


def test_a_failing_database_loses_the_log_and_no_request(
    logged: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(recording, "write_entries", explode)
    assert ask(logged, "GET", "/api/v1/guests").status_code == 200
    flush(logged)
    monkeypatch.undo()
    assert logs(logged) == []


def test_what_comes_while_the_log_is_written_waits_for_its_own_turn(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = RequestRecorder(service.runtime.database)
    sizes: list[int] = []

    def write_while_more_comes(_connection: object, batch: Sequence[recording.Entry]) -> None:
        sizes.append(len(batch))
        recorder.add(batch[0])

    monkeypatch.setattr(recording, "write_entries", write_while_more_comes)
    caller = Caller("tenant", "till", "till", None, None)
    entry = recording.Entry(
        "id", service.clock.now(), caller, "GET", "/", "/", "", 200, None, 1, "", None, None, False
    )
    recorder.add(entry)
    recorder.add(entry)
    assert (recorder.flush(), sizes) == (2, [2])
    assert (recorder.flush(), sizes) == (1, [2, 1])


def test_what_waits_is_written_at_the_end(service: Service) -> None:
    recorder = RequestRecorder(service.runtime.database)
    recorder.start()
    recorder.stop()
    assert recorder.flush() == 0


@settings(max_examples=300, deadline=None)
@given(
    before=st.text(alphabet="ab «,", max_size=5),
    digits=st.text(alphabet="0123456789", min_size=10, max_size=10),
    style=st.sampled_from(["+7{}", "8{}", "7{}", "+7 ({}) {}-{}-{}", "8 {} {} {} {}"]),
)
def test_phones_are_masked_however_they_are_written(before: str, digits: str, style: str) -> None:
    parts = (digits[:3], digits[3:6], digits[6:8], digits[8:])
    written = style.format(digits) if style.count("{}") == 1 else style.format(*parts)
    masked = mask_text(f"{before}{written} end")
    assert digits[3:8] not in "".join(c for c in masked if c.isdigit())
    assert masked.endswith("end")


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=200)
    | st.text(max_size=100).map(lambda t: json.dumps({"a": t}).encode())
)
def test_no_body_upsets_masking(body: bytes) -> None:
    masked = mask_body(body, 100)
    assert len(masked) <= 101
    assert "\x00" not in masked
    masked.encode()


@settings(max_examples=100, deadline=None)
@given(query=st.text(max_size=80))
def test_no_query_upsets_masking(query: str) -> None:
    mask_query(query).encode()


def test_masking_leaves_what_is_harmless() -> None:
    text = "order 2026-11-21 12:30, sum 1234.50, id 01HF7YAT00QS7H4Z8M5V1W2X3Y"
    assert mask_text(text) == text
    assert mask_query("limit=5&sortBy=createdAt") == "limit=5&sortBy=createdAt"
