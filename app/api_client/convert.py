"""Wire messages as words of the domain, and back."""

from app.contracts import plugin, pos
from app.domain.catalog import (
    Category,
    Menu,
    ModifierGroup,
    ModifierOption,
    Product,
    Unit,
    Variant,
)
from app.domain.guest import GuestCard
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.ids import CardId, CategoryId, GuestId, OptionId, ProductId, VariantId


class UnknownGroupError(ValueError):
    """A product names a modifier group that the menu does not have.

    Attributes:
        product: Name of the product.
        group_id: The missing group.
    """

    def __init__(self, product: str, group_id: str) -> None:
        super().__init__(f"{product} names modifier group {group_id}, which is not in the menu")
        self.product = product
        self.group_id = group_id


def to_menu(view: pos.MenuResponse) -> Menu:
    """Return a menu.

    Raises:
        UnknownGroupError: A product names a group that is not there.
    """
    groups = {group.id: _group(group) for group in view.modifier_groups}
    return Menu(
        version=view.version,
        categories=tuple(
            Category(
                category_id=CategoryId(c.id),
                name=c.name,
                icon=c.icon,
                tint=c.tint,
                position=c.position,
                parent_id=CategoryId(c.parent_id) if c.parent_id else None,
            )
            for c in view.categories
        ),
        products=tuple(_product(product, groups) for product in view.products),
        taxes=TaxTable(tuple(_tax(tax) for tax in view.taxes)),
    )


def _tax(tax: pos.TaxView) -> Tax:
    rates = sorted(tax.rates, key=lambda rate: rate.valid_from)
    return Tax(tax.id, tax.name, tuple(TaxPeriod(r.valid_from, r.percent) for r in rates))


def _group(group: pos.ModifierGroupView) -> ModifierGroup:
    return ModifierGroup(
        group_id=group.id,
        name=group.name,
        min_choices=group.min_choices,
        max_choices=group.max_choices,
        options=tuple(
            ModifierOption(OptionId(o.id), o.name, o.price_delta, o.is_default, o.is_stopped)
            for o in group.options
        ),
    )


def _product(product: pos.ProductView, groups: dict[str, ModifierGroup]) -> Product:
    for group_id in product.modifier_group_ids:
        if group_id not in groups:
            raise UnknownGroupError(product.name, group_id)
    return Product(
        product_id=ProductId(product.id),
        category_id=CategoryId(product.category_id),
        name=product.name,
        sku=product.sku,
        price_minor=product.price,
        tax_id=product.tax_id,
        unit=Unit(product.unit),
        barcodes=product.barcodes,
        variants=tuple(
            Variant(VariantId(v.id), v.name, v.price, v.sku, v.barcodes, v.is_default)
            for v in product.variants
        ),
        modifier_groups=tuple(groups[group_id] for group_id in product.modifier_group_ids),
        is_favourite=product.is_favourite,
        is_stopped=product.stopped,
        stock_left=product.stock_left,
        earns_points=not product.excluded_from_earning,
        redeems_points=not product.excluded_from_redeeming,
        marking=product.marking,
        recommended_ids=tuple(ProductId(item) for item in product.recommended_ids),
        position=product.position,
        popularity=product.popularity,
    )


def guest_from_view(view: pos.GuestCardView) -> GuestCard:
    """Return a guest as the service gives him out for the cache."""
    return GuestCard(
        card_id=CardId(view.card_id),
        guest_id=GuestId(view.guest_id),
        first_name=view.first_name,
        phone=view.phone,
        code6=view.code6_digit,
        level_id=view.level_id,
        level_name=view.level_name,
        regular_minor=view.regular_balance,
        promo_minor=view.promo_balance,
        reserved_minor=view.reserved_balance,
        lifetime_spent_minor=view.lifetime_spent,
        visit_count=view.visit_count,
        last_visit_at=view.last_visit_at,
        favourite_ids=tuple(ProductId(item) for item in view.favourite_product_ids),
        updated_at=view.updated_at,
    )


def guest_from_summary(summary: plugin.GuestSummary) -> GuestCard:
    """Return a guest as the answer to a search; when it was read is for the caller to add."""
    return GuestCard(
        card_id=CardId(summary.card_id),
        guest_id=GuestId(summary.guest_id),
        first_name=summary.name,
        phone=summary.phone,
        code6=summary.code6_digit,
        level_id=summary.level_id,
        level_name=summary.level_name,
        regular_minor=summary.regular_balance,
        promo_minor=summary.promo_balance,
        reserved_minor=summary.reserved_balance,
        lifetime_spent_minor=summary.lifetime_spent or 0,
        visit_count=summary.visit_count or 0,
        last_visit_at=summary.last_visit_at,
    )
