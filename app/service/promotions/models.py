"""Tables of promotions, their versions, promo codes, and of what has been used."""

import sqlalchemy as sa

from app.service.db.schema import (
    flag,
    key,
    metadata,
    moment,
    money,
    number,
    primary_key,
    tenant_key,
    text,
)

promotions = sa.Table(
    "promotions",
    metadata,
    primary_key(),
    tenant_key(),
    text("name"),
    sa.Column("state", sa.String(10), nullable=False),
    # The definition as JSON text in its wire form; the columns below are copies to search by.
    text("body"),
    # Changes with each new body or switch: the till and the parsed definitions are kept by it.
    key("version_id"),
    number("priority"),
    flag("needs_code"),
    moment("starts_at", nullable=True),
    moment("ends_at", nullable=True),
    # A limit and how much of it is taken, held uses included. Without a limit nobody counts here.
    number("max_uses", nullable=True),
    number("used_count"),
    moment("created_at"),
    moment("changed_at"),
    sa.CheckConstraint(
        "state IN ('DRAFT', 'SCHEDULED', 'ACTIVE', 'PAUSED', 'EXPIRED', 'ARCHIVED')", name="state"
    ),
    sa.CheckConstraint("used_count >= 0", name="used_count"),
    sa.Index("ix_promotions_tenant_id_state", "tenant_id", "state"),
    sa.Index("ix_promotions_state_starts_at", "state", "starts_at"),
    sa.Index("ix_promotions_state_ends_at", "state", "ends_at"),
)

promotion_versions = sa.Table(
    "promotion_versions",
    metadata,
    primary_key(),
    tenant_key(),
    key("promotion_id", "promotions.id"),
    # A sale that arrives late is judged by the version of its time.
    moment("valid_from"),
    flag("is_on"),
    text("body"),
    sa.Index("ix_promotion_versions_promotion_id_valid_from", "promotion_id", "valid_from"),
)

promo_codes = sa.Table(
    "promo_codes",
    metadata,
    primary_key(),
    tenant_key(),
    key("promotion_id", "promotions.id"),
    # Capital letters and digits, as `normalize_code` leaves them.
    sa.Column("code", sa.String(40), nullable=False),
    key("batch_id", nullable=True),
    number("max_uses", nullable=True),
    number("used_count"),
    moment("valid_from", nullable=True),
    moment("valid_until", nullable=True),
    moment("disabled_at", nullable=True),
    moment("created_at"),
    sa.UniqueConstraint("tenant_id", "code"),
    sa.CheckConstraint("max_uses IS NULL OR used_count <= max_uses", name="used_count"),
    sa.CheckConstraint("used_count >= 0", name="used_count_sign"),
    sa.Index("ix_promo_codes_promotion_id", "promotion_id"),
    sa.Index("ix_promo_codes_batch_id", "batch_id"),
)

promotion_guest_uses = sa.Table(
    "promotion_guest_uses",
    metadata,
    key("promotion_id", "promotions.id"),
    key("card_id", "cards.id"),
    number("used_count"),
    sa.PrimaryKeyConstraint("promotion_id", "card_id"),
    sa.CheckConstraint("used_count >= 0", name="used_count"),
)

promotion_uses = sa.Table(
    "promotion_uses",
    metadata,
    primary_key(),
    tenant_key(),
    key("promotion_id", "promotions.id"),
    key("code_id", "promo_codes.id", nullable=True),
    key("installation_id", "installations.id"),
    key("order_id"),
    key("card_id", "cards.id", nullable=True),
    sa.Column("state", sa.String(10), nullable=False),
    money("discount_minor"),
    money("points_minor"),
    # A use past a limit is a fact of a sale that is over: it is recorded and takes no place.
    flag("counts_total"),
    flag("counts_guest"),
    flag("counts_code"),
    # Why the use should not have been, as a code of the domain's reasons; none if all is well.
    sa.Column("fault", sa.String(40), nullable=True),
    moment("occurred_at"),
    moment("held_until", nullable=True),
    moment("released_at", nullable=True),
    moment("created_at"),
    sa.UniqueConstraint("installation_id", "order_id", "promotion_id"),
    sa.CheckConstraint("state IN ('HELD', 'USED', 'RELEASED')", name="state"),
    sa.CheckConstraint("discount_minor >= 0", name="discount"),
    sa.CheckConstraint("points_minor >= 0", name="points"),
    sa.Index("ix_promotion_uses_promotion_id_created_at", "promotion_id", "created_at"),
    sa.Index("ix_promotion_uses_tenant_id_order_id", "tenant_id", "order_id"),
    sa.Index("ix_promotion_uses_state_held_until", "state", "held_until"),
    sa.Index("ix_promotion_uses_card_id", "card_id"),
)

promo_code_guesses = sa.Table(
    "promo_code_guesses",
    metadata,
    tenant_key(),
    # Who guesses: an installation, a person, a guest's card, or "*" for the whole company.
    sa.Column("subject", sa.String(120), nullable=False),
    number("misses"),
    number("locks"),
    moment("counted_from"),
    moment("locked_until", nullable=True),
    sa.PrimaryKeyConstraint("tenant_id", "subject"),
)
