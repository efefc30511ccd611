"""Logs: one line of JSON an event, with whose request it was, and nothing personal or secret in it."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import ManualClock
from app.service.http.answering import ERROR_CODE, REQUEST_ID
from app.service.operation.logs import (
    CURRENT,
    FIELDS,
    AccessLog,
    JsonFormatter,
    TextFormatter,
    set_up_logs,
)
from app.service.operation.metrics import ServiceMetrics
from app.service.operation.observer import Observer
from tests.service.harness import Service

SECRETS = [
    "+7 912 345-67-89",
    "89123456789",
    "79123456789",
    "+375 29 123-45-67",
    "maria.ivanova@example.com",
    "tlk_ABCDEFGHJKMNPQRSTVWXYZ0123456789",
    "mlk_live_ABCDEFGHJKMNPQRSTVWXYZ0123456789",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJzdGFmZiJ9.c2lnbmF0dXJl",
    "4276123456781234",
]
HIDDEN = ["345", "12345", "123-45", "ivanova", "ABCDEFGHJKMN", "MfKQ9r8GK", "eyJzdWIi", "612345678"]


@pytest.fixture
def lines() -> Iterator[Any]:
    """What is written meanwhile, as a function that returns it parsed."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.level
    handler = set_up_logs("info", "json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def _fail(why: str) -> None:
    raise ValueError(why)


def test_nothing_personal_leaves_in_message_arguments_or_traceback(lines: Any) -> None:
    log = logging.getLogger("app.service.somewhere")
    for secret in SECRETS:
        try:
            _fail(f"bad guest {secret}")
        except ValueError:
            log.exception("refused %s and %s", secret, {"phone": secret})
    # Moments and processes have digits of their own.
    told = [
        {name: said for name, said in line.items() if name not in {"time", "process"}}
        for line in lines()
    ]
    text = json.dumps(told, ensure_ascii=False)
    assert len(told) == len(SECRETS)
    for hidden in HIDDEN:
        assert hidden not in text


def test_database_errors_do_not_repeat_what_was_written(lines: Any) -> None:
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    guest = {"name": "Мария Петрова"}
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE guests (name TEXT NOT NULL UNIQUE)"))
        connection.execute(sa.text("INSERT INTO guests VALUES (:name)"), guest)
    try:
        with engine.begin() as connection:
            statement = sa.text("INSERT INTO guests VALUES (:name)")
            connection.execute(statement, guest)
    except sa.exc.IntegrityError:
        logging.getLogger("x").exception("the write failed")
    finally:
        engine.dispose()
    logging.getLogger("x").error("refused\nDETAIL:  Failing row contains (7, Мария Петрова).")
    text = json.dumps(lines(), ensure_ascii=False)
    assert "IntegrityError" in text
    assert "Петрова" not in text


def test_service_itself_hides_parameters(service: Service) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed:
        service.runtime.database.read(
            lambda c: c.execute(sa.text("SELECT * FROM nothing WHERE a = :a"), {"a": "Мария"})
        ).result()
    assert "Мария" not in str(failed.value)


@given(st.text(max_size=200))
def test_every_line_is_one_line_of_json(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s", (text,), None)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["level"] == "info"


def test_text_form_is_masked_too() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "of %s", ("79123456789",), None)
    record.__dict__[FIELDS] = {"status": 200}
    said = TextFormatter("%(message)s").format(record)
    assert "912345" not in said
    assert "status=200" in said


def request(service: Service, lines: Any, path: str, **more: Any) -> list[dict[str, Any]]:
    service.client.request(more.pop("method", "GET"), path, **more)
    return [line for line in lines() if line["logger"] == "maxloyalty.access"]


def test_access_line_tells_whose_request_it_was(service: Service, lines: Any) -> None:
    key = {"X-API-Key": service.seeded["tillKey"]}
    (line,) = request(service, lines, "/api/v1/pos/menu", headers=key)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/pos/menu", 200)
    assert line["requestId"].startswith("req_")
    assert line["installationId"]
    assert line["tenantId"]
    assert line["ms"] >= 0


def test_refusal_has_its_code_and_no_phone_in_its_route(service: Service, lines: Any) -> None:
    path = "/errors/79123456789?phone=89123456789"
    (line,) = request(service, lines, path)
    assert (line["route"], line["status"], line["errorCode"]) == (
        "/errors/{code}",
        404,
        "NOT_FOUND",
    )
    (_, line) = request(service, lines, "/nowhere/79123456789")
    assert (line["route"], line["status"]) == ("none", 404)
    assert "9123456" not in json.dumps(lines())


def test_what_machines_ask_all_day_is_silent_until_it_fails(service: Service, lines: Any) -> None:
    assert request(service, lines, "/healthz") == []
    service.ok("heartbeat", {"version": "1", "metrics": {}})
    service.call("heartbeat", {"version": "1", "metrics": {}}, api_key="tlk_wrong")
    (line,) = request(service, lines, "/readyz")
    assert line["status"] == 401


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.25, 25), (1.0, 100)])
def test_share_of_the_successful_is_written(lines: Any, share: float, expected: int) -> None:
    access = AccessLog(share)
    for _ in range(100):
        access.write({"method": "GET"}, "/a", 200, 1.0, "")
    access.write({"method": "GET"}, "/a", 422, 1.0, "VALIDATION_ERROR")
    access.write({"method": "GET"}, "/a", 500, 1.0, "INTERNAL_ERROR")
    assert [line["status"] for line in lines()].count(200) == expected
    assert [line["level"] for line in lines() if line["status"] >= 400] == ["info", "error"]


def test_what_fails_inside_is_written_with_its_request(lines: Any) -> None:
    async def broken(scope: Any, _receive: Any, _send: Any) -> None:
        scope[REQUEST_ID] = "req_1"
        scope[ERROR_CODE] = "INTERNAL_ERROR"
        logging.getLogger("inside").error("it broke for +7 912 345-67-89")
        raise RuntimeError

    observer = Observer(broken, ManualClock(), ServiceMetrics(), AccessLog(1.0))
    scope = {"type": "http", "method": "GET", "path": "/x"}

    async def nothing(*_: Any) -> Any:
        return None

    with pytest.raises(RuntimeError):
        asyncio.run(observer(scope, nothing, nothing))
    assert [line["requestId"] for line in lines()] == ["req_1", "req_1"]
    assert CURRENT.get() is None
