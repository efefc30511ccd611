"""The audit log under `/api/v1/audit`, and by cursor under `/api/v2/audit`."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from app.contracts.company import AuditEntryView
from app.contracts.lists import CursorAnswer, ListAnswer
from app.service.audit_log.models import audit_log
from app.service.http.listing import cursor_answer, list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.lists import ListColumn, Listing, dated_column
from app.service.kit.work import Work

READ: Final = by_key_or_staff("admin", "audit:read")


def _views(_work: Work, rows: Sequence[Any]) -> Sequence[AuditEntryView]:
    return [
        AuditEntryView(
            id=row.id,
            created_at=row.created_at,
            actor_kind=row.actor_kind,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            action=row.action,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            details=row.details,
        )
        for row in rows
    ]


def _search(text: str) -> sa.ColumnElement[bool]:
    table = audit_log.c
    return sa.or_(
        table.action.icontains(text, autoescape=True),
        table.actor_name.icontains(text, autoescape=True),
        table.subject_id == text,
        table.actor_id == text,
    )


AUDIT: Final = Listing(
    name="audit",
    model=AuditEntryView,
    statement=sa.select(audit_log),
    tenant=audit_log.c.tenant_id,
    identity=audit_log.c.id,
    columns=(
        dated_column("createdAt", audit_log.c.created_at, walks=True),
        ListColumn(name="action", column=audit_log.c.action, sorts=True, filters=True),
        ListColumn(name="actorKind", column=audit_log.c.actor_kind, filters=True),
        ListColumn(name="actorId", column=audit_log.c.actor_id, filters=True),
        ListColumn(name="subjectType", column=audit_log.c.subject_type, filters=True),
        ListColumn(name="subjectId", column=audit_log.c.subject_id, filters=True),
    ),
    views=_views,
    sort="createdAt",
    search=_search,
    counted=audit_log,
)


def audit_router(runtime: Runtime) -> APIRouter:
    """Return the routes of the audit log, bound to a running service."""
    router = APIRouter(tags=["audit"])

    @router.get(
        "/api/v1/audit",
        responses={200: {"model": ListAnswer[AuditEntryView]}},
        openapi_extra=list_description(AUDIT),
    )
    async def list_audit(request: Request) -> Response:
        """List who did what; `search` takes part of an action or a name, or an id."""
        return await list_answer(runtime, request, READ, AUDIT)

    @router.get(
        "/api/v2/audit",
        responses={200: {"model": CursorAnswer[AuditEntryView]}},
        openapi_extra=list_description(AUDIT, by_cursor=True),
    )
    async def walk_audit(request: Request) -> Response:
        """Walk through the whole audit log by cursor."""
        return await cursor_answer(runtime, request, READ, AUDIT)

    return router
