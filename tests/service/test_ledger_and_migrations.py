"""L15: entries cannot be changed, balances cannot lie; migrations build what the code describes."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kernel.errors import FinalError
from app.service import commands
from app.service.db.migrate import migrate_database
from app.service.db.revision import newest_revision
from app.service.db.tables import metadata
from tests.service.harness import MARIA, Service, finalize

SHIFTED_HOLD = (
    "UPDATE reservations SET held_promo_minor = held_promo_minor - 1, "
    "held_regular_minor = held_regular_minor + 1 WHERE card_id = '{card}'"
)


def run(service: Service, statement: str) -> None:
    """Change the database behind the service's back."""
    service.runtime.database.write(lambda c: c.exec_driver_sql(statement)).result()


def unwatch(service: Service) -> None:
    """Take away the triggers that refuse what the audit is to find."""
    if service.url.startswith("sqlite"):
        run(service, "DROP TRIGGER cards_agree")
    else:
        run(service, "DROP TRIGGER cards_agree ON cards")


def test_entries_are_chained_from_zero_to_the_balance(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(200)))
    entries = service.rows(
        "SELECT card_seq, kind, balance_before_minor, balance_after_minor FROM ledger_entries "
        "WHERE card_id = 'card-gst-01' ORDER BY card_seq"
    )
    assert entries == [
        (1, "MANUAL", 0, 69_000),
        (2, "PROMO", 69_000, 84_000),
        (3, "REDEEM", 84_000, 64_000),
        (4, "EARN", 64_000, 72_000),
    ]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entries SET reason = 'x'", "DELETE FROM ledger_entries"],
)
def test_database_refuses_to_change_entries(service: Service, statement: str) -> None:
    before = service.count("ledger_entries")
    with pytest.raises(DBAPIError, match="never changed"):
        run(service, statement)
    assert service.count("ledger_entries") == before


def test_database_refuses_a_balance_below_zero(service: Service) -> None:
    unwatch(service)
    with pytest.raises(IntegrityError):
        run(service, f"UPDATE cards SET regular_minor = -1 WHERE id = '{MARIA}'")  # noqa: S608 - a constant


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE cards SET regular_minor = regular_minor + 1 WHERE id = '{card}'", "REGULAR"),
        ("UPDATE cards SET promo_minor = 7 WHERE id = '{card}'", "PROMO"),
        ("UPDATE cards SET reserved_minor = 5 WHERE id = '{card}'", "RESERVED"),
        ("UPDATE cards SET entry_count = 9 WHERE id = '{card}'", "COUNT"),
        (SHIFTED_HOLD, "REGULAR"),
    ],
)
def test_audit_names_the_card_that_lies(service: Service, statement: str, code: str) -> None:
    service.reserve(200)
    unwatch(service)
    run(service, statement.format(card=MARIA))
    result = commands.audit(service.url)
    assert not result["ok"]
    assert (result["cards"], result["brokenCount"]) == (10, 1)
    assert [(b["cardId"], b["code"]) for b in result["broken"]] == [(MARIA, code)]


def test_audit_sees_a_removed_entry(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(200)))
    if service.url.startswith("sqlite"):
        run(service, "DROP TRIGGER ledger_entries_no_delete")
    else:
        run(service, "DROP TRIGGER ledger_entries_no_change ON ledger_entries")
    run(service, "DELETE FROM ledger_entries WHERE kind = 'REDEEM'")
    broken = commands.audit(service.url)["broken"]
    assert [(b["cardId"], b["code"]) for b in broken] == [(MARIA, "SEQUENCE")]


def test_failed_write_leaves_nothing_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.service.loyalty.closing.write_events", explode)
    reservation = service.reserve(200)
    assert service.refused("finalize-points", finalize(reservation)) == "INTERNAL_ERROR"
    assert service.count("loyalty_orders") == 0
    assert service.guest()["reservedBalance"] == 200
    service.assert_clean()


def test_migrations_build_the_tables_of_the_code(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    assert migrate_database(url) == newest_revision()
    assert migrate_database(url) == newest_revision()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


def test_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.sqlite3'}"
    migrate_database(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(FinalError) as refused:
        migrate_database(url)
    assert refused.value.code == "DATABASE_NEWER"
    with engine.connect() as connection:
        assert (
            connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            == "9999"
        )
    engine.dispose()


def test_seeding_again_changes_nothing_but_issues_keys(service: Service) -> None:
    service.ok("finalize-points", finalize(None))
    again = commands.seed(service.url, sandbox=True, clock=service.clock)
    assert service.guest()["totalBalance"] == 940
    assert service.count("products") >= 300
    assert service.count("categories") >= 12
    assert again["tillKey"] != service.seeded["tillKey"]
    assert service.ok("search-guest", {"code6Digit": "482913"}, api_key=again["tillKey"])["found"]
    assert service.guest()["cardId"] == MARIA


def test_seed_says_what_a_script_needs(service: Service) -> None:
    seeded = service.seeded
    prefixes = {"apiKey": "mlk_test_", "tillKey": "tlk_", "iikoKey": "ilk_", "rkeeperKey": "rkl_"}
    for name, prefix in prefixes.items():
        assert seeded[name].startswith(prefix)
    roles = [person["role"] for person in seeded["staff"]]
    assert len(roles) == len(set(roles)) >= 5
    assert len(seeded["guests"]) == 10
    assert set(seeded["guests"][0]) >= {"guestCardId", "phone", "code6Digit"}
    assert seeded["tillKey"] not in str(service.rows("SELECT * FROM api_keys"))
