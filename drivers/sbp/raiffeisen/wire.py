"""What goes over the wire to and from the bank: JSON with exact sums. Source: [API].

Sums are decimal numbers of roubles there and kopecks here; no floating point number is made of them.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from drivers.api.errors import ProtocolError
from drivers.api.qr_payment import QrCode, QrRefund, QrState, QrStatus, RefundState

AMOUNT_MAX = 10**11
BODY_MAX = 256 * 1024
TEXT_MAX = 1000
SUCCESS = "SUCCESS"
ORDER_REGISTERED = "ERROR.ORDER_NUMBER_ALREADY_REGISTERED"
NOT_FOUND = frozenset(("ERROR.NOT_FOUND", "NOT_FOUND", "ERROR.REFUND_NOT_FOUND"))
#: [API] pattern of order and refund ids: Latin letters, digits, '-', '_' and '.', 40 at most.
ID_PATTERN = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_QR_ID = re.compile(r"[A-Za-z0-9]{1,64}")

_PAYMENT_STATES = {
    "SUCCESS": QrState.PAID,
    "IN_PROGRESS": QrState.IN_PROGRESS,
    "DECLINED": QrState.DECLINED,
    "NO_INFO": QrState.NEW,
}
_CODE_STATES = {
    "NEW": QrState.NEW,
    "IN_PROGRESS": QrState.IN_PROGRESS,
    "CANCELLED": QrState.CANCELLED,
    "EXPIRED": QrState.EXPIRED,
    "PAID": QrState.PAID,
}
_REFUND_STATES = {
    "IN_PROGRESS": RefundState.IN_PROGRESS,
    "COMPLETED": RefundState.COMPLETED,
    "DECLINED": RefundState.DECLINED,
}


def roubles(amount_minor: int) -> str:
    """Write kopecks as a decimal number of roubles, two digits behind the point."""
    whole, part = divmod(amount_minor, 100)
    return f"{whole}.{part:02d}"


def encode(fields: Mapping[str, str], amount_minor: int) -> bytes:
    """Write a request; the sum goes in as a number made of digits."""
    head = json.dumps(dict(fields), ensure_ascii=False)
    return f'{head[:-1]}, "amount": {roubles(amount_minor)}}}'.encode()


def parse(body: bytes) -> dict[str, object]:
    """Read an answer or a notice.

    Raises:
        ProtocolError: it is no JSON object.
    """
    if len(body) > BODY_MAX:
        raise ProtocolError(f"an answer of {len(body)} bytes")
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise ProtocolError(f"no JSON: {body[:60]!r}") from error
    if not isinstance(value, dict):
        raise ProtocolError(f"no JSON object: {body[:60]!r}")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def text(answer: Mapping[str, object], name: str) -> str:
    """Return a text or a whole number as text, '' if it is not there."""
    value = answer.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ProtocolError(f"{name} is no text")
    return str(value)[:TEXT_MAX]


def minor(answer: Mapping[str, object], name: str) -> int | None:
    """Return a sum in kopecks, None if it is not there.

    Raises:
        ProtocolError: no number, or one with parts of a kopeck.
    """
    value = answer.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ProtocolError(f"{name} is no number")
    if not 0 <= value < AMOUNT_MAX:
        raise ProtocolError(f"{name} is out of range")
    kopecks = int(Decimal(value) * 100)  # rounded: so the two are compared again, exactly
    if Decimal(kopecks).scaleb(-2) != value:
        raise ProtocolError(f"{name} has parts of a kopeck")
    return kopecks


def read_code(answer: Mapping[str, object], order_id: str, amount_minor: int) -> QrCode:
    """Read the answer to a registration."""
    qr_id, payload = text(answer, "qrId"), text(answer, "payload")
    check_qr_id(qr_id)
    if not payload.startswith("https://"):
        raise ProtocolError("the payload of the code is no address")
    expires_at = text(answer, "qrExpirationDate")
    return QrCode(qr_id, order_id, amount_minor, payload, text(answer, "qrUrl"), expires_at)


def read_payment(answer: Mapping[str, object], qr_id: str) -> QrStatus:
    """Read the answer to a question about a payment."""
    _check_same(answer, qr_id)
    return QrStatus(
        qr_id,
        _state(answer, "paymentStatus", _PAYMENT_STATES),
        text(answer, "order"),
        minor(answer, "amount"),
        text(answer, "transactionId"),
        text(answer, "transactionDate"),
    )


def read_state(answer: Mapping[str, object], qr_id: str) -> QrState:
    """Read the answer to a question about a code."""
    _check_same(answer, qr_id)
    return _state(answer, "qrStatus", _CODE_STATES)


def read_refund(answer: Mapping[str, object], refund_id: str) -> QrRefund:
    """Read the answer to a refund, or to a question about it."""
    state = _REFUND_STATES.get(text(answer, "refundStatus"))
    if state is None:
        raise ProtocolError(f"refundStatus {text(answer, 'refundStatus')!r} is unknown")
    return QrRefund(refund_id, state, minor(answer, "amount"))


def payment_state(name: str) -> QrState:
    """Translate the bank's state of a payment; `ProtocolError` for a new one."""
    state = _PAYMENT_STATES.get(name)
    if state is None:
        raise ProtocolError(f"state {name[:40]!r} is unknown")
    return state


def check_qr_id(qr_id: str) -> None:
    """Insist on an id that may stand in an address."""
    if not _QR_ID.fullmatch(qr_id):
        raise ProtocolError(f"{qr_id[:40]!r} is no id of a code")


def _state(answer: Mapping[str, object], name: str, states: Mapping[str, QrState]) -> QrState:
    state = states.get(text(answer, name))
    if state is None:
        raise ProtocolError(f"{name} {text(answer, name)!r} is unknown")
    return state


def _check_same(answer: Mapping[str, object], qr_id: str) -> None:
    told = text(answer, "qrId")
    if told not in ("", qr_id):
        raise ProtocolError(f"the answer is about the code {told[:40]!r}")
