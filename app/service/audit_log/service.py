"""Writing to the audit log. Secrets, passwords and codes never go into the details."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.service.audit_log.models import audit_log
from app.service.kit.work import Caller, Work
from app.service.staff.models import staff

SYSTEM = "system"


def record(
    work: Work,
    action: str,
    subject_type: str,
    subject_id: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what the caller did; part of the act's transaction.

    Args:
        work: The transaction; its caller is the one who acts.
        action: A name like `api_key.created`: subject, dot, past tense.
        subject_type: What it was done to: `api_key`, `staff`, `guest`.
        subject_id: Which one.
        details: JSON-ready; never a secret.
    """
    caller = work.caller
    work.connection.execute(
        sa.insert(audit_log).values(
            id=work.ids.new(),
            tenant_id=work.tenant_id,
            created_at=work.now,
            actor_kind=caller.kind,
            actor_id=_actor_id(caller),
            actor_name=_actor_name(work),
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            details=dict(details or {}),
        )
    )


def system_caller(tenant_id: str) -> Caller:
    """Return the caller of what the service does by itself."""
    return Caller(tenant_id, "", SYSTEM, None, None)


def _actor_id(caller: Caller) -> str:
    return caller.staff_id or caller.key_id or caller.installation_id


def _actor_name(work: Work) -> str:
    if work.caller.staff_id is None:
        return ""
    name = work.connection.execute(
        sa.select(staff.c.name).where(
            staff.c.tenant_id == work.tenant_id, staff.c.id == work.caller.staff_id
        )
    ).scalar()
    return name or ""
