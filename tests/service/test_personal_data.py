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
