"""Checks that other point-of-sale systems report: `POST /api/v1/webhooks/pos/transaction`.

    X-Integration-Id: <id of the integration>
    X-Timestamp:      <seconds since 1970, when the request was sent>
    X-Signature:      <HMAC-SHA256 of "timestamp.body" with the integration's secret, in hex>

The body is signed as its bytes travel. A request is taken within five minutes of its time; sent again
it is answered as before. A check counts once for an integration, for ever, by its `posCheckId`.
"""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount, Points
from app.contracts.base import CardCode, Flag, Id, Line, Moment, Name, Phone, Whole, WireModel
from app.contracts.plugin import CheckItem

INTEGRATION_HEADER: Final = "X-Integration-Id"
TIMESTAMP_HEADER: Final = "X-Timestamp"
SIGNATURE_HEADER: Final = "X-Signature"
TOLERANCE: Final = timedelta(minutes=5)

_ITEMS_MAX: Final = 500


def sign_body(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of the X-Signature header."""
    signed = f"{timestamp}.".encode() + body
    return hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


class PosTransactionType(StrEnum):
    """What happened at the other till."""

    SALE = "SALE"
    REFUND = "REFUND"


class PosTransactionRequest(WireModel):
    """A closed check, or a refund of one. `checkAmount` is the money that was paid or given back.

    The guest is named by phone, by the six digits of his card, or by its id; a check without a guest is
    taken and earns nothing. `registerGuest` makes a card for a phone that nobody has. A refund names its
    sale by `originalPosCheckId` and has an id of its own.
    """

    pos_check_id: Id
    type: PosTransactionType = PosTransactionType.SALE
    check_amount: Amount
    phone: Phone | None = None
    code6_digit: CardCode | None = None
    guest_card_id: Id | None = None
    register_guest: Flag = False
    first_name: Line | None = None
    items: Annotated[tuple[CheckItem, ...], Field(max_length=_ITEMS_MAX)] | None = None
    closed_at: Moment | None = None
    cashier_id: Id | None = None
    original_pos_check_id: Id | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        named = (self.phone, self.code6_digit, self.guest_card_id)
        if sum(value is not None for value in named) > 1:
            raise PydanticCustomError("one_of", "name the guest in one way")
        if self.register_guest and self.phone is None:
            raise PydanticCustomError("phone_missing", "registerGuest needs a phone")
        is_refund = self.type is PosTransactionType.REFUND
        if is_refund is (self.original_pos_check_id is None):
            raise PydanticCustomError("original", "a refund, and only it, has originalPosCheckId")
        if is_refund and not self.check_amount:
            raise PydanticCustomError("amount_positive", "a refund must be greater than zero")
        return self


class PosTransactionResponse(WireModel):
    """What the check did to the guest's card; without a guest nothing."""

    success: Flag
    pos_check_id: Id
    type: PosTransactionType
    guest_card_id: Id | None = None
    transaction_id: str | None = None
    points_earned: Points = 0
    points_reversed: Points = 0
    total_balance: Points | None = None
    level_name: str | None = None
    already_processed: Flag = False


class PosCheckStatus(StrEnum):
    """What became of a reported check; one that failed may be sent again."""

    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


class PosCheckView(WireModel):
    """A reported check as administrators see it."""

    id: Id
    integration_id: Id
    pos_check_id: Id
    type: PosTransactionType
    status: PosCheckStatus
    check_amount: Amount
    guest_card_id: str | None = None
    error_code: str | None = None
    attempts: Whole
    received_at: Moment
    updated_at: Moment


class CreatePosIntegrationRequest(WireModel):
    """Let another system report its checks. `system` says which: iiko, 1C, Poster."""

    name: Name
    system: Line = ""
    location_id: Id | None = None


class PosIntegrationView(WireModel):
    """A system that reports its checks."""

    id: Id
    installation_id: Id
    name: str
    system: str
    secret_version: Whole
    created_at: Moment
    location_id: str | None = None
    rotated_at: Moment | None = None
    # Until when the secret before the newest is still taken.
    previous_secret_until: Moment | None = None
    revoked_at: Moment | None = None


class PosIntegrationSecret(WireModel):
    """An integration with its secret, which is told here only."""

    integration: PosIntegrationView
    secret: str = ""
    already_processed: Flag = False


class PosIntegrationChanged(WireModel):
    """An integration after a change."""

    integration: PosIntegrationView
    already_processed: Flag = False
