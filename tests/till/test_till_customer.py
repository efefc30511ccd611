"""What the guest is shown: no phone, the newest lines, two lines that never cut an amount."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.loyalty import LoyaltyRules
from app.kernel.errors import InputError
from app.till.customer_display import (
    GuestLine,
    Idle,
    Ordering,
    PayingByCode,
    Thanks,
    shown_name,
)
from app.till.customer_lines import trial_lines, two_lines
from app.till.customer_setup import CustomerSetup, load_picture
from app.till.qr import qr_dots
from drivers.api.display import COLUMNS
from tests.till.bench import CAKE, COFFEE, SOUP, Bench, guest

AMOUNTS = st.integers(0, 99_999_999_99)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Мария", "Мария"),
        ("Мария Ивановна Петрова", "Мария"),
        ("  ", ""),
        ("+79123456789", ""),
        ("8912-345-67-89 Маша", ""),
        ("R2D2", "R2D2"),
    ],
)
def test_only_a_first_name_is_shown(written: str, shown: str) -> None:
    assert shown_name(written) == shown


def test_order_shows_the_last_six_lines_and_counts_the_rest(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "till")
    till = bench.ready()
    for number in range(8):
        till.sale.tap(COFFEE if number % 2 else SOUP)
    order = till.customer.of_order(till.sale.state())
    assert isinstance(order, Ordering)
    till.sale.tap(CAKE)
    state = till.sale.tap(CAKE).state
    lines = state.cart.lines
    order = till.customer.of_order(state)
    assert isinstance(order, Ordering)
    assert len(order.lines) == min(6, len(lines))
    assert order.hidden_count == max(0, len(lines) - 6)
    assert order.lines[-1].name == lines[-1].name
    assert order.due_minor == state.remaining_minor
    bench.close()


def test_way_to_the_next_tier_is_told_until_the_top(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "till", rules=LoyaltyRules())
    till = bench.ready()
    card = guest(1, level="gold", lifetime_spent_minor=115_308_00)
    till.guests.bind(card)
    till.sale.tap(COFFEE)
    order = till.customer.of_order(till.sale.state())
    assert isinstance(order, Ordering)
    assert order.guest is not None
    assert order.guest.next_level == "Платина"
    assert order.guest.to_next_minor == 34_692_00
    assert order.guest.progress_percent == 65
    assert order.guest.first_name == "Гость1"
    assert card.phone not in repr(order)

    till.guests.bind(guest(2, level="platinum", lifetime_spent_minor=200_000_00))
    order = till.customer.of_order(till.sale.state())
    assert isinstance(order, Ordering)
    assert order.guest is not None
    assert order.guest.next_level == ""
    bench.close()


def test_nothing_bought_is_nothing_shown(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "till")
    till = bench.ready()
    assert till.customer.of_order(till.sale.state()) == Idle()
    bench.close()


def test_sale_is_finished_whatever_the_display_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(tmp_path / "till")
    till = bench.ready()
    seen: list[object] = []

    def broken(_state: object) -> None:
        raise ValueError("unplugged")

    till.customer.listen(broken)
    till.customer.listen(seen.append)
    till.sale.tap(COFFEE)
    till.checkout.start()
    till.checkout.pay_exact_cash()
    assert len(bench.sales()) == 1
    assert [type(state) for state in seen] == [Thanks]
    assert "could not be told" in caplog.text
    caplog.clear()
    bench.close()


def test_end_of_a_code_is_told_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "till")
    till = bench.ready()
    seen: list[object] = []
    till.customer.listen(seen.append)
    till.customer.show_code("https://qr.example.com/1", 100_00)
    assert till.customer.code is not None
    till.customer.withdraw_code()
    till.customer.withdraw_code()
    assert seen == [PayingByCode("https://qr.example.com/1", 100_00), Idle()]
    bench.close()


def figure(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"


LINE = st.builds(
    GuestLine,
    quantity_milli=st.integers(1, 10_000_000),
    name=st.text(max_size=60),
    options=st.just(()),
    discount_bp=st.just(0),
    total_minor=AMOUNTS,
)
PAGES = st.one_of(
    st.just(Idle()),
    st.builds(
        Ordering,
        number=st.just(1),
        lines=st.lists(LINE, min_size=1, max_size=6).map(tuple),
        hidden_count=st.just(0),
        discount_minor=st.just(0),
        points_minor=st.just(0),
        due_minor=AMOUNTS,
    ),
    st.builds(PayingByCode, payload=st.just("x"), amount_minor=AMOUNTS),
    st.builds(
        Thanks,
        sale_id=st.just("s"),
        change_minor=AMOUNTS,
        first_name=st.text(max_size=30),
        earned_minor=AMOUNTS,
    ),
)


@given(page=PAGES, house=st.text(max_size=40), lang=st.sampled_from(["ru", "en"]))
def test_two_lines_fit_and_keep_the_amount_whole(page: object, house: str, lang: str) -> None:
    shown = two_lines(page, house, lang)  # type: ignore[arg-type]  # one of the pages
    assert max(len(shown.first), len(shown.second)) <= COLUMNS
    if isinstance(page, Ordering):
        assert shown.second.replace(" ", "").endswith(figure(page.due_minor))
    elif isinstance(page, Thanks) and page.change_minor:
        assert shown.second.replace(" ", "").endswith(figure(page.change_minor))


def test_trial_lines_show_letters_of_both_ends() -> None:
    first, second = trial_lines()
    assert len(second) == COLUMNS
    assert "Я" in second
    assert first.strip() == "Проверка экрана"


def test_settings_of_the_display_are_checked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="https"):
        CustomerSetup(join_url="card.example.com")
    with pytest.raises(InputError):
        CustomerSetup(title="х" * 301)
    broken = tmp_path / "advert.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n but nothing else")
    with pytest.raises(InputError, match=r"advert\.png"):
        load_picture(str(broken))
    assert load_picture("") is None


def test_code_for_a_screen_has_its_quiet_zone() -> None:
    dots = qr_dots("https://card.example.com/join")
    assert dots is not None
    assert len(dots.gray) == dots.edge**2
    assert set(dots.gray[: dots.edge * 4]) == {255}, "four light rows above the code"
    assert dots.gray[dots.edge * 4 + 4] == 0, "then the corner of the finder pattern"
    assert qr_dots("") is None
    assert qr_dots("x" * 1001) is None


def test_two_lines_of_weights_name_the_quantity() -> None:
    line = GuestLine(350, "Сыр", (), 0, 350_00)
    order = Ordering(1, (line,), 0, 0, 0, 350_00)
    assert two_lines(order, "").first == "0,350 x Сыр   350,00"
    piece = replace(line, quantity_milli=2_000, name="Капучино большой с сиропом")
    assert two_lines(replace(order, lines=(piece,)), "").first == "2 x Капучино  350,00"
