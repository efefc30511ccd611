"""What an administrator does to promotions: write, change, switch on and off, put away.

Each change writes a version, so that a sale which comes late is judged by what held at its time, and
raises the number by which tills see that they must fetch promotions anew.
"""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode, FieldProblem
from app.contracts.promotions import (
    CreatePromotionRequest,
    PromotionBody,
    PromotionState,
    PromotionView,
    UpdatePromotionRequest,
)
from app.service.audit_log.service import record
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.promotions.counting import recount, used_counts
from app.service.promotions.models import promotion_versions, promotions
from app.service.promotions.repository import ON, Row, find_promotion
from app.service.tenants.repository import get_rules
from app.service.tills.versions import raise_version

SUBJECT: Final = "promotions"
_S = PromotionState


def create_promotion(work: Work, request: CreatePromotionRequest) -> PromotionView:
    """Write a promotion down; it is a draft unless it is to be active.

    Raises:
        ProblemError: VALIDATION_ERROR.
    """
    body = _body_of(request)
    _check(work, body)
    state = _S.DRAFT
    if request.active:
        _require_future_end(body, work.now)
        state = _on_state(body, work.now)
    promotion_id = work.ids.new()
    insert_promotion(work, promotion_id, body, state)
    record(work, "promotion.created", "promotion", promotion_id, {"name": body.name})
    if state is _S.ACTIVE:
        tell_activated(work, promotion_id, body.name)
    return get_promotion(work, promotion_id)


def insert_promotion(
    work: Work, promotion_id: str, body: PromotionBody, state: PromotionState
) -> None:
    """Write a new promotion with its first version."""
    values = _columns(work, body, state)
    work.connection.execute(
        sa.insert(promotions).values(
            id=promotion_id,
            tenant_id=work.tenant_id,
            used_count=0,
            created_at=work.now,
            **values,
        )
    )
    _write_version(work, promotion_id, values)


def update_promotion(
    work: Work, promotion_id: str, request: UpdatePromotionRequest
) -> PromotionView:
    """Write a promotion anew; one that was over and gets a later end is paused.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND, PROMOTION_STATE or VALIDATION_ERROR.
    """
    row = lock_promotion(work, promotion_id)
    body = _body_of(request)
    _check(work, body)
    state = _S(row.state)
    if state in {_S.ACTIVE, _S.SCHEDULED}:
        _require_future_end(body, work.now)
        state = _on_state(body, work.now)
    elif state is _S.EXPIRED and (body.ends_at is None or body.ends_at > work.now):
        state = _S.PAUSED
    _change(work, row, body, state)
    recount(work, promotion_id, body)
    record(work, "promotion.updated", "promotion", promotion_id, {"name": body.name})
    return get_promotion(work, promotion_id)


def activate_promotion(work: Work, promotion_id: str) -> PromotionView:
    """Switch a promotion on; before its beginning it waits by itself.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND, or PROMOTION_STATE when it is over.
    """
    row = lock_promotion(work, promotion_id)
    if row.state in ON:
        return get_promotion(work, promotion_id)
    if row.state == _S.EXPIRED.value:
        raise ProblemError(
            ErrorCode.PROMOTION_STATE,
            "The promotion is over; give it a later end first",
            "Акция закончилась, сначала продлите её",
        )
    body = PromotionBody.from_wire(row.body)
    _require_future_end(body, work.now)
    _change(work, row, body, _on_state(body, work.now))
    record(work, "promotion.activated", "promotion", promotion_id)
    return get_promotion(work, promotion_id)


def pause_promotion(work: Work, promotion_id: str) -> PromotionView:
    """Switch a promotion off for a while; what orders hold of it stays theirs.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND, or PROMOTION_STATE when it is over.
    """
    row = lock_promotion(work, promotion_id)
    if row.state == _S.EXPIRED.value:
        raise ProblemError(ErrorCode.PROMOTION_STATE)
    if row.state in ON:
        _change(work, row, PromotionBody.from_wire(row.body), _S.PAUSED)
        record(work, "promotion.paused", "promotion", promotion_id)
    return get_promotion(work, promotion_id)


def archive_promotion(work: Work, promotion_id: str) -> PromotionView:
    """Put a promotion away for good; its uses stay on record.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND.
    """
    row = lock_promotion(work, promotion_id, archived=True)
    if row.state != _S.ARCHIVED.value:
        _change(work, row, PromotionBody.from_wire(row.body), _S.ARCHIVED)
        record(work, "promotion.archived", "promotion", promotion_id)
    return get_promotion(work, promotion_id)


def get_promotion(work: Work, promotion_id: str) -> PromotionView:
    """Return a promotion.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND.
    """
    row = find_promotion(work, promotion_id)
    if row is None:
        raise ProblemError(ErrorCode.PROMOTION_NOT_FOUND)
    return promotion_view(row, used_counts(work, [promotion_id]).get(promotion_id, 0))


def promotion_view(row: Row, used_count: int) -> PromotionView:
    """Return the wire form of a promotion's row."""
    body = PromotionBody.from_wire(row.body)
    return PromotionView(
        **{name: getattr(body, name) for name in PromotionBody.model_fields},
        id=row.id,
        state=_S(row.state),
        version=row.version_id,
        used_count=used_count,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def lock_promotion(work: Work, promotion_id: str, *, archived: bool = False) -> Row:
    """Load a promotion and lock its row.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND, or PROMOTION_STATE for one that is put away.
    """
    row = work.connection.execute(
        sa.select(promotions)
        .where(promotions.c.id == promotion_id, promotions.c.tenant_id == work.tenant_id)
        .with_for_update()
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.PROMOTION_NOT_FOUND)
    if row.state == _S.ARCHIVED.value and not archived:
        raise ProblemError(ErrorCode.PROMOTION_STATE)
    return row


def tell_activated(work: Work, promotion_id: str, name: str) -> None:
    """Write the event that a promotion began."""
    write_events(work, [Event("promo.activated", {"promotionId": promotion_id, "name": name})])


def tell_expired(work: Work, promotion_id: str, name: str) -> None:
    """Write the event that a promotion is over."""
    write_events(work, [Event("promo.expired", {"promotionId": promotion_id, "name": name})])


def _change(work: Work, row: Row, body: PromotionBody, state: PromotionState) -> None:
    values = _columns(work, body, state)
    work.connection.execute(sa.update(promotions).where(promotions.c.id == row.id).values(**values))
    _write_version(work, row.id, values)
    if state is _S.ACTIVE and row.state != _S.ACTIVE.value:
        tell_activated(work, row.id, body.name)


def _columns(work: Work, body: PromotionBody, state: PromotionState) -> dict[str, Any]:
    return {
        "name": body.name,
        "state": state.value,
        "body": body.to_wire_json(),
        "version_id": work.ids.new(),
        "priority": body.priority,
        "needs_code": body.needs_code,
        "starts_at": body.starts_at,
        "ends_at": body.ends_at,
        "max_uses": body.max_uses,
        "changed_at": work.now,
    }


def _write_version(work: Work, promotion_id: str, values: dict[str, Any]) -> None:
    work.connection.execute(
        sa.insert(promotion_versions).values(
            id=values["version_id"],
            tenant_id=work.tenant_id,
            promotion_id=promotion_id,
            valid_from=work.now,
            is_on=values["state"] in ON,
            body=values["body"],
        )
    )
    raise_version(work.connection, work.tenant_id, SUBJECT)


def _body_of(request: PromotionBody) -> PromotionBody:
    return PromotionBody(**{name: getattr(request, name) for name in PromotionBody.model_fields})


def _on_state(body: PromotionBody, now: datetime) -> PromotionState:
    return _S.SCHEDULED if body.starts_at is not None and body.starts_at > now else _S.ACTIVE


def _require_future_end(body: PromotionBody, now: datetime) -> None:
    if body.ends_at is not None and body.ends_at <= now:
        raise _invalid("/endsAt", "past", "is in the past")


def _check(work: Work, body: PromotionBody) -> None:
    """Refuse what the rules of points do not know."""
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    known = {level.level_id for level in rules.levels}
    unknown = [level_id for level_id in body.conditions.level_ids if level_id not in known]
    if unknown:
        names = ", ".join(sorted(known))
        raise _invalid("/conditions/levelIds", "unknown", f"must be among {names}")


def _invalid(pointer: str, code: str, detail: str) -> ProblemError:
    field = FieldProblem(pointer=pointer, code=code, detail=detail)
    return ProblemError(ErrorCode.VALIDATION_ERROR, f"{pointer}: {detail}", errors=(field,))
