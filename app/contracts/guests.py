"""What the company's own programs read of guests: `/api/v1/guests`."""

from app.contracts.base import Id, Line, Moment, WireModel


class GuestQrResponse(WireModel):
    """A fresh code for the guest's phone, good for one look-up until `expires_at`."""

    guest_id: Id
    card_id: Id
    type: Line
    qr: str
    expires_at: Moment
