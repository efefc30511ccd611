"""The dialog of sizes, modifiers and recommendations (S3). It only shows and tells."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.ui.frame.dialogs import DialogFrame
from app.ui.sale.option_card import OptionCard
from app.ui.sale.state import GroupState, ModifiersState, OfferState
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.face import draw_face
from app.ui.widgets.field import Field
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.main_button import MainButton, MainMeaning
from app.ui.widgets.scroll import scroll_around

SIZE_PX = (1240, 696)
NOTE_MAX = 200
#: Products whose groups of options are kept after the dialog was closed.
KEPT_MAX = 8


class _Group(LiveFrame):
    """A title and its options."""

    chosen = Signal(str)

    def __init__(self, state: GroupState, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = state
        self._title = Label(style="heading")
        self._hint = Label(style="label", tone="text-3", weight=400)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._hint)
        self._head.addStretch(1)
        self._grid = QGridLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._head)
        self._column.addLayout(self._grid)
        self._columns = 0
        self.cards = [OptionCard(option.key, self) for option in state.options]
        for card in self.cards:
            card.clicked.connect(lambda _checked=False, key=card.key: self.chosen.emit(key))
        self.refresh()

    def show_group(self, state: GroupState, columns: int) -> None:
        self.state = state
        self._title.setText(state.title)
        self._title.set_tone("danger-text" if state.is_missing else "text")
        self._hint.setText(state.hint)
        self._hint.set_tone("danger-text" if state.is_missing else "text-3")
        for card, option in zip(self.cards, state.options, strict=True):
            card.set_state(option)
        self._arrange(columns)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for card in self.cards:
            self._grid.removeWidget(card)
        for column in range(6):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)

    @override
    def apply_theme(self) -> None:
        look = theme()
        self._head.setSpacing(look.px(8))
        self._grid.setSpacing(look.px(8))
        self._column.setSpacing(look.px(8))


class _Offer(LiveFrame):
    """A recommendation on its category's tint."""

    added = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = OfferState("", "", "", 1)
        self._name = Label(style="item", weight=600, elide=True)
        self._detail = Label(style="label", tone="text-2", weight=400, elide=True)
        self.button = PushButton("", Kind.OUTLINE, icon="plus", width=56, parent=self)
        self.button.clicked.connect(lambda: self.added.emit(self._state.key))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._detail)
        words.addStretch()
        self._row = QHBoxLayout(self)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.button)
        self.refresh()

    def show_offer(self, state: OfferState) -> None:
        self._state = state
        self._name.setText(state.name)
        self._detail.setText(tr("Added") if state.is_added else state.detail)
        self.button.set_label("", icon="check" if state.is_added else "plus")
        self.button.setEnabled(not state.is_added)
        self.button.set_name(tr("Add {name}", name=state.name))
        self.update()

    @override
    def apply_theme(self) -> None:
        look = theme()
        self._row.setContentsMargins(look.px(14), look.px(10), look.px(8), look.px(10))
        self._row.setSpacing(look.px(12))
        self.setFixedHeight(look.px(76))

    @override
    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), f"cat-{self._state.tint}")
        painter.end()


class ModifiersView(DialogFrame):
    """The dialog.

    Args:
        parent: Owner.

    Attributes:
        option_tapped: Key of the group, key of the option.
        offer_tapped: Key of a recommended product.
        quantity_stepped: 1 or -1.
        note_changed: The comment.
        add_tapped: Put it in the order.
        key_pressed: A key that the dialog leaves to its presenter.
    """

    option_tapped = Signal(str, str)
    offer_tapped = Signal(str)
    quantity_stepped = Signal(int)
    note_changed = Signal(str)
    add_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ModifiersState()
        self._groups: dict[str, _Group] = {}
        self._kept: dict[tuple[object, ...], dict[str, _Group]] = {}
        self._signature: tuple[object, ...] = ()
        self._chip = StatusChip("", "primary")
        self.header.insertWidget(1, self._chip)
        self._build_groups()
        self._build_offers()
        self._build_footer()
        self.refresh()

    @property
    def state(self) -> ModifiersState:
        """What it shows."""
        return self._state

    def card(self, group: str, option: str) -> OptionCard:
        """Return the card of an option.

        Raises:
            KeyError: There is no such option.
        """
        for card in self._groups[group].cards:
            if card.key == option:
                return card
        raise KeyError(option)

    def show_state(self, state: ModifiersState) -> None:
        """Show the product and what is chosen."""
        self._state = state
        self.title.setText(state.title)
        self._chip.set_chip(state.category, "primary", state.category_icon)
        self._chip.setVisible(bool(state.category))
        self._show_groups(state)
        self._show_offers(state)
        if self.note.text() != state.note:
            self.note.setText(state.note)
        self._quantity.setText(state.quantity)
        self._unit.setText(state.unit_words)
        self._unit.setVisible(self.width() >= theme().px(800))
        self.add.set_meaning(MainMeaning("add", state.add_label, state.total, "Enter"))

    def show_group(self, key: str) -> None:
        """Scroll a group into view."""
        group = self._groups.get(key)
        if group is not None:
            self._scroll.ensureWidgetVisible(group, 0, theme().px(16))

    def on_key(self, key: str) -> bool:
        """Enter adds, plus and minus count, figures are left to the field."""
        if key == "Enter":
            self.add_tapped.emit()
        elif key in ("+", "-"):
            self.quantity_stepped.emit(1 if key == "+" else -1)
        else:
            return False
        return True

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self._groups_column.setContentsMargins(look.px(24), look.px(16), look.px(24), look.px(16))
        self._groups_column.setSpacing(look.px(14))
        self._side_column.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        self._side_column.setSpacing(look.px(8))
        self._side.setFixedWidth(look.px(356))
        self._footer_row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        self._footer_row.setSpacing(look.px(8))
        self._footer.setFixedHeight(look.px(96))
        self._quantity.setFixedWidth(look.px(56))
        self.add.setMaximumWidth(look.px(420))
        self.add.setMinimumWidth(look.px(250))
        self.note.set_room(look.px(34), 0)
        self._note_icon.move(look.px(14), look.px(16))

    @override
    def retranslate(self) -> None:
        """Name what does not depend on the product."""
        super().retranslate()
        self.note.setPlaceholderText(tr("Note for the kitchen"))
        self._offers_title.setText(tr("Recommended to add"))
        self._minus.set_name(tr("One less"))
        self._plus.set_name(tr("One more"))

    def _columns(self, group: GroupState) -> int:
        """Four short options stand in a row, longer ones three; fewer where it is narrow."""
        longest = max((len(option.name) for option in group.options), default=0)
        wide = 3 if longest > 14 or len(group.options) > 4 else 4
        return min(wide, 3) if self.width() < theme().px(1100) else wide

    def _show_groups(self, state: ModifiersState) -> None:
        signature = tuple(
            (group.key, tuple(option.key for option in group.options)) for group in state.groups
        )
        if signature != self._signature:
            self._signature = signature
            self._put_groups_away()
            self._groups = self._kept.pop(signature, {})
            for number, group in enumerate(state.groups):
                self._take_group(number, group)
            self._kept[signature] = self._groups
            self._scroll.verticalScrollBar().setValue(0)
        for group in state.groups:
            self._groups[group.key].show_group(group, self._columns(group))

    def _put_groups_away(self) -> None:
        """Take the groups out; those of the last products are kept, for making them takes long."""
        for old in self._groups.values():
            old.hide()
            self._groups_column.removeWidget(old)
        while len(self._kept) > KEPT_MAX:
            for gone in self._kept.pop(next(iter(self._kept))).values():
                gone.deleteLater()

    def _take_group(self, number: int, group: GroupState) -> None:
        shown = self._groups.get(group.key)
        if shown is None:
            shown = self._groups[group.key] = _Group(group, self._groups_box)
            shown.chosen.connect(lambda option, key=group.key: self.option_tapped.emit(key, option))
        self._groups_column.insertWidget(number, shown)
        shown.show()

    def _show_offers(self, state: ModifiersState) -> None:
        self._side.setVisible(bool(state.offers) and self.width() >= theme().px(1000))
        for number, offer in enumerate(self.offers):
            has = number < len(state.offers)
            offer.setVisible(has)
            if has:
                offer.show_offer(state.offers[number])
        self._guest.setText(state.guest_words)
        self._guest.setVisible(bool(state.guest_words))
        self._guest_icon.setVisible(bool(state.guest_words))

    def _build_groups(self) -> None:
        self._groups_box = LiveFrame(box="clear")
        self._groups_column = QVBoxLayout(self._groups_box)
        self.note = Field()
        self.note.setMaxLength(NOTE_MAX)
        self.note.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.note.textEdited.connect(self.note_changed)
        self._note_icon = IconLabel("message", "text-2", 24, self.note)
        self._groups_column.addWidget(self.note)
        self._groups_column.addStretch(1)
        self._scroll = scroll_around(self._groups_box)

    def _build_offers(self) -> None:
        self._side = LiveFrame(box="sub-line-left")
        self._side_column = QVBoxLayout(self._side)
        head = QHBoxLayout()
        head.addWidget(IconLabel("sparkles", "loyal-text"))
        self._offers_title = Label(style="heading")
        head.addWidget(self._offers_title)
        head.addStretch(1)
        self._side_column.addLayout(head)
        self.offers = [_Offer(self._side) for _ in range(4)]
        for offer in self.offers:
            offer.added.connect(self.offer_tapped)
            self._side_column.addWidget(offer)
        self._side_column.addStretch(1)
        self._guest_icon = IconLabel("user-check", "text-2", 20)
        self._guest = Label(style="label", tone="text-2", weight=400, wrap=True)
        foot = QHBoxLayout()
        foot.addWidget(self._guest_icon)
        foot.addWidget(self._guest, 1)
        self._side_column.addLayout(foot)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._scroll, 1)
        middle.addWidget(self._side)
        self.body.addLayout(middle, 1)

    def _build_footer(self) -> None:
        self._footer = LiveFrame(box="foot")
        self._footer_row = QHBoxLayout(self._footer)
        self._minus = self._stepper("minus", -1)
        self._quantity = Label(
            "1", size_px=28, weight=700, align=Qt.AlignmentFlag.AlignHCenter, tabular=True
        )
        self._footer_row.addWidget(self._minus)
        self._footer_row.addWidget(self._quantity)
        self._plus = self._stepper("plus", 1)
        self._footer_row.addWidget(self._plus)
        self._footer_row.addStretch(3)
        self._unit = Label(tone="text-2", align=Qt.AlignmentFlag.AlignRight)
        self._footer_row.addWidget(self._unit)
        self.add = MainButton(self, height=72)
        self.add.pressed_as.connect(lambda _key: self.add_tapped.emit())
        self._footer_row.addWidget(self.add, 4)
        self.footer.addWidget(self._footer)

    def _stepper(self, icon: str, step: int) -> PushButton:
        button = PushButton(
            "", Kind.OUTLINE, icon=icon, width=64, height=64, repeat=True, parent=self
        )
        button.clicked.connect(lambda: self.quantity_stepped.emit(step))
        return button
