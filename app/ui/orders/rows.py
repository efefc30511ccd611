"""The rows of the orders list and the names of their columns."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.till.orders import OrderRow
from app.ui import format as fmt
from app.ui.dates import clock_text, say
from app.ui.frame.order_board import light_state
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.row_list import LEFT_MIDDLE, RIGHT_MIDDLE, TapRow
from app.ui.widgets.traffic_light import TrafficLight

#: A list under this width leaves the guest and the word of the status out.
SHORT_PX = 780


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of the list stand, design pixels."""

    content_right: int
    guest_left: int
    sum_right: int
    state_left: int

    @property
    def is_short(self) -> bool:
        """Tell whether there is no room for the guest and the word of the status."""
        return not self.guest_left


def _columns(width: int) -> _Columns:
    """Return the columns of a list as wide as this, in screen pixels."""
    if width >= theme().px(SHORT_PX):
        return _Columns(388, 400, 624, 642)
    right = width * 100 // theme().scale_percent
    return _Columns(right - 236, 0, right - 124, right - 108)


class OrderLine(TapRow):
    """An order in the list: number, time, content, guest, sum, and how far it has come."""

    def __init__(self, row: OrderRow, *, chosen: bool) -> None:
        super().__init__(tr("Order {number}", number=row.number), chosen=chosen)
        self.row = row
        self._light = TrafficLight(self)
        self._light.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._light.set_state(light_state(row.lights))
        self._light.setVisible(not row.refunded_minor)

    def show_row(self, row: OrderRow, *, chosen: bool) -> None:
        """Show another order, or the same one as it is now."""
        self.set_chosen(chosen=chosen)
        if row == self.row:
            return
        self.row = row
        name = tr("Order {number}", number=row.number)
        self.setText(name)
        self.setAccessibleName(name)
        self._light.setVisible(not row.refunded_minor)
        self._place_light()
        self.update()

    @override
    def resizeEvent(self, _event: object) -> None:
        """Keep the light in its column."""
        self._place_light()

    def _place_light(self) -> None:
        columns, state = _columns(self.width()), light_state(self.row.lights)
        self._light.set_state(replace(state, word="") if columns.is_short else state)
        hint = self._light.sizeHint()
        top = (self.height() - hint.height()) // 2
        left = theme().px(columns.state_left)
        self._light.setGeometry(left, top, hint.width(), hint.height())

    @override
    def draw_row(self, painter: QPainter) -> None:
        """Draw the columns."""
        row, columns = self.row, _columns(self.width())
        self.write(painter, self.column(12, 58), str(row.number), weight=600)
        self.write(painter, self.column(74, 56), clock_text(row.at), tone="text-2")
        content = self.column(140, columns.content_right - 140)
        self.write(painter, content, say(row.content), tone="text-2")
        if columns.guest_left:
            who = row.guest or tr("without a guest")
            tone = "text" if row.guest else "text-3"
            guest = self.column(columns.guest_left, columns.sum_right - columns.guest_left - 112)
            self.write(painter, guest, who, tone=tone)
        amount = fmt.money(row.amount_minor)
        self.write(
            painter, self.column(columns.sum_right - 108, 108), amount, weight=600, right=True
        )
        if row.refunded_minor:
            self._draw_refund(painter, columns)

    def _draw_refund(self, painter: QPainter, columns: _Columns) -> None:
        amount = fmt.amount(self.row.refunded_minor)
        words = amount if columns.is_short else tr("refund {sum}", sum=amount)
        size = chip_size(words, "arrow-back-up")
        top = (self.height() - size.height()) / 2
        left = theme().px(columns.state_left)
        place = QRectF(left, top, size.width(), size.height())
        draw_chip(painter, place, words, "danger", "arrow-back-up")


class ColumnHeads(LiveFrame):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(40))

    @override
    def retranslate(self) -> None:
        """Draw the names again."""
        self.update()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the names and the line under them."""
        look, columns = theme(), _columns(self.width())
        painter = QPainter(self)
        painter.setFont(look.font("label"))
        painter.setPen(look.color("text-2"))
        for left, width, words, flags in (
            (12, 50, tr("No."), LEFT_MIDDLE),
            (74, 60, tr("Time"), LEFT_MIDDLE),
            (140, 200, tr("Content"), LEFT_MIDDLE),
            (columns.guest_left, 100 if columns.guest_left else 0, tr("Guest"), LEFT_MIDDLE),
            (columns.sum_right - 108, 108, tr("Sum"), RIGHT_MIDDLE),
            (columns.state_left, 120, tr("Status"), LEFT_MIDDLE),
        ):
            if not width:
                continue
            painter.drawText(QRect(look.px(left), 0, look.px(width), self.height()), flags, words)
        line = QRect(0, self.height() - look.px(1), self.width(), look.px(1))
        painter.fillRect(line, look.color("line"))
        painter.end()
