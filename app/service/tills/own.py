"""The service that a till starts for itself: its database is filled and its one key is fresh.

Nothing secret is stored on the machine: each start draws a new key for the till, hands it over by
the pipe to the process that asked, and ends the keys of earlier starts.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.db.database import open_database
from app.service.db.migrate import migrate_database
from app.service.kit.work import whole_millis
from app.service.seed import load_cafe, seed_cafe
from app.service.tenants.models import tenants
from app.service.tills.keys import hash_key, make_key
from app.service.tills.models import api_keys, installations


def prepare_own(url: str, clock: Clock, ids: Ids, secret: str = "") -> dict[str, str]:
    """Bring a till's own database up to date and return the till's key for this start.

    An empty database gets the demo cafe.

    Args:
        url: The database.
        clock: The time.
        ids: Draws the key.
        secret: The key of the service's earlier run under the same till, to go on with it.

    Returns:
        `apiKey`, `installationId` and `restaurantId` of the first till.
    """
    migrate_database(url)
    database = open_database(url)
    try:
        return database.write(lambda connection: _prepare(connection, clock, ids, secret)).result()
    finally:
        database.close()


def _prepare(connection: Connection, clock: Clock, ids: Ids, secret: str) -> dict[str, str]:
    now = whole_millis(clock.now())
    if connection.execute(sa.select(tenants.c.id)).first() is None:
        seed_cafe(connection, load_cafe(), now, ids, sandbox=False)
    till = connection.execute(
        sa.select(installations.c.id, installations.c.tenant_id, installations.c.location_id)
        .where(installations.c.kind == "till")
        .order_by(installations.c.id)
    ).first()
    assert till is not None, "a database with a tenant has a till"
    answer = {"installationId": till.id, "restaurantId": till.location_id or ""}
    if secret and _is_valid(connection, till.id, secret):
        return {"apiKey": secret, **answer}
    connection.execute(
        sa.update(api_keys)
        .where(api_keys.c.installation_id == till.id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    key = make_key(ids, "till")
    connection.execute(
        sa.insert(api_keys).values(
            id=ids.new(),
            tenant_id=till.tenant_id,
            installation_id=till.id,
            key_hash=key.key_hash,
            key_hint=key.hint,
            created_at=now,
        )
    )
    return {"apiKey": key.secret, **answer}


def _is_valid(connection: Connection, installation_id: str, secret: str) -> bool:
    found = connection.execute(
        sa.select(api_keys.c.id).where(
            api_keys.c.installation_id == installation_id,
            api_keys.c.key_hash == hash_key(secret),
            api_keys.c.revoked_at.is_(None),
        )
    )
    return found.first() is not None
