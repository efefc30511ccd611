"""The page with the look of receipts fits its dialog and shows the sample."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.till.equipment_states import Card, Light, Setup, Trial
from app.till.receipt_templates import CHOICES
from app.till.words import Words
from app.ui.devices.detail import DETAIL_SIZE, DetailPanel
from app.ui.devices.receipt_page import WIDTHS, ReceiptPage
from app.ui.devices.state import DetailState, LookState, Page
from tests.fakes.pictures import photograph
from tests.till.bench import Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

CARD = Card(
    "receipt", "printer", Words("Принтер чеков", "Receipt printer"), Words("XP-80", "XP-80"),
    Light.READY, Words("Готов", "Ready"), trial=Trial.PRINT,
    setup=Setup("receipt", "printer.escpos", "tcp", "192.168.1.50:9100"),
)  # fmt: skip


def test_every_choice_and_width_has_its_button(qtbot: QtBot) -> None:
    page = ReceiptPage()
    qtbot.addWidget(page)
    assert tuple(page.choices) == CHOICES
    assert tuple(page.widths) == WIDTHS


def test_every_shipped_look_has_its_button(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    page = ReceiptPage()
    qtbot.addWidget(page)
    assert set(page.bases) == set(bench.till.printing.templates.names)
    bench.close()


def test_look_of_receipts_fits_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    templates = bench.till.printing.templates
    panel = DetailPanel()
    panel.show_detail(DetailState(card=CARD, page=Page.RECEIPT))
    text = templates.text()
    state = LookState(text, "default", 48, templates.choices(text), templates.preview(text, 48))
    panel.receipt_page.show_look(state)
    assert panel.receipt_page.bases["default"].isChecked()
    assert not panel.receipt_page.keep.isEnabled()
    photograph(qtbot, panel, "S12-detail-receipt", QSize(*DETAIL_SIZE))
    assert panel.receipt_page.picture.pixmap().height() > 300
    bench.close()
