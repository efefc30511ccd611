"""The demo cafe's menu for tests of the screens, over the till of the bench."""

import json
from datetime import date
from typing import Any

from app.domain.catalog import Category, Menu, ModifierGroup, ModifierOption, Product, Unit, Variant
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.ids import CategoryId, OptionId, ProductId, VariantId
from app.kernel.resources import resource_path


def cafe_menu() -> Menu:
    """Return the menu of the demo cafe."""
    cafe = json.loads(resource_path("demo", "cafe.json").read_text(encoding="utf-8"))
    groups = {group["id"]: _group(group) for group in cafe["modifier_groups"]}
    return Menu(
        "demo",
        tuple(_category(item) for item in cafe["categories"]),
        tuple(_product(item, groups) for item in cafe["products"]),
        TaxTable(tuple(_tax(item) for item in cafe["taxes"])),
    )


def _tax(item: dict[str, Any]) -> Tax:
    periods = tuple(
        TaxPeriod(date.fromisoformat(rate["from"]), rate["percent_bp"]) for rate in item["rates"]
    )
    return Tax(item["id"], item["name"], periods)


def _category(item: dict[str, Any]) -> Category:
    parent = item["parent_id"]
    return Category(
        CategoryId(item["id"]),
        item["name"],
        item["icon"],
        item["tint"],
        item["position"],
        CategoryId(parent) if parent else None,
    )


def _group(item: dict[str, Any]) -> ModifierGroup:
    options = tuple(
        ModifierOption(
            OptionId(option["id"]),
            option["name"],
            option["price_delta_minor"],
            is_default=option["is_default"],
        )
        for option in item["options"]
    )
    return ModifierGroup(
        item["id"], item["name"], item["min_choices"], item["max_choices"], options
    )


def _product(item: dict[str, Any], groups: dict[str, ModifierGroup]) -> Product:
    variants = tuple(
        Variant(
            VariantId(variant["id"]),
            variant["name"],
            variant["price_minor"],
            variant["sku"],
            tuple(variant["barcodes"]),
            is_default=variant["is_default"],
        )
        for variant in item["variants"]
    )
    return Product(
        product_id=ProductId(item["id"]),
        category_id=CategoryId(item["category_id"]),
        name=item["name"],
        sku=item["sku"],
        price_minor=item["price_minor"],
        tax_id=item["tax_id"],
        unit=Unit(item["unit"]),
        barcodes=tuple(item["barcodes"]),
        variants=variants,
        modifier_groups=tuple(groups[key] for key in item.get("modifier_group_ids", ())),
        is_favourite=item.get("is_favourite", False),
        is_stopped=item.get("is_stopped", False),
        stock_left=item.get("stock_left"),
        recommended_ids=tuple(ProductId(key) for key in item.get("recommended_ids", ())),
        position=item.get("position", 0),
    )
