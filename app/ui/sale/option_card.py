"""One option of a group in the modifiers dialog: name, price under it, a check when chosen."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.sale.state import OptionState
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import draw_badge
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable


class OptionCard(Pressable):
    """A card of 64 px; the view gives it its width.

    Args:
        key: Which option.
        parent: The dialog.
    """

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self._state = OptionState(key, "", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.apply_theme()

    @property
    def state(self) -> OptionState:
        """What it shows."""
        return self._state

    def set_state(self, state: OptionState) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            name = f"{state.name}, {state.price}"
            self.setAccessibleName(f"{name}, {tr('sold out')}" if state.is_stopped else name)
            self.setEnabled(not state.is_stopped)
            self.update()

    @override
    def apply_theme(self) -> None:
        """Set the height."""
        self.setFixedHeight(theme().px(64))

    @override
    def sizeHint(self) -> QSize:
        """Return the smallest card of the design."""
        return QSize(theme().px(203), theme().px(64))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw face, words, and the check or the count."""
        look, state = theme(), self._state
        rect = QRectF(self.rect())
        if state.is_stopped:
            draw_face(painter, rect, "surface-2", border="line-strong", dashed=True)
        elif state.is_chosen:
            draw_face(painter, rect, "primary-soft", border="primary", border_px=2)
        else:
            fill = "surface-3" if self.isDown() else "surface"
            draw_face(painter, rect, fill, border="line-strong")
        left, width = look.px(15), self.width() - look.px(15 + (48 if state.is_chosen else 12))
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        font = look.font_px(17, 600)
        if QFontMetrics(font).horizontalAdvance(state.name) > width:
            font = look.font_px(15, 600)
        painter.setFont(font)
        painter.setPen(look.color("text-3" if state.is_stopped else "text"))
        mode = Qt.TextElideMode.ElideRight
        name = QFontMetrics(font).elidedText(state.name, mode, width)
        painter.drawText(QRect(left, look.px(11), width, look.px(22)), left_middle, name)
        painter.setFont(look.font_px(14, 400))
        painter.setPen(look.color("text-3" if state.is_stopped else "text-2"))
        price = tr("sold out") if state.is_stopped else state.price
        painter.drawText(QRect(left, look.px(33), width, look.px(20)), left_middle, price)
        if state.is_chosen:
            edge = look.px(24)
            place = QRect(
                self.width() - look.px(14) - edge, (self.height() - edge) // 2, edge, edge
            )
            if state.count > 1:
                draw_badge(painter, QRectF(place), f"×{state.count}", "primary")
            else:
                icons.paint(painter, place, "circle-check-filled", "primary-text")
