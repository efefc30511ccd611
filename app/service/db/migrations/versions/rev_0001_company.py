"""Companies, places, keys, staff and the menu."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    _create_tenants()
    _create_loyalty_rules()
    _create_locations()
    _create_registers()
    _create_halls()
    _create_hall_tables()
    _create_installations()
    _create_api_keys()
    _create_card_codes()
    _create_config_versions()
    _create_staff()
    _create_categories()
    _create_taxes()
    _create_tax_rates()
    _create_modifier_groups()
    _create_modifier_options()
    _create_products()
    _create_variants()


def _create_tenants() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("qr_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )


def _create_loyalty_rules() -> None:
    op.create_table(
        "loyalty_rules",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_loyalty_rules_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_rules")),
        sa.UniqueConstraint(
            "tenant_id", "valid_from", name=op.f("uq_loyalty_rules_tenant_id_valid_from")
        ),
    )


def _create_locations() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("taxpayer_id", sa.Text(), nullable=False),
        sa.Column("receipt_header", sa.JSON(), nullable=False),
        sa.Column("receipt_footer", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_locations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )


def _create_registers() -> None:
    op.create_table(
        "registers",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("location_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_registers_location_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_registers_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
    )


def _create_halls() -> None:
    op.create_table(
        "halls",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("location_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_halls_location_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_halls_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halls")),
    )


def _create_hall_tables() -> None:
    op.create_table(
        "hall_tables",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("hall_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_hall_tables_hall_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_hall_tables_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_tables")),
    )


def _create_installations() -> None:
    op.create_table(
        "installations",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("location_id", sa.String(length=100), nullable=True),
        sa.Column("register_id", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('api', 'till', 'iiko', 'rkeeper')", name=op.f("ck_installations_kind")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_installations_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_installations_register_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_installations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("key_hint", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_api_keys_installation_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )


def _create_card_codes() -> None:
    op.create_table(
        "card_codes",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("code6", sa.String(length=6), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_card_codes_installation_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_card_codes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "code6", name=op.f("pk_card_codes")),
    )


def _create_config_versions() -> None:
    op.create_table(
        "config_versions",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_config_versions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_config_versions")),
    )


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_staff_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )


def _create_categories() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.String(length=100), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("icon", sa.Text(), nullable=False),
        sa.Column("tint", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_categories_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )


def _create_taxes() -> None:
    op.create_table(
        "taxes",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_taxes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxes")),
    )


def _create_tax_rates() -> None:
    op.create_table(
        "tax_rates",
        sa.Column("tax_id", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("percent_bp", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("fk_tax_rates_tax_id")),
        sa.PrimaryKeyConstraint("tax_id", "valid_from", name=op.f("pk_tax_rates")),
    )


def _create_modifier_groups() -> None:
    op.create_table(
        "modifier_groups",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("min_choices", sa.BigInteger(), nullable=False),
        sa.Column("max_choices", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_modifier_groups_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modifier_groups")),
    )


def _create_modifier_options() -> None:
    op.create_table(
        "modifier_options",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("group_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "price_delta_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["modifier_groups.id"], name=op.f("fk_modifier_options_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modifier_options")),
    )


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("category_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("tax_id", sa.String(length=100), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("barcodes", sa.JSON(), nullable=False),
        sa.Column("modifier_group_ids", sa.JSON(), nullable=False),
        sa.Column("recommended_ids", sa.JSON(), nullable=False),
        sa.Column("is_favourite", sa.Boolean(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("stock_left", sa.BigInteger(), nullable=True),
        sa.Column("excluded_from_earning", sa.Boolean(), nullable=False),
        sa.Column("excluded_from_redeeming", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("popularity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_products_price")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_products_category_id")
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("fk_products_tax_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_products_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_index("ix_products_tenant_id", "products", ["tenant_id"], unique=False)


def _create_variants() -> None:
    op.create_table(
        "variants",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("barcodes", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_variants_price")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )
