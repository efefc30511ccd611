"""The caller's own company: reading and changing it. Another company's path is refused (A7)."""

from typing import Any

import sqlalchemy as sa

from app.contracts.company import ChangeTenantRequest, Retention, TenantsResponse, TenantView
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.tenants.models import tenants
from app.service.tills.versions import raise_version


def require_own(work: Work, tenant_id: str) -> None:
    """Refuse the path of another company, whether there is one or not.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS.
    """
    if tenant_id != work.tenant_id:
        raise ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            "This is not your company",
            "Это не ваша компания",
        )


def list_tenants(work: Work) -> TenantsResponse:
    """Return the one company of the caller."""
    return TenantsResponse(tenants=(get_tenant(work, work.tenant_id),))


def get_tenant(work: Work, tenant_id: str) -> TenantView:
    """Return the caller's company.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS for any other.
    """
    require_own(work, tenant_id)
    row = work.connection.execute(sa.select(tenants).where(tenants.c.id == tenant_id)).one()
    return _view(row)


def change_tenant(work: Work, tenant_id: str, asked: ChangeTenantRequest) -> TenantView:
    """Change what is named.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS for another company.
    """
    require_own(work, tenant_id)
    values: dict[str, Any] = {}
    if asked.name is not None:
        values["name"] = asked.name
        raise_version(work.connection, work.tenant_id, "config")
    if asked.retention is not None:
        values["retention"] = asked.retention.to_wire()
    if values:
        work.connection.execute(
            sa.update(tenants).where(tenants.c.id == tenant_id).values(**values)
        )
        record(work, "tenant.changed", "tenant", tenant_id, values)
    return get_tenant(work, tenant_id)


def _view(row: Any) -> TenantView:  # noqa: ANN401 - a row of the table
    return TenantView(
        id=row.id,
        name=row.name,
        currency=row.currency,
        plan=row.plan,
        is_sandbox=row.is_sandbox,
        sandbox_of=row.sandbox_of,
        has_telegram_bot=row.telegram_secret is not None,
        retention=Retention.from_wire(row.retention or {}),
        created_at=row.created_at,
    )
