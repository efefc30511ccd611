"""Pricing by changes gives what pricing anew gives, and a long order costs hardly more."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.cart import Cart, Discount, make_line
from app.domain.pricing import price_cart
from app.kernel.ids import LineId
from app.till.repricing import Pricer
from tests.till.bench import MENU

RATES: dict[str, int | None] = {"vat20": 2000, "vat10": 1000, "none": None}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "quantity", "line discount", "check discount", "undo"]),
        st.integers(0, 20),
        st.integers(1, 9_000),
        st.sampled_from(sorted(RATES)),
    ),
    max_size=30,
)


@given(steps=STEPS)
def test_pricing_by_changes_equals_pricing_anew(steps: list[tuple[str, int, int, str]]) -> None:
    pricer = Pricer()
    cart, past = Cart(), [Cart()]
    for number, (what, place, value, tax) in enumerate(steps):
        past.append(cart)
        cart = _step(cart, past, number, what, place, value, tax)

        assert pricer.price(cart, RATES) == price_cart(cart, RATES)


def _step(
    cart: Cart, past: list[Cart], number: int, what: str, place: int, value: int, tax: str
) -> Cart:
    if what == "add":
        product = MENU.products[place % 2]
        line = make_line(LineId(f"l{number}"), product, note=f"n{place}")
        object.__setattr__(line, "tax_id", tax)
        return cart.add(line)
    if what == "undo":
        return past[place % len(past)]
    if what == "check discount":
        return cart.set_discount(Discount(percent_bp=value) if place % 2 else None)
    if not cart.lines:
        return cart
    line_id = cart.lines[place % len(cart.lines)].line_id
    if what == "remove":
        return cart.remove(line_id)
    if what == "quantity":
        return cart.set_quantity(line_id, value * 1_000)
    return cart.set_line_discount(line_id, Discount(percent_bp=value))


def test_points_and_new_rates_are_priced_anew() -> None:
    pricer = Pricer()
    cart = Cart().add(make_line(LineId("a"), MENU.products[0]))
    assert pricer.price(cart, RATES).due_minor == 200_00
    assert pricer.price(cart, RATES, 50_00).due_minor == 150_00
    other: dict[str, int | None] = {"vat20": None}
    assert pricer.price(cart, other).taxes[0].percent_bp is None
