"""Whether a menu holds together, before it replaces the one that is sold from."""

from collections.abc import Iterable

from app.domain.catalog import Category, Menu, ModifierGroup, Product, Variant
from app.store.errors import MenuRefusedError

PRODUCTS_MAX = 200_000
TINT_MAX = 10
_PRICE_MAX_MINOR = 10_000_000 * 100


def check_menu(menu: Menu) -> None:
    """Refuse a menu that contradicts itself.

    Raises:
        MenuRefusedError: With the product, category or group that is wrong, and the reason.
    """
    if len(menu.products) > PRODUCTS_MAX:
        raise MenuRefusedError(
            "товары",
            f"больше {PRODUCTS_MAX}",
            f"more than {PRODUCTS_MAX} products",
        )
    categories = _check_categories(menu.categories)
    taxes = {tax.tax_id for tax in menu.taxes.taxes}
    groups: dict[str, ModifierGroup] = {}
    products: set[str] = set()
    barcodes: dict[str, str] = {}
    for number, product in enumerate(menu.products, start=1):
        place = f"товар {number} «{product.name}» ({product.product_id})"
        if product.product_id in products:
            raise MenuRefusedError(place, "такой id уже есть", "the id is there twice")
        products.add(product.product_id)
        if product.category_id not in categories:
            raise MenuRefusedError(
                place,
                f"нет категории {product.category_id}",
                f"there is no category {product.category_id}",
            )
        if product.tax_id not in taxes:
            raise MenuRefusedError(
                place, f"нет налога {product.tax_id}", f"there is no tax {product.tax_id}"
            )
        _check_product(place, product)
        _check_barcodes(place, product, barcodes)
        _check_groups(place, product.modifier_groups, groups)


def _check_categories(categories: Iterable[Category]) -> dict[str, Category]:
    known: dict[str, Category] = {}
    for category in categories:
        place = f"категория «{category.name}» ({category.category_id})"
        if category.category_id in known:
            raise MenuRefusedError(place, "такой id уже есть", "the id is there twice")
        known[category.category_id] = category
        if not category.name.strip():
            raise MenuRefusedError(place, "нет названия", "it has no name")
        if not 1 <= category.tint <= TINT_MAX:
            raise MenuRefusedError(
                place, f"цвет от 1 до {TINT_MAX}", f"its tint is not 1 to {TINT_MAX}"
            )
    for category in known.values():
        _check_parents(category, known)
    return known


def _check_parents(category: Category, known: dict[str, Category]) -> None:
    place = f"категория «{category.name}» ({category.category_id})"
    seen = {category.category_id}
    parent_id = category.parent_id
    while parent_id is not None:
        if parent_id not in known:
            raise MenuRefusedError(
                place, f"нет категории {parent_id}", f"there is no category {parent_id}"
            )
        if parent_id in seen:
            raise MenuRefusedError(place, "вложена сама в себя", "it lies within itself")
        seen.add(parent_id)
        parent_id = known[parent_id].parent_id


def _check_product(place: str, product: Product) -> None:
    if not product.name.strip():
        raise MenuRefusedError(place, "нет названия", "it has no name")
    seen: set[str] = set()
    for price in (product.price_minor, *(v.price_minor for v in product.variants)):
        if not 0 <= price <= _PRICE_MAX_MINOR:
            raise MenuRefusedError(
                place, "цена меньше нуля или слишком большая", "its price is out of range"
            )
    for variant in product.variants:
        if variant.variant_id in seen:
            raise MenuRefusedError(
                place,
                f"вариант {variant.variant_id} повторяется",
                f"variant {variant.variant_id} is there twice",
            )
        seen.add(variant.variant_id)
    if product.stock_left is not None and product.stock_left < 0:
        raise MenuRefusedError(place, "остаток меньше нуля", "its stock is below zero")


def _check_barcodes(place: str, product: Product, known: dict[str, str]) -> None:
    holders: tuple[Product | Variant, ...] = (product, *product.variants)
    for holder in holders:
        for code in holder.barcodes:
            if not code.strip():
                raise MenuRefusedError(place, "пустой штрихкод", "an empty barcode")
            owner = known.setdefault(code.casefold(), place)
            if owner != place:
                raise MenuRefusedError(
                    place,
                    f"штрихкод {code} уже есть: {owner}",
                    f"barcode {code} is already there: {owner}",
                )


def _check_groups(
    place: str, groups: tuple[ModifierGroup, ...], known: dict[str, ModifierGroup]
) -> None:
    for group in groups:
        first = known.get(group.group_id)
        if first is group:
            continue
        if first is not None and first != group:
            raise MenuRefusedError(
                place,
                f"группа {group.group_id} описана по-разному",
                f"group {group.group_id} is described in two ways",
            )
        known[group.group_id] = group
        options = {option.option_id for option in group.options}
        if len(options) != len(group.options):
            raise MenuRefusedError(
                place, f"в группе «{group.name}» повтор", f"group {group.name} repeats an option"
            )
        if not 0 <= group.min_choices <= group.max_choices:
            raise MenuRefusedError(
                place,
                f"в группе «{group.name}» минимум больше максимума",
                f"in group {group.name} the minimum is above the maximum",
            )
        if group.is_required and not group.options:
            raise MenuRefusedError(
                place,
                f"группа «{group.name}» обязательна, но пуста",
                f"group {group.name} is required but empty",
            )
