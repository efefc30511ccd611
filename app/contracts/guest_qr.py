"""The QR on a guest's phone (L17): made by the service, read alike by the service and by tills.

    MLQ:<base64url of: 64 bytes of signature, then the content>
    content: card.<card id>.<seconds since 1970 when it was made>.<nonce>

The signature is Ed25519 (RFC 8032) with the key of the company, so that a till can prove a code
offline with the public half. Whether a code has been used before only the service knows. The text is
about 170 characters long: a phone shows it as a QR of version 8 or 9.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.contracts.guest_codes import DYNAMIC_PREFIX

CARD_TYPE: Final = "card"
VALID_FOR: Final = timedelta(minutes=5)
#: Clocks of two machines that keep time differ by less; a code from further ahead is not believed.
CLOCK_SLACK: Final = timedelta(minutes=1)

WRONG_TYPE: Final = "QR_WRONG_TYPE"
EXPIRED: Final = "QR_EXPIRED"
FORGED: Final = "QR_FORGED"

_SIGNATURE_BYTES: Final = 64
_SEPARATOR: Final = "."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_SECONDS_MAX: Final = 11


class GuestQrError(ValueError):
    """A code that is not to be taken; `code` is WRONG_TYPE, EXPIRED or FORGED."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class GuestQr:
    """What a code says.

    Attributes:
        card_id: The guest's card.
        issued_at: When it was made, in whole seconds.
        nonce: Differs between any two codes of a company.
        type: What the code is for; only `card` is a guest's card.
    """

    card_id: str
    issued_at: datetime
    nonce: str
    type: str = CARD_TYPE

    @property
    def expires_at(self) -> datetime:
        """Return the first moment at which the code is too old."""
        return self.issued_at + VALID_FOR


def key_text(private_key: bytes) -> str:
    """Return a private key (any 32 random bytes) as text, for keeping."""
    return _encode(private_key)


def public_key_of(private_key: str) -> str:
    """Return the public half of a private key, both as text."""
    return _encode(_private(private_key).public_key().public_bytes_raw())


def write_guest_qr(private_key: str, qr: GuestQr) -> str:
    """Return the signed text of a code."""
    assert _SEPARATOR not in qr.type + qr.nonce
    seconds = (qr.issued_at - _EPOCH) // _SECOND
    content = _SEPARATOR.join((qr.type, qr.card_id, str(seconds), qr.nonce)).encode()
    return DYNAMIC_PREFIX + _encode(_private(private_key).sign(content) + content)


def read_guest_qr(text: str, public_key: str, now: datetime) -> GuestQr:
    """Return what a genuine and fresh code of a card says.

    Args:
        text: As it was scanned.
        public_key: Of the company.
        now: The service's time, as well as it is known here.

    Raises:
        GuestQrError: It is of another kind, not signed by this company, or too old.
    """
    if not text.startswith(DYNAMIC_PREFIX):
        raise GuestQrError(WRONG_TYPE, "another prefix")
    content = _proven(text.removeprefix(DYNAMIC_PREFIX), public_key)
    kind = content.split(_SEPARATOR, 1)[0]
    if kind != CARD_TYPE:
        raise GuestQrError(WRONG_TYPE, f"a code for {kind}")
    qr = _parse(content)
    if now >= qr.expires_at:
        raise GuestQrError(EXPIRED, f"made at {qr.issued_at}")
    if qr.issued_at > now + CLOCK_SLACK:
        raise GuestQrError(EXPIRED, f"made ahead of time, at {qr.issued_at}")
    return qr


def _proven(encoded: str, public_key: str) -> str:
    try:
        data = _decode(encoded)
        signature, content = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
        Ed25519PublicKey.from_public_bytes(_decode(public_key)).verify(signature, content)
        return content.decode()
    except (InvalidSignature, ValueError) as error:
        raise GuestQrError(FORGED, "the signature does not fit") from error


def _parse(content: str) -> GuestQr:
    # Ids may come from other systems and hold the separator; the other parts never do.
    parts = content.removeprefix(CARD_TYPE + _SEPARATOR).rsplit(_SEPARATOR, 2)
    if len(parts) != 3 or not (parts[1].isdecimal() and len(parts[1]) <= _SECONDS_MAX):
        raise GuestQrError(WRONG_TYPE, "a form that is not known here")
    return GuestQr(parts[0], _EPOCH + int(parts[1]) * _SECOND, parts[2])


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_decode(text))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    data = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    # The library also takes "+" and "/", and spare bits at the end: bytes have one text only.
    if _encode(data) != text:
        raise ValueError("not the text that these bytes have")
    return data
