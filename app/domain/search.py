"""Finding a product as a hurried cashier types.

Any word, by its beginning, ё as е, with the wrong keyboard layout ("rjat" is "кофе") and with one
typing error.

These are the rules. The index lives where it is fastest (the till's database); it gives its sorted
vocabulary of words here and gets back which beginnings to look for.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

#: A word must be this long before an error in it is forgiven.
TYPO_LENGTH_MIN: Final = 4
WORDS_MAX: Final = 8
CANDIDATES_MAX: Final = 12

_LATIN_KEYS: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS: Final = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN: Final = str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS)
_TO_LATIN: Final = str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS)
_WORD: Final = re.compile(r"[0-9a-zа-яё]+")
_RUSSIAN: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"


def fold(text: str) -> str:
    """Return text in the form that is compared: lower case, ё as е, one form of each letter."""
    return unicodedata.normalize("NFKC", text).lower().replace("ё", "е")


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, as they go into the index."""
    return tuple(_WORD.findall(fold(text)))


def other_layout(text: str) -> str:
    """Return what the same keys give in the other keyboard layout, folded.

    Text with Russian letters is read as if the layout had been Latin, and the reverse.
    """
    lowered = unicodedata.normalize("NFKC", text).lower()
    has_russian = any("а" <= letter <= "я" or letter == "ё" for letter in lowered)
    return fold(lowered.translate(_TO_LATIN if has_russian else _TO_RUSSIAN))


def has_beginning(vocabulary: Sequence[str], beginning: str) -> bool:
    """Tell whether a word of a sorted vocabulary begins so."""
    index = bisect_left(vocabulary, beginning)
    return index < len(vocabulary) and vocabulary[index].startswith(beginning)


def one_error_forms(word: str) -> Iterator[str]:
    """Yield every form that one slip of the fingers could have turned into this word.

    A slip is a letter missing, doubled or added, changed, or two letters swapped. Forms may
    repeat; the word itself is among them.
    """
    alphabet = _LATIN if word.isascii() else _RUSSIAN
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        if after:
            yield before + after[0] + word[place] + after[1:]
        for letter in alphabet:
            yield before + letter + after
            yield before + letter + word[place:]
    # A letter missing at the very end needs no form: the beginning is found as it is.


def search_plan(query: str, vocabulary: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Turn what was typed into beginnings to look for.

    Args:
        query: As typed.
        vocabulary: All words of the index, folded, sorted, each once.

    Returns:
        For each typed word the beginnings of which at least one must occur; all words must be
        met. Empty if nothing was typed or a word cannot be understood at all.
    """
    typed = query.split()[:WORDS_MAX]
    plan: list[tuple[str, ...]] = []
    for chunk in typed:
        groups = _understand(chunk, vocabulary)
        if groups is None:
            return ()
        plan.extend(groups)
    return tuple(plan)


def _understand(chunk: str, vocabulary: Sequence[str]) -> list[tuple[str, ...]] | None:
    """Return the beginnings for one chunk between spaces, or None if it makes no sense."""
    readings = [words_of(chunk), words_of(other_layout(chunk))]
    if not any(readings):
        return []
    exact = [
        reading
        for reading in readings
        if reading and all(has_beginning(vocabulary, word) for word in reading)
    ]
    if exact:
        return _merge(exact)
    for reading in readings:
        repaired = [_repair(word, vocabulary) for word in reading]
        if reading and all(repaired):
            return repaired
    return None


def _merge(readings: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return both readings side by side where they have one word each, else the first."""
    if len(readings) == 2 and len(readings[0]) == len(readings[1]) == 1:
        return [tuple(dict.fromkeys((readings[0][0], readings[1][0])))]
    return [(word,) for word in readings[0]]


def _repair(word: str, vocabulary: Sequence[str]) -> tuple[str, ...]:
    if has_beginning(vocabulary, word):
        return (word,)
    if len(word) < TYPO_LENGTH_MIN or word.isdigit():
        return ()
    found = dict.fromkeys(
        form for form in one_error_forms(word) if form and has_beginning(vocabulary, form)
    )
    return tuple(found)[:CANDIDATES_MAX]
