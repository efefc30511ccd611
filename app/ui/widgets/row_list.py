"""A list of rows that can be tapped: rows paint themselves, the list scrolls and keeps its place."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column

LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TapRow(Pressable):
    """One row with a line under it; the chosen one is blue.

    Args:
        name: What it is called, for screen readers and hands.
        chosen: It is the one whose details are shown.
        height: Design pixels.
        parent: Owner.
    """

    def __init__(
        self, name: str, *, chosen: bool = False, height: int = 56, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._chosen, self._height = chosen, height
        self.setText(name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme()

    @property
    def is_chosen(self) -> bool:
        """Tell whether its details are shown."""
        return self._chosen

    def set_chosen(self, *, chosen: bool) -> None:
        """Show that its details are shown, or no longer."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the face, the line and what the row says."""
        look = theme()
        fill = "surface-3" if self.isDown() else "primary-soft" if self._chosen else "surface"
        painter.fillRect(self.rect(), look.color(fill))
        line = QRect(0, self.height() - look.px(1), self.width(), look.px(1))
        painter.fillRect(line, look.color("line"))
        self.draw_row(painter)

    def draw_row(self, painter: QPainter) -> None:
        """Draw what the row says; every subclass has its own."""
        raise NotImplementedError

    def write(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        *,
        size_px: int = 16,
        weight: int = 400,
        tone: str = "text",
        right: bool = False,
    ) -> None:
        """Write a text, cut with an ellipsis where it does not fit."""
        look = theme()
        font = look.font_px(size_px, weight)
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(font)
        painter.setPen(look.color(tone))
        painter.drawText(area, RIGHT_MIDDLE if right else LEFT_MIDDLE, fitting)

    def column(self, left: int, width: int, top: int = 0, height: int = 0) -> QRect:
        """Return a part of the row; design pixels, the whole height by default."""
        look = theme()
        tall = look.px(height) if height else self.height()
        return QRect(look.px(left), look.px(top), look.px(width), tall)


class RowList(ScrollBox):
    """Rows one under another; moved by wheel, finger and scroll bar."""

    _column: Column | None = None

    def set_rows(self, rows: Sequence[QWidget], *, keep_place: bool = True) -> None:
        """Show other rows.

        Args:
            rows: They are taken over.
            keep_place: Stay where the list was scrolled to; False begins at the top.
        """
        place = self.verticalScrollBar().value() if keep_place else 0
        column = Column(gap=0, box="clear")
        for row in rows:
            column.add(row)
        column.add_stretch()
        self._column = column
        self.setWidget(column)
        self.verticalScrollBar().setValue(place)

    def append(self, row: QWidget) -> None:
        """Put one more row at the end; only after `set_rows`."""
        assert self._column is not None
        self._column.insert(self._column.count - 1, row)  # before the stretch
