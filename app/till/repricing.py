"""Pricing after a tap without counting the whole order again: only the lines that changed.

A discount on the whole check, or points, spread over all lines, so such an order is priced anew.
The result always equals `price_cart`; a test holds that.
"""

from collections.abc import Mapping
from itertools import compress, count
from operator import is_not

from app.domain.cart import Cart, CartLine
from app.domain.pricing import PricedCart, PricedLine, TaxSum, price_cart

_CHANGES_MAX = 3


class Pricer:
    """Remembers the last priced cart. One for a desk; the caller holds the desk's lock."""

    def __init__(self) -> None:
        self._cart: Cart | None = None
        self._rates: Mapping[str, int | None] = {}
        self._priced: PricedCart | None = None

    def price(
        self, cart: Cart, rates: Mapping[str, int | None], points_minor: int = 0
    ) -> PricedCart:
        """Return what `price_cart` returns."""
        if cart.discount is not None or points_minor:
            return price_cart(cart, rates, points_minor)
        priced = self._from_last(cart, rates)
        if priced is None:
            priced = price_cart(cart, rates)
        self._cart, self._rates, self._priced = cart, rates, priced
        return priced

    def _from_last(self, cart: Cart, rates: Mapping[str, int | None]) -> PricedCart | None:
        old, last = self._cart, self._priced
        if old is None or last is None or rates is not self._rates:
            return None
        if cart.lines is old.lines:
            return last
        if len(cart.lines) < len(old.lines) or not old.lines:
            return None
        changed = _changed_places(cart.lines, old.lines)
        return None if changed is None else _replaced(cart.lines, last, changed, rates)


def _changed_places(new: tuple[CartLine, ...], old: tuple[CartLine, ...]) -> list[int] | None:
    """Return the places that differ, those past the old end included; None if there are many."""
    places = list(compress(count(), map(is_not, new, old)))
    places.extend(range(len(old), len(new)))
    return places if len(places) <= _CHANGES_MAX else None


def _replaced(
    lines: tuple[CartLine, ...],
    last: PricedCart,
    places: list[int],
    rates: Mapping[str, int | None],
) -> PricedCart:
    part = price_cart(Cart(tuple(lines[place] for place in places)), rates)
    result = list(last.lines)
    gone: list[tuple[PricedLine, PricedLine]] = []
    for place, line in zip(places, part.lines, strict=True):
        if place < len(result):
            gone.append((result[place], line))
            result[place] = line
        else:
            result.append(line)
    return PricedCart(
        lines=tuple(result),
        gross_minor=last.gross_minor + part.gross_minor - sum(x.gross_minor for x, _ in gone),
        discount_minor=last.discount_minor
        + part.discount_minor
        - sum(x.discount_minor for x, _ in gone),
        points_minor=0,
        due_minor=last.due_minor + part.due_minor - sum(x.total_minor for x, _ in gone),
        taxes=_taxes(result, last.taxes, part.taxes, gone),
    )


def _taxes(
    lines: list[PricedLine],
    last: tuple[TaxSum, ...],
    added: tuple[TaxSum, ...],
    gone: list[tuple[PricedLine, PricedLine]],
) -> tuple[TaxSum, ...]:
    """Return the sums by tax, in the order in which `price_cart` meets them."""
    known = {tax.tax_id for tax in last}
    is_moved = any(old.tax_id != new.tax_id for old, new in gone)
    if is_moved or any(tax.tax_id not in known for tax in added):
        return _summed(lines)
    sums = {tax.tax_id: tax for tax in last}
    for tax in added:
        sums[tax.tax_id] = _plus(sums[tax.tax_id], tax.base_minor, tax.tax_minor)
    for old, _ in gone:
        sums[old.tax_id] = _plus(sums[old.tax_id], -old.total_minor, -old.tax_minor)
    return tuple(sums.values())


def _plus(tax: TaxSum, base_minor: int, tax_minor: int) -> TaxSum:
    return tax._replace(base_minor=tax.base_minor + base_minor, tax_minor=tax.tax_minor + tax_minor)


def _summed(lines: list[PricedLine]) -> tuple[TaxSum, ...]:
    sums: dict[str, TaxSum] = {}
    for line in lines:
        old = sums.get(line.tax_id) or TaxSum(line.tax_id, line.tax_percent_bp, 0, 0)
        sums[line.tax_id] = _plus(old, line.total_minor, line.tax_minor)
    return tuple(sums.values())
