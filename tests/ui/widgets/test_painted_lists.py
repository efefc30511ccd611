"""Tiles, categories, order lines and the main button: what is tapped, shown and kept back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import SCALES_PERCENT, Theme
from app.ui.widgets.keyboard import Layer, OnScreenKeyboard
from app.ui.widgets.lines import break_words
from app.ui.widgets.main_button import MainButton, MainMeaning
from app.ui.widgets.order_lines import LineState, OrderLines
from app.ui.widgets.rail import MORE, CategoryRail, CategoryState
from app.ui.widgets.tile import TileState
from app.ui.widgets.tile_grid import TileGrid

pytestmark = pytest.mark.usefixtures("look")


def tiles(count: int) -> list[TileState]:
    return [TileState(str(n), f"Товар {n}", "100 ₽", n % 10 + 1) for n in range(count)]


def lines(count: int) -> tuple[LineState, ...]:
    return tuple(LineState(str(n), "1", f"Строка {n}", "100,00", "деталь") for n in range(count))


def shown(qtbot: QtBot, widget: QWidget, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()


@pytest.mark.parametrize("scale", SCALES_PERCENT)
def test_tiles_fill_the_grid_and_are_never_too_low(look: Theme, qtbot: QtBot, scale: int) -> None:
    look.apply(scale_percent=scale)
    grid = TileGrid()
    shown(qtbot, grid, 758, 552)
    grid.set_tiles(tiles(60))

    heights = {grid.tile(str(n)).height() for n in range(grid.capacity)}
    assert min(heights) >= look.px(96)
    last = grid.tile(str(grid.capacity - 1))
    assert abs(last.geometry().bottom() + 1 - grid.height()) <= 1


def test_reference_grid_is_four_by_five(qtbot: QtBot) -> None:
    grid = TileGrid()
    shown(qtbot, grid, 758, 552)
    assert (grid.rows, grid.capacity) == (5, 20)


def test_pages_reuse_the_same_tiles(qtbot: QtBot) -> None:
    grid = TileGrid()
    shown(qtbot, grid, 758, 552)
    grid.set_tiles(tiles(45))
    before = grid.findChildren(QWidget)
    turned: list[tuple[int, int]] = []
    grid.paged.connect(lambda page, pages: turned.append((page, pages)))

    grid.turn(1)
    grid.turn(1)
    grid.turn(1)
    assert turned == [(1, 3), (2, 3)]
    assert grid.tile("44").isVisible()
    assert grid.findChildren(QWidget) == before


def test_tap_tells_the_product_and_a_long_press_asks(qtbot: QtBot) -> None:
    grid = TileGrid()
    shown(qtbot, grid, 758, 552)
    grid.set_tiles(tiles(3))
    tapped: list[str] = []
    grid.tapped.connect(tapped.append)
    held: list[str] = []
    grid.held.connect(held.append)

    QTest.mouseClick(grid.tile("1"), Qt.MouseButton.LeftButton)
    tile = grid.tile("2")
    QTest.mousePress(tile, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: held == ["2"], timeout=60_000)
    QTest.mouseRelease(tile, Qt.MouseButton.LeftButton)
    assert tapped == ["1"]


def test_long_name_is_cut_by_word_after_three_lines(look: Theme) -> None:
    name = "Сэндвич с запечённой индейкой, томатами, рукколой и соусом песто на чиабатте"
    words = break_words(name, look.font_px(17, 600), 155, 3)
    assert len(words) == 3
    assert words[-1].endswith("…")
    assert name.startswith(" ".join(words)[:-1].rstrip())


def test_rail_pages_through_all_categories(qtbot: QtBot) -> None:
    rail = CategoryRail()
    shown(qtbot, rail, 152, 616)
    states = [CategoryState(str(n), f"Категория {n}", "coffee", "cat-1") for n in range(13)]
    rail.set_categories(states, "0")
    chosen: list[str] = []
    rail.chosen.connect(chosen.append)

    with pytest.raises(KeyError):
        rail.item("11")
    QTest.mouseClick(rail.item(MORE), Qt.MouseButton.LeftButton)
    QTest.mouseClick(rail.item("11"), Qt.MouseButton.LeftButton)
    assert chosen == ["11"]


def test_tap_selects_a_line_and_a_tap_on_its_quantity_asks(qtbot: QtBot) -> None:
    listing = OrderLines()
    shown(qtbot, listing, 430, 400)
    listing.set_lines(lines(3))
    selected: list[str] = []
    listing.selected.connect(selected.append)
    asked: list[str] = []
    listing.quantity_tapped.connect(asked.append)

    middle = listing.rect_of("1").center()
    QTest.mouseClick(listing.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    left = QPoint(20, middle.y())
    QTest.mouseClick(listing.viewport(), Qt.MouseButton.LeftButton, pos=left)
    assert selected == ["1", "1"]
    assert asked == ["1"]


def test_drag_scrolls_and_selects_nothing(qtbot: QtBot) -> None:
    listing = OrderLines()
    shown(qtbot, listing, 430, 400)
    listing.set_lines(lines(50))
    listing.verticalScrollBar().setValue(0)
    selected: list[str] = []
    listing.selected.connect(selected.append)

    port = listing.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(200, 300))
    QTest.mouseMove(port, QPoint(200, 200))
    QTest.mouseMove(port, QPoint(200, 100))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert listing.verticalScrollBar().value() == 200
    assert selected == []


def test_new_line_is_scrolled_into_view_among_five_hundred(qtbot: QtBot) -> None:
    listing = OrderLines()
    shown(qtbot, listing, 430, 400)
    many = lines(499)
    listing.set_lines(many)
    listing.set_lines((*many, LineState("new", "1", "Новая", "5,00")), "new")
    assert listing.rect_of("new").bottom() <= listing.viewport().height()
    assert listing.actions_row.isVisible()


def test_offsets_after_a_change_in_the_middle_are_those_of_a_fresh_list(qtbot: QtBot) -> None:
    listing = OrderLines()
    shown(qtbot, listing, 430, 400)
    old = lines(30)
    listing.set_lines(old, "3")
    changed = (*old[:10], LineState("10", "2", "Длинное название " * 4, "9,00"), *old[11:25])
    listing.set_lines(changed, "20")

    fresh = OrderLines()
    shown(qtbot, fresh, 430, 400)
    fresh.set_lines(changed, "20")
    assert listing._offsets == fresh._offsets


def test_line_actions_are_hidden_while_money_moves(qtbot: QtBot) -> None:
    listing = OrderLines()
    shown(qtbot, listing, 430, 400)
    listing.set_lines(lines(2), "1")
    assert listing.actions_row.isVisible()
    listing.set_lines(lines(2), "1", can_edit=False)
    assert not listing.actions_row.isVisible()


def test_main_button_takes_no_press_right_after_its_meaning_changed(qtbot: QtBot) -> None:
    button = MainButton()
    shown(qtbot, button, 416, 80)
    pressed: list[str] = []
    button.pressed_as.connect(pressed.append)
    button.set_meaning(MainMeaning("pay", "Оплатить", "10,00 ₽"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.set_meaning(MainMeaning("accept", "Принять", "10,00 ₽"))

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["pay"]
    qtbot.waitUntil(lambda: not button.is_locked, timeout=60_000)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["pay", "accept"]


def test_another_sum_does_not_lock_the_main_button(qtbot: QtBot) -> None:
    button = MainButton()
    shown(qtbot, button, 416, 80)
    button.set_meaning(MainMeaning("pay", "Оплатить", "10,00 ₽"))
    button.set_meaning(MainMeaning("pay", "Оплатить", "20,00 ₽"))
    assert not button.is_locked


def test_keyboard_types_into_the_field_in_every_layer(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    keyboard = OnScreenKeyboard()
    shown(qtbot, keyboard, 900, 280)
    keyboard.attach(field)
    for key in ("к", "о", "shift", "д", "backspace", "ф"):
        keyboard.keys[key].click()
    keyboard.set_layer(Layer.FIGURES)
    keyboard.keys["7"].click()
    assert field.text() == "коФ7"
