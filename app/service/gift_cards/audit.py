"""The audit of gift cards: every balance is what the card's own ledger and holds say.

One ordered pass in flat memory: entries are numbered without gaps and chained from zero, the card's
balance and what is held are the ledger's balance, what is held is the sum of the active holds, and no
more came back of a payment than was paid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.gift_cards.models import gift_card_entries, gift_card_holds, gift_cards
from app.service.ledger.audit import AuditResult, Broken

_FETCH: Final = 1_000
Row = sa.Row[*tuple[Any, ...]]


@dataclass(slots=True)
class _Tally:
    """One card while its entries go by."""

    card: Row
    entries: int = 0
    balance: int = 0
    fault: tuple[str, str] | None = None

    def take(self, row: Row) -> None:
        """Add an entry."""
        self.entries += 1
        if row.card_seq != self.entries:
            self._blame("GIFT_SEQUENCE", f"entry {self.entries} is missing")
            self.entries = row.card_seq
        if row.balance_before_minor != self.balance:
            self._blame(
                "GIFT_CHAIN",
                f"entry {row.card_seq} begins with {row.balance_before_minor}, "
                f"the one before ended with {self.balance}",
            )
        self.balance = row.balance_after_minor

    def close(self) -> tuple[str, str] | None:
        """Compare with the card and return the first fault."""
        card, held = self.card, self.card.held_sum or 0
        pairs = (
            ("GIFT_COUNT", "entries", card.entry_count, self.entries),
            ("GIFT_HELD", "held money", card.held_minor, held),
            ("GIFT_BALANCE", "balance", card.balance_minor, self.balance - held),
        )
        for code, name, has, should in pairs:
            if has != should:
                self._blame(code, f"{name}: the card has {has}, the ledger says {should}")
        return self.fault

    def _blame(self, code: str, detail: str) -> None:
        if self.fault is None:
            self.fault = (code, detail)


def audit_gift_cards(connection: Connection) -> AuditResult:
    """Check every gift card of every company; runs on one snapshot."""
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
    for row in connection.execute(_overpaid()):
        detail = f"of entry {row.id} {row.returned} came back, {-row.delta_minor} was paid"
        result.add(Broken(row.gift_card_id, row.tenant_id, "GIFT_REFUNDS", detail))
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
            gift_card_holds.c.gift_card_id,
            sa.func.sum(gift_card_holds.c.amount_minor).label("held_sum"),
        )
        .where(gift_card_holds.c.status == "ACTIVE")
        .group_by(gift_card_holds.c.gift_card_id)
        .subquery()
    )
    entry = gift_card_entries.c
    query = (
        sa.select(
            gift_cards.c.id,
            gift_cards.c.tenant_id,
            gift_cards.c.balance_minor,
            gift_cards.c.held_minor,
            gift_cards.c.entry_count,
            held.c.held_sum,
            entry.card_seq,
            entry.balance_before_minor,
            entry.balance_after_minor,
        )
        .outerjoin(held, held.c.gift_card_id == gift_cards.c.id)
        .outerjoin(gift_card_entries, entry.gift_card_id == gift_cards.c.id)
        .order_by(gift_cards.c.id, entry.card_seq)
    )
    yield from connection.execution_options(yield_per=_FETCH).execute(query)


def _overpaid() -> "sa.Select[*tuple[Any, ...]]":
    back = gift_card_entries.alias("back")
    paid = gift_card_entries.c
    returned = sa.func.sum(back.c.delta_minor)
    return (
        sa.select(
            paid.id,
            paid.gift_card_id,
            paid.tenant_id,
            paid.delta_minor,
            returned.label("returned"),
        )
        .join(back, back.c.reverses_id == paid.id)
        .group_by(paid.id, paid.gift_card_id, paid.tenant_id, paid.delta_minor)
        .having(returned > -paid.delta_minor)
    )
