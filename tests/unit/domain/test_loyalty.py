"""The rules of points (L2, L3, L8): the same numbers for till and service, tables and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.loyalty import (
    DEFAULT_LEVELS,
    BenefitType,
    CheckItem,
    EarnRounding,
    Level,
    LoyaltyRules,
    Refusal,
    calculate,
    refund_share,
    split_spend,
)

RULES = LoyaltyRules()
BRONZE, SILVER, GOLD, PLATINUM = DEFAULT_LEVELS
money = st.integers(0, 10**8)
items = st.lists(
    st.builds(CheckItem, st.just("x"), money, st.booleans(), st.booleans()), max_size=15
)


def test_the_check_of_the_design_picture() -> None:
    """A check of 1 744: at most 523 points; after 300 of them silver earns 101."""
    result = calculate(RULES, SILVER, 84000, [CheckItem("", 174400)], 30000)
    assert (result.max_spend_minor, result.points_to_earn_minor) == (52300, 10100)
    assert [step.code for step in result.explanation] == [
        "REDEEM_LIMIT", "BALANCE", "REDEEM_MAXIMUM", "REDEEMED", "EARN_BASE", "EARNED",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spent", "level"),
    [(0, BRONZE), (999999, BRONZE), (1000000, SILVER), (5000000, GOLD), (15000000, PLATINUM)],
)
def test_tiers_begin_at_their_thresholds(spent: int, level: Level) -> None:
    assert RULES.level_for(spent) == level


def test_a_sale_raises_a_tier_and_never_lowers_it() -> None:
    assert RULES.level_after_sale(BRONZE, 5000000) == GOLD
    assert RULES.level_after_sale(PLATINUM, 0) == PLATINUM
    assert RULES.next_level(GOLD) == PLATINUM
    assert RULES.next_level(PLATINUM) is None
    assert RULES.level_by_id("gold") == GOLD
    assert RULES.level_by_id("gone") == BRONZE


@pytest.mark.parametrize(
    ("rules", "check", "refusal"),
    [(RULES, 4999, Refusal.MIN_CHECK_AMOUNT), (RULES, 5000, None),
     (LoyaltyRules(is_enabled=False), 10**6, Refusal.LOYALTY_SYSTEM_DISABLED)],
)  # fmt: skip
def test_a_refusal_says_why_and_gives_nothing(
    rules: LoyaltyRules, check: int, refusal: Refusal | None
) -> None:
    result = calculate(rules, GOLD, 10**6, [CheckItem("x", check)])
    assert result.refusal is refusal
    if refusal:
        assert (result.max_spend_minor, result.points_to_earn_minor) == (0, 0)
        assert result.explanation[0].code == refusal


def test_a_discount_tier_fixes_a_percentage() -> None:
    level = Level("d", "Друг", 0, 1000, BenefitType.DISCOUNT)
    result = calculate(RULES, level, 0, [CheckItem("x", 12345)])
    assert (result.discount_percent_bp, result.discount_minor) == (1000, 1235)
    assert result.points_to_earn_minor == 0


def test_excluded_lines_neither_earn_nor_take_points_and_say_so() -> None:
    check = [
        CheckItem("Кофе", 30000),
        CheckItem("Вино", 70000, earns_points=False, redeems_points=False),
    ]
    result = calculate(RULES, GOLD, 10**6, check)
    assert (result.max_spend_minor, result.points_to_earn_minor) == (9000, 3000)
    assert [(step.code, step.amount_minor) for step in result.explanation[:2]] == [
        ("ITEM_COUNTED", 30000),
        ("ITEM_EXCLUDED", 70000),
    ]
    assert "Вино" in result.explanation[1].ru


def test_hundredths_are_earned_when_the_rule_says_so() -> None:
    rules = LoyaltyRules(earn_rounding=EarnRounding.FLOOR_HUNDREDTH)
    assert calculate(rules, SILVER, 0, [CheckItem("x", 144400)]).points_to_earn_minor == 10108


@given(items, money, st.sampled_from(DEFAULT_LEVELS), st.data())
def test_limits_hold_for_every_check(
    check: list[CheckItem], balance: int, level: Level, data: st.DataObject
) -> None:
    redeemable = sum(item.total_minor for item in check if item.redeems_points)
    spend = data.draw(st.integers(0, redeemable))
    result = calculate(RULES, level, balance, check, spend)
    assert 0 <= result.max_spend_minor <= min(balance, redeemable * 3000 // 10000)
    assert result.max_spend_minor % 100 == 0
    total = sum(item.total_minor for item in check)
    assert 0 <= result.points_to_earn_minor <= (total - spend) * level.percent_bp // 10000
    assert result.points_to_earn_minor % 100 == 0


@given(items, st.integers(0, 10**6))
def test_spending_points_never_earns_more(check: list[CheckItem], spend: int) -> None:
    redeemable = sum(item.total_minor for item in check if item.redeems_points)
    without = calculate(RULES, GOLD, 0, check).points_to_earn_minor
    assert calculate(RULES, GOLD, 0, check, min(spend, redeemable)).points_to_earn_minor <= without


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), money, money, money, money)
def test_partial_refunds_sum_to_the_full_one(
    parts: list[int], earned: int, regular: int, promo: int, spent: int
) -> None:
    original, before = sum(parts), 0
    total = [0, 0, 0, 0]
    for part in parts:
        share = refund_share(
            refund_minor=part, refunded_before_minor=before, original_minor=original,
            earned_minor=earned, redeemed_regular_minor=regular, redeemed_promo_minor=promo,
            spent_minor=spent,
        )  # fmt: skip
        moved = (share.earned_back_minor, share.returned_regular_minor,
                 share.returned_promo_minor, share.spent_less_minor)  # fmt: skip
        assert all(amount >= 0 for amount in moved)
        total = [a + b for a, b in zip(total, moved, strict=True)]
        before += part
    assert total == [earned, regular, promo, spent]


@given(money, money)
def test_promo_points_go_first(spend: int, promo: int) -> None:
    from_promo, from_regular = split_spend(spend, promo)
    assert from_promo + from_regular == spend
    assert from_promo == min(spend, promo)
