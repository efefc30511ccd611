"""Where a word that is longer than the line may be broken with a hyphen.

A simple reading of the Russian rules that is never wrong by much: a syllable on both sides, at least two letters
each, no soft or hard sign and no Й at the beginning of the next line, no consonant torn from its vowel. Words in
Latin letters are broken alike. Addresses and codes are not words: they get no hyphen that would be read as theirs.
"""

import re
from typing import Final

HYPHEN: Final = "-"
PART_MIN: Final = 2
"""Letters that stay together on each side."""
_WORD = re.compile(r"\W*[^\W\d_]+(?:-[^\W\d_]+)*\W*")
_VOWELS: Final = frozenset("аеёиоуыэюяaeiouy")
_NEVER_FIRST: Final = frozenset("ьъйh")


def is_word(text: str) -> bool:
    """Tell whether a text without blanks is a word, with punctuation around it or a hyphen within."""
    return _WORD.fullmatch(text) is not None


def hyphenate(word: str, room: int) -> tuple[str, str] | None:
    """Break a word so that its first part, hyphen included, fits the room.

    Args:
        word: `is_word` says that it is one.
        room: characters left on the line.

    Returns:
        Both parts, or None: there is no good place.
    """
    lowered = word.lower()
    for at in range(min(room, len(word) - PART_MIN), PART_MIN - 1, -1):
        if word[at - 1] == HYPHEN and word[at].isalpha() and lowered[at] not in _NEVER_FIRST:
            return word[:at], word[at:]
        if at < room and _may_break(lowered, at):
            return word[:at] + HYPHEN, word[at:]
    return None


def _may_break(word: str, at: int) -> bool:
    left, right = _letters(word[:at][::-1])[::-1], _letters(word[at:])
    if len(left) < PART_MIN or len(right) < PART_MIN or right[0] in _NEVER_FIRST:
        return False
    if left[-1] not in _VOWELS and right[0] in _VOWELS and left[-1] not in _NEVER_FIRST:
        return False
    return not (_VOWELS.isdisjoint(left) or _VOWELS.isdisjoint(right))


def _letters(text: str) -> str:
    """Return the letters that a text begins with."""
    for count, char in enumerate(text):
        if not char.isalpha():
            return text[:count]
    return text
