"""The on-screen keyboard: Russian, Latin and figures, keys of at least 70 x 62.

It types into a field that it is given; it never takes the focus away from it.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.numpad import BACKSPACE, Key

KEY_HEIGHT_PX: Final = 62
KEY_WIDTH_MIN_PX: Final = 48
SPACE: Final = " "
DONE: Final = "done"


class Layer(StrEnum):
    """What the keys carry."""

    RUSSIAN = "АБВ"
    LATIN = "ABC"
    FIGURES = "123"


LAYERS: Final[dict[Layer, tuple[str, ...]]] = {
    Layer.RUSSIAN: ("йцукенгшщзх", "фывапролджэ", "ячсмитьбюъё"),
    Layer.LATIN: ("qwertyuiop", "asdfghjkl", "zxcvbnm-'."),
    Layer.FIGURES: ("1234567890", '@#№%&*()"«', "+-=/:;,.!?"),
}


class OnScreenKeyboard(LiveFrame):
    """Keys under a field.

    Args:
        parent: Owner.
        layers: Which sets of keys can be switched to.

    Attributes:
        text_typed: A character was typed, into the field if there is one.
        erased: Backspace was pressed.
        done: The keyboard is no longer needed.
    """

    text_typed = Signal(str)
    erased = Signal()
    done = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, layers: Sequence[Layer] = tuple(Layer)
    ) -> None:
        super().__init__(parent, box="bg")
        self._layers = tuple(layers)
        self._layer = self._layers[0]
        self._is_upper = False
        self._field: QLineEdit | None = None
        self._rows: list[QHBoxLayout] = []
        self._column = QVBoxLayout(self)
        self.keys: dict[str, Key] = {}
        self._build()
        self.refresh()

    def attach(self, field: QLineEdit | None) -> None:
        """Type into this field; None only tells what was pressed."""
        self._field = field

    def set_layer(self, layer: Layer) -> None:
        """Show another set of keys."""
        if layer != self._layer:
            self._layer = layer
            self._build()
            self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale gaps and keys."""
        look = theme()
        self._column.setSpacing(look.px(6))
        margin = look.px(8)
        self._column.setContentsMargins(margin, margin, margin, margin)
        for row in self._rows:
            row.setSpacing(look.px(6))
        for key in self.keys.values():
            key.setMinimumHeight(look.px(KEY_HEIGHT_PX))
            key.setMinimumWidth(look.px(KEY_WIDTH_MIN_PX))

    @override
    def retranslate(self) -> None:
        """Name the service keys."""
        self.keys[SPACE].setText(tr("space"))
        self.keys[BACKSPACE].setAccessibleName(tr("Erase"))
        self.keys[DONE].setText(tr("Done"))

    def _build(self) -> None:
        for key in self.keys.values():
            key.hide()
            key.deleteLater()
        for row in self._rows:
            self._column.removeItem(row)
        self.keys, self._rows = {}, []
        for letters in LAYERS[self._layer]:
            row = self._add_row()
            for letter in letters:
                shown = letter.upper() if self._is_upper else letter
                self._add(row, Key(shown, letter, size_px=24, parent=self), 2)
        self._build_bottom(self._add_row())

    def _build_bottom(self, row: QHBoxLayout) -> None:
        self._add(row, Key("", "shift", soft=True, icon="chevron-up", parent=self), 3)
        others = [layer for layer in self._layers if layer != self._layer]
        for layer in others:
            self._add(row, Key(layer.value, layer.value, soft=True, size_px=18, parent=self), 3)
        self._add(row, Key("", SPACE, size_px=18, parent=self), 10)
        self._add(row, Key("", BACKSPACE, soft=True, icon="backspace", parent=self), 3)
        self._add(row, Key("", DONE, soft=True, size_px=18, parent=self), 5)

    def _add_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._rows.append(row)
        self._column.addLayout(row)
        return row

    def _add(self, row: QHBoxLayout, key: Key, stretch: int) -> None:
        self.keys[key.value] = key
        row.addWidget(key, stretch)
        key.clicked.connect(lambda _checked=False, value=key.value: self._on_key(value))

    def _on_key(self, value: str) -> None:
        if value == DONE:
            self.done.emit()
        elif value == BACKSPACE:
            if self._field is not None:
                self._field.backspace()
            self.erased.emit()
        elif value == "shift":
            self._is_upper = not self._is_upper
            self._build()
            self.refresh()
        elif value in {layer.value for layer in Layer}:
            self.set_layer(Layer(value))
        else:
            self._type(value.upper() if self._is_upper else value)

    def _type(self, text: str) -> None:
        if self._field is not None:
            self._field.insert(text)
        self.text_typed.emit(text)
