"""The pages of the guest's display: pictures in both themes, and what a change costs."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QSize
from pytestqt.qtbot import QtBot

from app.till.camera import Picture
from app.till.customer_display import (
    GuestLine,
    GuestPoints,
    Ordering,
    PayingByCode,
    Thanks,
)
from app.till.qr import qr_dots
from app.ui.customer.state import Advert, CustomerScreenState
from app.ui.customer.view import CustomerView
from app.ui.text import set_language
from tests.fakes.pictures import photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

SCREEN = QSize(1024, 600)
URL = "https://card.example.com/join/severnaya-kofeinya"
BANK = "https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=144400"
LINES = (
    GuestLine(1000, "Круассан с миндалём", (), 1000, 234_00),
    GuestLine(1000, "Сырники со сметаной", (), 0, 390_00),
    GuestLine(1000, "Чай облепиховый, 600 мл", (), 0, 420_00),
    GuestLine(2000, "Капучино, 300 мл", ("овсяное молоко",), 0, 700_00),
)
MARIA = GuestPoints("Мария", "Золото", 690_00, True, 101_00, False, "Платина", 34_692_00, 65)
ORDER = Ordering(128, LINES, 0, 26_00, 300_00, 1_444_00, MARIA)
JOIN = qr_dots(URL)
HOUSE = "Кофейня «Север»"
BASE = CustomerScreenState(
    house_name=HOUSE,
    advert=Advert(
        "Завтрак на двоих 1\u202f090\u00a0₽",
        "Два блюда, два напитка и десерт. Каждый день до 12:00.",
        join_url=URL,
    ),
    join_code=JOIN,
)
LONG = tuple(
    GuestLine(350, f"Салат с очень длинным названием номер {number}", ("без лука",), 0, 1_250_00)
    for number in range(6)
)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S14-customer-idle", BASE),
        ("S14-customer-idle-plain", CustomerScreenState(house_name=HOUSE)),
        ("S14-customer-order", replace(BASE, page=ORDER)),
        ("S14-customer-order-no-guest", replace(BASE, page=replace(ORDER, guest=None))),
        (
            "S14-customer-order-offline",
            replace(BASE, page=replace(ORDER, guest=replace(MARIA, is_later=True))),
        ),
        (
            "S14-customer-order-long",
            replace(BASE, page=replace(ORDER, lines=LONG, hidden_count=7, due_minor=123_456_78)),
        ),
        (
            "S14-customer-sbp",
            replace(
                BASE, page=PayingByCode(BANK, 1_444_00), pay_code=qr_dots(BANK), seconds_left=278
            ),
        ),
        (
            "S14-customer-thanks",
            replace(BASE, page=Thanks("s", 556_00, "Мария", True, 791_00, 101_00)),
        ),
        ("S14-customer-thanks-card", replace(BASE, page=Thanks("s", 0))),
        ("S14-customer-test", replace(BASE, is_test=True)),
    ],
)
def test_page_is_drawn(qtbot: QtBot, name: str, state: CustomerScreenState) -> None:
    view = CustomerView()
    view.show_state(state)
    photograph(qtbot, view, name, SCREEN)


@pytest.mark.parametrize("size", [QSize(800, 480), QSize(1920, 1080), QSize(1280, 1024)])
def test_page_fills_any_screen(qtbot: QtBot, size: QSize) -> None:
    view = CustomerView()
    view.show_state(replace(BASE, page=ORDER))
    photograph(qtbot, view, f"S14-customer-{size.width()}", size)
    right = view.guest.geometry().right() + 1
    assert abs(right - size.width()) <= 2
    assert view.lines.geometry().bottom() + 1 <= view.totals.geometry().top() + 2


def test_new_line_draws_only_what_changed(qtbot: QtBot) -> None:
    view = CustomerView()
    qtbot.addWidget(view)
    view.show_state(replace(BASE, page=ORDER))
    view.resize(SCREEN)
    view.show()
    QCoreApplication.processEvents()
    before = (view.lines.draws, view.totals.draws, view.guest.draws)
    more = replace(ORDER, lines=(*LINES, LINES[0]))
    view.show_state(replace(BASE, page=more))
    QCoreApplication.processEvents()
    lines, totals, guest = (view.lines.draws, view.totals.draws, view.guest.draws)
    assert lines == before[0] + 1
    assert (totals, guest) == before[1:], "sums and points are the same"

    view.show_state(replace(BASE, page=more))
    QCoreApplication.processEvents()
    assert (view.lines.draws, view.totals.draws, view.guest.draws) == (lines, totals, guest)


def test_picture_of_the_house_covers_the_advert(qtbot: QtBot) -> None:
    view = CustomerView()
    qtbot.addWidget(view)
    red = Picture(bytes((255, 0, 0)) * (40 * 30), 40, 30)
    view.show_state(replace(BASE, advert=Advert(picture=red), join_code=None))
    view.resize(SCREEN)
    view.show()
    QCoreApplication.processEvents()
    image = view.grab().toImage()
    corners = [(1, 1), (1022, 1), (1, 598), (1022, 598)]
    assert {image.pixelColor(*corner).name() for corner in corners} == {"#ff0000"}


def test_words_follow_the_language(qtbot: QtBot) -> None:
    view = CustomerView()
    qtbot.addWidget(view)
    view.show_state(replace(BASE, page=ORDER))
    assert "К оплате" in view.totals.accessibleName()
    set_language("en")
    QCoreApplication.processEvents()
    assert "To pay" in view.totals.accessibleName()
    set_language("ru")
