"""Gift cards on the wire: `/api/v1/gift-cards`, and for tills `/api/v1/pos/finance/giftcards`."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount, PositiveAmount, SignedAmount
from app.contracts.base import Flag, Id, Line, Moment, Name, Whole, WireModel

GiftCode = Annotated[str, Field(min_length=1, max_length=60)]
"""A code as it was typed or scanned; spaces and hyphens do not matter."""


class GiftCardStatus(StrEnum):
    """What may be done with a card: all, nothing for now, nothing any more."""

    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"
    EXPIRED = "EXPIRED"


class IssueGiftCardRequest(WireModel):
    """Make a card. `operationId` is the caller's own name for it and works once, for ever."""

    amount: PositiveAmount
    expires_at: Moment | None = None
    operation_id: Id | None = None
    order_id: Id | None = None
    cashier_id: Id | None = None
    note: Line | None = None
    occurred_at: Moment | None = None


class GiftCardView(WireModel):
    """A card. `balance` can be spent now; `held` waits for orders that are not closed yet."""

    id: Id
    masked_code: str
    status: GiftCardStatus
    balance: Amount
    held: Amount
    issued_amount: Amount
    currency: str
    created_at: Moment
    updated_at: Moment
    expires_at: Moment | None = None
    blocked_reason: str | None = None
    note: str | None = None


class GiftCardIssued(WireModel):
    """A new card with its code, which is told here only."""

    gift_card: GiftCardView
    code: str = ""
    already_processed: Flag = False


class GiftCardEntryView(WireModel):
    """One movement of a card's ledger."""

    id: Id
    number: Whole
    kind: str
    amount: SignedAmount
    balance_before: Amount
    balance_after: Amount
    occurred_at: Moment
    created_at: Moment
    order_id: str | None = None
    refund_id: str | None = None
    reverses_id: str | None = None
    installation_id: str | None = None
    cashier_id: str | None = None
    reason: str | None = None


class GiftCardDetails(WireModel):
    """A card with its newest movements, newest first."""

    gift_card: GiftCardView
    transactions: tuple[GiftCardEntryView, ...]


class GiftCardLookUp(WireModel):
    """Find a card by its code."""

    code: GiftCode


class TopUpGiftCardRequest(WireModel):
    """Put more on a card."""

    amount: PositiveAmount
    operation_id: Id | None = None
    order_id: Id | None = None
    cashier_id: Id | None = None
    occurred_at: Moment | None = None


class GiftCardChanged(WireModel):
    """A card after a change, and the movement of the ledger if there was one."""

    gift_card: GiftCardView
    transaction_id: str | None = None
    already_processed: Flag = False


class BlockGiftCardRequest(WireModel):
    """Stop a card."""

    reason: Name


class UnblockGiftCardRequest(WireModel):
    """Let a stopped card work again."""

    reason: Line | None = None


class RedeemGiftCardRequest(WireModel):
    """Pay with a card: at once, or held until the order is closed.

    A card pays once for an order of an installation, for ever; several cards may pay for one order.
    """

    code: GiftCode | None = None
    gift_card_id: Id | None = None
    order_id: Id
    amount: PositiveAmount
    hold: Flag = False
    cashier_id: Id | None = None
    occurred_at: Moment | None = None

    @model_validator(mode="after")
    def _one_card(self) -> Self:
        if (self.code is None) is (self.gift_card_id is None):
            raise PydanticCustomError("one_of", "give either code or giftCardId")
        return self


class CaptureGiftCardRequest(WireModel):
    """Take what was held, or less; the rest goes back to the card."""

    amount: PositiveAmount | None = None
    cashier_id: Id | None = None
    occurred_at: Moment | None = None


class CancelGiftCardHoldRequest(WireModel):
    """Give back what was held."""

    reason: Line | None = None


class RedeemGiftCardResponse(WireModel):
    """What was paid or is held. `balance` can still be spent."""

    success: Flag
    gift_card_id: Id
    masked_code: str
    order_id: Id
    redeemed_amount: Amount
    held_amount: Amount
    balance: Amount
    transaction_id: str | None = None
    hold_id: str | None = None
    hold_expires_at: Moment | None = None
    already_processed: Flag = False


class RefundGiftCardRequest(WireModel):
    """Give money of an order back to the card that paid; any number of times up to the whole.

    `giftCardId` or `code` are needed only if several cards paid for the order.
    """

    order_id: Id
    refund_id: Id
    amount: PositiveAmount
    code: GiftCode | None = None
    gift_card_id: Id | None = None
    cashier_id: Id | None = None
    reason: Line | None = None
    occurred_at: Moment | None = None


class RefundGiftCardResponse(WireModel):
    """What came back to the card."""

    success: Flag
    gift_card_id: Id
    masked_code: str
    order_id: Id
    refunded_amount: Amount
    balance: Amount
    transaction_id: str
    expires_at: Moment | None = None
    already_processed: Flag = False
