"""What the service hands out and wants back unchanged: text with a signature under its own key.

The key is drawn when the database is made and is the same for every process. A signature names its
purpose, so that what was made for one thing is no good for another.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.kit.models import service_secrets

_NAME: Final = "signing"
_TAG_BYTES: Final = 16  # 128 bits; HMAC-SHA256 may be cut to half its length, RFC 2104, 5
_SEALED_MAX: Final = 2_000


def signing_key(connection: Connection) -> bytes:
    """Return the service's own key."""
    drawn: str = connection.execute(
        sa.select(service_secrets.c.value).where(service_secrets.c.name == _NAME)
    ).scalar_one()
    return bytes.fromhex(drawn)


def sign(key: bytes, purpose: str, text: str) -> str:
    """Return the signature of a text for a purpose, as 22 characters for an address."""
    return _encode(_tag(key, purpose, text.encode()))


def is_signed(key: bytes, purpose: str, text: str, signature: str) -> bool:
    """Tell whether a signature was made by `sign` for this text and purpose."""
    expected = sign(key, purpose, text).encode()
    return hmac.compare_digest(expected, signature.encode("utf-8", "replace"))


def seal(key: bytes, purpose: str, text: str) -> str:
    """Return text and signature as one opaque word of letters that an address takes."""
    content = text.encode()
    return _encode(_tag(key, purpose, content) + content)


def unseal(key: bytes, purpose: str, word: str) -> str | None:
    """Return the text in a sealed word; None if it is not ours, or was made for something else."""
    if len(word) > _SEALED_MAX or not word.isascii():
        return None
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    tag, content = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, purpose, content)):
        return None
    return content.decode()


def _tag(key: bytes, purpose: str, content: bytes) -> bytes:
    said = purpose.encode() + b"\0" + content
    return hmac.digest(key, said, hashlib.sha256)[:_TAG_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
