"""Links to guests' pages: made, found by their token, revoked.

A token is the link's id under the service's own signature; it is kept nowhere. A link works until its
end, until it is revoked, or as long as there is the guest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.guest_pages import (
    GuestLinkMade,
    GuestLinksRevoked,
    GuestLinkView,
    MakeGuestLinkRequest,
)
from app.service.audit_log.service import record
from app.service.guests.models import guest_page_links, guests
from app.service.kit.problems import ProblemError
from app.service.kit.signing import seal, signing_key, unseal
from app.service.kit.work import Work

PAGE: Final = "guest"
_PURPOSE: Final = "guest-page"

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Link:
    """A working link: whose page it opens."""

    link_id: str
    tenant_id: str
    guest_id: str
    installation_id: str


def make_link(work: Work, guest_id: str, request: MakeGuestLinkRequest) -> GuestLinkMade:
    """Make a link to a guest's page; the answer is without the token, see `with_token`.

    Raises:
        ProblemError: GUEST_NOT_FOUND.
    """
    _require_guest(work, guest_id)
    link_id = work.ids.new()
    days = request.valid_days
    values = {
        "id": link_id,
        "guest_id": guest_id,
        "created_at": work.now,
        "expires_at": None if days is None else work.now + timedelta(days=days),
    }
    work.connection.execute(
        sa.insert(guest_page_links).values(
            tenant_id=work.tenant_id, installation_id=work.caller.installation_id, **values
        )
    )
    record(work, "guest_link.created", "guest", guest_id, {"linkId": link_id})
    return GuestLinkMade(link=GuestLinkView.model_validate(values))


def with_token(work: Work, made: GuestLinkMade, base_url: str) -> GuestLinkMade:
    """Put token and address into an answer to whoever made the link, the first time or again."""
    token = seal(signing_key(work.connection), _PURPOSE, made.link.id)
    return made.model_copy(update={"token": token, "url": f"{base_url}{PAGE}/{token}"})


def revoke_links(work: Work, guest_id: str, link_id: str | None) -> GuestLinksRevoked:
    """Stop one link of a guest, or all of them.

    Raises:
        ProblemError: GUEST_NOT_FOUND, or NOT_FOUND if the one link is not there.
    """
    _require_guest(work, guest_id)
    table = guest_page_links.c
    where = [table.tenant_id == work.tenant_id, table.guest_id == guest_id]
    if link_id is not None:
        where.append(table.id == link_id)
        if work.connection.execute(sa.select(table.id).where(*where)).first() is None:
            raise ProblemError(ErrorCode.NOT_FOUND, "There is no such link", "Такой ссылки нет")
    stopped = work.connection.execute(
        sa.update(guest_page_links)
        .where(*where, table.revoked_at.is_(None))
        .values(revoked_at=work.now)
    ).rowcount
    if stopped:
        record(work, "guest_link.revoked", "guest", guest_id, {"count": stopped})
    return GuestLinksRevoked(revoked=stopped)


def find_link(connection: Connection, token: str, now: datetime) -> Link | None:
    """Return the working link that a token stands for; None if it is forged, over or revoked."""
    link_id = unseal(signing_key(connection), _PURPOSE, token)
    if link_id is None:
        return None
    table = guest_page_links.c
    row = connection.execute(
        sa.select(table.id, table.tenant_id, table.guest_id, table.installation_id).where(
            table.id == link_id,
            table.revoked_at.is_(None),
            sa.or_(table.expires_at.is_(None), table.expires_at > now),
        )
    ).first()
    return Link(*row) if row is not None else None


def _require_guest(work: Work, guest_id: str) -> None:
    found = sa.select(guests.c.id).where(
        guests.c.id == guest_id, guests.c.tenant_id == work.tenant_id
    )
    if work.connection.execute(found).first() is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
