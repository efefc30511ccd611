"""Words that are kept look as words that are laid out anew."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from app.ui.theme import Theme
from app.ui.widgets.words import draw_paragraph

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


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Флэт-уайт", 154, 3),  # breaks at more than spaces
        ("Достопримечательность", 40, 3),  # a word that fits no line
        ("Борщ лимонный с говядиной", 90, 2),  # more lines than there are
    ],
)
def test_what_needs_other_rules_is_left_to_them(
    look: Theme, text: str, width: float, lines: int
) -> None:
    done, image = draw(look, text, width=width, lines=lines)
    assert not done
    assert image == picture()
