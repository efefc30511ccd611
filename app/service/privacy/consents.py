"""Consents of guests: each is written with its time and text, and kept."""

from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.privacy import ConsentsResponse, ConsentView, GiveConsentRequest
from app.service.audit_log.service import record
from app.service.guests.models import guests
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.privacy.models import guest_consents


def give_consent(work: Work, guest_id: str, asked: GiveConsentRequest) -> ConsentsResponse:
    """Write a guest's yes or no; a time in the future is now.

    Raises:
        ProblemError: GUEST_NOT_FOUND, also for one who was erased.
    """
    require_guest(work, guest_id, erased=False)
    caller, consent_id = work.caller, work.ids.new()
    work.connection.execute(
        sa.insert(guest_consents).values(
            id=consent_id,
            tenant_id=work.tenant_id,
            guest_id=guest_id,
            purpose=asked.purpose,
            is_granted=asked.is_granted,
            text_version=asked.text_version,
            channel=asked.channel,
            actor_kind=caller.kind,
            actor_id=caller.staff_id or caller.key_id or caller.installation_id,
            given_at=work.business_time(asked.given_at),
            created_at=work.now,
        )
    )
    details = {"purpose": asked.purpose, "isGranted": asked.is_granted}
    record(work, "guest.consent", "guest", guest_id, details)
    return list_consents(work, guest_id)


def list_consents(work: Work, guest_id: str) -> ConsentsResponse:
    """Return what a guest has agreed to, now and before.

    Raises:
        ProblemError: GUEST_NOT_FOUND.
    """
    require_guest(work, guest_id, erased=True)
    rows = work.connection.execute(
        sa.select(guest_consents)
        .where(guest_consents.c.tenant_id == work.tenant_id, guest_consents.c.guest_id == guest_id)
        .order_by(
            guest_consents.c.given_at.desc(),
            guest_consents.c.created_at.desc(),
            guest_consents.c.id.desc(),
        )
    ).all()
    current = {row.purpose: row.is_granted for row in reversed(rows)}
    return ConsentsResponse(
        guest_id=guest_id, current=current, history=tuple(_view(row) for row in rows)
    )


def require_guest(work: Work, guest_id: str, *, erased: bool) -> None:
    """Refuse a guest who is not the company's, or was erased where that matters.

    Raises:
        ProblemError: GUEST_NOT_FOUND.
    """
    row = work.connection.execute(
        sa.select(guests.c.erased_at).where(
            guests.c.tenant_id == work.tenant_id, guests.c.id == guest_id
        )
    ).first()
    if row is None or (row.erased_at is not None and not erased):
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)


def _view(row: Any) -> ConsentView:  # noqa: ANN401 - a row of the table
    return ConsentView(
        id=row.id,
        purpose=row.purpose,
        is_granted=row.is_granted,
        text_version=row.text_version,
        channel=row.channel,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        given_at=row.given_at,
        created_at=row.created_at,
    )
