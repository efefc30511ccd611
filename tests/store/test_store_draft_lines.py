"""A draft that is saved by its changes is the draft that was meant, whatever the cashier did."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cart import Cart, CartHistory, make_line
from app.kernel.clock import ManualClock
from app.kernel.ids import LineId
from app.store.engine import Store
from tests.store.store_makers import CROISSANT, ESPRESSO, make_draft

steps = st.lists(
    st.tuples(st.sampled_from(["add", "quantity", "remove", "note"]), st.integers(0, 5)),
    max_size=12,
)


def change(cart: Cart, kind: str, number: int) -> Cart:
    """Do what a cashier does."""
    if kind == "add":
        product = CROISSANT if number % 2 else ESPRESSO
        line_id = LineId(f"line-{len(cart.lines)}-{number}-{cart.quantity_of(product.product_id)}")
        return cart.add(make_line(line_id, product, note=f"{number}"))
    if kind == "note":
        return cart.set_order_note(str(number))
    if not cart.lines:
        return cart
    line = cart.lines[number % len(cart.lines)]
    if kind == "remove":
        return cart.remove(line.line_id)
    return cart.set_quantity(line.line_id, (number + 1) * 1000)


@settings(max_examples=30)
@given(steps)
def test_saving_only_what_changed_keeps_the_whole_order(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int]]
) -> None:
    store = Store.open(tmp_path_factory.mktemp("drafts"), ManualClock())
    cart, before = Cart(), None
    for kind, number in changes:
        cart = change(cart, kind, number)
        draft = make_draft(history=CartHistory(cart))
        with store.unit(durable=False) as uow:
            uow.drafts.save(draft, before)
            uow.commit()
        before = cart
        with store.reader() as uow:
            assert uow.drafts.get(draft.sale_id) == draft
    store.close()
