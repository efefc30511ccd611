"""A7, A10, A11: every address asks who is there, and no company reaches into another.

Roles and scopes open what the table says.
"""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
import sqlalchemy as sa

from app.contracts.permissions import Scope, StaffRole
from app.service.db.tables import metadata
from app.service.kit.access import by_installation, by_key, by_staff
from app.service.kit.permissions import ROLE_PERMISSIONS
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.tills.keys import make_key
from app.service.tills.models import api_keys, installations
from tests.service.auth_harness import Person, register, seeded
from tests.service.harness import Service

# What anybody may call: health, pages, and what proves the sender by itself (a signature, a token).
OPEN: Final = re.compile(
    r"^/(healthz|readyz|metrics|errors|docs|openapi|changelog|guest|g|c|assets|static)\b"
    r"|^/api/v1/auth/(register|login|telegram|refresh|accept-invitation)$"
    r"|^/api/v1/webhooks/pos/"
    r"|^/api/v1/exports/[^/]+/file|/files?/|/download"
)
EVERYBODY: Final = frozenset(role.value for role in StaffRole)
OFFICE: Final = frozenset({"owner", "admin", "manager"})
RULING: Final = frozenset({"owner", "admin"})
OWNER: Final = frozenset({"owner"})
ADMIN: Final = frozenset({"admin"})
ALL_SCOPES: Final = frozenset(scope.value for scope in Scope)
NO_SCOPE: Final = frozenset[str]()

# method, path: roles, scopes. MFA_REQUIRED counts as let in: the role is right.
MATRIX: Final[dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]] = {
    ("GET", "/api/v1/auth/me"): (EVERYBODY, NO_SCOPE),
    ("GET", "/api/v1/auth/sessions"): (EVERYBODY, NO_SCOPE),
    ("DELETE", "/api/v1/auth/sessions/x"): (EVERYBODY, NO_SCOPE),
    ("POST", "/api/v1/auth/step-up"): (EVERYBODY, NO_SCOPE),
    ("POST", "/api/v1/auth/invite"): (RULING, ADMIN),
    ("GET", "/api/v1/auth/invitations"): (OFFICE, ADMIN),
    ("DELETE", "/api/v1/auth/invitations/x"): (RULING, ADMIN),
    ("GET", "/api/v1/api-keys"): (RULING, ADMIN),
    ("GET", "/api/v1/api-keys/x"): (RULING, ADMIN),
    ("POST", "/api/v1/api-keys"): (RULING, ADMIN),
    ("POST", "/api/v1/api-keys/x/rotate"): (RULING, ADMIN),
    ("DELETE", "/api/v1/api-keys/x"): (RULING, ADMIN),
    ("GET", "/api/v1/tenants"): (EVERYBODY, ALL_SCOPES),
    ("PATCH", "/api/v1/tenants/tenant-maxima"): (OWNER, ADMIN),
    ("PUT", "/api/v1/tenants/tenant-maxima/telegram-bot"): (OWNER, ADMIN),
    ("GET", "/api/v1/locations"): (OFFICE, ADMIN),
    ("GET", "/api/v1/locations/x"): (OFFICE, ADMIN),
    ("POST", "/api/v1/locations"): (RULING, ADMIN),
    ("PATCH", "/api/v1/locations/x"): (RULING, ADMIN),
    ("DELETE", "/api/v1/locations/x"): (RULING, ADMIN),
    ("GET", "/api/v1/registers"): (OFFICE, ADMIN),
    ("GET", "/api/v1/registers/x"): (OFFICE, ADMIN),
    ("POST", "/api/v1/registers"): (RULING, ADMIN),
    ("PATCH", "/api/v1/registers/x"): (RULING, ADMIN),
    ("DELETE", "/api/v1/registers/x"): (RULING, ADMIN),
    ("GET", "/api/v1/staff"): (OFFICE, ADMIN),
    ("GET", "/api/v1/staff/x"): (OFFICE, ADMIN),
    ("POST", "/api/v1/staff"): (RULING, ADMIN),
    ("PATCH", "/api/v1/staff/x"): (RULING, ADMIN),
    ("DELETE", "/api/v1/staff/x"): (RULING, ADMIN),
    ("PUT", "/api/v1/staff/x/telegram"): (RULING, ADMIN),
    ("DELETE", "/api/v1/staff/x/totp"): (RULING, ADMIN),
    ("DELETE", "/api/v1/staff/x/sessions"): (RULING, ADMIN),
    ("GET", "/api/v1/audit"): (OFFICE, ADMIN),
    ("GET", "/api/v2/audit"): (OFFICE, ADMIN),
    ("GET", "/api/v1/guests/x/consents"): (
        EVERYBODY - {"kitchen"},
        frozenset({"guests:read", "admin"}),
    ),
    ("POST", "/api/v1/guests/x/consents"): (
        OFFICE | {"cashier"},
        frozenset({"guests:write", "admin"}),
    ),
    ("GET", "/api/v1/guests/x/personal-data"): (RULING, ADMIN),
    ("POST", "/api/v1/guests/x/erase"): (RULING, frozenset({"guests:delete", "admin"})),
    ("DELETE", "/api/v1/guests/x"): (RULING, frozenset({"guests:delete", "admin"})),
    ("GET", "/api/v1/guests"): (EVERYBODY - {"kitchen"}, frozenset({"guests:read", "admin"})),
    ("PUT", "/api/v1/loyalty/rules"): (RULING, ADMIN),
    ("POST", "/api/v1/loyalty/earn"): (
        OFFICE | {"cashier"},
        frozenset({"transactions:write", "admin"}),
    ),
    ("POST", "/api/v1/loyalty/manual-adjustment"): (
        OFFICE,
        frozenset({"loyalty:adjust", "admin"}),
    ),
    ("POST", "/api/v1/loyalty/shortfalls/x/settle"): (
        OFFICE,
        frozenset({"loyalty:adjust", "admin"}),
    ),
    ("POST", "/api/v1/loyalty/transfer"): (
        OFFICE,
        frozenset({"loyalty:adjust", "transactions:write", "admin"}),
    ),
    ("GET", "/api/v1/guessing-locks"): (OWNER, ADMIN),
    ("DELETE", "/api/v1/guessing-locks/promo-codes/x"): (OWNER, ADMIN),
    ("GET", "/api/v1/tenants/tenant-maxima/subscription"): (EVERYBODY, ALL_SCOPES),
}


def is_let_in(answer: Any) -> bool:
    if answer.status_code == 401:
        return False
    return answer.status_code != 403 or answer.json()["errorCode"] == "MFA_REQUIRED"


def body_of(method: str) -> dict[str, Any]:
    # Wrong on purpose: who is let in gets as far as the refusal of the body.
    return {"json": {"nothing": 1}} if method in {"POST", "PUT", "PATCH"} else {}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_roles_open_what_the_table_says(service: Service, role: str) -> None:
    person = seeded(service, role)
    opened = {
        (method, path)
        for method, path in MATRIX
        if is_let_in(person.call(method, path, **body_of(method)))
    }
    assert opened == {where for where, (roles, _) in MATRIX.items() if role in roles}


def make_keys(service: Service) -> dict[str, str]:
    """Write a key for each scope."""
    made = {}

    def write(connection: sa.Connection) -> None:
        for scope in sorted(ALL_SCOPES):
            key, name = make_key(service.ids, "api"), f"only-{scope}"
            about = {"tenant_id": "tenant-maxima", "created_at": service.clock.now()}
            connection.execute(
                sa.insert(installations).values(id=name, kind="api", name=name, **about)
            )
            connection.execute(
                sa.insert(api_keys).values(
                    id=name,
                    installation_id=name,
                    key_hash=key.key_hash,
                    key_hint=key.hint,
                    scopes=[scope],
                    **about,
                )
            )
            made[scope] = key.secret

    service.runtime.database.write(write).result()
    return made


def test_scopes_open_what_the_table_says(service: Service) -> None:
    for scope, secret in make_keys(service).items():
        opened = {
            (method, path)
            for method, path in MATRIX
            if is_let_in(
                service.client.request(
                    method, path, headers={"X-API-Key": secret}, **body_of(method)
                )
            )
        }
        assert opened == {where for where, (_, scopes) in MATRIX.items() if scope in scopes}, scope


@pytest.mark.parametrize("kind", ["till", "iiko", "rkeeper"])
def test_keys_of_tills_and_plugins_open_nothing_of_the_company(service: Service, kind: str) -> None:
    headers = {"X-API-Key": service.seeded[f"{kind}Key"]}
    opened = {
        (method, path)
        for method, path in MATRIX
        if is_let_in(service.client.request(method, path, headers=headers, **body_of(method)))
    }
    assert opened == ({("POST", "/api/v1/guests/x/consents")} if kind == "till" else set())


def operations(service: Service) -> list[tuple[str, str]]:
    described = service.client.app.openapi()["paths"]  # type: ignore[attr-defined] # our application
    methods = {"get", "post", "put", "patch", "delete"}
    return [
        (method.upper(), path)
        for path, item in described.items()
        for method in item
        if method in methods
    ]


# Real ids of the seeded company, by the name of the parameter.
IDS: Final = {
    "guest_id": "gst-01",
    "staff_id": "stf-04",
    "location_id": "loc-primernaya",
    "register_id": "reg-1",
    "tenant_id": "tenant-maxima",
    "installation_id": "ins-till-1",
    "card_id": "card-gst-01",
    "kind": "till",
}


def filled(path: str, more: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda m: (IDS | more).get(m.group(1), "x"), path)


@pytest.mark.only_on("sqlite", why="whether an address asks is in its route, not in the database")
def test_every_address_asks_who_is_there(service: Service) -> None:
    for method, path in operations(service):
        if OPEN.search(path):
            continue
        where = filled(path, {})
        for headers in ({}, {"X-API-Key": "mlk_live_nobody"}, {"Authorization": "Bearer a.b.c"}):
            # Strangers are slowed down; here each comes at another time.
            service.clock.advance(timedelta(minutes=1))
            answer = service.client.request(method, where, headers=headers, **body_of(method))
            assert answer.status_code == 401, (method, where, answer.text)


def snapshot(service: Service) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything the seeded company has, but for logs and counters of calls."""
    logs = {"audit_log", "request_logs", "key_usage", "idempotency_keys", "rate_counters"}
    logs |= {"sessions", "refresh_tokens"}
    found = {}
    for table in metadata.sorted_tables:
        if "tenant_id" in table.c and table.name not in logs:
            names = ", ".join(c.name for c in table.c if c.name != "last_used_at")
            statement = f"SELECT {names} FROM {table.name} WHERE tenant_id = 'tenant-maxima'"  # noqa: S608 - our own tables
            found[table.name] = sorted(service.rows(statement), key=repr)
    return found


def test_no_company_reaches_into_another(service: Service) -> None:
    mine = seeded(service).prove()
    made = mine.ok("POST", "/api/v1/api-keys", {"name": "k", "scopes": ["admin"]})
    stranger: Person = register(service).prove()
    ids = {
        "key_id": made["key"]["id"],
        "session_id": str(service.rows("SELECT id FROM sessions WHERE staff_id = 'stf-01'")[0][0]),
    }
    before = snapshot(service)
    for method, path in operations(service):
        if "{" not in path or OPEN.search(path) or "{code}" in path:
            continue
        answer = stranger.call(method, filled(path, ids), **body_of(method))
        if answer.status_code == 200 and answer.json().get("data") == []:
            continue  # a list of what belongs to something unknown
        allowed = {400, 403, 404, 405, 409, 410, 413, 422}
        assert answer.status_code in allowed, (method, path, answer.text)
    assert snapshot(service) == before
    mine.ok("GET", "/api/v1/auth/me")


def test_owner_may_all_and_each_role_more_than_the_next() -> None:
    ladder = ["kitchen", "waiter", "cashier", "manager", "admin", "owner"]
    rights = [ROLE_PERMISSIONS[StaffRole(name)] for name in ladder]
    assert all(less < more for less, more in pairwise(rights))


def test_access_is_a_sum_of_its_parts() -> None:
    access = by_installation("till") | by_key("guests:read") | by_staff("orders:read")
    till = Caller("t", "i", "till", None, None)
    access.check(till)
    for caller in (
        Caller("t", "i", "iiko", None, None),
        Caller("t", "i", "api", None, None, scopes=frozenset({"guests:write"})),
        Caller("t", "i", "staff", None, None, permissions=frozenset({"guests:read"})),
    ):
        with pytest.raises(ProblemError, match=r"may not|needs one of|Нужно|не подходит"):
            access.check(caller)
    access.check(Caller("t", "i", "api", None, None, scopes=frozenset({"admin"})))
    with pytest.raises(ValueError, match="nonsense"):
        by_staff("nonsense")
