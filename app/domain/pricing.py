"""What an order costs: line discounts, the check's discount, points and taxes, exact in kopecks.

The order of reductions is fixed: a line's own discount, then the check's discount over what is
left, then points over the lines that may be paid with points. A reduction of the whole check is
spread by the largest remainder, so that the lines always sum to the check and none falls below
zero (T6). Points are a discount, not a payment.

This runs after every tap, therefore the loop works on plain integers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.cart import Cart, CartLine, Discount
from app.kernel.errors import InputError
from app.kernel.ids import LineId
from app.kernel.money import BASIS_POINTS, allocate


class PricedLine(NamedTuple):
    """What one line costs. `discount_minor` holds its own and its share of the check's discount.

    `total_minor` = gross - discount - points; `tax_minor` is contained in the total.
    """

    line_id: LineId
    gross_minor: int
    discount_minor: int
    points_minor: int
    total_minor: int
    tax_id: str
    tax_percent_bp: int | None
    tax_minor: int


class TaxSum(NamedTuple):
    """The tax of all lines of one rate."""

    tax_id: str
    percent_bp: int | None
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A priced order; `due_minor` is what is to be paid before cash rounding."""

    lines: tuple[PricedLine, ...]
    gross_minor: int
    discount_minor: int
    points_minor: int
    due_minor: int
    taxes: tuple[TaxSum, ...]

    @property
    def tax_minor(self) -> int:
        """Return all tax contained in what is due."""
        return sum(tax.tax_minor for tax in self.taxes)

    @property
    def payable_minor(self) -> int:
        """Return the check after discounts, before points."""
        return self.due_minor + self.points_minor


def discount_amount(discount: Discount | None, base_minor: int) -> int:
    """Return what a discount takes off a sum: never more than the sum, a half rounded up."""
    if discount is None:
        return 0
    if discount.percent_bp is not None:
        return (2 * base_minor * discount.percent_bp + BASIS_POINTS) // (2 * BASIS_POINTS)
    assert discount.amount_minor is not None
    return min(discount.amount_minor, base_minor)


def price_cart(
    cart: Cart, tax_rates: Mapping[str, int | None], points_minor: int = 0
) -> PricedCart:
    """Price an order.

    Args:
        cart: The order.
        tax_rates: Basis points by tax id on the business day, None for free of tax.
        points_minor: Points to be redeemed on it, in hundredths.

    Raises:
        InputError: More points than the lines that accept them cost, or a tax is not known.
    """
    lines = cart.lines
    gross = [line.gross_minor for line in lines]
    discounts = [
        discount_amount(line.discount, line.gross_minor) if line.discount else 0 for line in lines
    ]
    if cart.discount is not None:
        left = [a - b for a, b in zip(gross, discounts, strict=True)]
        shares = allocate(discount_amount(cart.discount, sum(left)), left)
        discounts = [a + b for a, b in zip(discounts, shares, strict=True)]
    points = _spread_points(lines, gross, discounts, points_minor)
    return _assemble(lines, tax_rates, gross, discounts, points)


def _spread_points(
    lines: tuple[CartLine, ...], gross: list[int], discounts: list[int], points_minor: int
) -> list[int]:
    if not points_minor:
        return [0] * len(lines)
    weights = [
        g - d if line.redeems_points else 0
        for line, g, d in zip(lines, gross, discounts, strict=True)
    ]
    if not 0 <= points_minor <= sum(weights):
        raise InputError(
            "REDEEM_LIMIT_EXCEEDED",
            "Баллов списано больше, чем стоит заказ. Уменьшите списание",
            "More points than the order costs. Redeem fewer",
        )
    return allocate(points_minor, weights)


def _assemble(
    lines: tuple[CartLine, ...],
    tax_rates: Mapping[str, int | None],
    gross: list[int],
    discounts: list[int],
    points: list[int],
) -> PricedCart:
    priced: list[PricedLine] = []
    bases: dict[str, int] = {}
    sums: dict[str, int] = {}
    append, make = priced.append, PricedLine._make
    try:
        for line, g, d, p in zip(lines, gross, discounts, points, strict=True):
            total = g - d - p
            tax_id = line.tax_id
            rate = tax_rates[tax_id]
            tax = 0
            if rate:
                whole = BASIS_POINTS + rate
                tax = (2 * total * rate + whole) // (2 * whole)
            append(make((line.line_id, g, d, p, total, tax_id, rate, tax)))
            if tax_id in bases:
                bases[tax_id] += total
                sums[tax_id] += tax
            else:
                bases[tax_id] = total
                sums[tax_id] = tax
    except KeyError as error:
        raise InputError(
            "TAX_UNKNOWN",
            f"В меню нет налога «{error.args[0]}». Обновите меню",
            f"The menu has no tax {error.args[0]!r}. Update the menu",
        ) from error
    gross_sum, discount_sum, points_sum = sum(gross), sum(discounts), sum(points)
    return PricedCart(
        lines=tuple(priced),
        gross_minor=gross_sum,
        discount_minor=discount_sum,
        points_minor=points_sum,
        due_minor=gross_sum - discount_sum - points_sum,
        taxes=tuple(TaxSum(key, tax_rates[key], bases[key], sums[key]) for key in bases),
    )
