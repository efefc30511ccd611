"""What the company's own programs read and write of guests: `/api/v1/guests`."""

from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount, Points
from app.contracts.base import CardCode, Id, Line, Moment, WireModel


class GuestQrResponse(WireModel):
    """A fresh code for the guest's phone, good for one look-up until `expires_at`."""

    guest_id: Id
    card_id: Id
    type: Line
    qr: str
    expires_at: Moment


def _read_date(value: object) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        # Ten characters: what fromisoformat takes beside them (weeks, no dashes) is no usual date.
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("date_format", "must be a date like 1990-05-17")


def _read_birth_date(value: object) -> date | None:
    read = _read_date(value)
    if read is not None and not 1900 <= read.year <= 2100:
        raise PydanticCustomError("date_range", "is out of range")
    return read


BirthDate = Annotated[date, BeforeValidator(_read_birth_date)]
"""A date of birth."""


class GuestCard(WireModel):
    """The loyalty account of a guest. What is reserved is in no balance."""

    id: Id
    code6_digit: CardCode
    level_id: Line
    level_name: Line
    regular_balance: Points
    promo_balance: Points
    total_balance: Points
    reserved_balance: Points
    lifetime_spent: Amount
    visit_count: int
    last_visit_at: Moment | None = None


class GuestView(WireModel):
    """A guest with his card. Of a merged guest `mergedIntoId` tells who he is now."""

    id: Id
    phone: Line
    first_name: Line
    birth_date: date | None = None
    created_at: Moment
    card: GuestCard
    merged_into_id: Id | None = None
    already_processed: bool | None = None


class AddGuestRequest(WireModel):
    """A new guest."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]
    first_name: Line = ""
    birth_date: BirthDate | None = None


class ChangeGuestRequest(WireModel):
    """What is to change; what is not named stays. A `birthDate` of null is forgotten."""

    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    first_name: Line | None = None
    birth_date: BirthDate | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("empty", "name at least one field to change")
        for name, wire_name in (("phone", "phone"), ("first_name", "firstName")):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("null", "{name} cannot be null", {"name": wire_name})
        return self


class MergeGuestsRequest(WireModel):
    """The guest who is given up; his points and history go to the guest of the address."""

    source_guest_id: Id


class ErasedGuest(WireModel):
    """The guest's personal data is gone; his ledger stays, without a name."""

    id: Id
    success: bool
    already_processed: bool = False
