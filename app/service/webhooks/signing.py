"""Signatures of the Standard Webhooks scheme, and the secrets they are made with.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Signature
scheme": HMAC-SHA256 over `id.timestamp.body`, in base64 after `v1,`; several are parted by spaces.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.kernel.ids import Ids

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32  # the specification allows 24 to 64


def make_secret(ids: Ids) -> str:
    """Draw a secret."""
    raw = bytes(ids.below(256) for _ in range(_SECRET_BYTES))
    return PREFIX + base64.b64encode(raw).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one signature with its version."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signed_headers(
    secrets: Sequence[str], message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """Return the three headers; while a secret is being replaced there is a signature for each."""
    timestamp = int(moment.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            signature(secret, message_id, timestamp, body) for secret in secrets
        ),
    }
