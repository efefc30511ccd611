"""A gift card inside a transaction: loaded with its row locked, changed here, saved once."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.gift_card_codes import mask_code
from app.contracts.gift_cards import GiftCardStatus, GiftCardView
from app.kernel.text import format_money
from app.service.gift_cards.models import gift_card_entries, gift_cards
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

Row = sa.Row[*tuple[Any, ...]]

#: A million roubles: far above any present, low enough to stop a slip of three noughts.
CARD_MAX_MINOR: Final = 1_000_000_00

CARD_COLUMNS = (
    gift_cards.c.id,
    gift_cards.c.code_last4,
    gift_cards.c.status,
    gift_cards.c.balance_minor,
    gift_cards.c.held_minor,
    gift_cards.c.issued_minor,
    gift_cards.c.entry_count,
    gift_cards.c.expires_at,
    gift_cards.c.blocked_reason,
    gift_cards.c.note,
    gift_cards.c.created_at,
    gift_cards.c.updated_at,
)


class GiftEntryKind(StrEnum):
    """Why the money of a card moved."""

    ISSUE = "ISSUE"
    TOP_UP = "TOP_UP"
    REDEEM = "REDEEM"
    REFUND = "REFUND"
    EXPIRE = "EXPIRE"


_FILLING: Final = frozenset({GiftEntryKind.ISSUE, GiftEntryKind.TOP_UP})


@dataclass(frozen=True, slots=True)
class GiftCause:
    """What a movement is about."""

    occurred_at: datetime
    order_id: str | None = None
    refund_id: str | None = None
    cashier_id: str | None = None
    reverses_id: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class GiftCard:
    """The state of a card in kopecks. What is held is not in the balance."""

    card_id: str
    last4: str
    status: GiftCardStatus
    balance_minor: int
    held_minor: int
    issued_minor: int
    entry_count: int
    expires_at: datetime | None
    blocked_reason: str | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def owned_minor(self) -> int:
        """Return the balance of the ledger: what can be spent and what is held."""
        return self.balance_minor + self.held_minor

    def is_over(self, now: datetime) -> bool:
        """Tell whether the card's time is over, whatever its row says yet."""
        past = self.expires_at is not None and self.expires_at <= now
        return past or self.status is GiftCardStatus.EXPIRED

    def require_usable(self, now: datetime) -> None:
        """Refuse a card that may not pay now.

        Raises:
            ProblemError: GIFT_CARD_BLOCKED or GIFT_CARD_EXPIRED.
        """
        if self.status is GiftCardStatus.BLOCKED:
            raise ProblemError(ErrorCode.GIFT_CARD_BLOCKED)
        if self.is_over(now):
            raise ProblemError(ErrorCode.GIFT_CARD_EXPIRED)

    def require_balance(self, amount_minor: int) -> None:
        """Refuse to take more than there is.

        Raises:
            ProblemError: GIFT_CARD_BALANCE_TOO_LOW.
        """
        if amount_minor > self.balance_minor:
            left = format_money(self.balance_minor)
            raise ProblemError(
                ErrorCode.GIFT_CARD_BALANCE_TOO_LOW,
                f"The card has {left} left",
                f"На карте осталось {left}",
            )

    def hold(self, amount_minor: int) -> None:
        """Set money of the balance aside."""
        self.require_balance(amount_minor)
        self.balance_minor -= amount_minor
        self.held_minor += amount_minor

    def release(self, amount_minor: int) -> None:
        """Give money that was set aside back to the balance."""
        assert amount_minor <= self.held_minor, "no more than was held comes back"
        self.held_minor -= amount_minor
        self.balance_minor += amount_minor

    def post(
        self,
        work: Work,
        kind: GiftEntryKind,
        delta_minor: int,
        natural_key: str,
        cause: GiftCause,
    ) -> str:
        """Move the balance and note the entry; return its id."""
        assert delta_minor, "an entry moves something"
        before = self.owned_minor
        self.balance_minor += delta_minor
        assert self.balance_minor >= 0, "a card never owes"
        if kind in _FILLING and self.owned_minor > CARD_MAX_MINOR:
            raise ProblemError(ErrorCode.GIFT_CARD_LIMIT_EXCEEDED)
        self.entry_count += 1
        entry_id = work.ids.new()
        self.rows.append(
            {
                "id": entry_id,
                "tenant_id": work.tenant_id,
                "gift_card_id": self.card_id,
                "card_seq": self.entry_count,
                "kind": kind.value,
                "delta_minor": delta_minor,
                "balance_before_minor": before,
                "balance_after_minor": self.owned_minor,
                "order_id": cause.order_id,
                "refund_id": cause.refund_id,
                "installation_id": work.caller.installation_id,
                "cashier_id": cause.cashier_id,
                "reverses_id": cause.reverses_id,
                "natural_key": natural_key,
                "reason": cause.reason,
                "occurred_at": cause.occurred_at,
                "created_at": work.now,
            }
        )
        return entry_id


def lock_gift_card(work: Work, card_id: str) -> GiftCard:
    """Load a card of the caller's company and lock its row until the end of the transaction.

    Raises:
        ProblemError: GIFT_CARD_NOT_FOUND.
    """
    return _load(work, _statement(work, card_id).with_for_update())


def read_gift_card(work: Work, card_id: str) -> GiftCard:
    """Load a card to look at; it must not be saved.

    Raises:
        ProblemError: GIFT_CARD_NOT_FOUND.
    """
    return _load(work, _statement(work, card_id))


def _statement(work: Work, card_id: str) -> "sa.Select[*tuple[Any, ...]]":
    return sa.select(*CARD_COLUMNS).where(
        gift_cards.c.id == card_id, gift_cards.c.tenant_id == work.tenant_id
    )


def _load(work: Work, statement: "sa.Select[*tuple[Any, ...]]") -> GiftCard:
    row = work.connection.execute(statement).first()
    if row is None:
        raise ProblemError(ErrorCode.GIFT_CARD_NOT_FOUND)
    return as_gift_card(row)


def as_gift_card(row: Row) -> GiftCard:
    """Return the card in a row of the columns that this module reads."""
    card = GiftCard(*row)
    card.status = GiftCardStatus(card.status)
    return card


def save_gift_card(work: Work, card: GiftCard) -> None:
    """Write the card and its new entries."""
    card.updated_at = work.now
    work.connection.execute(
        sa.update(gift_cards)
        .where(gift_cards.c.id == card.card_id)
        .values(
            status=card.status.value,
            balance_minor=card.balance_minor,
            held_minor=card.held_minor,
            entry_count=card.entry_count,
            expires_at=card.expires_at,
            blocked_reason=card.blocked_reason,
            updated_at=card.updated_at,
        )
    )
    if card.rows:
        work.connection.execute(sa.insert(gift_card_entries), card.rows)
        card.rows = []


def find_entry(work: Work, natural_key: str) -> Row | None:
    """Return the movement that was booked under a key, with its card."""
    return work.connection.execute(
        sa.select(gift_card_entries).where(
            gift_card_entries.c.natural_key == natural_key,
            gift_card_entries.c.tenant_id == work.tenant_id,
        )
    ).first()


def gift_card_view(card: GiftCard, currency: str, now: datetime) -> GiftCardView:
    """Return a card as others see it; one whose time is over is EXPIRED at once."""
    over = card.is_over(now) and card.status is GiftCardStatus.ACTIVE
    return GiftCardView(
        id=card.card_id,
        masked_code=mask_code(card.last4),
        status=GiftCardStatus.EXPIRED if over else card.status,
        balance=card.balance_minor,
        held=card.held_minor,
        issued_amount=card.issued_minor,
        currency=currency,
        created_at=card.created_at,
        updated_at=card.updated_at,
        expires_at=card.expires_at,
        blocked_reason=card.blocked_reason,
        note=card.note,
    )
