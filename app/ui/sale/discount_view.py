"""The discount work area: whole order or a line, percent or sum, reason, before and after."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.sale.state import DiscountMode, DiscountState
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.segment import Choice, Segment
from app.ui.widgets.view import View

REASONS_SHOWN = 6
QUICK_SHOWN = 4
LOW_PX = 650
NARROW_PX = 760


class DiscountParts(Parts):
    """What the discount screen has many of."""

    @cached_property
    def quick(self) -> list[PushButton]:
        """Make the usual percentages."""
        return [_choice(80, size_px=26) for _ in range(QUICK_SHOWN)]

    @cached_property
    def reasons(self) -> list[PushButton]:
        """Make the reasons."""
        return [_choice(56) for _ in range(REASONS_SHOWN)]

    @cached_property
    def numpad(self) -> Numpad:
        """Make the pad."""
        return Numpad(ContextKey.COMMA)


class DiscountView(View[DiscountState]):
    """The work area.

    Args:
        parts: Its buttons, as far as they are made.
        parent: The window.

    Attributes:
        back_tapped: Leave without a discount.
        mode_chosen: Value of a `DiscountMode`.
        target_chosen: True for the selected line, False for the whole order.
        quick_tapped: Which quick percentage.
        digit_typed: A digit or a comma.
        erased: Backspace.
        reason_tapped: Which reason.
        apply_tapped: Give the discount.
        clear_tapped: Take the discounts back.
    """

    back_tapped = Signal()
    mode_chosen = Signal(str)
    target_chosen = Signal(bool)
    quick_tapped = Signal(int)
    digit_typed = Signal(str)
    erased = Signal()
    reason_tapped = Signal(int)
    apply_tapped = Signal()
    clear_tapped = Signal()

    def __init__(self, parts: DiscountParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or DiscountParts()
        self.quick, self.reasons, self.numpad = parts.quick, parts.reasons, parts.numpad
        self._outer = QVBoxLayout(self)
        self._columns = QHBoxLayout()
        self._build_header()
        self._build_left()
        self._build_right()
        body = QWidget()
        body.setLayout(self._columns)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(Room(body), 1)
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: DiscountState) -> None:
        """Show what is chosen and what it does."""
        choices = [
            Choice(DiscountMode.PERCENT.value, tr("Percent")),
            Choice(DiscountMode.AMOUNT.value, tr("Amount")),
        ]
        self.segment.set_choices(choices, state.mode.value)
        self.line.setVisible(bool(state.line_name))
        self.line.set_label(tr("Only {name}", name=state.line_name))
        self.whole.setChecked(not state.is_for_line)
        self.line.setChecked(state.is_for_line)
        for number, button in enumerate(self.quick):
            has = number < len(state.quick) and state.mode is DiscountMode.PERCENT
            button.setVisible(has)
            if has:
                button.set_label(state.quick[number])
                button.setChecked(number == state.quick_chosen)
        for number, button in enumerate(self.reasons):
            has = number < len(state.reasons)
            button.setVisible(has)
            if has:
                button.set_label(state.reasons[number])
                button.setChecked(state.reasons[number] == state.reason)
        self._value.setText(state.value)
        self._show_result(state)
        self.apply_button.setEnabled(state.can_apply)
        self.clear_button.setVisible(state.can_clear)

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        gap, edge = look.px(8), look.px(12)
        self._outer.setContentsMargins(edge, gap, edge, edge)
        self._outer.setSpacing(gap)
        self._columns.setSpacing(look.px(16))
        self._left.setSpacing(edge)
        for layout in (self._targets, self._reasons_grid, self._right, self._quick_row):
            layout.setSpacing(gap)
        self._header.setSpacing(edge)
        self._value_box.setFixedHeight(look.px(72))
        self.numpad.setMaximumHeight(look.px(408))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no height for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        is_low = self.height() < look.px(LOW_PX)
        for button in self.quick:
            button.set_height(56 if is_low else 80)
        for button in (self.whole, self.line):
            button.set_height(48 if is_low else 64)
        is_narrow = self.width() < look.px(NARROW_PX)
        self._right_box.setFixedWidth(look.px(264 if is_narrow else 304))
        for number, button in enumerate(self.reasons):
            self._reasons_grid.addWidget(button, *divmod(number, 2 if is_narrow else 3))
        edge = look.px(6 if is_low else 14)
        self._card_rows.setContentsMargins(look.px(20), edge, look.px(20), edge)

    @override
    def retranslate(self) -> None:
        """Say what does not depend on the order."""
        self._title.setText(tr("Discount"))
        self.back.set_name(tr("Back"))
        self.whole.set_label(tr("Whole order"))
        self._reason_title.setText(tr("Reason"))
        self.apply_button.set_label(tr("Apply"))
        self.clear_button.set_label(tr("Remove discounts"))
        super().retranslate()

    def _show_result(self, state: DiscountState) -> None:
        for number, (label, value) in enumerate(self._rows):
            has = number < len(state.rows)
            label.setText(state.rows[number][0] if has else "")
            value.setText(state.rows[number][1] if has else "")
        self._result_label.setText(tr("Will be"))
        self._result.setText(state.result)
        if state.error:
            self._advice.set_banner("", state.error, tone="danger")
        else:
            self._advice.set_banner("", state.advice, tone="primary")
        self._advice.setVisible(bool(state.error or state.advice))

    def _build_header(self) -> None:
        self._header = QHBoxLayout()
        self.back = PushButton("", Kind.OUTLINE, icon="arrow-left", width=56, parent=self)
        self._title = Label(style="title")
        self.segment = Segment(self)
        self.segment.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._header.addWidget(self.back)
        self._header.addWidget(self._title)
        self._header.addStretch(1)
        self._header.addWidget(self.segment)
        self._outer.addLayout(self._header)

    def _build_left(self) -> None:
        self._left = QVBoxLayout()
        self._targets = QHBoxLayout()
        self.whole = _choice(64)
        self.line = _choice(64)
        self._targets.addWidget(self.whole, 1)
        self._targets.addWidget(self.line, 1)
        self._quick_row = QHBoxLayout()
        for button in self.quick:
            self._quick_row.addWidget(button, 1)
        self._reason_title = Label(style="label", tone="text-2")
        self._reasons_grid = QGridLayout()
        self.clear_button = PushButton(
            "", Kind.SOFT_DANGER, icon="trash", icon_tone="danger-text", parent=self
        )
        self._advice = Banner(self)
        self._left.addLayout(self._targets)
        self._left.addLayout(self._quick_row)
        self._left.addWidget(self._reason_title)
        self._left.addLayout(self._reasons_grid)
        self._left.addStretch(1)
        self._left.addWidget(self.clear_button)
        self._left.addWidget(self._build_card())
        self._left.addWidget(self._advice)
        self._columns.addLayout(self._left, 1)

    def _build_card(self) -> QWidget:
        card = LiveFrame(box="card")
        self._card_rows = QGridLayout(card)
        self._rows: list[tuple[Label, Label]] = []
        for number in range(2):
            label = Label(style="item", weight=400, tone="text-2")
            value = Label(style="item", align=Qt.AlignmentFlag.AlignRight)
            self._card_rows.addWidget(label, number, 0)
            self._card_rows.addWidget(value, number, 1)
            self._rows.append((label, value))
        self._result_label = Label(style="heading")
        self._result = Label(style="amount", align=Qt.AlignmentFlag.AlignRight)
        self._card_rows.addWidget(self._result_label, 2, 0)
        self._card_rows.addWidget(self._result, 2, 1)
        return card

    def _build_right(self) -> None:
        self._right_box = QWidget(self)
        self._right = QVBoxLayout(self._right_box)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._value_box = LiveFrame(box="field-chosen")
        row = QHBoxLayout(self._value_box)
        self._value = Label(style="amount", align=Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._value)
        self.apply_button = PushButton("", Kind.PRIMARY, hotkey="Enter", height=80, parent=self)
        self._right.addWidget(self._value_box)
        self._right.addWidget(self.numpad, 4)
        self._right.addStretch(1)
        self._right.addWidget(self.apply_button)
        self._columns.addWidget(self._right_box)

    def _connect_signals(self) -> None:
        self.back.clicked.connect(self.back_tapped)
        self.segment.chosen.connect(self.mode_chosen)
        self.whole.clicked.connect(lambda: self.target_chosen.emit(False))
        self.line.clicked.connect(lambda: self.target_chosen.emit(True))
        for number, button in enumerate(self.quick):
            button.clicked.connect(lambda _c=False, n=number: self.quick_tapped.emit(n))
        for number, button in enumerate(self.reasons):
            button.clicked.connect(lambda _c=False, n=number: self.reason_tapped.emit(n))
        self.numpad.digit.connect(self.digit_typed)
        self.numpad.erased.connect(self.erased)
        self.apply_button.clicked.connect(self.apply_tapped)
        self.clear_button.clicked.connect(self.clear_tapped)


def _choice(height: int, *, size_px: int = 16) -> PushButton:
    button = PushButton("", Kind.OUTLINE, height=height, size_px=size_px)
    button.setCheckable(True)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button
