"""The top bar, 56 px, on every till screen and never covered.

Left: the places to go. Right: table, held orders, exchange, messages, cashier, clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import draw_badge
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable

HEIGHT_PX: Final = 56


@dataclass(frozen=True, slots=True)
class ChipState:
    """A chip at the right: an icon, a word over a smaller word, a count."""

    icon: str = ""
    icon_tone: str = "text"
    text: str = ""
    detail: str = ""
    badge: str = ""
    badge_tone: str = "warn"


_NO_CHIP: Final = ChipState()


@dataclass(frozen=True, slots=True)
class TopBarState:
    """What the top bar shows; words are ready for the screen.

    Attributes:
        current: Key of the place we are at.
        place: Table or quick sale.
        held: How many orders wait.
        sync: State of the exchange.
        unread: Unread messages.
        cashier: First name of who is signed in.
        cashier_detail: Role and till.
        clock: `14:32`.
        is_training: Everything is simulated, and every screen says so.
    """

    current: str = "sale"
    place: ChipState = _NO_CHIP
    held: int = 0
    sync: ChipState = _NO_CHIP
    unread: int = 0
    cashier: str = ""
    cashier_detail: str = ""
    clock: str = ""
    is_training: bool = False


class NavButton(Pressable):
    """A place to go: icon and word, a blue line under the present one."""

    def __init__(self, key: str, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self._icon = icon
        self._is_narrow = False
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_narrow(self, is_narrow: bool) -> None:
        """Show the word of the present place only."""
        self._is_narrow = is_narrow
        self.updateGeometry()
        self.update()

    @override
    def nextCheckState(self) -> None:
        """The state says what is checked, not the tap."""

    @override
    def sizeHint(self) -> QSize:
        """Return the width of icon and word."""
        look = theme()
        width = look.px(16 + 24 + 16)
        if self._has_word():
            metrics = QFontMetrics(look.font_px(16, 600 if self.isChecked() else 500))
            width += look.px(8) + metrics.horizontalAdvance(self.text())
        return QSize(width, look.px(HEIGHT_PX))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the place."""
        look = theme()
        on = self.isChecked()
        tone = "primary-text" if on else "text-2"
        if on or self.isDown():
            painter.fillRect(self.rect(), look.color("primary-soft" if on else "surface-3"))
        if on:
            line = QRect(0, self.height() - look.px(3), self.width(), look.px(3))
            painter.fillRect(line, look.color("primary"))
        box = QRect(look.px(16), 0, look.px(24), self.height())
        icons.paint(painter, box, self._icon, tone)
        if self._has_word():
            painter.setFont(look.font_px(16, 600 if on else 500))
            painter.setPen(look.color(tone))
            area = QRect(look.px(48), 0, self.width() - look.px(48), self.height())
            left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, left_middle, self.text())

    def _has_word(self) -> bool:
        return self.isChecked() or not self._is_narrow


class TopChip(Pressable):
    """A chip of the top bar: a state that opens its screen."""

    def __init__(self, name: str, parent: QWidget, *, width_min: int = 56) -> None:
        super().__init__(parent)
        self.name = name
        self._state = ChipState()
        self._width_min = width_min
        self._is_narrow = False
        self._keeps_words = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def state(self) -> ChipState:
        """What it shows."""
        return self._state

    def set_state(self, state: ChipState) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.setAccessibleName(f"{state.text} {state.detail} {state.badge}".strip())
            self.updateGeometry()
            self.update()

    def set_narrow(self, is_narrow: bool, *, keeps_words: bool = False) -> None:
        """Show icon and count only, unless the words are wanted in any layout."""
        self._is_narrow, self._keeps_words = is_narrow, keeps_words
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the width of everything that is shown."""
        look, state = theme(), self._state
        width = look.px(24)
        if state.icon:
            width += look.px(24)
        words = self._words_width()
        if words:
            width += words + (look.px(8) if state.icon else 0)
        if state.badge:
            width += self._badge_width() + look.px(8)
        least = self._width_min if not self._is_narrow else 56
        return QSize(max(width, look.px(least)), look.px(HEIGHT_PX))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw divider, icon, words and count."""
        look, state = theme(), self._state
        if self.isDown():
            painter.fillRect(self.rect(), look.color("surface-3"))
        painter.fillRect(QRect(0, 0, look.px(1), self.height()), look.color("line"))
        words = self._words_width()
        left = look.px(12)
        if not words and not state.badge:
            left = (self.width() - look.px(24)) // 2
        if state.icon:
            box = QRect(left, 0, look.px(24), self.height())
            icons.paint(painter, box, state.icon, state.icon_tone)
            left += look.px(32)
        if words:
            self._draw_words(painter, left, words)
            left += words + look.px(8)
        if state.badge:
            edge = look.px(24)
            width = self._badge_width()
            box_f = QRectF(left + width - edge, (self.height() - edge) / 2, edge, edge)
            draw_badge(painter, box_f, state.badge, state.badge_tone)

    def _draw_words(self, painter: QPainter, left: int, width: int) -> None:
        look, state = theme(), self._state
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font_px(15, 500))
        painter.setPen(look.color("text"))
        if not state.detail:
            painter.drawText(QRect(left, 0, width + 2, self.height()), left_middle, state.text)
            return
        top = (self.height() - look.px(34)) // 2
        painter.drawText(QRect(left, top, width + 2, look.px(18)), left_middle, state.text)
        painter.setFont(look.font_px(13, 400))
        painter.setPen(look.color("text-3"))
        second = QRect(left, top + look.px(18), width + 2, look.px(16))
        painter.drawText(second, left_middle, state.detail)

    def _words_width(self) -> int:
        if self._is_narrow and not self._keeps_words:
            return 0
        look, state = theme(), self._state
        first = QFontMetrics(look.font_px(15, 500)).horizontalAdvance(state.text)
        second = QFontMetrics(look.font_px(13, 400)).horizontalAdvance(state.detail)
        return max(first, second)

    def _badge_width(self) -> int:
        look = theme()
        width = QFontMetrics(look.font_px(14, 600)).horizontalAdvance(self._state.badge)
        return max(look.px(24), width + look.px(12))


class _Bell(TopChip):
    """The bell carries its count in the corner."""

    def set_unread(self, count: int) -> None:
        self.set_state(ChipState(icon="bell", badge=str(count) if count else ""))
        self.setAccessibleName(tr("Messages, unread: {count}", count=count))

    @override
    def sizeHint(self) -> QSize:
        return QSize(theme().px(60), theme().px(HEIGHT_PX))

    @override
    def draw(self, painter: QPainter) -> None:
        look = theme()
        if self.isDown():
            painter.fillRect(self.rect(), look.color("surface-3"))
        painter.fillRect(QRect(0, 0, look.px(1), self.height()), look.color("line"))
        icons.paint(painter, self.rect(), "bell", "text")
        if self.state.badge:
            edge = look.px(20)
            place = QRectF(self.width() - edge - look.px(4), look.px(4), edge, edge)
            draw_badge(painter, place, self.state.badge, "danger")


class TopBar(LiveFrame):
    """The bar.

    Args:
        parent: The window.

    Attributes:
        place_chosen: Key of a place: `sale`, `tables`, `orders`, `shift`, `more`.
        chip_tapped: `place`, `held`, `sync`, `messages` or `cashier`.
    """

    place_chosen = Signal(str)
    chip_tapped = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, places: Sequence[str] = ("sale", "orders", "shift")
    ) -> None:
        super().__init__(parent, box="line-bottom")
        self._state = TopBarState()
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        self.places = {key: self._make_place(key) for key in (*places, "more")}
        self._row.addStretch(1)
        self.chips: dict[str, TopChip] = {}
        for name, width in (("training", 56), ("place", 56), ("held", 56), ("sync", 168)):
            self._add_chip(name, TopChip(name, self, width_min=width))
        self._bell = _Bell("messages", self)
        self._add_chip("messages", self._bell)
        self._add_chip("cashier", TopChip("cashier", self))
        self.clock = _Clock(self)
        self._row.addWidget(self.clock)
        self.refresh()

    @property
    def state(self) -> TopBarState:
        """What it shows."""
        return self._state

    def set_state(self, state: TopBarState) -> None:
        """Show another state; what did not change is not drawn again."""
        if state != self._state:
            self._state = state
            self.retranslate()

    def set_layout_class(self, *, is_narrow: bool, is_one_pane: bool) -> None:
        """Drop labels where there is no room for them."""
        for button in self.places.values():
            button.set_narrow(is_narrow)
        for key in ("tables", "orders", "shift"):
            if key in self.places:
                self.places[key].setVisible(not is_one_pane)
        for chip in self.chips.values():
            chip.set_narrow(is_narrow, keeps_words=chip.name in ("place", "training"))
        self.chips["held"].setVisible(not is_one_pane and bool(self._state.held))
        self.chips["cashier"].setVisible(not is_one_pane)

    @override
    def apply_theme(self) -> None:
        """Scale the bar."""
        self.setFixedHeight(theme().px(HEIGHT_PX))
        self._row.setContentsMargins(0, 0, theme().px(8), theme().px(1))

    @override
    def retranslate(self) -> None:
        """Show the state in the present language."""
        state = self._state
        words = {
            "sale": tr("Sale"),
            "tables": tr("Tables"),
            "orders": tr("Orders"),
            "shift": tr("Shift"),
            "more": tr("More"),
        }
        for key, button in self.places.items():
            button.setText(words[key])
            button.setAccessibleName(words[key])
            button.setToolTip(words[key])
            button.setChecked(key == state.current)
            button.updateGeometry()
        self.chips["training"].set_state(
            ChipState("info-circle", "warn-line", tr("Training"), tr("nothing is real"))
        )
        self.chips["training"].setVisible(state.is_training)
        self.chips["place"].set_state(state.place)
        self.chips["place"].setVisible(bool(state.place.text))
        held = ChipState("clock-pause", "text", tr("On hold"), "", str(state.held), "neutral")
        self.chips["held"].set_state(held)
        self.chips["held"].setVisible(bool(state.held))
        self.chips["sync"].set_state(state.sync)
        self.chips["sync"].setVisible(bool(state.sync.icon))
        self._bell.set_unread(state.unread)
        self.chips["cashier"].set_state(
            ChipState("user-circle", "text", state.cashier, state.cashier_detail)
        )
        self.clock.setText(state.clock)

    def _make_place(self, key: str) -> NavButton:
        names = {
            "sale": "shopping-cart",
            "tables": "armchair",
            "orders": "receipt",
            "shift": "chart-bar",
            "more": "dots",
        }
        button = NavButton(key, names[key], self)
        button.clicked.connect(lambda: self.place_chosen.emit(key))
        self._row.addWidget(button)
        return button

    def _add_chip(self, name: str, chip: TopChip) -> None:
        self.chips[name] = chip
        chip.clicked.connect(lambda: self.chip_tapped.emit(name))
        self._row.addWidget(chip)


class _Clock(TopChip):
    def __init__(self, parent: QWidget) -> None:
        super().__init__("clock", parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @override
    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        look = theme()
        width = QFontMetrics(look.font_px(18, 600)).horizontalAdvance("00:00")
        return QSize(width + look.px(24), look.px(HEIGHT_PX))

    @override
    def draw(self, painter: QPainter) -> None:
        look = theme()
        painter.fillRect(QRect(0, 0, look.px(1), self.height()), look.color("line"))
        painter.setFont(look.font_px(18, 500))
        painter.setPen(look.color("text"))
        area = self.rect().adjusted(look.px(6), 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())
