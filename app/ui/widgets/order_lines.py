"""The lines of an order: one painted list; only what is seen is drawn, whatever the length.

Row heights depend on the words of a line, so offsets are summed up; unchanged leading lines keep
their offsets, and adding line 500 costs what adding line 1 costs. The selected line grows by a row
of real buttons.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.lines import break_words, cut
from app.ui.widgets.live import LiveFrame

DRAG_PX: Final = 16
ACTIONS_HEIGHT_PX: Final = 66
NAME_LINES_MAX: Final = 2
_WIDTHS_KEPT_MAX: Final = 4_000
#: Icon, its colour, the colour of the words.
WARNING_LOOKS: Final = {
    "warn": ("alert-triangle", "warn-line", "warn-text"),
    "danger": ("alert-circle", "danger", "danger-text"),
    "ok": ("circle-check", "ok", "ok-text"),
    "wait": ("clock", "text-2", "text-2"),
    "scan": ("qrcode", "warn-line", "warn-text"),
}


@dataclass(frozen=True, slots=True)
class LineState:
    """What one line shows; words and figures are ready for the screen.

    Attributes:
        key: What the signals tell.
        quantity: `2` or `0,350`.
        name: Name with its variant.
        total: Sum without the currency sign.
        detail: Modifiers, note, discount: one grey line.
        detail_icon: Icon before the detail.
        right: Old price, `2 × 350,00` or the kitchen's time.
        right_icon: Icon before it.
        right_tone: Token of its colour.
        is_struck: `right` is an old price.
        warning: A line of its own under the others, such as `Закончилось`.
        warning_look: Its colours and icon, one of `WARNING_LOOKS`.
        can_scan: The line asks for a marking code: its buttons have one for that.
    """

    key: str
    quantity: str
    name: str
    total: str
    detail: str = ""
    detail_icon: str = ""
    right: str = ""
    right_icon: str = ""
    right_tone: str = "text-3"
    is_struck: bool = False
    warning: str = ""
    warning_look: str = "warn"
    can_scan: bool = False


class LineActions(LiveFrame):
    """The buttons of the selected line.

    Args:
        parent: The list.

    Attributes:
        wanted: `minus`, `plus`, `quantity`, `scan`, `modifiers`, `note`, `discount` or `delete`.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self.minus = self._button("minus", "minus", repeat=True)
        self.quantity = Label("1", "title", align=Qt.AlignmentFlag.AlignHCenter)
        self._row.addWidget(self.quantity)
        self.plus = self._button("plus", "plus", repeat=True)
        self._row.addStretch()
        self.scan = self._button("qrcode", "scan")
        self.modifiers = self._button("adjustments", "modifiers")
        self.note = self._button("message", "note")
        self.discount = self._button("percentage", "discount")
        self.delete = self._button("trash", "delete", tone="danger-text")
        self.refresh()

    def set_line(
        self, quantity: str, *, can_modify: bool, has_discount: bool, can_scan: bool = False
    ) -> None:
        """Show the quantity and the buttons that make sense for the line."""
        self.quantity.setText(quantity)
        self.scan.setVisible(can_scan)
        has_discount = has_discount and not (can_scan and can_modify)  # there is room for seven
        self.modifiers.setVisible(can_modify)
        self.discount.setVisible(has_discount)

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        look = theme()
        self._row.setContentsMargins(look.px(10), 0, look.px(10), look.px(10))
        self._row.setSpacing(look.px(8))
        self.quantity.setMinimumWidth(look.px(24))

    @override
    def retranslate(self) -> None:
        """Name the icons."""
        self.minus.set_name(tr("One less"))
        self.plus.set_name(tr("One more"))
        self.scan.set_name(tr("Scan the marking code"))
        self.modifiers.set_name(tr("Modifiers"))
        self.note.set_name(tr("Note"))
        self.discount.set_name(tr("Discount on the line"))
        self.delete.set_name(tr("Delete the line"))

    def _button(
        self, icon: str, intent: str, *, repeat: bool = False, tone: str = ""
    ) -> PushButton:
        button = PushButton(
            "", Kind.OUTLINE, icon=icon, width=56, icon_tone=tone, repeat=repeat, parent=self
        )
        button.clicked.connect(lambda: self.wanted.emit(intent))
        self._row.addWidget(button)
        return button


class OrderLines(QAbstractScrollArea):
    """The list of lines.

    Args:
        parent: Owner.

    Attributes:
        selected: Key of the line that was tapped, or empty for none.
        quantity_tapped: Key of the line whose quantity was tapped.
        wanted: Key of the selected line and the intent, see `LineActions`.
    """

    selected = Signal(str)
    quantity_tapped = Signal(str)
    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[LineState] = ()
        self._offsets: list[int] = [0]
        self._name_rows: dict[tuple[str, int], int] = {}
        self._selected = ""
        self._can_edit = True
        self._has_discount = True
        self._can_modify = False
        self._generation = theme().generation
        self._press: QPoint | None = None
        self._drag_from = 0
        self._dragging = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.actions_row = LineActions(self.viewport())
        self.actions_row.hide()
        self.actions_row.wanted.connect(self._on_action)
        self.setAccessibleName(tr("Order lines"))

    # ------------------------------------------------------------ contents

    @property
    def lines(self) -> Sequence[LineState]:
        """What is shown."""
        return self._lines

    @property
    def selected_key(self) -> str:
        """Key of the selected line, or empty."""
        return self._selected

    def set_lines(
        self,
        lines: Sequence[LineState],
        selected: str = "",
        *,
        can_edit: bool = True,
        can_modify: bool = False,
    ) -> None:
        """Show lines with one of them selected.

        Args:
            lines: All lines; unchanged ones should be the same objects or equal.
            selected: Key of the selected line.
            can_edit: False hides the buttons of the selected line (while money moves).
            can_modify: The selected line has modifiers to choose.
        """
        first = self._common(lines)
        grown = len(lines) > len(self._lines)
        moved = selected != self._selected or can_edit != self._can_edit
        if moved:
            first = min(first, self._index(self._selected), _index_in(lines, selected))
        scroll = self._scroll()
        self._lines, self._selected = lines, selected
        self._can_edit, self._can_modify = can_edit, can_modify
        self._sum_up(first)
        if grown or moved:
            self._show_line(selected or (lines[-1].key if lines and grown else ""))
        buttons = self.actions_row.geometry()
        self._place_actions()
        if self._scroll() == scroll:
            top = self._offsets[min(first, len(lines))] - scroll
            changed = QRegion(0, top, self.width(), max(0, self.height() - top))
            if self.actions_row.isVisible() and buttons == self.actions_row.geometry():
                changed -= QRegion(buttons)  # seven buttons need not be drawn again
            self.viewport().update(changed)
        else:
            self.viewport().update()

    def set_has_discount(self, has_discount: bool) -> None:
        """Show or hide the discount button; the narrow layout has no room for it."""
        self._has_discount = has_discount
        self._place_actions()

    def rect_of(self, key: str) -> QRect:
        """Return where a line is in the viewport; it may lie outside.

        Raises:
            KeyError: There is no such line.
        """
        for number, line in enumerate(self._lines):
            if line.key == key:
                top = self._offsets[number] - self._scroll()
                height = self._offsets[number + 1] - self._offsets[number]
                return QRect(0, top, self.viewport().width(), height)
        raise KeyError(key)

    def move_selection(self, step: int) -> None:
        """Select the next or previous line, for the arrow keys."""
        if not self._lines:
            return
        keys = [line.key for line in self._lines]
        now = (
            keys.index(self._selected) if self._selected in keys else -1 if step > 0 else len(keys)
        )
        target = min(max(now + step, 0), len(keys) - 1)
        self.selected.emit(keys[target])

    # ------------------------------------------------------------ geometry

    def _index(self, key: str) -> int:
        return _index_in(self._lines, key)

    def _common(self, lines: Sequence[LineState]) -> int:
        """Return how many leading lines are the same as before."""
        if self._generation != theme().generation:
            return 0
        count = min(len(lines), len(self._lines))
        for number in range(count):
            old, new = self._lines[number], lines[number]
            if old is not new and old != new:
                return number
        return count

    def _sum_up(self, first: int) -> None:
        del self._offsets[first + 1 :]
        offset = self._offsets[first] if first < len(self._offsets) else 0
        first = min(first, len(self._offsets) - 1)
        for line in self._lines[first:]:
            offset += self._row_height(line)
            self._offsets.append(offset)
        total = self._offsets[-1]
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, total - self.viewport().height()))

    def _row_height(self, line: LineState) -> int:
        look = theme()
        height = look.px(19) + look.px(24) * self._rows_of_name(line)
        if line.detail or line.right:
            height += look.px(18)
        if line.warning:
            height += look.px(22)
        if line.key == self._selected and self._can_edit:
            height += look.px(ACTIONS_HEIGHT_PX)
        return height

    def _rows_of_name(self, line: LineState) -> int:
        key = (line.name, len(line.total))
        rows = self._name_rows.get(key)
        if rows is None:
            if len(self._name_rows) > _WIDTHS_KEPT_MAX:
                self._name_rows.clear()
            width = QFontMetrics(theme().font_px(17, 500)).horizontalAdvance(line.name)
            rows = 1 if width <= self._name_width(line.total) else NAME_LINES_MAX
            self._name_rows[key] = rows
        return rows

    def _name_width(self, total: str) -> int:
        """Leave room for the quantity and the sum, whose digits are of one width."""
        look = theme()
        digits = "0" * len(total)
        sum_width = QFontMetrics(look.font_px(17, 600)).horizontalAdvance(digits) - look.px(8)
        return self.viewport().width() - look.px(62 + 14 + 8) - sum_width

    def _scroll(self) -> int:
        return self.verticalScrollBar().value()

    def _show_line(self, key: str) -> None:
        if not key:
            return
        try:
            rect = self.rect_of(key)
        except KeyError:
            return
        if rect.bottom() > self.viewport().height():
            rest = rect.bottom() - self.viewport().height() + 1
            self.verticalScrollBar().setValue(self._scroll() + rest)
        elif rect.top() < 0:
            self.verticalScrollBar().setValue(self._scroll() + rect.top())

    def _place_actions(self) -> None:
        line = next((line for line in self._lines if line.key == self._selected), None)
        if line is None or not self._can_edit:
            self.actions_row.hide()
            return
        rect = self.rect_of(line.key)
        height = theme().px(ACTIONS_HEIGHT_PX)
        self.actions_row.set_line(
            line.quantity,
            can_modify=self._can_modify,
            has_discount=self._has_discount,
            can_scan=line.can_scan,
        )
        self.actions_row.setGeometry(0, rect.bottom() - height, rect.width(), height)
        self.actions_row.show()

    # ------------------------------------------------------------ events

    @override
    def sizeHint(self) -> QSize:
        """Ask for little; the list takes what is left."""
        return QSize(theme().px(200), theme().px(120))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure again for another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._name_rows.clear()
        self._sum_up(0)
        self._show_line(self._selected)
        self._place_actions()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Measure again in another look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._generation != theme().generation:
            self._generation = theme().generation
            self._name_rows.clear()
            self._sum_up(0)
            self._place_actions()
        elif event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(tr("Order lines"))

    @override
    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Draw again; the buttons move with their line."""
        self._place_actions()
        self.viewport().update()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by the wheel of a desk mouse."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - event.angleDelta().y() // 2)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a tap or a drag."""
        self._press = event.position().toPoint()
        self._drag_from = self._scroll()
        self._dragging = False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scroll with the finger after 16 px."""
        if self._press is None:
            return
        moved = event.position().toPoint().y() - self._press.y()
        if self._dragging or abs(moved) > theme().px(DRAG_PX):
            self._dragging = True
            self.verticalScrollBar().setValue(self._drag_from - moved)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select the line that was tapped; a tap on its quantity asks for a number."""
        press, self._press = self._press, None
        if press is None or self._dragging:
            return
        place = event.position().toPoint()
        number = bisect_right(self._offsets, place.y() + self._scroll()) - 1
        if not 0 <= number < len(self._lines):
            self.selected.emit("")
            return
        key = self._lines[number].key
        if place.x() < theme().px(54):
            self.quantity_tapped.emit(key)
        self.selected.emit(key)

    def _on_action(self, intent: str) -> None:
        if self._selected:
            self.wanted.emit(self._selected, intent)

    # ------------------------------------------------------------ drawing

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines that are seen."""
        look = theme()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), look.color("surface"))
        scroll, bottom = self._scroll(), event.rect().bottom() + 1
        number = max(0, bisect_right(self._offsets, scroll + event.rect().top()) - 1)
        while number < len(self._lines) and self._offsets[number] - scroll < bottom:
            top = self._offsets[number] - scroll
            height = self._offsets[number + 1] - self._offsets[number]
            box = QRect(0, top, self.viewport().width(), height)
            self._draw_line(painter, box, self._lines[number])
            number += 1
        self._draw_bar(painter)
        painter.end()

    def _draw_line(self, painter: QPainter, box: QRect, line: LineState) -> None:
        look = theme()
        if line.key == self._selected:
            painter.fillRect(box, look.color("primary-soft"))
        rule = QRect(0, box.bottom() + 1 - look.px(1), box.width(), look.px(1))
        painter.fillRect(rule, look.color("line"))
        top, height = box.y() + look.px(9), look.px(24)
        right = box.right() - look.px(13)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font_px(17, 600))
        painter.setPen(look.color("text-2"))
        quantity = QRect(look.px(10), top, look.px(44), height)
        painter.drawText(quantity, Qt.AlignmentFlag.AlignHCenter | middle, line.quantity)
        painter.setPen(look.color("text"))
        sum_box = QRect(0, top, right, height)
        painter.drawText(sum_box, Qt.AlignmentFlag.AlignRight | middle, line.total)
        top = self._draw_name(painter, line, top)
        if line.detail or line.right:
            self._draw_details(painter, line, top, right)
            top += look.px(18)
        if line.warning:
            self._draw_warning(painter, line, top, right)

    def _draw_name(self, painter: QPainter, line: LineState, top: int) -> int:
        look = theme()
        font = look.font_px(17, 500)
        painter.setFont(font)
        rows = self._rows_of_name(line)
        left, width, height = look.px(62), self._name_width(line.total), look.px(24)
        words = [line.name] if rows == 1 else break_words(line.name, font, width, rows)
        for row, text in enumerate(words):
            box = QRect(left, top + row * height, width + look.px(20), height)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, text)
        return top + height * rows

    def _draw_details(self, painter: QPainter, line: LineState, top: int, right: int) -> None:
        look = theme()
        font = look.font_px(14, 400)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        middle = Qt.AlignmentFlag.AlignVCenter
        right_width = 0
        if line.right:
            right_width = metrics.horizontalAdvance(line.right) + look.px(8)
            painter.setPen(look.color(line.right_tone))
            box = QRect(0, top, right, look.px(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | middle, line.right)
            if line.is_struck:
                y = top + look.px(10)
                width = metrics.horizontalAdvance(line.right)
                painter.fillRect(
                    QRectF(right - width, y, width, look.px(1)), look.color(line.right_tone)
                )
            if line.right_icon:
                right_width += look.px(20)
                place = QRect(right - right_width + look.px(8), top, look.px(16), look.px(18))
                icons.paint(painter, place, line.right_icon, line.right_tone, 16)
        left = look.px(62)
        if line.detail_icon:
            place = QRect(left, top, look.px(16), look.px(18))
            icons.paint(painter, place, line.detail_icon, "text-2", 16)
            left += look.px(20)
        painter.setPen(look.color("text-2"))
        width = right - right_width - left
        text = metrics.elidedText(line.detail, Qt.TextElideMode.ElideRight, width)
        painter.drawText(
            QRect(left, top, width, look.px(18)), Qt.AlignmentFlag.AlignLeft | middle, text
        )

    def _draw_warning(self, painter: QPainter, line: LineState, top: int, right: int) -> None:
        look = theme()
        icon, icon_tone, tone = WARNING_LOOKS[line.warning_look]
        place = QRect(look.px(62), top + look.px(2), look.px(16), look.px(18))
        icons.paint(painter, place, icon, icon_tone, 16)
        font = look.font_px(14, 500)
        painter.setFont(font)
        painter.setPen(look.color(tone))
        box = place.adjusted(look.px(22), 0, 0, 0)
        box.setRight(right)
        text = cut(line.warning, QFontMetrics(font), box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_bar(self, painter: QPainter) -> None:
        total, height = self._offsets[-1], self.viewport().height()
        if total <= height or total <= 0:
            return
        look = theme()
        length = max(height * height // total, look.px(40))
        top = self._scroll() * (height - length) // max(1, total - height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line-strong"))
        left = self.viewport().width() - look.px(6)
        painter.drawRoundedRect(QRectF(left, top, look.px(4), length), 2, 2)


def _index_in(lines: Sequence[LineState], key: str) -> int:
    """Return the place of a line, or the number of lines if it is not there."""
    if key:
        for number in range(len(lines) - 1, -1, -1):  # the selected line is mostly a late one
            if lines[number].key == key:
                return number
    return len(lines)
