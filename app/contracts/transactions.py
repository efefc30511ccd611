"""Closed checks and movements of points: `/api/v1/transactions`, `/api/v1/loyalty/...`."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount, Points, PositiveAmount, PositivePoints, SignedPoints
from app.contracts.base import Id, Line, Moment, WireModel
from app.contracts.plugin import CheckItem, FinalizeResponse
from app.contracts.pos import LoyaltyRulesView


class MovementType(StrEnum):
    """Why points moved."""

    EARN = "EARN"
    REDEEM = "REDEEM"
    REFUND = "REFUND"
    MANUAL = "MANUAL"
    EXPIRE = "EXPIRE"
    TRANSFER = "TRANSFER"
    PROMO = "PROMO"


class CheckAction(StrEnum):
    """What a closed check did."""

    SPEND = "SPEND"
    EARN_ONLY = "EARN_ONLY"
    DISCOUNT = "DISCOUNT"


class TransactionView(WireModel):
    """A closed check; `id` is the `transactionId` that closing it answered."""

    id: Id
    order_id: Id
    installation_id: Id
    guest_id: Id
    guest_card_id: Id
    action: CheckAction
    check_amount: Amount
    paid_amount: Amount
    points_spent: Points
    points_earned: Points
    discount_percent: Amount
    discount_amount: Amount
    shortfall: Points
    refunded_amount: Amount
    level_id: Line
    rules_id: Id
    reservation_id: Id | None = None
    occurred_at: Moment
    created_at: Moment


class MovementView(WireModel):
    """One entry of the ledger; entries never change."""

    id: Id
    type: MovementType
    guest_id: Id
    guest_card_id: Id
    number: int
    points: SignedPoints
    regular_points: SignedPoints
    promo_points: SignedPoints
    balance_before: Points
    balance_after: Points
    order_id: Id | None = None
    refund_id: Id | None = None
    reverses_id: Id | None = None
    installation_id: Id | None = None
    cashier_id: Id | None = None
    rules_id: Id | None = None
    level_id: Line | None = None
    reason: str | None = None
    occurred_at: Moment
    created_at: Moment


class _ForGuest(WireModel):
    """Names the guest in exactly one way."""

    guest_card_id: Id | None = None
    guest_id: Id | None = None
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None

    @model_validator(mode="after")
    def _one_guest(self) -> Self:
        named = [v for v in (self.guest_card_id, self.guest_id, self.phone) if v is not None]
        if len(named) != 1:
            raise PydanticCustomError("one_of", "give exactly one of guestCardId, guestId, phone")
        return self


class EarnRequest(_ForGuest):
    """A check was paid; the guest earns by his level. Once for each order id."""

    order_id: Id
    check_amount: PositiveAmount
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)
    occurred_at: Moment | None = None
    cashier_id: Id | None = None


class RedeemRequest(EarnRequest):
    """A check is paid with points in part; the rest earns. Once for each order id."""

    points: PositivePoints


class TransactionRequest(EarnRequest):
    """A check to book: EARN, or REDEEM with `points`."""

    type: Literal["EARN", "REDEEM"]
    points: PositivePoints | None = None

    @model_validator(mode="after")
    def _points_to_redeem(self) -> Self:
        if (self.type == "REDEEM") != (self.points is not None):
            raise PydanticCustomError("points", "points go with REDEEM, and with it alone")
        return self


class BookedResponse(FinalizeResponse):
    """What the check did to the card, and the entries of the ledger that it made."""

    movement_ids: tuple[Id, ...] = ()


class RulesInput(LoyaltyRulesView):
    """Rules as they are to be; their version is given by the service."""

    version: str = ""


class PutRulesRequest(WireModel):
    """New rules, and from when on; at once if no moment is named."""

    valid_from: Moment | None = None
    rules: RulesInput


class RulesVersionView(WireModel):
    """One version of the rules; versions never change."""

    id: Id
    valid_from: Moment
    created_at: Moment
    rules: LoyaltyRulesView
    already_processed: bool | None = None


class RulesResponse(WireModel):
    """The rules of now, and those that are to come."""

    current: RulesVersionView
    upcoming: tuple[RulesVersionView, ...] = ()
