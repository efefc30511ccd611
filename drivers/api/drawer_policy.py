"""When the cash drawer opens by itself: a choice of the restaurant, and a pure function that applies it."""

from collections.abc import Collection
from typing import Literal, get_args

from drivers.api.errors import ConfigurationError

DrawerWhen = Literal["cash", "always", "never"]
CASH = "cash"


def drawer_when(value: object) -> DrawerWhen:
    """Read the setting.

    Raises:
        ConfigurationError: it is none of the choices.
    """
    for known in get_args(DrawerWhen):
        if value == known:
            choice: DrawerWhen = known
            return choice
    raise ConfigurationError(f"drawer_when {value!r} is none of {', '.join(get_args(DrawerWhen))}")


def opens_drawer(when: DrawerWhen, tenders: Collection[str], *, is_copy: bool = False) -> bool:
    """Whether a paid document opens the drawer.

    Args:
        when: ``cash`` opens it when any part was paid or given back in cash, ``always`` for every
            payment, ``never`` leaves it to the key on the screen.
        tenders: kinds of payment in the document, such as ``cash``, ``card``, ``prepaid``; none at all
            is no payment.
        is_copy: a copy of a receipt never opens it.
    """
    if is_copy or not tenders or when == "never":
        return False
    return when == "always" or CASH in tenders
