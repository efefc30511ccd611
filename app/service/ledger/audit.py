"""The audit: proves for every card that its balances are what its entries and holds say.

One ordered pass over cards and entries, in flat memory. For each card: entries are numbered without
gaps, each begins with the balance at which the one before it ended, and regular, promo and reserved are
the sums of entries less what active reservations hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.ledger.models import ledger_entries
from app.service.loyalty.models import cards, reservations

_FETCH = 1_000
_BROKEN_MAX = 1_000
Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Broken:
    """A card that breaks an invariant, and which."""

    card_id: str
    tenant_id: str
    code: str
    detail: str


@dataclass(slots=True)
class AuditResult:
    """What the audit found; at most a thousand broken cards are listed."""

    cards: int = 0
    entries: int = 0
    broken: list[Broken] = field(default_factory=list)
    broken_count: int = 0

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is broken."""
        return self.broken_count == 0

    def add(self, broken: Broken) -> None:
        """Note a broken card."""
        self.broken_count += 1
        if len(self.broken) < _BROKEN_MAX:
            self.broken.append(broken)


@dataclass(slots=True)
class _Tally:
    """The sums of one card while its entries go by."""

    card: Row
    entries: int = 0
    regular: int = 0
    promo: int = 0
    balance: int = 0
    fault: tuple[str, str] | None = None

    def take(self, row: Row) -> None:
        """Add an entry."""
        self.entries += 1
        if row.card_seq != self.entries:
            self._blame("SEQUENCE", f"entry {self.entries} is missing, {row.card_seq} stands there")
            self.entries = row.card_seq
        if row.balance_before_minor != self.balance:
            self._blame(
                "CHAIN",
                f"entry {row.card_seq} begins with {row.balance_before_minor}, "
                f"the one before ended with {self.balance}",
            )
        moved = row.regular_delta_minor + row.promo_delta_minor
        if row.balance_before_minor + moved != row.balance_after_minor:
            self._blame("SUM", f"entry {row.card_seq} does not add up")
        self.regular += row.regular_delta_minor
        self.promo += row.promo_delta_minor
        self.balance = row.balance_after_minor

    def close(self) -> tuple[str, str] | None:
        """Compare with the card and return the first fault."""
        card = self.card
        held_regular, held_promo = card.held_regular or 0, card.held_promo or 0
        pairs = (
            ("COUNT", "entries", card.entry_count, self.entries),
            ("REGULAR", "regular points", card.regular_minor, self.regular - held_regular),
            ("PROMO", "promo points", card.promo_minor, self.promo - held_promo),
            ("RESERVED", "reserved points", card.reserved_minor, held_regular + held_promo),
        )
        for code, name, has, should in pairs:
            if has != should:
                self._blame(code, f"{name}: the card has {has}, the ledger says {should}")
        return self.fault

    def _blame(self, code: str, detail: str) -> None:
        if self.fault is None:
            self.fault = (code, detail)


def audit(connection: Connection) -> AuditResult:
    """Check every card of every tenant; runs on one snapshot."""
    result = AuditResult()
    tally: _Tally | None = None
    for row in _rows(connection):
        if tally is None or row.id != tally.card.id:
            _finish(result, tally)
            tally = _Tally(row)
        if row.card_seq is not None:
            tally.take(row)
            result.entries += 1
    _finish(result, tally)
    return result


def _finish(result: AuditResult, tally: _Tally | None) -> None:
    if tally is None:
        return
    result.cards += 1
    fault = tally.close()
    if fault is not None:
        result.add(Broken(tally.card.id, tally.card.tenant_id, *fault))


def _rows(connection: Connection) -> Iterator[Row]:
    held = (
        sa.select(
            reservations.c.card_id,
            sa.func.sum(reservations.c.held_regular_minor).label("held_regular"),
            sa.func.sum(reservations.c.held_promo_minor).label("held_promo"),
        )
        .where(reservations.c.status == "ACTIVE")
        .group_by(reservations.c.card_id)
        .subquery()
    )
    entry = ledger_entries.c
    query = (
        sa.select(
            cards.c.id,
            cards.c.tenant_id,
            cards.c.regular_minor,
            cards.c.promo_minor,
            cards.c.reserved_minor,
            cards.c.entry_count,
            held.c.held_regular,
            held.c.held_promo,
            entry.card_seq,
            entry.balance_before_minor,
            entry.balance_after_minor,
            entry.regular_delta_minor,
            entry.promo_delta_minor,
        )
        .outerjoin(held, held.c.card_id == cards.c.id)
        .outerjoin(ledger_entries, entry.card_id == cards.c.id)
        .order_by(cards.c.id, entry.card_seq)
    )
    options = connection.execution_options(yield_per=_FETCH)
    yield from options.execute(query)
