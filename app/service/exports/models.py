"""Tables of export jobs and of the pieces of their files."""

import sqlalchemy as sa

from app.service.db.schema import key, metadata, moment, number, primary_key, tenant_key, text

exports = sa.Table(
    "exports",
    metadata,
    primary_key(),
    tenant_key(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("format", sa.String(10), nullable=False),
    # As asked for, in the wire form of the contract.
    sa.Column("filters", sa.JSON, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    number("attempts"),
    # Which process writes the file, and until when it is believed to live.
    sa.Column("lease_token", sa.String(40), nullable=True),
    moment("leased_until", nullable=True),
    number("row_count", nullable=True),
    number("byte_count", nullable=True),
    text("error", nullable=True),
    moment("created_at"),
    moment("started_at", nullable=True),
    moment("finished_at", nullable=True),
    # When the file is deleted.
    moment("expires_at", nullable=True),
    sa.CheckConstraint("format IN ('CSV', 'JSON', 'XLSX')", name="format"),
    sa.CheckConstraint(
        "state IN ('PENDING', 'RUNNING', 'READY', 'FAILED', 'DELETED')", name="state"
    ),
    sa.Index("ix_exports_tenant_id_created_at", "tenant_id", "created_at"),
    sa.Index("ix_exports_state_created_at", "state", "created_at"),
)

export_pieces = sa.Table(
    "export_pieces",
    metadata,
    key("export_id", "exports.id"),
    number("seq"),
    # Who wrote it: pieces of a process that was taken for lost are never mixed with the next one's.
    sa.Column("lease_token", sa.String(40), nullable=False),
    number("byte_count"),
    # Deflated: text shrinks about tenfold.
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("export_id", "lease_token", "seq"),
)
