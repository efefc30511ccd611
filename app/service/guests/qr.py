"""The printed QR of a card: `MLC:<six digits>:<check>`, the check made with the tenant's secret."""

import base64
import hashlib
import hmac

from app.contracts.guest_codes import PRINTED_PREFIX

_PREFIX = PRINTED_PREFIX.removesuffix(":")
_CHECK_LENGTH = 10


def printed_qr(secret: str, code6: str) -> str:
    """Return the text of a card's printed QR."""
    return f"{_PREFIX}:{code6}:{_check(secret, code6)}"


def is_card_qr(text: str) -> bool:
    """Tell whether a scanned text claims to be a printed card."""
    parts = text.split(":")
    return len(parts) == 3 and parts[0] == _PREFIX


def read_card_qr(secret: str, text: str) -> str | None:
    """Return the code of a printed card, or None if the check is not ours."""
    _, code6, check = text.split(":")
    genuine = hmac.compare_digest(_check(secret, code6).encode(), check.encode())
    return code6 if genuine else None


def _check(secret: str, code6: str) -> str:
    digest = hmac.new(secret.encode(), f"card:{code6}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:_CHECK_LENGTH]
