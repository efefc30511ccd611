"""Points moved by an administrator, and between cards within the company's limits (L14)."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from app.contracts.adjustments import (
    ManualAdjustmentRequest,
    ManualAdjustmentResponse,
    PointKindName,
    TransferRequest,
    TransferResponse,
)
from app.contracts.errors import ErrorCode
from app.domain.loyalty import LoyaltyRules
from app.kernel.text import format_points
from app.service.audit_log.service import record
from app.service.kit.events import Event
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.lots import Lot, PointKind, end_of, negated
from app.service.ledger.models import ledger_entries
from app.service.loyalty.cards import Card, lock_card, lock_cards, read_card, save_card
from app.service.loyalty.models import cards
from app.service.tenants.repository import get_rules

_DAY: Final = timedelta(hours=24)


def adjust_points(work: Work, request: ManualAdjustmentRequest) -> ManualAdjustmentResponse:
    """Give or take points by hand; who and why is in the ledger and in the audit log.

    Raises:
        ProblemError: The guest is unknown, has fewer points, or the end lies in the past.
    """
    card = lock_card(work, request.guest_card_id or _card_of_guest(work, request.guest_id))
    is_promo = request.kind is PointKindName.PROMO
    kind = PointKind.PROMO if is_promo else PointKind.REGULAR
    balance = card.promo_minor if is_promo else card.regular_minor
    if balance + request.points < 0:
        raise _too_few(balance)
    entry_id = card.post(
        work,
        EntryKind.MANUAL,
        promo_minor=request.points if is_promo else 0,
        regular_minor=0 if is_promo else request.points,
        natural_key=f"MANUAL:{work.ids.new()}",
        cause=_cause(work, request.reason),
        dated=_dated(work, card, kind, request),
    )
    assert entry_id is not None, "the contract lets no zero through"
    card.facts.append(_told(work, card, request.points, request.reason))
    save_card(work, card)
    details = {"points": request.points, "kind": request.kind.value, "reason": request.reason}
    record(work, "points.adjusted", "card", card.card_id, details)
    return ManualAdjustmentResponse(
        success=True,
        transaction_id=entry_id,
        guest_card_id=card.card_id,
        regular_balance=card.regular_minor,
        promo_balance=card.promo_minor,
        total_balance=card.total_minor,
    )


def _card_of_guest(work: Work, guest_id: str | None) -> str:
    card_id: str | None = work.connection.execute(
        sa.select(cards.c.id).where(
            cards.c.tenant_id == work.tenant_id, cards.c.guest_id == guest_id
        )
    ).scalar()
    if card_id is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return card_id


def _dated(
    work: Work, card: Card, kind: PointKind, request: ManualAdjustmentRequest
) -> tuple[Lot, ...] | None:
    if request.points < 0:
        return None
    if request.expires_at is None:
        return ()
    if request.expires_at <= work.now:
        raise ProblemError(
            ErrorCode.VALIDATION_ERROR,
            "/expiresAt: must be in the future",
            "Срок действия баллов уже прошёл",
        )
    return card.lots.grant(kind, end_of(request.expires_at), request.points)


def transfer_points(work: Work, request: TransferRequest) -> TransferResponse:
    """Move regular points from one card to another; dated ones keep their end.

    Raises:
        ProblemError: A card is unknown, has too few points, or the day's limit is reached.
    """
    ids = [read_card(work, card_id).card_id for card_id in _both(request)]
    if ids[0] == ids[1]:
        raise ProblemError(
            ErrorCode.VALIDATION_ERROR,
            "Points cannot be moved to the same card",
            "Нельзя перевести баллы на ту же карту",
        )
    locked = lock_cards(work, ids)
    giver, taker = locked[ids[0]], locked[ids[1]]
    if giver.merged_into_id is not None or taker.merged_into_id is not None:
        raise ProblemError(ErrorCode.GUEST_ALREADY_MERGED)
    if giver.regular_minor < request.points:
        raise _too_few(giver.regular_minor)
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    _check_limits(work, rules, giver.card_id, request.points)
    transfer_id = work.ids.new()
    entry_id = _move(work, giver, taker, request, transfer_id)
    save_card(work, giver)
    save_card(work, taker)
    details = {"to": taker.card_id, "points": request.points, "reason": request.reason}
    record(work, "points.transferred", "card", giver.card_id, details)
    return TransferResponse(
        success=True,
        transaction_id=entry_id,
        from_balance=giver.total_minor,
        to_balance=taker.total_minor,
    )


def _both(request: TransferRequest) -> tuple[str, str]:
    return request.from_guest_card_id, request.to_guest_card_id


def _move(work: Work, giver: Card, taker: Card, request: TransferRequest, transfer_id: str) -> str:
    dated = giver.lots.pick_last(PointKind.REGULAR, request.points, giver.regular_minor)
    reason = request.reason or ""
    out_id = giver.post(
        work,
        EntryKind.TRANSFER,
        promo_minor=0,
        regular_minor=-request.points,
        natural_key=f"TRANSFER-OUT:{transfer_id}",
        cause=_cause(work, f"to {taker.card_id}: {reason}".rstrip(": ")),
        dated=negated(dated),
    )
    assert out_id is not None, "the contract lets no zero through"
    taker.post(
        work,
        EntryKind.TRANSFER,
        promo_minor=0,
        regular_minor=request.points,
        natural_key=f"TRANSFER-IN:{transfer_id}",
        cause=_cause(work, f"from {giver.card_id}: {reason}".rstrip(": ")),
        dated=taker.lots.grant_all(dated),
    )
    giver.facts.append(_told(work, giver, -request.points, "transfer"))
    taker.facts.append(_told(work, taker, request.points, "transfer"))
    return out_id


def _check_limits(work: Work, rules: LoyaltyRules, card_id: str, points: int) -> None:
    """Refuse what goes past the limits of any 24 hours; what merging moved does not count."""
    entry = ledger_entries.c
    count, moved = work.connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(-entry.regular_delta_minor), 0))
        .where(entry.card_id == card_id, entry.tenant_id == work.tenant_id)
        .where(entry.kind == EntryKind.TRANSFER.value, entry.regular_delta_minor < 0)
        .where(entry.created_at > work.now - _DAY, entry.natural_key.like("TRANSFER-OUT:%"))
    ).one()
    if count >= rules.transfers_per_day:
        raise ProblemError(
            ErrorCode.TRANSFER_LIMIT_EXCEEDED,
            f"A card may give points {rules.transfers_per_day} times in 24 hours",
            f"С карты можно переводить баллы {rules.transfers_per_day} раз за сутки",
        )
    most = rules.transfer_per_day_minor
    if moved + points > most:
        raise ProblemError(
            ErrorCode.TRANSFER_LIMIT_EXCEEDED,
            f"A card may give {format_points(most, 'en')} in 24 hours",
            f"С карты можно перевести {format_points(most)} за сутки",
        )


def _too_few(balance_minor: int) -> ProblemError:
    return ProblemError(
        ErrorCode.INSUFFICIENT_BALANCE,
        f"The card holds {format_points(balance_minor, 'en')}",
        f"На карте {format_points(balance_minor)}",
    )


def _cause(work: Work, reason: str) -> Cause:
    return Cause(
        occurred_at=work.now,
        installation_id=work.caller.installation_id or None,
        cashier_id=work.caller.staff_id,
        reason=reason,
    )


def _told(work: Work, card: Card, points: int, reason: str) -> Event:
    data = {"guestCardId": card.card_id, "guestId": card.guest_id, "points": points}
    data["reason"] = reason
    if work.caller.staff_id is not None:
        data["staffId"] = work.caller.staff_id
    return Event("transaction.manual", data)
