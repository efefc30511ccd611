"""Ids and randomness: the only place that draws them.

An id is 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 random bits (the
ULID layout), so that ids of one till sort by time and never meet those of another.
"""

import os
import random
import secrets
from collections import deque
from functools import lru_cache
from typing import Final, NewType, Protocol

from app.kernel.clock import Clock

SaleId = NewType("SaleId", str)
LineId = NewType("LineId", str)
PaymentId = NewType("PaymentId", str)
RefundId = NewType("RefundId", str)
ShiftId = NewType("ShiftId", str)
StaffId = NewType("StaffId", str)
ProductId = NewType("ProductId", str)
VariantId = NewType("VariantId", str)
OptionId = NewType("OptionId", str)
CategoryId = NewType("CategoryId", str)
CardId = NewType("CardId", str)
GuestId = NewType("GuestId", str)
ReservationId = NewType("ReservationId", str)
OperationId = NewType("OperationId", str)
DeviceId = NewType("DeviceId", str)

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Ids(Protocol):
    """What draws ids. Any thread may call it."""

    def new(self) -> str:
        """Return a fresh id of 26 characters that sorts by time."""
        ...

    def token(self, length: int) -> str:
        """Return a secret of so many characters from A-Z and 0-9 without look-alikes."""
        ...

    def below(self, limit: int) -> int:
        """Return an even random number from 0 up to but not including the limit."""
        ...


def _encode(value: int, length: int) -> str:
    """Return so many letters, of which the last stands for the lowest five bits."""
    return "".join([_ALPHABET[(value >> bits) & 31] for bits in range(5 * length - 5, -1, -5)])


# What ten bits are in letters.
_TWO_LETTERS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)


@lru_cache(maxsize=4)
def _encode_hours(part: int) -> str:
    # The upper half of the time stays for nine hours.
    return _encode(part, 5)


def _encode_millis(millis: int) -> str:
    middle, low = _TWO_LETTERS[millis >> 15 & 1023], _TWO_LETTERS[millis >> 5 & 1023]
    return _encode_hours(millis >> 25) + middle + low + _ALPHABET[millis & 31]


_LETTERS: Final = 16
_DRAWN_AT_ONCE: Final = 64
# Every letter stands for eight of the 256 values of a byte: a random byte is an even random letter.
_LETTER_OF_BYTE: Final = (_ALPHABET * 8).encode()
# Asking the system costs as much as all the rest of an id, so it is asked for many at once. A process
# that is split in two must not draw the same again.
_drawn: deque[str] = deque()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drawn.clear)


def _random_letters() -> str:
    """Return 80 random bits."""
    try:
        return _drawn.popleft()
    except IndexError:
        text = os.urandom(_LETTERS * _DRAWN_AT_ONCE).translate(_LETTER_OF_BYTE).decode()
        _drawn.extend(text[at : at + _LETTERS] for at in range(_LETTERS, len(text), _LETTERS))
        return text[:_LETTERS]


class SystemIds:
    """Ids from the operating system's randomness."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self) -> str:
        """Return a fresh ULID."""
        millis = int(self._clock.now().timestamp() * 1000)
        return _encode_millis(millis) + _random_letters()

    def token(self, length: int) -> str:
        """Return a secret drawn from the operating system."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(length))

    def below(self, limit: int) -> int:
        """Return an even random number below the limit."""
        return secrets.randbelow(limit)


class SeededIds:
    """Ids that repeat from a seed: for tests and simulations only.

    Args:
        seed: Same seed, same ids.
    """

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def new(self) -> str:
        """Return the next id; ids of one seed sort by the order they were drawn in."""
        self._count += 1
        return _encode(self._count, 10) + _encode(self._random.getrandbits(80), 16)

    def token(self, length: int) -> str:
        """Return the next made-up secret."""
        return "".join(self._random.choice(_ALPHABET) for _ in range(length))

    def below(self, limit: int) -> int:
        """Return the next number below the limit."""
        return self._random.randrange(limit)
