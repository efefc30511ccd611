"""Points whose time is over (L11): dated lots by their own end, regular ones after too long an absence.

A daily pass over the cards warns once before points end and takes those whose time has come. Every
batch is one short transaction in which each card is locked and looked at again, so the pass may be
repeated, stopped half way, or run by several processes at once. Cards of a batch are locked in the
order of their ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.domain.loyalty import LoyaltyRules
from app.kernel.ids import Ids
from app.service.db.database import Database
from app.service.kit.events import Event, write_events
from app.service.kit.work import Caller, Work
from app.service.ledger.lots import Lot, Parts, PointKind, lots_from_text
from app.service.loyalty.cards import Card, load_card, save_card
from app.service.loyalty.late_visits import LAPSED
from app.service.loyalty.models import cards
from app.service.tenants.models import tenants
from app.service.tenants.repository import get_rules

BATCH: Final = 200
_WINDOW: Final = 2_000
_SYSTEM: Final = "system"
Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What a pass did: cards that lost points, and warnings written."""

    expired: int = 0
    warned: int = 0

    def __add__(self, other: "Lapsed") -> "Lapsed":
        return Lapsed(self.expired + other.expired, self.warned + other.warned)


def lapse_points(
    database: Database, now: datetime, ids: Ids, stopping: Callable[[], bool] = lambda: False
) -> Lapsed:
    """Let points of every company end, and warn; runs on the calling thread.

    Args:
        database: Where.
        now: When.
        ids: For entries and events.
        stopping: Asked between batches; the rest is done by the next pass.
    """
    done = Lapsed()
    tenant_ids = database.read(lambda c: c.scalars(sa.select(tenants.c.id)).all()).result()
    for tenant_id in tenant_ids:
        after: str | None = ""
        while after is not None and not stopping():
            due, after = database.read(_finder(tenant_id, now, after)).result()
            for begin in range(0, len(due), BATCH):
                batch = due[begin : begin + BATCH]
                done += database.write(_taker(tenant_id, now, ids, batch)).result()
    return done


def _finder(
    tenant_id: str, now: datetime, after: str
) -> Callable[[Connection], tuple[list[str], str | None]]:
    return lambda connection: find_due(connection, tenant_id, now, after)


def _taker(
    tenant_id: str, now: datetime, ids: Ids, card_ids: Sequence[str]
) -> Callable[[Connection], Lapsed]:
    work_of = Caller(tenant_id, "", _SYSTEM, None, None)
    return lambda connection: take_batch(Work(connection, now, ids, work_of), card_ids)


def find_due(
    connection: Connection, tenant_id: str, now: datetime, after: str
) -> tuple[list[str], str | None]:
    """Look at the next cards in the order of their ids; return those due, and where to go on.

    A look passes over a bounded number of cards, however few of them are due.
    """
    rules = get_rules(connection, tenant_id, now).rules
    window = (
        sa.select(cards.c.id, *_MARKS)
        .where(cards.c.tenant_id == tenant_id, cards.c.id > after)
        .order_by(cards.c.id)
        .limit(_WINDOW)
    )
    rows = connection.execute(window).all()
    due = [row.id for row in rows if _is_due(plan(rules, now, _outlook(row)))]
    return due, rows[-1].id if len(rows) == _WINDOW else None


def take_batch(work: Work, card_ids: Sequence[str]) -> Lapsed:
    """Expire and warn for a batch of cards in one transaction."""
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    done = Lapsed()
    for card_id in sorted(card_ids):
        done += _take(work, rules, load_card(work, card_id))
    return done


_MARKS: Final = (
    cards.c.regular_minor,
    cards.c.lots,
    cards.c.active_at,
    cards.c.created_at,
    cards.c.lapse_warned_at,
    cards.c.lots_warned_until,
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What decides when a card's points end. `undated_minor` are regular points without a date."""

    undated_minor: int
    lots: tuple[Lot, ...]
    active_at: datetime
    lapse_warned_at: datetime | None
    lots_warned_until: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with a card now."""

    has_ended_lots: bool
    lapsed_minor: int
    lapses_at: datetime
    warns_of_lapse: bool
    ending: tuple[Lot, ...]


def plan(rules: LoyaltyRules, now: datetime, outlook: Outlook) -> Plan:
    """Tell what of a card ends now, and what it has to be warned of. A lapse of 0 days is none."""
    soon = now + timedelta(days=rules.points_warn_days)
    lapses_at = outlook.active_at + timedelta(days=rules.points_lapse_days)
    can_lapse = bool(rules.points_lapse_days and outlook.undated_minor)
    warned_until = outlook.lots_warned_until
    return Plan(
        has_ended_lots=any(lot.ends_at <= now for lot in outlook.lots),
        lapsed_minor=outlook.undated_minor if can_lapse and lapses_at <= now else 0,
        lapses_at=lapses_at,
        warns_of_lapse=can_lapse
        and now < lapses_at <= soon
        and outlook.lapse_warned_at != outlook.active_at,
        ending=tuple(
            lot
            for lot in outlook.lots
            if now < lot.ends_at <= soon and (warned_until is None or lot.ends_at > warned_until)
        ),
    )


def _is_due(plan: Plan) -> bool:
    return bool(plan.has_ended_lots or plan.lapsed_minor or plan.warns_of_lapse or plan.ending)


def _outlook(row: Row) -> Outlook:
    lots = lots_from_text(row.lots)
    dated = sum(lot.amount_minor for lot in lots if lot.kind is PointKind.REGULAR)
    return Outlook(
        row.regular_minor - dated,
        lots,
        row.active_at or row.created_at,
        row.lapse_warned_at,
        row.lots_warned_until,
    )


def _take(work: Work, rules: LoyaltyRules, card: Card) -> Lapsed:
    row = work.connection.execute(sa.select(*_MARKS).where(cards.c.id == card.card_id)).one()
    outlook = _outlook(row)
    due = plan(rules, work.now, outlook)
    if due.has_ended_lots:
        card.drop_ended(work)
    if due.lapsed_minor:
        card.expire(work, Parts(0, due.lapsed_minor), due.lapses_at, LAPSED)
    if card.entries:
        save_card(work, card)
    warnings = _warnings(card, outlook, due)
    if warnings:
        marks: dict[str, Any] = {}
        if due.warns_of_lapse:
            marks["lapse_warned_at"] = outlook.active_at
        if due.ending:
            marks["lots_warned_until"] = max(lot.ends_at for lot in due.ending)
        work.connection.execute(sa.update(cards).where(cards.c.id == card.card_id).values(marks))
        write_events(work, warnings)
    return Lapsed(int(due.has_ended_lots or due.lapsed_minor > 0), len(warnings))


def _warnings(card: Card, outlook: Outlook, due: Plan) -> list[Event]:
    warned = [(lot.kind, lot.amount_minor, lot.ends_at) for lot in due.ending]
    if due.warns_of_lapse:
        warned.append((PointKind.REGULAR, outlook.undated_minor, due.lapses_at))
    return [
        Event(
            "points.expiring",
            {
                "guestCardId": card.card_id,
                "guestId": card.guest_id,
                "kind": kind.name,
                "points": amount_minor,
                "expiresAt": ends_at.isoformat(),
            },
        )
        for kind, amount_minor, ends_at in warned
    ]
