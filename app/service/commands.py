"""The service's commands as plain functions; the command line calls them and prints what they return.

Without a URL they work on the database that MAXLOYALTY_DATABASE_URL names, or on the embedded one of the
user's data folder.
"""

import os
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from app.kernel.clock import Clock, SystemClock
from app.kernel.ids import Ids, SystemIds
from app.service.audit_log.service import system_caller
from app.service.db.address import checked_url, open_to_read
from app.service.db.database import open_database
from app.service.db.migrate import migrate_database
from app.service.kit.work import Work, whole_millis
from app.service.ledger.audit_checks import prove
from app.service.operation.environment import DATABASE_VARIABLE
from app.service.seed import load_cafe, seed_cafe
from app.service.settings import embedded_url
from app.service.tenants.subscriptions import cancel_plan, get_subscription, set_plan


def database_address(url: str | None) -> str:
    """Return the database that a command works on, checked.

    Raises:
        InputError: The URL cannot be used.
    """
    url = url or os.environ.get(DATABASE_VARIABLE)
    return checked_url(url) if url else embedded_url()


def migrate(url: str | None = None) -> dict[str, Any]:
    """Bring a database up to date; return the revision it has now."""
    return {"revision": migrate_database(database_address(url))}


def seed(
    url: str | None = None,
    *,
    sandbox: bool = False,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> dict[str, Any]:
    """Bring a database up to date, put the demo café in it, and return keys, sign-ins and guests.

    Repeatable: what is there stays, and fresh keys are issued beside the old ones.
    """
    address = database_address(url)
    clock = clock or SystemClock()
    ids = ids or SystemIds(clock)
    migrate_database(address)
    database = open_database(address)
    cafe, now = load_cafe(), whole_millis(clock.now())
    try:
        return database.write(
            lambda connection: seed_cafe(
                connection, cafe, now, ids, sandbox=sandbox, with_passwords=sandbox
            )
        ).result()
    finally:
        database.close()


def plan(
    url: str | None,
    tenant_id: str,
    *,
    name: str | None = None,
    ends_at: datetime | None = None,
    cancels: bool = False,
    clock: Clock | None = None,
) -> dict[str, Any]:
    """Read, set or cancel the plan of a company; return how it stands.

    Args:
        url: The database.
        tenant_id: The company.
        name: standard, pro or ultimate; left out, nothing is set.
        ends_at: Until when it is paid for; left out, it has no end.
        cancels: Say that the plan will not go on after its end.
        clock: The machine's if left out.

    Raises:
        InputError: There is no such company or plan, or what is asked makes no sense.
        FinalError: There is no database, or it is not up to date.
    """
    address, clock = database_address(url), clock or SystemClock()
    with open_to_read(address):
        pass
    database, now = open_database(address), whole_millis(clock.now())

    def act(connection: Connection) -> dict[str, Any]:
        work = Work(connection, now, SystemIds(clock), system_caller(tenant_id))
        if cancels:
            return cancel_plan(work).to_wire()
        if name is not None:
            return set_plan(work, name, ends_at).to_wire()
        return get_subscription(work, tenant_id).to_wire()

    try:
        return database.write(act).result()
    finally:
        database.close()


def audit(url: str | None = None) -> dict[str, Any]:
    """Prove the ledger's invariants over the whole database; return what breaks them.

    Raises:
        InputError: The URL cannot be used.
        FinalError: There is no database, or it is not up to date.
    """
    with open_to_read(database_address(url)) as connection:
        proof = prove(connection)
    result = proof.all
    return {
        "ok": result.is_clean,
        "cards": result.cards,
        "entries": result.entries,
        "checks": {
            name: {"cards": one.cards, "entries": one.entries, "brokenCount": one.broken_count}
            for name, one in proof.by_check.items()
        },
        "brokenCount": result.broken_count,
        "broken": [
            {
                "cardId": broken.card_id,
                "tenantId": broken.tenant_id,
                "code": broken.code,
                "detail": broken.detail,
            }
            for broken in result.broken
        ],
    }
