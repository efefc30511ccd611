"""The figures of the shift, the ways it was paid, and what can be done."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.tender import TenderKind
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.shift.state import BoardPage, Figures
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.notice import Notice
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View, clear_layout

TENDER_NAMES = {
    TenderKind.CASH: ("Наличные", "Cash"),
    TenderKind.CARD: ("Карта", "Card"),
    TenderKind.SBP: ("СБП", "SBP"),
    TenderKind.GIFT_CARD: ("Подарочные карты", "Gift cards"),
}


class Metric(Column):
    """A figure with its name and a few words."""

    def __init__(self, icon: str) -> None:
        super().__init__(gap=2, margins=(18, 12, 18, 12), box="card", height=112)
        self._name = Label(style="body", tone="text-2", elide=True)
        head = Row(gap=8)
        head.add(IconLabel(icon, "text-2", 20))
        head.add(self._name, stretch=1)
        self.figure = Label(style="title", size_px=32, weight=700)
        self._words = Label(style="label", tone="text-2", weight=500, elide=True)
        self.add(head, self.figure, self._words)

    def set_metric(self, name: str, figure: str, words: str) -> None:
        """Show a figure."""
        self._name.setText(name)
        self.figure.setText(figure)
        self._words.setText(words)


class ShareBar(LiveFrame):
    """How large a part of the whole is."""

    def __init__(self, part: int, whole: int) -> None:
        super().__init__()
        self._part, self._whole = part, max(whole, 1)
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(12))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the bar."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(look.color("surface-3"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        width = max(self.height(), self.width() * max(self._part, 0) // self._whole)
        painter.setBrush(look.color("primary"))
        painter.drawRoundedRect(
            QRectF(0, 0, min(width, self.width()), self.height()), radius, radius
        )
        painter.end()


class HourChart(LiveFrame):
    """Sales by the hour: a bar for each, the running hour in grey."""

    def __init__(self) -> None:
        super().__init__()
        self._hours: tuple[tuple[int, int], ...] = ()
        self.refresh()

    def set_hours(self, hours: tuple[tuple[int, int], ...]) -> None:
        """Show these hours with their numbers of sales."""
        self._hours = hours
        self.setAccessibleName(", ".join(f"{hour}:00 {count}" for hour, count in hours))
        self.update()

    @override
    def apply_theme(self) -> None:
        """Keep room for the figures."""
        self.setMinimumHeight(theme().px(120))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the bars, their figures and the hours under them."""
        if not self._hours:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        floor = self.height() - look.px(26)
        step = self.width() / len(self._hours)
        wide = min(look.px(56), step * 0.6)
        highest = max(1, *(count for _hour, count in self._hours))
        for place, (hour, count) in enumerate(self._hours):
            middle = step * (place + 0.5)
            tall = (floor - look.px(28)) * count / highest
            bar = QRectF(middle - wide / 2, floor - tall, wide, tall)
            is_now = place == len(self._hours) - 1
            if count:
                draw_face(painter, bar, "line-strong" if is_now else "primary", radius_px=4)
            painter.setPen(look.color("text"))
            painter.setFont(look.font_px(15, 600))
            figure = QRectF(middle - step / 2, floor - tall - look.px(24), step, look.px(20))
            painter.drawText(figure, Qt.AlignmentFlag.AlignCenter, str(count))
            painter.setPen(look.color("text-2"))
            painter.setFont(look.font_px(14))
            under = QRectF(middle - step / 2, floor + look.px(4), step, look.px(20))
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, f"{hour}:00")
        line = QRectF(0, floor, self.width(), look.px(1))
        painter.fillRect(line, look.color("line-strong"))
        painter.end()


class BoardView(View[BoardPage]):
    """The page with the figures.

    Attributes:
        cash_wanted: Put cash in (True) or take it out (False).
        drawer_wanted: Open the drawer.
        report_wanted: Show the X report.
        close_wanted: Begin to close the shift.
        queue_wanted: Look at the receipts that are not made.
    """

    cash_wanted = Signal(bool)
    drawer_wanted = Signal()
    report_wanted = Signal()
    close_wanted = Signal()
    queue_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.revenue, self.average = Metric("cash-banknote"), Metric("receipt")
        self.refunds, self.points = Metric("receipt-refund"), Metric("coins")
        metrics = Row(gap=12)
        metrics.add(self.revenue, self.average, self.refunds, self.points, stretch=1)
        middle = Row(gap=12)
        self._cash_title = Label(style="heading", size_px=18)
        cash = Column(gap=4, margins=(18, 14, 18, 14), box="card")
        self._cash_rows = [FigureRow(label_px=16, height=34, weight=600) for _ in range(5)]
        cash.add(self._cash_title, *self._cash_rows)
        cash.add_stretch()
        self._ways_title = Label(style="heading", size_px=18)
        ways = Column(gap=8, margins=(18, 14, 18, 14), box="card")
        self._ways = Column(gap=8)
        ways.add(self._ways_title, self._ways)
        ways.add_stretch()
        self._hours_title = Label(style="heading", size_px=18)
        self.hours = HourChart()
        hours = Column(gap=8, margins=(18, 14, 18, 8), box="card")
        hours.add(self._hours_title)
        hours.add(self.hours, stretch=1)
        middle.add(hours, stretch=4)
        middle.add(cash, ways, stretch=3)
        self.reminder = Notice("warn")
        self.receipts = Notice("danger", icon="receipt")
        buttons = Row(gap=12)
        self.in_button = PushButton(kind=Kind.OUTLINE, icon="download", height=80, size_px=18)
        self.out_button = PushButton(kind=Kind.OUTLINE, icon="upload", height=80, size_px=18)
        self.drawer_button = PushButton(kind=Kind.OUTLINE, icon="inbox", height=80, size_px=18)
        self.report_button = PushButton(kind=Kind.OUTLINE, icon="report", height=80, size_px=18)
        self.close_button = PushButton(kind=Kind.INK, icon="lock", height=80, size_px=18)
        buttons.add(self.in_button, self.out_button, self.drawer_button, stretch=1)
        buttons.add(self.report_button, self.close_button, stretch=1)
        self._column.addWidget(metrics)
        self._column.addWidget(middle, 1)
        self._column.addWidget(self.receipts)
        self._column.addWidget(self.reminder)
        self._column.addWidget(buttons)
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: BoardPage) -> None:
        """Show the figures."""
        figures = state.figures
        self.revenue.set_metric(
            tr("Revenue"),
            fmt.money(figures.revenue_minor, kopecks=False),
            tr("%n sales", figures.sales_count),
        )
        average = fmt.money(figures.average_minor, kopecks=False)
        self.average.set_metric(tr("Average sale"), average, "")
        refunds = fmt.money(figures.refunds_minor, kopecks=False)
        self.refunds.set_metric(tr("Refunds"), refunds, tr("%n refunds", figures.refunds_count))
        earned = fmt.signed_points(figures.earned_minor) if figures.earned_minor else "0"
        spent = fmt.amount(figures.spent_minor, kopecks=False)
        self.points.set_metric(tr("Points"), earned, tr("redeemed {sum}", sum=spent))
        self._hours_title.setText(tr("Sales by the hour"))
        self.hours.set_hours(figures.by_hour)
        self._show_cash(figures)
        self._show_ways(figures)
        self.reminder.set_notice("", say(state.reminder))
        self.reminder.setVisible(state.reminder is not None)
        self.receipts.set_notice(say(state.receipts), button=tr("Open the queue"))
        self.receipts.setVisible(state.receipts is not None)

    def _show_cash(self, figures: Figures) -> None:
        self._cash_title.setText(tr("Cash in the drawer"))
        drawer = figures.drawer_minor
        rows = (
            (tr("Float at the beginning"), fmt.amount(figures.float_minor)),
            (
                tr("Sales less refunds"),
                fmt.amount(figures.cash_sales_minor) if drawer is not None else "•••",
            ),
            (tr("Cash put in"), fmt.amount(figures.cash_in_minor)),
            (tr("Taken out"), fmt.amount(-figures.cash_out_minor)),
            (tr("Should be there"), fmt.money(drawer) if drawer is not None else "•••"),
        )
        for row, (name, figure) in zip(self._cash_rows, rows, strict=True):
            row.set_figure(name, figure)

    def _show_ways(self, figures: Figures) -> None:
        self._ways_title.setText(tr("Ways to pay"))
        clear_layout(self._ways.layout())
        whole = sum(amount for _, amount in figures.by_tender)
        place = 1 if language() == "en" else 0
        for kind, amount in sorted(figures.by_tender, key=lambda pair: -pair[1]):
            row = FigureRow(label_px=18, size_px=18, height=32, weight=600)
            row.set_figure(TENDER_NAMES[kind][place], fmt.money(amount))
            self._ways.add(row, ShareBar(amount, whole))
        if not figures.by_tender:
            self._ways.add(Label(tr("No sales yet"), "body", tone="text-2"))

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._column.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.in_button.set_label(tr("Put in"))
        self.out_button.set_label(tr("Take out"))
        self.drawer_button.set_label(tr("Open the drawer"))
        self.report_button.set_label(tr("X report"), hotkey="F3")
        self.close_button.set_label(tr("Close the shift"))
        super().retranslate()

    def _connect_signals(self) -> None:
        self.in_button.clicked.connect(lambda: self.cash_wanted.emit(True))
        self.out_button.clicked.connect(lambda: self.cash_wanted.emit(False))
        self.drawer_button.clicked.connect(self.drawer_wanted)
        self.report_button.clicked.connect(self.report_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        self.receipts.pressed.connect(self.queue_wanted)
