"""What the guest reads: pure pages of two lines, sums whole, names cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.display import (
    Page,
    change_page,
    item_page,
    money,
    pair,
    total_page,
    welcome_page,
)
from drivers.displays.text import CODE_PAGES, line, plain, window


@pytest.mark.parametrize(
    ("page", "upper", "lower"),
    [
        (item_page("Капучино", 25000), "Капучино", "              250,00"),
        (
            item_page("Круассан с миндалём и шоколадом", 45000, quantity_milli=2000),
            "Круассан с миндалём ",
            "x2            450,00",
        ),
        (
            item_page("Салат", 17535, quantity_milli=350, price_minor=50100),
            "Салат",
            "0,35 x 501,00 175,35",
        ),
        (
            item_page("Икра", 1_234_567_800, quantity_milli=12345, price_minor=100_005_000),
            "Икра",
            "       12 345 678,00",
        ),
        (total_page(123450), "ИТОГО       1 234,50", ""),
        (total_page(99, "en"), "TOTAL           0,99", ""),
        (change_page(500000, 376550), "ПОЛУЧЕНО    5 000,00", "СДАЧА       3 765,50"),
        (change_page(-5, 0, "en"), "CASH           -0,05", "CHANGE          0,00"),
        (welcome_page("Кафе Ромашка"), "    Кафе Ромашка", " Добро пожаловать!"),
        (welcome_page("", "", "en"), "", "      Welcome!"),
    ],
)
def test_pages_are_what_the_guest_reads(page: Page, upper: str, lower: str) -> None:
    assert (page.upper, page.lower) == (upper, lower)


@given(
    name=st.text(max_size=60),
    sum_minor=st.integers(min_value=-(10**10), max_value=10**10),
    milli=st.integers(min_value=-(10**6), max_value=10**6),
)
def test_sum_stands_whole_at_the_right_whatever_the_name(
    name: str, sum_minor: int, milli: int
) -> None:
    for page in (
        item_page(name, sum_minor, quantity_milli=milli, price_minor=sum_minor),
        change_page(sum_minor, sum_minor),
        total_page(sum_minor),
    ):
        assert len(page.upper) <= 20
        assert len(page.lower) <= 20
    assert item_page(name, sum_minor).lower.endswith(money(sum_minor))
    assert total_page(sum_minor).upper.endswith(money(sum_minor))


@given(left=st.text(max_size=40), right=st.text(min_size=1, max_size=20))
def test_pair_fills_the_line_exactly(left: str, right: str) -> None:
    assert len(pair(left, right)) == 20
    assert pair(left, right).endswith(right)


def test_impossible_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="no sum of a till"):
        money(10**12)


@pytest.mark.parametrize("code_page", CODE_PAGES)
@given(text=st.text(max_size=60))
def test_any_text_is_one_line_without_commands(code_page: str, text: str) -> None:
    """No name of a dish can carry a command: every byte is a sign."""
    encoded = line(text, code_page, 20)
    assert len(encoded) == 20
    assert min(encoded) >= 0x20


def test_signs_without_a_place_become_readable_ones() -> None:
    assert plain("«Чай» – 5 ₽…", "cp866") == '"Чай" - 5 р.'
    assert plain("Щука жареная №5", "latin") == "Schuka zharenaya No5"
    assert plain("ЁЛКА", "latin") == "ELKA"
    assert plain("茶\x1b@", "cp866") == "?@"


def test_running_text_comes_round() -> None:
    text = "Сегодня круассаны за полцены"
    shown = {window(text, step, 20) for step in range(len(text) + 3)}
    assert window(text, 0, 20) == text[:20]
    assert window(text, len(text) + 3, 20) == text[:20]
    assert all(len(item) == 20 for item in shown)
    assert window("коротко", 5, 20) == "коротко"
