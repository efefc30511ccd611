"""A till whose files are damaged, newer than the program, or taken: told in words, nothing lost (O8)."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.demo.stage import Stage
from app.domain.sale import Sale
from app.store.errors import (
    AlreadyRunningError,
    DamagedError,
    FolderError,
    NewerDatabaseError,
)
from tests.flow.open_tills import OpenTill, Tills

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def garble_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database at all" * 4)


def cut_in_half(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def zero_all_but_the_header(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4_096)
        file.write(b"\x00" * (size - 4_096))


def garble_tables(path: Path, *names: str) -> None:
    """Damage the first page of some tables, and no others."""
    with closing(sqlite3.connect(path)) as db:
        (page_size,) = db.execute("PRAGMA page_size").fetchone()
        marks = ", ".join("?" * len(names))
        roots = db.execute(
            f"SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ({marks})",  # noqa: S608 - question marks only
            names,
        ).fetchall()
    with path.open("r+b") as file:
        for (page,) in roots:
            file.seek((page - 1) * page_size)
            file.write(b"\xa5" * page_size)


def garble_tables_of_orders(path: Path) -> None:
    garble_tables(path, "settings", "drafts", "sales")


def sell_offline(opened: OpenTill, stage: Stage, count: int) -> list[Sale]:
    """Cut the network and sell for cash."""
    till = opened.ready()
    stage.network.cut()
    sales = []
    for _ in range(count):
        till.sale.tap(opened.product().product_id, 2_000)
        done = till.checkout.pay_exact_cash().done
        assert done is not None
        sales.append(done.sale)
        till.checkout.dismiss()
    return sales


def orders_at_service(stage: Stage) -> list[str]:
    with closing(sqlite3.connect(stage.service_database)) as db:
        return [row[0] for row in db.execute("SELECT id FROM orders")]


@pytest.mark.parametrize(
    "damage",
    [garble_header, cut_in_half, zero_all_but_the_header, garble_tables_of_orders],
)
def test_damaged_database_is_kept_aside_and_unsent_sales_arrive(
    tills: Tills, stage: Stage, damage: Callable[[Path], None]
) -> None:
    before = tills.open()
    sales = sell_offline(before, stage, 3)
    before.close()
    database = before.core.settings.home / "till.db"
    damage(database)
    damaged = database.read_bytes()

    stage.network.restore()
    after = tills.open()

    assert after.events[0] == "DATABASE_DAMAGED"
    assert after.core.store is not None
    assert all(event.ru and event.en for event in after.core.store.events)
    (aside,) = database.parent.glob("till.damaged-*.db")
    assert aside.read_bytes() == damaged
    assert aside.name in after.core.store.events[0].ru
    assert after.till.catalog.count() > 0
    assert after.ready().session.person is not None
    after.deliver()
    arrived = orders_at_service(stage)
    assert [arrived.count(sale.sale_id) for sale in sales] == [1, 1, 1]


@pytest.mark.parametrize("table", ["settings", "shifts", "drafts", "outbox"])
def test_damage_met_at_a_start_is_repaired_at_that_very_start(tills: Tills, table: str) -> None:
    before = tills.open()
    before.ready()
    before.deliver()
    before.close()
    garble_tables(before.core.settings.home / "till.db", table)

    after = tills.open()

    till = after.ready()
    assert "DATABASE_DAMAGED" in after.events
    till.sale.tap(after.product().product_id)
    assert till.checkout.pay_exact_cash().done is not None


def test_damage_met_by_a_sale_is_told_and_repaired_at_the_next_start(tills: Tills) -> None:
    before = tills.open()
    before.ready()
    before.deliver()
    before.close()
    garble_tables(before.core.settings.home / "till.db", "sales", "tenders")

    during = tills.open()
    till = during.ready()
    till.sale.tap(during.product().product_id)
    with pytest.raises(DamagedError) as caught:
        till.checkout.pay_exact_cash()
    assert "Перезапустите кассу" in caught.value.ru
    assert len(till.desk.order.cart.lines) == 1
    during.close()

    after = tills.open()
    till = after.ready()
    assert after.events[0] == "DATABASE_DAMAGED"
    assert len(till.desk.order.cart.lines) == 1
    assert till.checkout.pay_exact_cash().done is not None
    after.deliver()


def test_newer_database_is_refused_in_words_and_left_alone(tills: Tills) -> None:
    opened = tills.open()
    opened.ready()
    opened.close()
    database = opened.core.settings.home / "till.db"
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA user_version = 9999")
    kept = database.read_bytes()

    with pytest.raises(NewerDatabaseError) as caught:
        tills.open()

    assert "Обновите программу" in caught.value.ru
    assert "Update the program" in caught.value.en
    assert database.read_bytes() == kept
    assert not list(database.parent.glob("*damaged*"))


def test_second_till_on_the_same_folder_is_refused_and_the_first_sells_on(tills: Tills) -> None:
    first = tills.open()
    till = first.ready()

    with pytest.raises(AlreadyRunningError) as caught:
        tills.open()

    assert caught.value.ru == "Касса уже запущена на этом компьютере"
    till.sale.tap(first.product().product_id)
    assert till.checkout.pay_exact_cash().done is not None


def test_folder_that_cannot_be_made_is_named(tills: Tills) -> None:
    folder = tills.folder / "till"
    folder.write_text("not a folder", encoding="utf-8")

    with pytest.raises(FolderError) as caught:
        tills.open(connects=False)

    assert str(folder) in caught.value.ru
