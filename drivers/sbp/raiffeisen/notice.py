"""Notices of the bank: is it the bank, and what does it say. Source: [API] tag Callback, [SDK].

Signed is ``amount|sbpMerchantId|order|paymentStatus|transactionDate`` by HMAC-SHA-256 with the secret
key, as hex digits in the header X-Api-Signature-SHA256. Everything else in the body, the code's id
above all, is not signed and so is not believed.
"""

import hashlib
import hmac
import json

from drivers.api.errors import AccessDenied, ProtocolError
from drivers.api.qr_payment import QrNotice
from drivers.sbp.raiffeisen import wire

HEADER = "X-Api-Signature-SHA256"
_SIGNED = ("amount", "sbpMerchantId", "order", "paymentStatus", "transactionDate")
NOTICE_MAX = 64 * 1024


def read_notice(body: bytes, signature: str, secret_key: str, merchant_id: str) -> QrNotice:
    """Check a notice and read its signed part.

    Args:
        body: as it came.
        signature: the header.
        secret_key: shared with the bank.
        merchant_id: ours; a notice for another one is not for us.

    Raises:
        ProtocolError: it is no notice. AccessDenied: the bank did not sign it.
    """
    if len(body) > NOTICE_MAX:
        raise ProtocolError(f"a notice of {len(body)} bytes")
    fields = wire.parse(body)
    given = signature.strip().lower().encode("ascii", errors="replace")
    valid = [
        hmac.compare_digest(sign(line, secret_key).encode("ascii"), given)
        for line in _lines(body, fields)
    ]
    if not any(valid):
        raise AccessDenied("the signature of the notice is not the bank's")
    if fields.get("sbpMerchantId") != merchant_id:
        raise AccessDenied("the notice is for another merchant")
    amount = wire.minor(fields, "amount")
    if amount is None:
        raise ProtocolError("the notice has no sum")
    state = wire.payment_state(wire.text(fields, "paymentStatus"))
    order = wire.text(fields, "order")
    return QrNotice(order, amount, state, wire.text(fields, "transactionDate"))


def sign(line: str, secret_key: str) -> str:
    """Sign a line of fields."""
    return hmac.new(secret_key.encode(), line.encode(), hashlib.sha256).hexdigest()


def _lines(body: bytes, fields: dict[str, object]) -> list[str]:
    """The lines that may have been signed: the sum as it is written, and as [SDK] writes it.

    They name the same sum, so each is as good a proof as the other.
    """
    amount = wire.minor(fields, "amount")
    rest = [wire.text(fields, name) for name in _SIGNED[1:]]
    written = json.loads(body, parse_float=str, parse_int=str).get("amount")
    forms = {str(written)}
    if amount is not None:
        whole, part = divmod(amount, 100)
        short = f"{whole}.{part:02d}".rstrip("0").rstrip(".")
        forms |= {f"{whole}.{part:02d}", short, f"{short}.0" if part == 0 else short}
    return ["|".join((form, *rest)) for form in sorted(forms)]
