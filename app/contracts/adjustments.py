"""Points moved by hand, between cards, and what could not be taken: `/api/v1/loyalty/...`."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Points, PositivePoints, SignedPoints
from app.contracts.base import Flag, Id, Moment, Text, WireModel


class PointKindName(StrEnum):
    """Regular points lapse when the guest stays away, promo points by their own date."""

    REGULAR = "REGULAR"
    PROMO = "PROMO"


def _said(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must say something")
    return text.strip()


Reason = Annotated[Text, Field(min_length=1), AfterValidator(_said)]
"""Why somebody did it, in his own words."""


class ManualAdjustmentRequest(WireModel):
    """Points given (above zero) or taken (below zero) by an administrator, with the reason.

    `expiresAt` gives points an end of their own; without it regular points lapse with the others and
    promo points stay.
    """

    guest_card_id: Id | None = None
    guest_id: Id | None = None
    points: SignedPoints
    kind: PointKindName = PointKindName.REGULAR
    expires_at: Moment | None = None
    reason: Reason

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.guest_card_id is None) == (self.guest_id is None):
            raise PydanticCustomError("one_of", "give exactly one of guestCardId, guestId")
        if self.points == 0:
            raise PydanticCustomError("zero", "points must not be zero")
        if self.points < 0 and self.expires_at is not None:
            raise PydanticCustomError("expires_at", "only points that are given can expire")
        return self


class ManualAdjustmentResponse(WireModel):
    """The entry that was made, and the card afterwards."""

    success: Flag
    transaction_id: Id
    guest_card_id: Id
    regular_balance: Points
    promo_balance: Points
    total_balance: Points
    already_processed: Flag = False


class TransferRequest(WireModel):
    """Regular points that go from one card to another of the same company."""

    from_guest_card_id: Id
    to_guest_card_id: Id
    points: PositivePoints
    reason: Reason | None = None


class TransferResponse(WireModel):
    """The entry on the giving card, and both cards afterwards."""

    success: Flag
    transaction_id: Id
    from_balance: Points
    to_balance: Points
    already_processed: Flag = False


class ShortfallKind(StrEnum):
    """What was missing: points of a closed check, or earned points of a refund."""

    REDEEM = "REDEEM"
    REFUND = "REFUND"


class ShortfallView(WireModel):
    """Points that were gone when they had to be taken; somebody decides what to do about them."""

    id: Id
    kind: ShortfallKind
    guest_id: Id
    guest_card_id: Id
    order_id: Id
    refund_id: Id | None = None
    points: Points
    created_at: Moment
    is_settled: Flag
    settled_at: Moment | None = None
    note: Text | None = None
    already_processed: Flag | None = None


class SettleShortfallRequest(WireModel):
    """What was done about a shortfall."""

    note: Reason
