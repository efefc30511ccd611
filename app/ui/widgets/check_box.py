"""A check box of the design: 28 px, a tick, a label and a line of detail."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CheckBox(Pressable):
    """A box that is ticked or not; the whole row is the target.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail = ""
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme()

    def set_words(self, label: str, detail: str = "") -> None:
        """Show a label and a line of detail."""
        self.setText(label)
        self._detail = detail
        self.setAccessibleName(label)
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height of the target."""
        self.setFixedHeight(theme().px(64))

    @override
    def sizeHint(self) -> QSize:
        """Return the size of box and words."""
        look = theme()
        width = QFontMetrics(look.font_px(16, 600)).horizontalAdvance(self.text())
        return QSize(width + look.px(48), look.px(64))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the box, the tick and the words."""
        look = theme()
        edge = look.px(28)
        box = QRect(look.px(2), (self.height() - edge) // 2, edge, edge)
        draw_box(painter, box, checked=self.isChecked())
        left, width = box.right() + look.px(13), self.width() - box.right() - look.px(13)
        top = (self.height() - look.px(44 if self._detail else 22)) // 2
        painter.setPen(look.color("text"))
        painter.setFont(look.font_px(16, 600))
        painter.drawText(QRect(left, top, width, look.px(22)), _LEFT, self.text())
        painter.setPen(look.color("text-2"))
        painter.setFont(look.font_px(14))
        painter.drawText(QRect(left, top + look.px(22), width, look.px(20)), _LEFT, self._detail)


def draw_box(painter: QPainter, box: QRect, *, checked: bool) -> None:
    """Draw a check box in a square."""
    if checked:
        draw_face(painter, QRectF(box), "primary", radius_px=4)
        icons.paint(painter, box, "check", "on-primary", 20)
    else:
        draw_face(painter, QRectF(box), "surface", border="line-strong", border_px=2, radius_px=4)
