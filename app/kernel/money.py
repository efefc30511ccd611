"""Money as whole minor units (kopecks): spreading, proportions and rounding without fractions.

Amounts are plain `int` and their names end in `_minor`; points are hundredths of a point, which
equal kopecks when one point is one rouble. There is no float and no `/` here: a share is placed by
a named rule (largest remainder, half up, floor) and the parts always sum to the whole.
"""

from collections.abc import Sequence
from typing import Final

#: Basis points in one whole: 700 basis points are 7 %.
BASIS_POINTS: Final = 10_000
MILLI: Final = 1_000


def multiply_half_up(amount: int, numerator: int, denominator: int) -> int:
    """Return amount x numerator / denominator, a half rounded away from zero.

    Args:
        amount: Minor units, of either sign.
        numerator: Not negative.
        denominator: Positive.
    """
    assert denominator > 0
    assert numerator >= 0
    product = amount * numerator
    if product >= 0:
        return (2 * product + denominator) // (2 * denominator)
    return -((-2 * product + denominator) // (2 * denominator))


def percent_of(amount: int, percent_bp: int) -> int:
    """Return the share of an amount given in basis points, a half rounded away from zero."""
    return multiply_half_up(amount, percent_bp, BASIS_POINTS)


def floor_to_step(amount: int, step: int) -> int:
    """Return the largest multiple of `step` that is not above a non-negative amount."""
    assert amount >= 0
    return amount - amount % step if step > 1 else amount


def extended_amount(unit_price_minor: int, quantity_milli: int) -> int:
    """Return the price of a quantity in thousandths, a half kopeck rounded up."""
    if quantity_milli % MILLI == 0:
        return unit_price_minor * (quantity_milli // MILLI)
    return multiply_half_up(unit_price_minor, quantity_milli, MILLI)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Spread a sum over weights by the largest remainder; ties go to the earlier weight.

    Args:
        total: Not negative.
        weights: Not negative; their sum is positive unless the total is zero.

    Returns:
        One share for each weight. They sum to `total` exactly. If `total` is at most the sum of
        the weights, no share is above its weight.
    """
    assert total >= 0
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    assert whole > 0, "a sum cannot be spread over nothing"
    shares: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        share, remainder = divmod(total * weight, whole)
        shares.append(share)
        remainders.append(remainder)
    left = total - sum(shares)
    if left:
        order = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        for index in order[:left]:
            shares[index] += 1
    return shares


def share_of_whole(part: int, part_before: int, whole: int, amount: int) -> int:
    """Return the share of `amount` that belongs to one of several successive parts of a whole.

    Taking the difference of two floors makes the shares of all parts sum to `amount` exactly, in
    whatever steps the whole is used up (partial refunds).

    Args:
        part: This part, of the same unit as `whole`.
        part_before: The sum of all parts before it.
        whole: The whole; `part_before + part` is at most this.
        amount: What is to be shared out in proportion.
    """
    assert 0 <= part_before <= part_before + part <= whole
    if whole == 0:
        return 0
    return amount * (part_before + part) // whole - amount * part_before // whole
