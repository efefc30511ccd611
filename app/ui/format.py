"""Figures as the present language writes them (design, 9)."""

from app.kernel import text
from app.ui.text import language


def amount(minor: int, *, kopecks: bool = True) -> str:
    """Return a sum without the currency sign: `1 234,50`, in English `1,234.50`.

    Args:
        minor: Kopecks.
        kopecks: False leaves them out when they are zero.
    """
    written = text.format_amount(minor, kopecks=kopecks)
    if language() == "en":
        return written.replace(",", ".").replace(text.NARROW_SPACE, ",")
    return written


def money(minor: int, *, kopecks: bool = True) -> str:
    """Return a sum with the rouble sign."""
    return f"{amount(minor, kopecks=kopecks)}{text.HARD_SPACE}₽"


def points(hundredths: int) -> str:
    """Return points with their word: `300 баллов`."""
    return text.format_points(hundredths, language())


def signed_points(hundredths: int) -> str:
    """Return a change of points: `+101`, `−300`."""
    sign = "+" if hundredths > 0 else ""
    return f"{sign}{text.format_amount(hundredths, kopecks=False)}"


def quantity(milli: int) -> str:
    """Return `2` or `0,350`."""
    written = text.format_quantity(milli)
    return written.replace(",", ".") if language() == "en" else written


def percent(basis_points: int) -> str:
    """Return `7 %`."""
    written = text.format_percent(basis_points)
    return written.replace(",", ".") if language() == "en" else written
