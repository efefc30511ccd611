"""What the guest's display shows: one of four pages, with what surrounds them."""

from dataclasses import dataclass, field

from app.till.camera import Picture
from app.till.customer_display import CustomerState, Idle
from app.till.qr import QrDots


@dataclass(frozen=True, slots=True)
class Advert:
    """What is shown between guests.

    Attributes:
        title: In large letters.
        text: Some smaller sentences.
        picture: Instead of both; None without one.
        join_url: Where a guest gets a card on the phone; empty hides the code.
    """

    title: str = ""
    text: str = ""
    picture: Picture | None = None
    join_url: str = ""


@dataclass(frozen=True, slots=True)
class CustomerScreenState:
    """The whole display.

    Attributes:
        page: What the guest is told.
        house_name: Of the place.
        advert: What is shown between guests.
        join_code: The code of `advert.join_url`, once it is made.
        pay_code: The code of a payment by phone, once it is made.
        seconds_left: Until that code ends; None if it does not end.
        is_test: Colours and words of a test are shown instead of everything.
    """

    page: CustomerState = field(default_factory=Idle)
    house_name: str = ""
    advert: Advert = field(default_factory=Advert)
    join_code: QrDots | None = None
    pay_code: QrDots | None = None
    seconds_left: int | None = None
    is_test: bool = False
