"""Recording shifts and money put in the drawer or taken out."""

import sqlalchemy as sa

from app.contracts import sync
from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.orders.models import cash_movements, shifts
from app.service.orders.registrations import NO_ID


def open_shift(work: Work, payload: sync.ShiftOpenPayload) -> sync.SyncResult:
    """Write an opened shift; told again, it stays as it was."""
    owner = work.connection.execute(
        sa.select(shifts.c.tenant_id).where(shifts.c.id == payload.shift_id)
    ).scalar()
    if owner is not None and owner != work.tenant_id:
        raise ProblemError(ErrorCode.SHIFT_NOT_FOUND)
    if owner is None:
        work.connection.execute(
            sa.insert(shifts).values(
                id=payload.shift_id,
                tenant_id=work.tenant_id,
                installation_id=work.caller.installation_id,
                number=payload.number,
                opened_by=payload.cashier_id,
                opening_cash_minor=payload.opening_cash,
                opened_at=work.business_time(payload.occurred_at),
            )
        )
    return _done(payload.shift_id, again=owner is not None)


def close_shift(work: Work, payload: sync.ShiftClosePayload) -> sync.SyncResult:
    """Write a shift's end with what the till has counted.

    Raises:
        ProblemError: SHIFT_NOT_FOUND; SHIFT_CLOSED when it ended with other sums.
    """
    row = work.connection.execute(
        sa.select(shifts.c.closed_at, shifts.c.totals)
        .where(shifts.c.id == payload.shift_id, shifts.c.tenant_id == work.tenant_id)
        .with_for_update()
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.SHIFT_NOT_FOUND)
    totals = {
        "salesCount": payload.sales_count,
        "salesTotalMinor": payload.sales_total,
        "refundsCount": payload.refunds_count,
        "refundsTotalMinor": payload.refunds_total,
    }
    if row.closed_at is not None:
        if row.totals != totals:
            raise ProblemError(ErrorCode.SHIFT_CLOSED)
        return _done(payload.shift_id, again=True)
    work.connection.execute(
        sa.update(shifts)
        .where(shifts.c.id == payload.shift_id)
        .values(
            closed_by=payload.cashier_id,
            closed_at=work.business_time(payload.occurred_at),
            counted_cash_minor=payload.counted_cash,
            expected_cash_minor=payload.expected_cash,
            totals=totals,
        )
    )
    return _done(payload.shift_id, again=False)


def move_cash(work: Work, payload: sync.CashMovementPayload) -> sync.SyncResult:
    """Write a cash movement once."""
    table = cash_movements.c
    known = work.connection.execute(
        sa.select(table.tenant_id, table.shift_id, table.kind, table.amount_minor).where(
            table.id == payload.movement_id
        )
    ).first()
    told = (work.tenant_id, payload.shift_id, payload.kind.value, payload.amount)
    if known is not None:
        if tuple(known) != told:
            raise ProblemError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        return _done(payload.movement_id, again=True)
    work.connection.execute(
        sa.insert(cash_movements).values(
            id=payload.movement_id,
            tenant_id=work.tenant_id,
            installation_id=work.caller.installation_id,
            shift_id=payload.shift_id,
            cashier_id=payload.cashier_id,
            kind=payload.kind.value,
            amount_minor=payload.amount,
            reason=payload.reason,
            occurred_at=work.business_time(payload.occurred_at),
            created_at=work.now,
        )
    )
    return _done(payload.movement_id, again=False)


def _done(server_id: str, *, again: bool) -> sync.SyncResult:
    return sync.SyncResult(
        operation_id=NO_ID,
        status=sync.SyncStatus.SUCCESS,
        server_id=server_id,
        already_processed=again,
    )
