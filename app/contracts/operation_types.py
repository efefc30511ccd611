"""What kinds of operations a till pushes; apart from their models, so that it loads at once."""

from enum import StrEnum


class OperationType(StrEnum):
    """What an operation tells of."""

    GUEST_REGISTER = "guest.register"
    SALE = "sale"
    REFUND = "refund"
    RESERVATION_CANCEL = "reservation.cancel"
    SHIFT_OPEN = "shift.open"
    SHIFT_CLOSE = "shift.close"
    CASH_MOVEMENT = "cash.movement"
