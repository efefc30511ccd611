"""Tables of guests, of the names tills gave them offline, of used codes, and of what they like."""

import sqlalchemy as sa

from app.service.db.schema import key, metadata, moment, number, primary_key, tenant_key, text

guests = sa.Table(
    "guests",
    metadata,
    primary_key(),
    tenant_key(),
    sa.Column("phone", sa.String(20), nullable=False),
    text("first_name"),
    moment("created_at"),
    # Month and day are what promotions look at; the year may be any.
    sa.Column("birth_date", sa.Date, nullable=True),
    sa.UniqueConstraint("tenant_id", "phone"),
)

guest_aliases = sa.Table(
    "guest_aliases",
    metadata,
    tenant_key(),
    key("client_guest_id"),
    key("card_id", "cards.id"),
    moment("created_at"),
    sa.PrimaryKeyConstraint("tenant_id", "client_guest_id"),
)

guest_qr_uses = sa.Table(
    "guest_qr_uses",
    metadata,
    tenant_key(),
    sa.Column("nonce", sa.String(40), nullable=False),
    # As the code said and as the key said: a code may outlive what it was made for.
    key("card_id"),
    key("installation_id"),
    moment("used_at"),
    sa.PrimaryKeyConstraint("tenant_id", "nonce"),
    sa.Index(None, "used_at"),
)

guest_favourites = sa.Table(
    "guest_favourites",
    metadata,
    key("card_id", "cards.id"),
    key("product_id"),
    number("times"),
    sa.PrimaryKeyConstraint("card_id", "product_id"),
)
