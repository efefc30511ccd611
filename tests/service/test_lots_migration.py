"""Revision 0005: cards that had points before lots keep them, and the database watches them from then."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DBAPIError

from app.service import commands
from app.service.db.engine import make_engine
from app.service.db.migrate import _config

ROWS = """
INSERT INTO tenants (id, name, currency, qr_secret, created_at) VALUES ('t', 'T', 'RUB', 's', 0);
INSERT INTO guests (id, tenant_id, phone, first_name, created_at) VALUES ('g', 't', '7', '', 5);
INSERT INTO cards (id, tenant_id, guest_id, code6, regular_minor, promo_minor, reserved_minor,
level_id, visit_count, entry_count, last_visit_at, created_at, updated_at)
VALUES ('c', 't', 'g', '000001', 900, 200, 400, 'bronze', 1, 3, 77, 5, 5);
INSERT INTO installations (id, tenant_id, kind, name, created_at) VALUES ('i', 't', 'till', 'I', 0);
INSERT INTO reservations (id, tenant_id, installation_id, card_id, order_id, kind, status, amount,
held_regular_minor, held_promo_minor, created_at, expires_at, grace_end)
VALUES ('r', 't', 'i', 'c', 'o', 'POINTS', 'ACTIVE', 400, 100, 300, 5, 6, 7)
"""
ENTRIES = (("MANUAL", 1_000, 0, 0), ("PROMO", 0, 600, 1_000), ("REDEEM", 0, -100, 1_600))


def test_points_from_before_lots_are_kept_and_proved(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    engine = make_engine(url, writes=True)
    with engine.connect() as connection, connection.begin():
        command.upgrade(_config(connection), "0004")
        for statement in ROWS.split(";"):
            connection.exec_driver_sql(statement)
        for number, (kind, regular, promo, before) in enumerate(ENTRIES, start=1):
            connection.execute(
                sa.text(
                    "INSERT INTO ledger_entries (id, tenant_id, card_id, card_seq, kind, "
                    "regular_delta_minor, promo_delta_minor, balance_before_minor, "
                    "balance_after_minor, natural_key, occurred_at, created_at) "
                    "VALUES (:id, 't', 'c', :seq, :kind, :r, :p, :b, :a, :id, 0, 0)"
                ),
                {
                    "id": f"e{number}",
                    "seq": number,
                    "kind": kind,
                    "r": regular,
                    "p": promo,
                    "b": before,
                    "a": before + regular + promo,
                },
            )
    commands.migrate(url)
    assert commands.audit(url)["ok"]
    with engine.connect() as connection, connection.begin():
        card = connection.exec_driver_sql(
            "SELECT reserved_promo_minor, lots, active_at FROM cards"
        ).one()
        left = connection.exec_driver_sql(
            "SELECT promo_after_minor FROM ledger_entries ORDER BY id"
        )
        assert (tuple(card), list(left.scalars())) == ((300, "[]", 77), [0, 600, 500])
    for lie in (
        "UPDATE cards SET regular_minor = 901",
        "UPDATE ledger_entries SET promo_after_minor = 0",
    ):
        with pytest.raises(DBAPIError), engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(lie)
    engine.dispose()
