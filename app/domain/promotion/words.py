"""Sentences about promotions, in Russian and English, with the facts they stand on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from app.domain.loyalty import Explanation
from app.domain.promotion.rules import Promotion
from app.domain.promotion.situation import PromoCode
from app.kernel.text import format_amount, format_money, format_points, plural_ru

_DAYS_RU: Final = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def money(minor: int) -> str:
    """Return a sum as people write it, without kopecks when there are none."""
    return format_money(minor, kopecks=False)


def days_text(weekdays: Iterable[int]) -> tuple[str, str]:
    """Return days of the week in Russian and English."""
    ordered = sorted(weekdays)
    return (
        ", ".join(_DAYS_RU[day - 1] for day in ordered),
        ", ".join(_DAYS_EN[day - 1] for day in ordered),
    )


def moment_text(moment: datetime, local: datetime) -> str:
    """Return a moment on the clock of the venue: `21.11.2026 18:00`."""
    return f"{moment.astimezone(local.tzinfo):%d.%m.%Y %H:%M}"


def days_count(days: int) -> tuple[str, str]:
    """Return `5 дней` and `5 days`."""
    word = plural_ru(days, "день", "дня", "дней")
    return f"{days} {word}", f"{days} {'day' if days == 1 else 'days'}"


def pieces_text(milli: int) -> tuple[str, str]:
    """Return a quantity in pieces: `2 шт.` and `2 pcs`."""
    whole, rest = divmod(milli, 1_000)
    figure = (
        f"{whole},{rest:03d}".rstrip("0") if rest else format_amount(whole * 100, kopecks=False)
    )
    return f"{figure} шт.", f"{figure} pcs"


def taken_off_note(promotion: Promotion, amount_minor: int) -> Explanation:
    """Return the step that a discount is."""
    return Explanation(
        "PROMOTION",
        amount_minor,
        f"Акция «{promotion.name}»: скидка {money(amount_minor)}",
        f"Promotion {promotion.name}: {money(amount_minor)} off",
    )


def already_taken_note(promotion: Promotion, amount_minor: int) -> Explanation:
    """Return the step that tells of a discount which the check holds already."""
    return Explanation(
        "PROMOTION_INCLUDED",
        amount_minor,
        f"Акция «{promotion.name}»: скидка {money(amount_minor)} уже в чеке",
        f"Promotion {promotion.name}: {money(amount_minor)} off are in the check already",
    )


def multiplier_note(promotion: Promotion, multiplier: int, extra_minor: int) -> Explanation:
    """Return the step that multiplied points are."""
    times = format_amount(multiplier, kopecks=bool(multiplier % 100))
    return Explanation(
        "POINTS_MULTIPLIED",
        extra_minor,
        f"Акция «{promotion.name}»: баллы ×{times}, ещё {format_points(extra_minor)}",
        f"Promotion {promotion.name}: points ×{times}, {format_points(extra_minor, 'en')} more",
    )


def bonus_note(promotion: Promotion, points_minor: int) -> Explanation:
    """Return the step that bonus points are."""
    return Explanation(
        "BONUS_POINTS",
        points_minor,
        f"Акция «{promotion.name}»: {format_points(points_minor)} в подарок",
        f"Promotion {promotion.name}: {format_points(points_minor, 'en')} as a bonus",
    )


def code_note(code: PromoCode, name: str) -> Explanation:
    """Return the step that tells of a code which was taken."""
    return Explanation(
        "PROMO_CODE",
        0,
        f"Промокод {code.text} относится к акции «{name}»",
        f"Promo code {code.text} belongs to promotion {name}",
    )


def refused_note(promotion: Promotion, reasons: Iterable[Explanation]) -> Explanation:
    """Return one step for a promotion that does not apply, with all its reasons."""
    known = tuple(reasons)
    return Explanation(
        "PROMOTION_NOT_APPLIED",
        0,
        f"Акция «{promotion.name}» не действует: " + "; ".join(note.ru for note in known),
        f"Promotion {promotion.name} does not apply: " + "; ".join(note.en for note in known),
    )
