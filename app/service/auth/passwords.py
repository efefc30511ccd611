"""Passwords: argon2id digests made away from the database's threads, and what is too easy to guess."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError

Given = TypeVar("Given")
Made = TypeVar("Made")

LENGTH_MIN: Final = 10
# OWASP's figures for argon2id with little memory: 19 MiB, two passes.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The digest of a secret that nobody has: compared with when there is no such person, so that the
# answer takes as long.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$fcWy0LZtUp4bHiO6fEQ"
    "TNA$Z8gK14ITbfVeSRrM+j36ABkRDjin3rS8PE+DYpvXINc"
)
# A digest keeps a core busy: two at once are enough, and a flood of sign-ins waits in line.
_THREADS: Final = ThreadPoolExecutor(2, thread_name_prefix="password")
_COMMON: Final = frozenset(
    {
        "1234567890", "12345678910", "0123456789", "9876543210", "0987654321", "1q2w3e4r5t",
        "1qaz2wsx3edc", "qwertyuiop", "qwerty1234", "qwerty12345", "qwerty123456", "asdfghjkl1",
        "password12", "password123", "password1234", "passw0rd123", "administrator", "adminadmin",
        "administrat0r", "iloveyou12", "letmein123", "welcome123", "welcome1234", "changeme123",
        "максимальный", "йцукенгшщз", "парольпароль", "пароль1234", "пароль12345", "qazwsxedcrfv",
        "1111111111", "0000000000", "1122334455", "q1w2e3r4t5", "zxcvbnm123", "maxloyalty",
        "maxloyalty1", "loyalty123", "cashier123", "superadmin", "sunshine12", "football123",
    }
)  # fmt: skip


def check_strength(password: str, email: str) -> None:
    """Refuse what is guessed first.

    Raises:
        ProblemError: WEAK_PASSWORD.
    """
    plain = password.casefold()
    name = email.casefold().partition("@")[0]
    is_weak = (
        len(password) < LENGTH_MIN
        or plain in _COMMON
        or len(set(plain)) < 4
        or (len(name) >= 4 and plain.replace(name, "") == "")
        or plain == email.casefold()
    )
    if is_weak:
        raise ProblemError(ErrorCode.WEAK_PASSWORD)


def hash_password(password: str) -> str:
    """Return the digest that is kept; takes some hundredths of a second of a core."""
    return _HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the one; takes as long when there is no digest to compare with."""
    try:
        _HASHER.verify(password_hash or _NOBODYS, password)
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


async def run_aside(act: Callable[[Given], Made], given: Given) -> Made:
    """Run something slow on a thread of its own, never on the database's or the loop's."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, act, given)


async def hash_aside(password: str) -> str:
    """Make a digest."""
    return await run_aside(hash_password, password)


async def check_aside(password_hash: str | None, password: str) -> bool:
    """Compare a password with a digest, or with nobody's."""
    return await run_aside(partial(is_right, password_hash), password)
