"""A card inside a transaction: its balances, its lots, what is held, and the entries to be written.

A card is loaded with its row locked, changed by the methods here, and saved once. Promo points go
first whenever points are taken, and those that end soonest before others. Lots that have ended leave
with an EXPIRE entry as soon as the card is locked, so that nobody redeems them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.domain.loyalty import Level, LoyaltyRules, split_spend
from app.service.db.pipeline import drop_ahead
from app.service.db.prepared import Prepared
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, Entry, EntryKind, write_entries
from app.service.ledger.lots import Lot, Lots, Parts, PointKind, end_of, moment_of, negated
from app.service.loyalty.models import cards, level_changes

COLUMNS: Final = (
    cards.c.id,
    cards.c.guest_id,
    cards.c.code6,
    cards.c.regular_minor,
    cards.c.promo_minor,
    cards.c.reserved_minor,
    cards.c.reserved_promo_minor,
    cards.c.level_id,
    cards.c.lifetime_spent_minor,
    cards.c.visit_count,
    cards.c.last_visit_at,
    cards.c.active_at,
    cards.c.entry_count,
    cards.c.merged_into_id,
    cards.c.lots,
)


_SEEN: Final = Prepared(
    sa.select(*COLUMNS).where(
        cards.c.id == sa.bindparam("card"), cards.c.tenant_id == sa.bindparam("tenant")
    )
)
_LOCKED: Final = Prepared(
    sa.select(*COLUMNS)
    .where(cards.c.id == sa.bindparam("card"), cards.c.tenant_id == sa.bindparam("tenant"))
    .with_for_update()
)
#: What a hold changes.
_HELD: Final = (
    "regular_minor",
    "promo_minor",
    "reserved_minor",
    "reserved_promo_minor",
    "lots",
    "next_end_at",
)
_SAVE: Final = Prepared(
    sa.update(cards).where(cards.c.id == sa.bindparam("card")),
    (
        *_HELD,
        "level_id",
        "lifetime_spent_minor",
        "visit_count",
        "last_visit_at",
        "active_at",
        "entry_count",
        "updated_at",
    ),
)

_SAVE_HOLDS: Final = Prepared(
    sa.update(cards).where(cards.c.id == sa.bindparam("card")),
    (
        *_HELD,
        "updated_at",
    ),
)
_WRITE_LEVEL: Final = Prepared(
    sa.insert(level_changes),
    ("id", "tenant_id", "card_id", "level_id", "changed_at", "order_id"),
)


@dataclass(slots=True)
class Card:
    """The state of a card; balances in hundredths of a point. What is reserved is in no balance."""

    card_id: str
    guest_id: str
    code6: str
    regular_minor: int
    promo_minor: int
    reserved_minor: int
    reserved_promo_minor: int
    level_id: str
    lifetime_spent_minor: int
    visit_count: int
    last_visit_at: datetime | None
    active_at: datetime | None
    entry_count: int
    merged_into_id: str | None
    lots: Lots
    entries: list[Entry] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        """Return what the guest may use now."""
        return self.regular_minor + self.promo_minor

    def pick(self, wanted_minor: int) -> Parts:
        """Return what a redemption takes, and from where; less than wanted if less is there."""
        promo, regular = split_spend(min(wanted_minor, self.total_minor), self.promo_minor)
        dated = self.lots.pick(PointKind.PROMO, promo) + self.lots.pick(PointKind.REGULAR, regular)
        return Parts(promo, regular, dated)

    def hold(self, parts: Parts) -> None:
        """Move picked points into the reserve."""
        assert parts.promo_minor <= self.promo_minor, "checked before"
        assert parts.regular_minor <= self.regular_minor, "checked before"
        self._move(parts, -1)

    def release(self, parts: Parts) -> None:
        """Give held points back to where they came from."""
        self._move(parts, 1)
        assert self.reserved_minor >= 0, "no more than was held comes back"
        assert self.reserved_promo_minor >= 0, "no more than was held comes back"

    def _move(self, parts: Parts, sign: int) -> None:
        self.promo_minor += sign * parts.promo_minor
        self.regular_minor += sign * parts.regular_minor
        self.lots.apply(parts.dated if sign > 0 else negated(parts.dated))
        self.reserved_minor -= sign * parts.total_minor
        self.reserved_promo_minor -= sign * parts.promo_minor

    def post(
        self,
        work: Work,
        kind: EntryKind,
        *,
        promo_minor: int,
        regular_minor: int,
        natural_key: str,
        cause: Cause,
        dated: Iterable[Lot] | None = None,
    ) -> str | None:
        """Move the balances and note the entry; return its id, or None if nothing moves.

        Args:
            work: The transaction.
            kind: Why.
            promo_minor: Promo points that come (positive) or go (negative).
            regular_minor: The same for regular points.
            natural_key: Can be booked once, for ever.
            cause: What it is about.
            dated: What of it moves in dated lots. Left out, points that come have no date, and
                points that go are taken from the lots that end soonest.
        """
        if not promo_minor and not regular_minor:
            return None
        moves = tuple(self._soonest(promo_minor, regular_minor) if dated is None else dated)
        entry = Entry(
            entry_id=work.ids.new(),
            card_id=self.card_id,
            card_seq=self.entry_count + 1,
            kind=kind,
            regular_delta_minor=regular_minor,
            promo_delta_minor=promo_minor,
            balance_before_minor=self.total_minor + self.reserved_minor,
            promo_before_minor=self.promo_minor + self.reserved_promo_minor,
            natural_key=natural_key,
            cause=cause,
            dated=moves,
        )
        # Points that only change hands keep their age, unless nothing older is there.
        if regular_minor > 0 and (kind is not EntryKind.TRANSFER or not self.regular_minor):
            self.touch(cause.occurred_at)
        self.entry_count += 1
        self.promo_minor += promo_minor
        self.regular_minor += regular_minor
        self.lots.apply(moves)
        assert self.promo_minor >= self.lots.dated_minor(PointKind.PROMO), "promo points are there"
        assert self.regular_minor >= self.lots.dated_minor(PointKind.REGULAR), "points are there"
        self.entries.append(entry)
        return entry.entry_id

    def _soonest(self, promo_minor: int, regular_minor: int) -> tuple[Lot, ...]:
        promo = self.lots.pick(PointKind.PROMO, -promo_minor)
        return negated(promo + self.lots.pick(PointKind.REGULAR, -regular_minor))

    def grant_promo(self, amount_minor: int, ends_at: datetime | None) -> tuple[Lot, ...]:
        """Return the movement by which promo points with a date come, for `post`."""
        if ends_at is None or not amount_minor:
            return ()
        return self.lots.grant(PointKind.PROMO, end_of(ends_at), amount_minor)

    def touch(self, at: datetime) -> None:
        """Note a visit or a grant: regular points lapse so many days after the last one."""
        self.active_at = max(self.active_at or at, at)

    def drop_ended(self, work: Work) -> None:
        """Let lots that have ended go, with an entry and events that say so."""
        due = self.lots.due(end_of(work.now))
        if not due:
            return
        promo = sum(lot.amount_minor for lot in due if lot.kind is PointKind.PROMO)
        regular = sum(lot.amount_minor for lot in due) - promo
        ended_at = max(lot.ends_at for lot in due)
        self.expire(work, Parts(promo, regular, due), ended_at, "end of their time")

    def expire(self, work: Work, parts: Parts, ended_at: datetime, reason: str) -> None:
        """Take points away because their time is over."""
        self.post(
            work,
            EntryKind.EXPIRE,
            promo_minor=-parts.promo_minor,
            regular_minor=-parts.regular_minor,
            natural_key=f"EXPIRE:{self.card_id}:{self.entry_count + 1}",
            cause=Cause(occurred_at=ended_at, reason=reason),
            dated=negated(parts.dated),
        )
        about = {"guestCardId": self.card_id, "guestId": self.guest_id}
        self.facts.append(Event("transaction.expire", about | {"points": parts.total_minor}))
        if parts.promo_minor:
            self.facts.append(Event("promo.expired", about | {"points": parts.promo_minor}))


def lock_card(work: Work, card_id: str) -> Card:
    """Load a card of the caller's tenant and lock its row until the end of the transaction.

    A card that was merged into another leads to that one.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    card = load_card(work, card_id)
    if card.merged_into_id is not None:
        # What was read ahead was read before the right card was locked.
        drop_ahead(work.connection)
        card = load_card(work, card.merged_into_id)
    card.drop_ended(work)
    return card


def lock_cards(work: Work, card_ids: Iterable[str]) -> dict[str, Card]:
    """Lock several cards, always in the order of their ids, so that nobody waits in a circle.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    loaded = {card_id: load_card(work, card_id) for card_id in sorted(set(card_ids))}
    for card in loaded.values():
        card.drop_ended(work)
    return loaded


def load_card(work: Work, card_id: str) -> Card:
    """Load and lock exactly this row, merged or not, with lots that may have ended.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    return _load(work, _LOCKED, card_id)


def lock_ahead(connection: Connection, tenant_id: str, card_id: str) -> None:
    """Begin to lock a card that `lock_card` will be asked for."""
    _LOCKED.ahead(connection, {"card": card_id, "tenant": tenant_id})


def read_card(work: Work, card_id: str) -> Card:
    """Load a card of the caller's tenant to look at; it must not be saved.

    Raises:
        ProblemError: GUEST_CARD_NOT_FOUND.
    """
    card = _load(work, _SEEN, card_id)
    if card.merged_into_id is not None:
        card = _load(work, _SEEN, card.merged_into_id)
    card.drop_ended(work)
    return card


def _load(work: Work, statement: Prepared, card_id: str) -> Card:
    row = statement.first(work.connection, {"card": card_id, "tenant": work.tenant_id})
    if row is None:
        raise ProblemError(ErrorCode.GUEST_CARD_NOT_FOUND)
    values = list(row)
    values[-1] = Lots.of_text(row.lots)
    return Card(*values)


def save_card(work: Work, card: Card) -> None:
    """Write the card's new entries, then the card; its holds have been written before.

    The database compares the card with its last entry, its holds and its lots (SQLite at once).
    """
    card.drop_ended(work)
    write_entries(work, card.entries)
    _SAVE.run(
        work.connection,
        {
            **_balances(work, card),
            "level_id": card.level_id,
            "lifetime_spent_minor": card.lifetime_spent_minor,
            "visit_count": card.visit_count,
            "last_visit_at": card.last_visit_at,
            "active_at": card.active_at,
            "entry_count": card.entry_count,
        },
    )
    write_events(work, card.facts)
    card.entries = []
    card.facts = []


def save_holds(work: Work, card: Card) -> None:
    """Write a card of which nothing but what is held has changed since it was locked.

    What is not named in the statement costs no look at the indexes that have it.
    """
    card.drop_ended(work)
    if card.entries:
        save_card(work, card)
        return
    _SAVE_HOLDS.run(work.connection, _balances(work, card))


def _balances(work: Work, card: Card) -> dict[str, Any]:
    next_end_ms = card.lots.next_end_ms()
    return {
        "card": card.card_id,
        "regular_minor": card.regular_minor,
        "promo_minor": card.promo_minor,
        "reserved_minor": card.reserved_minor,
        "reserved_promo_minor": card.reserved_promo_minor,
        "lots": card.lots.text(),
        "next_end_at": None if next_end_ms is None else moment_of(next_end_ms),
        "updated_at": work.now,
    }


def level_at(work: Work, card: Card, rules: LoyaltyRules, at: datetime) -> Level:
    """Return the level the card had reached by a moment (L10).

    Sales become known in any order, and sales only ever raise a level: the highest one counts.
    """
    if at >= work.now:
        return rules.level_by_id(card.level_id)
    changes = level_changes.c
    rows = work.connection.execute(
        sa.select(changes.level_id, changes.changed_at)
        .where(changes.card_id == card.card_id)
        .order_by(changes.changed_at)
    ).all()
    reached = [rules.level_by_id(row.level_id) for row in rows if row.changed_at <= at]
    if reached:
        return max(reached, key=lambda level: level.threshold_minor)
    first = [
        rules.level_by_id(row.level_id) for row in rows if row.changed_at == rows[0].changed_at
    ]
    return min(first, key=lambda level: level.threshold_minor, default=rules.levels[0])


def record_level(
    work: Work, card_id: str, level_id: str, at: datetime, order_id: str | None
) -> None:
    """Note that a card has a level from a moment on."""
    _WRITE_LEVEL.run(
        work.connection,
        {
            "id": work.ids.new(),
            "tenant_id": work.tenant_id,
            "card_id": card_id,
            "level_id": level_id,
            "changed_at": at,
            "order_id": order_id,
        },
    )
