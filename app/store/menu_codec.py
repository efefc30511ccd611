"""Products, modifier groups and taxes as JSON text for the menu file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.catalog import (
    Marking,
    ModifierGroup,
    ModifierOption,
    Product,
    Unit,
    Variant,
)
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.ids import CategoryId, OptionId, ProductId, VariantId
from app.store.codec import dumps, loads


def product_to_json(product: Product) -> str:
    """Return a product with the ids of its groups; their content is kept once for all."""
    fields: dict[str, Any] = {
        "id": product.product_id,
        "category": product.category_id,
        "name": product.name,
        "sku": product.sku,
        "price": product.price_minor,
        "tax": product.tax_id,
        "unit": product.unit.value,
        "barcodes": product.barcodes,
        "variants": [
            [v.variant_id, v.name, v.price_minor, v.sku, v.barcodes, v.is_default]
            for v in product.variants
        ],
        "groups": [group.group_id for group in product.modifier_groups],
        "favourite": product.is_favourite,
        "stopped": product.is_stopped,
        "stock": product.stock_left,
        "earns": product.earns_points,
        "redeems": product.redeems_points,
        "recommended": product.recommended_ids,
        "position": product.position,
        "popularity": product.popularity,
    }
    if product.marking is not Marking.NONE:
        fields["marking"] = product.marking.value
    return dumps(fields)


def product_from_json(text: str, groups: Mapping[str, ModifierGroup]) -> Product:
    """Read what `product_to_json` wrote.

    Args:
        text: The product.
        groups: At least the groups that it names.
    """
    fields = loads(text)
    return Product(
        product_id=ProductId(fields["id"]),
        category_id=CategoryId(fields["category"]),
        name=fields["name"],
        sku=fields["sku"],
        price_minor=fields["price"],
        tax_id=fields["tax"],
        unit=Unit(fields["unit"]),
        barcodes=tuple(fields["barcodes"]),
        variants=tuple(
            Variant(VariantId(v[0]), v[1], v[2], v[3], tuple(v[4]), v[5])
            for v in fields["variants"]
        ),
        modifier_groups=tuple(groups[group_id] for group_id in fields["groups"]),
        is_favourite=fields["favourite"],
        is_stopped=fields["stopped"],
        stock_left=fields["stock"],
        earns_points=fields["earns"],
        redeems_points=fields["redeems"],
        recommended_ids=tuple(ProductId(item) for item in fields["recommended"]),
        position=fields["position"],
        popularity=fields["popularity"],
        marking=Marking(fields.get("marking", Marking.NONE)),
    )


def group_ids_of(text: str) -> list[str]:
    """Return the ids of the groups that a product's text names."""
    ids: list[str] = loads(text)["groups"]
    return ids


def group_to_json(group: ModifierGroup) -> str:
    """Return a modifier group."""
    options = [
        [o.option_id, o.name, o.price_delta_minor, o.is_default, o.is_stopped]
        for o in group.options
    ]
    return dumps([group.group_id, group.name, group.min_choices, group.max_choices, options])


def group_from_json(text: str) -> ModifierGroup:
    """Read what `group_to_json` wrote."""
    group_id, name, least, most, options = loads(text)
    return ModifierGroup(
        group_id,
        name,
        least,
        most,
        tuple(ModifierOption(OptionId(o[0]), o[1], o[2], o[3], o[4]) for o in options),
    )


def taxes_to_json(table: TaxTable) -> str:
    """Return the taxes."""
    return dumps(
        [
            [t.tax_id, t.name, [[p.valid_from.isoformat(), p.percent_bp] for p in t.periods]]
            for t in table.taxes
        ]
    )


def taxes_from_json(text: str) -> TaxTable:
    """Read what `taxes_to_json` wrote."""
    return TaxTable(
        tuple(
            Tax(
                tax_id,
                name,
                tuple(TaxPeriod(date.fromisoformat(day), rate) for day, rate in periods),
            )
            for tax_id, name, periods in loads(text)
        )
    )
