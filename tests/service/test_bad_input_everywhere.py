"""Bad input at every address of the description: a documented problem each time, and nothing written."""

import json
import re
from functools import cache
from typing import Any

import httpx
import pytest

from app.contracts.errors import CATALOGUE, ErrorCode
from app.service.db.tables import metadata
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.service.harness import MARIA, PLUGIN, Service

HUGE = b'{"x": "' + b"y" * 1_000_001 + b'"}'
# What a request may write although it is refused: that it came, that a sign-in failed, how often it was tried.
TRACES = {
    "request_logs",
    "key_usage",
    "rate_counters",
    "login_attempts",
    "audit_log",
    "api_keys",
    "gift_card_attempts",
    "job_runs",
}
BODIES: dict[str, bytes] = {
    "empty": b"",
    "cut off": b'{"a": ',
    "no object": b"[1, 2]",
    "not text": b"\xff\xfe\x00\x01",
    "deep": b'{"a": ' * 5_000,
    "deep list": b"[" * 100_000,
    "twice": b'{"a": 1, "a": 2}',
    "NaN": b'{"checkAmount": NaN, "amount": Infinity}',
    "long number": b'{"checkAmount": ' + b"9" * 5_000 + b"}",
    "huge": HUGE,
}


@cache
def described() -> dict[str, Any]:
    app = create_app(ServiceSettings("sqlite://", runs_jobs=False, logs_requests=False))
    return app.openapi()


def operations(*methods: str) -> list[tuple[str, str]]:
    """Return method and path of every described operation."""
    found = [
        (method.upper(), path)
        for path, item in described()["paths"].items()
        for method in item
        if method.upper() in methods
    ]
    return sorted(found)


def with_json_body() -> list[tuple[str, str]]:
    result = []
    for method, path in operations("POST", "PUT", "PATCH"):
        body = described()["paths"][path][method.lower()].get("requestBody", {})
        if "application/json" in body.get("content", {}):
            result.append((method, path))
    return result


def key_for(service: Service, path: str) -> str:
    for kind in ("iiko", "rkeeper", "till"):
        if f"/pos-integration/{kind}/" in path:
            return service.seeded[f"{kind}Key"]
    return service.seeded["tillKey" if path.startswith("/api/v1/pos/") else "apiKey"]


def send(
    service: Service, method: str, path: str, body: bytes | None = None, **headers: str
) -> httpx.Response:
    filled = re.sub(r"\{[^}]+\}", "nobody", path)
    given = {"X-API-Key": key_for(service, path), "Content-Type": "application/json", **headers}
    return service.client.request(method, filled, content=body, headers=given)


def assert_documented(answer: httpx.Response, where: str) -> None:
    assert 400 <= answer.status_code < 500, f"{where}: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json", where
    problem = answer.json()
    info = CATALOGUE[ErrorCode(problem["errorCode"])]
    assert (problem["status"], answer.status_code) == (info.status, info.status), where
    assert problem["requestId"] == answer.headers["x-request-id"]


def everything(service: Service) -> dict[str, int]:
    return {
        table.name: service.count(table.name)
        for table in metadata.sorted_tables
        if table.name not in TRACES
    }


def test_there_is_something_to_try() -> None:
    assert len(with_json_body()) > 30


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.only_on("sqlite", why="a body that is no message reaches no database")
def test_no_address_takes_a_body_that_is_no_message(service: Service, kind: str) -> None:
    before = everything(service)
    for method, path in with_json_body():
        answer = send(service, method, path, BODIES[kind])
        if not 200 <= answer.status_code < 300 or kind not in {"empty", "twice"}:
            assert_documented(answer, f"{method} {path}")
    assert everything(service) == before


@pytest.mark.only_on("sqlite", why="values are judged before they reach a database")
def test_no_address_takes_values_of_the_wrong_kind(service: Service) -> None:
    before = everything(service)
    schemas = described()["components"]["schemas"]
    wrong: tuple[object, ...] = ({"a": [1]}, [[]], "a\u0000b\ud800", -1e30, 10**30, 0.001)
    for method, path in with_json_body():
        body = described()["paths"][path][method.lower()]["requestBody"]
        schema = body["content"]["application/json"]["schema"]
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        names = schema.get("properties", {})
        if not names:
            continue
        for value in wrong:
            sent = json.dumps(dict.fromkeys(names, value)).encode()
            answer = send(service, method, path, sent)
            assert_documented(answer, f"{method} {path} {value!r}")
    assert everything(service) == before


@pytest.mark.only_on("sqlite", why="whoever is refused at the door reaches no database")
def test_every_address_refuses_strangers_and_keys_of_others(service: Service) -> None:
    free = re.compile(
        r"^/(healthz|readyz|metrics|errors|changelog|openapi|docs|g/|guest|api/v1/auth/|api/v1/webhooks/pos)"
    )
    for method, path in operations("GET", "POST", "PUT", "PATCH", "DELETE"):
        if free.match(path) or ("security" not in path and _is_open(path)):
            continue
        filled = re.sub(r"\{[^}]+\}", "nobody", path)
        stranger = service.client.request(method, filled, content=b"{", headers={"X-API-Key": "no"})
        assert_documented(stranger, f"{method} {path}")
        assert stranger.status_code in {401, 403, 404}, f"{method} {path}: {stranger.text[:200]}"
    assert service.count("guests") == 10


def _is_open(path: str) -> bool:
    """Tell of addresses that prove the caller by a link, an invitation or a signature instead."""
    return any(part in path for part in ("/download", "/invitations/", "/exports/{", "/files/"))


@pytest.mark.parametrize(
    "identity",
    ["%00", "a%00b", "%ED%A0%80", "x" * 5_000, "..%2F..%2Fetc", "%F0%9F%8D%B5", "' OR 1=1"],
)
def test_no_identity_in_an_address_upsets_the_service(service: Service, identity: str) -> None:
    before = everything(service)
    for method, path in operations("GET", "DELETE"):
        if "{" not in path or not path.startswith("/api/"):
            continue
        filled = re.sub(r"\{[^}]+\}", identity, path)
        headers = {"X-API-Key": key_for(service, path)}
        answer = service.client.request(method, filled, headers=headers)
        assert answer.status_code < 500, f"{method} {path}: {answer.text[:300]}"
    assert everything(service) == before


def test_unknown_fields_are_ignored_or_reported(service: Service) -> None:
    body = {"guestCardId": MARIA, "orderId": "o", "checkAmount": 100, "colour": "red"}
    body |= {"items": [{"productId": "p", "total": 100, "shade": 1}], "tenantId": "x"}
    headers = {"X-API-Key": service.seeded["tillKey"]}
    url = f"{PLUGIN}calculate"
    assert service.client.post(url, json=body, headers=headers).status_code == 200
    for more in ({"headers": headers | {"X-Strict": "true"}}, {"params": {"strict": "true"}}):
        answer = service.client.post(url, **({"json": body, "headers": headers} | more))
        assert_documented(answer, url)
        pointers = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert pointers == [("/colour", "unknown_field"), ("/items/0/shade", "unknown_field")]
    del body["colour"], body["items"][0]["shade"]  # type: ignore[index] # our own list
    strict = headers | {"X-Strict": "true"}
    assert service.client.post(url, json=body, headers=strict).status_code == 200


@pytest.mark.only_on("sqlite", why="the way over HTTP is the same")
def test_strict_mode_works_at_every_address(service: Service) -> None:
    before = everything(service)
    sent = json.dumps({"noSuchField": 1}).encode()
    for method, path in with_json_body():
        answer = send(service, method, path, sent, **{"X-Strict": "true"})
        assert_documented(answer, f"{method} {path}")
    assert everything(service) == before
