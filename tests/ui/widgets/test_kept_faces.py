"""Faces of buttons are drawn once and kept, and never show what has changed meanwhile."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from typing_extensions import override

from app.ui.text import set_language
from app.ui.theme import Theme, ThemeName
from app.ui.widgets import tile
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.tile import TileState
from app.ui.widgets.tile_grid import TileGrid

CHANGES: dict[str, Callable[[PushButton], object]] = {
    "label": lambda button: button.set_label("Отложить"),
    "icon": lambda button: button.set_label("Оплатить", icon="cash-banknote"),
    "kind": lambda button: button.set_kind(Kind.DANGER),
    "detail": lambda button: button.set_detail("2 блюда"),
    "badge": lambda button: button.set_badge("3"),
    "finger": lambda button: button.setDown(True),
    "state": lambda button: button.setEnabled(False),
    "size": lambda button: button.resize(300, 90),
    "work": lambda button: button.set_busy(True),
}


class Counted(PushButton):
    """A button that counts how often it is drawn."""

    def __init__(self) -> None:
        self.drawn = 0
        super().__init__("Оплатить", Kind.PRIMARY)
        self.resize(200, 64)

    @override
    def draw(self, painter: QPainter) -> None:
        """Count, and draw."""
        self.drawn += 1
        super().draw(painter)


def look_at(button: PushButton) -> QImage:
    return button.grab().toImage()


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_face_is_drawn_once_until_something_changes(
    qtbot: QtBot, change: Callable[[PushButton], object]
) -> None:
    button = Counted()
    qtbot.addWidget(button)
    before = look_at(button)
    assert look_at(button) == before
    assert button.drawn == 1
    change(button)
    assert look_at(button) != before
    assert button.drawn == 2


def test_face_follows_look_and_language(qtbot: QtBot, look: Theme) -> None:
    button = Counted()
    qtbot.addWidget(button)
    button.set_busy(True)
    light = look_at(button)
    look.apply(name=ThemeName.DARK)
    dark = look_at(button)
    assert dark != light
    set_language("en")
    assert look_at(button) != dark


@pytest.mark.usefixtures("look")
def test_what_has_no_room_is_not_drawn_ahead(qtbot: QtBot) -> None:
    button = Counted()
    qtbot.addWidget(button)
    button.resize(0, 64)
    button.draw_ahead()
    assert button.drawn == 0
    button.resize(200, 64)
    button.draw_ahead()
    look_at(button)
    assert button.drawn == 1


@pytest.mark.usefixtures("look")
def test_tiles_of_a_grid_are_of_one_size(qtbot: QtBot) -> None:
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(751, 553)
    grid.show()
    keys = [f"p{number}" for number in range(20)]
    grid.set_tiles([TileState(key, f"Блюдо {key}", "100 ₽", 1) for key in keys])
    sizes = {(grid.tile(key).width(), grid.tile(key).height()) for key in keys[: grid.capacity]}
    assert len(sizes) == 1


@pytest.mark.usefixtures("look")
def test_a_tile_that_stays_is_kept_as_a_picture_until_it_changes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    really = tile._draw_product

    def counted(painter: QPainter, state: TileState, size: QSize, ratio: float) -> None:
        drawn.append(state.price)
        really(painter, state, size, ratio)

    monkeypatch.setattr(tile, "_draw_product", counted)
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(750, 550)
    grid.show()
    grid.set_tiles([TileState("p1", "Капучино", "250 ₽", 1)])
    shown = grid.tile("p1")
    pictures = [shown.grab().toImage() for _ in range(4)]
    assert len(drawn) <= 2, "at once, and for the picture"
    assert all(picture == pictures[0] for picture in pictures)
    grid.set_tiles([TileState("p1", "Капучино", "270 ₽", 1)])
    assert shown.grab().toImage() != pictures[0]
    assert drawn[-1] == "270 ₽"
