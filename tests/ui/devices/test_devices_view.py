"""The devices screen in both themes and all widths, and the dialog of one device."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.till.camera import Picture
from app.till.customer_setup import CustomerSetup
from app.till.equipment_cards import screen_card
from app.till.equipment_states import (
    Card,
    DeviceModel,
    EquipmentState,
    Found,
    Light,
    Setup,
    StripLine,
    Trial,
    TrialResult,
)
from app.till.words import Words
from app.ui.devices.detail import DETAIL_SIZE, DetailPanel
from app.ui.devices.forms import customer_fields, device_fields
from app.ui.devices.state import DetailState, DevicesState, Page
from app.ui.devices.view import DevicesView
from app.ui.text import set_language
from app.ui.theme import theme
from tests.fakes.pictures import WIDE_AREA, cut_words, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

PRINTER = DeviceModel(
    "printer.escpos", "printer", "ESC/POS", ("tcp", "serial", "file"),
    (("name", "str"), ("profile", "str"), ("columns", "int")),
)  # fmt: skip
SCANNER = DeviceModel("scanner.serial", "scanner", "USB-COM", ("serial",), (("suffix", "str"),))
TERMINAL = DeviceModel("terminal.zvt", "terminal", "ZVT", ("tcp", "serial"), (("password", "str"),))


def w(text: str) -> Words:
    return Words(text, text)


def card(
    key: str, kind: str, name: str, place: str, light: Light, words: str, **more: object
) -> Card:
    base = Card(key, kind, w(name), w(place), light, w(words))
    return replace(base, **more)  # type: ignore[arg-type]  # its fields


BAR = card(
    "receipt", "printer", "Принтер бара", "Epson TM-T20, 192.168.1.50", Light.READY, "Готов",
    fact=w("бумаги достаточно"), trial=Trial.PRINT,
    setup=Setup("receipt", PRINTER.model, "tcp", "192.168.1.50:9100", (("columns", 48),)),
)  # fmt: skip
KITCHEN = card(
    "kitchen", "printer", "Принтер кухни", "Epson TM-T20, 192.168.1.51", Light.SILENT,
    "Не отвечает", fallback=w("заказы идут на бар"), trial=Trial.PRINT,
    hint=w("Проверьте питание и кабель."), code="device.timeout",
)  # fmt: skip
FISCAL = card(
    "fiscal", "fiscal", "Фискальный регистратор", "АТОЛ 30Ф, USB", Light.ATTENTION, "Нет бумаги",
    fact=w("ФН до 18.06.2026"), hint=w("Вставьте новый рулон."),
)  # fmt: skip
CARDS = (
    FISCAL,
    card("terminal", "terminal", "Терминал оплаты", "ZVT, 192.168.1.40", Light.READY, "Готов",
         fact=w("ответ 0,3 с")),
    BAR,
    KITCHEN,
    card("scanner", "scanner", "Сканер", "Honeywell 1470g, COM4", Light.READY, "Готов",
         fact=w("последний код 14:28"), trial=Trial.SCAN),
    card("camera", "camera", "Камера", "USB HD, 0", Light.UNKNOWN, "Не проверяли", trial=Trial.LOOK),
    card("*drawer", "drawer", "Денежный ящик", "Через «Принтер бара»", Light.UNKNOWN, "Не проверяли",
         trial=Trial.DRAWER),
    screen_card(("HDMI-1", 1024, 600), is_on=True, in_window=False),
)  # fmt: skip
FOUND = (
    Found("p", "Xprinter XP-80", "192.168.1.57", w("похоже на принтер чеков"), Setup("", "p", "tcp", "x")),
    Found("s", "USB Serial Port", "COM3", w("похоже на сканер"), None),
)  # fmt: skip
EQUIPMENT = EquipmentState(CARDS, (PRINTER, SCANNER, TERMINAL), may_change=True)
STATE = DevicesState(EQUIPMENT, FOUND, was_searched=True)
LONG = replace(
    BAR,
    name=w("Принтер «Горячий цех на втором этаже у лестницы»"),
    words=w("Не готов к печати, о бумаге нет данных, ящик открыт"),
    light=Light.ATTENTION,
    hint=w("Закройте крышку, нажмите кнопку подачи и подождите, пока погаснет красный огонёк."),
)


@pytest.mark.parametrize(
    ("name", "state", "size"),
    [
        ("S12-devices", STATE, WIDE_AREA),
        ("S12-devices-1024", STATE, QSize(1024, 712)),
        ("S12-devices-1920", STATE, QSize(1920, 1024)),
        ("S12-devices-empty", DevicesState(was_searched=True), WIDE_AREA),
        ("S12-devices-long", DevicesState(EquipmentState((LONG,) * 3, (PRINTER,))), WIDE_AREA),
        ("S12-devices-busy", replace(STATE, is_checking=True, is_searching=True), WIDE_AREA),
    ],
)
def test_devices_fit_the_screen(qtbot: QtBot, name: str, state: DevicesState, size: QSize) -> None:
    view = DevicesView()
    view.render(state)
    photograph(qtbot, view, name, size)


DETAIL = QSize(*DETAIL_SIZE)
FORM = DetailState(
    card=BAR, page=Page.FORM, can_remove=True,
    fields=device_fields(PRINTER, BAR.setup) if BAR.setup else (),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S12-detail-form", FORM),
        (
            "S12-detail-strip",
            replace(
                FORM,
                page=Page.STRIP,
                strip=tuple(StripLine(index, f"{index:02} 17/866", ()) for index in range(27)),
                strip_line=11,
            ),
        ),
        ("S12-detail-locked", DetailState(card=KITCHEN, page=Page.LOCKED)),
        (
            "S12-detail-scan",
            DetailState(card=CARDS[4], page=Page.SCAN, scanned="4600000000015"),
        ),
        (
            "S12-detail-camera",
            DetailState(
                card=CARDS[5],
                page=Page.CAMERA,
                result=TrialResult("camera", is_ok=False, words=w("Камера занята")),
            ),
        ),
        (
            "S12-detail-error",
            replace(
                FORM, error=w("Настройки не подходят: device receipt: option columns must be int")
            ),
        ),
        (
            "S12-detail-models",
            DetailState(
                page=Page.MODELS,
                is_new=True,
                models=tuple((model.model, model.title) for model in EQUIPMENT.models),
            ),
        ),
    ],
)
def test_dialog_fits_its_frame(qtbot: QtBot, name: str, state: DetailState) -> None:
    panel = DetailPanel()
    panel.show_detail(state)
    photograph(qtbot, panel, name, DETAIL)


def test_dialog_of_the_guests_display(qtbot: QtBot) -> None:
    panel = DetailPanel()
    setup = CustomerSetup(title="Завтрак на двоих", join_url="https://card.example.com/join")
    state = DetailState(card=CARDS[7], page=Page.FORM, fields=customer_fields(setup))
    panel.show_detail(state)
    photograph(qtbot, panel, "S12-detail-screen", DETAIL)
    assert panel.form.values()["mode"] == "auto"
    assert panel.form.values()["title"] == "Завтрак на двоих"


def test_keyboard_of_the_screen_types_into_the_field_with_the_focus(qtbot: QtBot) -> None:
    panel = DetailPanel()
    qtbot.addWidget(panel)
    panel.show_detail(FORM)
    panel.resize(DETAIL)
    panel.show()
    panel.form.toggle_keyboard()
    field = panel.form.field("name")
    field.setFocus()
    QApplication.processEvents()
    for letter in "42":
        panel.form.keyboard.keys[letter].click()
    assert panel.form.values()["name"] == "42"


@pytest.mark.parametrize("percent", [125, 150, 200])
def test_devices_are_usable_in_larger_letters(qtbot: QtBot, percent: int) -> None:
    view = DevicesView()
    qtbot.addWidget(view)
    view.render(STATE)
    theme().apply(scale_percent=percent)
    view.resize(WIDE_AREA)
    view.show()
    QApplication.processEvents()
    assert view.size() == WIDE_AREA
    widths = {each.width() for each in view.grid.cards if each.isVisible()}
    assert min(widths) >= theme().px(300)
    assert not cut_words(view)


def test_english_words_fit_too(qtbot: QtBot) -> None:
    set_language("en")
    view = DevicesView()
    qtbot.addWidget(view)
    view.render(STATE)
    view.resize(QSize(1024, 712))
    view.show()
    QApplication.processEvents()
    assert view.header.title() == "Devices"
    assert not cut_words(view)
    set_language("ru")


def test_counts_stand_in_the_header(qtbot: QtBot) -> None:
    view = DevicesView()
    qtbot.addWidget(view)
    view.render(STATE)
    assert view.ready.accessibleName() == "4 готовы"
    assert view.attention.accessibleName() == "1 внимание"
    assert view.silent.accessibleName() == "1 не отвечает"


def test_every_button_is_reached_by_the_tab_key(qtbot: QtBot) -> None:
    view = DevicesView()
    qtbot.addWidget(view)
    view.render(STATE)
    view.resize(WIDE_AREA)
    view.show()
    QApplication.processEvents()
    view.activateWindow()
    view.header.back_button.setFocus()
    met: list[QWidget] = []
    for _ in range(40):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in met:
            break
        met.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [view.check, view.grid.add, view.found.search, *view.found.buttons.values()]
    for each in view.grid.cards[: len(CARDS)]:
        wanted += [each.test, each.settings]
    assert set(wanted) <= set(met)


def test_card_tells_a_screen_reader_everything(qtbot: QtBot) -> None:
    view = DevicesView()
    qtbot.addWidget(view)
    view.render(STATE)
    name = view.grid.cards[3].accessibleName()
    for part in ("Принтер кухни", "Не отвечает", "заказы идут на бар", "Проверьте питание"):
        assert part in name


def test_camera_picture_is_shown(qtbot: QtBot) -> None:
    panel = DetailPanel()
    qtbot.addWidget(panel)
    panel.camera.set_picture(Picture(bytes((0, 200, 0)) * (64 * 48), 64, 48))
    assert panel.camera.has_picture
    panel.camera.resize(320, 240)
    assert panel.camera.grab().toImage().pixelColor(160, 120).green() == 200
