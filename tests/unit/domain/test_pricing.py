"""Prices (T6): the lines always sum to the check, exact in kopecks, never below zero."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cart import Cart, CartLine, Discount
from app.domain.catalog import Unit
from app.domain.pricing import PricedCart, price_cart
from app.domain.tax import Tax, TaxPeriod, TaxTable, tax_included
from app.kernel.errors import InputError
from app.kernel.ids import LineId, ProductId

RATES: dict[str, int | None] = {"general": 2200, "food": 1000, "free": None}

discounts = st.one_of(
    st.none(),
    st.builds(lambda bp: Discount(percent_bp=bp), st.integers(0, 10_000)),
    st.builds(lambda sum_: Discount(amount_minor=sum_), st.integers(0, 10**7)),
)


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    """Draw an order of up to 30 lines with any discounts."""
    lines = tuple(
        CartLine(
            line_id=LineId(f"l{index}"),
            product_id=ProductId(f"p{index}"),
            name=f"Товар {index}",
            unit_price_minor=draw(st.integers(0, 10**6)),
            quantity_milli=draw(st.integers(1, 20_000)),
            unit=Unit.WEIGHT,
            tax_id=draw(st.sampled_from(list(RATES))),
            discount=draw(discounts),
            redeems_points=draw(st.booleans()),
        )
        for index in range(draw(st.integers(0, 30)))
    )
    return Cart(lines=lines, discount=draw(discounts))


def check_sums(priced: PricedCart) -> None:
    """Assert that the check is the sum of its lines and of its taxes."""
    for line in priced.lines:
        assert line.total_minor >= 0
        assert line.points_minor >= 0
        assert 0 <= line.discount_minor <= line.gross_minor
        assert line.gross_minor - line.discount_minor - line.points_minor == line.total_minor
        assert line.tax_minor == tax_included(line.total_minor, line.tax_percent_bp)
    assert sum(line.total_minor for line in priced.lines) == priced.due_minor
    assert sum(line.discount_minor for line in priced.lines) == priced.discount_minor
    assert sum(line.points_minor for line in priced.lines) == priced.points_minor
    assert sum(tax.base_minor for tax in priced.taxes) == priced.due_minor
    assert priced.tax_minor == sum(line.tax_minor for line in priced.lines)


@given(carts(), st.data())
def test_lines_always_sum_to_the_check(cart: Cart, data: st.DataObject) -> None:
    priced = price_cart(cart, RATES)
    check_sums(priced)
    redeemable = sum(
        line.total_minor
        for line, cart_line in zip(priced.lines, cart.lines, strict=True)
        if cart_line.redeems_points
    )
    points = data.draw(st.integers(0, redeemable))
    with_points = price_cart(cart, RATES, points)
    check_sums(with_points)
    assert with_points.due_minor == priced.due_minor - points
    for line, cart_line in zip(with_points.lines, cart.lines, strict=True):
        assert cart_line.redeems_points or line.points_minor == 0


@given(carts())
def test_more_points_than_the_lines_cost_are_refused(cart: Cart) -> None:
    with pytest.raises(InputError, match="REDEEM_LIMIT_EXCEEDED"):
        price_cart(cart, RATES, price_cart(cart, RATES).due_minor + 1)


def line(name: str, price: int, quantity: int = 1000, **more: Any) -> CartLine:
    """Return a plain line."""
    return CartLine(LineId(name), ProductId(name), name, price, quantity, "general", **more)


def test_the_check_of_the_design_picture() -> None:
    """1 770 less a line discount of 10 % on 260 and 300 points leaves 1 444."""
    cart = Cart(
        (
            line("croissant", 26000, discount=Discount(percent_bp=1000)),
            line("syrniki", 39000),
            line("tea", 42000),
            line("cappuccino", 35000, 2000),
        )
    )
    priced = price_cart(cart, RATES, 30000)
    assert (priced.gross_minor, priced.discount_minor, priced.due_minor) == (177000, 2600, 144400)


def test_the_remainder_goes_to_the_largest_fraction_then_to_the_earlier_line() -> None:
    cart = Cart((line("a", 100), line("b", 100), line("c", 100)), Discount(amount_minor=100))
    assert [x.discount_minor for x in price_cart(cart, RATES).lines] == [34, 33, 33]


def test_a_discount_above_the_check_makes_it_free_not_negative() -> None:
    cart = Cart((line("a", 100),), Discount(amount_minor=10_000))
    assert price_cart(cart, RATES).due_minor == 0


def test_an_unknown_tax_is_told_by_name() -> None:
    with pytest.raises(InputError, match="TAX_UNKNOWN") as told:
        price_cart(Cart((line("a", 100),)), {"food": 1000})
    assert "general" in told.value.ru


def test_a_tax_changes_on_its_day() -> None:
    table = TaxTable(
        (
            Tax(
                "general",
                "НДС",
                (TaxPeriod(date(2019, 1, 1), 2000), TaxPeriod(date(2026, 1, 1), 2200)),
            ),
            Tax("free", "Без НДС", (TaxPeriod(date(2019, 1, 1), None),)),
        )
    )
    assert table.rates_on(date(2025, 12, 31)) == {"general": 2000, "free": None}
    assert table.rates_on(date(2026, 1, 1)) == {"general": 2200, "free": None}
    assert table.rates_on(date(2018, 1, 1)) == {"general": None, "free": None}
    assert tax_included(12200, 2200) == 2200
    assert tax_included(100, None) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"percent_bp": 1, "amount_minor": 1},
        {"percent_bp": 10_001},
        {"percent_bp": -1},
        {"amount_minor": -1},
    ],
)
def test_a_senseless_discount_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="DISCOUNT_INVALID"):
        Discount(**wrong)
