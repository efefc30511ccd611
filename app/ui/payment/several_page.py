"""Several tenders: the parts that are paid, what remains, and the next part."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from app.domain.tender import TenderKind
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.payment.sizes import PAD_NARROW_PX, PAD_PX
from app.ui.payment.state import PartRow, SeveralPage, Tab
from app.ui.payment.tabs import ICONS, kind_text
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.figure import FigureCard
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View, clear_layout


class SeveralView(View[SeveralPage]):
    """The page for several tenders.

    Attributes:
        key_typed: A digit or a comma.
        erased: The last sign is to go.
        rest_chosen: The next part is all that remains.
        kind_chosen: The `TenderKind` of the next part.
        part_removed: The id of a part that is to be given back.
    """

    key_typed = Signal(str)
    erased = Signal()
    rest_chosen = Signal()
    kind_chosen = Signal(object)
    part_removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.parts = Column(gap=0, margins=(16, 4, 8, 4), box="card")
        self.remaining = FigureCard("primary", size_px=40, height=76, in_row=True)
        self.kinds: dict[TenderKind, PushButton] = {}
        self._kind_grid = QGridLayout()
        self._is_narrow = False
        for kind in TenderKind:
            self.kinds[kind] = self._make_kind(kind)
        self._place_kinds()
        self.field = ValueField(height=64, size_px=28)
        self._error = Notice("danger")
        self._safe = Label(style="label", tone="text-2", weight=400, wrap=True)
        left = Column(gap=12)
        left.add(self.parts, self.remaining)
        left.layout().addLayout(self._kind_grid)  # type: ignore[union-attr]  # a column has one
        left.add(self.field, self._error)
        left.add_stretch()
        left.add(self._safe)
        self.pad = Numpad(ContextKey.COMMA, key_height=104)
        self.rest_button = PushButton(kind=Kind.NEUTRAL, height=64)
        right = Column(gap=8, width=PAD_PX)
        self._right = right
        right.add(self.pad, self.rest_button)
        right.add_stretch()
        self._grid.addWidget(left, 0, 0)
        self._grid.addWidget(right, 0, 1)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.rest_button.clicked.connect(self.rest_chosen)
        self.refresh()

    def _make_kind(self, kind: TenderKind) -> PushButton:
        button = PushButton(kind=Kind.OUTLINE, icon=ICONS[Tab(kind.value)], height=64)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.kind_chosen.emit(kind))
        return button

    @override
    def show_state(self, state: SeveralPage) -> None:
        """Show the parts and the next one."""
        clear_layout(self.parts.layout())
        for number, part in enumerate(state.parts):
            if number:
                self.parts.add(Rule())
            self.parts.add(self._part(part))
        self.parts.setVisible(bool(state.parts))
        self.remaining.set_figure("primary", tr("Remaining"), fmt.money(state.remaining_minor))
        for kind, button in self.kinds.items():
            button.setVisible(kind in state.kinds)
            button.set_label(kind_text(kind))
            button.setChecked(kind is state.kind)
        typed = fmt.money(state.next_minor) if state.entry.is_empty else state.entry.shown()
        self.field.set_value(typed, error=state.error is not None)
        self._error.set_notice("", say(state.error))
        self._error.setVisible(state.error is not None)

    def _part(self, part: PartRow) -> Row:
        row = Row(gap=12, height=72)
        amount = fmt.money(part.amount_minor)
        detail = amount if self._is_narrow else part.detail or tr("taken")
        words = Column(gap=0)
        words.add_stretch()
        words.add(Label(kind_text(part.kind), "item", size_px=18, weight=600, elide=True))
        words.add(Label(detail, "label", tone="text-2", weight=400, elide=True))
        words.add_stretch()
        remove = PushButton(
            kind=Kind.GHOST,
            icon="trash",
            icon_tone="danger-text",
            width=56,
            name=tr("Give {sum} back", sum=amount),
        )
        remove.clicked.connect(lambda: self.part_removed.emit(part.payment_id))
        row.add(IconLabel(ICONS[Tab(part.kind.value)]))
        row.add(words, stretch=1)
        if not self._is_narrow:
            row.add(Label(amount, "heading", size_px=20, weight=600))
        row.add(remove)
        return row

    def _place_kinds(self) -> None:
        """Put the ways side by side, in a narrow window one under another."""
        for number, button in enumerate(self.kinds.values()):
            self._kind_grid.addWidget(button, *divmod(number, 1 if self._is_narrow else 2))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.rest_button.set_label(tr("All that remains"))
        self._safe.setText(
            tr("Each part is stored already. Money that was taken is not lost without a network.")
        )
        super().retranslate()

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Give the pad less room."""
        self._right.set_width(PAD_NARROW_PX if is_narrow else PAD_PX)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._place_kinds()
            if self.state is not None:
                self.show_state(self.state)

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._grid.setHorizontalSpacing(theme().px(16))
        self._kind_grid.setSpacing(theme().px(8))
