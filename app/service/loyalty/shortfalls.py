"""Points that could not be taken because they were gone: recorded and listed for an administrator."""

import sqlalchemy as sa

from app.service.kit.work import Work
from app.service.loyalty.models import shortfalls


def record_shortfall(
    work: Work,
    card_id: str,
    order_id: str,
    kind: str,
    amount_minor: int,
    refund_id: str | None = None,
) -> None:
    """Write down what is missing; `kind` is REDEEM or REFUND."""
    work.connection.execute(
        sa.insert(shortfalls).values(
            id=work.ids.new(),
            tenant_id=work.tenant_id,
            card_id=card_id,
            order_id=order_id,
            refund_id=refund_id,
            kind=kind,
            amount_minor=amount_minor,
            created_at=work.now,
        )
    )
