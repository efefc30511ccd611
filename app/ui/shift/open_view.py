"""The opening of a shift: the float with its pad at the left, the checks of the till at the right."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say
from app.ui.frame.dialogs import SCRIM_PERCENT
from app.ui.shift.open_state import Check, FloatChoice, OpenShiftState
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.parts import Parts
from app.ui.widgets.stack import Column, Row, Space
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View, clear_layout

_RIGHT = Qt.AlignmentFlag.AlignRight


class OpenShiftParts(Parts):
    """What takes longest to make."""

    @cached_property
    def pad(self) -> Numpad:
        """Make the pad."""
        return Numpad(ContextKey.COMMA, key_height=72)

    @cached_property
    def notice(self) -> Notice:
        """Make the notice of a shift that is open already."""
        return Notice("warn", kind=Kind.OUTLINE)


class OpenShiftView(View[OpenShiftState]):
    """A panel on a scrim under the top bar.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        key_typed: A digit or a comma.
        erased: The last sign is to go.
        choice_made: The `FloatChoice` that was tapped.
        open_wanted: Open the shift.
        back_wanted: Leave it closed.
        continue_wanted: A shift is open already: go on with it.
    """

    key_typed = Signal(str)
    erased = Signal()
    choice_made = Signal(object)
    open_wanted = Signal()
    back_wanted = Signal()
    continue_wanted = Signal()

    def __init__(self, parts: OpenShiftParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        parts = parts or OpenShiftParts()
        self.pad, self.notice = parts.pad, parts.notice
        self.panel = LiveFrame(self, box="dialog")
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_header())
        column.addWidget(Rule())
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._build_float())
        body.addWidget(Rule(vertical=True))
        body.addWidget(self._build_checks(), 1)
        column.addLayout(body, 1)
        column.addWidget(Rule())
        column.addWidget(self._build_footer())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_signals()
        self.refresh()

    # ------------------------------------------------------------ parts

    def _build_header(self) -> QWidget:
        row = Row(gap=12, margins=(24, 0, 24, 0), height=72)
        self._title = Label(style="title")
        self._cashier = Label(style="body", tone="text-2")
        row.add(self._title)
        row.add_stretch()
        row.add(self._cashier)
        return row

    def _build_float(self) -> QWidget:
        column = Column(gap=8, margins=(24, 20, 24, 24), width=460)
        self._float_title = Label(style="label", tone="text-2")
        self.field = ValueField(height=72)
        self.as_left = PushButton(kind=Kind.OUTLINE, height=48)
        self.without = PushButton(kind=Kind.OUTLINE, height=48)
        choices = Row(gap=8)
        choices.add(self.as_left, stretch=1)
        choices.add(self.without)
        self.error = Label(style="body-strong", tone="danger-text", wrap=True)
        column.add(self._float_title, self.field, choices, self.error, Space(0))
        column.add(self.pad, stretch=1)
        return column

    def _build_checks(self) -> QWidget:
        column = Column(gap=0, margins=(24, 20, 24, 16))
        self._checks_title = Label(style="heading", size_px=18)
        self._checks = Column(gap=0)
        self._told_checks: tuple[object, ...] = ()
        column.add(self._checks_title, Space(8), self._checks)
        column.add_stretch()
        column.add(self.notice)
        return column

    def _build_footer(self) -> QWidget:
        row = Row(gap=16, margins=(16, 12, 16, 12), height=88)
        self.back_button = PushButton(kind=Kind.OUTLINE, height=64, width=160)
        self._advice = Label(style="label", tone="text-2", weight=400, align=_RIGHT)
        self.open_button = PushButton(kind=Kind.PRIMARY, hotkey="Enter", height=64, width=340)
        row.add(self.back_button)
        row.add_stretch()
        row.add(self._advice, self.open_button)
        return row

    # ------------------------------------------------------------ what it shows

    @override
    def show_state(self, state: OpenShiftState) -> None:
        """Show the float, the checks and what can be done."""
        self._title.setText(
            tr("Open shift {number}", number=state.number) if state.number else tr("Open a shift")
        )
        self._cashier.setText(state.cashier)
        is_typed = state.choice is FloatChoice.TYPED
        self.field.set_value(
            state.entry.shown() if is_typed else fmt.money(state.float_minor),
            error=state.error is not None,
        )
        self.error.setText(say(state.error))
        self.error.setVisible(state.error is not None)
        left = fmt.money(state.suggested_minor, kopecks=False)
        self.as_left.set_label(tr("As left at closing, {sum}", sum=left))
        for button, choice in (
            (self.as_left, FloatChoice.AS_LEFT),
            (self.without, FloatChoice.NONE),
        ):
            button.setCheckable(True)
            button.setChecked(state.choice is choice)
        self._show_checks(state.checks)
        self._show_opened(state)
        self.pad.setEnabled(not state.busy)
        self.open_button.set_busy(state.busy)
        self.open_button.setEnabled(not state.busy and not state.opened_number)

    def _show_checks(self, checks: tuple[Check, ...]) -> None:
        # Every digit of the float shows a state; the checks stay as they are meanwhile.
        if (checks, language()) == self._told_checks:
            return
        self._told_checks = (checks, language())
        clear_layout(self._checks.layout())
        all_ok = all(check.is_ok for check in checks)
        self._checks_title.setText(tr("The till is checked") if all_ok else tr("Look at this"))
        for check in checks:
            self._checks.add(_check_row(check), Rule())

    def _show_opened(self, state: OpenShiftState) -> None:
        self.notice.setVisible(bool(state.opened_number))
        if state.opened_number:
            self.notice.set_notice(
                tr("Shift {number} is open already", number=state.opened_number),
                button=tr("Go on"),
            )

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._float_title.setText(tr("Float in the cash drawer"))
        self.without.set_label(tr("No float"))
        self.back_button.set_label(tr("Back"))
        self._advice.setText(tr("A shift may be opened\nwith warnings, too"))
        self.open_button.set_label(tr("Open the shift"))
        super().retranslate()

    # ------------------------------------------------------------ form

    @override
    def apply_theme(self) -> None:
        """Scale the panel."""
        self._place()

    @override
    def resizeEvent(self, _event: object) -> None:
        """Keep the panel in the middle."""
        self._place()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the scrim."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("bg"))
        color = theme().color("scrim")
        color.setAlpha(255 * SCRIM_PERCENT // 100)
        painter.fillRect(self.rect(), color)
        painter.end()

    def _place(self) -> None:
        look = theme()
        width = min(look.px(1040), self.width() - look.px(16))
        height = min(look.px(688), self.height() - look.px(16))
        self.panel.setGeometry((self.width() - width) // 2, look.px(12), width, height)

    def _connect_signals(self) -> None:
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.as_left.clicked.connect(lambda: self.choice_made.emit(FloatChoice.AS_LEFT))
        self.without.clicked.connect(lambda: self.choice_made.emit(FloatChoice.NONE))
        self.open_button.clicked.connect(self.open_wanted)
        self.back_button.clicked.connect(self.back_wanted)
        self.notice.pressed.connect(self.continue_wanted)


def _check_row(check: Check) -> QWidget:
    row = Row(gap=12, height=63)
    icon, tone = ("circle-check", "ok-text") if check.is_ok else ("alert-triangle", "warn-text")
    words = Column(gap=0)
    words.add_stretch()
    words.add(Label(say(check.title), "body-strong", elide=True))
    words.add(Label(say(check.detail), "label", tone="text-2", weight=400, elide=True))
    words.add_stretch()
    row.add(IconLabel(icon, tone))
    row.add(words, stretch=1)
    return row
