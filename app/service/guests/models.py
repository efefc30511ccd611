"""Tables of guests: names tills gave them offline, used codes, links to their pages, what they like."""

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext

from app.service.db.schema import key, metadata, moment, number, primary_key, tenant_key, text

_NAME_KEY_MAX = 200


def search_keys(phone: str, first_name: str) -> dict[str, str]:
    """Return the columns by which a guest is searched; they go with every change of phone or name."""
    return {"phone_tail": phone[-4:], "name_key": name_key(first_name)}


def name_key(name: str) -> str:
    """Return a name as it is compared: without capitals."""
    return name.casefold()[:_NAME_KEY_MAX]


def _default_tail(context: DefaultExecutionContext) -> str:
    return _given(context, "phone")[-4:]


def _default_name_key(context: DefaultExecutionContext) -> str:
    return name_key(_given(context, "first_name"))


def _given(context: DefaultExecutionContext, name: str) -> str:
    row = context.get_current_parameters()  # type: ignore[no-untyped-call] # not typed by SQLAlchemy
    return str(row[name])


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
    # Kept by whoever inserts; who changes phone or name takes `search_keys`.
    sa.Column(
        "phone_tail",
        sa.String(4),
        nullable=False,
        server_default=sa.text("''"),
        default=_default_tail,
    ),
    # Compared by bytes, so that a range of the index is the names with a beginning.
    sa.Column(
        "name_key",
        sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql"),
        nullable=False,
        server_default=sa.text("''"),
        default=_default_name_key,
    ),
    # The guest with whom this one turned out to be the same; when personal data was erased.
    key("merged_into_id", nullable=True),
    moment("erased_at", nullable=True),
    sa.UniqueConstraint("tenant_id", "phone"),
    # Those whom lists show. Whatever a count or an order looks at is in the index, rows are not read.
    *(
        sa.Index(
            name,
            *columns,
            "erased_at",
            "merged_into_id",
            sqlite_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
        )
        for name, columns in (
            ("ix_guests_tenant_id_created_at", ("tenant_id", "created_at", "id")),
            # A walk by name goes on behind an id of the same name.
            ("ix_guests_tenant_id_name_key", ("tenant_id", "name_key", "id", "created_at")),
            (
                "ix_guests_tenant_id_phone_tail",
                ("tenant_id", "phone_tail", "created_at", "id", "phone"),
            ),
        )
    ),
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

guest_page_links = sa.Table(
    "guest_page_links",
    metadata,
    primary_key(),
    tenant_key(),
    # A link may outlive its guest; then it leads nowhere.
    key("guest_id"),
    key("installation_id"),
    moment("created_at"),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.Index(None, "tenant_id", "guest_id"),
)

guest_favourites = sa.Table(
    "guest_favourites",
    metadata,
    key("card_id", "cards.id"),
    key("product_id"),
    number("times"),
    sa.PrimaryKeyConstraint("card_id", "product_id"),
)
