"""A15: consents are kept, a guest's data is given out whole, guests are forgotten, logs go in time."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.service.auth.tasks import forget_sign_ins
from app.service.db.tables import metadata
from app.service.jobs.job import JobContext
from app.service.jobs.table import JOBS
from app.service.privacy.personal_data import guest_tables
from app.service.privacy.retention import apply_retention
from tests.service.auth_harness import Person, register, seeded
from tests.service.harness import MARIA, Service, finalize

GUEST = "/api/v1/guests/gst-01"
YES = {"purpose": "marketing", "isGranted": True, "textVersion": "2026-01", "channel": "till"}


def context(service: Service) -> JobContext:
    return JobContext(service.runtime.database, service.clock, service.ids)


def api(service: Service, method: str, path: str, body: Any = None) -> Any:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    answer = service.client.request(method, path, json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def test_consents_are_kept_with_time_and_text(service: Service) -> None:
    api(service, "POST", GUEST + "/consents", YES)
    service.clock.advance(timedelta(days=1))
    no = YES | {"isGranted": False, "textVersion": "2026-02"}
    said = api(service, "POST", GUEST + "/consents", no)
    assert said["current"] == {"marketing": False}
    assert [(one["isGranted"], one["textVersion"]) for one in said["history"]] == [
        (False, "2026-02"),
        (True, "2026-01"),
    ]
    assert api(service, "GET", GUEST + "/consents") == said


def test_till_may_write_a_consent_and_late_ones_keep_their_time(service: Service) -> None:
    given = service.clock.now() - timedelta(hours=2)
    answer = service.client.post(
        GUEST + "/consents",
        json=YES | {"givenAt": given.isoformat()},
        headers={"X-API-Key": service.seeded["tillKey"], "Idempotency-Key": "c1"},
    )
    assert answer.status_code == 201
    assert answer.json()["history"][0]["givenAt"].startswith("2026-11-20T07:01:00")
    assert service.count("guest_consents") == 1


def test_everything_held_of_a_guest_is_given_out(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(200)))
    api(service, "POST", GUEST + "/consents", YES)
    data = api(service, "GET", GUEST + "/personal-data")["data"]
    assert data["guests"][0]["phone"]
    assert data["cards"][0]["id"] == MARIA
    assert len(data["ledgerEntries"]) == 4
    assert len(data["reservations"]) == len(data["guestConsents"]) == 1
    assert {one["action"] for one in data["auditLog"]} >= {"guest.consent"}
    assert "gst-02" not in str(data)
    assert not any("ecret" in name for rows in data.values() for row in rows for name in row)


def test_every_table_that_names_a_guest_is_given_out() -> None:
    known = guest_tables()
    for table in metadata.tables.values():
        named = {"guest_id", "card_id"} & set(table.c.keys())
        targets = {key.column.table.name for key in table.foreign_keys}
        if named or targets & {"guests", "cards"}:
            assert table.name in known


def test_giving_out_and_erasing_ask_people_for_a_code_and_are_written_down(
    service: Service,
) -> None:
    owner = seeded(service)
    assert owner.refused("GET", GUEST + "/personal-data") == "MFA_REQUIRED"
    assert owner.refused("POST", GUEST + "/erase") == "MFA_REQUIRED"
    owner.prove()
    owner.ok("GET", GUEST + "/personal-data")
    owner.ok("POST", GUEST + "/erase")
    assert owner.ok("POST", GUEST + "/erase")["alreadyProcessed"]
    actions = {row[0] for row in service.rows("SELECT action FROM audit_log")}
    assert actions >= {"guest.personal_data_given", "guest.deleted"}
    service.assert_clean()


def test_erased_guest_leaves_neither_name_nor_phone(service: Service) -> None:
    api(service, "POST", GUEST + "/consents", YES)
    before = api(service, "GET", GUEST + "/personal-data")["data"]["guests"][0]
    api(service, "POST", GUEST + "/erase")
    after = str(api(service, "GET", GUEST + "/personal-data")["data"])
    assert before["phone"] not in after
    assert before["firstName"] not in after
    assert "guestConsents" in after
    headers = {"X-API-Key": service.seeded["apiKey"]}
    refused = service.client.post(GUEST + "/consents", json=YES, headers=headers)
    assert refused.json()["errorCode"] == "GUEST_NOT_FOUND"


PHONE, NAME = "79995550123", "Ксенофонт"


def keyed(service: Service, method: str, path: str, body: Any, key: str) -> Any:
    headers = {"X-API-Key": service.seeded["apiKey"], "Idempotency-Key": key}
    answer = service.client.request(method, path, json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def everything(service: Service) -> str:
    """Return the whole database as text."""

    def look(connection: sa.Connection) -> str:
        return "\n".join(
            f"{table.name}: {list(connection.execute(sa.select(table)).all())}"
            for table in metadata.sorted_tables
        )

    return str(service.runtime.database.read(look).result())


def put_logs(service: Service, guest_id: str) -> None:
    """Write what a log of requests and one of deliveries could hold, not masked."""
    at, tenant = service.clock.now(), "tenant-maxima"

    def write(connection: sa.Connection) -> None:
        connection.execute(
            sa.insert(metadata.tables["request_logs"]).values(
                id="req_1", tenant_id=tenant, installation_id="i", method="POST", path="/x",
                endpoint="/x", query=f"phone={PHONE}", status=409, duration_us=1,
                user_agent="", request_body=f'{{"phone": "{PHONE}"}}', created_at=at,
            )
        )  # fmt: skip
        event = (
            connection.execute(
                sa.select(metadata.tables["events"].c.id).where(
                    metadata.tables["events"].c.data["guestId"].as_string() == guest_id
                )
            )
            .scalars()
            .first()
        )
        connection.execute(
            sa.insert(metadata.tables["webhook_endpoints"]).values(
                id="hook",
                tenant_id=tenant,
                url="https://example.com",
                description="",
                event_types=[],
                state="ACTIVE",
                secret="s",  # noqa: S106 - of nobody
                created_at=at,
                updated_at=at,
            )
        )
        connection.execute(
            sa.insert(metadata.tables["webhook_deliveries"]).values(
                id="delivery", tenant_id=tenant, endpoint_id="hook", event_id=event,
                event_type="guest.created", is_test=False, state="FAILED", attempts=1, tries=1,
                started_at=at, last_error=f"no guest with {PHONE}", created_at=at,
            )
        )  # fmt: skip

    service.runtime.database.write(write).result()


def test_events_and_deliveries_about_a_guest_are_given_out(service: Service) -> None:
    made = keyed(service, "POST", "/api/v1/guests", {"phone": PHONE, "firstName": NAME}, "k1")
    put_logs(service, made["id"])
    data = api(service, "GET", f"/api/v1/guests/{made['id']}/personal-data")["data"]
    assert [event["type"] for event in data["events"]] == ["guest.created"]
    assert data["events"][0]["data"]["guestId"] == made["id"]
    assert [one["id"] for one in data["webhookDeliveries"]] == ["delivery"]
    other = api(service, "GET", GUEST + "/personal-data")["data"]
    assert "delivery" not in str(other)


def test_erasing_leaves_phone_and_name_nowhere_in_the_database(service: Service) -> None:
    guest = {"phone": PHONE, "firstName": NAME, "birthDate": "1990-02-03"}
    made = keyed(service, "POST", "/api/v1/guests", guest, "k1")
    path = f"/api/v1/guests/{made['id']}"
    keyed(service, "PATCH", path, {"firstName": NAME + "!"}, "k2")
    put_logs(service, made["id"])
    text = everything(service)
    assert text.count(PHONE) > 3
    assert NAME in text
    api(service, "POST", path + "/erase")
    text = everything(service)
    for personal in (PHONE, PHONE[1:], NAME, "1990-02-03"):
        found = [line[:60] for line in text.splitlines() if personal in line]
        assert not found, personal
    again = keyed(service, "POST", "/api/v1/guests", guest, "k1")
    assert again["alreadyProcessed"], "what was answered is known to be answered"
    assert (again["id"], again["phone"]) == (made["id"], "")
    service.assert_clean()


def test_erasing_touches_nobody_else(service: Service) -> None:
    one = keyed(service, "POST", "/api/v1/guests", {"phone": PHONE, "firstName": NAME}, "k1")
    other = {"phone": "79995550124", "firstName": NAME}
    kept = keyed(service, "POST", "/api/v1/guests", other, "k2")
    api(service, "POST", f"/api/v1/guests/{one['id']}/erase")
    again = keyed(service, "POST", "/api/v1/guests", other, "k2")
    assert again == kept | {"alreadyProcessed": True}


@pytest.mark.parametrize("path", ["/consents", "/personal-data"])
def test_guest_of_another_company_does_not_exist(service: Service, path: str) -> None:
    other = register(service).prove()
    assert other.refused("GET", GUEST + path) == "GUEST_NOT_FOUND"
    assert other.refused("POST", GUEST + "/erase") == "GUEST_NOT_FOUND"
    assert other.refused("POST", GUEST + "/consents", YES) == "GUEST_NOT_FOUND"


def wish(owner: Person, **days: int) -> None:
    owner.prove().ok("PATCH", f"/api/v1/tenants/{owner.tenant_id}", {"retention": days})


def write_log(service: Service, tenant_id: str, name: str, age: timedelta) -> None:
    made = {
        "id": name,
        "tenant_id": tenant_id,
        "installation_id": "i",
        "method": "GET",
        "path": "/",
        "endpoint": "/",
        "query": "",
        "status": 200,
        "duration_us": 1,
        "user_agent": "",
        "created_at": service.clock.now() - age,
    }
    table = metadata.tables["request_logs"]
    service.runtime.database.write(lambda c: c.execute(sa.insert(table).values(made))).result()


def test_companies_may_keep_logs_shorter(service: Service) -> None:
    owner, other = seeded(service), register(service)
    wish(owner, requestLogsDays=3)
    for tenant_id in (owner.tenant_id, other.tenant_id):
        write_log(service, tenant_id, f"old-{tenant_id}", timedelta(days=4))
        write_log(service, tenant_id, f"new-{tenant_id}", timedelta(days=2))
    apply_retention(context(service))
    left = {row[0] for row in service.rows("SELECT id FROM request_logs")}
    assert f"old-{owner.tenant_id}" not in left
    kept = {f"new-{owner.tenant_id}", f"new-{other.tenant_id}", f"old-{other.tenant_id}"}
    assert kept <= left


def test_audit_log_is_kept_three_years_or_as_long_as_the_company_says(service: Service) -> None:
    owner, other = seeded(service), register(service)
    wish(owner, auditLogDays=180)
    service.clock.advance(timedelta(days=200))
    apply_retention(context(service))
    left = {row[0] for row in service.rows("SELECT tenant_id FROM audit_log")}
    assert owner.tenant_id not in left
    assert other.tenant_id in left
    service.clock.advance(timedelta(days=1_000))
    apply_retention(context(service))
    assert service.count("audit_log") == 0


@pytest.mark.parametrize("days", [0, 31, 1.5, True])
def test_wishes_beyond_the_limits_are_refused(service: Service, days: object) -> None:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    body = {"retention": {"requestLogsDays": days}}
    answer = service.client.patch("/api/v1/tenants/tenant-maxima", json=body, headers=headers)
    assert answer.status_code == 422


def test_what_signing_in_leaves_behind_is_forgotten(service: Service) -> None:
    owner = seeded(service)
    owner.ok("POST", "/api/v1/auth/invite", {"email": "a@b.co", "name": "A", "role": "cashier"})
    service.client.post("/api/v1/auth/login", json={"email": "no@body.co", "password": "x"})
    assert forget_sign_ins(context(service)) == 0
    service.clock.advance(timedelta(days=200))
    forget_sign_ins(context(service))
    for table in ("sessions", "refresh_tokens", "login_attempts", "signing_keys", "invitations"):
        assert service.count(table) == 0, table


def test_schedule_holds_the_deletions() -> None:
    names = {job.name for job in JOBS}
    wanted = {"privacy.retention", "auth.prune", "idempotency.prune", "request_logs.prune"}
    assert names >= wanted | {"webhooks.prune", "exports.prune"}
