"""The loyalty calls of tills and plugins: `/api/pos-integration/{till|iiko|rkeeper}/...`.

Names of fields are fixed; more may be added. Sums and points are units on the wire, hundredths inside.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import (
    Amount,
    Points,
    PositiveAmount,
    PositivePoints,
    Quantity,
    SignedAmount,
)
from app.contracts.base import CardCode, Id, Line, Moment, Text, WireModel
from app.contracts.promotions import CodeText, PromotionClaim
from app.domain.loyalty import BenefitType


class FinalizeAction(StrEnum):
    """Whether a check redeems points or only earns them."""

    SPEND = "SPEND"
    EARN_ONLY = "EARN_ONLY"


class GuestSummary(WireModel):
    """A guest as the till shows him."""

    card_id: Id
    guest_id: Id
    name: Line
    phone: Line
    code6_digit: CardCode
    level_id: Line = ""
    level_name: Line
    regular_balance: Points
    promo_balance: Points
    total_balance: Points
    reserved_balance: Points
    lifetime_spent: Amount | None = None
    visit_count: int | None = None
    last_visit_at: Moment | None = None


class SearchGuestRequest(WireModel):
    """Exactly one of phone, six-digit code or scanned text."""

    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    code6_digit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    qr: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [v for v in (self.phone, self.code6_digit, self.qr) if v is not None]
        if len(given) != 1:
            raise PydanticCustomError("one_of", "give exactly one of phone, code6Digit, qr")
        return self


class SearchGuestResponse(WireModel):
    """The guest, if there is one."""

    found: bool
    guest: GuestSummary | None = None
    already_processed: bool | None = None


class CreateGuestRequest(WireModel):
    """A new guest."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]
    first_name: Line | None = None


class CreateGuestResponse(WireModel):
    """The card of the new guest."""

    success: bool
    guest_card_id: Id
    code6_digit: CardCode
    already_processed: bool = False


class CheckItem(WireModel):
    """A line of the check, for exclusions from earning and redeeming."""

    product_id: Id
    name: Line = ""
    quantity: Quantity = 1000
    price: Amount = 0
    total: Amount
    category_id: Id | None = None


class CalculateRequest(WireModel):
    """Ask what a check would earn and may redeem. Nothing is changed.

    `promotions` are those whose discount `checkAmount` holds already: no others change prices then.
    """

    guest_card_id: Id
    order_id: Id
    check_amount: Amount
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)
    points_to_spend: Points | None = None
    promo_code: CodeText | None = None
    promotions: tuple[PromotionClaim, ...] | None = Field(default=None, max_length=50)


class Explanation(WireModel):
    """One reason behind a result, as a code, the figure it ended in, and words."""

    code: str
    amount: SignedAmount = 0
    ru: str
    en: str


class AppliedPromotion(WireModel):
    """A promotion that the check gets; `lineDiscounts` stand in the order of the items."""

    promotion_id: Id
    name: Line
    discount: Amount = 0
    line_discounts: tuple[Amount, ...] = ()
    bonus_points: Points = 0
    ends_at: Moment | None = None


class RefusedPromotion(WireModel):
    """A promotion that the check does not get, with every reason.

    `giftProductId` is there if only the gift itself is missing.
    """

    promotion_id: Id
    name: Line
    reasons: tuple[Explanation, ...]
    gift_product_id: Id | None = None


class PromoCodeAnswer(WireModel):
    """Whether the named code is a good one, and if not, why."""

    code: Line
    accepted: bool
    promotion_id: Id | None = None
    reason: Explanation | None = None


class PromotionsAnswer(WireModel):
    """What promotions make of the check; `amountDue` is the check after them, before points."""

    discount: Amount = 0
    amount_due: Amount
    bonus_points: Points = 0
    applied: tuple[AppliedPromotion, ...] = ()
    not_applied: tuple[RefusedPromotion, ...] = ()
    code: PromoCodeAnswer | None = None


class CalculateResponse(WireModel):
    """What a check would earn and may redeem, after promotions if there are any."""

    benefit_type: BenefitType
    regular_balance: Points
    promo_balance: Points
    max_allowed_to_spend: Points
    points_to_earn: Points
    discount_percent: Amount | None = None
    discount_amount: Amount | None = None
    level_name: str = ""
    refusal: str | None = None
    explanation: tuple[Explanation, ...] = ()
    promotions: PromotionsAnswer | None = None


class PromotionWish(WireModel):
    """A promotion for an open order, by its code or by its id; it is held until the order closes.

    A code that the order holds already is let go for another one.
    """

    promo_code: CodeText | None = None
    promotion_id: Id | None = None
    guest_card_id: Id | None = None
    check_amount: Amount
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.promo_code is None) == (self.promotion_id is None):
            raise PydanticCustomError("one_of", "give exactly one of promoCode, promotionId")
        return self


class ApplyPromotionRequest(PromotionWish):
    """Take a promotion for an open order."""

    order_id: Id


class ApplyPromotionResponse(WireModel):
    """What the check gets, and until when the promotion is held for the order."""

    success: bool
    promotion_id: Id
    expires_at: Moment
    promotions: PromotionsAnswer
    explanation: tuple[Explanation, ...] = ()
    already_processed: bool = False


class ReleasePromotionRequest(WireModel):
    """Let go what an open order holds: one promotion, or all of them."""

    order_id: Id
    promotion_id: Id | None = None


class ReservePointsRequest(WireModel):
    """Hold points for one order."""

    guest_card_id: Id
    order_id: Id
    points_to_spend: PositivePoints
    check_amount: PositiveAmount
    split_group_id: Id | None = None
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)


class ReserveDiscountRequest(WireModel):
    """Fix a percentage for one order; the percentage is a number with at most two decimals."""

    guest_card_id: Id
    order_id: Id
    discount_percent: PositiveAmount
    check_amount: PositiveAmount
    split_group_id: Id | None = None
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)


class ReserveResponse(WireModel):
    """A reservation and how long it holds."""

    success: bool
    reservation_id: Id
    expires_at: Moment
    grace_period_end: Moment
    already_processed: bool = False


class UpdateReservationRequest(WireModel):
    """Change the held points, or the fixed percentage, while the reservation is active."""

    reservation_id: Id
    amount: PositiveAmount
    check_amount: PositiveAmount | None = None


class UpdateReservationResponse(WireModel):
    """What is held now."""

    success: bool
    amount: Amount
    already_processed: bool = False


class CancelReservationRequest(WireModel):
    """Give the held points back."""

    reservation_id: Id
    reason: Text | None = None


class SuccessResponse(WireModel):
    """It is done."""

    success: bool
    already_processed: bool = False


class FinalizePointsRequest(WireModel):
    """The check is closed: redeem what was held and earn, or earn only.

    `promotions` are those whose discount `checkAmount` holds already.
    """

    reservation_id: Id | None = None
    guest_card_id: Id
    order_id: Id
    check_amount: PositiveAmount
    action: FinalizeAction
    points_to_spend: Points | None = None
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)
    occurred_at: Moment | None = None
    cashier_id: Id | None = None
    terminal_id: Id | None = None
    promo_code: CodeText | None = None
    promotions: tuple[PromotionClaim, ...] | None = Field(default=None, max_length=50)

    @model_validator(mode="after")
    def _spend_needs_reservation(self) -> Self:
        if self.action is FinalizeAction.SPEND and self.reservation_id is None:
            raise PydanticCustomError("reservation", "SPEND needs reservationId")
        return self


class FinalizeDiscountRequest(WireModel):
    """The check is closed with the fixed percentage."""

    reservation_id: Id
    guest_card_id: Id
    order_id: Id
    check_amount: PositiveAmount
    items: tuple[CheckItem, ...] | None = Field(default=None, max_length=1000)
    occurred_at: Moment | None = None
    cashier_id: Id | None = None
    terminal_id: Id | None = None
    promo_code: CodeText | None = None
    promotions: tuple[PromotionClaim, ...] | None = Field(default=None, max_length=50)


class FinalizeResponse(WireModel):
    """What the closed check did to the card."""

    success: bool
    transaction_id: Id
    points_spent: Points
    points_earned: Points
    regular_balance: Points
    promo_balance: Points
    total_balance: Points
    level_name: Line
    discount_percent: Amount | None = None
    discount_amount: Amount | None = None
    already_processed: bool = False
    shortfall: Points | None = None


class FinalizeRefundRequest(WireModel):
    """A check is given back, whole or in part; both sums are of the check before points."""

    guest_card_id: Id
    order_id: Id
    refund_id: Id
    refund_amount: PositiveAmount
    original_amount: PositiveAmount
    occurred_at: Moment | None = None
    reason: Text | None = None


class FinalizeRefundResponse(WireModel):
    """What the refund did to the card."""

    success: bool
    points_reversed: Points
    points_returned: Points
    new_balance: SignedAmount
    already_processed: bool = False
    shortfall: Points | None = None
