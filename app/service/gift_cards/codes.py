"""Codes of gift cards: derived from the card's id with the company's secret, found by a keyed digest.

A code is money for whoever has it, so it is in no table, event, log or kept answer. The service can
work it out again for the one caller that issued the card and lost the answer.
"""

import hashlib
import hmac
from typing import Final

import sqlalchemy as sa

from app.contracts.gift_card_codes import CODE_LENGTH, complete_code
from app.service.kit.work import Work
from app.service.tenants.models import tenants

_SPACE: Final = 10 ** (CODE_LENGTH - 1)
_PAYLOAD_BYTES: Final = 16  # 128 bits over 10^15: the bias of the remainder is below 10^-23


def company_secret(work: Work) -> bytes:
    """Return the secret that all codes of the caller's company depend on."""
    secret: str = work.connection.execute(
        sa.select(tenants.c.qr_secret).where(tenants.c.id == work.tenant_id)
    ).scalar_one()
    return secret.encode()


def derive_code(secret: bytes, gift_card_id: str) -> str:
    """Return the code of a card."""
    digest = _digest(secret, "gift-code", gift_card_id)
    drawn = int.from_bytes(digest[:_PAYLOAD_BYTES], "big") % _SPACE
    return complete_code(f"{drawn:0{CODE_LENGTH - 1}d}")


def code_hash(secret: bytes, code: str) -> str:
    """Return the digest under which a code is found."""
    return _digest(secret, "gift-digest", code).hex()


def _digest(secret: bytes, purpose: str, text: str) -> bytes:
    return hmac.digest(secret, f"{purpose}:{text}".encode(), hashlib.sha256)
