"""Making cards, filling them up, stopping them and letting them go on."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from app.contracts import gift_cards as wire
from app.contracts.errors import ErrorCode, FieldProblem
from app.contracts.gift_card_codes import group_code, last_digits
from app.contracts.gift_cards import GiftCardStatus
from app.service.audit_log.service import record
from app.service.gift_cards.cards import (
    GiftCard,
    GiftCause,
    GiftEntryKind,
    Row,
    find_entry,
    gift_card_view,
    lock_gift_card,
    read_gift_card,
    save_gift_card,
)
from app.service.gift_cards.codes import code_hash, company_secret, derive_code
from app.service.gift_cards.models import gift_cards
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.tenants.models import tenants

_DRAWS_MAX: Final = 8


def issue_gift_card(work: Work, request: wire.IssueGiftCardRequest) -> wire.GiftCardIssued:
    """Make a card; the answer is without the code, as it is kept: see `with_code`.

    Raises:
        ProblemError: The end lies in the past, the amount is too high, or the caller's name for the
            operation was used for another one.
    """
    known = _known(work, "ISSUE", request.operation_id)
    if known is not None:
        _require_same(known, request.amount)
        return _issued(work, read_gift_card(work, known.gift_card_id), again=True)
    if request.expires_at is not None and request.expires_at <= work.now:
        detail = "must lie in the future"
        field = FieldProblem(pointer="/expiresAt", code="moment_past", detail=detail)
        raise ProblemError(ErrorCode.VALIDATION_ERROR, f"/expiresAt: {detail}", errors=(field,))
    card = _add(work, request)
    key = _natural_key(work, "ISSUE", request.operation_id) or f"ISSUE:{card.card_id}"
    cause = GiftCause(
        occurred_at=work.business_time(request.occurred_at),
        order_id=request.order_id,
        cashier_id=request.cashier_id,
    )
    card.post(work, GiftEntryKind.ISSUE, request.amount, key, cause)
    save_gift_card(work, card)
    _record(work, "issued", card.card_id, {"amountMinor": request.amount})
    return _issued(work, card, again=False)


def with_code(work: Work, issued: wire.GiftCardIssued) -> wire.GiftCardIssued:
    """Put the code into an answer to whoever issued the card, the first time or again."""
    code = derive_code(company_secret(work), issued.gift_card.id)
    return issued.model_copy(update={"code": group_code(code)})


def top_up_gift_card(
    work: Work, card_id: str, request: wire.TopUpGiftCardRequest
) -> wire.GiftCardChanged:
    """Put more on a card.

    Raises:
        ProblemError: The card is unknown, stopped or over, or would hold too much.
    """
    card = lock_gift_card(work, card_id)
    known = _known(work, "TOP_UP", request.operation_id)
    if known is not None:
        _require_same(known, request.amount, card_id)
        return changed(work, card, known.id, again=True)
    card.require_usable(work.now)
    key = _natural_key(work, "TOP_UP", request.operation_id)
    cause = GiftCause(
        occurred_at=work.business_time(request.occurred_at),
        order_id=request.order_id,
        cashier_id=request.cashier_id,
    )
    entry_id = card.post(
        work,
        GiftEntryKind.TOP_UP,
        request.amount,
        key or f"TOP_UP:{card_id}:{card.entry_count + 1}",
        cause,
    )
    save_gift_card(work, card)
    _record(work, "topped_up", card_id, {"amountMinor": request.amount})
    return changed(work, card, entry_id)


def block_gift_card(
    work: Work, card_id: str, request: wire.BlockGiftCardRequest
) -> wire.GiftCardChanged:
    """Stop a card; money that is held for open orders may still be taken."""
    card = lock_gift_card(work, card_id)
    if card.status is GiftCardStatus.BLOCKED:
        return changed(work, card, again=True)
    if card.is_over(work.now):
        raise ProblemError(ErrorCode.GIFT_CARD_EXPIRED)
    card.status, card.blocked_reason = GiftCardStatus.BLOCKED, request.reason
    save_gift_card(work, card)
    _record(work, "blocked", card_id, {"reason": request.reason})
    return changed(work, card)


def unblock_gift_card(
    work: Work, card_id: str, request: wire.UnblockGiftCardRequest
) -> wire.GiftCardChanged:
    """Let a stopped card work again."""
    card = lock_gift_card(work, card_id)
    if card.status is not GiftCardStatus.BLOCKED:
        return changed(work, card, again=True)
    card.status, card.blocked_reason = GiftCardStatus.ACTIVE, None
    save_gift_card(work, card)
    _record(work, "unblocked", card_id, {"reason": request.reason or ""})
    return changed(work, card)


def changed(
    work: Work, card: GiftCard, entry_id: str | None = None, *, again: bool = False
) -> wire.GiftCardChanged:
    """Return the answer to a change of a card."""
    view = gift_card_view(card, currency_of(work), work.now)
    return wire.GiftCardChanged(gift_card=view, transaction_id=entry_id, already_processed=again)


def currency_of(work: Work) -> str:
    """Return the currency of the caller's company."""
    currency: str = work.connection.execute(
        sa.select(tenants.c.currency).where(tenants.c.id == work.tenant_id)
    ).scalar_one()
    return currency


def _record(work: Work, what: str, card_id: str, details: Mapping[str, object]) -> None:
    record(work, f"gift_card.{what}", "gift_card", card_id, details)


def _issued(work: Work, card: GiftCard, *, again: bool) -> wire.GiftCardIssued:
    view = gift_card_view(card, currency_of(work), work.now)
    return wire.GiftCardIssued(gift_card=view, already_processed=again)


def _add(work: Work, request: wire.IssueGiftCardRequest) -> GiftCard:
    card_id, code = _draw(work)
    work.connection.execute(
        sa.insert(gift_cards).values(
            id=card_id,
            tenant_id=work.tenant_id,
            code_hash=code_hash(company_secret(work), code),
            code_last4=last_digits(code),
            status=GiftCardStatus.ACTIVE.value,
            issued_minor=request.amount,
            entry_count=0,
            expires_at=request.expires_at,
            note=request.note,
            installation_id=work.caller.installation_id,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    return read_gift_card(work, card_id)


def _draw(work: Work) -> tuple[str, str]:
    """Draw an id whose code no other card of the company has."""
    secret = company_secret(work)
    for _ in range(_DRAWS_MAX):
        card_id = work.ids.new()
        code = derive_code(secret, card_id)
        taken = work.connection.execute(
            sa.select(gift_cards.c.id).where(
                gift_cards.c.tenant_id == work.tenant_id,
                gift_cards.c.code_hash == code_hash(secret, code),
            )
        ).first()
        if taken is None:
            return card_id, code
    raise ProblemError(ErrorCode.SERVICE_UNAVAILABLE)


def _natural_key(work: Work, kind: str, operation_id: str | None) -> str | None:
    if operation_id is None:
        return None
    return f"{kind}:{work.caller.installation_id}:{operation_id}"


def _known(work: Work, kind: str, operation_id: str | None) -> Row | None:
    key = _natural_key(work, kind, operation_id)
    return find_entry(work, key) if key is not None else None


def _require_same(known: Row, amount_minor: int, card_id: str | None = None) -> None:
    if known.delta_minor != amount_minor or card_id not in (None, known.gift_card_id):
        raise ProblemError(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            "The operation id was used for something else",
            "Этот номер операции уже использован для другой операции",
        )
