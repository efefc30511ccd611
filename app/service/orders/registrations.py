"""Guests registered at a till, and holds that a till gives back."""

from app.contracts import sync
from app.contracts.errors import CATALOGUE, ErrorCode
from app.contracts.plugin import CancelReservationRequest
from app.service.guests.service import add_alias, add_guest, find_card_id, read_phone
from app.service.kit.work import Work
from app.service.loyalty.reservations import cancel_reservation

# The operation's own id is put in by the caller.
NO_ID = "-"


def register_guest(work: Work, payload: sync.GuestRegisterPayload) -> sync.SyncResult:
    """Register a guest; one who is known already gives his card to the till's own id."""
    phone = read_phone(payload.phone)
    card_id = find_card_id(work, phone)
    known = card_id is not None
    if card_id is None:
        card_id, _ = add_guest(work, phone, payload.first_name or "", code6=payload.code6_digit)
    add_alias(work, payload.client_guest_id, card_id)
    info = CATALOGUE[ErrorCode.DUPLICATE_PHONE]
    return sync.SyncResult(
        operation_id=NO_ID,
        status=sync.SyncStatus.SUCCESS,
        server_id=card_id,
        guest_card_id=card_id,
        error_code=ErrorCode.DUPLICATE_PHONE.value if known else None,
        detail=info.title if known else None,
        detail_ru=info.title_ru if known else None,
    )


def cancel_hold(work: Work, payload: sync.ReservationCancelPayload) -> sync.SyncResult:
    """Give a reservation's points back."""
    request = CancelReservationRequest(reservation_id=payload.reservation_id, reason=payload.reason)
    answer = cancel_reservation(work, request)
    return sync.SyncResult(
        operation_id=NO_ID,
        status=sync.SyncStatus.SUCCESS,
        server_id=payload.reservation_id,
        already_processed=answer.already_processed,
    )
