"""The order of version numbers, by the rules of Semantic Versioning 2.0.0, paragraph 11.

Up to four numbers are read, as Windows programs have them; missing ones are zero.
"""

from functools import lru_cache

_PARTS = 4

VersionKey = tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...]]


@lru_cache(maxsize=1024)
def version_key(text: str) -> VersionKey:
    """Return what versions are compared by; what is no version comes before every version."""
    core, _, mark = text.partition("+")[0].partition("-")
    numbers = core.split(".")
    if len(numbers) > _PARTS or not all(part.isascii() and part.isdigit() for part in numbers):
        return (), 0, ()
    filled = tuple(int(part) for part in numbers) + (0,) * (_PARTS - len(numbers))
    if not mark:
        return filled, 1, ()
    # A mark is before the release; numbers in it count as numbers and come before words.
    return filled, 0, tuple(_mark_key(part) for part in mark.split("."))


def _mark_key(part: str) -> tuple[int, int, str]:
    return (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)


def is_newer(version: str, than: str) -> bool:
    """Tell whether a version is newer than another."""
    return version_key(version) > version_key(than)
