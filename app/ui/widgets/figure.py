"""Figures: a label at the left and a sum at the right; alone, or large on a soft card."""

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.lines import break_words
from app.ui.widgets.live import LiveFrame

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_FIGURE_MIN_PX = 18
#: Two lines of it fit the lowest row.
_TWO_LINES_PX = 14


class FigureRow(LiveFrame):
    """A label and a figure on one line.

    Args:
        size_px: Font size of the figure.
        label_px: Font size of the label.
        height: Design pixels.
        tone: Token of the figure.
        parent: Owner.
    """

    def __init__(
        self,
        *,
        size_px: int = 16,
        label_px: int = 18,
        height: int = 64,
        tone: str = "text",
        label_tone: str = "text-2",
        weight: int = 700,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size_px, self._label_px, self._height = size_px, label_px, height
        self._tone, self._label_tone, self._weight = tone, label_tone, weight
        self._label = self._figure = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_figure(self, label: str, figure: str, *, tone: str = "") -> None:
        """Show a label and a figure."""
        if (label, figure, tone or self._tone) != (self._label, self._figure, self._tone):
            self._label, self._figure, self._tone = label, figure, tone or self._tone
            self.setAccessibleName(f"{label} {figure}")
            self.update()

    def figure(self) -> str:
        """Return what stands at the right."""
        return self._figure

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw both; a long label takes two small lines."""
        look = theme()
        painter = QPainter(self)
        label_font = look.font_px(self._label_px, 400)
        figure_font = self._figure_font(QFontMetrics(label_font).horizontalAdvance(self._label))
        room = self.width() - QFontMetrics(figure_font).horizontalAdvance(self._figure)
        lines, font = self.label_lines(room - look.px(8))
        painter.setFont(font)
        painter.setPen(look.color(self._label_tone))
        left_middle = Qt.AlignmentFlag.AlignLeft | _MIDDLE
        painter.drawText(self.rect(), left_middle, "\n".join(lines))
        painter.setFont(figure_font)
        painter.setPen(look.color(self._tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | _MIDDLE, self._figure)
        painter.end()

    def label_lines(self, room: int) -> tuple[list[str], QFont]:
        """Return the label as it is drawn in a width, and its font."""
        look = theme()
        font = look.font_px(self._label_px, 400)
        if QFontMetrics(font).horizontalAdvance(self._label) <= room:
            return [self._label], font
        small = look.font_px(min(self._label_px, _TWO_LINES_PX), 400)
        return break_words(self._label, small, room, 2), small

    def _figure_font(self, label_width: int) -> QFont:
        """Return the largest font that leaves room for the label, 18 px at least."""
        look = theme()
        size_px = self._size_px
        room = self.width() - label_width - look.px(8)
        while size_px > _FIGURE_MIN_PX:
            font = look.font_px(size_px, self._weight, tabular=True)
            if QFontMetrics(font).horizontalAdvance(self._figure) <= room:
                return font
            size_px -= 2
        return look.font_px(size_px, self._weight, tabular=True)


#: A figure needs this width beside its label; otherwise it goes under it.
ROW_FIGURE_PX: Final = 160


class FigureCard(LiveFrame):
    """A large figure on a soft colour: the change, what is missing, what remains.

    Args:
        tone: `ok`, `danger`, `warn` or `primary`.
        size_px: Font size of the figure.
        height: Design pixels.
        in_row: The label stands left of the figure instead of over it.
        parent: Owner.

    Attributes:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(
        self,
        tone: str = "ok",
        *,
        size_px: int = 52,
        height: int = 108,
        in_row: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone, self._size_px, self._height, self._in_row = tone, size_px, height, in_row
        self._label = self._figure = ""
        self.button = PushButton(kind=Kind.LINK, height=48, parent=self)
        self.button.clicked.connect(self.pressed)
        self.button.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_figure(self, tone: str, label: str, figure: str, *, button: str = "") -> None:
        """Show a label, a figure and perhaps a button at the top right."""
        self._tone, self._label, self._figure = tone, label, figure
        self.setAccessibleName(f"{label} {figure}".strip())
        self.button.set_label(button)
        self.button.setVisible(bool(button))
        self._place_button()
        self.update()

    def text(self) -> str:
        """Return label and figure."""
        return self.accessibleName()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))
        self._place_button()

    @override
    def resizeEvent(self, _event: object) -> None:
        """Keep the button at the right."""
        self._place_button()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the face, the label and the figure."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), f"{self._tone}-soft", radius_px=12)
        painter.setPen(look.color(f"{self._tone}-text"))
        area = QRectF(self.rect()).adjusted(look.px(20), look.px(8), -look.px(20), -look.px(8))
        painter.setFont(look.font_px(18, 500))
        left = Qt.AlignmentFlag.AlignLeft
        label_width = QFontMetrics(painter.font()).horizontalAdvance(self._label) + look.px(12)
        if self._in_row and area.width() - label_width >= look.px(ROW_FIGURE_PX):
            painter.drawText(area, left | _MIDDLE, self._label)
            area = area.adjusted(label_width, 0, 0, 0)
        elif not self._figure:
            painter.drawText(area, left | _MIDDLE | Qt.TextFlag.TextWordWrap, self._label)
        else:
            label = area.adjusted(0, look.px(2), 0, 0)
            painter.drawText(label, left | Qt.AlignmentFlag.AlignTop, self._label)
            area = area.adjusted(0, look.px(24), 0, 0)
        painter.setFont(look.font_px(self._fitting_px(area), 700))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | _MIDDLE, self._figure)
        painter.end()

    def _fitting_px(self, area: QRectF) -> int:
        size_px = self._size_px
        while size_px > 20:
            metrics = QFontMetrics(theme().font_px(size_px, 700))
            if (
                metrics.horizontalAdvance(self._figure) <= area.width()
                and metrics.ascent() <= area.height()
            ):
                break
            size_px -= 4
        return size_px

    def _place_button(self) -> None:
        look = theme()
        hint = self.button.sizeHint()
        self.button.resize(hint)
        self.button.move(self.width() - hint.width() - look.px(4), look.px(2))
