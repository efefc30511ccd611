"""The devices screen: cards at the left, what was found at the right."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.till.equipment_states import Light
from app.ui.devices.calibrate_page import CalibratePage
from app.ui.devices.card import HEIGHT_PX, AddCard, DeviceCard
from app.ui.devices.detail import DetailPanel
from app.ui.devices.form import Form
from app.ui.devices.found import FoundPanel
from app.ui.devices.receipt_page import ReceiptPage
from app.ui.devices.state import DevicesState
from app.ui.devices.strip_page import StripPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.scroll import scroll_around
from app.ui.widgets.view import View
from app.ui.widgets.work_header import WorkHeader

#: A column of cards, the finds and the margins stand side by side in this width.
WIDTH_MIN_PX = 670
FOUND_PX = 312
#: The header shows all its words in this width.
ROOMY_PX = 900
CARD_MIN_PX = 320
COLUMNS_MAX = 5
#: Cards that are made ahead: a usual till has so many devices.
CARDS_AHEAD = 8


class CardGrid(LiveFrame):
    """Cards in as many columns as fit; those that are not needed are kept for later."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._columns = 3
        self.cards: list[DeviceCard] = []
        self.add = AddCard(self)
        self._shown = 0
        self.refresh()

    def grow(self) -> DeviceCard:
        """Make one more card."""
        card = DeviceCard(self)
        card.hide()
        self.cards.append(card)
        return card

    def show_count(self, count: int, *, may_add: bool) -> None:
        """Show so many cards, and the place of the next one."""
        self.add.setVisible(may_add)
        if count != self._shown:
            self._shown = count
            for number, card in enumerate(self.cards):
                card.setVisible(number < count)
            self._place()

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme().px(8))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find how many columns fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        wide = (self.width() + look.px(8)) // look.px(CARD_MIN_PX + 8)
        columns = min(max(wide, 1), COLUMNS_MAX)
        if columns != self._columns:
            self._columns = columns
            self._place()

    def _place(self) -> None:
        for column in range(COLUMNS_MAX):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        shown: list[QWidget] = [*self.cards[: self._shown], self.add]
        for number, widget in enumerate(shown):
            self._grid.addWidget(widget, *divmod(number, self._columns))
        rows = -(-len(shown) // self._columns)
        self.setMinimumHeight(rows * theme().px(HEIGHT_PX + 8) - theme().px(8))


class DevicesParts(Parts):
    """What takes longest to make."""

    @cached_property
    def grid(self) -> CardGrid:
        """Make the grid with its first cards."""
        return CardGrid()

    @cached_property
    def cards(self) -> list[DeviceCard]:
        """Make half of the cards."""
        return [self.grid.grow() for _ in range(CARDS_AHEAD // 2)]

    @cached_property
    def more_cards(self) -> list[DeviceCard]:
        """Make the other half."""
        return [self.grid.grow() for _ in range(CARDS_AHEAD // 2)]

    @cached_property
    def found(self) -> FoundPanel:
        """Make the right side."""
        return FoundPanel()

    @cached_property
    def form(self) -> Form:
        """Make the form of the dialog."""
        return Form()

    @cached_property
    def receipt_page(self) -> ReceiptPage:
        """Make the dialog's page of the look of receipts."""
        return ReceiptPage()

    @cached_property
    def strip(self) -> StripPage:
        """Make the dialog's page of code pages."""
        return StripPage()

    @cached_property
    def calibrate_page(self) -> CalibratePage:
        """Make the dialog's page of learning a scanner."""
        return CalibratePage()

    @cached_property
    def detail(self) -> DetailPanel:
        """Make the dialog of one device."""
        return DetailPanel(self.form, self.receipt_page, self.strip, self.calibrate_page)


class DevicesView(View[DevicesState]):
    """The whole screen; the right side and the dialog carry their own intents.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        test_wanted: Id of the device whose test was tapped.
        settings_wanted: Id of the device whose dialog is to be opened.
        add_wanted: A device is to be added by hand.
        check_wanted: All devices are to be asked.
        back_wanted: Leave the screen.
    """

    test_wanted = Signal(str)
    settings_wanted = Signal(str)
    add_wanted = Signal()
    check_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, parts: DevicesParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or DevicesParts()
        self.grid, self.found, self.detail = parts.grid, parts.found, parts.detail
        self._connected: set[DeviceCard] = set()
        self.header = WorkHeader()
        self.ready = StatusChip(height=36)
        self.attention = StatusChip(height=36)
        self.silent = StatusChip(height=36)
        self.check = PushButton(kind=Kind.OUTLINE, icon="activity", hotkey="F5")
        for place, chip in enumerate((self.ready, self.attention, self.silent), 2):
            self.header.insert(place, chip)
        self.header.add(self.check)
        self._body = QHBoxLayout()
        self._body.addWidget(scroll_around(self.grid), 1)
        self._body.addWidget(self.found)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addLayout(self._body, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Room(self._page))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.back.connect(self.back_wanted)
        self.check.clicked.connect(self.check_wanted)
        self.grid.add.clicked.connect(self.add_wanted)
        self.refresh()

    @override
    def show_state(self, state: DevicesState) -> None:
        """Show the cards and the finds."""
        self._show_counts(state)
        cards = state.equipment.cards
        while len(self.grid.cards) < len(cards):
            self.grid.grow()
        for widget, card in zip(self.grid.cards, cards, strict=False):
            self._connect(widget)
            widget.show_card(card, busy=state.is_checking or card.device_id in state.busy)
        self.grid.show_count(len(cards), may_add=bool(state.equipment.models))
        self.check.setEnabled(not state.is_checking)
        self._name_check()
        self.found.render(state)

    def _show_counts(self, state: DevicesState) -> None:
        equipment = state.equipment
        for chip, light, tone, words in (
            (self.ready, Light.READY, "ok", tr("%n ready", equipment.count(Light.READY))),
            (
                self.attention,
                Light.ATTENTION,
                "warn",
                tr("%n to look at", equipment.count(Light.ATTENTION)),
            ),
            (self.silent, Light.SILENT, "danger", tr("%n silent", equipment.count(Light.SILENT))),
        ):
            chip.set_chip(words, tone)
            chip.setVisible(equipment.count(light) > 0)

    def _name_check(self) -> None:
        """Give the button its words, where there is room for them."""
        busy = self.state is not None and self.state.is_checking
        words = tr("Checking…") if busy else tr("Check everything")
        has_room = self.width() >= theme().px(ROOMY_PX)
        self.check.set_label(words if has_room else "", hotkey="F5" if has_room else " ")
        self.check.set_name(words)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the header in a narrow window."""
        super().resizeEvent(event)
        self._name_check()

    def _connect(self, widget: DeviceCard) -> None:
        if widget not in self._connected:
            self._connected.add(widget)
            widget.test_wanted.connect(self.test_wanted)
            widget.settings_wanted.connect(self.settings_wanted)

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.header.set_title(tr("Devices"))
        self._name_check()
        super().retranslate()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._body.setSpacing(look.px(12))
        self.found.setFixedWidth(look.px(FOUND_PX))
        self._page.setMinimumWidth(look.px(WIDTH_MIN_PX))
