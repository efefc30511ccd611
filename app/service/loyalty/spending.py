"""What a closed check takes from a card: from its reservation, or again if that has expired (L6)."""

from dataclasses import dataclass, field
from datetime import datetime

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.lots import Parts
from app.service.loyalty.cards import Card, lock_card, read_card, save_card
from app.service.loyalty.reservation_store import (
    Reservation,
    ReservationKind,
    ReservationStatus,
    close_reservation,
    find_active_for_order,
    find_reservation,
    release,
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What is taken; `wanted_minor` is what the guest was given as a discount by points."""

    wanted_minor: int = 0
    parts: Parts = field(default_factory=Parts)
    discount_bp: int = 0
    reservation_id: str | None = None

    @property
    def taken_minor(self) -> int:
        """Return what was there to be taken."""
        return self.parts.total_minor

    @property
    def shortfall_minor(self) -> int:
        """Return what was gone."""
        return self.wanted_minor - self.taken_minor


def take_held(
    work: Work,
    card: Card,
    *,
    order_id: str,
    reservation_id: str | None,
    wants_points: bool,
    wants_discount: bool,
    limit_minor: int,
    told_minor: int | None,
    past_at: datetime | None,
) -> Spent:
    """Close the reservation of a check and tell what is to be taken; holds are back on the card.

    Args:
        work: The transaction.
        card: Locked; its held points are released, the caller posts what is taken.
        order_id: The check.
        reservation_id: Its reservation, if it has one.
        wants_points: The check redeems points.
        wants_discount: The check has a fixed percentage.
        limit_minor: The most that points can pay of this check.
        told_minor: What the till redeemed, if it says so.
        past_at: When a sale that cannot be undone any more took place.

    Raises:
        ProblemError: The reservation is unknown, over, closed, or of something else.
    """
    if not wants_points and not wants_discount:
        _let_go(work, card, order_id, is_past=past_at is not None)
        return Spent()
    reservation = _checked(work, card, order_id, reservation_id, past_at, wants_points=wants_points)
    if reservation is None:
        if past_at is not None:
            _let_go(work, card, order_id, is_past=True)
        return _take(card, min(told_minor or 0, limit_minor) if wants_points else 0)
    _settle(work, card, reservation)
    if reservation.kind is ReservationKind.DISCOUNT:
        return Spent(discount_bp=reservation.amount, reservation_id=reservation.reservation_id)
    # Without a word of the till, what was reserved is what the guest was promised. A past sale is
    # believed also when it redeemed more than that; others may only redeem less.
    wanted = reservation.amount if told_minor is None else told_minor
    if past_at is None:
        wanted = min(wanted, reservation.amount)
    return _take(card, min(wanted, limit_minor), reservation.reservation_id)


def _take(card: Card, wanted: int, reservation_id: str | None = None) -> Spent:
    return Spent(wanted, card.pick(wanted), reservation_id=reservation_id)


def _let_go(work: Work, card: Card, order_id: str, *, is_past: bool) -> None:
    """Release what the order still holds: it is closed without it.

    A till that died before it heard of a hold may have sold the order to somebody else.
    """
    active = find_active_for_order(work, order_id)
    if active is None:
        return
    if active.card_id == card.card_id:
        release(work, card, active, ReservationStatus.CANCELLED, "not redeemed")
        return
    if not is_past:
        raise ProblemError(ErrorCode.RESERVATION_MISMATCH)
    other = lock_card(work, active.card_id)
    release(work, other, active, ReservationStatus.CANCELLED, "sold to another guest")
    save_card(work, other)


def _checked(
    work: Work,
    card: Card,
    order_id: str,
    reservation_id: str | None,
    past_at: datetime | None,
    *,
    wants_points: bool,
) -> Reservation | None:
    if reservation_id is None:
        return None
    reservation = find_reservation(work, reservation_id)
    if reservation is None:
        raise ProblemError(ErrorCode.RESERVATION_NOT_FOUND)
    kind = ReservationKind.POINTS if wants_points else ReservationKind.DISCOUNT
    if (reservation.order_id, reservation.kind) != (order_id, kind):
        raise ProblemError(ErrorCode.RESERVATION_MISMATCH)
    if not _leads_to(work, reservation.card_id, card):
        raise ProblemError(ErrorCode.RESERVATION_MISMATCH)
    if reservation.status is ReservationStatus.FINALIZED:
        raise ProblemError(ErrorCode.RESERVATION_NOT_ACTIVE)
    if reservation.status is ReservationStatus.CANCELLED and past_at is None:
        raise ProblemError(ErrorCode.RESERVATION_NOT_ACTIVE)
    if (past_at or work.now) >= reservation.grace_end:
        raise ProblemError(ErrorCode.RESERVATION_EXPIRED)
    return reservation


def _leads_to(work: Work, card_id: str, card: Card) -> bool:
    # Reservations that were over when two cards were joined have stayed with the card they were of.
    return card_id == card.card_id or read_card(work, card_id).card_id == card.card_id


def _settle(work: Work, card: Card, reservation: Reservation) -> None:
    if reservation.status is ReservationStatus.ACTIVE:
        card.release(reservation.held)
    elif reservation.status is not ReservationStatus.EXPIRED:
        return  # cancelled for good: the state stays, a past sale takes its points all the same
    # A past sale may come after the reservation's whole time: it then ends as the sweeper ends it.
    is_over = work.now >= reservation.grace_end
    status = ReservationStatus.AUTO_CANCELLED if is_over else ReservationStatus.FINALIZED
    close_reservation(work, reservation, status)
