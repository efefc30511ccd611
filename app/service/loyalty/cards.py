"""A card inside a transaction: its balances, what is held, and the entries that are to be written.

A card is loaded with its row locked, changed by the methods here, and saved once. Promo points go
first whenever points are taken.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.domain.loyalty import Level, LoyaltyRules, split_spend
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, Entry, EntryKind, write_entries
from app.service.loyalty.models import cards, level_changes


@dataclass(slots=True)
class Card:
    """The state of a card; balances in hundredths of a point. What is reserved is in no balance."""

    card_id: str
    guest_id: str
    code6: str
    regular_minor: int
    promo_minor: int
    reserved_minor: int
    level_id: str
    lifetime_spent_minor: int
    visit_count: int
    last_visit_at: datetime | None
    entry_count: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        """Return what the guest may use now."""
        return self.regular_minor + self.promo_minor

    def hold(self, amount_minor: int) -> tuple[int, int]:
        """Move points into the reserve, promo first; return what came from promo and regular."""
        promo, regular = split_spend(amount_minor, self.promo_minor)
        assert regular <= self.regular_minor, "checked before"
        self.promo_minor -= promo
        self.regular_minor -= regular
        self.reserved_minor += amount_minor
        return promo, regular

    def release(self, promo_minor: int, regular_minor: int) -> None:
        """Give held points back to where they came from."""
        self.promo_minor += promo_minor
        self.regular_minor += regular_minor
        self.reserved_minor -= promo_minor + regular_minor
        assert self.reserved_minor >= 0, "no more than was held comes back"

    def post(
        self,
        work: Work,
        kind: EntryKind,
        *,
        promo_minor: int,
        regular_minor: int,
        natural_key: str,
        cause: Cause,
    ) -> str | None:
        """Move the balances and note the entry; return its id, or None if nothing moves."""
        if not promo_minor and not regular_minor:
            return None
        entry = Entry(
            entry_id=work.ids.new(),
            card_id=self.card_id,
            card_seq=self.entry_count + 1,
            kind=kind,
            regular_delta_minor=regular_minor,
            promo_delta_minor=promo_minor,
            balance_before_minor=self.total_minor + self.reserved_minor,
            natural_key=natural_key,
            cause=cause,
        )
        self.entry_count += 1
        self.promo_minor += promo_minor
        self.regular_minor += regular_minor
        assert self.promo_minor >= 0, "promo points never fall below zero"
        assert self.regular_minor >= 0, "regular points never fall below zero"
        self.entries.append(entry)
        return entry.entry_id


def lock_card(work: Work, card_id: str) -> Card:
    """Load a card of the caller's tenant and lock its row until the end of the transaction.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    return _load(work, _card_statement(work, card_id).with_for_update())


def read_card(work: Work, card_id: str) -> Card:
    """Load a card of the caller's tenant to look at; it must not be saved.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    return _load(work, _card_statement(work, card_id))


def _card_statement(work: Work, card_id: str) -> "sa.Select[*tuple[Any, ...]]":
    return sa.select(
        cards.c.id,
        cards.c.guest_id,
        cards.c.code6,
        cards.c.regular_minor,
        cards.c.promo_minor,
        cards.c.reserved_minor,
        cards.c.level_id,
        cards.c.lifetime_spent_minor,
        cards.c.visit_count,
        cards.c.last_visit_at,
        cards.c.entry_count,
    ).where(cards.c.id == card_id, cards.c.tenant_id == work.tenant_id)


def _load(work: Work, statement: "sa.Select[*tuple[Any, ...]]") -> Card:
    row = work.connection.execute(statement).first()
    if row is None:
        raise ProblemError(ErrorCode.GUEST_CARD_NOT_FOUND)
    return Card(*row)


def save_card(work: Work, card: Card) -> None:
    """Write the card and its new entries."""
    work.connection.execute(
        sa.update(cards)
        .where(cards.c.id == card.card_id)
        .values(
            regular_minor=card.regular_minor,
            promo_minor=card.promo_minor,
            reserved_minor=card.reserved_minor,
            level_id=card.level_id,
            lifetime_spent_minor=card.lifetime_spent_minor,
            visit_count=card.visit_count,
            last_visit_at=card.last_visit_at,
            entry_count=card.entry_count,
            updated_at=work.now,
        )
    )
    write_entries(work, card.entries)
    card.entries = []


def level_at(work: Work, card: Card, rules: LoyaltyRules, at: datetime) -> Level:
    """Return the level the card had at a moment (L10)."""
    if at >= work.now:
        return rules.level_by_id(card.level_id)
    changes = sa.select(level_changes.c.level_id).where(level_changes.c.card_id == card.card_id)
    before = changes.where(level_changes.c.changed_at <= at)
    level_id = work.connection.execute(
        before.order_by(level_changes.c.changed_at.desc(), level_changes.c.id.desc()).limit(1)
    ).scalar()
    if level_id is None:
        level_id = work.connection.execute(
            changes.order_by(level_changes.c.changed_at, level_changes.c.id).limit(1)
        ).scalar()
    return rules.level_by_id(level_id or card.level_id)


def record_level(
    work: Work, card_id: str, level_id: str, at: datetime, order_id: str | None
) -> None:
    """Note that a card has a level from a moment on."""
    work.connection.execute(
        sa.insert(level_changes).values(
            id=work.ids.new(),
            tenant_id=work.tenant_id,
            card_id=card_id,
            level_id=level_id,
            changed_at=at,
            order_id=order_id,
        )
    )
