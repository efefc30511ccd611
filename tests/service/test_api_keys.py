"""A10: keys are made, shown once, used within their scopes, rotated, ended, and all of it is written down."""

import contextlib
import re
import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.service.auth import callers
from app.service.kit.problems import ProblemError
from tests.service.auth_harness import Person, seeded
from tests.service.harness import Service

KEYS = "/api/v1/api-keys"


@pytest.fixture
def owner(service: Service) -> Person:
    """The seeded owner with a fresh proof."""
    return seeded(service).prove()


def make(owner: Person, *scopes: str, **more: Any) -> dict[str, Any]:
    return dict(owner.ok("POST", KEYS, {"name": "shop", "scopes": list(scopes)} | more))


def use(service: Service, key: str, path: str = "/api/v1/guests/gst-01/qr") -> httpx.Response:
    return service.client.get(path, headers={"X-API-Key": key})


def code(answer: httpx.Response) -> str:
    return "" if answer.status_code == 200 else str(answer.json()["errorCode"])


def test_key_is_shown_once_and_kept_as_digest(service: Service, owner: Person) -> None:
    made = make(owner, "guests:read")
    secret, key_id = made["secret"], made["key"]["id"]
    assert secret.startswith("mlk_test_")
    assert use(service, secret).status_code == 200
    assert "secret" not in owner.ok("GET", f"{KEYS}/{key_id}")
    listed = owner.ok("GET", KEYS + "?kind=api&search=shop")["data"]
    assert [one["hint"] for one in listed] == [f"mlk_test_…{secret[-4:]}"]
    for table in ("api_keys", "audit_log", "idempotency_keys"):
        assert secret not in str(service.rows(f"SELECT * FROM {table}"))  # noqa: S608 - our own tables


def test_repeated_call_makes_one_key_and_does_not_show_it_again(owner: Person) -> None:
    again = {"headers": {"Idempotency-Key": "once"}}
    first = owner.ok("POST", KEYS, {"name": "a", "scopes": ["admin"]}, **again)
    second = owner.ok("POST", KEYS, {"name": "a", "scopes": ["admin"]}, **again)
    assert first["secret"]
    assert "secret" not in second
    assert second["key"]["id"] == first["key"]["id"]


def test_key_does_what_its_scopes_say(service: Service, owner: Person) -> None:
    reader = make(owner, "guests:read")["secret"]
    other = make(owner, "webhooks:manage", "analytics:read")["secret"]
    assert use(service, reader).status_code == 200
    assert code(use(service, other)) == "INSUFFICIENT_PERMISSIONS"
    assert code(use(service, reader, KEYS)) == "INSUFFICIENT_PERMISSIONS"
    body = {"phone": "+79990001122"}
    answer = service.client.post("/api/v1/guests", json=body, headers={"X-API-Key": reader})
    assert code(answer) == "INSUFFICIENT_PERMISSIONS"
    admin = make(owner, "admin")["secret"]
    assert use(service, admin).status_code == 200
    assert use(service, admin, KEYS).status_code == 200


def test_rotated_key_lives_for_24_hours(service: Service, owner: Person) -> None:
    made = make(owner, "guests:read")
    new = owner.ok("POST", f"{KEYS}/{made['key']['id']}/rotate")
    assert new["key"]["scopes"] == ["guests:read"]
    assert new["key"]["installationId"] == made["key"]["installationId"]
    service.clock.advance(timedelta(hours=24) - timedelta(milliseconds=1))
    assert use(service, made["secret"]).status_code == 200
    service.clock.advance(timedelta(milliseconds=1))
    assert code(use(service, made["secret"])) == "API_KEY_EXPIRED"
    assert use(service, new["secret"]).status_code == 200


def test_rotated_key_cannot_be_rotated_again(owner: Person) -> None:
    key_id = make(owner, "guests:read")["key"]["id"]
    owner.ok("POST", f"{KEYS}/{key_id}/rotate")
    assert owner.refused("POST", f"{KEYS}/{key_id}/rotate") == "IN_USE"
    states = {one["state"] for one in owner.ok("GET", KEYS + "?search=shop")["data"]}
    assert states == {"active", "rotated"}


def test_till_key_can_be_rotated_too(service: Service, owner: Person) -> None:
    listed = owner.ok("GET", KEYS + "?kind=till")["data"]
    owner.ok("POST", f"{KEYS}/{listed[0]['id']}/rotate")
    assert service.pos("ping").status_code == 200


def test_revoked_key_is_refused_at_once(service: Service, owner: Person) -> None:
    made = make(owner, "guests:read")
    path = f"{KEYS}/{made['key']['id']}"
    owner.ok("DELETE", path)
    assert code(use(service, made["secret"])) == "API_KEY_EXPIRED"
    owner.ok("DELETE", path)
    assert owner.ok("GET", path)["state"] == "revoked"


def test_key_with_an_end_ends(service: Service, owner: Person) -> None:
    end = service.clock.now() + timedelta(hours=1)
    made = make(owner, "guests:read", expiresAt=end.isoformat())
    service.clock.advance(timedelta(hours=1))
    assert code(use(service, made["secret"])) == "API_KEY_EXPIRED"
    body = {"name": "late", "scopes": ["admin"], "expiresAt": end.isoformat()}
    admin = {"X-API-Key": service.seeded["apiKey"]}
    answer = service.client.post(KEYS, json=body, headers=admin)
    assert code(answer) == "VALIDATION_ERROR"


def test_making_keys_asks_for_a_fresh_code_and_ending_does_not(service: Service) -> None:
    owner = seeded(service)
    body = {"name": "shop", "scopes": ["guests:read"]}
    assert owner.refused("POST", KEYS, body) == "MFA_REQUIRED"
    owner.prove()
    key_id = owner.ok("POST", KEYS, body)["key"]["id"]
    service.clock.advance(timedelta(minutes=5))
    assert owner.refused("POST", KEYS, body) == "MFA_REQUIRED"
    owner.ok("DELETE", f"{KEYS}/{key_id}")


def test_only_an_owner_makes_an_admin_key(service: Service) -> None:
    admin = seeded(service, "admin").prove()
    body = {"name": "shop", "scopes": ["admin"]}
    assert admin.refused("POST", KEYS, body) == "INSUFFICIENT_PERMISSIONS"
    admin.ok("POST", KEYS, body | {"scopes": ["guests:read", "analytics:read"]})


def test_last_use_is_written_once_a_minute(service: Service, owner: Person) -> None:
    made = make(owner, "guests:read")

    def told() -> str:
        return owner.ok("GET", f"{KEYS}/{made['key']['id']}").get("lastUsedAt") or ""

    def used_and_told_after(before: str) -> str:
        use(service, made["secret"])
        # The note is written beside the call, on PostgreSQL by any of several threads.
        pause, patience = threading.Event(), 1000
        while told() == before:
            assert (patience := patience - 1), "the use is written"
            pause.wait(0.01)
        return told()

    first = used_and_told_after("")
    service.clock.advance(timedelta(seconds=59))
    use(service, made["secret"])
    service.clock.advance(timedelta(seconds=1))
    second = used_and_told_after(first)
    # Had the use a second ago been written, this one would not have been.
    assert second == service.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_every_act_is_in_the_audit_log(service: Service, owner: Person) -> None:
    made = make(owner, "guests:read")
    new = owner.ok("POST", f"{KEYS}/{made['key']['id']}/rotate")
    owner.ok("DELETE", f"{KEYS}/{new['key']['id']}")
    rows = service.rows("SELECT action, actor_id FROM audit_log WHERE subject_type = 'api_key'")
    assert sorted(rows) == [
        ("api_key.created", owner.staff_id),
        ("api_key.revoked", owner.staff_id),
        ("api_key.rotated", owner.staff_id),
    ]


@pytest.mark.only_on("sqlite", why="SQLite tells its plan in words that do not change with sizes")
def test_finding_the_caller_is_one_statement_by_keys(service: Service) -> None:
    asked: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    def find(connection: sa.Connection) -> None:
        sa.event.listen(connection, "before_cursor_execute", listen)
        secret = service.seeded["tillKey"]
        callers.identify(connection, callers.Shown(key=secret), service.clock.now())
        with contextlib.suppress(ProblemError):
            callers.staff_caller(connection, "nobody", service.clock.now())

    service.runtime.database.read(find).result()
    for statement in (text for text in asked if text.startswith("SELECT")):
        plan = [row[3] for row in service.rows(f"EXPLAIN QUERY PLAN {_bound(statement)}")]
        assert plan
        assert all(step.startswith("SEARCH") and "INDEX" in step for step in plan), plan
    assert len(asked) <= 2


def _bound(statement: str) -> str:
    return re.sub(r"\?|:\w+", "'x'", statement)
