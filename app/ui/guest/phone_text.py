"""A phone while it is being typed: what stands there and what is still missing."""

from app.ui.guest.state import PHONE_DIGITS

_MASK = "+7 ___ ___-__-__"


def split_mask(digits: str) -> tuple[str, str]:
    """Return the typed and the missing part of a number: `+7 912 345-6`, `_-__`."""
    digits = digits[:PHONE_DIGITS]
    typed = ""
    rest = _MASK
    for digit in digits:
        place = rest.index("_")
        typed += rest[:place] + digit
        rest = rest[place + 1 :]
    if not digits:
        return _MASK[:3], _MASK[3:]
    return typed, rest
