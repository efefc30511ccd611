"""Taking in a reported check: once for its id, with its effect on the guest in the same transaction."""

from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.pos_checks import (
    PosCheckStatus,
    PosTransactionRequest,
    PosTransactionResponse,
    PosTransactionType,
)
from app.contracts.webhook_events import PosCheckData, PosSyncFailedData
from app.service.guests.repository import find_by_card, find_by_code, find_by_phone
from app.service.guests.service import add_guest
from app.service.kit.access import require_plan
from app.service.kit.events import Event, write_events
from app.service.kit.idempotency import fingerprint
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import lock_card
from app.service.loyalty.checks import check_items
from app.service.loyalty.closing import Closing, ClosingAction, close_check, find_loyalty_order
from app.service.loyalty.refunds import RefundOrder, refund_order
from app.service.pos_checks.models import pos_checks
from app.service.promotions.closing import promotions_of_check

Row = sa.Row[*tuple[Any, ...]]


def process_check(
    work: Work, integration_id: str, request: PosTransactionRequest
) -> PosTransactionResponse:
    """Apply a reported check; the same check again is answered as before.

    Raises:
        ProblemError: The guest or the sale to refund is unknown, or the id stands for another check.
    """
    known = _find(work, integration_id, request)
    mark = fingerprint("pos-transaction", request)
    if known is not None and known.status == PosCheckStatus.PROCESSED.value:
        if known.fingerprint != mark:
            raise ProblemError(ErrorCode.DUPLICATE_CHECK)
        before = PosTransactionResponse.from_wire(known.answer)
        return before.model_copy(update={"already_processed": True})
    is_refund = request.type is PosTransactionType.REFUND
    answer = _refund(work, integration_id, request) if is_refund else _sell(work, request)
    values = {
        "fingerprint": mark,
        "status": PosCheckStatus.PROCESSED.value,
        "answer": answer.to_wire_json(),
        "error_code": None,
        "card_id": answer.guest_card_id,
    }
    _save(work, integration_id, request, known, values)
    write_events(work, [_processed(work, request, answer)])
    return answer


def note_failure(
    work: Work,
    integration_id: str,
    request: PosTransactionRequest | None,
    problem: ProblemError,
) -> None:
    """Write down that a genuine request was refused; told to subscribers once for each reason.

    Args:
        work: A transaction of its own, as the refused one left nothing behind.
        integration_id: Who sent it.
        request: What was sent, if it could be read.
        problem: Why it was refused.
    """
    if request is not None:
        known = _find(work, integration_id, request)
        if known is not None and known.status == PosCheckStatus.PROCESSED.value:
            return  # another check under the id of a good one leaves that one alone
        values = {
            "fingerprint": fingerprint("pos-transaction", request),
            "status": PosCheckStatus.FAILED.value,
            "error_code": problem.error_code.value,
        }
        _save(work, integration_id, request, known, values)
        if known is not None and known.error_code == problem.error_code.value:
            return
    failed = PosSyncFailedData(
        installation_id=work.caller.installation_id,
        operation_id=request.pos_check_id if request is not None else None,
        error_code=problem.error_code.value,
        detail=problem.en,
    )
    write_events(work, [Event("pos.sync.failed", _stored(failed))])


def _sell(work: Work, request: PosTransactionRequest) -> PosTransactionResponse:
    require_plan(work)
    card_id = _card(work, request)
    if card_id is None:
        return _nothing(request)
    closed = close_check(
        work,
        Closing(
            card_id=card_id,
            order_id=request.pos_check_id,
            check_minor=request.check_amount,
            items=check_items(
                work, request.check_amount, request.items, work.business_time(request.closed_at)
            ),
            action=ClosingAction.EARN_ONLY,
            occurred_at=work.business_time(request.closed_at),
            cashier_id=request.cashier_id,
            is_past=True,
            promotions=promotions_of_check(request.pos_check_id, request.items),
        ),
    )
    return PosTransactionResponse(
        success=True,
        pos_check_id=request.pos_check_id,
        type=request.type,
        guest_card_id=card_id,
        transaction_id=closed.transaction_id,
        points_earned=closed.points_earned,
        total_balance=closed.total_balance,
        level_name=closed.level_name,
    )


def _card(work: Work, request: PosTransactionRequest) -> str | None:
    """Return the guest's card; None if the check names nobody."""
    if request.phone is not None:
        guest = find_by_phone(work, request.phone)
        if guest is None and request.register_guest:
            return add_guest(work, request.phone, request.first_name or "", code6=None)[0]
    elif request.code6_digit is not None:
        guest = find_by_code(work, request.code6_digit)
    elif request.guest_card_id is not None:
        guest = find_by_card(work, request.guest_card_id)
    else:
        return None
    if guest is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return guest.card_id


def _refund(
    work: Work, integration_id: str, request: PosTransactionRequest
) -> PosTransactionResponse:
    assert request.original_pos_check_id is not None, "the contract asks for it"
    order = find_loyalty_order(work, request.original_pos_check_id)
    if order is None:
        _require_sale(work, integration_id, request.original_pos_check_id)
        return _nothing(request)
    card = lock_card(work, order.card_id)
    # Read again: only under the card's lock does the refunded part stay as it is.
    order = find_loyalty_order(work, request.original_pos_check_id)
    assert order is not None, "closed checks stay"
    refunded = refund_order(
        work,
        card,
        order,
        RefundOrder(
            order_id=order.order_id,
            refund_id=request.pos_check_id,
            amount_minor=request.check_amount,
            base_minor=order.check_minor,
            occurred_at=work.business_time(request.closed_at),
            reason=request.reason,
            cashier_id=request.cashier_id,
        ),
    )
    return PosTransactionResponse(
        success=True,
        pos_check_id=request.pos_check_id,
        type=request.type,
        guest_card_id=card.card_id,
        points_reversed=refunded.points_reversed,
        total_balance=refunded.new_balance,
    )


def _require_sale(work: Work, integration_id: str, pos_check_id: str) -> None:
    """Refuse a refund of what was never reported; a sale without a guest has nothing to give back."""
    found = sa.select(pos_checks.c.id).where(
        pos_checks.c.integration_id == integration_id,
        pos_checks.c.type == PosTransactionType.SALE.value,
        pos_checks.c.pos_check_id == pos_check_id,
        pos_checks.c.status == PosCheckStatus.PROCESSED.value,
    )
    if work.connection.execute(found).first() is None:
        raise ProblemError(ErrorCode.ORDER_NOT_FOUND)


def _nothing(request: PosTransactionRequest) -> PosTransactionResponse:
    return PosTransactionResponse(
        success=True, pos_check_id=request.pos_check_id, type=request.type
    )


def _find(work: Work, integration_id: str, request: PosTransactionRequest) -> Row | None:
    return work.connection.execute(
        sa.select(pos_checks)
        .where(
            pos_checks.c.integration_id == integration_id,
            pos_checks.c.type == request.type.value,
            pos_checks.c.pos_check_id == request.pos_check_id,
        )
        .with_for_update()
    ).first()


def _save(
    work: Work,
    integration_id: str,
    request: PosTransactionRequest,
    known: Row | None,
    values: dict[str, Any],
) -> None:
    values |= {"check_minor": request.check_amount, "updated_at": work.now}
    if known is not None:
        values["attempts"] = known.attempts + 1
        work.connection.execute(
            sa.update(pos_checks).where(pos_checks.c.id == known.id).values(values)
        )
        return
    # Two that report a check at once: the database lets one in, the other runs again and sees it.
    work.connection.execute(
        sa.insert(pos_checks).values(
            id=work.ids.new(),
            tenant_id=work.tenant_id,
            integration_id=integration_id,
            type=request.type.value,
            pos_check_id=request.pos_check_id,
            attempts=1,
            received_at=work.now,
            **values,
        )
    )


def _processed(work: Work, request: PosTransactionRequest, answer: PosTransactionResponse) -> Event:
    card_id = answer.guest_card_id
    guest = find_by_card(work, card_id) if card_id is not None else None
    told = PosCheckData(
        pos_check_id=request.pos_check_id,
        guest_card_id=card_id,
        guest_id=guest.guest_id if guest is not None else None,
        check_amount=request.check_amount,
        points_earned=answer.points_earned,
    )
    return Event("pos.check.processed", _stored(told))


def _stored(data: PosCheckData | PosSyncFailedData) -> dict[str, Any]:
    # Events are kept with amounts in hundredths, as the models hold them.
    return data.model_dump(by_alias=True, exclude_none=True)
