"""What a promotion takes off each line: never more than the line, exact to the kopeck."""

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.cart import Discount
from app.domain.pricing import discount_amount
from app.domain.promotion.rules import (
    AmountOff,
    BuyGet,
    FixedPrice,
    Gift,
    PercentOff,
    PriceEffect,
    Selection,
)
from app.domain.promotion.situation import CheckLine
from app.kernel.money import allocate, extended_amount, percent_of


class _Pieces(NamedTuple):
    """Pieces of one line that have the same price."""

    price_minor: int
    number: int
    line: int


def take_off(
    effect: PriceEffect,
    selection: Selection,
    lines: Sequence[CheckLine],
    left: Sequence[int],
) -> list[int]:
    """Return what an effect takes off each line.

    Args:
        effect: What the promotion does to prices.
        selection: The lines it works on.
        lines: The check.
        left: What is left of each line after earlier promotions; the result is nowhere above it.
    """
    weights = [
        rest if selection.takes(line.product_id, line.category_ids) else 0
        for line, rest in zip(lines, left, strict=True)
    ]
    match effect:
        case PercentOff():
            return _percent(effect, weights)
        case AmountOff():
            return allocate(min(effect.amount_minor, sum(weights)), weights)
        case FixedPrice():
            return [
                max(0, weight - extended_amount(effect.price_minor, line.quantity_milli))
                for line, weight in zip(lines, weights, strict=True)
            ]
        case BuyGet():
            return _cheapest(effect, lines, weights)
        case Gift():
            return _gift(effect, lines, left)


def _percent(effect: PercentOff, weights: Sequence[int]) -> list[int]:
    base = sum(weights)
    amount = discount_amount(Discount(percent_bp=effect.percent_bp), base)
    if effect.max_minor is not None:
        amount = min(amount, effect.max_minor)
    return allocate(amount, weights)


def _cheapest(effect: BuyGet, lines: Sequence[CheckLine], weights: Sequence[int]) -> list[int]:
    """Take the price of the cheapest pieces off the lines they stand on."""
    pieces = sorted(
        group for place, line in enumerate(lines) for group in _split(place, line, weights[place])
    )
    wanted = free_pieces(effect, sum(group.number for group in pieces))
    result = [0] * len(lines)
    for group in pieces:
        count = min(wanted, group.number)
        result[group.line] += percent_of(group.price_minor * count, effect.percent_bp)
        wanted -= count
    # Half kopecks of two groups of one line may both have been rounded up.
    return [min(off, weight) for off, weight in zip(result, weights, strict=True)]


def free_pieces(effect: BuyGet, count: int) -> int:
    """Return how many of so many pieces are given."""
    sets = count // (effect.buy + effect.get)
    if effect.max_sets is not None:
        sets = min(sets, effect.max_sets)
    return sets * effect.get


def counted_pieces(selection: Selection, lines: Sequence[CheckLine]) -> int:
    """Return how many pieces of a selection a check has."""
    return sum(line.pieces for line in lines if selection.takes(line.product_id, line.category_ids))


def _split(place: int, line: CheckLine, total_minor: int) -> list[_Pieces]:
    """Share a line's total out to its pieces: some cost a kopeck more than the others."""
    count = line.pieces
    if not count or not total_minor:
        return []
    price, dearer = divmod(total_minor, count)
    groups = [_Pieces(price, count - dearer, place)]
    if dearer:
        groups.append(_Pieces(price + 1, dearer, place))
    return groups


def _gift(effect: Gift, lines: Sequence[CheckLine], left: Sequence[int]) -> list[int]:
    pieces = sorted(
        group
        for place, line in enumerate(lines)
        if line.product_id == effect.product_id
        for group in _split(place, line, left[place])
    )
    wanted = effect.quantity
    result = [0] * len(lines)
    for group in reversed(pieces):  # the guest's gift is the dearest of the kind
        count = min(wanted, group.number)
        result[group.line] += group.price_minor * count
        wanted -= count
    return result
