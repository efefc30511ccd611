"""Texts of terminals: the code page found out from the text itself, card numbers hidden."""

import re
from collections.abc import Sequence

ENCODINGS = ("auto", "cp866", "koi8-r", "cp1251", "utf-8")
# How often a letter comes in Russian, in thousandths; capitals count like small ones. Rare letters and
# signs that no slip has tell a wrong code page.
_FREQUENT = dict(
    zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
        110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12,
        10, 9, 7, 6, 5, 4, 3, 3, 1, 1), strict=True)
)  # fmt: skip
_WORDS = (
    "одобрен", "отказ", "оплат", "сумма", "руб", "терминал", "карт", "чек", "сбербанк", "отмен",
    "возврат", "итог", "совпал", "код", "банк", "кассир", "клиент", "подпис", "комисси", "операци",
    "магазин", "кафе", "нет", "связи", "сверка", "номер", "дата", "время",
)  # fmt: skip
_WORD_WORTH, _ALIEN_COST, _MIXED_CASE_COST = 400, 120, 60


def decode_text(
    data: bytes, encoding: str = "auto", pages: Sequence[str] = ("cp866", "koi8-r")
) -> str:
    """Read bytes in the code page they are most likely written in. Never fails.

    Args:
        data: text of a terminal.
        encoding: one of `ENCODINGS`.
        pages: that 'auto' chooses from; on a tie the first wins.
    """
    if encoding != "auto":
        return data.decode(encoding, errors="replace")
    if data.isascii():
        return data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        texts = [data.decode(name, errors="replace") for name in pages]
        return max(texts, key=_likeness)


def _likeness(text: str) -> int:
    """How much a text looks like Russian: words of slips, frequent letters, no strange signs."""
    small = text.lower()
    score = sum(_WORD_WORTH * small.count(word) for word in _WORDS)
    for letter, lower in zip(text, small, strict=False):
        if letter < "\x80":
            continue
        score += _FREQUENT.get(lower, -_ALIEN_COST)
    # 'оДОБРЕНО': a small letter in front of a capital comes in no word.
    return score - _MIXED_CASE_COST * len(re.findall("[а-яё][А-ЯЁ]", text))


# 13 to 19 digits, perhaps in groups: a card number; an RRN has 12.
_PAN = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def masked(text: str) -> str:
    """Hide every card number that came whole, all but its last four digits."""
    return _PAN.sub(lambda found: re.sub(r"\d(?=(?:\D?\d){4})", "*", found[0]), text)
