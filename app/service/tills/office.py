"""The office of a company: the installation in whose name people write through the service."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.tills.models import installations


def office_id(tenant_id: str) -> str:
    """Return the id of a company's office; migration 0006 makes the same."""
    return f"office-{tenant_id}"


def write_office(connection: Connection, tenant_id: str, now: datetime) -> None:
    """Write the office of a new company."""
    connection.execute(
        sa.insert(installations).values(
            id=office_id(tenant_id),
            tenant_id=tenant_id,
            kind="api",
            name="office",
            created_at=now,
        )
    )
