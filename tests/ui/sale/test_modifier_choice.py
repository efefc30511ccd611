"""Choosing sizes and modifiers: prices, single and several choices, what is missing."""

import pytest

from app.domain.catalog import ModifierGroup, ModifierOption, Product, Variant
from app.kernel.ids import CategoryId, OptionId, ProductId, VariantId
from app.ui.sale.modifiers import VARIANTS, Choice, begin, modifiers_state
from app.ui.theme import Theme


def option(key: str, delta: int = 0, *, default: bool = False) -> ModifierOption:
    return ModifierOption(OptionId(key), key, delta, is_default=default)


MILK = ModifierGroup("milk", "Молоко", 1, 1, (option("cow", default=True), option("oat", 60_00)))
EXTRAS = ModifierGroup(
    "extras", "Добавки", 0, 2, (option("syrup", 40_00), option("cream", 60_00), option("spice"))
)
CUP = ModifierGroup("cup", "Стакан", 1, 1, (option("paper"), option("glass")))
COFFEE = Product(
    ProductId("p"),
    CategoryId("c"),
    "Капучино",
    "1",
    250_00,
    "vat",
    variants=(
        Variant(VariantId("s"), "200 мл", 250_00),
        Variant(VariantId("m"), "300 мл", 290_00, is_default=True),
    ),
    modifier_groups=(MILK, EXTRAS),
)


def test_defaults_are_chosen_to_begin_with() -> None:
    choice = begin(COFFEE)
    assert choice.variant_id == "m"
    assert choice.options == ("cow",)
    assert choice.total_minor == 290_00


def test_single_choice_replaces_and_a_required_one_stays() -> None:
    choice = begin(COFFEE).tap("milk", "oat")
    assert choice.options == ("oat",)
    assert choice.tap("milk", "oat").options == ("oat",)


def test_several_choices_stop_at_the_limit_and_can_be_taken_back() -> None:
    choice = begin(COFFEE).tap("extras", "syrup").tap("extras", "cream")
    assert choice.tap("extras", "spice") == choice
    assert choice.tap("extras", "syrup").options == ("cow", "cream")


def test_price_is_size_plus_options_times_quantity() -> None:
    choice = begin(COFFEE).tap(VARIANTS, "s").tap("milk", "oat").step(1)
    assert choice.unit_minor == 310_00
    assert choice.total_minor == 620_00


def test_quantity_stays_between_one_and_the_limit() -> None:
    assert begin(COFFEE).step(-5).quantity_milli == 1000
    assert begin(COFFEE).step(5000).quantity_milli == 999_000


def test_missing_required_group_is_named_after_add_was_refused(look: Theme) -> None:
    assert look is not None
    product = Product(
        ProductId("t"), CategoryId("c"), "Чай", "2", 100_00, "vat", modifier_groups=(CUP,)
    )
    choice = begin(product)
    assert choice.missing() == "cup"
    [group] = modifiers_state(choice, None).groups
    assert not group.is_missing

    refused = Choice(product, was_refused=True)
    [group] = modifiers_state(refused, None).groups
    assert group.is_missing
    assert choice.tap("cup", "glass").missing() is None


@pytest.mark.parametrize(
    ("taps", "words"),
    [
        ((), "290,00\u00a0₽\nза штуку"),
        ((("milk", "oat"),), "290 + 60 = 350,00\u00a0₽\nза штуку"),
    ],
)
def test_unit_price_is_explained(
    look: Theme, taps: tuple[tuple[str, str], ...], words: str
) -> None:
    assert look is not None
    choice = begin(COFFEE)
    for group, key in taps:
        choice = choice.tap(group, key)
    assert modifiers_state(choice, None).unit_words == words
