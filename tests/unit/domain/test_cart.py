"""The order being made: same choices gather, undo restores, limits hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cart import (
    LINES_MAX,
    UNDO_DEPTH,
    Cart,
    CartHistory,
    CartLine,
    Discount,
    make_line,
)
from app.domain.catalog import (
    ModifierGroup,
    ModifierOption,
    Product,
    Unit,
    Variant,
    choose_options,
)
from app.kernel.errors import InputError
from app.kernel.ids import CategoryId, LineId, OptionId, ProductId, VariantId

MILK = ModifierGroup(
    "milk",
    "Молоко",
    1,
    1,
    (
        ModifierOption(OptionId("cow"), "Обычное", 0, is_default=True),
        ModifierOption(OptionId("oat"), "Овсяное", 6000),
        ModifierOption(OptionId("soy"), "Соевое", 6000, is_stopped=True),
    ),
)
SYRUP = ModifierGroup(
    "syrup",
    "Сироп",
    0,
    2,
    (
        ModifierOption(OptionId("vanilla"), "Ваниль", 4000),
        ModifierOption(OptionId("less"), "Без сахара", -1000),
    ),
)
COFFEE = Product(
    ProductId("coffee"),
    CategoryId("c"),
    "Капучино",
    "1001",
    29000,
    "general",
    variants=(
        Variant(VariantId("s"), "200 мл", 25000),
        Variant(VariantId("m"), "300 мл", 29000, is_default=True),
    ),
    modifier_groups=(MILK, SYRUP),
)
PLAIN = Product(ProductId("bun"), CategoryId("c"), "Булочка", "2001", 21000, "general")


def plain(line_id: str, **more: Any) -> CartLine:
    return make_line(LineId(line_id), PLAIN, **more)


def test_the_same_choice_raises_the_quantity() -> None:
    cart = Cart().add(plain("1")).add(plain("2"))
    assert [(x.line_id, x.quantity_milli) for x in cart.lines] == [("1", 2000)]
    assert cart.quantity_of(PLAIN.product_id) == 2000


def test_another_note_discount_or_option_is_a_line_of_its_own() -> None:
    cart = Cart().add(plain("1")).add(plain("2", note="без сахара"))
    cart = cart.set_line_discount(LineId("1"), Discount(percent_bp=500)).add(plain("3"))
    assert [x.line_id for x in cart.lines] == ["1", "2", "3"]


def test_two_weighings_are_two_lines() -> None:
    nuts = Product(
        ProductId("n"), CategoryId("c"), "Орехи", "3", 90000, "general", unit=Unit.WEIGHT
    )
    cart = Cart().add(make_line(LineId("1"), nuts, quantity_milli=357))
    cart = cart.add(make_line(LineId("2"), nuts, quantity_milli=120))
    assert [x.gross_minor for x in cart.lines] == [32130, 10800]


def test_variant_and_options_make_the_price() -> None:
    options = choose_options(COFFEE, (OptionId("oat"), OptionId("vanilla"), OptionId("vanilla")))
    line = make_line(LineId("1"), COFFEE, variant=COFFEE.variants[0], options=options)
    assert line.unit_price_minor == 25000 + 6000 + 2 * 4000
    assert COFFEE.needs_choice
    assert not PLAIN.needs_choice
    assert COFFEE.default_options() == ("cow",)
    assert COFFEE.default_variant is COFFEE.variants[1]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ((), "MODIFIER_REQUIRED"),
        (("cow", "oat"), "MODIFIER_TOO_MANY"),
        (("soy",), "MODIFIER_STOPPED"),
        (("cow", "tea"), "MODIFIER_UNKNOWN"),
        (("cow", *["vanilla"] * 3), "MODIFIER_TOO_MANY"),
    ],
)
def test_a_wrong_choice_is_told(chosen: tuple[OptionId, ...], code: str) -> None:
    with pytest.raises(InputError, match=code):
        choose_options(COFFEE, chosen)


def test_an_incomplete_choice_may_be_looked_at() -> None:
    assert choose_options(COFFEE, (), complete=False) == ()


def test_a_price_below_zero_is_refused() -> None:
    free = Product(
        ProductId("w"), CategoryId("c"), "Вода", "4", 0, "general", modifier_groups=(SYRUP,)
    )
    with pytest.raises(InputError, match="PRICE_NEGATIVE"):
        make_line(LineId("1"), free, options=choose_options(free, (OptionId("less"),)))


@pytest.mark.parametrize("quantity", [-1000, 10_001_000, 1500])
def test_a_senseless_quantity_is_refused(quantity: int) -> None:
    with pytest.raises(InputError, match="QUANTITY_INVALID"):
        Cart().add(plain("1")).set_quantity(LineId("1"), quantity)


def test_zero_removes_and_a_removed_line_is_told() -> None:
    cart = Cart().add(plain("1")).set_quantity(LineId("1"), 0)
    assert cart.is_empty
    with pytest.raises(InputError, match="LINE_UNKNOWN"):
        cart.remove(LineId("1"))


def test_limits_hold() -> None:
    cart = Cart(tuple(plain(str(i), note=str(i)) for i in range(LINES_MAX)))
    with pytest.raises(InputError, match="ORDER_TOO_LONG"):
        cart.add(plain("more", note="more"))
    with pytest.raises(InputError, match="NOTE_TOO_LONG"):
        Cart().set_order_note("x" * 201)


@given(st.lists(st.integers(0, 5), max_size=80))
def test_undo_walks_back_through_every_change(steps: list[int]) -> None:
    history = CartHistory()
    seen = [history.cart]
    for number, step in enumerate(steps):
        line_id = LineId(str(number))
        cart = history.cart
        if step < 4 or cart.is_empty:
            cart = cart.add(plain(line_id, note=str(step)))
        elif step == 4:
            cart = cart.remove(cart.lines[0].line_id)
        else:
            cart = cart.set_order_note(str(number))
        if cart != history.cart:
            seen.append(cart)
        history = history.then(cart)
    for expected in reversed(seen[-UNDO_DEPTH - 1 : -1]):
        assert history.can_undo
        history = history.undo()
        assert history.cart == expected
    if len(seen) <= UNDO_DEPTH:
        assert not history.can_undo
        assert history.undo() is history
