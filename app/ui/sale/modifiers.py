"""What is chosen in the modifiers dialog: sizes, options, quantity, the price they make.

Pure: a choice is frozen, every tap makes another one, and `modifiers_state` says what to show.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.cart import CartLine
from app.domain.catalog import Category, ModifierGroup, ModifierOption, Product
from app.kernel.ids import LineId, OptionId, VariantId
from app.kernel.money import MILLI, extended_amount
from app.ui import format as fmt
from app.ui import icons
from app.ui.sale.state import GroupState, ModifiersState, OfferState, OptionState
from app.ui.text import tr

VARIANTS: Final = "variants"
PIECES_MAX: Final = 999


@dataclass(frozen=True, slots=True)
class Choice:
    """A product being chosen.

    Attributes:
        product: What.
        variant_id: The size, None for a product without sizes.
        options: Ids; one that stands twice is taken twice.
        quantity_milli: How much.
        note: For the kitchen.
        line_id: The line that is changed; None for a new one.
        was_refused: Add was pressed while something was missing.
    """

    product: Product
    variant_id: VariantId | None = None
    options: tuple[OptionId, ...] = ()
    quantity_milli: int = MILLI
    note: str = ""
    line_id: LineId | None = None
    was_refused: bool = False

    @property
    def unit_minor(self) -> int:
        """The price of one with its options."""
        return self.base_minor + self.extras_minor

    @property
    def base_minor(self) -> int:
        """The price of the size, or of the product."""
        for variant in self.product.variants:
            if variant.variant_id == self.variant_id:
                return variant.price_minor
        return self.product.price_minor

    @property
    def extras_minor(self) -> int:
        """What the options add."""
        deltas = {
            option.option_id: option.price_delta_minor
            for group in self.product.modifier_groups
            for option in group.options
        }
        return sum(deltas.get(option_id, 0) for option_id in self.options)

    @property
    def total_minor(self) -> int:
        """The price of all of it."""
        return extended_amount(self.unit_minor, self.quantity_milli)

    def missing(self) -> str | None:
        """Return the key of the first group that lacks a required choice, or None."""
        if self.product.variants and self.variant_id is None:
            return VARIANTS
        for group in self.product.modifier_groups:
            if self._count(group) < group.min_choices:
                return group.group_id
        return None

    def _count(self, group: ModifierGroup) -> int:
        ids = {option.option_id for option in group.options}
        return sum(1 for option_id in self.options if option_id in ids)

    def tap(self, group_key: str, option_key: str) -> "Choice":
        """Choose or unchoose; a single choice replaces, a full group takes no more."""
        if group_key == VARIANTS:
            return replace(self, variant_id=VariantId(option_key))
        group = next(g for g in self.product.modifier_groups if g.group_id == group_key)
        option = OptionId(option_key)
        ids = {item.option_id for item in group.options}
        if group.is_single:
            rest = tuple(x for x in self.options if x not in ids)
            unchosen = option in self.options and not group.is_required
            return replace(self, options=rest if unchosen else (*rest, option))
        if option in self.options:
            return replace(self, options=tuple(x for x in self.options if x != option))
        if self._count(group) >= group.max_choices:
            return self
        return replace(self, options=(*self.options, option))

    def step(self, pieces: int) -> "Choice":
        """Take one more or one less, at least one."""
        wanted = self.quantity_milli + pieces * MILLI
        return replace(self, quantity_milli=min(max(wanted, MILLI), PIECES_MAX * MILLI))


def begin(product: Product, quantity_milli: int = MILLI) -> Choice:
    """Return the choice of a product with its defaults."""
    default = product.default_variant
    return Choice(
        product,
        default.variant_id if default else None,
        product.default_options(),
        quantity_milli,
    )


def reopen(product: Product, line: CartLine) -> Choice:
    """Return the choice of a line of the order, to change it."""
    options = tuple(option.option_id for option in line.options for _ in range(option.quantity))
    return Choice(
        product, line.variant_id, options, line.quantity_milli, line.note, line_id=line.line_id
    )


def modifiers_state(
    choice: Choice, category: Category | None, offers: Sequence[OfferState] = ()
) -> ModifiersState:
    """Return what the dialog shows of a choice."""
    product = choice.product
    missing = choice.missing() if choice.was_refused else None
    groups = [_option_group(choice, group, missing) for group in product.modifier_groups]
    if product.variants:
        groups.insert(0, _variant_group(choice, missing))
    extras = choice.extras_minor
    unit = fmt.money(choice.unit_minor)
    if extras:
        base = fmt.amount(choice.base_minor, kopecks=False)
        sign = "+" if extras > 0 else "−"
        unit = f"{base} {sign} {fmt.amount(abs(extras), kopecks=False)} = {unit}"
    return ModifiersState(
        title=product.name,
        category=category.name if category else "",
        category_icon=category.icon if category and icons.has(category.icon) else "",
        groups=tuple(groups),
        offers=tuple(offers),
        note=choice.note,
        quantity=fmt.quantity(choice.quantity_milli),
        unit_words=tr("{price}\neach", price=unit),
        total=fmt.money(choice.total_minor),
        add_label=tr("Save") if choice.line_id else tr("Add"),
    )


def _variant_group(choice: Choice, missing: str | None) -> GroupState:
    options = tuple(
        OptionState(
            key=variant.variant_id,
            name=variant.name,
            price=fmt.money(variant.price_minor, kopecks=False),
            is_chosen=variant.variant_id == choice.variant_id,
        )
        for variant in choice.product.variants
    )
    return GroupState(VARIANTS, tr("Size"), tr("required"), options, is_missing=missing == VARIANTS)


def _option_group(choice: Choice, group: ModifierGroup, missing: str | None) -> GroupState:
    return GroupState(
        key=group.group_id,
        title=group.name,
        hint=_hint(group),
        options=tuple(_option(choice, option) for option in group.options),
        is_missing=missing == group.group_id,
        is_single=group.is_single,
    )


def _option(choice: Choice, option: ModifierOption) -> OptionState:
    delta = option.price_delta_minor
    count = choice.options.count(option.option_id)
    return OptionState(
        key=option.option_id,
        name=option.name,
        price=f"{'+' if delta > 0 else ''}{fmt.money(delta, kopecks=False)}",
        count=count,
        is_chosen=count > 0,
        is_stopped=option.is_stopped,
    )


def _hint(group: ModifierGroup) -> str:
    if group.is_required and group.is_single:
        return tr("required")
    if group.is_required:
        return tr("at least {count}", count=group.min_choices)
    if group.is_single:
        return tr("choose one")
    return tr("up to {count}", count=group.max_choices)
