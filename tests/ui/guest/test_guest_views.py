"""The guest screens: pictures of every page and error in both themes, and the intents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType
from app.domain.sale import LoyaltyAction
from app.kernel.ids import CardId, GuestId
from app.till import texts
from app.till.words import Words
from app.ui.guest.phone_text import split_mask
from app.ui.guest.search_view import SearchView
from app.ui.guest.state import (
    CameraPage,
    CardPage,
    CodePage,
    GuestRow,
    GuestState,
    PhonePage,
    Reason,
    ReasonsPage,
    RedeemPage,
    RegisterPage,
    SearchPage,
    SearchState,
    Tab,
    WelcomePage,
)
from app.ui.guest.view import GuestView
from app.ui.widgets.label import Label
from tests.fakes.pictures import WORK_AREA, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

NOW = datetime(2025, 11, 20, 14, 32, tzinfo=UTC)
ROWS = (
    GuestRow("1", "Мария К.", "Золото", "79123456789", 990_00, NOW - timedelta(days=1)),
    GuestRow("2", "Александр В.", "Серебро", "79123456012", 214_00, NOW - timedelta(days=8)),
    GuestRow("3", "", "Бронза", "79123456640", 35_00, NOW - timedelta(days=48)),
    GuestRow("4", "Константин", "Платина", "79123456641", 1_00, is_blocked=True),
)
CARD = GuestCard(
    card_id=CardId("c"),
    guest_id=GuestId("g"),
    first_name="Мария К.",
    phone="79123456789",
    code6="482913",
    level_id="gold",
    level_name="Золото",
    regular_minor=840_00,
    promo_minor=150_00,
    visit_count=37,
)
REASONS = ReasonsPage(
    (
        Reason(Words("«Круассан с миндалём»: учтено", "Croissant: counted"), "234,00"),
        Reason(Words("«Капучино, 300 мл»: учтено", "Cappuccino: counted"), "700,00"),
        Reason(
            Words("«Вино белое сухое Шардоне, 150 мл»: без баллов", "Wine: no points"), "420,00"
        ),
        Reason(
            Words("Баллами можно оплатить до 30 % от 934,00 ₽", "Up to 30 % of 934 ₽"), "280,20"
        ),
        Reason(Words("На карте 990 баллов", "The card holds 990 points")),
        Reason(Words("Можно списать 280 баллов", "280 points can be redeemed"), is_result=True),
        Reason(Words("Баллы начисляются с 934,00 ₽", "Points are earned on 934 ₽"), "934,00"),
        Reason(
            Words("«Золото» 7 %: 65 баллов, до целых вниз", "Gold 7 %: 65 points, rounded down"),
            is_result=True,
        ),
    )
)
CHOICES = CardPage(
    action=LoyaltyAction.EARN_ONLY,
    benefit=BenefitType.POINTS,
    earn_minor=174_00,
    percent_bp=1_000,
    base_minor=1_744_00,
    amount_minor=300_00,
    max_spend_minor=523_00,
    can_redeem=True,
)
REDEEM = RedeemPage(
    digits="300",
    amount_minor=300_00,
    quick_minor=(100_00, 300_00, 523_00),
    max_spend_minor=523_00,
    from_promo_minor=150_00,
    from_regular_minor=150_00,
    earn_minor=144_00,
    percent_bp=1_000,
    reserved_minor=300_00,
)
GUEST = GuestState(
    card=CARD,
    percent_bp=1_000,
    page=CHOICES,
    today=NOW,
    next_level="Платина",
    to_next_minor=62_300_00,
    last_visit=NOW - timedelta(days=1),
    favourites=("Капучино", "Круассан с миндалём", "Медовик"),
)
HELD = replace(
    GUEST,
    page=REDEEM,
    card=replace(CARD, regular_minor=690_00, promo_minor=0),
    reserved_minor=300_00,
    reserved_until=NOW + timedelta(minutes=30),
    reserved_left_s=29 * 60 + 12,
)


def search(page: SearchPage, tab: Tab = Tab.PHONE, *, is_offline: bool = False) -> SearchState:
    return SearchState(page, tab, is_offline)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S04-search", search(PhonePage("9123456", ROWS, NOW))),
        (
            "S04-search-offline",
            search(PhonePage("9123456", ROWS[:1], NOW, note=texts.SEARCH_LOCAL), is_offline=True),
        ),
        ("S04-search-wrong", search(PhonePage("91234", error=texts.PHONE_WRONG))),
        ("S04-code", search(CodePage("4829"), Tab.CODE)),
        ("S04-code-wrong", search(CodePage("482914", texts.CARD_NOT_FOUND), Tab.CODE)),
        ("S04-camera", search(CameraPage(is_on=True), Tab.CAMERA)),
        ("S04-camera-wrong", search(CameraPage(error=texts.QR_NOT_FOUND), Tab.CAMERA)),
        ("S04-register", search(RegisterPage("9123456789", "Мария", has_consent=True))),
        (
            "S04-register-error",
            search(RegisterPage("9123456789", error=texts.GUEST_CODES_OUT), is_offline=True),
        ),
        (
            "S04-welcome",
            search(WelcomePage("Мария", "79123456789", "482913", 87_00, is_offline=True)),
        ),
    ],
)
def test_search_page_fits_the_work_area(qtbot: QtBot, name: str, state: SearchState) -> None:
    view = SearchView()
    view.render(state)
    photograph(qtbot, view, name, WORK_AREA)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S05-guest", GUEST),
        (
            "S05-guest-held",
            replace(HELD, page=replace(CHOICES, action=LoyaltyAction.SPEND)),
        ),
        ("S05-redeem", HELD),
        (
            "S05-redeem-above",
            replace(
                HELD,
                page=replace(
                    REDEEM, amount_minor=600_00, error=texts.REDEEM_LIMIT.fill(limit="523 балла")
                ),
            ),
        ),
        (
            "S05-blocked",
            replace(
                GUEST,
                card=replace(CARD, is_blocked=True),
                page=replace(CHOICES, can_redeem=False, why_not=texts.GUEST_BLOCKED, earn_minor=0),
            ),
        ),
        (
            "S05-offline",
            replace(
                GUEST,
                is_offline=True,
                page=replace(CHOICES, can_redeem=False, why_not=texts.REDEEM_OFFLINE),
            ),
        ),
        (
            "S05-discount",
            replace(
                GUEST,
                points_lost=True,
                page=replace(
                    CHOICES,
                    benefit=BenefitType.DISCOUNT,
                    action=LoyaltyAction.DISCOUNT,
                    discount_minor=87_20,
                    can_redeem=False,
                    why_not=texts.REDEEM_NONE,
                    earn_minor=0,
                ),
            ),
        ),
        ("S05-reasons", replace(GUEST, page=REASONS)),
    ],
)
def test_guest_page_fits_the_work_area(qtbot: QtBot, name: str, state: GuestState) -> None:
    view = GuestView()
    view.render(state)
    photograph(qtbot, view, name, WORK_AREA)


def test_chosen_guest_is_named_by_card(qtbot: QtBot) -> None:
    view = SearchView()
    qtbot.addWidget(view)
    view.render(search(PhonePage("9123456", ROWS, NOW)))
    with qtbot.waitSignal(view.phone.guest_chosen, timeout=60_000) as chosen:
        view.phone.results[1].click()
    assert chosen.args == ["2"]


def test_nobody_is_registered_without_consent(qtbot: QtBot) -> None:
    view = SearchView()
    qtbot.addWidget(view)
    view.render(search(RegisterPage("9123456789", "Мария")))
    assert not view.register.button.isEnabled()
    view.render(search(RegisterPage("9123456789", "Мария", has_consent=True)))
    assert view.register.button.isEnabled()


def test_camera_picture_is_shown_and_cleared(qtbot: QtBot) -> None:
    view = SearchView()
    qtbot.addWidget(view)
    view.render(search(CameraPage(is_on=True), Tab.CAMERA))
    view.camera.picture.set_picture(bytes(8 * 6 * 3), 8, 6)
    assert view.camera.picture.has_picture
    view.render(search(CameraPage(), Tab.CAMERA))
    assert not view.camera.picture.has_picture


def test_sum_above_the_maximum_cannot_be_held(qtbot: QtBot) -> None:
    view = GuestView()
    qtbot.addWidget(view)
    page = replace(REDEEM, amount_minor=600_00, error=texts.REDEEM_LIMIT.fill(limit="523"))
    view.render(replace(HELD, page=page))
    assert not view.redeem.button.isEnabled()
    assert "523" in view.redeem.error.text()


def test_lost_hold_offers_to_hold_again(qtbot: QtBot) -> None:
    view = GuestView()
    qtbot.addWidget(view)
    view.render(replace(GUEST, points_lost=True))
    with qtbot.waitSignal(view.hold_again_wanted, timeout=60_000):
        view.hold.button.click()


@pytest.mark.parametrize(
    ("digits", "typed", "rest"),
    [
        ("", "+7 ", "___ ___-__-__"),
        ("9123456", "+7 912 345-6", "_-__"),
        ("9123456789", "+7 912 345-67-89", ""),
    ],
)
def test_phone_mask_keeps_its_shape(digits: str, typed: str, rest: str) -> None:
    assert split_mask(digits) == (typed, rest)


@pytest.mark.parametrize(
    "page",
    [PhonePage("912345", ROWS), CodePage("48"), CameraPage(), RegisterPage("9035550101")],
    ids=lambda page: type(page).__name__,
)
def test_search_fits_a_window_of_1024_without_scrolling(qtbot: QtBot, page: SearchPage) -> None:
    view = SearchView()
    qtbot.addWidget(view)
    view.resize(652, 632)  # what top bar and order leave of 1024 x 768
    view.render(SearchState(page=page, tab=Tab.PHONE))
    view.show()
    qtbot.waitExposed(view)
    assert view.pages.width() <= view.width(), "nothing is cut off at the right"


@pytest.mark.parametrize("width", [652, 934])
def test_no_word_under_a_balance_is_cut_off(qtbot: QtBot, width: int) -> None:
    view = GuestView()
    qtbot.addWidget(view)
    view.resize(width, 712)
    view.render(GUEST)
    view.show()
    for label in view.head.findChildren(Label):
        if label.isVisible() and label.wordWrap():
            assert label.heightForWidth(label.width()) <= label.height(), label.text()
