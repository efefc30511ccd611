"""The small dialogs of the sale: more, orders on hold, a number, a text, the help of keys."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.ui import icons
from app.ui.frame.dialogs import DialogFrame
from app.ui.sale.state import HeldItem, MoreItem
from app.ui.text import tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.field import Field
from app.ui.widgets.keyboard import OnScreenKeyboard
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.scroll import scroll_around

MORE_SIZE: Final = (910, 452)
HELD_SIZE: Final = (910, 520)
NUMBER_SIZE: Final = (420, 560)
TEXT_SIZE: Final = (910, 480)
HELP_SIZE: Final = (910, 440)
COLUMNS: Final = 3
WIDE_PX: Final = 760


class _Card(Pressable):
    """A card with an icon, a title and a smaller line."""

    def __init__(self, parent: QWidget, *, height: int = 84) -> None:
        super().__init__(parent)
        self._item = MoreItem("", "dots", "")
        self._height = height
        self._amount = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme()

    @property
    def key(self) -> str:
        return self._item.key

    def show_item(self, item: MoreItem, amount: str = "") -> None:
        self._item, self._amount = item, amount
        self.setAccessibleName(f"{item.title} {item.detail} {amount}".strip())
        self.setEnabled(item.is_enabled)
        self.update()

    @override
    def apply_theme(self) -> None:
        self.setFixedHeight(theme().px(self._height))

    @override
    def sizeHint(self) -> QSize:
        return QSize(theme().px(200), theme().px(self._height))

    @override
    def draw(self, painter: QPainter) -> None:
        look, item = theme(), self._item
        fill = "surface-3" if self.isDown() else "surface-2"
        draw_face(painter, QRectF(self.rect()), fill, border="line")
        tone = "text" if self.isEnabled() else "disabled-text"
        box = QRect(look.px(18), 0, look.px(28), self.height())
        icons.paint(painter, box, item.icon, tone, 28)
        left = look.px(61)
        width = self.width() - left - look.px(12)
        top = (self.height() - look.px(44 if item.detail else 24)) // 2
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.color(tone))
        painter.setFont(look.font_px(18, 600))
        painter.drawText(QRect(left, top, width, look.px(24)), left_middle, item.title)
        if self._amount:
            right_middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRect(left, 0, width, self.height()), right_middle, self._amount)
        painter.setFont(look.font_px(14, 400))
        detail_tone = item.detail_tone if self.isEnabled() else "disabled-text"
        painter.setPen(look.color(detail_tone))
        second = QRect(left, top + look.px(24), width, look.px(20))
        painter.drawText(second, left_middle, item.detail)


class MorePanel(DialogFrame):
    """What is done less often.

    Attributes:
        chosen: Key of the card that was tapped.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        box = LiveFrame(box="clear")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        column.addLayout(self._grid)
        column.addStretch(1)
        self.body.addWidget(scroll_around(box), 1)
        self._columns = COLUMNS
        self.cards: list[_Card] = []
        self.refresh()

    def show_items(self, items: Sequence[MoreItem]) -> None:
        """Show these cards, three in a row."""
        while len(self.cards) < len(items):
            card = _Card(self)
            card.clicked.connect(lambda _c=False, c=card: self.chosen.emit(c.key))
            self.cards.append(card)
            self._place(len(self.cards) - 1)
        for number, card in enumerate(self.cards):
            card.setVisible(number < len(items))
            if number < len(items):
                card.show_item(items[number])

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        super().apply_theme()
        look = theme()
        edge = look.px(12)
        self._grid.setContentsMargins(edge, edge, edge, edge)
        self._grid.setSpacing(look.px(9))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand two cards in a row where three have no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        columns = COLUMNS if self.width() >= theme().px(WIDE_PX) else COLUMNS - 1
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        if columns != self._columns:
            self._columns = columns
            for number in range(len(self.cards)):
                self._place(number)

    def _place(self, number: int) -> None:
        row, column = divmod(number, self._columns)
        self._grid.addWidget(self.cards[number], row, column)

    @override
    def retranslate(self) -> None:
        """Say the title."""
        super().retranslate()
        self.title.setText(tr("More"))


class HeldPanel(DialogFrame):
    """The orders put aside.

    Attributes:
        chosen: Key of the order to go on with.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        box = LiveFrame(box="clear")
        self._column = QVBoxLayout(box)
        self._column.addStretch(1)
        scroll = scroll_around(box)
        self._empty = Label(tone="text-2", align=Qt.AlignmentFlag.AlignHCenter, wrap=True)
        self.body.addWidget(self._empty)
        self.body.addWidget(scroll, 1)
        self.cards: list[_Card] = []
        self.refresh()

    def show_items(self, items: Sequence[HeldItem]) -> None:
        """Show the orders, the oldest first."""
        while len(self.cards) < len(items):
            card = _Card(self, height=72)
            card.clicked.connect(lambda _c=False, c=card: self.chosen.emit(c.key))
            self._column.insertWidget(len(self.cards), card)
            self.cards.append(card)
        for number, card in enumerate(self.cards):
            card.setVisible(number < len(items))
            if number < len(items):
                item = items[number]
                shown = MoreItem(item.key, "clock-pause", item.title, item.detail)
                card.show_item(shown, item.amount)
        self._empty.setVisible(not items)

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        super().apply_theme()
        edge = theme().px(12)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(theme().px(8))

    @override
    def retranslate(self) -> None:
        """Say the title."""
        super().retranslate()
        self.title.setText(tr("Orders on hold"))
        self._empty.setText(tr("No orders on hold. Hold one with F7"))


class NumberPanel(DialogFrame):
    """Asks for a number: a quantity, a weight.

    Attributes:
        accepted: What was typed, with a comma for weights.
    """

    accepted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        self._typed = ""
        self._shown = Label(style="amount", align=Qt.AlignmentFlag.AlignRight)
        self._hint = Label(style="label", tone="text-2")
        self.numpad = Numpad(ContextKey.NONE, parent=self)
        self.numpad.digit.connect(self._on_digit)
        self.numpad.erased.connect(self._on_erased)
        self.done = PushButton("", Kind.PRIMARY, hotkey="Enter", height=64, parent=self)
        self.done.clicked.connect(self._on_done)
        for part in (self._hint, self._shown):
            self.body.addWidget(part)
        self.body.addWidget(self.numpad, 1)
        self.body.addWidget(self.done)
        self.refresh()

    def ask(self, title: str, hint: str, *, has_fraction: bool) -> None:
        """Begin to ask; the first digit replaces what was there."""
        self.title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.numpad.set_context(ContextKey.COMMA if has_fraction else ContextKey.NONE)
        self._typed = ""
        self._show_typed()

    def on_key(self, key: str) -> bool:
        """Take digits, Backspace and Enter."""
        if key.isdigit():
            self._on_digit(key)
        elif key in (",", "."):
            self._on_digit(",")
        elif key == "Backspace":
            self._on_erased()
        elif key == "Enter":
            self._on_done()
        else:
            return False
        return True

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self.body.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(16))
        self.body.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Name the button."""
        super().retranslate()
        self.done.set_label(tr("Apply"))

    def _on_digit(self, digit: str) -> None:
        if digit == "," and ("," in self._typed or not self._typed):
            return
        if len(self._typed) < 6:
            self._typed += digit
        self._show_typed()

    def _on_erased(self) -> None:
        self._typed = self._typed[:-1]
        self._show_typed()

    def _show_typed(self) -> None:
        self._shown.setText(self._typed or "0")
        self.done.setEnabled(bool(self._typed))

    def _on_done(self) -> None:
        if self._typed:
            self.accepted.emit(self._typed)


class TextPanel(DialogFrame):
    """Asks for a few words: a note, a name for the order.

    Attributes:
        accepted: What was typed; may be empty.
    """

    accepted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        self.field = Field()
        self.field.returnPressed.connect(self._on_done)
        self.done = PushButton("", Kind.PRIMARY, hotkey="Enter", parent=self)
        self.done.clicked.connect(self._on_done)
        self.keyboard = OnScreenKeyboard(self)
        self.keyboard.attach(self.field)
        self.keyboard.done.connect(self._on_done)
        self._row = QHBoxLayout()
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.done)
        self.body.addLayout(self._row)
        self.body.addStretch(1)
        self.body.addWidget(self.keyboard)
        self.refresh()

    def ask(self, title: str, text: str, placeholder: str, length_max: int) -> None:
        """Begin to ask."""
        self.title.setText(title)
        self.field.setMaxLength(length_max)
        self.field.setText(text)
        self.field.setPlaceholderText(placeholder)
        self.field.selectAll()

    def on_key(self, key: str) -> bool:
        """Enter accepts."""
        if key == "Enter":
            self._on_done()
            return True
        return False

    @override
    def setFocus(self, *_arguments: object) -> None:
        """Give the focus to the field."""
        self.field.setFocus()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self._row.setContentsMargins(look.px(16), look.px(12), look.px(16), 0)
        self._row.setSpacing(look.px(8))
        self.body.setContentsMargins(0, 0, 0, look.px(8))

    @override
    def retranslate(self) -> None:
        """Name the button."""
        super().retranslate()
        self.done.set_label(tr("Save"))

    def _on_done(self) -> None:
        self.accepted.emit(self.field.text())


#: The hotkeys of the sale, in the order of the help.
HOTKEYS: Final = (
    ("F1", tr_later("This help")),
    ("F2", tr_later("Search")),
    ("F3", tr_later("Favourites")),
    ("F4", tr_later("Guest")),
    ("F5", tr_later("Send the queue now")),
    ("F6", tr_later("Discount")),
    ("F7", tr_later("Put the order on hold")),
    ("F8", tr_later("Send to the kitchen")),
    ("F10", tr_later("More")),
    ("F11", tr_later("Change cashier")),
    ("F12", tr_later("Pay, accept, next guest")),
    ("0…9", tr_later("Number before a tap or a scan: ×3")),
    ("+  −", tr_later("One more, one less of the selected line")),
    ("*", tr_later("Quantity of the selected line")),
    ("Del", tr_later("Delete the selected line")),
    ("↑  ↓", tr_later("Select a line")),
    ("Ctrl+Z", tr_later("Take back the last change")),
    ("Alt+1…9", tr_later("Category")),
    ("Esc", tr_later("Leave the search, then the selection")),
)


class HelpPanel(DialogFrame):
    """All hotkeys on one page (T9)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        self._grid = QGridLayout()
        self._words: list[Label] = []
        half = -(-len(HOTKEYS) // 2)
        for number, (key, _words) in enumerate(HOTKEYS):
            column = 0 if number < half else 2
            name = Label(key, "body-strong", tone="primary-text")
            words = Label(wrap=True)
            self._words.append(words)
            self._grid.addWidget(name, number % half, column)
            self._grid.addWidget(words, number % half, column + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        super().apply_theme()
        look = theme()
        self._grid.setContentsMargins(look.px(24), look.px(16), look.px(24), look.px(16))
        self._grid.setHorizontalSpacing(look.px(20))
        self._grid.setVerticalSpacing(look.px(16))

    @override
    def retranslate(self) -> None:
        """Explain the keys."""
        super().retranslate()
        self.title.setText(tr("Hotkeys"))
        for label, (_key, words) in zip(self._words, HOTKEYS, strict=True):
            label.setText(tr(words))
