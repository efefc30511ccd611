"""The queue screen: what waits at the left, one row with its choices at the right."""

from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.till.queue_states import QueueRow
from app.ui.dates import clock_text, say
from app.ui.sync.decision import DecisionView
from app.ui.sync.rows import CHIP_LEFT, SUM_RIGHT, TIME_LEFT, OperationRow, has_columns
from app.ui.sync.state import Exchange, Light, SyncScreenState, Tab
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.row_list import LEFT_MIDDLE, RIGHT_MIDDLE, RowList
from app.ui.widgets.segment import Choice as SegmentChoice
from app.ui.widgets.segment import Segment
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View


class _Heads(LiveFrame):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.refresh()

    @override
    def apply_theme(self) -> None:
        self.setFixedHeight(theme().px(40))

    @override
    def retranslate(self) -> None:
        self.update()

    @override
    def paintEvent(self, _event: object) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setFont(look.font("label"))
        painter.setPen(look.color("text-2"))
        columns = (
            (64, 200, tr("Operation"), LEFT_MIDDLE),
            (TIME_LEFT, 80, tr("Time"), LEFT_MIDDLE),
            (SUM_RIGHT - 110, 110, tr("Sum"), RIGHT_MIDDLE),
            (CHIP_LEFT, 120, tr("State"), LEFT_MIDDLE),
        )
        for left, width, words, flags in columns if has_columns(self.width()) else columns[:1]:
            painter.drawText(QRect(look.px(left), 0, look.px(width), self.height()), flags, words)
        line = QRect(0, self.height() - look.px(1), self.width(), look.px(1))
        painter.fillRect(line, look.color("line"))
        painter.end()


class DrainBar(LiveFrame):
    """How far a long queue has come."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = self._whole = 0
        self.refresh()

    def set_drain(self, sent: int, whole: int) -> None:
        """Show so many of so many; nothing when no queue is being sent."""
        self._sent, self._whole = sent, whole
        self.setVisible(whole > 0)
        self.setAccessibleName(tr("Sent {sent} of {whole}", sent=sent, whole=whole))
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(36))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the words and the bar."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look.font("label"))
        painter.setPen(look.color("text-2"))
        area = self.rect().adjusted(look.px(16), 0, -look.px(16), 0)
        painter.drawText(area, LEFT_MIDDLE, self.accessibleName())
        left = look.px(220)
        top = (self.height() - look.px(8)) / 2
        bar = QRectF(left, top, self.width() - left - look.px(16), look.px(8))
        draw_face(painter, bar, "surface-3", radius_px=4)
        if self._whole:
            bar.setWidth(bar.width() * min(self._sent, self._whole) / self._whole)
            draw_face(painter, bar, "primary", radius_px=4)
        painter.end()


#: List, decision and header stand side by side in this width; smaller windows scroll.
WIDTH_MIN_PX = 1000


class SyncParts(Parts):
    """What takes longest to make."""

    @cached_property
    def decision(self) -> DecisionView:
        """Make the right side."""
        return DecisionView()

    @cached_property
    def list(self) -> RowList:
        """Make the list of operations."""
        return RowList()

    @cached_property
    def tabs(self) -> Segment:
        """Make the kinds of operations."""
        return Segment()


class SyncView(View[SyncScreenState]):
    """The whole queue screen; the right side carries its own intents.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        tab_chosen: The `Tab` that was tapped.
        row_chosen: The id of the row that was tapped.
        retry_wanted: The id of a row that is to be tried again at once.
        send_wanted: Everything is to be tried at once.
    """

    tab_chosen = Signal(object)
    row_chosen = Signal(str)
    retry_wanted = Signal(str)
    send_wanted = Signal()

    def __init__(self, parts: SyncParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or SyncParts()
        self.decision, self.list, self.tabs = parts.decision, parts.list, parts.tabs
        self.rows: dict[str, OperationRow] = {}
        self._shown: tuple[object, ...] = ()
        self._body = QHBoxLayout()
        self._body.addWidget(self._build_list(), 1)
        self._body.addWidget(self.decision)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setSpacing(0)
        self._column.addWidget(self._build_header())
        self._column.addLayout(self._body, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Room(self._page))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tabs.chosen.connect(lambda key: self.tab_chosen.emit(Tab(key)))
        self.send.clicked.connect(self.send_wanted)
        self.refresh()

    # ------------------------------------------------------------ parts

    def _build_header(self) -> QWidget:
        row = Row(gap=12, margins=(0, 8, 0, 8), height=72)
        self._title = Label(style="title")
        self.chip = StatusChip("", "ok", "cloud-check", height=36)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.send = PushButton(kind=Kind.PRIMARY, icon="refresh", hotkey="F5")
        row.add(self._title, self.chip)
        row.add_stretch()
        row.add(self.tabs, self.send)
        return row

    def _build_list(self) -> QWidget:
        card = Column(gap=0, margins=(4, 0, 4, 0), box="card")
        self.drain = DrainBar()
        self._empty = Column(gap=8)
        self._empty_words = Label(style="heading", align=Qt.AlignmentFlag.AlignHCenter)
        self._empty_advice = Label(style="body", tone="text-2", align=Qt.AlignmentFlag.AlignHCenter)
        self._empty.add_stretch()
        self._empty.add_centered(IconLabel("cloud-check", "ok-text", 56))
        self._empty.add(self._empty_words, self._empty_advice)
        self._empty.add_stretch()
        foot = Row(gap=12, margins=(12, 0, 12, 0), height=48)
        self._safe = Label(style="body", tone="text-2", elide=True)
        foot.add(IconLabel("shield-check", "text-2"))
        foot.add(self._safe, stretch=1)
        self._heads = _Heads()
        card.add(self._heads, self.drain)
        card.add(self.list, self._empty, stretch=1)
        card.add(Rule(), foot)
        return card

    # ------------------------------------------------------------ what it shows

    @override
    def show_state(self, state: SyncScreenState) -> None:
        """Show the rows of the tab and the chosen one."""
        self._show_exchange(state.exchange)
        self.tabs.set_choices(
            [SegmentChoice(tab.value, f"{_tab_text(tab)} {state.count(tab)}") for tab in Tab],
            state.tab.value,
        )
        self._show_rows(state)
        self.send.set_busy(state.busy)
        self.decision.render(state)

    def _show_exchange(self, exchange: Exchange) -> None:
        at = clock_text(exchange.since) if exchange.since else ""
        match exchange.light:
            case Light.ONLINE:
                words = tr("Online, exchange {time}", time=at) if at else tr("Online")
                self.chip.set_chip(words, "ok", "cloud-check")
            case Light.OFFLINE:
                words = tr("Offline, last exchange {time}", time=at) if at else tr("Offline")
                self.chip.set_chip(words, "warn", "cloud-off")
            case Light.TROUBLE:
                self.chip.set_chip(tr("Exchange error"), "danger", "refresh-alert")
        self.chip.setToolTip(say(exchange.notice))
        self.drain.set_drain(exchange.sent, exchange.whole)
        self._empty_words.setText(tr("All sent, {time}", time=at) if at else tr("All sent"))

    def _show_rows(self, state: SyncScreenState) -> None:
        # Tries are counted while a finger is on a row: only what it shows makes it anew.
        faces = tuple(replace(row, tries=0, raw="") for row in state.shown)
        shown = (faces, state.chosen_id, state.tab, language(), theme().generation)
        if shown == self._shown:
            return
        keep = bool(self._shown) and self._shown[2] == state.tab
        self._shown = shown
        self.rows = {row.row_id: self._make(row, state.chosen_id) for row in state.shown}
        self.list.set_rows(tuple(self.rows.values()), keep_place=keep)
        has_rows = bool(self.rows)
        self.list.setVisible(has_rows)
        self._heads.setVisible(has_rows)
        self._empty.setVisible(not has_rows)
        if not has_rows and state.rows:
            self._empty_words.setText(tr("Nothing here"))
        self._empty_advice.setText(
            tr("Other tabs have rows") if state.rows else tr("Nothing waits for the network")
        )

    def _make(self, row: QueueRow, chosen_id: str) -> OperationRow:
        widget = OperationRow(row, chosen=row.row_id == chosen_id)
        row_id = row.row_id
        widget.clicked.connect(lambda _=False: self.row_chosen.emit(row_id))
        widget.retry_wanted.connect(lambda: self.retry_wanted.emit(row_id))
        return widget

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("Exchange and queue"))
        self.send.set_label(tr("Send now"))
        self._safe.setText(
            tr(
                "All operations are stored at the till. They go by themselves, even after it was off."
            )
        )
        super().retranslate()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._body.setSpacing(look.px(12))
        self.decision.setFixedWidth(look.px(500))
        self._page.setMinimumWidth(look.px(WIDTH_MIN_PX))


def _tab_text(tab: Tab) -> str:
    match tab:
        case Tab.ALL:
            return tr("All")
        case Tab.WAITING:
            return tr("Waiting")
        case Tab.ERRORS:
            return tr("Errors")
        case Tab.DECIDE:
            return tr("To decide")
