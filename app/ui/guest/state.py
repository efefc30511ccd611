"""What the guest screens show: finding a guest (S4) and what is done with the points (S5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType
from app.domain.sale import LoyaltyAction
from app.till.words import Words

PHONE_DIGITS = 10
CODE_DIGITS = 6


class Tab(StrEnum):
    """How a guest is looked for."""

    PHONE = "phone"
    CODE = "code"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest in the results; `age` is how old the data from the cache is, None when fresh."""

    card_id: str
    name: str
    level: str
    phone: str
    balance_minor: int
    last_visit: datetime | None = None
    is_blocked: bool = False
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PhonePage:
    """Looking by phone.

    Attributes:
        digits: What was typed after +7.
        rows: Guests that fit.
        today: The present moment in the venue's zone, for "yesterday".
        note: A sentence over the results: where was looked, or that nobody has the number.
        error: What is wrong with the number.
        busy: The service is being asked.
    """

    digits: str = ""
    rows: tuple[GuestRow, ...] = ()
    today: datetime | None = None
    note: Words | None = None
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class CodePage:
    """Looking by the six digits of a card."""

    digits: str = ""
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class CameraPage:
    """Reading a QR by the camera; the pictures come beside the state.

    Attributes:
        is_on: Pictures are coming.
        error: Why there are none, or why a code did not do.
        busy: A code was read and is being looked up.
    """

    is_on: bool = False
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Registering a guest who was not found.

    Attributes:
        phone: Digits after +7.
        name: First name, may be empty.
        has_consent: The guest agrees to the rules of the programme.
        was_searched: The number was looked for and nobody has it.
        error: Why it did not work.
        busy: The guest is being registered.
    """

    phone: str
    name: str = ""
    has_consent: bool = False
    was_searched: bool = True
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The new card.

    Attributes:
        name: First name, may be empty.
        phone: All digits.
        code6: The card's code.
        earn_minor: Points for this order, hundredths.
        is_offline: The registration goes to the service later.
        was_known: The phone belonged to a guest already.
    """

    name: str
    phone: str
    code6: str
    earn_minor: int = 0
    is_offline: bool = False
    was_known: bool = False


SearchPage = PhonePage | CodePage | CameraPage | RegisterPage | WelcomePage


@dataclass(frozen=True, slots=True)
class SearchState:
    """The whole search screen."""

    page: SearchPage
    tab: Tab = Tab.PHONE
    is_offline: bool = False


@dataclass(frozen=True, slots=True)
class CardPage:
    """Choosing what is done with the points.

    Attributes:
        action: What is chosen now.
        benefit: What the tier grants.
        earn_minor: Points that earning brings.
        percent_bp: The rate of the tier.
        base_minor: The sum that earns.
        amount_minor: Points that "redeem" would take now.
        max_spend_minor: The most that may be redeemed.
        can_redeem: Redeeming is possible.
        why_not: Why it is not.
        discount_minor: What the tier's discount would take off.
        busy: The service is being asked.
        error: Why the last wish did not work.
    """

    action: LoyaltyAction
    benefit: BenefitType
    earn_minor: int
    percent_bp: int
    base_minor: int
    amount_minor: int = 0
    max_spend_minor: int = 0
    can_redeem: bool = False
    why_not: Words | None = None
    discount_minor: int = 0
    busy: bool = False
    error: Words | None = None


@dataclass(frozen=True, slots=True)
class RedeemPage:
    """Typing how many points are redeemed.

    Attributes:
        digits: Whole points that were typed; empty means `amount_minor`.
        amount_minor: What is chosen or typed.
        quick_minor: Sums to choose from.
        max_spend_minor: The most that may be redeemed.
        from_promo_minor: Taken from promo points first.
        from_regular_minor: Then from the regular ones.
        earn_minor: Points that the rest earns.
        percent_bp: The rate of the tier.
        reserved_minor: What is held now, 0 if nothing is.
        error: Why the sum cannot be redeemed.
        busy: The service is being asked.
    """

    digits: str
    amount_minor: int
    quick_minor: tuple[int, ...]
    max_spend_minor: int
    from_promo_minor: int
    from_regular_minor: int
    earn_minor: int
    percent_bp: int
    reserved_minor: int = 0
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a calculation.

    Attributes:
        words: What was done.
        figure: A sum or points, ready for the screen; empty where the words say it.
        is_result: The step in which the calculation ends.
    """

    words: Words
    figure: str = ""
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class ReasonsPage:
    """Why so many points (T63): the steps in their order."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class GuestState:
    """The whole guest screen.

    Attributes:
        card: The guest.
        percent_bp: The rate of the guest's tier.
        next_level: Name of the next tier, empty at the top.
        to_next_minor: What is still to be spent for it.
        page: What can be done.
        today: The present moment in the venue's zone.
        last_visit: Of the guest, venue's zone.
        favourites: Names of favourite products.
        reserved_until: When the hold ends, venue's zone.
        reserved_left_s: Seconds until then.
        is_offline: The service cannot be asked.
        points_lost: The hold ran out and the points went back.
    """

    card: GuestCard
    percent_bp: int
    page: CardPage | RedeemPage | ReasonsPage
    today: datetime
    next_level: str = ""
    to_next_minor: int = 0
    last_visit: datetime | None = None
    favourites: tuple[str, ...] = ()
    reserved_minor: int = 0
    reserved_until: datetime | None = None
    reserved_left_s: int = 0
    is_offline: bool = False
    points_lost: bool = False
