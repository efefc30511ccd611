"""Points that could not be taken because they were gone: recorded, listed and settled by people."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.adjustments import SettleShortfallRequest, ShortfallKind, ShortfallView
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.db.prepared import Prepared
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, dated_column
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.models import cards, shortfalls

Row = sa.Row[*tuple[Any, ...]]
_S: Final = shortfalls.c
_STATEMENT: Final = sa.select(*shortfalls.c, cards.c.guest_id).join(cards, cards.c.id == _S.card_id)
_WRITE: Final = Prepared(
    sa.insert(shortfalls),
    (
        "id",
        "tenant_id",
        "card_id",
        "order_id",
        "refund_id",
        "kind",
        "amount_minor",
        "created_at",
    ),
)


def record_shortfall(
    work: Work,
    card_id: str,
    order_id: str,
    kind: str,
    amount_minor: int,
    refund_id: str | None = None,
) -> None:
    """Write down what is missing; `kind` is REDEEM or REFUND."""
    _WRITE.run(
        work.connection,
        {
            "id": work.ids.new(),
            "tenant_id": work.tenant_id,
            "card_id": card_id,
            "order_id": order_id,
            "refund_id": refund_id,
            "kind": kind,
            "amount_minor": amount_minor,
            "created_at": work.now,
        },
    )


def settle_shortfall(
    work: Work, shortfall_id: str, request: SettleShortfallRequest
) -> ShortfallView:
    """Note what was done about a shortfall; the first note stays.

    Raises:
        ProblemError: NOT_FOUND.
    """
    changed = work.connection.execute(
        sa.update(shortfalls)
        .where(_S.id == shortfall_id, _S.tenant_id == work.tenant_id, _S.settled_at.is_(None))
        .values(settled_at=work.now, settled_note=request.note)
    ).rowcount
    if changed:
        record(work, "shortfall.settled", "shortfall", shortfall_id, {"note": request.note})
    row = work.connection.execute(
        _STATEMENT.where(_S.id == shortfall_id, _S.tenant_id == work.tenant_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.NOT_FOUND)
    return _view(row).model_copy(update={"already_processed": not changed})


def _views(_work: Work, rows: Sequence[Row]) -> list[ShortfallView]:
    return [_view(row) for row in rows]


def _view(row: Row) -> ShortfallView:
    return ShortfallView(
        id=row.id,
        kind=ShortfallKind(row.kind),
        guest_id=row.guest_id,
        guest_card_id=row.card_id,
        order_id=row.order_id,
        refund_id=row.refund_id,
        points=row.amount_minor,
        created_at=row.created_at,
        is_settled=row.settled_at is not None,
        settled_at=row.settled_at,
        note=row.settled_note,
    )


def _is_settled(text: str) -> sa.ColumnElement[bool]:
    return _S.settled_at.is_not(None) if text == "true" else _S.settled_at.is_(None)


SHORTFALLS: Final = Listing(
    name="shortfalls",
    model=ShortfallView,
    statement=_STATEMENT,
    tenant=_S.tenant_id,
    identity=_S.id,
    counted=shortfalls,
    sort="createdAt",
    views=_views,
    columns=(
        dated_column("createdAt", _S.created_at, walks=True),
        ListColumn(name="points", column=_S.amount_minor, kind=Kind.AMOUNT, sorts=True),
        ListColumn(name="guestCardId", column=_S.card_id, filters=True),
        ListColumn(name="orderId", column=_S.order_id, filters=True),
        ListColumn(
            name="kind",
            column=_S.kind,
            filters=True,
            choices=tuple(kind.value for kind in ShortfallKind),
        ),
        ListColumn(name="isSettled", column=_S.settled_at, filters=True, matches=_is_settled),
    ),
)
