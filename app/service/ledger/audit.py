"""The audit of cards: balances, holds and lots are what the card's own entries say.

One ordered pass over cards with their entries, and beside it one over active holds, both by a cursor
of the database: flat memory whatever the size. For each card: entries are numbered without gaps, each
begins with the balance at which the one before it ended; regular, promo and reserved are the sums of
entries less what active reservations hold; each dated lot is what its entries moved less what is
held of it; a card that was merged into another owns nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.ledger.lots import Lot, Parts, PointKind, lots_from_text, negated, summed
from app.service.ledger.models import ledger_entries
from app.service.loyalty.models import cards, loyalty_orders, loyalty_refunds, reservations

_FETCH: Final = 1_000
_BROKEN_MAX: Final = 1_000
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

    def include(self, other: "AuditResult") -> None:
        """Add what another check found broken; cards and entries are told apart by check."""
        self.broken_count += other.broken_count
        self.broken += other.broken[: _BROKEN_MAX - len(self.broken)]

    def add(self, broken: Broken) -> None:
        """Note a broken card."""
        self.broken_count += 1
        if len(self.broken) < _BROKEN_MAX:
            self.broken.append(broken)


@dataclass(slots=True)
class _Tally:
    """The sums of one card while its entries go by."""

    card: Row
    held: Parts
    entries: int = 0
    regular: int = 0
    promo: int = 0
    balance: int = 0
    lots: tuple[Lot, ...] = ()
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
        if row.promo_after_minor != self.promo:
            self._blame("PROMO_CHAIN", f"entry {row.card_seq} leaves other promo points")
        if row.entry_lots:
            self.lots = summed((*self.lots, *lots_from_text(row.entry_lots)))

    def close(self) -> tuple[str, str] | None:
        """Compare with the card and return the first fault."""
        card, held = self.card, self.held
        pairs = (
            ("COUNT", "entries", card.entry_count, self.entries),
            ("REGULAR", "regular points", card.regular_minor, self.regular - held.regular_minor),
            ("PROMO", "promo points", card.promo_minor, self.promo - held.promo_minor),
            ("RESERVED", "reserved points", card.reserved_minor, held.total_minor),
            (
                "RESERVED_PROMO",
                "reserved promo points",
                card.reserved_promo_minor,
                held.promo_minor,
            ),
        )
        for code, name, has, should in pairs:
            if has != should:
                self._blame(code, f"{name}: the card has {has}, the ledger says {should}")
        self._compare_lots()
        if card.merged_into_id is not None and self.balance:
            self._blame("MERGED", f"a merged card still owns {self.balance}")
        return self.fault

    def _compare_lots(self) -> None:
        has = lots_from_text(self.card.lots)
        should = summed((*self.lots, *negated(self.held.dated)))
        if has != should:
            self._blame("LOTS", f"dated lots: the card has {_said(has)}, not {_said(should)}")
        for kind, balance in (
            (PointKind.PROMO, self.card.promo_minor),
            (PointKind.REGULAR, self.card.regular_minor),
        ):
            dated = sum(lot.amount_minor for lot in has if lot.kind is kind)
            if dated > balance:
                self._blame("LOTS", f"dated lots hold {dated} of {balance} points")

    def _blame(self, code: str, detail: str) -> None:
        if self.fault is None:
            self.fault = (code, detail)


def _said(lots: tuple[Lot, ...]) -> str:
    return ", ".join(f"{lot.amount_minor} until {lot.ends_at:%Y-%m-%d}" for lot in lots) or "none"


class _Holds:
    """What active reservations hold, card by card, in the order in which the cards go by."""

    def __init__(self, connection: Connection) -> None:
        self._rows = _stream(connection, _holds_statement())
        self._next = next(self._rows, None)

    def of(self, card_id: str) -> Parts:
        """Return what is held of the next card."""
        held = Parts()
        while self._next is not None and self._next.card_id == card_id:
            row = self._next
            held += Parts.of_text(row.held_promo_minor, row.held_regular_minor, row.held_lots)
            self._next = next(self._rows, None)
        return held


def audit_cards(connection: Connection) -> AuditResult:
    """Check every card of every tenant; runs on one snapshot."""
    result = AuditResult()
    holds = _Holds(connection)
    tally: _Tally | None = None
    for row in _stream(connection, _entries_statement()):
        if tally is None or row.id != tally.card.id:
            _finish(result, tally)
            tally = _Tally(row, holds.of(row.id))
        if row.card_seq is not None:
            tally.take(row)
            result.entries += 1
    _finish(result, tally)
    return result


def audit_orders(connection: Connection) -> AuditResult:
    """Check that each closed check is refunded by exactly what its refunds say, and no further."""
    result = AuditResult()
    for row in _stream(connection, _refunds_statement()):
        detail = f"order {row.order_id}: {row.refunded_minor} refunded, refunds say {row.refunds}"
        result.add(Broken(row.card_id, row.tenant_id, "ORDER_REFUNDS", detail))
    return result


def _finish(result: AuditResult, tally: _Tally | None) -> None:
    if tally is None:
        return
    result.cards += 1
    fault = tally.close()
    if fault is not None:
        result.add(Broken(tally.card.id, tally.card.tenant_id, *fault))


def _stream(connection: Connection, statement: "sa.Select[*tuple[Any, ...]]") -> Iterator[Row]:
    # `yield_per` asks for a cursor on the server (PostgreSQL), so that rows come bit by bit.
    yield from connection.execute(statement, execution_options={"yield_per": _FETCH})


def _holds_statement() -> "sa.Select[*tuple[Any, ...]]":
    held = reservations.c
    return (
        sa.select(held.card_id, held.held_promo_minor, held.held_regular_minor, held.held_lots)
        .where(held.status == "ACTIVE")
        .order_by(held.card_id)
    )


def _entries_statement() -> "sa.Select[*tuple[Any, ...]]":
    entry = ledger_entries.c
    return (
        sa.select(
            cards.c.id,
            cards.c.tenant_id,
            cards.c.regular_minor,
            cards.c.promo_minor,
            cards.c.reserved_minor,
            cards.c.reserved_promo_minor,
            cards.c.lots,
            cards.c.entry_count,
            cards.c.merged_into_id,
            entry.card_seq,
            entry.balance_before_minor,
            entry.balance_after_minor,
            entry.promo_after_minor,
            entry.regular_delta_minor,
            entry.promo_delta_minor,
            entry.lots.label("entry_lots"),
        )
        .outerjoin(ledger_entries, entry.card_id == cards.c.id)
        .order_by(cards.c.id, entry.card_seq)
    )


def _refunds_statement() -> "sa.Select[*tuple[Any, ...]]":
    sums = (
        sa.select(
            loyalty_refunds.c.loyalty_order_id,
            sa.func.sum(loyalty_refunds.c.amount_minor).label("amount"),
        )
        .group_by(loyalty_refunds.c.loyalty_order_id)
        .subquery()
    )
    order, refunds = loyalty_orders.c, sa.func.coalesce(sums.c.amount, 0)
    return (
        sa.select(
            order.card_id,
            order.tenant_id,
            order.order_id,
            order.refunded_minor,
            refunds.label("refunds"),
        )
        .outerjoin(sums, sums.c.loyalty_order_id == order.id)
        .where(
            (order.refunded_minor != refunds)
            | (order.refunded_minor > sa.func.coalesce(order.refund_base_minor, 0))
        )
        .order_by(order.id)
    )
