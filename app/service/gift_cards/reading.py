"""Looking at cards: one with its movements, and the list."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from app.contracts import gift_cards as wire
from app.service.gift_cards.cards import (
    CARD_COLUMNS,
    Row,
    as_gift_card,
    gift_card_view,
    read_gift_card,
)
from app.service.gift_cards.issuing import currency_of
from app.service.gift_cards.models import gift_card_entries, gift_cards
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, dated_column
from app.service.kit.work import Work

_ENTRIES_MAX: Final = 100


def gift_card_details(work: Work, card_id: str) -> wire.GiftCardDetails:
    """Return a card with its newest movements.

    Raises:
        ProblemError: GIFT_CARD_NOT_FOUND.
    """
    card = read_gift_card(work, card_id)
    rows = work.connection.execute(
        sa.select(gift_card_entries)
        .where(gift_card_entries.c.gift_card_id == card_id)
        .order_by(gift_card_entries.c.card_seq.desc())
        .limit(_ENTRIES_MAX)
    )
    return wire.GiftCardDetails(
        gift_card=gift_card_view(card, currency_of(work), work.now),
        transactions=tuple(_entry_view(row) for row in rows),
    )


def _entry_view(row: Row) -> wire.GiftCardEntryView:
    return wire.GiftCardEntryView(
        id=row.id,
        number=row.card_seq,
        kind=row.kind,
        amount=row.delta_minor,
        balance_before=row.balance_before_minor,
        balance_after=row.balance_after_minor,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        order_id=row.order_id,
        refund_id=row.refund_id,
        reverses_id=row.reverses_id,
        installation_id=row.installation_id,
        cashier_id=row.cashier_id,
        reason=row.reason,
    )


def _views(work: Work, rows: Sequence[Row]) -> tuple[wire.GiftCardView, ...]:
    currency = currency_of(work)
    return tuple(gift_card_view(as_gift_card(row), currency, work.now) for row in rows)


GIFT_CARDS: Final = Listing(
    name="gift-cards",
    model=wire.GiftCardView,
    statement=sa.select(*CARD_COLUMNS),
    tenant=gift_cards.c.tenant_id,
    identity=gift_cards.c.id,
    columns=(
        dated_column("createdAt", gift_cards.c.created_at),
        ListColumn(
            name="balance",
            column=gift_cards.c.balance_minor,
            kind=Kind.AMOUNT,
            sorts=True,
            least="minBalance",
            most="maxBalance",
        ),
        ListColumn(
            name="expiresAt",
            column=gift_cards.c.expires_at,
            kind=Kind.MOMENT,
            sorts=True,
            least="expiresFrom",
            most="expiresTo",
        ),
        ListColumn(
            name="status",
            column=gift_cards.c.status,
            filters=True,
            choices=tuple(status.value for status in wire.GiftCardStatus),
        ),
    ),
    views=_views,
    sort="createdAt",
    search=lambda said: sa.or_(
        gift_cards.c.code_last4 == said,
        gift_cards.c.note.icontains(said, autoescape=True),
    ),
    counted=gift_cards,
)
"""The list of a company's cards; searched by the last four digits or the note."""
