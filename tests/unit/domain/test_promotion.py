"""Promotions (L12): conditions with their facts, effects exact to the kopeck, order and rivals, timers."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.loyalty import DEFAULT_LEVELS, BenefitType, Level, LoyaltyRules, calculate
from app.domain.promotion.applying import apply_promotions, countdown_end
from app.domain.promotion.check import CheckResult, work_out
from app.domain.promotion.conditions import Reason, unmet
from app.domain.promotion.effects import free_pieces, take_off
from app.domain.promotion.hours import Hours, current_run, is_within, next_run
from app.domain.promotion.rules import (
    EVERYTHING,
    AmountOff,
    BirthdayRange,
    BonusPoints,
    BuyGet,
    Conditions,
    Effect,
    FixedPrice,
    Gift,
    Limits,
    PercentOff,
    PointsMultiplier,
    Promotion,
    Selection,
)
from app.domain.promotion.situation import Buyer, CheckLine, PromoCode, Situation
from app.kernel.text import HARD_SPACE

ZONE = ZoneInfo("Europe/Moscow")
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
RULES = LoyaltyRules()
GOLD = DEFAULT_LEVELS[2]
MARIA = Buyer("gold", "Золото", 7, date(1990, 11, 22))
COFFEE = CheckLine("Капучино", 42000, 1000, "p1", frozenset({"coffee", "drinks"}))
BUN = CheckLine("Булочка", 36000, 3000, "p2", frozenset({"bakery"}))
CHEESE = CheckLine("Сыр", 50000, 350, "p3", frozenset({"deli"}))


def promo(effect: Effect, key: str = "a", **fields: Any) -> Promotion:
    """Make a promotion; conditions and the rest by name."""
    return replace(Promotion(key, f"акция {key}", effect), **fields)


def check(*lines: CheckLine, **fields: Any) -> Situation:
    """Make a check of Maria's on a Friday at noon."""
    given_: dict[str, Any] = {
        "at": FRIDAY,
        "lines": lines or (COFFEE,),
        "channel": "till",
        "buyer": MARIA,
    }
    return Situation(**(given_ | fields))


def reasons(promotion: Promotion, situation: Situation) -> list[str]:
    """Return the codes of what is not met."""
    return [note.code for note in unmet(promotion, situation)]


TEN = PercentOff(1000)


# ------------------------------------------------------------------ conditions
@pytest.mark.parametrize(
    ("conditions", "situation", "expected"),
    [
        (Conditions(), check(), []),
        (Conditions(hours=Hours(600, 720)), check(), ["HOURS"]),
        (Conditions(hours=Hours(720, 780)), check(), []),
        (Conditions(hours=Hours(1320, 725)), check(), []),
        (Conditions(weekdays=frozenset({5})), check(), []),
        (Conditions(weekdays=frozenset({1, 2})), check(), ["WEEKDAY"]),
        (Conditions(birthday=BirthdayRange(2, 0)), check(), []),
        (Conditions(birthday=BirthdayRange(1, 9)), check(), ["BIRTHDAY"]),
        (
            Conditions(birthday=BirthdayRange()),
            check(buyer=replace(MARIA, birthday=None)),
            ["BIRTHDAY_UNKNOWN"],
        ),
        (Conditions(birthday=BirthdayRange()), check(buyer=None), ["GUEST_NEEDED"]),
        (Conditions(is_first_check=True), check(), ["NOT_FIRST_CHECK"]),
        (Conditions(is_first_check=True), check(buyer=replace(MARIA, visit_count=0)), []),
        (Conditions(products=Selection(frozenset({"p1"}))), check(), []),
        (Conditions(products=Selection(frozenset({"p9"}))), check(), ["PRODUCTS"]),
        (Conditions(products=Selection(category_ids=frozenset({"drinks"}))), check(), []),
        (Conditions(min_quantity_milli=2000), check(), ["QUANTITY"]),
        (Conditions(min_amount_minor=42000), check(), []),
        (Conditions(min_amount_minor=50000), check(), ["MIN_AMOUNT"]),
        (Conditions(max_amount_minor=41999), check(), ["MAX_AMOUNT"]),
        (Conditions(level_ids=frozenset({"gold"})), check(), []),
        (Conditions(level_ids=frozenset({"bronze"})), check(), ["LEVEL"]),
        (Conditions(channels=frozenset({"iiko"})), check(), ["CHANNEL"]),
    ],
)
def test_each_condition_is_checked(
    conditions: Conditions, situation: Situation, expected: list[str]
) -> None:
    assert reasons(promo(TEN, conditions=conditions), situation) == expected


def test_a_reason_tells_its_facts_in_both_languages() -> None:
    promotion = promo(TEN, conditions=Conditions(min_amount_minor=50000))
    note = unmet(promotion, check())[0]
    space = HARD_SPACE
    assert note.en == f"needs 500{space}₽, the check has 420{space}₽"
    assert note.ru == f"нужно 500{space}₽, в чеке 420{space}₽"
    assert note.amount_minor == 8000


def test_all_reasons_are_told_not_only_the_first() -> None:
    conditions = Conditions(weekdays=frozenset({1}), min_amount_minor=50000, is_first_check=True)
    found = reasons(promo(TEN, conditions=conditions), check())
    assert found == ["WEEKDAY", "NOT_FIRST_CHECK", "MIN_AMOUNT"]


def test_dates_limits_and_codes() -> None:
    later, before = FRIDAY + timedelta(days=1), FRIDAY - timedelta(days=1)
    assert reasons(promo(TEN, starts_at=later), check()) == ["NOT_STARTED"]
    assert reasons(promo(TEN, starts_at=before, ends_at=later), check()) == []
    assert reasons(promo(TEN, ends_at=FRIDAY), check()) == ["OVER"]
    limited = promo(TEN, limits=Limits(5, 1))
    assert reasons(limited, check(used_in_all={"a": 4})) == []
    assert reasons(limited, check(used_in_all={"a": 5}, used_by_guest={"a": 1})) == [
        "LIMIT",
        "GUEST_LIMIT",
    ]
    coded = promo(TEN, needs_code=True)
    assert reasons(coded, check()) == ["CODE_NEEDED"]
    assert reasons(coded, check(code=PromoCode("X", "a"))) == []
    assert reasons(coded, check(code=PromoCode("X", "b"))) == ["CODE_NEEDED"]


@pytest.mark.parametrize(
    ("born", "today", "near"),
    [
        (date(1990, 1, 2), date(2026, 12, 31), True),
        (date(1990, 12, 30), date(2027, 1, 2), True),
        (date(1992, 2, 29), date(2027, 2, 28), True),
        (date(1992, 2, 29), date(2028, 3, 4), False),
        (date(1990, 6, 1), date(2026, 1, 1), False),
    ],
)
def test_birthdays_near_the_turn_of_the_year_and_in_leap_years(
    born: date, today: date, near: bool
) -> None:
    at = datetime(today.year, today.month, today.day, 12, tzinfo=ZONE)
    promotion = promo(TEN, conditions=Conditions(birthday=BirthdayRange(3, 3)))
    situation = check(at=at, buyer=replace(MARIA, birthday=born))
    assert (reasons(promotion, situation) == []) is near


# ------------------------------------------------------------------ timers
def test_hours_past_midnight_belong_to_the_day_they_began() -> None:
    hours, friday = Hours(22 * 60, 2 * 60), frozenset({5})
    saturday = datetime(2026, 11, 21, 1, 59, tzinfo=ZONE)
    assert is_within(hours, friday, saturday)
    assert not is_within(hours, friday, saturday + timedelta(minutes=1))
    assert not is_within(hours, friday, saturday - timedelta(days=1))
    assert (
        reasons(promo(TEN, conditions=Conditions(hours=hours, weekdays=friday)), check(at=saturday))
        == []
    )
    run = current_run(hours, friday, saturday)
    assert run is not None
    assert run.ends == datetime(2026, 11, 21, 2, 0, tzinfo=ZONE)


def test_a_countdown_knows_its_end_and_the_next_begin() -> None:
    hours = Hours(9 * 60, 13 * 60)
    promotion = promo(TEN, conditions=Conditions(hours=hours))
    assert countdown_end(promotion, FRIDAY) == datetime(2026, 11, 20, 13, 0, tzinfo=ZONE)
    sooner = replace(promotion, ends_at=FRIDAY + timedelta(minutes=5))
    assert countdown_end(sooner, FRIDAY) == FRIDAY + timedelta(minutes=5)
    assert countdown_end(promo(TEN), FRIDAY) is None
    coming = next_run(hours, frozenset({1}), FRIDAY)
    assert coming is not None
    assert coming.begins == datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
    # Saturday and Sunday touch: one stretch until Monday.
    weekend = current_run(None, frozenset({6, 7}), FRIDAY + timedelta(days=1))
    assert weekend is not None
    assert weekend.ends == datetime(2026, 11, 23, 0, 0, tzinfo=ZONE)


minutes = st.integers(0, 1439)
days = st.frozensets(st.integers(1, 7))


@given(minutes, minutes, days, st.integers(0, 14 * 24 * 60))
def test_a_run_is_there_exactly_when_the_hours_say_so(
    first: int, last: int, weekdays: frozenset[int], shift: int
) -> None:
    if first == last:
        return
    hours, at = Hours(first, last or 1440), FRIDAY + timedelta(minutes=shift)
    run = current_run(hours, weekdays, at)
    if hours == Hours(0, 1440) and len(weekdays) in {0, 7}:
        assert run is None  # it never ends
        return
    assert (run is not None) == is_within(hours, weekdays, at)
    if run is not None:
        assert run.begins <= at < run.ends


# ------------------------------------------------------------------ effects
@pytest.mark.parametrize(
    ("effect", "target", "expected"),
    [
        (PercentOff(1000), EVERYTHING, [4200, 3600, 5000]),
        (PercentOff(1000, 1000), EVERYTHING, [328, 281, 391]),
        (PercentOff(5000), Selection(frozenset({"p2"})), [0, 18000, 0]),
        (AmountOff(10000), EVERYTHING, [3281, 2813, 3906]),
        (AmountOff(10**9), EVERYTHING, [42000, 36000, 50000]),
        (FixedPrice(10000), Selection(frozenset({"p1", "p2"})), [32000, 6000, 0]),
        (FixedPrice(100000), EVERYTHING, [0, 0, 15000]),
        (BuyGet(2, 1), EVERYTHING, [0, 12000, 0]),
        (BuyGet(1, 1), EVERYTHING, [0, 24000, 0]),
        (BuyGet(1, 1, 5000), EVERYTHING, [0, 12000, 0]),
        (BuyGet(1, 1, max_sets=1), EVERYTHING, [0, 12000, 0]),
        (BuyGet(3, 1), Selection(frozenset({"p2"})), [0, 0, 0]),
        (Gift("p2", "Булочка", 2), EVERYTHING, [0, 24000, 0]),
        (Gift("p3", "Сыр"), EVERYTHING, [0, 0, 0]),
    ],
)
def test_what_each_effect_takes_off(effect: Effect, target: Selection, expected: list[int]) -> None:
    assert not isinstance(effect, PointsMultiplier | BonusPoints)
    lines = (COFFEE, BUN, CHEESE)
    left = [line.total_minor for line in lines]
    assert take_off(effect, target, lines, left) == expected


prices = st.integers(0, 10**7)
lines_of_checks = st.lists(
    st.builds(
        CheckLine,
        st.just("x"),
        prices,
        st.one_of(st.integers(1, 12).map(lambda n: n * 1000), st.integers(1, 5000)),
        st.sampled_from(["p1", "p2", "p3", "p4"]),
        st.frozensets(st.sampled_from(["c1", "c2"])),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
)
selections = st.builds(
    Selection,
    st.frozensets(st.sampled_from(["p1", "p2", "p3"]), max_size=2),
    st.frozensets(st.sampled_from(["c1", "c2"]), max_size=1),
)
price_effects = st.one_of(
    st.builds(PercentOff, st.integers(1, 10000), st.none() | prices),
    st.builds(AmountOff, prices),
    st.builds(FixedPrice, prices),
    st.builds(
        BuyGet,
        st.integers(1, 4),
        st.integers(1, 3),
        st.integers(1, 10000),
        st.none() | st.integers(1, 3),
    ),
    st.builds(Gift, st.sampled_from(["p1", "p2"]), st.just("gift"), st.integers(1, 3)),
)
points_effects = st.one_of(
    st.builds(PointsMultiplier, st.integers(101, 1000), st.just(30)),
    st.builds(BonusPoints, st.integers(1, 100000), st.just(30)),
)
promotions: st.SearchStrategy[list[Promotion]] = st.lists(
    st.builds(
        promo,
        price_effects | points_effects,
        st.text("abcdef", min_size=1, max_size=6),
        target=st.none() | selections,
        priority=st.integers(0, 3),
        is_exclusive=st.booleans(),
        group=st.none() | st.just("g"),
    ),
    max_size=5,
    unique_by=lambda promotion: promotion.promotion_id,
)


@given(price_effects, selections, lines_of_checks)
def test_no_effect_takes_more_than_a_line_or_touches_another(
    effect: Effect, selection: Selection, lines: list[CheckLine]
) -> None:
    assert not isinstance(effect, PointsMultiplier | BonusPoints)
    left = [line.total_minor for line in lines]
    off = take_off(effect, selection, lines, left)
    assert len(off) == len(lines)
    for amount, line in zip(off, lines, strict=True):
        assert 0 <= amount <= line.total_minor
        if not isinstance(effect, Gift) and not selection.takes(line.product_id, line.category_ids):
            assert amount == 0


@given(st.integers(1, 10000), lines_of_checks)
def test_a_percentage_is_exact_over_the_whole_check(percent: int, lines: list[CheckLine]) -> None:
    left = [line.total_minor for line in lines]
    off = sum(take_off(PercentOff(percent), EVERYTHING, lines, left))
    exact = sum(left) * percent
    assert abs(off * 10000 - exact) * 2 <= 10000


@given(
    st.integers(1, 4),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(1, 99999), st.integers(1, 6)), max_size=6),
)
def test_of_n_plus_m_exactly_the_cheapest_are_free(
    buy: int, get: int, rows: list[tuple[int, int]]
) -> None:
    lines = [CheckLine("x", price * count, count * 1000, "p") for price, count in rows]
    every = sorted(price for price, count in rows for _ in range(count))
    effect = BuyGet(buy, get)
    free = free_pieces(effect, len(every))
    assert free == len(every) // (buy + get) * get
    off = take_off(effect, EVERYTHING, lines, [line.total_minor for line in lines])
    assert sum(off) == sum(every[:free])


@given(promotions, lines_of_checks)
def test_promotions_never_pass_a_line_and_their_parts_sum_up(
    given_promotions: list[Promotion], lines: list[CheckLine]
) -> None:
    outcome = apply_promotions(given_promotions, check(*lines) if lines else check())
    situation = check(*lines) if lines else check()
    for line, left, off in zip(situation.lines, outcome.left, outcome.line_discounts, strict=True):
        assert 0 <= left <= line.total_minor
        assert left + off == line.total_minor
    assert outcome.discount_minor == sum(one.discount_minor for one in outcome.applied)
    told = [one.promotion.promotion_id for one in outcome.applied]
    told += [one.promotion.promotion_id for one in outcome.refused]
    assert sorted(told) == sorted(one.promotion_id for one in given_promotions)
    assert all(refused.reasons for refused in outcome.refused)
    chosen = [one.promotion for one in outcome.applied]
    if any(promotion.is_exclusive for promotion in chosen):
        assert len(chosen) == 1
    groups = [promotion.group for promotion in chosen if promotion.group]
    assert len(groups) == len(set(groups))


# ------------------------------------------------------------------ order and rivals
def test_the_higher_priority_goes_first_and_later_ones_work_on_the_rest() -> None:
    half, ten = promo(PercentOff(5000), "half", priority=1), promo(TEN, "ten", priority=5)
    outcome = apply_promotions([half, ten], check())
    assert [one.promotion.promotion_id for one in outcome.applied] == ["ten", "half"]
    assert [one.discount_minor for one in outcome.applied] == [4200, 18900]


def test_an_exclusive_promotion_stands_alone_and_says_so() -> None:
    alone = promo(TEN, "alone", priority=5, is_exclusive=True)
    outcome = apply_promotions([alone, promo(TEN, "b")], check())
    assert [one.promotion.promotion_id for one in outcome.applied] == ["alone"]
    refused = outcome.refused[0]
    assert [note.code for note in refused.reasons] == [Reason.OTHER_APPLIES]
    assert "акция alone" in refused.reasons[0].ru
    # One that comes later than another is refused itself.
    late = apply_promotions([replace(alone, priority=-1), promo(TEN, "b")], check())
    assert [one.promotion.promotion_id for one in late.applied] == ["b"]


def test_a_gift_that_is_missing_is_offered() -> None:
    outcome = apply_promotions([promo(Gift("p2", "Булочка"))], check(COFFEE))
    assert outcome.refused[0].offers_gift
    assert "Булочка" in outcome.refused[0].reasons[0].en
    assert apply_promotions([promo(Gift("p2", "Булочка"))], check(BUN)).discount_minor == 12000


def test_an_incomplete_set_says_how_many_are_missing() -> None:
    outcome = apply_promotions([promo(BuyGet(3, 1))], check(BUN))
    assert outcome.refused[0].reasons[0].en == "needs 4 pcs, there are 3 pcs"


# ------------------------------------------------------------------ with points
def result_of(*given_promotions: Promotion, **fields: Any) -> CheckResult:
    """Work Maria's coffee out."""
    return work_out(RULES, GOLD, 100000, check(**fields), given_promotions)


def test_points_are_earned_on_what_promotions_leave() -> None:
    result = result_of(promo(PercentOff(5000)))
    assert result.outcome.discount_minor == 21000
    assert result.calculation.points_to_earn_minor == 2100
    assert result.calculation.max_spend_minor == 6300
    assert [note.code for note in result.explanation] == [
        "PROMOTION", "ITEM_COUNTED", "REDEEM_LIMIT", "BALANCE", "REDEEM_MAXIMUM", "EARN_BASE", "EARNED",
    ]  # fmt: skip


def test_multiplied_points_are_rounded_once() -> None:
    line = replace(COFFEE, total_minor=34500)
    doubled = promo(PointsMultiplier(200, 30))
    result = work_out(RULES, GOLD, 0, check(line), [doubled])
    assert result.calculation.points_to_earn_minor == 3400
    assert [grant.points_minor for grant in result.grants] == [3500]
    assert result.promo_points_minor == 3500


def test_a_multiplier_of_some_products_counts_those_only() -> None:
    promotion = promo(PointsMultiplier(300, 30), target=Selection(frozenset({"p2"})))
    result = work_out(RULES, GOLD, 0, check(COFFEE, BUN), [promotion])
    assert result.promo_points_minor == 7200


def test_bonus_points_are_given_and_told() -> None:
    result = result_of(promo(BonusPoints(10000, 14)))
    assert result.promo_points_minor == 10000
    assert result.grants[0].lapse_days == 14
    assert result.explanation[-1].code == "BONUS_POINTS"


@pytest.mark.parametrize(
    "rules", [LoyaltyRules(is_enabled=False), LoyaltyRules(min_check_minor=10**6)]
)
def test_where_points_do_not_work_promotions_give_none_but_prices_fall(rules: LoyaltyRules) -> None:
    given_promotions = [
        promo(BonusPoints(100, 1), "a"),
        promo(TEN, "b"),
        promo(PointsMultiplier(200, 1), "c"),
    ]
    result = work_out(rules, GOLD, 0, check(), given_promotions)
    assert result.promo_points_minor == 0
    assert result.outcome.discount_minor == 4200
    assert [one.promotion.promotion_id for one in result.refused] == ["a", "c"]
    assert [one.promotion.promotion_id for one in result.applied] == ["b"]


def test_a_discount_tier_has_nothing_to_multiply() -> None:
    level = Level("d", "Друг", 0, 1000, BenefitType.DISCOUNT)
    result = work_out(RULES, level, 0, check(), [promo(PointsMultiplier(200, 1))])
    assert result.refused[0].reasons[0].code == Reason.NO_POINTS


def test_a_closed_check_keeps_its_discounts_and_gets_its_points() -> None:
    ten = promo(TEN, "ten", priority=9, conditions=Conditions(min_amount_minor=42000))
    five = promo(PercentOff(500), "five")
    points = promo(BonusPoints(500, 30), "points", conditions=Conditions(min_amount_minor=42000))
    line = replace(COFFEE, total_minor=37800)
    result = work_out(RULES, GOLD, 0, check(line, taken_off={"ten": 4200}), [ten, five, points])
    assert result.outcome.discount_minor == 0
    assert [one.promotion.promotion_id for one in result.applied] == ["ten", "points"]
    assert result.promo_points_minor == 500
    assert result.refused == ()


def test_an_exclusive_discount_that_was_taken_leaves_no_points() -> None:
    alone = promo(TEN, "alone", priority=9, is_exclusive=True)
    result = result_of(alone, promo(BonusPoints(500, 30), "points"), taken_off={"alone": 1})
    assert result.promo_points_minor == 0


@given(lines_of_checks, st.integers(0, 10**8))
def test_without_promotions_a_check_is_what_it_was(lines: list[CheckLine], balance: int) -> None:
    situation = Situation(FRIDAY, tuple(lines), "till")
    result = work_out(RULES, GOLD, balance, situation, [])
    assert result.calculation == calculate(
        RULES, GOLD, balance, [line.item(line.total_minor) for line in lines]
    )
    assert result.explanation == result.calculation.explanation


@given(promotions, lines_of_checks, st.integers(0, 10**8), st.integers(0, 10**8))
def test_points_to_spend_never_pass_what_is_left(
    given_promotions: list[Promotion], lines: list[CheckLine], balance: int, spend: int
) -> None:
    situation = Situation(FRIDAY, tuple(lines), "till", MARIA)
    result = work_out(RULES, GOLD, balance, situation, given_promotions, spend)
    assert result.promo_points_minor >= 0
    assert result.calculation.max_spend_minor <= max(0, sum(result.outcome.left))
