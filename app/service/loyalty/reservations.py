"""Reserving, changing and cancelling (L4, L7): points or a percentage held for one order."""

from datetime import timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.domain.loyalty import Calculation, Refusal, calculate
from app.kernel.text import format_percent, format_points
from app.service.db.prepared import Prepared
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import Card, lock_card, save_holds
from app.service.loyalty.checks import check_items
from app.service.loyalty.models import loyalty_orders, reservations
from app.service.loyalty.reservation_store import (
    COLUMNS,
    Reservation,
    ReservationKind,
    ReservationStatus,
    expire,
    find_active_for_order,
    from_row,
    lock_with_card,
    release,
)
from app.service.tenants.repository import get_rules

_TABLE = reservations.c
_INSERT: Final = Prepared(
    sa.insert(reservations),
    (
        "id",
        "tenant_id",
        "installation_id",
        "card_id",
        "order_id",
        "kind",
        "status",
        "amount",
        "held_promo_minor",
        "held_regular_minor",
        "held_lots",
        "check_minor",
        "split_group_id",
        "created_at",
        "expires_at",
        "grace_end",
    ),
)
_CLOSED: Final = Prepared(
    sa.select(loyalty_orders.c.id).where(
        loyalty_orders.c.installation_id == sa.bindparam("installation"),
        loyalty_orders.c.order_id == sa.bindparam("order"),
    )
)


class Wish(NamedTuple):
    """What is to be reserved."""

    card_id: str
    order_id: str
    kind: ReservationKind
    amount: int
    check_minor: int
    split_group_id: str | None
    items: tuple[plugin.CheckItem, ...] | None


def reserve_points(work: Work, request: plugin.ReservePointsRequest) -> plugin.ReserveResponse:
    """Hold points for an order."""
    return _reserve(
        work,
        Wish(
            card_id=request.guest_card_id,
            order_id=request.order_id,
            kind=ReservationKind.POINTS,
            amount=request.points_to_spend,
            check_minor=request.check_amount,
            split_group_id=request.split_group_id,
            items=request.items,
        ),
    )


def reserve_discount(work: Work, request: plugin.ReserveDiscountRequest) -> plugin.ReserveResponse:
    """Fix a percentage for an order."""
    return _reserve(
        work,
        Wish(
            card_id=request.guest_card_id,
            order_id=request.order_id,
            kind=ReservationKind.DISCOUNT,
            # Hundredths of a per cent are what the domain calls basis points.
            amount=request.discount_percent,
            check_minor=request.check_amount,
            split_group_id=request.split_group_id,
            items=request.items,
        ),
    )


def _reserve(work: Work, wish: Wish) -> plugin.ReserveResponse:
    card = lock_card(work, wish.card_id)
    if card.card_id != wish.card_id:  # a card that was merged leads to another
        wish = wish._replace(card_id=card.card_id)
    known = _live_for_order(work, card, wish)
    if known is not None:
        return _same_reservation(known, wish)
    _refuse_closed_order(work, wish.order_id)
    _refuse_second_split_part(work, card, wish)
    version = get_rules(work.connection, work.tenant_id, work.now)
    items = check_items(work, wish.check_minor, wish.items)
    level = version.rules.level_by_id(card.level_id)
    result = calculate(version.rules, level, card.total_minor, items, explains=False)
    _check_amount(result, wish.kind, wish.amount, card.total_minor)
    reservation = _insert(
        work,
        card,
        wish,
        ttl=timedelta(seconds=version.rules.reservation_ttl_s),
        grace=timedelta(seconds=version.rules.reservation_grace_s),
    )
    save_holds(work, card)
    return _answer(reservation)


def _insert(work: Work, card: Card, wish: Wish, *, ttl: timedelta, grace: timedelta) -> Reservation:
    is_points = wish.kind is ReservationKind.POINTS
    held = card.pick(wish.amount if is_points else 0)
    card.hold(held)
    reservation = Reservation(
        reservation_id=work.ids.new(),
        installation_id=work.caller.installation_id,
        card_id=card.card_id,
        order_id=wish.order_id,
        kind=wish.kind,
        status=ReservationStatus.ACTIVE,
        amount=wish.amount,
        held_promo_minor=held.promo_minor,
        held_regular_minor=held.regular_minor,
        check_minor=wish.check_minor,
        split_group_id=wish.split_group_id,
        expires_at=work.now + ttl,
        grace_end=work.now + ttl + grace,
        held_lots=held.text(),
    )
    _INSERT.run(
        work.connection,
        {
            "id": reservation.reservation_id,
            "tenant_id": work.tenant_id,
            "installation_id": reservation.installation_id,
            "card_id": reservation.card_id,
            "order_id": reservation.order_id,
            "kind": reservation.kind.value,
            "status": reservation.status.value,
            "amount": reservation.amount,
            "held_promo_minor": held.promo_minor,
            "held_regular_minor": held.regular_minor,
            "held_lots": held.text(),
            "check_minor": reservation.check_minor,
            "split_group_id": reservation.split_group_id,
            "created_at": work.now,
            "expires_at": reservation.expires_at,
            "grace_end": reservation.grace_end,
        },
    )
    return reservation


def _answer(reservation: Reservation, *, again: bool = False) -> plugin.ReserveResponse:
    return plugin.ReserveResponse(
        success=True,
        reservation_id=reservation.reservation_id,
        expires_at=reservation.expires_at,
        grace_period_end=reservation.grace_end,
        already_processed=again,
    )


def _live_for_order(work: Work, card: Card, wish: Wish) -> Reservation | None:
    """Return the order's active reservation; one whose time is over is expired on the way."""
    known = find_active_for_order(work, wish.order_id)
    if known is None or work.now < known.expires_at:
        return known
    expire(work, known, card)
    return None


def _same_reservation(known: Reservation, wish: Wish) -> plugin.ReserveResponse:
    if (known.card_id, known.kind, known.amount) == (wish.card_id, wish.kind, wish.amount):
        return _answer(known, again=True)
    raise ProblemError(ErrorCode.RESERVATION_ALREADY_ACTIVE)


def ask_closed_ahead(connection: Connection, installation_id: str, order_id: str) -> None:
    """Begin to look whether an order is closed."""
    _CLOSED.ahead(connection, {"installation": installation_id, "order": order_id})


def _refuse_closed_order(work: Work, order_id: str) -> None:
    asked = {"installation": work.caller.installation_id, "order": order_id}
    if _CLOSED.first(work.connection, asked) is not None:
        raise ProblemError(ErrorCode.DUPLICATE_CHECK)


def _refuse_second_split_part(work: Work, card: Card, wish: Wish) -> None:
    if wish.split_group_id is None:
        return
    live = (
        ReservationStatus.ACTIVE.value,
        ReservationStatus.FINALIZED.value,
        ReservationStatus.EXPIRED.value,
    )
    rows = work.connection.execute(
        sa.select(*COLUMNS).where(
            _TABLE.tenant_id == work.tenant_id,
            _TABLE.split_group_id == wish.split_group_id,
            _TABLE.status.in_(live),
        )
    ).all()
    for row in rows:
        other = from_row(row)
        if other.order_id == wish.order_id and other.status is ReservationStatus.EXPIRED:
            continue
        if other.status is not ReservationStatus.FINALIZED and work.now >= other.grace_end:
            if other.status is ReservationStatus.ACTIVE:
                expire(work, other, card)
            continue
        raise ProblemError(ErrorCode.LOYALTY_ALREADY_APPLIED_TO_SPLIT)


def _check_amount(
    result: Calculation, kind: ReservationKind, amount: int, balance_minor: int
) -> None:
    if result.refusal is Refusal.LOYALTY_SYSTEM_DISABLED:
        raise ProblemError(ErrorCode.LOYALTY_SYSTEM_DISABLED)
    if result.refusal is Refusal.MIN_CHECK_AMOUNT:
        note = result.explanation[0]
        raise ProblemError(ErrorCode.MIN_CHECK_AMOUNT, note.en, note.ru)
    if kind is ReservationKind.DISCOUNT:
        _check_discount(result, amount)
        return
    if amount > balance_minor:
        raise ProblemError(
            ErrorCode.INSUFFICIENT_BALANCE,
            f"The card holds {format_points(balance_minor, 'en')}",
            f"На карте {format_points(balance_minor)}",
        )
    if amount > result.max_spend_minor:
        most = result.max_spend_minor
        raise ProblemError(
            ErrorCode.REDEEM_LIMIT_EXCEEDED,
            f"At most {format_points(most, 'en')} can be redeemed on this check",
            f"На этот чек можно списать не больше {format_points(most)}",
        )


def _check_discount(result: Calculation, percent_bp: int) -> None:
    most = result.level.percent_bp
    if percent_bp > most:
        raise ProblemError(
            ErrorCode.DISCOUNT_LIMIT_EXCEEDED,
            f"Level {result.level.name} gives at most {format_percent(most)}",
            f"Уровень «{result.level.name}» даёт не больше {format_percent(most)}",
        )


def update_reservation(
    work: Work, request: plugin.UpdateReservationRequest
) -> plugin.UpdateReservationResponse:
    """Change what an active reservation holds; its time stays as it was."""
    card, reservation = lock_with_card(work, request.reservation_id)
    _require_active(work, reservation)
    check_minor = request.check_amount or reservation.check_minor
    version = get_rules(work.connection, work.tenant_id, work.now)
    level = version.rules.level_by_id(card.level_id)
    card.release(reservation.held)
    items = check_items(work, check_minor, None)
    result = calculate(version.rules, level, card.total_minor, items, explains=False)
    _check_amount(result, reservation.kind, request.amount, card.total_minor)
    is_points = reservation.kind is ReservationKind.POINTS
    held = card.pick(request.amount if is_points else 0)
    card.hold(held)
    work.connection.execute(
        sa.update(reservations)
        .where(_TABLE.id == reservation.reservation_id)
        .values(
            amount=request.amount,
            held_promo_minor=held.promo_minor,
            held_regular_minor=held.regular_minor,
            held_lots=held.text(),
            check_minor=check_minor,
        )
    )
    save_holds(work, card)
    return plugin.UpdateReservationResponse(success=True, amount=request.amount)


def _require_active(work: Work, reservation: Reservation) -> None:
    if reservation.status in {ReservationStatus.FINALIZED, ReservationStatus.CANCELLED}:
        raise ProblemError(ErrorCode.RESERVATION_NOT_ACTIVE)
    if reservation.status is not ReservationStatus.ACTIVE or work.now >= reservation.expires_at:
        raise ProblemError(ErrorCode.RESERVATION_EXPIRED)


def cancel_reservation(
    work: Work, request: plugin.CancelReservationRequest
) -> plugin.SuccessResponse:
    """Give the held points back; a reservation that holds nothing any more is fine as it is."""
    card, reservation = lock_with_card(work, request.reservation_id)
    if reservation.status is ReservationStatus.FINALIZED:
        raise ProblemError(ErrorCode.RESERVATION_NOT_ACTIVE)
    if reservation.status is not ReservationStatus.ACTIVE:
        return plugin.SuccessResponse(success=True, already_processed=True)
    release(work, card, reservation, ReservationStatus.CANCELLED, request.reason or "")
    save_holds(work, card)
    return plugin.SuccessResponse(success=True)
