"""The menu: taken whole or not at all, found by what a cashier types or scans."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.catalog import Category, Menu, ModifierGroup, Variant
from app.domain.tax import TaxTable
from app.kernel.clock import ManualClock
from app.kernel.ids import CategoryId, ProductId, VariantId
from app.store.engine import Store
from app.store.errors import MenuRefusedError, NotStoredError
from app.store.rows import StopChange
from tests.store.store_makers import (
    CROISSANT,
    ESPRESSO,
    LATTE,
    MILK,
    NOW,
    TAXES,
    make_menu,
)


@pytest.fixture
def filled(store: Store) -> Store:
    store.replace_menu(make_menu())
    return store


def test_products_come_back_whole(filled: Store) -> None:
    with filled.reader() as uow:
        assert uow.catalog.version() == "m1"
        for product in (LATTE, CROISSANT, ESPRESSO):
            assert uow.catalog.get_product(product.product_id) == product
        assert uow.catalog.tax_table() == TAXES
        assert uow.catalog.tax_rates(NOW.date()) == {"vat20": 2000}
        assert uow.catalog.list_categories() == make_menu().categories
        with pytest.raises(NotStoredError):
            uow.catalog.get_product(ProductId("none"))


def test_a_category_shows_what_lies_below_it_page_by_page(filled: Store) -> None:
    with filled.reader() as uow:
        catalog = uow.catalog
        tiles = catalog.list_tiles(CategoryId("drinks"))
        assert [tile.product_id for tile in tiles] == ["latte", "espresso"]
        assert (tiles[0].price_minor, tiles[0].has_variants, tiles[0].needs_choice) == (
            250_00,
            True,
            True,
        )
        assert catalog.count_tiles(CategoryId("drinks")) == 2
        assert catalog.count_tiles() == 3
        page = catalog.list_tiles(CategoryId("drinks"), limit=1, offset=1)
        assert [tile.product_id for tile in page] == ["espresso"]
        assert [tile.product_id for tile in catalog.list_tiles()] == [
            "croissant",
            "latte",
            "espresso",
        ]
        assert [tile.product_id for tile in catalog.list_favourites()] == ["latte"]
        chosen = catalog.list_tiles_by_ids(LATTE.recommended_ids)
        assert [tile.name for tile in chosen] == ["Круассан с миндалём"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("латте", ["latte"]),
        ("сироп", ["latte"]),
        ("сироп лат", ["latte"]),
        ("400", ["latte"]),
        ("миндалем", ["croissant"]),
        ("kfnnt", ["latte"]),  # латте in the wrong layout
        ("круасан", ["croissant"]),  # a letter missing
        ("экспрессо", ["espresso"]),  # a letter too many
        ("с", ["croissant", "latte"]),
        ("kof-00", ["latte", "espresso"]),
        ("460000000003", ["croissant"]),
        ("латте эспрессо", []),
        ("", []),
        ("   ", []),
        ('" OR *', []),
    ],
)
def test_search_finds_what_was_meant(filled: Store, query: str, expected: list[str]) -> None:
    with filled.reader() as uow:
        assert [tile.product_id for tile in uow.catalog.search(query)] == expected


@pytest.mark.parametrize(
    ("code", "product", "variant"),
    [
        ("4600000000015", "latte", None),
        ("4600000000022", "latte", "s"),
        ("KOF-001-L", "latte", "l"),
        ("kof-002", "espresso", None),
        (" 4600000000039 ", "croissant", None),
    ],
)
def test_codes_find_products_and_sizes(
    filled: Store, code: str, product: str, variant: str | None
) -> None:
    with filled.reader() as uow:
        match = uow.catalog.find_by_code(code)
        assert match is not None
        assert match.product.product_id == product
        assert (match.variant.variant_id if match.variant else None) == variant
        assert uow.catalog.find_by_code("0000") is None


def test_stops_change_without_a_new_menu_and_end_with_it(filled: Store) -> None:
    with filled.unit() as uow:
        uow.catalog.apply_stops(
            [
                StopChange(ProductId("latte"), is_stopped=True, stock_left=0),
                StopChange(ProductId("espresso"), is_stopped=False),
            ]
        )
        uow.commit()
    with filled.reader() as uow:
        assert uow.catalog.get_product(ProductId("latte")).is_stopped
        assert [tile.product_id for tile in uow.catalog.list_stopped()] == ["latte"]
    filled.replace_menu(make_menu("m2"))
    with filled.reader() as uow:
        assert [tile.product_id for tile in uow.catalog.list_stopped()] == ["espresso"]


def with_product(**changes: Any) -> Menu:
    return make_menu("bad", (CROISSANT, replace(LATTE, **changes)))


ANY_TINT = Category(CategoryId("x"), "Икс", "cup", 11, 1)
LOOP = Category(CategoryId("x"), "Икс", "cup", 1, 1, CategoryId("x"))
LOST = Category(CategoryId("x"), "Икс", "cup", 1, 1, CategoryId("none"))


@pytest.mark.parametrize(
    ("menu", "reason"),
    [
        (with_product(product_id=CROISSANT.product_id), "the id is there twice"),
        (with_product(category_id="none"), "no category none"),
        (with_product(tax_id="none"), "no tax none"),
        (with_product(name=" "), "no name"),
        (with_product(price_minor=-1), "price"),
        (with_product(stock_left=-1), "stock"),
        (with_product(barcodes=("4600000000039",)), "already there"),
        (with_product(barcodes=(" ",)), "empty barcode"),
        (
            with_product(
                variants=(Variant(VariantId("s"), "S", 1), Variant(VariantId("s"), "M", 1))
            ),
            "variant s is there twice",
        ),
        (with_product(modifier_groups=(replace(MILK, min_choices=2),)), "minimum is above"),
        (
            with_product(modifier_groups=(ModifierGroup("x", "Икс", 1, 1, ()),)),
            "required but empty",
        ),
        (
            with_product(modifier_groups=(replace(MILK, options=MILK.options[:1] * 2),)),
            "repeats an option",
        ),
        (
            make_menu(
                "bad",
                (LATTE, replace(CROISSANT, modifier_groups=(replace(MILK, name="Другое"),))),
            ),
            "described in two ways",
        ),
        (Menu("bad", (ANY_TINT,), (), TAXES), "tint"),
        (Menu("bad", (LOOP,), (), TAXES), "lies within itself"),
        (Menu("bad", (LOST,), (), TAXES), "no category none"),
        (Menu("bad", (replace(LOST, name=""),), (), TAXES), "no name"),
        (Menu("bad", (LOST, LOST), (), TAXES), "the id is there twice"),
        (Menu("bad", (), (CROISSANT,), TaxTable()), "no category bakery"),
    ],
)
def test_a_wrong_menu_is_refused_and_the_old_one_stays(
    filled: Store, menu: Menu, reason: str
) -> None:
    with pytest.raises(MenuRefusedError, match=reason) as caught:
        filled.replace_menu(menu)
    assert caught.value.place
    with filled.reader() as uow:
        assert uow.catalog.version() == "m1"
        assert uow.catalog.count_tiles() == 3


def test_new_menus_leave_one_file(filled: Store, tmp_path: Path) -> None:
    for version in ("m2", "m3"):
        filled.replace_menu(make_menu(version, (CROISSANT,)))
    with filled.reader() as uow:
        assert uow.catalog.version() == "m3"
        assert uow.catalog.search("латте") == ()
    assert len(list((tmp_path / "data").glob("menu-*.db"))) == 1


def test_before_the_first_menu_everything_is_empty(store: Store) -> None:
    with store.reader() as uow:
        assert uow.catalog.version() == ""
        assert uow.catalog.list_tiles() == uow.catalog.list_favourites() == ()
        assert uow.catalog.search("латте") == ()
        assert uow.catalog.find_by_code("1") is None
        assert uow.catalog.tax_table() == TaxTable()
        uow.catalog.warm_search()


def test_a_lost_menu_file_is_asked_for_again(tmp_path: Path, clock: ManualClock) -> None:
    store = Store.open(tmp_path, clock)
    store.replace_menu(make_menu())
    store.close()
    for path in tmp_path.glob("menu-*.db"):
        path.unlink()
    store = Store.open(tmp_path, clock)
    with store.reader() as uow:
        assert uow.catalog.version() == ""  # so the sync thread fetches the menu
    store.replace_menu(make_menu())
    with store.reader() as uow:
        assert uow.catalog.count_tiles() == 3
    store.close()
