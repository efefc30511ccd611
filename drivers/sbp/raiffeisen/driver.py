"""`QrPayments` through Raiffeisenbank. Source: [API], the flow of [Clients]."""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime

from drivers.api.errors import (
    ConfigurationError,
    DeviceRefused,
    NotSupported,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
)
from drivers.api.qr_payment import OrderAlreadyPaid, QrCode, QrRefund, QrState, QrStatus
from drivers.sbp.raiffeisen import wire
from drivers.sbp.raiffeisen.client import BankClient, BankNotReady
from drivers.sbp.raiffeisen.errors import BankRefused
from drivers.sbp.raiffeisen.notes import QrNotes

PRODUCTION_URL = "https://pay.raif.ru/api"
_NO_SUCH_CODE = "A" * 32
_PURPOSE_MAX = 140
_MERCHANT_MAX = 12


@dataclass(frozen=True, slots=True)
class RaiffeisenOptions:
    """Settings; times in seconds.

    Attributes:
        merchant_id: the restaurant's number in SBP, e.g. 'MA0000000552'.
        account: the account for the money, '' for the one agreed with the bank.
        timeout_s: for one question and its answer.
        ca_file: certificates to trust instead of the system's, '' for the system's.
    """

    merchant_id: str = ""
    account: str = ""
    timeout_s: float = 15.0
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not self.merchant_id.isalnum() or not self.merchant_id.isascii():
            raise ConfigurationError("merchant_id: the restaurant's number in SBP is missing")
        if len(self.merchant_id) > _MERCHANT_MAX:
            raise ConfigurationError(f"merchant_id has more than {_MERCHANT_MAX} letters")
        if self.account and not (self.account.isascii() and self.account.isdigit()):
            raise ConfigurationError("account must be digits")


class RaiffeisenQr:
    """`QrPayments`; see there for order of calls and threads.

    Args:
        client: carries the requests.
        options: settings.
        notes: of codes and refunds; give one with a path so that they survive a restart.
    """

    def __init__(
        self, client: BankClient, options: RaiffeisenOptions, *, notes: QrNotes | None = None
    ) -> None:
        self._client = client
        self._options = options
        self._notes = notes or QrNotes()

    def open(self) -> None:
        """Nothing to be done: each request has a connection of its own."""

    def close(self) -> None:
        """Nothing is held."""

    def check(self) -> None:
        """Ask about a code that does not exist: the bank answers, and knows the key."""
        try:
            self._client.ask("GET", f"/sbp/v2/qrs/{_NO_SUCH_CODE}")
        except BankRefused as error:
            if error.bank_code not in wire.NOT_FOUND:
                raise

    def register(
        self,
        amount_minor: int,
        order_id: str,
        *,
        expires_at: datetime | None = None,
        purpose: str = "",
    ) -> QrCode:
        """Register a dynamic code, or give back the one that this order has."""
        _check(amount_minor, order_id)
        known = self._live_code(order_id, amount_minor)
        if known is not None:
            return known
        fields = {
            "order": order_id,
            "currency": "RUB",
            "qrType": "QRDynamic",
            "sbpMerchantId": self._options.merchant_id,
        }
        if expires_at is not None:
            if expires_at.tzinfo is None:
                raise ConfigurationError("expires_at needs a time zone")
            fields["qrExpirationDate"] = expires_at.isoformat(timespec="seconds")
        if purpose:
            fields["paymentDetails"] = purpose[:_PURPOSE_MAX]
        if self._options.account:
            fields["account"] = self._options.account
        body = wire.encode(fields, amount_minor)
        try:
            # [API]: a registration needs no key, and so gets none.
            answer = self._client.ask("POST", "/sbp/v1/qr/register", body, with_key=False)
        except BankRefused as error:
            if error.bank_code == wire.ORDER_REGISTERED:
                raise OrderAlreadyPaid(error.detail) from error
            raise
        code = wire.read_code(answer, order_id, amount_minor)
        if not code.expires_at:
            code = replace(code, expires_at=fields.get("qrExpirationDate", ""))
        self._notes.put_code(code)
        return code

    def find(self, order_id: str) -> QrCode | None:
        """Return what the notes have."""
        return self._notes.find_code(order_id)

    def status(self, qr_id: str) -> QrStatus:
        """Ask about the payment, and about the code where that was not paid."""
        wire.check_qr_id(qr_id)
        payment = self._payment(qr_id)
        if payment is not None and payment.is_paid:
            return payment
        answer = self._client.ask("GET", f"/sbp/v2/qrs/{qr_id}")
        state = wire.read_state(answer, qr_id)
        if state is QrState.PAID:
            # It was paid between the two questions: the first now has the facts.
            payment = self._payment(qr_id)
            if payment is not None and payment.is_paid:
                return payment
            return QrStatus(qr_id, QrState.PAID)
        if payment is None:
            return QrStatus(qr_id, state)
        if state is QrState.NEW:
            return payment  # a try that runs, or was declined, says more than "not paid"
        return replace(payment, state=state)

    def cancel(self, qr_id: str) -> QrStatus:
        """Delete the code, then ask: the guest may have paid in that moment [Clients].

        A refusal (it is paid, expired or cancelled already) is no error here: the state says which.
        """
        wire.check_qr_id(qr_id)
        with contextlib.suppress(BankRefused):
            self._client.ask("DELETE", f"/sbp/v2/qrs/{qr_id}")
        return self.status(qr_id)

    def refund(
        self, order_id: str, refund_id: str, amount_minor: int, *, purpose: str = ""
    ) -> QrRefund:
        """Ask for a refund; one that was asked for before is asked about first."""
        _check(amount_minor, order_id)
        _check(amount_minor, refund_id)
        is_repeated = self._notes.has_refund(refund_id)
        if is_repeated:
            begun = self.refund_status(refund_id)
            if begun is not None:
                return begun
        fields = {"order": order_id, "refundId": refund_id}
        if purpose:
            fields["paymentDetails"] = purpose[:_PURPOSE_MAX]
        self._notes.put_refund(refund_id)
        body = wire.encode(fields, amount_minor)
        try:
            answer = self._client.ask("POST", "/sbp/v1/refund", body)
            return wire.read_refund(answer, refund_id)
        except BankRefused:
            # The first request may have come to the bank after our question, and stands in the way.
            begun = self.refund_status(refund_id) if is_repeated else None
            if begun is None:
                raise
            return begun
        except TransportError as error:
            if error.sent_bytes == 0:
                raise  # nothing left the till
            raise OutcomeUnknown(error.detail, reason=error) from error
        except (ProtocolError, BankNotReady) as error:
            raise OutcomeUnknown(error.detail) from error

    def refund_status(self, refund_id: str) -> QrRefund | None:
        """Ask where a refund stands."""
        _check(1, refund_id)
        try:
            answer = self._client.ask("GET", f"/sbp/v1/refund/{refund_id}")
        except BankRefused as error:
            if error.bank_code in wire.NOT_FOUND:
                return None
            raise
        return wire.read_refund(answer, refund_id)

    def _live_code(self, order_id: str, amount_minor: int) -> QrCode | None:
        """Return the order's code if it can still be paid; a paid one must never get a sister."""
        known = self._notes.find_code(order_id)
        if known is None:
            return None
        status = self.status(known.qr_id)
        if status.is_paid:
            raise OrderAlreadyPaid(f"order {order_id}, code {known.qr_id}")
        if not status.can_be_paid:
            return None
        if known.amount_minor != amount_minor:
            raise DeviceRefused(
                f"order {order_id} has a code of {known.amount_minor} that can still be paid: "
                "cancel it first"
            )
        return known

    def _payment(self, qr_id: str) -> QrStatus | None:
        try:
            answer = self._client.ask("GET", f"/sbp/v1/qr/{qr_id}/payment-info")
        except BankRefused as error:
            if error.bank_code in wire.NOT_FOUND:
                return None
            raise
        return wire.read_payment(answer, qr_id)


def _check(amount_minor: int, name: str) -> None:
    if not 0 < amount_minor < wire.AMOUNT_MAX:
        raise NotSupported(f"sum {amount_minor} is outside of what a code can ask for")
    if not wire.ID_PATTERN.fullmatch(name):
        raise NotSupported(f"{name[:60]!r} is no id that the bank allows")
