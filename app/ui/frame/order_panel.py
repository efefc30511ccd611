"""The order panel: number, traffic light, guest, lines, totals and the main button.

It stays at the right of every work screen. It renders a frozen state and tells what was tapped; the
main button may be taken over by the screen that is on top (`override_main`).
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.follow import SleepingStack
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.guest_strip import GuestStrip, GuestStripState
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.main_button import MainButton, MainMeaning
from app.ui.widgets.order_lines import LineState, OrderLines
from app.ui.widgets.totals import TotalRow, TotalsBlock
from app.ui.widgets.traffic_light import LightState, TrafficLight
from app.ui.widgets.view import View

HEADER_PX: Final = 56
_NO_LIGHT: Final = LightState()
_NO_GUEST: Final = GuestStripState()
_NOTHING_TO_PAY: Final = MainMeaning("pay", "", is_enabled=False)


@dataclass(frozen=True, slots=True)
class OrderPanelState:
    """What the order panel shows; words and figures are ready for the screen.

    Attributes:
        title: `Заказ 128`.
        light: The traffic light.
        guest: The guest strip.
        lines: All lines.
        selected: Key of the selected line.
        can_edit: Lines may be changed now.
        can_modify: The selected line has modifiers.
        totals: Rows over the main button.
        main: The main button while the sale is on top.
        warning: Amber words over the main button.
        held: How many orders wait, for the empty order.
        has_menu: The ⋯ button is there.
    """

    title: str = ""
    light: LightState = _NO_LIGHT
    guest: GuestStripState = _NO_GUEST
    lines: tuple[LineState, ...] = ()
    selected: str = ""
    can_edit: bool = True
    can_modify: bool = False
    totals: tuple[TotalRow, ...] = ()
    main: MainMeaning = _NOTHING_TO_PAY
    warning: str = ""
    held: int = 0
    has_menu: bool = True


class OrderPanel(View[OrderPanelState]):
    """The panel.

    Args:
        parent: The window.

    Attributes:
        line_selected: Key of a line, or empty.
        quantity_tapped: Key of a line whose quantity is to be typed.
        line_wanted: Key of a line and what to do with it, see `LineActions`.
        guest_tapped: Open the guest or the search.
        menu_tapped: The ⋯ of the order.
        held_tapped: Show the held orders.
        main_pressed: The meaning that the main button was pressed with.
        rendered: How many lines there are and what the main button means.
        close_tapped: Back to the products, in the one-pane layout.
    """

    line_selected = Signal(str)
    quantity_tapped = Signal(str)
    line_wanted = Signal(str, str)
    guest_tapped = Signal()
    menu_tapped = Signal()
    held_tapped = Signal()
    main_pressed = Signal(str)
    close_tapped = Signal()
    rendered = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="line-left")
        self._override: MainMeaning | None = None
        self._header = _Header(self)
        self.guest = GuestStrip(self)
        self.lines = OrderLines(self)
        self._empty = _EmptyOrder(self)
        self._middle = SleepingStack(self)
        self._middle.addWidget(self.lines)
        self._middle.addWidget(self._empty)
        self.totals = TotalsBlock(self)
        self._warning = Label(style="body-strong", tone="warn-text", wrap=True)
        self._warning.hide()
        self.main = MainButton(self)
        self._bottom = QVBoxLayout()
        self._bottom.addWidget(self._warning)
        self._bottom.addWidget(self.main)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        for part in (self._header, self.guest):
            self._column.addWidget(part)
        self._column.addWidget(self._middle, 1)
        self._column.addWidget(self.totals)
        self._column.addLayout(self._bottom)
        self._connect_signals()
        self.refresh()

    @property
    def menu_button(self) -> PushButton:
        """The ⋯ of the order."""
        return self._header.menu

    @property
    def held_button(self) -> PushButton:
        """The button of the held orders on an empty order."""
        return self._empty.held

    def override_main(self, meaning: MainMeaning | None) -> None:
        """Let the screen on top decide what the main button means; None gives it back."""
        self._override = meaning
        self._show_main()

    def set_narrow(self, *, is_narrow: bool, is_one_pane: bool) -> None:
        """Fit the panel to the layout."""
        self.guest.set_narrow(is_narrow)
        self.lines.set_has_discount(not is_narrow or is_one_pane)
        self._header.close_button.setVisible(is_one_pane)

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._column.setContentsMargins(look.px(1), 0, 0, 0)
        self._bottom.setContentsMargins(look.px(8), 0, look.px(8), look.px(8))
        self._bottom.setSpacing(look.px(4))

    @override
    def show_state(self, state: OrderPanelState) -> None:
        """Show an order."""
        self._header.show_order(state.title, state.light, has_menu=state.has_menu)
        self.guest.set_state(state.guest)
        self.lines.set_lines(
            state.lines, state.selected, can_edit=state.can_edit, can_modify=state.can_modify
        )
        self._empty.set_held(state.held)
        self._middle.setCurrentWidget(self.lines if state.lines else self._empty)
        self.totals.set_rows(state.totals)
        self._warning.setText(state.warning)
        self._warning.setVisible(bool(state.warning))
        self._show_main()

    def _show_main(self) -> None:
        if self._override is not None:
            self.main.set_meaning(self._override)
        elif self.state is not None:
            self.main.set_meaning(self.state.main)
        lines = len(self.state.lines) if self.state is not None else 0
        self.rendered.emit(lines, self.main.meaning)

    def _connect_signals(self) -> None:
        self._header.menu.clicked.connect(self.menu_tapped)
        self._header.close_button.clicked.connect(self.close_tapped)
        self.guest.tapped.connect(self.guest_tapped)
        self.lines.selected.connect(self.line_selected)
        self.lines.quantity_tapped.connect(self.quantity_tapped)
        self.lines.wanted.connect(self.line_wanted)
        self._empty.held.clicked.connect(self.held_tapped)
        self.main.pressed_as.connect(self.main_pressed)


class _Header(LiveFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, box="line-bottom")
        self.close_button = PushButton("", Kind.GHOST, icon="arrow-left", width=56, parent=self)
        self.close_button.hide()
        self._title = Label(style="heading", weight=700)
        self._light = TrafficLight(self)
        self.menu = PushButton("", Kind.GHOST, icon="dots", width=56, height=55, parent=self)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.close_button)
        self._row.addWidget(self._title)
        self._row.addStretch(1)
        self._row.addWidget(self._light)
        self._row.addWidget(self.menu)
        self.refresh()

    def show_order(self, title: str, light: LightState, *, has_menu: bool) -> None:
        self._title.setText(title)
        self._light.set_state(light)
        self.menu.setVisible(has_menu)
        right = 0 if has_menu else theme().px(14)
        self._row.setContentsMargins(theme().px(14), 0, right, 0)

    @override
    def apply_theme(self) -> None:
        self.setFixedHeight(theme().px(HEADER_PX))
        self._row.setContentsMargins(theme().px(14), 0, 0, 0)
        self._row.setSpacing(0)

    @override
    def retranslate(self) -> None:
        self.menu.set_name(tr("Order menu"))
        self.close_button.set_name(tr("Back to products"))


class _EmptyOrder(LiveFrame):
    """What an empty order says: how to begin."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, box="surface")
        self._rows: list[tuple[Label, Label, QHBoxLayout]] = []
        self._column = QVBoxLayout(self)
        self._column.addStretch(2)
        for icon in ("pointer", "barcode", "history"):
            self._add_hint(icon)
        self.held = PushButton("", Kind.OUTLINE, icon="clock-pause", parent=self)
        self._column.addWidget(self.held)
        self._column.addStretch(2)
        self.refresh()

    def set_held(self, count: int) -> None:
        self.held.setVisible(count > 0)
        self.held.set_badge(str(count), "neutral")

    @override
    def apply_theme(self) -> None:
        look = theme()
        self._column.setContentsMargins(look.px(20), look.px(8), look.px(18), look.px(8))
        self._column.setSpacing(look.px(18))
        for _title, _detail, row in self._rows:
            row.setSpacing(look.px(12))

    @override
    def retranslate(self) -> None:
        texts = (
            (tr("Choose a product"), tr("Tap a tile on the left")),
            (tr("Or scan"), tr("A barcode, a guest card or a QR code")),
            (tr("Repeat the last order"), tr("If the guest has been here before")),
        )
        for (title, detail, _row), (title_text, detail_text) in zip(self._rows, texts, strict=True):
            title.setText(title_text)
            detail.setText(detail_text)
        self.held.set_label(tr("Orders on hold"))

    def _add_hint(self, icon: str) -> None:
        title = Label(style="body-strong")
        detail = Label(style="label", tone="text-2", weight=400, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(detail)
        row = QHBoxLayout()
        row.addWidget(IconLabel(icon, "text-2", 28))
        row.addLayout(words, 1)
        self._rows.append((title, detail, row))
        self._column.addLayout(row)
