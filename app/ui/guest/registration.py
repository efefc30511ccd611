"""Registering a guest: what is typed, and the call that makes the card."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.kernel.errors import AppError
from app.till.guests import Bound, Guests, Registered
from app.till.words import Words
from app.ui.guest.state import PHONE_DIGITS, RegisterPage, WelcomePage
from app.ui.ops import Lane, Ops

CONSENT_MISSING: Final = Words(
    "Отметьте согласие гостя с правилами программы",
    "Tick that the guest agrees to the rules",
)


@dataclass(frozen=True, slots=True)
class NewGuest:
    """A guest who was registered and bound."""

    made: Registered
    bound: Bound

    def page(self) -> WelcomePage:
        """Return the page that shows the card."""
        card = self.made.card
        return WelcomePage(
            name=card.first_name,
            phone=card.phone,
            code6=card.code6,
            earn_minor=self.bound.state.earn_minor,
            is_offline=self.made.is_later,
            was_known=self.made.is_known,
        )


def with_digit(page: RegisterPage, digit: str) -> RegisterPage:
    """Return the page with a digit more in the phone."""
    if len(page.phone) >= PHONE_DIGITS:
        return page
    return replace(page, phone=page.phone + digit, error=None)


def without_digit(page: RegisterPage) -> RegisterPage:
    """Return the page with a digit less in the phone."""
    return replace(page, phone=page.phone[:-1], error=None)


def with_name(page: RegisterPage, name: str) -> RegisterPage:
    """Return the page with another name; names begin with a capital."""
    return replace(page, name=name[:1].upper() + name[1:], error=None)


def register(
    ops: Ops,
    guests: Guests,
    page: RegisterPage,
    *,
    success: Callable[[NewGuest], object],
    failure: Callable[[AppError], object],
) -> None:
    """Register the guest and bind the card to the order; on the network lane."""
    phone, name = f"+7{page.phone}", page.name

    def make() -> NewGuest:
        made = guests.register(phone, name)
        return NewGuest(made, guests.bind(made.card))

    ops.run(make, success=success, failure=failure, lane=Lane.NET)
