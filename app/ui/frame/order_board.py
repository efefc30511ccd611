"""The order that everybody sees: screens publish it here, the order panel shows it.

A presenter that gets an `OrderState` from a use case publishes it; nobody redraws from another
screen's signals. The board also keeps which line is selected, because that is not part of an order.

GUI thread only.
"""

from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from app.domain.cart import CartLine
from app.domain.catalog import Product
from app.domain.marking import MarkState
from app.domain.pricing import PricedLine
from app.domain.sale import LoyaltyAction, SaleState
from app.kernel.text import initials
from app.till.mark_words import line_words
from app.till.order import KitchenMark, Lights, OrderState, StepStatus
from app.till.words import Words
from app.ui import format as fmt
from app.ui.dates import clock_text
from app.ui.frame.order_panel import OrderPanel, OrderPanelState
from app.ui.text import language, tr
from app.ui.widgets.guest_strip import GuestStripState
from app.ui.widgets.main_button import MainMeaning
from app.ui.widgets.order_lines import LineState
from app.ui.widgets.totals import TotalRow
from app.ui.widgets.traffic_light import Dot, LightState

#: What a line is made of for the screen: its cost, whether it has run out, what the kitchen has.
_Facts: TypeAlias = tuple[CartLine, PricedLine, bool, KitchenMark | None]

#: What became of a line in the kitchen: icon and tone.
_KITCHEN_MARKS = {
    StepStatus.WAITING: ("clock", "warn-text"),
    StepStatus.DONE: ("chef-hat", "ok-text"),
    StepStatus.FAILED: ("alert-circle", "danger-text"),
}


class OrderBoard(QObject):
    """Keeps the present order and renders it on the panel.

    Args:
        panel: The order panel of the window.

    Attributes:
        changed: A new `OrderState` was published.
        selection_changed: Key of the selected line, or empty.
    """

    changed = Signal(object)
    selection_changed = Signal(str)

    def __init__(self, panel: OrderPanel) -> None:
        super().__init__()
        self._panel = panel
        self._state: OrderState | None = None
        self._selected = ""
        self._lines: dict[str, tuple[_Facts, LineState]] = {}
        self._language = language()
        self._modifiable: frozenset[str] = frozenset()
        self._reminder: Words | None = None
        panel.line_selected.connect(self.select)
        panel.language_changed.connect(self.render)

    @property
    def state(self) -> OrderState | None:
        """The order as it was published last; None before the first."""
        return self._state

    @property
    def selected(self) -> str:
        """Key of the selected line, or empty."""
        return self._selected

    def publish(self, state: OrderState, *, select: str | None = None) -> None:
        """Show a new state of the order on the panel and tell everybody.

        Args:
            state: What a use case returned.
            select: Key of the line to select; None keeps the selection.
        """
        self._state = state
        if select is not None:
            self._selected = select
        if not any(line.line_id == self._selected for line in state.cart.lines):
            self._selected = ""
        self.render()
        self.changed.emit(state)

    def select(self, key: str) -> None:
        """Select a line; the selected one again, or empty, selects none."""
        self._selected = "" if key == self._selected else key
        self.render()
        self.selection_changed.emit(self._selected)

    def note_product(self, product: Product) -> None:
        """Remember that a product has modifiers to choose, even if none is chosen now."""
        if product.variants or product.modifier_groups:
            self._modifiable |= {product.product_id}

    def remind(self, words: Words | None) -> None:
        """Show a sentence over the main button whatever the order, until it is taken back."""
        if words != self._reminder:
            self._reminder = words
            self.render()

    def render(self) -> None:
        """Show the present state again, for example in another language."""
        if self._state is not None:
            self._panel.render(self._panel_state(self._state))

    def _panel_state(self, state: OrderState) -> OrderPanelState:
        if self._language != language():
            self._language = language()
            self._lines.clear()
        selected = next((x for x in state.cart.lines if x.line_id == self._selected), None)
        can_edit = state.order.state not in (SaleState.PAYING, SaleState.PAID)
        return OrderPanelState(
            title=tr("Order {number}", number=state.number) if state.number else tr("New order"),
            light=light_state(state.lights) if state.cart.lines else LightState((), tr("New")),
            guest=guest_strip_state(state, can_edit=can_edit),
            lines=self._line_states(state),
            selected=self._selected,
            can_edit=can_edit,
            can_modify=selected is not None
            and bool(
                selected.variant_id or selected.options or selected.product_id in self._modifiable
            ),
            totals=total_rows(state),
            main=MainMeaning(
                "pay", tr("Pay"), fmt.money(state.remaining_minor), is_enabled=state.can_pay
            ),
            warning=self._warning(state),
            held=state.held_count,
            has_menu=can_edit,
        )

    def _warning(self, state: OrderState) -> str:
        """Return the words over the main button; a paid order needs no reminder any more."""
        reminder = self._reminder if state.order.state is not SaleState.PAID else None
        words = state.warning or reminder
        return words.text(language()) if words else ""

    def _line_states(self, state: OrderState) -> tuple[LineState, ...]:
        """Build the lines; those that did not change keep their very objects."""
        shown: dict[str, tuple[_Facts, LineState]] = {}
        stopped = state.stopped_lines
        marks = state.kitchen.marks if state.kitchen is not None else {}
        for line, cost in zip(state.cart.lines, state.priced.lines, strict=True):
            is_stopped, mark = line.line_id in stopped, marks.get(line.line_id)
            facts = (cost, is_stopped, mark)
            old = self._lines.get(line.line_id)
            if old is not None and old[0][0] is line and old[0][1:] == facts:
                shown[line.line_id] = old
            else:
                made = line_state(line, cost, is_stopped=is_stopped)
                made = made if mark is None else _with_kitchen(made, mark)
                shown[line.line_id] = ((line, *facts), made)
        self._lines = shown
        return tuple(entry[1] for entry in shown.values())


def _with_kitchen(shown: LineState, mark: KitchenMark) -> LineState:
    """Return a line with what became of it in the kitchen: the time of its ticket (T62)."""
    icon, tone = _KITCHEN_MARKS[mark.status]
    amounts = [] if shown.is_struck or not shown.right else [shown.right]
    warning, look = shown.warning, shown.warning_look
    if mark.status is StepStatus.FAILED:
        warning, look = tr("The kitchen has not got it"), "danger"
    elif mark.instead and not warning:
        warning, look = tr("Printed at: {name}", name=mark.instead), "warn"
    return replace(
        shown,
        detail=", ".join(part for part in (shown.detail, *amounts) if part),
        right=clock_text(mark.at),
        right_icon=icon,
        right_tone=tone,
        is_struck=False,
        warning=warning,
        warning_look=look,
    )


def line_state(line: CartLine, cost: PricedLine, *, is_stopped: bool = False) -> LineState:
    """Return what a line of the order shows."""
    parts = [_option_words(name, count, delta) for name, count, delta in _options(line)]
    if line.discount is not None:
        parts.append(_discount_words(line))
    icon = ""
    if line.note:
        icon = "message" if not parts else ""
        parts.append(line.note)
    shown_minor = line.gross_minor - cost.discount_minor if line.discount else line.gross_minor
    right, struck = "", False
    if line.discount is not None and shown_minor != line.gross_minor:
        right, struck = fmt.amount(line.gross_minor), True
    elif line.quantity_milli != 1000:
        right = f"{fmt.quantity(line.quantity_milli)} × {fmt.amount(line.unit_price_minor)}"
    warning = tr("Sold out. Remove it or keep it") if is_stopped else ""
    warning_look = "warn"
    if line.mark is not None and (line.mark.stops_sale or not is_stopped):
        warning = line_words(line.mark).text(language())
        warning_look = _MARK_LOOKS[line.mark.state]
    return LineState(
        key=line.line_id,
        quantity=fmt.quantity(line.quantity_milli),
        name=f"{line.name}, {line.variant_name}" if line.variant_name else line.name,
        total=fmt.amount(shown_minor),
        detail=", ".join(parts),
        detail_icon=icon,
        right=right,
        is_struck=struck,
        warning=warning,
        warning_look=warning_look,
        can_scan=line.mark is not None and line.mark.state in _WANTS_SCAN,
    )


_MARK_LOOKS = {
    MarkState.WANTED: "scan",
    MarkState.CHECKING: "wait",
    MarkState.ALLOWED: "ok",
    MarkState.UNCHECKED: "warn",
    MarkState.REFUSED: "danger",
    MarkState.SKIPPED: "warn",
}
_WANTS_SCAN = frozenset({MarkState.WANTED, MarkState.REFUSED})


def _options(line: CartLine) -> list[tuple[str, int, int]]:
    return [(x.name, x.quantity, x.price_delta_minor) for x in line.options]


def _option_words(name: str, count: int, delta_minor: int) -> str:
    words = f"+ {name.lower()}" if count == 1 else f"+ {count} × {name.lower()}"
    return f"{words} {fmt.amount(delta_minor * count)}" if delta_minor else words


def _discount_words(line: CartLine) -> str:
    assert line.discount is not None
    if line.discount.percent_bp is not None:
        return tr("discount {percent}", percent=fmt.percent(line.discount.percent_bp))
    return tr("discount {percent}", percent=fmt.amount(line.discount.amount_minor or 0))


def total_rows(state: OrderState) -> tuple[TotalRow, ...]:
    """Return the rows of totals; what is zero is left out."""
    priced = state.priced
    if not state.cart.lines:
        return ()
    rows = [TotalRow(tr("Subtotal"), fmt.amount(priced.gross_minor))]
    if priced.discount_minor:
        rows.append(TotalRow(tr("Discount"), fmt.amount(-priced.discount_minor)))
    if priced.points_minor:
        label = tr("Points, {count}", count=fmt.amount(priced.points_minor, kopecks=False))
        rows.append(TotalRow(label, fmt.amount(-priced.points_minor), "loyal-text"))
    rounding = priced.due_minor - state.due_minor
    if rounding:
        rows.append(TotalRow(tr("Rounding"), fmt.amount(-rounding)))
    if state.paid_minor:
        rows.append(TotalRow(tr("Paid"), fmt.amount(-state.paid_minor), "ok-text"))
    return tuple(rows)


def guest_strip_state(state: OrderState, *, can_edit: bool = True) -> GuestStripState:
    """Return what the guest strip shows."""
    guest, loyalty = state.guest, state.loyalty
    if guest is None or loyalty is None:
        return GuestStripState(
            detail=tr("Hold a card or a QR code to the scanner"),
            action=tr("Find") if can_edit else "",
            icon="user-plus",
        )
    action, is_loud = _guest_action(state)
    available = guest.total_minor - (loyalty.spend_minor or 0)
    return GuestStripState(
        name=guest.first_name or tr("Guest"),
        initials=initials(guest.first_name) or "•",
        tier=guest.level_name,
        detail=tr("Available {points}", points=fmt.points(max(available, 0))),
        action=action if can_edit else "",
        plain_action="" if can_edit else action,
        is_loud=is_loud,
    )


def _guest_action(state: OrderState) -> tuple[str, bool]:
    loyalty = state.loyalty
    assert loyalty is not None
    if loyalty.action is LoyaltyAction.SPEND and loyalty.spend_minor:
        return fmt.points(-loyalty.spend_minor), True
    if loyalty.action is LoyaltyAction.DISCOUNT and state.preview is not None:
        return tr("−{percent}", percent=fmt.percent(state.preview.discount_percent_bp)), True
    if state.earn_minor:
        return f"+{fmt.points(state.earn_minor)}", False
    return tr("Points"), False


_DOTS = {
    StepStatus.NOT_YET: Dot.NOT_YET,
    StepStatus.NOW: Dot.NOW,
    StepStatus.DONE: Dot.DONE,
    StepStatus.WAITING: Dot.WAITING,
    StepStatus.FAILED: Dot.FAILED,
}


def light_state(lights: Lights) -> LightState:
    """Return the traffic light of an order; the word has the colour of the last step that began."""
    dots = tuple(_DOTS[status] for status in (lights.created, lights.paid, lights.receipt))
    begun = [dot for dot in dots if dot is not Dot.NOT_YET]
    return LightState(dots, lights.words.text(language()), begun[-1] if begun else Dot.NOT_YET)
