"""Payments by a QR code of the Faster Payments System (SBP): what the till may ask of a bank.

Sums are integer kopecks. The guest pays in the application of their own bank, so nothing here takes
money: a code is registered, shown and asked about. A payment is true only when `QrPayments.status` says
PAID; a notice of the bank only says that it is time to ask.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from drivers.api.errors import DeviceRefused, Language


class QrState(enum.StrEnum):
    """Where a code stands.

    PAID, CANCELLED and EXPIRED do not change any more; after DECLINED the guest may try again.
    """

    NEW = "new"
    IN_PROGRESS = "in_progress"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class QrCode:
    """A registered code.

    Attributes:
        qr_id: the bank's name of it.
        order_id: the till's own id.
        amount_minor: sum it asks for.
        payload: text of the code to be shown.
        image_url: picture made by the bank.
        expires_at: ISO 8601, '' if the bank's own limit holds.
    """

    qr_id: str
    order_id: str
    amount_minor: int
    payload: str
    image_url: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class QrStatus:
    """What the bank says of a code; '' and None where it says nothing."""

    qr_id: str
    state: QrState
    order_id: str = ""
    amount_minor: int | None = None
    transaction_id: str = ""
    paid_at: str = ""

    @property
    def is_paid(self) -> bool:
        """Whether the money is on its way to the restaurant."""
        return self.state is QrState.PAID

    @property
    def can_be_paid(self) -> bool:
        """Whether a guest may still pay it."""
        return self.state in (QrState.NEW, QrState.IN_PROGRESS, QrState.DECLINED)


class RefundState(enum.StrEnum):
    """Where a refund stands; IN_PROGRESS has to be asked about again."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class QrRefund:
    """What the bank says of a refund."""

    refund_id: str
    state: RefundState
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class QrNotice:
    """A signed notice of the bank. All but `qr_id` is signed; `qr_id` comes from the till's notes.

    It is a reason to ask `QrPayments.status`, never a proof of payment: an old one may come again.
    """

    order_id: str
    amount_minor: int
    state: QrState
    paid_at: str = ""
    qr_id: str = ""


NoticeHandler = Callable[[QrNotice], None]
"""Called on a thread of the receiver."""


class QrNotices(Protocol):
    """Hears the bank's notices. Order: ``start -> stop``, repeatable."""

    def start(self) -> None:
        """Listen.

        Raises:
            NotConnected: the port cannot be had.
        """
        ...

    def stop(self) -> None:
        """Stop listening. Repeatable."""
        ...


class OrderAlreadyPaid(DeviceRefused):
    """This order was paid by a code already; a second one would take the money twice."""

    code: ClassVar[str] = "qr.already_paid"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Этот заказ уже оплачен по QR-коду. Проверьте оплату.",
        "en": "This order was already paid by QR code. Check the payment.",
    }


class QrPayments(Protocol):
    """One bank's codes.

    Order of calls::

        open -> { check | register -> (show) -> status* -> [cancel] | refund -> refund_status* }* -> close

    `register` is idempotent by the order's id: asked again, with the same sum, it returns the same code
    as long as that can be paid. A code that was cancelled must be asked about once more, which `cancel`
    does itself: the guest may have paid in that moment.

    Errors (drivers.api.errors): `refund` raises `OutcomeUnknown` when the request may have reached the
    bank and no answer came; it is resolved by `refund_status`, and may be sent again under the same
    refund id only when that says None. Every other error says that nothing was booked. A lost answer
    to `register` is a plain error: a code that nobody has seen cannot be paid. All calls are made on
    one thread, the device's.
    """

    def open(self) -> None:
        """Get ready. Repeatable, asks nobody."""
        ...

    def close(self) -> None:
        """Let go of the connections. Repeatable, never raises."""
        ...

    def check(self) -> None:
        """Ask whether the bank answers and knows the key. Repeatable, moves nothing.

        Raises:
            TransportError: it does not answer. AccessDenied: it does not accept the key.
        """
        ...

    def register(
        self,
        amount_minor: int,
        order_id: str,
        *,
        expires_at: datetime | None = None,
        purpose: str = "",
    ) -> QrCode:
        """Register a code for one payment of this sum.

        Args:
            amount_minor: sum, above zero.
            order_id: the till's own id of this payment, stored by the till before the call.
            expires_at: with a time zone; None leaves the bank's own limit.
            purpose: what the guest's bank shows, as far as it shows anything.

        Raises:
            OrderAlreadyPaid: this order was paid by a code; ask `find` and `status`.
        """
        ...

    def find(self, order_id: str) -> QrCode | None:
        """Return the code last registered for an order by this till, None if there is none."""
        ...

    def status(self, qr_id: str) -> QrStatus:
        """Ask where a code stands. Repeatable."""
        ...

    def cancel(self, qr_id: str) -> QrStatus:
        """Make a code worthless, then ask once more: PAID may come back. Repeatable."""
        ...

    def refund(
        self, order_id: str, refund_id: str, amount_minor: int, *, purpose: str = ""
    ) -> QrRefund:
        """Give money of a paid order back, in part or in whole.

        Raises:
            OutcomeUnknown: the request left, no answer came: ask `refund_status`.
        """
        ...

    def refund_status(self, refund_id: str) -> QrRefund | None:
        """Ask where a refund stands, None if the bank has none with this id. Repeatable."""
        ...
