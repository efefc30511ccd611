"""Words and figures as people read and type them: money, phones, card codes, plurals."""

import re
from typing import Final

NARROW_SPACE: Final = "\u202f"
HARD_SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"
_NOT_DIGIT = re.compile(r"[^0-9]+")
_PHONE_ALLOWED = re.compile(r"[0-9\s()+\-.\u00a0\u202f\u2010-\u2015]+")


def clean_line(text: str, limit: int = 200) -> str:
    """Return text as one line that every paper, database and wire takes.

    White space becomes single spaces; control characters and broken surrogates are left out.
    """
    words = " ".join(text.split())
    return "".join(letter for letter in words if letter.isprintable())[:limit].strip()


def format_amount(minor: int, *, kopecks: bool = True) -> str:
    """Return `1 234,50` with a narrow no-break space and a true minus.

    Args:
        minor: Kopecks.
        kopecks: False leaves them out when they are zero.
    """
    whole, rest = divmod(abs(minor), 100)
    digits = f"{whole:,}".replace(",", NARROW_SPACE)
    tail = f",{rest:02d}" if kopecks or rest else ""
    return f"{MINUS if minor < 0 else ''}{digits}{tail}"


def format_money(minor: int, *, kopecks: bool = True) -> str:
    """Return the amount with a hard space and the rouble sign."""
    return f"{format_amount(minor, kopecks=kopecks)}{HARD_SPACE}₽"


def format_percent(percent_bp: int) -> str:
    """Return basis points as `7 %` or `7,5 %`."""
    whole, rest = divmod(percent_bp, 100)
    tail = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{tail}{HARD_SPACE}%"


def format_quantity(quantity_milli: int) -> str:
    """Return `2` or `0,350`: pieces whole, weights with three places."""
    whole, rest = divmod(quantity_milli, 1000)
    return f"{whole},{rest:03d}" if rest else str(whole)


def plural_ru(number: int, one: str, few: str, many: str) -> str:
    """Return the Russian form that goes with a number: 1 балл, 2 балла, 5 баллов."""
    tail = abs(number) % 100
    if 11 <= tail <= 14:
        return many
    last = tail % 10
    if last == 1:
        return one
    return few if 2 <= last <= 4 else many


def format_points(hundredths: int, lang: str = "ru") -> str:
    """Return points with their word, `300 баллов`; a fraction shows two places."""
    whole, rest = divmod(abs(hundredths), 100)
    number = format_amount(hundredths, kopecks=bool(rest))
    if lang == "en":
        return f"{number}{HARD_SPACE}{'point' if whole == 1 and not rest else 'points'}"
    word = "балла" if rest else plural_ru(whole, "балл", "балла", "баллов")
    return f"{number}{HARD_SPACE}{word}"


def normalize_phone(text: str) -> str | None:
    """Return a phone as digits (`79123456789`), or None if it is no usable number.

    Any usual way of writing a Russian number is understood: with +7 or 8, with brackets, spaces
    and dashes, or the ten digits alone. A foreign number needs its plus and 8 to 15 digits.
    """
    raw = text.strip()
    if not raw or not _PHONE_ALLOWED.fullmatch(raw):
        return None
    digits = _NOT_DIGIT.sub("", raw)
    if raw.startswith("+") and not digits.startswith("7"):
        return digits if 8 <= len(digits) <= 15 else None
    if len(digits) == 10:
        digits = f"7{digits}"
    elif len(digits) == 11 and digits[0] == "8":
        digits = f"7{digits[1:]}"
    return digits if len(digits) == 11 and digits[0] == "7" else None


def format_phone(digits: str) -> str:
    """Return `+7 912 345-67-89`; other numbers as a plus and their digits."""
    if len(digits) == 11 and digits[0] == "7":
        return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
    return f"+{digits}"


def mask_phone(digits: str) -> str:
    """Return `+7 912 •••-67-89`, fit for a screen that others see."""
    if len(digits) == 11 and digits[0] == "7":
        return f"+7 {digits[1:4]} •••-{digits[7:9]}-{digits[9:]}"
    return f"+{digits[:2]}•••{digits[-2:]}"


def format_card_code(code: str) -> str:
    """Return a six-digit card code in two groups, `482 913`."""
    return f"{code[:3]}{HARD_SPACE}{code[3:]}"


def initials(name: str) -> str:
    """Return up to two capital first letters of a name, for an avatar."""
    words = [word for word in re.split(r"[\s.]+", name) if word]
    return "".join(word[0].upper() for word in words[:2])
