"""The menu: categories, products, variants and modifier groups.

A product is sold as it is, or as one of its variants (sizes), with options chosen from its
modifier groups. Prices are kopecks with tax included, for one piece or one kilogram.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.tax import TaxTable
from app.kernel.errors import InputError
from app.kernel.ids import CategoryId, OptionId, ProductId, VariantId


class Unit(StrEnum):
    """What one of a product is."""

    PIECE = "piece"
    WEIGHT = "weight"


class Marking(StrEnum):
    """Whether each piece carries a code of the national marking system that goes into the receipt."""

    NONE = "none"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the menu; `tint` is 1..10, `icon` a name of the icon set."""

    category_id: CategoryId
    name: str
    icon: str
    tint: int
    position: int
    parent_id: CategoryId | None = None


def above(category_id: str | None, parents: Mapping[str, str | None]) -> frozenset[str]:
    """Return a category with all above it; a circle ends where it began."""
    found: set[str] = set()
    while category_id is not None and category_id not in found:
        found.add(category_id)
        category_id = parents.get(category_id)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Variant:
    """A size of a product with its own whole price."""

    variant_id: VariantId
    name: str
    price_minor: int
    sku: str | None = None
    barcodes: tuple[str, ...] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ModifierOption:
    """A choice in a group; the delta is added to the unit price and may be negative."""

    option_id: OptionId
    name: str
    price_delta_minor: int = 0
    is_default: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class ModifierGroup:
    """Options of which at least `min_choices` and at most `max_choices` are taken."""

    group_id: str
    name: str
    min_choices: int
    max_choices: int
    options: tuple[ModifierOption, ...]

    @property
    def is_required(self) -> bool:
        """Tell whether something must be chosen."""
        return self.min_choices > 0

    @property
    def is_single(self) -> bool:
        """Tell whether a new choice replaces the old one."""
        return self.max_choices == 1


@dataclass(frozen=True, slots=True)
class Product:
    """Something that is sold. `stock_left` is in pieces; None means it is not counted."""

    product_id: ProductId
    category_id: CategoryId
    name: str
    sku: str
    price_minor: int
    tax_id: str
    unit: Unit = Unit.PIECE
    barcodes: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    modifier_groups: tuple[ModifierGroup, ...] = ()
    is_favourite: bool = False
    is_stopped: bool = False
    stock_left: int | None = None
    earns_points: bool = True
    redeems_points: bool = True
    recommended_ids: tuple[ProductId, ...] = ()
    position: int = 0
    popularity: int = 0
    marking: Marking = Marking.NONE

    @property
    def is_marked(self) -> bool:
        """Tell whether each piece is sold with a marking code of its own."""
        return self.marking is Marking.PIECE and self.unit is Unit.PIECE

    @property
    def needs_choice(self) -> bool:
        """Tell whether it cannot be added with one tap: it has sizes or a required group."""
        return bool(self.variants) or any(group.is_required for group in self.modifier_groups)

    @property
    def default_variant(self) -> Variant | None:
        """Return the variant that is chosen to begin with, or None when there are no variants."""
        for variant in self.variants:
            if variant.is_default:
                return variant
        return self.variants[0] if self.variants else None

    def default_options(self) -> tuple[OptionId, ...]:
        """Return the ids of the options that are chosen to begin with."""
        return tuple(
            option.option_id
            for group in self.modifier_groups
            for option in group.options
            if option.is_default and not option.is_stopped
        )


@dataclass(frozen=True, slots=True)
class Menu:
    """A whole menu as the service gives it out."""

    version: str
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    taxes: TaxTable


@dataclass(frozen=True, slots=True)
class ChosenOption:
    """A modifier on an order line, with the price it had when it was chosen."""

    option_id: OptionId
    name: str
    price_delta_minor: int
    quantity: int = 1


def choose_options(
    product: Product, chosen: tuple[OptionId, ...], *, complete: bool = True
) -> tuple[ChosenOption, ...]:
    """Check a choice of modifiers and return it in the order of the menu.

    Args:
        product: What the modifiers belong to.
        chosen: Ids of options; an id that stands twice is taken twice.
        complete: Also require the minimum of each group.

    Raises:
        InputError: An option is unknown or stopped, or a group has too few or too many choices.
    """
    known = {option.option_id for group in product.modifier_groups for option in group.options}
    if unknown := [option_id for option_id in chosen if option_id not in known]:
        raise InputError(
            "MODIFIER_UNKNOWN",
            f"У «{product.name}» нет такой добавки: {unknown[0]}",
            f"{product.name} has no such option: {unknown[0]}",
        )
    result: list[ChosenOption] = []
    for group in product.modifier_groups:
        result.extend(_choose_in_group(group, chosen, complete=complete))
    return tuple(result)


def _choose_in_group(
    group: ModifierGroup, chosen: tuple[OptionId, ...], *, complete: bool
) -> list[ChosenOption]:
    counted = [(option, chosen.count(option.option_id)) for option in group.options]
    taken = sum(count for _, count in counted)
    if taken > group.max_choices:
        raise InputError(
            "MODIFIER_TOO_MANY",
            f"«{group.name}»: можно выбрать не больше {group.max_choices}",
            f"{group.name}: choose at most {group.max_choices}",
        )
    if complete and taken < group.min_choices:
        raise InputError(
            "MODIFIER_REQUIRED",
            f"«{group.name}»: выберите не меньше {group.min_choices}",
            f"{group.name}: choose at least {group.min_choices}",
        )
    for option, count in counted:
        if count and option.is_stopped:
            raise InputError(
                "MODIFIER_STOPPED",
                f"«{option.name}» на стопе. Выберите другое",
                f"{option.name} has run out. Choose another",
            )
    return [
        ChosenOption(option.option_id, option.name, option.price_delta_minor, count)
        for option, count in counted
        if count
    ]
