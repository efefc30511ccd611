"""The number pad: three columns, four rows, a context key at the left of zero."""

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable

BACKSPACE: Final = "backspace"
_ROWS: Final = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"))


class ContextKey(StrEnum):
    """What the key left of zero does."""

    NONE = "none"
    COMMA = "comma"  # money
    DOUBLE_ZERO = "double-zero"  # points
    CLEAR = "clear"  # phone
    FORGOT = "forgot"  # PIN
    NEXT = "next"  # cash count


class Key(Pressable):
    """One key of a pad or keyboard.

    Args:
        label: What stands on it; empty if there is an icon.
        value: What it means to the pad.
        soft: A grey service key with a smaller label.
        icon: Icon instead of the label.
        size_px: Font size of the label.
        parent: Owner.
    """

    def __init__(
        self,
        label: str,
        value: str,
        *,
        soft: bool = False,
        icon: str = "",
        size_px: int = 30,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, debounce=False)
        self.value = value
        self._soft = soft
        self._icon = icon
        self._size_px = size_px
        self.setText(label)
        self.setAccessibleName(label or value)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_size(self, size_px: int) -> None:
        """Change the font size of the label."""
        if size_px != self._size_px:
            self._size_px = size_px
            self.update()

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the face and the label or icon."""
        look = theme()
        rect = QRectF(self.rect())
        if not self.isEnabled():
            draw_face(painter, rect, "disabled-fill")
        elif self._soft:
            draw_face(painter, rect, "line" if self.isDown() else "surface-3")
        else:
            fill = "surface-3" if self.isDown() else "surface"
            draw_face(painter, rect, fill, border="line-strong")
        tone = "text" if self.isEnabled() else "disabled-text"
        if self._icon:
            icons.paint(painter, self.rect(), self._icon, tone)
            return
        painter.setPen(look.color(tone))
        painter.setFont(look.font_px(self._size_px, 600, tabular=True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())


class Numpad(LiveFrame):
    """A pad of digits for amounts, phones and codes.

    Args:
        context: Meaning of the key left of zero.
        key_height: Design pixels, at least 72; the pad grows above it if it may.
        parent: Owner.

    Attributes:
        digit: A digit, "00" or "," was pressed.
        erased: Backspace was pressed.
        context_pressed: The context key was pressed and it is none of the above.
    """

    digit = Signal(str)
    erased = Signal()
    context_pressed = Signal()

    def __init__(
        self,
        context: ContextKey = ContextKey.COMMA,
        *,
        key_height: int = 72,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._key_height = key_height
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.keys: dict[str, Key] = {}
        for row, digits in enumerate(_ROWS):
            for column, digit in enumerate(digits):
                self._add(Key(digit, digit, parent=self), row, column)
        self._context_key = Key("", "context", soft=True, size_px=18, parent=self)
        self._add(self._context_key, 3, 0)
        self._add(Key("0", "0", parent=self), 3, 1)
        self._erase_key = Key("", BACKSPACE, soft=True, icon="backspace", parent=self)
        self._add(self._erase_key, 3, 2)
        for number in range(4):
            self._grid.setRowStretch(number, 1)
        for number in range(3):
            self._grid.setColumnStretch(number, 1)
        self.refresh()

    def set_context(self, context: ContextKey) -> None:
        """Change the meaning of the key left of zero."""
        self._context = context
        self.retranslate()

    @override
    def apply_theme(self) -> None:
        """Scale gaps and keys."""
        look = theme()
        self._grid.setSpacing(look.px(8))
        for key in self.keys.values():
            key.setMinimumHeight(look.px(self._key_height))

    @override
    def retranslate(self) -> None:
        """Name the service keys."""
        label = _context_label(self._context)
        self._context_key.setText(label)
        self._context_key.set_size(24 if len(label) <= 2 else 18)
        self._context_key.setAccessibleName(label)
        self._context_key.setVisible(self._context != ContextKey.NONE)
        self._erase_key.setAccessibleName(tr("Erase"))

    def _add(self, key: Key, row: int, column: int) -> None:
        self.keys[key.value] = key
        self._grid.addWidget(key, row, column)
        key.clicked.connect(lambda _checked=False, value=key.value: self._on_key(value))

    def _on_key(self, value: str) -> None:
        if value == BACKSPACE:
            self.erased.emit()
        elif value != "context":
            self.digit.emit(value)
        elif self._context == ContextKey.COMMA:
            self.digit.emit(",")
        elif self._context == ContextKey.DOUBLE_ZERO:
            self.digit.emit("00")
        else:
            self.context_pressed.emit()


def _context_label(context: ContextKey) -> str:
    match context:
        case ContextKey.COMMA:
            return ","
        case ContextKey.DOUBLE_ZERO:
            return "00"
        case ContextKey.CLEAR:
            return tr("Clear")
        case ContextKey.FORGOT:
            return tr("Forgot?")
        case ContextKey.NEXT:
            return tr("Next")
        case ContextKey.NONE:
            return ""
