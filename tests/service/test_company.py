"""A21: companies, places, registers and people; what tills are told of it."""

from typing import Any

import pytest

from tests.service.auth_harness import AUTH, Person, hire, log_in, register, seeded
from tests.service.harness import Service

PLACE = "loc-primernaya"


@pytest.fixture
def owner(service: Service) -> Person:
    """The seeded owner."""
    return seeded(service)


def config(service: Service, key: str | None = None) -> dict[str, Any]:
    headers = {"X-API-Key": key or service.seeded["tillKey"]}
    return dict(service.client.get("/api/v1/pos/config", headers=headers).json())


def test_company_is_ones_own(service: Service, owner: Person) -> None:
    own = owner.ok("GET", "/api/v1/tenants")["tenants"]
    assert [one["id"] for one in own] == ["tenant-maxima"]
    for path in ("/api/v1/tenants/another", "/api/v1/tenants/" + register(service).tenant_id):
        assert owner.call("GET", path).status_code == 403
        owner.prove()
        assert owner.call("PATCH", path, {"name": "Mine now"}).status_code == 403


def test_tenant_id_in_a_body_is_ignored(service: Service, owner: Person) -> None:
    other = register(service)
    body = {"name": "Second place", "tenantId": other.tenant_id}
    made = owner.ok("POST", "/api/v1/locations", body)
    assert owner.ok("GET", f"/api/v1/locations/{made['id']}")["name"] == "Second place"
    assert other.refused("GET", f"/api/v1/locations/{made['id']}") == "LOCATION_NOT_FOUND"


def test_renaming_the_company_asks_for_a_code_and_tells_tills(
    service: Service, owner: Person
) -> None:
    before = config(service)["version"]
    body = {"name": "Maxima", "retention": {"exportsDays": 3}}
    assert owner.refused("PATCH", "/api/v1/tenants/tenant-maxima", body) == "MFA_REQUIRED"
    changed = owner.prove().ok("PATCH", "/api/v1/tenants/tenant-maxima", body)
    assert (changed["name"], changed["retention"]) == ("Maxima", {"exportsDays": 3})
    after = config(service)
    assert after["tenant"]["name"] == "Maxima"
    assert after["version"] != before


def test_new_place_with_a_new_register_serves_a_till_at_once(
    service: Service, owner: Person
) -> None:
    place = owner.ok("POST", "/api/v1/locations", {"name": "South", "timezone": "Asia/Omsk"})
    first = owner.ok("POST", "/api/v1/registers", {"locationId": place["id"], "name": "One"})
    second = owner.ok("POST", "/api/v1/registers", {"locationId": place["id"], "name": "Two"})
    assert [r["register"]["number"] for r in (first, second)] == [1, 2]
    told = config(service, first["tillKey"])
    assert (told["location"]["timezone"], told["register"]["name"]) == ("Asia/Omsk", "One")
    assert service.ok("search-guest", {"code6Digit": "482913"}, api_key=second["tillKey"])["found"]
    assert first["tillKey"] not in str(service.rows("SELECT * FROM api_keys"))


def test_register_numbers_are_unique_in_a_place(owner: Person) -> None:
    body = {"locationId": PLACE, "name": "Again", "number": 1}
    assert owner.refused("POST", "/api/v1/registers", body) == "DUPLICATE_REGISTER"
    assert owner.refused("PATCH", "/api/v1/registers/reg-2", {"number": 1}) == "DUPLICATE_REGISTER"
    assert owner.ok("PATCH", "/api/v1/registers/reg-2", {"number": 2, "name": "B"})["name"] == "B"


def test_closing_ends_keys_and_keeps_the_place_until_it_is_empty(
    service: Service, owner: Person
) -> None:
    assert owner.refused("DELETE", f"/api/v1/locations/{PLACE}") == "IN_USE"
    for name in ("reg-1", "reg-2"):
        assert owner.ok("DELETE", f"/api/v1/registers/{name}")["closedAt"]
    answer = service.pos("ping")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "API_KEY_EXPIRED")
    assert owner.ok("DELETE", f"/api/v1/locations/{PLACE}")["closedAt"]
    body = {"locationId": PLACE, "name": "Late"}
    assert owner.refused("POST", "/api/v1/registers", body) == "IN_USE"


def test_change_of_a_place_reaches_tills(service: Service, owner: Person) -> None:
    before = config(service)["version"]
    lines = {"receiptHeader": ["Hello", "World"], "taxpayerId": "7707083893"}
    owner.ok("PATCH", f"/api/v1/locations/{PLACE}", lines)
    after = config(service)
    assert after["location"]["receiptHeader"] == ["Hello", "World"]
    assert after["version"] != before


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Olympus"}, {"taxpayerId": "12"}, {"name": ""}]
)
def test_wrong_places_are_refused(owner: Person, wrong: dict[str, str]) -> None:
    body = {"name": "X"} | wrong
    assert owner.refused("POST", "/api/v1/locations", body) == "VALIDATION_ERROR"


def test_person_of_the_tills_is_added_changed_and_switched_off(
    service: Service, owner: Person
) -> None:
    body = {"name": "New", "role": "cashier", "pin": "8642"}
    made = owner.ok("POST", "/api/v1/staff", body)
    assert made["hasPin"]
    told = {one["id"]: one for one in config(service)["staff"]}
    assert told[made["id"]]["pinHash"].startswith("$argon2id$")
    path = f"/api/v1/staff/{made['id']}"
    owner.ok("PATCH", path, {"name": "Newer", "role": "waiter"})
    told = {one["id"]: one for one in config(service)["staff"]}
    assert (told[made["id"]]["name"], told[made["id"]]["role"]) == ("Newer", "waiter")
    owner.ok("DELETE", path)
    assert made["id"] not in {one["id"] for one in config(service)["staff"]}
    assert not owner.ok("GET", path)["isActive"]


def test_people_without_a_pin_are_not_told_to_tills(service: Service, owner: Person) -> None:
    person = hire(owner, "manager", "office@example.com")
    assert person.staff_id not in {one["id"] for one in config(service)["staff"]}
    owner.ok("PATCH", f"/api/v1/staff/{person.staff_id}", {"pin": "1122"})
    assert person.staff_id in {one["id"] for one in config(service)["staff"]}
    owner.ok("PATCH", f"/api/v1/staff/{person.staff_id}", {"pin": ""})
    assert person.staff_id not in {one["id"] for one in config(service)["staff"]}


def test_switched_off_person_is_out_at_once_and_the_last_owner_stays(
    service: Service, owner: Person
) -> None:
    cashier = seeded(service, "cashier")
    owner.ok("DELETE", f"/api/v1/staff/{cashier.staff_id}")
    assert cashier.refused("GET", AUTH + "me") == "TOKEN_INVALID"
    owner.ok("PATCH", f"/api/v1/staff/{cashier.staff_id}", {"isActive": True})
    assert cashier.refused("GET", AUTH + "me") == "TOKEN_INVALID"
    assert owner.refused("DELETE", f"/api/v1/staff/{owner.staff_id}") == "LAST_OWNER"
    body = {"role": "cashier"}
    assert owner.refused("PATCH", f"/api/v1/staff/{owner.staff_id}", body) == "LAST_OWNER"


def test_change_of_role_works_on_the_next_request(service: Service, owner: Person) -> None:
    cashier = seeded(service, "cashier")
    assert cashier.refused("GET", "/api/v1/audit") == "INSUFFICIENT_PERMISSIONS"
    owner.ok("PATCH", f"/api/v1/staff/{cashier.staff_id}", {"permissions": ["audit:read"]})
    cashier.ok("GET", "/api/v1/audit")


def test_admin_does_not_change_an_owner(service: Service, owner: Person) -> None:
    admin = seeded(service, "admin").prove()
    path = f"/api/v1/staff/{owner.staff_id}"
    assert admin.refused("DELETE", path) == "INSUFFICIENT_PERMISSIONS"
    assert admin.refused("PATCH", path, {"pin": "1111"}) == "INSUFFICIENT_PERMISSIONS"
    assert admin.refused("DELETE", path + "/sessions") == "INSUFFICIENT_PERMISSIONS"
    assert admin.refused("DELETE", path + "/totp") == "INSUFFICIENT_PERMISSIONS"
    body = {"email": "mine@example.com", "staffId": owner.staff_id}
    assert admin.refused("POST", AUTH + "invite", body) == "INSUFFICIENT_PERMISSIONS"


def test_person_who_lost_his_password_is_invited_again(service: Service, owner: Person) -> None:
    cashier = seeded(service, "cashier")
    body = {"email": cashier.email, "staffId": cashier.staff_id}
    token = owner.ok("POST", AUTH + "invite", body)["token"]
    take = {"token": token, "password": "a fresh long word"}
    answer = service.client.post(AUTH + "accept-invitation", json=take)
    assert answer.json()["person"]["staffId"] == cashier.staff_id
    assert cashier.refused("GET", AUTH + "me") == "TOKEN_INVALID"
    assert log_in(service, cashier.email, cashier.password).status_code == 401
    assert log_in(service, cashier.email, "a fresh long word").status_code == 200


def test_lists_of_people_are_filtered_and_searched(owner: Person) -> None:
    page = owner.ok("GET", "/api/v1/staff?role=cashier,waiter&sortBy=name&fields=name,role")
    assert page["pagination"]["total"] == 5
    assert set(page["data"][0]) == {"name", "role"}
    found = owner.ok("GET", "/api/v1/staff?search=cashier@tenant")["data"]
    assert [one["role"] for one in found] == ["cashier"]


def test_audit_log_tells_who_did_what(service: Service, owner: Person) -> None:
    place = owner.ok("POST", "/api/v1/locations", {"name": "South"})
    entry = owner.ok("GET", f"/api/v1/audit?search={place['id']}")["data"][0]
    assert (entry["action"], entry["actorKind"], entry["actorId"]) == (
        "location.added",
        "staff",
        owner.staff_id,
    )
    assert entry["actorName"]
    assert owner.ok("GET", "/api/v1/audit?action=location.added")["pagination"]["total"] == 1
    seen, cursor = set(), ""
    while cursor is not None:
        page = owner.ok("GET", "/api/v2/audit?limit=1" + (f"&cursor={cursor}" if cursor else ""))
        seen |= {one["id"] for one in page["data"]}
        cursor = page["pagination"]["nextCursor"]
    assert len(seen) == service.count("audit_log")


def test_audit_log_cannot_be_rewritten(service: Service, owner: Person) -> None:
    owner.ok("POST", "/api/v1/locations", {"name": "South"})
    statement = "UPDATE audit_log SET action = 'nothing'"
    with pytest.raises(Exception, match="never changed"):
        service.runtime.database.write(lambda c: c.exec_driver_sql(statement)).result()
