"""The one main button, bottom right, 416 x 80: pay, accept, next guest.

It takes no press for 700 ms after its meaning changed, so a double tap cannot skip a step.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.button import FACES, Kind
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable

LOCK_MS: Final = 700
HIGH_PX: Final = 80  # the key stands under the verb
LOW_PX: Final = 64  # no room for the key


@dataclass(frozen=True, slots=True)
class MainMeaning:
    """What the main button does now.

    Attributes:
        key: A change of it locks the button for a moment: `pay`, `accept`, `next`.
        label: The verb.
        amount: A sum at the right, or empty.
        hotkey: Small name of the key.
        is_enabled: False is grey.
        kind: Colours.
    """

    key: str
    label: str
    amount: str = ""
    hotkey: str = "F12"
    is_enabled: bool = True
    kind: Kind = Kind.PRIMARY


class MainButton(Pressable):
    """The main button of the order panel.

    Args:
        parent: Owner.
        height: Design pixels.

    Attributes:
        pressed_as: Key of the meaning it was pressed with.
    """

    pressed_as = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, height: int = 80) -> None:
        super().__init__(parent)
        self._height = height
        self._meaning = MainMeaning("", "", is_enabled=False)
        self._lock = QTimer(self)
        self._lock.setSingleShot(True)
        self._lock.setInterval(LOCK_MS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.trigger)
        self.apply_theme()

    @property
    def meaning(self) -> MainMeaning:
        """What it does now."""
        return self._meaning

    @property
    def is_locked(self) -> bool:
        """Whether a press is not taken yet because the meaning has just changed."""
        return self._lock.isActive()

    def set_meaning(self, meaning: MainMeaning) -> None:
        """Give the button a meaning; a new key locks it for 700 ms."""
        if meaning == self._meaning:
            return
        if self._meaning.key and meaning.key != self._meaning.key:
            self._lock.start()
        self._meaning = meaning
        self.setEnabled(meaning.is_enabled)
        self.setAccessibleName(f"{meaning.label} {meaning.amount}".strip())
        self.update()

    def trigger(self) -> None:
        """Do what a press does; also called by the hotkeys."""
        if self.isEnabled() and not self.is_locked and self._meaning.key:
            self.pressed_as.emit(self._meaning.key)

    @override
    def apply_theme(self) -> None:
        """Set the height of the design."""
        self.setFixedHeight(theme().px(self._height))

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the design."""
        return QSize(theme().px(280), theme().px(self._height))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw verb, key and sum; a long verb makes the sum smaller."""
        look, meaning = theme(), self._meaning
        face = FACES[meaning.kind]
        fill = "disabled-fill" if not self.isEnabled() else face.fill
        ink = "disabled-text" if not self.isEnabled() else face.text
        draw_face(painter, QRectF(self.rect()), face.pressed if self.isDown() else fill)
        area = QRectF(self.rect()).adjusted(look.px(20), 0, -look.px(20), 0)
        painter.setPen(look.color(ink))
        label_px, amount_px = self._sizes(area.width())
        self._draw_label(painter, area, label_px)
        painter.setFont(look.font_px(amount_px, 700))
        right_middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right_middle, meaning.amount)

    def _sizes(self, width: float) -> tuple[int, int]:
        look = theme()
        pair = (24, 32)
        for pair in ((24, 32), (22, 28), (20, 24), (18, 20), (16, 18)):
            label = QFontMetrics(look.font_px(pair[0], 700)).horizontalAdvance(self._meaning.label)
            sum_ = QFontMetrics(look.font_px(pair[1], 700)).horizontalAdvance(self._meaning.amount)
            if label + sum_ + look.px(12) <= width:
                break
        return pair

    def _draw_label(self, painter: QPainter, area: QRectF, label_px: int) -> None:
        look = theme()
        hotkey = self._meaning.hotkey if self.isEnabled() and self._height > LOW_PX else ""
        if hotkey and self._height < HIGH_PX:
            self._draw_label_in_row(painter, area, label_px, hotkey)
            return
        label_h, key_h = look.px(label_px + 8), look.px(20)
        top = (area.height() - label_h - (key_h if hotkey else 0)) / 2
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font_px(label_px, 700))
        painter.drawText(
            QRectF(area.x(), top, area.width(), label_h), left_middle, self._meaning.label
        )
        if hotkey:
            painter.setFont(look.font_px(14, 500))
            painter.drawText(
                QRectF(area.x(), top + label_h, area.width(), key_h), left_middle, hotkey
            )

    def _draw_label_in_row(
        self, painter: QPainter, area: QRectF, label_px: int, hotkey: str
    ) -> None:
        look = theme()
        font = look.font_px(min(label_px, 22), 600)
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.drawText(area, left_middle, self._meaning.label)
        amount_font = look.font_px(self._sizes(area.width())[1], 700)
        key_width = QFontMetrics(look.font_px(13, 500)).horizontalAdvance(hotkey)
        taken = QFontMetrics(font).horizontalAdvance(self._meaning.label) + key_width
        taken += QFontMetrics(amount_font).horizontalAdvance(self._meaning.amount)
        if taken + look.px(24) > area.width():
            return
        shift = QFontMetrics(font).horizontalAdvance(self._meaning.label) + look.px(8)
        painter.setFont(look.font_px(13, 500))
        painter.drawText(area.adjusted(shift, look.px(2), 0, look.px(2)), left_middle, hotkey)
