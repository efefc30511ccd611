"""The QR on a guest's phone (L17): issued for five minutes, accepted once."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.guest_qr import (
    CARD_TYPE,
    GuestQr,
    GuestQrError,
    public_key_of,
    read_guest_qr,
    write_guest_qr,
)
from app.contracts.guests import GuestQrResponse
from app.service.guests.models import guest_qr_uses
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.models import cards
from app.service.tenants.models import tenants

#: Far longer than a code is good for, whatever the clocks of several processes say.
KEPT: Final = timedelta(days=1)
_NONCE_LENGTH: Final = 16  # 80 random bits: no two codes of a company meet
PRUNE_MAX: Final = 5_000


def issue_qr(work: Work, guest_id: str) -> GuestQrResponse:
    """Return a fresh code of a guest; nothing is written, so any number may be asked for.

    Raises:
        ProblemError: GUEST_NOT_FOUND.
    """
    card_id = work.connection.execute(
        sa.select(cards.c.id).where(
            cards.c.tenant_id == work.tenant_id, cards.c.guest_id == guest_id
        )
    ).scalar()
    if card_id is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    made_at = work.now.replace(microsecond=0)
    qr = GuestQr(card_id, made_at, work.ids.token(_NONCE_LENGTH))
    return GuestQrResponse(
        guest_id=guest_id,
        card_id=card_id,
        type=CARD_TYPE,
        qr=write_guest_qr(_private_key(work), qr),
        expires_at=qr.expires_at,
    )


def accept_qr(work: Work, text: str) -> str:
    """Take a scanned code and return the card it is for; needs a writing transaction.

    Two that take the same code at once: the database lets one in, the other runs again and sees it.

    Raises:
        ProblemError: QR_WRONG_TYPE, QR_FORGED, QR_EXPIRED or QR_REPLAYED.
    """
    try:
        qr = read_guest_qr(text, guest_qr_public_key(work), work.now)
    except GuestQrError as error:
        raise ProblemError(ErrorCode(error.code)) from error
    if _is_used(work, qr.nonce):
        raise ProblemError(ErrorCode.QR_REPLAYED)
    work.connection.execute(
        sa.insert(guest_qr_uses).values(
            tenant_id=work.tenant_id,
            nonce=qr.nonce,
            card_id=qr.card_id,
            installation_id=work.caller.installation_id,
            used_at=work.now,
        )
    )
    return qr.card_id


def guest_qr_public_key(work: Work) -> str:
    """Return the key with which anybody can prove this company's codes."""
    return public_key_of(_private_key(work))


def prune_uses(connection: Connection, now: datetime) -> int:
    """Forget used codes that are long too old, a bounded number at a time; return how many."""
    uses = guest_qr_uses.c
    old = sa.select(uses.tenant_id, uses.nonce).where(uses.used_at < now - KEPT).limit(PRUNE_MAX)
    rows = connection.execute(old).all()
    for row in rows:
        connection.execute(
            sa.delete(guest_qr_uses).where(uses.tenant_id == row.tenant_id, uses.nonce == row.nonce)
        )
    return len(rows)


def _is_used(work: Work, nonce: str) -> bool:
    found = sa.select(guest_qr_uses.c.nonce).where(
        guest_qr_uses.c.tenant_id == work.tenant_id, guest_qr_uses.c.nonce == nonce
    )
    return work.connection.execute(found).first() is not None


def _private_key(work: Work) -> str:
    key: str = work.connection.execute(
        sa.select(tenants.c.qr_private_key).where(tenants.c.id == work.tenant_id)
    ).scalar_one()
    return key
