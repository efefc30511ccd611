"""Lines of marked goods: one piece each, never merged, whatever is done to them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cart import Cart, CartLine, make_line
from app.domain.catalog import Marking, Product, Unit
from app.domain.marking import NO_CODE, STOPS_SALE, LineMark, MarkState
from app.kernel.errors import InputError
from app.kernel.ids import CategoryId, LineId, ProductId

WATER = Product(
    ProductId("water"), CategoryId("c"), "Вода", "1", 120_00, "vat", marking=Marking.PIECE
)


def line(number: int = 1, mark: LineMark = NO_CODE) -> CartLine:
    return replace(make_line(LineId(f"l{number}"), WATER), mark=mark)


def test_a_marked_product_makes_a_line_that_waits_for_its_code() -> None:
    assert make_line(LineId("l"), WATER).mark == NO_CODE
    plain = replace(WATER, marking=Marking.NONE)
    assert make_line(LineId("l"), plain).mark is None


def test_goods_by_weight_are_never_marked_by_the_piece() -> None:
    assert not replace(WATER, unit=Unit.WEIGHT).is_marked


@given(st.integers(1, 9_999_000).filter(lambda milli: milli != 1_000))
def test_a_marked_line_is_one_piece(milli: int) -> None:
    with pytest.raises(InputError):
        replace(line(), quantity_milli=milli)
    with pytest.raises(InputError):
        Cart((line(),)).set_quantity(LineId("l1"), milli)


@given(st.lists(st.sampled_from(MarkState), min_size=1, max_size=8))
def test_marked_lines_never_merge(states: list[MarkState]) -> None:
    cart = Cart()
    for number, state in enumerate(states):
        cart = cart.add(line(number, LineMark(state, f"code{number}")))
    assert len(cart.lines) == len(states)
    assert cart.quantity_of(WATER.product_id) == 1_000 * len(states)


def test_only_what_is_allowed_unchecked_or_skipped_may_be_sold() -> None:
    free = set(MarkState) - STOPS_SALE
    assert free == {MarkState.ALLOWED, MarkState.UNCHECKED, MarkState.SKIPPED}
    assert all(LineMark(state).stops_sale == (state in STOPS_SALE) for state in MarkState)
