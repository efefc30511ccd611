"""Links to the page that shows a guest's own card on his phone, and what the page reads."""

from typing import Annotated

from pydantic import Field

from app.contracts.base import Flag, Id, Moment, Whole, WireModel

LINK_DAYS_MAX = 3650


class MakeGuestLinkRequest(WireModel):
    """Make a link to a guest's page; without an end it works until it is revoked."""

    valid_days: Annotated[int, Field(strict=True, ge=1, le=LINK_DAYS_MAX)] | None = None


class GuestLinkView(WireModel):
    """A link, without its token."""

    id: Id
    guest_id: Id
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None


class GuestLinkMade(WireModel):
    """A new link; whoever has the address sees the card, and it is told here only."""

    link: GuestLinkView
    token: str = ""
    url: str = ""
    already_processed: Flag = False


class GuestLinksRevoked(WireModel):
    """How many links of a guest stopped working."""

    revoked: Whole
    already_processed: Flag = False


class GuestPageCard(WireModel):
    """What the page shows, in the words and figures of the guest's language.

    `validMs` counts from the moment of the answer, so that a phone's wrong clock does no harm.
    """

    svg: str
    name: str
    level: str
    balance: str
    code: str
    valid_ms: Whole
