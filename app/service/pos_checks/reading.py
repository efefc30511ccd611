"""The list of reported checks, for administrators who look for one that failed."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts import pos_checks as wire
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, dated_column
from app.service.kit.work import Work
from app.service.pos_checks.models import pos_checks

Row = sa.Row[*tuple[Any, ...]]


def _views(_work: Work, rows: Sequence[Row]) -> tuple[wire.PosCheckView, ...]:
    return tuple(
        wire.PosCheckView(
            id=row.id,
            integration_id=row.integration_id,
            pos_check_id=row.pos_check_id,
            type=wire.PosTransactionType(row.type),
            status=wire.PosCheckStatus(row.status),
            check_amount=row.check_minor,
            guest_card_id=row.card_id,
            error_code=row.error_code,
            attempts=row.attempts,
            received_at=row.received_at,
            updated_at=row.updated_at,
        )
        for row in rows
    )


POS_CHECKS: Final = Listing(
    name="pos-checks",
    model=wire.PosCheckView,
    statement=sa.select(pos_checks),
    tenant=pos_checks.c.tenant_id,
    identity=pos_checks.c.id,
    columns=(
        dated_column("receivedAt", pos_checks.c.received_at),
        ListColumn(
            name="checkAmount",
            column=pos_checks.c.check_minor,
            kind=Kind.AMOUNT,
            sorts=True,
            least="minAmount",
            most="maxAmount",
        ),
        ListColumn(name="integrationId", column=pos_checks.c.integration_id, filters=True),
        ListColumn(name="posCheckId", column=pos_checks.c.pos_check_id, filters=True),
        ListColumn(name="guestCardId", column=pos_checks.c.card_id, filters=True),
        ListColumn(name="errorCode", column=pos_checks.c.error_code, filters=True),
        ListColumn(
            name="type",
            column=pos_checks.c.type,
            filters=True,
            choices=tuple(kind.value for kind in wire.PosTransactionType),
        ),
        ListColumn(
            name="status",
            column=pos_checks.c.status,
            filters=True,
            choices=tuple(status.value for status in wire.PosCheckStatus),
        ),
    ),
    views=_views,
    sort="receivedAt",
    counted=pos_checks,
)
"""The reported checks of a company, newest first."""
