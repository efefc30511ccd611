"""Words that are kept look as words that are laid out anew."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme
from app.ui.widgets import words
from app.ui.widgets.tile import TileState
from app.ui.widgets.tile_grid import TileGrid
from app.ui.widgets.words import draw_line, draw_paragraph

pytestmark = pytest.mark.gui


def picture() -> QImage:
    image = QImage(200, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image


def draw(look: Theme, text: str, *, width: float = 154, lines: int = 3) -> tuple[bool, QImage]:
    image = picture()
    painter = QPainter(image)
    font = look.font_px(17, 600)
    done = draw_paragraph(painter, QPointF(0, 0), text, font, (width, width), 20, lines)
    painter.end()
    return done, image


def test_same_words_give_the_same_picture_again(look: Theme) -> None:
    first, second = draw(look, "Капучино ванильный"), draw(look, "Капучино ванильный")
    assert first[0]
    assert first[1] == second[1] != picture()


def test_words_follow_a_change_of_scale(look: Theme) -> None:
    small = draw(look, "Сырник")[1]
    look.apply(scale_percent=150)
    assert draw(look, "Сырник")[1] != small


def test_words_follow_a_change_of_colour(look: Theme) -> None:
    black, red = picture(), picture()
    font = look.font_px(17, 600)
    for image, colour in ((black, "black"), (red, "red")):
        painter = QPainter(image)
        painter.setPen(QColor(colour))
        draw_line(painter, QPointF(0, 0), "420 ₽", font, 22)
        painter.end()
    assert black != red


@pytest.mark.parametrize(
    ("text", "same", "width", "lines"),
    [
        ("Флэт-уайт", "Флэт- уайт", 70, 2),
        ("Борщ лимонный с говядиной", "Борщ лимонный с…", 125, 2),
        ("Суп, рыба, хлеб", "Суп, рыба…", 110, 1),
    ],
)
def test_lines_break_at_hyphens_and_end_with_an_ellipsis(
    look: Theme, text: str, same: str, width: float, lines: int
) -> None:
    done, image = draw(look, text, width=width, lines=lines)
    assert done
    assert image == draw(look, same, width=width, lines=lines)[1]


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("Достопримечательность", 40),  # a word that fits no line
        ("咖啡 拿铁", 154),  # breaks between any two signs
    ],
)
def test_what_needs_other_rules_is_left_to_them(look: Theme, text: str, width: float) -> None:
    done, image = draw(look, text, width=width)
    assert not done
    assert image == picture()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words whose letters are drawn from now on."""
    noted: list[str] = []
    really: Callable[[words._Shelf, str], object] = words._Shelf._draw

    def draw_word(shelf: words._Shelf, text: str) -> object:
        noted.append(text)
        return really(shelf, text)

    monkeypatch.setattr(words._Shelf, "_draw", draw_word)
    return noted


def test_words_of_expected_products_are_ready_when_they_come(
    look: Theme, qtbot: QtBot, drawn: list[str]
) -> None:
    look.apply(scale_percent=100)
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(750, 550)
    grid.show()
    expected = [TileState(f"p{n}", f"Капучино с маком-{n}", f"{n} ₽", 1) for n in range(40)]
    grid.expect(expected)
    qtbot.waitUntil(lambda: "39 ₽" in drawn)
    drawn.clear()
    grid.set_tiles(expected)
    grid.grab()
    assert drawn == []


def test_words_are_drawn_ahead_only_while_there_is_room(
    look: Theme, monkeypatch: pytest.MonkeyPatch, drawn: list[str]
) -> None:
    look.apply(scale_percent=125)
    monkeypatch.setattr(words, "_BYTES_MAX", 40_000)
    font: QFont = look.font_px(17, 600)
    texts = [f"Слово{number}" for number in range(100)]
    kept = [text for text in texts if words.keep_line(text, font, look.color("text"), 1.0)]
    assert 1 < len(kept) < len(texts)
    assert drawn == kept
    assert all(draw(look, text)[0] for text in texts), "what is shown finds a place all the same"
