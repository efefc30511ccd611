"""What does not fit is left out sentence by sentence, and a label breaks before it is cut."""

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import Label
from app.ui.widgets.lines import cut

pytestmark = pytest.mark.gui

SENTENCES = "Код уже продан. Возьмите другую упаковку"


def test_a_line_keeps_whole_sentences_before_it_is_cut(look: Theme) -> None:
    metrics = QFontMetrics(look.font_px(14, 500))
    whole, head = metrics.horizontalAdvance(SENTENCES), metrics.horizontalAdvance("Код уже продан.")
    assert cut(SENTENCES, metrics, whole) == SENTENCES
    assert cut(SENTENCES, metrics, whole - 1) == "Код уже продан."
    assert cut(SENTENCES, metrics, head) == "Код уже продан."
    narrow = cut(SENTENCES, metrics, head - 1)
    assert narrow.endswith("…")
    assert metrics.horizontalAdvance(narrow) < head


def test_a_label_that_is_cut_knows_its_whole_text(look: Theme, qtbot: QtBot) -> None:
    label = Label(SENTENCES, size_px=14, elide=True)
    qtbot.addWidget(label)
    label.show()
    label.resize(QFontMetrics(label.font()).horizontalAdvance("Код уже продан.") + 4, 20)
    assert look.scale_percent
    assert label.text() == "Код уже продан."
    assert label.full_text() == SENTENCES


def test_a_long_label_of_a_figure_takes_two_lines(look: Theme, qtbot: QtBot) -> None:
    row = FigureRow(label_px=16, height=34, weight=600)
    qtbot.addWidget(row)
    row.set_figure("Продажи за вычетом возвратов", "18 090,00")
    lines, font = row.label_lines(160)
    assert lines == ["Продажи за вычетом", "возвратов"]
    assert QFontMetrics(font).lineSpacing() * 2 <= look.px(34) + 2
    assert row.label_lines(400)[0] == ["Продажи за вычетом возвратов"]
