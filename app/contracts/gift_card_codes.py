"""The code of a gift card: 16 digits in groups of four, the last one being a check digit.

The check digit follows H. M. Damm: every wrong digit and every pair of neighbours that was swapped is
noticed, so that a slip of the finger is told at the till, without asking the service.
"""

import re
from typing import Final

CODE_LENGTH: Final = 16
_GROUP: Final = 4
_SHOWN: Final = 4
_DIGITS = re.compile(f"[0-9]{{{CODE_LENGTH}}}")
_SPACES = re.compile(r"[\s\u00a0\u202f-]")

# A totally anti-symmetric quasigroup of order ten (Damm, 2004): row is the digit so far, column the next.
_TABLE: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """Return the digit that makes a row of digits complete."""
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return str(interim)


def complete_code(payload: str) -> str:
    """Return the code that begins with fifteen digits."""
    assert len(payload) == CODE_LENGTH - 1
    return payload + check_digit(payload)


def read_gift_code(text: str) -> str | None:
    """Return a code as sixteen digits; None if it is mistyped or something else.

    Spaces and hyphens between the digits do not matter.
    """
    code = _SPACES.sub("", text)
    if not _DIGITS.fullmatch(code) or check_digit(code) != "0":
        return None
    return code


def group_code(code: str) -> str:
    """Return a code as it is printed: `1234 5678 9012 3456`."""
    return " ".join(code[at : at + _GROUP] for at in range(0, CODE_LENGTH, _GROUP))


def mask_code(last_digits: str) -> str:
    """Return a code as it is shown to those who need not know it."""
    hidden = "•" * _GROUP
    return " ".join([hidden] * (CODE_LENGTH // _GROUP - 1) + [last_digits])


def last_digits(code: str) -> str:
    """Return the digits that stay visible."""
    return code[-_SHOWN:]
