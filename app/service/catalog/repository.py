"""Reading the menu as the till gets it."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts import pos
from app.domain.catalog import Marking, Unit
from app.service.catalog import models
from app.service.tills.versions import get_version

Row = sa.Row[*tuple[Any, ...]]


def get_menu(connection: Connection, tenant_id: str) -> pos.MenuResponse:
    """Return a tenant's whole menu."""
    return pos.MenuResponse(
        version=get_version(connection, tenant_id, "menu"),
        categories=_categories(connection, tenant_id),
        taxes=_taxes(connection, tenant_id),
        modifier_groups=_groups(connection, tenant_id),
        products=_products(connection, tenant_id),
    )


def _categories(connection: Connection, tenant_id: str) -> tuple[pos.CategoryView, ...]:
    table = models.categories
    rows = connection.execute(
        sa.select(table)
        .where(table.c.tenant_id == tenant_id)
        .order_by(table.c.position, table.c.id)
    )
    return tuple(
        pos.CategoryView(
            id=row.id,
            parent_id=row.parent_id,
            name=row.name,
            icon=row.icon,
            tint=row.tint,
            position=row.position,
        )
        for row in rows
    )


def _taxes(connection: Connection, tenant_id: str) -> tuple[pos.TaxView, ...]:
    table, rates = models.taxes, models.tax_rates
    rows = connection.execute(
        sa.select(table.c.id, table.c.name, rates.c.valid_from, rates.c.percent_bp)
        .join(rates, rates.c.tax_id == table.c.id)
        .where(table.c.tenant_id == tenant_id)
        .order_by(table.c.id, rates.c.valid_from)
    )
    found: dict[tuple[str, str], list[pos.TaxRateView]] = defaultdict(list)
    for row in rows:
        rate = pos.TaxRateView(valid_from=row.valid_from, percent=row.percent_bp)
        found[row.id, row.name].append(rate)
    return tuple(pos.TaxView(id=key[0], name=key[1], rates=tuple(found[key])) for key in found)


def _groups(connection: Connection, tenant_id: str) -> tuple[pos.ModifierGroupView, ...]:
    table, options = models.modifier_groups, models.modifier_options
    by_group: dict[str, list[pos.ModifierOptionView]] = defaultdict(list)
    for row in connection.execute(
        sa.select(options)
        .join(table, table.c.id == options.c.group_id)
        .where(table.c.tenant_id == tenant_id)
        .order_by(options.c.position, options.c.id)
    ):
        by_group[row.group_id].append(
            pos.ModifierOptionView(
                id=row.id,
                name=row.name,
                price_delta=row.price_delta_minor,
                is_default=row.is_default,
                is_stopped=row.is_stopped,
            )
        )
    groups = connection.execute(
        sa.select(table)
        .where(table.c.tenant_id == tenant_id)
        .order_by(table.c.position, table.c.id)
    )
    return tuple(
        pos.ModifierGroupView(
            id=row.id,
            name=row.name,
            min_choices=row.min_choices,
            max_choices=row.max_choices,
            options=tuple(by_group[row.id]),
        )
        for row in groups
    )


def _products(connection: Connection, tenant_id: str) -> tuple[pos.ProductView, ...]:
    table, sizes = models.products, models.variants
    by_product: dict[str, list[pos.VariantView]] = defaultdict(list)
    for row in connection.execute(
        sa.select(sizes)
        .join(table, table.c.id == sizes.c.product_id)
        .where(table.c.tenant_id == tenant_id)
        .order_by(sizes.c.position, sizes.c.id)
    ):
        by_product[row.product_id].append(_variant(row))
    rows = connection.execute(
        sa.select(table)
        .where(table.c.tenant_id == tenant_id)
        .order_by(table.c.position, table.c.id)
    )
    return tuple(_product(row, tuple(by_product[row.id])) for row in rows)


def _variant(row: Row) -> pos.VariantView:
    return pos.VariantView(
        id=row.id,
        name=row.name,
        price=row.price_minor,
        sku=row.sku,
        barcodes=tuple(row.barcodes),
        is_default=row.is_default,
    )


def _product(row: Row, variants: tuple[pos.VariantView, ...]) -> pos.ProductView:
    return pos.ProductView(
        id=row.id,
        category_id=row.category_id,
        name=row.name,
        short_name=row.short_name,
        sku=row.sku,
        unit=Unit(row.unit),
        tax_id=row.tax_id,
        price=row.price_minor,
        barcodes=tuple(row.barcodes),
        variants=variants,
        modifier_group_ids=tuple(row.modifier_group_ids),
        is_favourite=row.is_favourite,
        position=row.position,
        popularity=row.popularity,
        stopped=row.is_stopped,
        stock_left=row.stock_left,
        excluded_from_earning=row.excluded_from_earning,
        excluded_from_redeeming=row.excluded_from_redeeming,
        marking=Marking(row.marking),
        recommended_ids=tuple(row.recommended_ids),
    )
