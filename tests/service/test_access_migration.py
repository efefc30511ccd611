"""Revision 0006: keys that were there keep every right they had, companies get their office."""

import json

import sqlalchemy as sa
from alembic import command

from app.service.db.engine import make_engine
from app.service.db.migrate import _config, migrate_database

BEFORE = (
    (
        "INSERT INTO tenants (id, name, currency, qr_secret, qr_private_key, created_at) "
        "VALUES ('t1', 'Old', 'RUB', 's', 'k', 1)"
    ),
    (
        "INSERT INTO installations (id, tenant_id, kind, name, created_at) "
        "VALUES ('i-api', 't1', 'api', 'api', 1), ('i-till', 't1', 'till', 'till', 1)"
    ),
    (
        "INSERT INTO api_keys (id, tenant_id, installation_id, key_hash, key_hint, created_at) "
        "VALUES ('k-api', 't1', 'i-api', 'h1', 'x', 1), ('k-till', 't1', 'i-till', 'h2', 'x', 1)"
    ),
)


def test_old_keys_keep_their_rights(empty_url: str) -> None:
    engine = make_engine(empty_url, writes=True)
    with engine.connect() as connection, connection.begin():
        command.upgrade(_config(connection), "0004")
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
    engine.dispose()
    migrate_database(empty_url)
    engine = make_engine(empty_url, writes=False)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, scopes FROM api_keys"))
        scopes = {row.id: row.scopes for row in rows}
        office = connection.execute(
            sa.text("SELECT tenant_id, kind FROM installations WHERE id = 'office-t1'")
        ).one()
        tenant = connection.execute(sa.text("SELECT plan, is_sandbox FROM tenants")).one()
    engine.dispose()
    given = scopes["k-api"]
    assert (json.loads(given) if isinstance(given, str) else given) == ["admin"]
    assert scopes["k-till"] is None
    assert tuple(office) == ("t1", "api")
    assert (tenant.plan, bool(tenant.is_sandbox)) == ("standard", False)
