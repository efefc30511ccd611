"""Which conditions of a promotion a check does not meet, each as a reason with its facts.

A reason's text is the end of a sentence ("needs 500 ₽, the check has 420 ₽"), so that several of them
can stand in one line.
"""

from collections.abc import Callable
from enum import StrEnum

from app.domain.loyalty import Explanation
from app.domain.promotion.hours import is_on_weekday, is_within
from app.domain.promotion.rules import Promotion
from app.domain.promotion.situation import Situation, days_from_birthday, is_near_birthday
from app.domain.promotion.words import days_count, days_text, moment_text, money, pieces_text


class Reason(StrEnum):
    """Why a promotion does not apply; the codes are stable."""

    CODE_NEEDED = "CODE_NEEDED"
    NOT_STARTED = "NOT_STARTED"
    OVER = "OVER"
    WEEKDAY = "WEEKDAY"
    HOURS = "HOURS"
    CHANNEL = "CHANNEL"
    GUEST_NEEDED = "GUEST_NEEDED"
    LEVEL = "LEVEL"
    BIRTHDAY_UNKNOWN = "BIRTHDAY_UNKNOWN"
    BIRTHDAY = "BIRTHDAY"
    NOT_FIRST_CHECK = "NOT_FIRST_CHECK"
    PRODUCTS = "PRODUCTS"
    QUANTITY = "QUANTITY"
    MIN_AMOUNT = "MIN_AMOUNT"
    MAX_AMOUNT = "MAX_AMOUNT"
    LIMIT = "LIMIT"
    GUEST_LIMIT = "GUEST_LIMIT"
    OTHER_APPLIES = "OTHER_APPLIES"
    SET_INCOMPLETE = "SET_INCOMPLETE"
    GIFT_MISSING = "GIFT_MISSING"
    NOTHING_LEFT = "NOTHING_LEFT"
    NO_POINTS = "NO_POINTS"


def reason(code: Reason, ru: str, en: str, amount_minor: int = 0) -> Explanation:
    """Return a reason; the figure is what is missing, where something can be."""
    return Explanation(code.value, amount_minor, ru, en)


def unmet(promotion: Promotion, situation: Situation) -> tuple[Explanation, ...]:
    """Return every condition that does not hold; none of them means that all do."""
    found = (check(promotion, situation) for check in _CHECKS)
    return tuple(note for note in found if note is not None)


def _code(promotion: Promotion, situation: Situation) -> Explanation | None:
    if not promotion.needs_code:
        return None
    code = situation.code
    if code is not None and code.promotion_id == promotion.promotion_id:
        return None
    return reason(Reason.CODE_NEEDED, "нужен промокод", "a promo code is needed")


def _dates(promotion: Promotion, situation: Situation) -> Explanation | None:
    starts, ends, now = promotion.starts_at, promotion.ends_at, situation.at
    if starts is not None and now < starts:
        when = moment_text(starts, now)
        return reason(Reason.NOT_STARTED, f"начнётся {when}", f"begins on {when}")
    if ends is not None and now >= ends:
        when = moment_text(ends, now)
        return reason(Reason.OVER, f"закончилась {when}", f"ended on {when}")
    return None


def _weekday(promotion: Promotion, situation: Situation) -> Explanation | None:
    conditions = promotion.conditions
    if is_on_weekday(conditions.hours, conditions.weekdays, situation.at):
        return None
    ru, en = days_text(conditions.weekdays)
    today_ru, today_en = days_text([situation.at.isoweekday()])
    return reason(
        Reason.WEEKDAY,
        f"действует по дням: {ru}, сегодня {today_ru}",
        f"works on {en}, today is {today_en}",
    )


def _hours(promotion: Promotion, situation: Situation) -> Explanation | None:
    hours = promotion.conditions.hours
    if hours is None or is_within(hours, frozenset(), situation.at):
        return None
    now = f"{situation.at:%H:%M}"
    return reason(
        Reason.HOURS,
        f"действует {hours.text()}, сейчас {now}",
        f"works {hours.text()}, it is {now}",
    )


def _channel(promotion: Promotion, situation: Situation) -> Explanation | None:
    channels = promotion.conditions.channels
    if not channels or situation.channel in channels:
        return None
    named = ", ".join(sorted(channels))
    return reason(
        Reason.CHANNEL,
        f"только для: {named}, чек из {situation.channel}",
        f"only for {named}, the check comes from {situation.channel}",
    )


def _guest(promotion: Promotion, situation: Situation) -> Explanation | None:
    if situation.buyer is not None or not promotion.asks_for_guest:
        return None
    return reason(Reason.GUEST_NEEDED, "нужна карта гостя", "a guest card is needed")


def _level(promotion: Promotion, situation: Situation) -> Explanation | None:
    levels, buyer = promotion.conditions.level_ids, situation.buyer
    if not levels or buyer is None or buyer.level_id in levels:
        return None
    return reason(
        Reason.LEVEL,
        f"не для уровня «{buyer.level_name}»",
        f"not for level {buyer.level_name}",
    )


def _birthday(promotion: Promotion, situation: Situation) -> Explanation | None:
    near, buyer = promotion.conditions.birthday, situation.buyer
    if near is None or buyer is None:
        return None
    if buyer.birthday is None:
        return reason(
            Reason.BIRTHDAY_UNKNOWN,
            "день рождения гостя не указан",
            "the guest's birthday is not known",
        )
    today = situation.at.date()
    if is_near_birthday(buyer.birthday, today, near):
        return None
    ago = days_from_birthday(buyer.birthday, today)
    ru, en = days_count(abs(ago))
    return reason(
        Reason.BIRTHDAY,
        f"день рождения был {ru} назад" if ago > 0 else f"до дня рождения {ru}",
        f"the birthday was {en} ago" if ago > 0 else f"the birthday is in {en}",
    )


def _first_check(promotion: Promotion, situation: Situation) -> Explanation | None:
    buyer = situation.buyer
    if not promotion.conditions.is_first_check or buyer is None or not buyer.visit_count:
        return None
    count = buyer.visit_count
    return reason(
        Reason.NOT_FIRST_CHECK,
        f"только для первого чека, у гостя их уже {count}",
        f"only for the first check, the guest has {count} already",
    )


def _products(promotion: Promotion, situation: Situation) -> Explanation | None:
    wanted = promotion.conditions.products
    lines = [line for line in situation.lines if wanted.takes(line.product_id, line.category_ids)]
    if not lines and not wanted.is_everything:
        return reason(
            Reason.PRODUCTS, "в чеке нет её товаров", "the check has none of its products"
        )
    least = promotion.conditions.min_quantity_milli
    there = sum(line.quantity_milli for line in lines)
    if there >= least:
        return None
    (need_ru, need_en), (has_ru, has_en) = pieces_text(least), pieces_text(there)
    return reason(
        Reason.QUANTITY, f"нужно {need_ru}, в чеке {has_ru}", f"needs {need_en}, there are {has_en}"
    )


def _amount(promotion: Promotion, situation: Situation) -> Explanation | None:
    conditions, amount = promotion.conditions, situation.amount_minor
    if amount < conditions.min_amount_minor:
        least = conditions.min_amount_minor
        return reason(
            Reason.MIN_AMOUNT,
            f"нужно {money(least)}, в чеке {money(amount)}",
            f"needs {money(least)}, the check has {money(amount)}",
            least - amount,
        )
    most = conditions.max_amount_minor
    if most is not None and amount > most:
        return reason(
            Reason.MAX_AMOUNT,
            f"для чека до {money(most)}, в чеке {money(amount)}",
            f"for checks up to {money(most)}, the check has {money(amount)}",
        )
    return None


def _limit(promotion: Promotion, situation: Situation) -> Explanation | None:
    most = promotion.limits.in_all
    used = situation.used_in_all.get(promotion.promotion_id, 0)
    if most is None or used < most:
        return None
    return reason(Reason.LIMIT, f"использована {used} из {most}", f"used {used} of {most} times")


def _guest_limit(promotion: Promotion, situation: Situation) -> Explanation | None:
    most = promotion.limits.per_guest
    used = situation.used_by_guest.get(promotion.promotion_id, 0)
    if most is None or used < most:
        return None
    return reason(
        Reason.GUEST_LIMIT,
        f"гость использовал {used} из {most}",
        f"the guest used {used} of {most}",
    )


_CHECKS: tuple[Callable[[Promotion, Situation], Explanation | None], ...] = (
    _code,
    _dates,
    _weekday,
    _hours,
    _channel,
    _guest,
    _level,
    _birthday,
    _first_check,
    _products,
    _amount,
    _limit,
    _guest_limit,
)
