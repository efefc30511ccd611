"""The demo cafe is a menu that a till can really sell from.

What: `resources/demo/cafe.json`. How: the file is read as it is, and each promise that its readers
rely on (unique codes, check digits, references, choices that can be made) is proven over all of it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.contracts.promotions import PromotionBody

CAFE_FILE = Path(__file__).parents[3] / "resources" / "demo" / "cafe.json"
HALL_WIDTH, HALL_HEIGHT, TABLE_SIDE_MIN = 898, 628, 96
ICONS = {
    "coffee",
    "leaf",
    "glass",
    "egg-fried",
    "bread",
    "cake",
    "pizza",
    "soup",
    "salad",
    "paper-bag",
    "star",
}

# Name, price in roubles, pieces left, stopped: the tiles of the sale screen in its picture.
FAVOURITES = [
    ("Капучино", 290, None, False),
    ("Латте", 310, None, False),
    ("Американо", 190, None, False),
    ("Флэт уайт", 320, None, False),
    ("Раф ванильный", 350, None, False),
    ("Чай облепиховый с имбирём", 420, None, False),
    ("Чай чёрный с чабрецом", 260, None, False),
    ("Вода «Сенежская» 0,5 л", 120, None, False),
    ("Лимонад «Манго-маракуйя»", 340, None, False),
    ("Апельсиновый фреш", 380, 3, False),
    ("Сырники со сметаной", 390, None, False),
    ("Каша овсяная с ягодами", 320, None, False),
    ("Яичница с беконом", 410, None, False),
    ("Круассан с миндалём", 260, None, False),
    ("Булочка с корицей", 210, None, True),
    ("Медовик", 330, None, False),
    ("Чизкейк «Сан-Себастьян»", 390, 2, False),
    ("Тост с лососем и авокадо", 520, None, False),
    ("Крем-суп из тыквы", 350, None, False),
    ("Цезарь с курицей", 490, None, False),
]

Cafe = dict[str, Any]


@pytest.fixture(scope="module")
def cafe() -> Cafe:
    loaded: Cafe = json.loads(CAFE_FILE.read_text(encoding="utf-8"))
    return loaded


def ids(rows: list[Cafe]) -> set[str]:
    return {row["id"] for row in rows}


def repeated(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def sellable(cafe: Cafe) -> Iterator[Cafe]:
    """Give every row that has a SKU, a price and barcodes of its own: products and variants."""
    for product in cafe["products"]:
        yield product
        yield from product["variants"]


def walk(value: object) -> Iterator[object]:
    """Give every plain value of the file."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)
    else:
        yield value


def ean13_is_valid(code: str) -> bool:
    """Check a code by GS1 General Specifications, 7.9: weights 1 and 3 from the left."""
    if not re.fullmatch(r"[0-9]{13}", code):
        return False
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(code)) % 10 == 0


def taxpayer_id_is_valid(number: str) -> bool:
    """Check the ten digits of a Russian organisation's INN."""
    if not re.fullmatch(r"[0-9]{10}", number):
        return False
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    total = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False))
    return total % 11 % 10 == int(number[-1])


def test_place_can_stand_on_a_receipt(cafe: Cafe) -> None:
    location = cafe["location"]
    assert cafe["tenant"]["name"]
    assert location["name"]
    assert location["address"]
    assert location["legal_name"]
    assert taxpayer_id_is_valid(location["taxpayer_id"])
    assert ZoneInfo(location["timezone"]).key == "Europe/Moscow"
    for line in [*location["receipt_header"], *location["receipt_footer"]]:
        assert 0 < len(line) <= 32, line  # a 58 mm roll holds 32 signs
    assert [register["number"] for register in cafe["registers"]] == [1, 2]


def test_menu_is_as_broad_as_a_real_cafe(cafe: Cafe) -> None:
    per_category = Counter(product["category_id"] for product in cafe["products"])
    assert len(cafe["products"]) >= 320
    assert len(cafe["categories"]) >= 14
    assert len(per_category) >= 12
    assert set(per_category) == ids(cafe["categories"])
    assert len(cafe["modifier_groups"]) >= 12
    assert any(product["unit"] == "weight" for product in cafe["products"])
    assert any(variant["barcodes"] for row in cafe["products"] for variant in row["variants"])
    assert any(product["excluded_from_earning"] for product in cafe["products"])
    assert any(product["excluded_from_redeeming"] for product in cafe["products"])


def test_ids_are_unique(cafe: Cafe) -> None:
    for key in ("registers", "taxes", "categories", "halls", "staff", "guests"):
        assert not repeated([row["id"] for row in cafe[key]]), key
    groups = cafe["modifier_groups"]
    options = [option for group in groups for option in group["options"]]
    tables = [table for hall in cafe["halls"] for table in hall["tables"]]
    for rows in (list(sellable(cafe)), groups, options, tables):
        assert not repeated([row["id"] for row in rows])


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("products", "name"),
        ("products", "position"),
        ("categories", "name"),
        ("categories", "position"),
        ("staff", "pin"),
        ("staff", "name"),
        ("guests", "phone"),
        ("guests", "code6"),
    ],
)
def test_what_people_tell_apart_is_unique(cafe: Cafe, section: str, field: str) -> None:
    assert not repeated([row[field] for row in cafe[section]])


def test_skus_and_barcodes_lead_to_one_thing(cafe: Cafe) -> None:
    rows = list(sellable(cafe))
    assert not repeated([row["sku"] for row in rows])
    assert not repeated([code for row in rows for code in row["barcodes"]])


def test_barcodes_have_right_check_digits(cafe: Cafe) -> None:
    wrong = [c for row in sellable(cafe) for c in row["barcodes"] if not ean13_is_valid(c)]
    assert wrong == []


def test_only_weight_goods_have_inner_codes(cafe: Cafe) -> None:
    """An inner code is 2X, five digits of the article, five of grams (zero here), check digit."""
    for product in cafe["products"]:
        codes = [code for row in (product, *product["variants"]) for code in row["barcodes"]]
        if product["unit"] == "weight":
            assert len(codes) == 1, product["id"]
            assert re.fullmatch(r"2[0-9]{6}00000[0-9]", codes[0])
            assert not product["variants"]
        else:
            assert product["unit"] == "piece"
            assert not any(code.startswith("2") for code in codes), product["id"]


def test_references_exist(cafe: Cafe) -> None:
    categories, products = ids(cafe["categories"]), ids(cafe["products"])
    taxes, groups = ids(cafe["taxes"]), ids(cafe["modifier_groups"])
    for product in cafe["products"]:
        assert product["category_id"] in categories, product["id"]
        assert product["tax_id"] in taxes, product["id"]
        assert set(product["modifier_group_ids"]) <= groups, product["id"]
        assert not repeated(product["modifier_group_ids"]), product["id"]
        assert set(product["recommended_ids"]) <= products - {product["id"]}, product["id"]
        assert not repeated(product["recommended_ids"]), product["id"]
        assert len(product["recommended_ids"]) in {0, 2, 3, 4}, product["id"]
    for guest in cafe["guests"]:
        assert set(guest["favourite_product_ids"]) <= products, guest["id"]


def test_everything_described_is_used(cafe: Cafe) -> None:
    products = cafe["products"]
    assert {product["tax_id"] for product in products} == ids(cafe["taxes"])
    used = {group_id for product in products for group_id in product["modifier_group_ids"]}
    assert used == ids(cafe["modifier_groups"])


def test_categories_have_two_levels_and_no_more(cafe: Cafe) -> None:
    parents = {row["id"]: row["parent_id"] for row in cafe["categories"]}
    children = {row_id: parent for row_id, parent in parents.items() if parent is not None}
    assert children
    assert all(parents[parent] is None for parent in children.values())
    assert {row["icon"] for row in cafe["categories"]} <= ICONS
    assert {row["tint"] for row in cafe["categories"]} <= set(range(1, 11))


def test_every_group_can_be_satisfied(cafe: Cafe) -> None:
    for group in cafe["modifier_groups"]:
        count = len(group["options"])
        assert 0 <= group["min_choices"] <= group["max_choices"], group["id"]
        assert 1 <= group["max_choices"] <= count, group["id"]
        assert not repeated([option["name"] for option in group["options"]]), group["id"]
    minimums = {group["min_choices"] for group in cafe["modifier_groups"]}
    assert {0, 1} <= minimums


def test_defaults_are_a_choice_that_is_allowed(cafe: Cafe) -> None:
    for group in cafe["modifier_groups"]:
        defaults = sum(option["is_default"] for option in group["options"])
        assert defaults <= group["max_choices"], group["id"]
        # Defaults that are too few would look like a choice but could not be sold.
        assert defaults == 0 or defaults >= group["min_choices"], group["id"]
    required = [group for group in cafe["modifier_groups"] if group["min_choices"]]
    assert any(not any(o["is_default"] for o in group["options"]) for group in required)


def test_product_never_shows_two_groups_of_one_name(cafe: Cafe) -> None:
    names = {group["id"]: group["name"] for group in cafe["modifier_groups"]}
    for product in cafe["products"]:
        assert not repeated([names[i] for i in product["modifier_group_ids"]]), product["id"]


def test_variants_have_one_default_at_the_price_of_the_product(cafe: Cafe) -> None:
    with_variants = [product for product in cafe["products"] if product["variants"]]
    assert with_variants
    for product in with_variants:
        defaults = [row for row in product["variants"] if row["is_default"]]
        assert [row["price_minor"] for row in defaults] == [product["price_minor"]], product["id"]
        assert not repeated([row["name"] for row in product["variants"]]), product["id"]
        assert product["barcodes"] == [], product["id"]  # a code must tell the size too


def test_money_is_whole_kopecks_and_no_price_can_fall_to_zero(cafe: Cafe) -> None:
    assert not [value for value in walk(cafe) if isinstance(value, float)]
    options = {
        group["id"]: [option["price_delta_minor"] for option in group["options"]]
        for group in cafe["modifier_groups"]
    }
    for product in cafe["products"]:
        cheapest = min(row["price_minor"] for row in (product, *product["variants"]))
        lowest = sum(min(0, *options[i]) for i in product["modifier_group_ids"])
        assert cheapest + lowest > 0, product["id"]


def test_favourites_are_the_tiles_of_the_picture(cafe: Cafe) -> None:
    favourites = [product for product in cafe["products"] if product["is_favourite"]]
    favourites.sort(key=lambda product: product["position"])
    shown = [
        (row["name"], row["price_minor"] // 100, row["stock_left"], row["stopped"])
        for row in favourites
    ]
    assert shown == FAVOURITES
    assert all(row["price_minor"] % 100 == 0 for row in favourites)


def test_file_keeps_the_order_of_positions(cafe: Cafe) -> None:
    for key in ("categories", "products", "modifier_groups", "halls"):
        positions = [row["position"] for row in cafe[key]]
        assert positions == sorted(positions), key


def test_names_fit_a_tile(cafe: Cafe) -> None:
    for row in sellable(cafe):
        assert 0 < len(row["name"]) <= 60, row["name"]
        assert row["name"] == " ".join(row["name"].split()), row["name"]


def test_stock_and_popularity_are_counts(cafe: Cafe) -> None:
    for product in cafe["products"]:
        assert product["stock_left"] is None or product["stock_left"] > 0, product["id"]
        assert product["popularity"] > 0, product["id"]


def test_tax_rates_follow_one_another(cafe: Cafe) -> None:
    rates = {tax["name"]: tax["rates"] for tax in cafe["taxes"]}
    assert rates == {
        "НДС 22 %": [
            {"from": "2019-01-01", "percent_bp": 2000},
            {"from": "2026-01-01", "percent_bp": 2200},
        ],
        "НДС 10 %": [{"from": "2019-01-01", "percent_bp": 1000}],
        "Без НДС": [{"from": "2019-01-01", "percent_bp": None}],
    }
    for rows in rates.values():
        days = [date.fromisoformat(row["from"]) for row in rows]
        assert all(earlier < later for earlier, later in pairwise(days))


def test_tables_stand_apart_inside_their_hall(cafe: Cafe) -> None:
    assert [hall["name"] for hall in cafe["halls"]] == ["Зал", "Веранда"]
    for hall in cafe["halls"]:
        for table in hall["tables"]:
            assert table["x"] >= 0
            assert table["y"] >= 0
            assert table["x"] + table["w"] <= HALL_WIDTH, table["id"]
            assert table["y"] + table["h"] <= HALL_HEIGHT, table["id"]
            assert min(table["w"], table["h"]) >= TABLE_SIDE_MIN, table["id"]
            assert table["seats"] >= 1, table["id"]
        for one, other in combinations(hall["tables"], 2):
            assert not overlap(one, other), (one["id"], other["id"])
    names = [table["name"] for hall in cafe["halls"] for table in hall["tables"]]
    assert len(names) >= 20
    assert not repeated(names)


def overlap(one: Cafe, other: Cafe) -> bool:
    """Tell whether two tables share some floor."""
    return bool(
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def test_staff_fills_every_role(cafe: Cafe) -> None:
    roles = Counter(person["role"] for person in cafe["staff"])
    assert set(roles) == {"owner", "admin", "manager", "cashier", "waiter", "kitchen"}
    cashiers = {row["name"].split()[0] for row in cafe["staff"] if row["role"] == "cashier"}
    assert cashiers >= {"Анна", "Игорь", "Светлана"}
    assert all(re.fullmatch(r"[0-9]{4}", person["pin"]) for person in cafe["staff"])


def test_guests_are_ten_fictional_people(cafe: Cafe) -> None:
    assert len(cafe["guests"]) == 10
    for guest in cafe["guests"]:
        assert re.fullmatch(r"[А-ЯЁ][а-яё]+ [А-ЯЁ]\.", guest["name"]), guest["name"]
        assert re.fullmatch(r"7900000[0-9]{4}|79123456789", guest["phone"]), guest["phone"]
        assert re.fullmatch(r"[1-9][0-9]{5}", guest["code6"]), guest["code6"]
    # The till also finds a guest by the last four digits.
    assert not repeated([guest["phone"][-4:] for guest in cafe["guests"]])


def test_guest_of_the_picture_is_there(cafe: Cafe) -> None:
    maria = next(guest for guest in cafe["guests"] if guest["name"] == "Мария К.")
    assert maria["phone"] == "79123456789"
    assert maria["level"] == "gold"
    assert (maria["regular_minor"], maria["promo_minor"]) == (690_00, 150_00)


def test_guest_levels_follow_the_thresholds(cafe: Cafe) -> None:
    levels = cafe["loyalty_rules"]["levels"]
    for guest in cafe["guests"]:
        spent = guest["lifetime_spent_minor"]
        reached = [level["id"] for level in levels if level["threshold_minor"] <= spent]
        assert guest["level"] == reached[-1], guest["id"]
    assert {guest["level"] for guest in cafe["guests"]} == {level["id"] for level in levels}


def test_guest_balances_have_a_history_and_an_end(cafe: Cafe) -> None:
    for guest in cafe["guests"]:
        assert guest["regular_minor"] >= 0, guest["id"]
        assert guest["promo_minor"] >= 0, guest["id"]
        assert (guest["promo_minor"] > 0) == (guest["promo_expires"] is not None), guest["id"]
        assert (guest["visit_count"] > 0) == (guest["lifetime_spent_minor"] > 0), guest["id"]
        if guest["promo_expires"]:
            # Far off, so that the promotional points are still there when the demo is shown.
            assert date.fromisoformat(guest["promo_expires"]) >= date(2030, 1, 1), guest["id"]


def test_loyalty_rules_are_those_of_the_programme(cafe: Cafe) -> None:
    rules = cafe["loyalty_rules"]
    levels = [(row["id"], row["threshold_minor"], row["percent_bp"]) for row in rules["levels"]]
    assert levels == [
        ("bronze", 0, 500),
        ("silver", 10_000_00, 700),
        ("gold", 50_000_00, 1000),
        ("platinum", 150_000_00, 1500),
    ]
    assert {key: value for key, value in rules.items() if key != "levels"} == {
        "max_redeem_percent_bp": 3000,
        "min_check_minor": 50_00,
        "redeem_step_minor": 1_00,
        "earn_rounding": "floor_whole",
        "regular_lapse_days": 365,
        "offline_redeem_limit_minor": 0,
    }


def test_promotions_can_be_computed_and_name_what_is_on_the_menu(cafe: Cafe) -> None:
    known = {row["id"] for name in ("categories", "products") for row in cafe[name]}
    for promotion in cafe["promotions"]:
        made = PromotionBody.model_validate(promotion["body"]).to_domain(promotion["id"])
        selection = made.conditions.products
        assert selection.product_ids | selection.category_ids <= known
        # The demonstration's sums are computed without promotions.
        assert made.needs_code or promotion["state"] == "PAUSED"
        assert made.needs_code == bool(promotion["codes"])
