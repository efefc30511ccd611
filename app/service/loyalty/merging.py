"""Joining two cards of one guest: points, holds and history go to the card that stays."""

from typing import Final

import sqlalchemy as sa

from app.service.kit.events import Event
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.lots import Parts, negated
from app.service.loyalty.cards import Card, record_level, save_card
from app.service.loyalty.models import cards, loyalty_orders, reservations, shortfalls
from app.service.loyalty.reservation_store import ReservationStatus
from app.service.tenants.repository import get_rules

_OPEN: Final = (ReservationStatus.ACTIVE.value, ReservationStatus.EXPIRED.value)


def merge_cards(work: Work, survivor: Card, source: Card) -> None:
    """Move all that a card owns to another and let the first lead to it for ever.

    Args:
        work: The transaction.
        survivor: Locked, not merged itself.
        source: Locked (`lock_cards` locks both in a fixed order), not merged itself.
    """
    held = _move_holds(work, survivor, source)
    _move_points(work, survivor, source, held)
    _join_history(work, survivor, source)
    table = cards.c
    work.connection.execute(
        sa.update(cards)
        .where((table.id == source.card_id) | (table.merged_into_id == source.card_id))
        .where(table.tenant_id == work.tenant_id)
        .values(merged_into_id=survivor.card_id)
    )
    save_card(work, source)
    save_card(work, survivor)


def active_hold(work: Work, card_id: str) -> Parts:
    """Return what active reservations hold of a locked card."""
    held = Parts()
    rows = work.connection.execute(
        sa.select(
            reservations.c.held_promo_minor,
            reservations.c.held_regular_minor,
            reservations.c.held_lots,
        ).where(
            reservations.c.card_id == card_id,
            reservations.c.status == ReservationStatus.ACTIVE.value,
        )
    )
    for row in rows:
        held += Parts.of_text(row.held_promo_minor, row.held_regular_minor, row.held_lots)
    return held


def _move_holds(work: Work, survivor: Card, source: Card) -> Parts:
    held = active_hold(work, source.card_id)
    # Those that have expired may still be finalised; closed ones stay where they were made.
    work.connection.execute(
        sa.update(reservations)
        .where(
            reservations.c.card_id == source.card_id,
            reservations.c.tenant_id == work.tenant_id,
            reservations.c.status.in_(_OPEN),
        )
        .values(card_id=survivor.card_id)
    )
    return held


def _move_points(work: Work, survivor: Card, source: Card, held: Parts) -> None:
    active_at = [at for at in (survivor.active_at, source.active_at) if at is not None]
    source.release(held)
    whole = Parts(source.promo_minor, source.regular_minor, source.lots.open())
    cause = Cause(occurred_at=work.now, reason=f"merged: {source.card_id} into {survivor.card_id}")
    source.post(
        work,
        EntryKind.TRANSFER,
        promo_minor=-whole.promo_minor,
        regular_minor=-whole.regular_minor,
        natural_key=f"MERGE-OUT:{source.card_id}",
        cause=cause,
        dated=negated(whole.dated),
    )
    survivor.post(
        work,
        EntryKind.TRANSFER,
        promo_minor=whole.promo_minor,
        regular_minor=whole.regular_minor,
        natural_key=f"MERGE-IN:{source.card_id}",
        cause=cause,
        dated=whole.dated,
    )
    survivor.hold(held)
    # The points keep their age: joining two cards is no visit.
    survivor.active_at = max(active_at, default=None)


def _join_history(work: Work, survivor: Card, source: Card) -> None:
    for table in (loyalty_orders, shortfalls):
        work.connection.execute(
            sa.update(table)
            .where(table.c.card_id == source.card_id, table.c.tenant_id == work.tenant_id)
            .values(card_id=survivor.card_id)
        )
    survivor.lifetime_spent_minor += source.lifetime_spent_minor
    survivor.visit_count += source.visit_count
    visits = [at for at in (survivor.last_visit_at, source.last_visit_at) if at is not None]
    survivor.last_visit_at = max(visits, default=None)
    source.lifetime_spent_minor = source.visit_count = 0
    _keep_higher_level(work, survivor, source)


def _keep_higher_level(work: Work, survivor: Card, source: Card) -> None:
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    levels = (
        rules.level_by_id(survivor.level_id),
        rules.level_by_id(source.level_id),
        rules.level_for(survivor.lifetime_spent_minor),
    )
    best = max(levels, key=lambda level: level.threshold_minor)
    if best.threshold_minor <= levels[0].threshold_minor:
        return
    survivor.level_id = best.level_id
    record_level(work, survivor.card_id, best.level_id, work.now, order_id=None)
    about = {"guestCardId": survivor.card_id, "guestId": survivor.guest_id}
    survivor.facts.append(Event("level.upgraded", about | {"level": best.level_id}))
