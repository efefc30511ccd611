"""The right side of the queue: what happened to one row and what a person can do about it."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.till.queue_states import Choice, QueueRow, RowStatus
from app.ui import format as fmt
from app.ui import icons
from app.ui.dates import clock_text, say
from app.ui.sync.state import SyncScreenState, Tab
from app.ui.text import language, tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.count_badge import CountBadge
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View, clear_layout

REASONS = (
    tr_later("Sent another way"),
    tr_later("Entered by mistake"),
    tr_later("The guest agreed"),
)
RECEIPT_REASONS = (
    tr_later("Made at another till"),
    tr_later("No money was taken"),
    tr_later("A correction follows"),
)
ROOMY = 3  # so many outcomes have 64 px each


class ChoiceButton(Pressable):
    """One of several outcomes: a round mark and its words."""

    def __init__(
        self,
        words: str,
        *,
        chosen: bool,
        detail: str = "",
        height: int = 64,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._detail, self._height = detail, height
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setChecked(chosen)
        self.apply_theme()

    @override
    def nextCheckState(self) -> None:
        """Leave the choice to the state."""

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the face, the mark and the words."""
        look = theme()
        chosen = self.isChecked()
        fill = "surface-3" if self.isDown() else "primary-soft" if chosen else "surface"
        border, width = ("primary", 2) if chosen else ("line-strong", 1)
        draw_face(painter, QRectF(self.rect()), fill, border=border, border_px=width)
        mark = QRect(look.px(16), 0, look.px(24), self.height())
        if chosen:
            icons.paint(painter, mark, "circle-check-filled", "primary")
        else:
            painter.setPen(QPen(look.color("text"), look.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            edge = look.px(18)
            top = (self.height() - edge) / 2
            painter.drawEllipse(QRectF(mark.x() + look.px(3), top, edge, edge))
        painter.setPen(look.color("primary-text" if chosen else "text"))
        painter.setFont(look.font_px(17, 600))
        area = self.rect().adjusted(look.px(48), 0, -look.px(12), 0)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, left, self.text())
        if self._detail:
            painter.setFont(look.font_px(13, 500))
            painter.setPen(look.color("text-2" if chosen else "text-3"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, right, self._detail)


class DecisionView(View[SyncScreenState]):
    """What happened to the chosen row and what can be done.

    Attributes:
        choice_made: The `Choice` that was tapped.
        reason_chosen: Why it is given up, in words.
        details_toggled: Show or hide the codes for support.
        later_wanted: Leave it as it is.
        apply_wanted: Do what is chosen.
    """

    choice_made = Signal(object)
    reason_chosen = Signal(str)
    details_toggled = Signal()
    later_wanted = Signal()
    apply_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="card")
        outer = Column(gap=0)
        outer.add(self._build_header(), Rule())
        self.body = Column(gap=8, margins=(16, 12, 16, 8))
        self._facts = Row(gap=12)
        self._title = Label(style="heading", size_px=18, wrap=True)
        self._story = Label(style="body", tone="text-2", wrap=True)
        self._question = Label(style="label", tone="text-2")
        self._choices = Column(gap=8)
        self._reason_title = Label(style="label", tone="text-2")
        self._reasons = Row(gap=8)
        self.error = Notice("danger")
        self._raw = Label(style="caption", tone="text-3", wrap=True)
        self.body.add(self._title, self._story, self._facts, self._question)
        self.body.add(self._choices, self._reason_title, self._reasons, self.error)
        self.body.add_stretch()
        self.body.add(self._raw)
        self._empty = self._build_empty()
        outer.add(self.body, self._empty, stretch=1)
        outer.add(self._build_footer())
        self.buttons: dict[Choice, ChoiceButton] = {}
        self._shown_choices: tuple[object, ...] = ()
        layout = self._outer_layout()
        layout.add(outer)
        self.later.clicked.connect(self.later_wanted)
        self.apply.clicked.connect(self.apply_wanted)
        self.details.clicked.connect(self.details_toggled)
        self.refresh()

    def _outer_layout(self) -> Column:
        holder = Column(gap=0)
        self.setLayout(_filled(holder))
        return holder

    def _build_header(self) -> QWidget:
        row = Row(gap=8, margins=(16, 0, 4, 0), height=55)
        self._mark = IconLabel("alert-triangle", "danger")
        self._head = Label(style="heading", size_px=20)
        self._count = CountBadge("danger")
        self.details = PushButton(kind=Kind.GHOST, icon="dots", height=48, width=48)
        row.add(self._mark, self._head, self._count)
        row.add_stretch()
        row.add(self.details)
        return row

    def _build_empty(self) -> QWidget:
        column = Column(gap=8, margins=(24, 0, 24, 0))
        self._empty_words = Label(
            style="body", tone="text-2", wrap=True, align=Qt.AlignmentFlag.AlignHCenter
        )
        column.add_stretch()
        column.add_centered(IconLabel("circle-check", "ok-text", 28))
        column.add(self._empty_words)
        column.add_stretch()
        return column

    def _build_footer(self) -> QWidget:
        self._footer = Row(gap=8, margins=(8, 8, 8, 8))
        self.later = PushButton(kind=Kind.NEUTRAL, height=64, width=120, size_px=17)
        self.apply = PushButton(kind=Kind.PRIMARY, hotkey="Enter", height=64)
        self._footer.add(self.later)
        self._footer.add(self.apply, stretch=1)
        return self._footer

    # ------------------------------------------------------------ what it shows

    @override
    def show_state(self, state: SyncScreenState) -> None:
        """Show the chosen row, or that nothing waits for a person."""
        row = state.chosen
        decisions = state.count(Tab.DECIDE)
        must_decide = row is not None and row.status is RowStatus.DECIDE
        self._mark.setVisible(must_decide)
        self._count.set_count(decisions if must_decide else 0)
        self._head.setText(tr("Decide by hand") if must_decide else tr("Operation"))
        self.body.setVisible(row is not None)
        self._empty.setVisible(row is None)
        self._footer.setVisible(row is not None and bool(row.choices))
        self.details.setVisible(row is not None and bool(row.raw))
        if row is not None:
            self._show_row(row, state)
        self._empty_words.setText(
            tr("Nothing needs a decision. Tap a row to see more") if state.rows else tr("All sent")
        )

    def _show_row(self, row: QueueRow, state: SyncScreenState) -> None:
        self._title.setText(say(row.title))
        self._story.setText(say(row.error) or _story(row))
        clear_layout(self._facts.layout())
        self._facts.add(_fact(tr("At this till, {time}", time=clock_text(row.at)), *_here(row)))
        tries = tr("%n tries", row.tries) if row.tries else tr("not tried yet")
        other = tr("Fiscal register") if row.is_fiscal else tr("The other side")
        self._facts.add(_fact(other, say(row.status_words), tries))
        self._show_choices(row, state)
        self._show_reasons(state, RECEIPT_REASONS if row.is_fiscal else REASONS)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self._raw.setText(row.raw)
        self._raw.setVisible(state.shows_details and bool(row.raw))
        self._facts.setVisible(
            not state.asks_reason and not state.shows_details and state.error is None
        )
        self.apply.set_busy(state.busy)
        self.apply.setEnabled(state.can_apply)

    def _show_choices(self, row: QueueRow, state: SyncScreenState) -> None:
        self._question.setVisible(bool(row.choices))
        shown = (row.row_id, row.choices, state.choice, state.is_senior, language())
        if shown == self._shown_choices:
            return
        self._shown_choices = shown
        clear_layout(self._choices.layout())
        self.buttons = {}
        for choice in row.choices:
            detail = tr("senior") if choice.needs is not None and not state.is_senior else ""
            button = ChoiceButton(
                say(choice.words),
                chosen=choice.choice is state.choice,
                detail=detail,
                height=64 if len(row.choices) <= ROOMY else 48,
            )
            button.clicked.connect(
                lambda _=False, which=choice.choice: self.choice_made.emit(which)
            )
            self.buttons[choice.choice] = button
            self._choices.add(button)

    def _show_reasons(self, state: SyncScreenState, reasons: tuple[str, ...]) -> None:
        self._reason_title.setVisible(state.asks_reason)
        self._reasons.setVisible(state.asks_reason)
        clear_layout(self._reasons.layout())
        for source in reasons if state.asks_reason else ():
            words = tr(source)
            button = PushButton(words, Kind.OUTLINE, height=56, size_px=14)
            button.setCheckable(True)
            button.setChecked(words == state.reason)
            button.clicked.connect(lambda _=False, why=words: self.reason_chosen.emit(why))
            self._reasons.add(button, stretch=1)

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._question.setText(tr("What is to be done?"))
        self._reason_title.setText(tr("Why"))
        self.details.set_name(tr("Details for support"))
        self.later.set_label(tr("Later"))
        self.apply.set_label(tr("Apply"))
        super().retranslate()


def _filled(widget: QWidget) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(widget)
    return box


def _fact(title: str, figure: str, detail: str) -> QWidget:
    box = Column(gap=0, margins=(12, 6, 12, 6), box="sub")
    box.add(Label(title, "label", tone="text-2", weight=400, elide=True))
    box.add(Label(figure, "heading", size_px=20, weight=700, elide=True))
    box.add(Label(detail, "label", tone="text-2", weight=400, elide=True))
    return box


def _here(row: QueueRow) -> tuple[str, str]:
    """Return the figure and the small words of what happened at this till."""
    amount = "" if row.amount_minor is None else fmt.money(row.amount_minor)
    detail = say(row.detail)
    if not amount:
        return detail or tr("stored"), ""
    return amount, detail


def _story(row: QueueRow) -> str:
    """Return what becomes of a row by itself."""
    match row.status:
        case RowStatus.WAITING if row.is_fiscal:
            return tr("The register does it by itself as soon as it can.")
        case RowStatus.SENDING if row.is_fiscal:
            return tr("The register works on it.")
        case RowStatus.WAITING:
            return tr("It goes by itself as soon as there is a connection.")
        case RowStatus.SENDING:
            return tr("It is being sent.")
        case _:
            return tr("It will be tried again by itself.")
