"""Versions of what tills read: a number that each change of menu or configuration raises."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.tills.models import config_versions


def get_version(connection: Connection, tenant_id: str, subject: str) -> str:
    """Return the version of "menu" or "config"."""
    number = connection.execute(
        sa.select(config_versions.c.version).where(
            config_versions.c.tenant_id == tenant_id, config_versions.c.subject == subject
        )
    ).scalar()
    return str(number or 0)


def raise_version(connection: Connection, tenant_id: str, subject: str) -> None:
    """Say that something that tills read has changed; part of the change's transaction."""
    where = (config_versions.c.tenant_id == tenant_id, config_versions.c.subject == subject)
    raised = connection.execute(
        sa.update(config_versions).where(*where).values(version=config_versions.c.version + 1)
    )
    if raised.rowcount == 0:
        connection.execute(
            sa.insert(config_versions).values(tenant_id=tenant_id, subject=subject, version=1)
        )
