"""Closed checks and movements of points, as the company's programs read them."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.transactions import CheckAction, MovementType, MovementView, TransactionView
from app.service.kit.list_values import Kind
from app.service.kit.lists import Condition, ListColumn, Listing, Row, dated_column
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.models import ledger_entries
from app.service.loyalty.models import cards, loyalty_orders

_O, _E = loyalty_orders.c, ledger_entries.c

_CHECKS = sa.select(loyalty_orders, cards.c.guest_id).join(cards, cards.c.id == _O.card_id)
_MOVEMENTS = sa.select(ledger_entries, cards.c.guest_id).join(cards, cards.c.id == _E.card_id)


def get_transaction(work: Work, transaction_id: str) -> TransactionView:
    """Return a closed check.

    Raises:
        ProblemError: TRANSACTION_NOT_FOUND.
    """
    row = work.connection.execute(
        _CHECKS.where(_O.tenant_id == work.tenant_id, _O.id == transaction_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.TRANSACTION_NOT_FOUND)
    return _check(row)


def get_movement(work: Work, entry_id: str) -> MovementView:
    """Return an entry of the ledger.

    Raises:
        ProblemError: TRANSACTION_NOT_FOUND.
    """
    row = work.connection.execute(
        _MOVEMENTS.where(_E.tenant_id == work.tenant_id, _E.id == entry_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.TRANSACTION_NOT_FOUND)
    return _movement(row)


def _checks(_work: Work, rows: Sequence[Row]) -> list[TransactionView]:
    return [_check(row) for row in rows]


def _check(row: Row) -> TransactionView:
    return TransactionView(
        id=row.id,
        order_id=row.order_id,
        installation_id=row.installation_id,
        guest_id=row.guest_id,
        guest_card_id=row.card_id,
        action=CheckAction(row.action),
        check_amount=row.check_minor,
        paid_amount=row.paid_minor,
        points_spent=row.spent_regular_minor + row.spent_promo_minor,
        points_earned=row.earned_minor + row.earned_promo_minor,
        discount_percent=row.discount_bp,
        discount_amount=row.discount_minor,
        shortfall=row.shortfall_minor,
        refunded_amount=row.refunded_minor,
        level_id=row.level_id,
        rules_id=row.rules_id,
        reservation_id=row.reservation_id,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
    )


def _movements(_work: Work, rows: Sequence[Row]) -> list[MovementView]:
    return [_movement(row) for row in rows]


def _movement(row: Row) -> MovementView:
    return MovementView(
        id=row.id,
        type=MovementType(row.kind),
        guest_id=row.guest_id,
        guest_card_id=row.card_id,
        number=row.card_seq,
        points=row.regular_delta_minor + row.promo_delta_minor,
        regular_points=row.regular_delta_minor,
        promo_points=row.promo_delta_minor,
        balance_before=row.balance_before_minor,
        balance_after=row.balance_after_minor,
        order_id=row.order_id,
        refund_id=row.refund_id,
        reverses_id=row.reverses_id,
        installation_id=row.installation_id,
        cashier_id=row.cashier_id,
        rules_id=row.rules_id,
        level_id=row.level_id,
        reason=row.reason,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
    )


def _card_of_guest(column: sa.Column[str], guest_id: str) -> sa.ColumnElement[bool]:
    # By the guest's own cards, so that the rows are found by the card's index; also by those that
    # were merged into his: entries stay where they were booked.
    own = cards.alias("own")
    merged = sa.select(cards.c.id).join(own, own.c.id == cards.c.merged_into_id)
    his = sa.select(cards.c.id).where(cards.c.guest_id == guest_id)
    return column.in_(his.union_all(merged.where(own.c.guest_id == guest_id)))


def _entries_of_order(order_id: str) -> Condition:
    # Entries have no index of orders: it would cost every sale. The checks have one, by tenant.
    def of_tenant(tenant_id: str) -> sa.ColumnElement[bool]:
        checks = (_O.tenant_id == tenant_id, _O.order_id == order_id)
        touched = sa.select(_O.card_id).where(*checks)
        return sa.and_(_E.card_id.in_(touched), _E.order_id == order_id)

    return of_tenant


def _when(occurred: sa.Column[object], created: sa.Column[object]) -> tuple[ListColumn, ...]:
    return (
        dated_column("createdAt", created, walks=True),
        ListColumn(
            name="occurredAt", column=occurred, kind=Kind.MOMENT, sorts=True,
            least="occurredFrom", most="occurredTo",
        ),
    )  # fmt: skip


TRANSACTIONS: Final = Listing(
    name="transactions",
    model=TransactionView,
    statement=_CHECKS,
    tenant=_O.tenant_id,
    identity=_O.id,
    counted=loyalty_orders,
    sort="createdAt",
    views=_checks,
    columns=(
        *_when(_O.occurred_at, _O.created_at),
        ListColumn(name="orderId", column=_O.order_id, filters=True, picks=True),
        ListColumn(name="guestCardId", column=_O.card_id, filters=True, picks_alone=True),
        ListColumn(
            name="guestId", column=cards.c.guest_id, filters=True, picks_alone=True,
            matches=lambda text: _card_of_guest(_O.card_id, text),
        ),
        ListColumn(name="installationId", column=_O.installation_id, filters=True),
        ListColumn(
            name="action", column=_O.action, filters=True, choices=tuple(a.value for a in CheckAction)
        ),
        ListColumn(
            name="checkAmount", column=_O.check_minor, kind=Kind.AMOUNT, sorts=True,
            least="minAmount", most="maxAmount",
        ),
    ),
)  # fmt: skip

MOVEMENTS: Final = Listing(
    name="loyalty-transactions",
    model=MovementView,
    statement=_MOVEMENTS,
    tenant=_E.tenant_id,
    identity=_E.id,
    counted=ledger_entries,
    sort="createdAt",
    views=_movements,
    columns=(
        *_when(_E.occurred_at, _E.created_at),
        ListColumn(
            name="orderId", column=_E.order_id, filters=True, picks_alone=True,
            matches=_entries_of_order,
        ),
        ListColumn(name="guestCardId", column=_E.card_id, filters=True, picks_alone=True),
        ListColumn(
            name="guestId", column=cards.c.guest_id, filters=True, picks_alone=True,
            matches=lambda text: _card_of_guest(_E.card_id, text),
        ),
        ListColumn(
            name="type", column=_E.kind, filters=True, choices=tuple(t.value for t in MovementType)
        ),
        ListColumn(
            name="points", column=_E.regular_delta_minor + _E.promo_delta_minor, kind=Kind.AMOUNT,
            sorts=True, least="minPoints", most="maxPoints",
        ),
    ),
)  # fmt: skip
