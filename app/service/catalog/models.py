"""Tables of the menu. Short lists that are only ever read whole (barcodes) are JSON."""

import sqlalchemy as sa

from app.service.db.schema import (
    flag,
    key,
    metadata,
    money,
    number,
    primary_key,
    tenant_key,
    text,
)

categories = sa.Table(
    "categories",
    metadata,
    primary_key(),
    tenant_key(),
    key("parent_id", "categories.id", nullable=True),
    text("name"),
    text("icon"),
    number("tint"),
    number("position"),
)

taxes = sa.Table(
    "taxes",
    metadata,
    primary_key(),
    tenant_key(),
    text("name"),
)

tax_rates = sa.Table(
    "tax_rates",
    metadata,
    key("tax_id", "taxes.id"),
    sa.Column("valid_from", sa.Date, nullable=False),
    # Basis points; none means free of tax.
    number("percent_bp", nullable=True),
    sa.PrimaryKeyConstraint("tax_id", "valid_from"),
)

modifier_groups = sa.Table(
    "modifier_groups",
    metadata,
    primary_key(),
    tenant_key(),
    text("name"),
    number("min_choices"),
    number("max_choices"),
    number("position"),
)

modifier_options = sa.Table(
    "modifier_options",
    metadata,
    primary_key(),
    key("group_id", "modifier_groups.id"),
    text("name"),
    money("price_delta_minor"),
    flag("is_default"),
    flag("is_stopped"),
    number("position"),
)

products = sa.Table(
    "products",
    metadata,
    primary_key(),
    tenant_key(),
    key("category_id", "categories.id"),
    text("name"),
    text("short_name", nullable=True),
    text("sku"),
    sa.Column("unit", sa.String(10), nullable=False),
    key("tax_id", "taxes.id"),
    money("price_minor"),
    sa.Column("barcodes", sa.JSON, nullable=False),
    sa.Column("modifier_group_ids", sa.JSON, nullable=False),
    sa.Column("recommended_ids", sa.JSON, nullable=False),
    flag("is_favourite"),
    flag("is_stopped"),
    number("stock_left", nullable=True),
    flag("excluded_from_earning"),
    flag("excluded_from_redeeming"),
    # none, or piece: each piece is sold with a marking code of its own.
    sa.Column("marking", sa.String(10), nullable=False, server_default="none"),
    number("position"),
    number("popularity"),
    sa.CheckConstraint("price_minor >= 0", name="price"),
    sa.Index("ix_products_tenant_id", "tenant_id"),
)

variants = sa.Table(
    "variants",
    metadata,
    primary_key(),
    key("product_id", "products.id"),
    text("name"),
    text("sku", nullable=True),
    money("price_minor"),
    sa.Column("barcodes", sa.JSON, nullable=False),
    flag("is_default"),
    number("position"),
    sa.CheckConstraint("price_minor >= 0", name="price"),
)
