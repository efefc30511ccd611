"""Looking for a guest by phone: the number, the pad, and guests that fit."""

from datetime import timedelta

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.kernel.text import format_phone, initials
from app.ui import format as fmt
from app.ui.dates import day_text, say
from app.ui.guest.phone_text import split_mask
from app.ui.guest.state import GuestRow, PhonePage
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.avatar import draw_avatar
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View

PAD_LEAST_PX = 280
PAD_MOST_PX = 380
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GuestCardRow(Pressable):
    """A guest: name, tier, phone, last visit and balance; the first one is marked."""

    def __init__(self, row: GuestRow, detail: str, *, first: bool) -> None:
        super().__init__()
        self.row = row
        self._detail = detail
        self._first = first
        self._name = row.name or tr("No name")
        self.setText(self._name)
        self.setAccessibleName(f"{self._name}, {detail}, {fmt.points(row.balance_minor)}")
        self.apply_theme()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(88))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the row."""
        look = theme()
        rect = QRectF(self.rect())
        if self._first:
            draw_face(painter, rect, "loyal-soft", border="loyal", border_px=2)
        else:
            draw_face(painter, rect, "surface-3" if self.isDown() else "surface", border="line")
        edge = look.px(44)
        circle = QRect(look.px(17), (self.height() - edge) // 2, edge, edge)
        letters = initials(self.row.name) or "—"
        draw_avatar(painter, circle, letters, "loyal" if self._first else "loyal-soft")
        right = self._draw_balance(painter)
        self._draw_words(painter, circle.right() + look.px(13), right)

    def _draw_balance(self, painter: QPainter) -> int:
        look = theme()
        number = fmt.amount(self.row.balance_minor, kopecks=False)
        word = fmt.points(self.row.balance_minor).rpartition("\u00a0")[2]
        painter.setPen(look.color("loyal-text"))
        painter.setFont(look.font_px(22, 700))
        area = self.rect().adjusted(0, look.px(18), -look.px(16), -look.px(40))
        painter.drawText(area, _RIGHT, number)
        painter.setPen(look.color("text-2"))
        painter.setFont(look.font_px(14))
        area = self.rect().adjusted(0, look.px(48), -look.px(16), -look.px(18))
        painter.drawText(area, _RIGHT, word)
        return self.width() - look.px(110)

    def _draw_words(self, painter: QPainter, left: int, right: int) -> None:
        look = theme()
        level = tr("closed") if self.row.is_blocked else self.row.level
        chip = chip_size(level, "", 24)
        font = look.font_px(18, 600)
        metrics = QFontMetrics(font)
        room = right - left - chip.width() - look.px(8)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        painter.drawText(QRect(left, look.px(20), room, look.px(26)), _LEFT, name)
        at = QRectF(left + metrics.horizontalAdvance(name) + look.px(8), look.px(21), 0, 0)
        at.setSize(chip.toSizeF())
        draw_chip(painter, at, level, "danger" if self.row.is_blocked else "neutral")
        painter.setFont(look.font_px(16))
        painter.setPen(look.color("text-2"))
        room = right - left
        detail = painter.fontMetrics().elidedText(self._detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, look.px(45), room, look.px(22)), _LEFT, detail)


class PhoneView(View[PhonePage]):
    """The page for a phone number.

    Attributes:
        key_typed: A digit.
        erased: The last digit is to go.
        cleared: All digits are to go.
        search_wanted: Ask the service for this number.
        guest_chosen: The card id of a result.
        new_wanted: Register a new guest.
    """

    key_typed = Signal(str)
    erased = Signal()
    cleared = Signal()
    search_wanted = Signal()
    guest_chosen = Signal(str)
    new_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = ValueField(height=72, size_px=28, weight=600, right=False)
        self.error = Notice("danger")
        self.pad = Numpad(ContextKey.CLEAR, key_height=88)
        self.find_button = PushButton(kind=Kind.LOYAL, icon="search", height=80)
        self._left = left = Column(gap=8)
        left.add(self.field, self.error)
        left.add(self.pad, stretch=1)
        left.add(self.find_button)
        self._title = Label(style="heading", size_px=18)
        self._where = Label(style="label", tone="text-3", weight=400)
        head = Row(gap=8, height=28)
        head.add(self._title)
        head.add_stretch()
        head.add(self._where)
        self._area = ScrollBox()
        self.note = Notice("warn", height=56)
        self._scanner = Notice("loyal", icon="barcode", height=68)
        self.new_button = PushButton(kind=Kind.OUTLINE, icon="user-plus", height=64)
        right = Column(gap=8)
        right.add(head)
        right.add(self._area, stretch=1)
        right.add(self.note, self._scanner, self.new_button)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(left, 1)
        self._row.addWidget(right, 1)
        self.results: list[GuestCardRow] = []
        self._shown: tuple[object, ...] = ()
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: PhonePage) -> None:
        """Show the number and the guests that fit."""
        typed, rest = split_mask(state.digits)
        self.field.set_value(typed, rest=rest, error=state.error is not None, caret=True)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self.note.set_notice("", say(state.note))
        self.note.setVisible(state.note is not None)
        self.find_button.set_busy(state.busy)
        self._title.setText(tr("Similar guests") if state.rows else tr("Guests"))
        self._where.setText(tr("%n on this till", len(state.rows)) if state.rows else "")
        self._show_rows(state)

    def _show_rows(self, state: PhonePage) -> None:
        if self._shown == (state.rows, language()):
            return
        self._shown = (state.rows, language())
        column = Column(gap=8, box="clear")
        self.results = []
        for number, row in enumerate(state.rows):
            card = GuestCardRow(row, _detail(row, state), first=number == 0)
            card.clicked.connect(lambda _=False, which=row.card_id: self.guest_chosen.emit(which))
            self.results.append(card)
            column.add(card)
        column.add_stretch()
        self._area.setWidget(column)

    @override
    def apply_theme(self) -> None:
        """Scale the gap and the pad, which leaves half of a narrow page to the guests."""
        self._row.setSpacing(theme().px(16))
        self._left.setMinimumWidth(theme().px(PAD_LEAST_PX))
        self._left.setMaximumWidth(theme().px(PAD_MOST_PX))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.find_button.set_label(tr("Find"), hotkey="Enter")
        self.new_button.set_label(tr("New guest"))
        self._scanner.set_notice(
            tr("The scanner is ready."), tr("Present the card or the QR of the guest's app.")
        )
        super().retranslate()

    def _connect_signals(self) -> None:
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.pad.context_pressed.connect(self.cleared)
        self.find_button.clicked.connect(self.search_wanted)
        self.new_button.clicked.connect(self.new_wanted)


def _detail(row: GuestRow, state: PhonePage) -> str:
    parts = [format_phone(row.phone)]
    if row.last_visit is not None and state.today is not None:
        parts.append(day_text(row.last_visit.date(), state.today.date()))
    if row.age is not None:
        parts.append(_age_text(row.age))
    return " · ".join(part for part in parts if part)


def _age_text(age: timedelta) -> str:
    """Return how old data is, in its largest unit; nothing within the first minute."""
    minutes = age // timedelta(minutes=1)
    if minutes < 1:
        return ""
    if minutes < 60:
        return tr("data from %n min ago", minutes)
    hours = minutes // 60
    if hours < 24:
        return tr("data from %n h ago", hours)
    return tr("data from %n days ago", hours // 24)
