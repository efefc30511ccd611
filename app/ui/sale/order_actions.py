"""What is done with the lines and the order as a whole: quantities, notes, hold, recall, more."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from app.domain.cart import NOTE_MAX, CartLine
from app.domain.catalog import Unit
from app.kernel.ids import LineId, SaleId
from app.till.kitchen_sale import REASON_MAX
from app.till.order import HeldOrder, OrderState
from app.ui import format as fmt
from app.ui.bridge import Action, Sound
from app.ui.dates import clock_text
from app.ui.frame.dialogs import Area
from app.ui.frame.screen import ScreenId
from app.ui.ops import Lane
from app.ui.preferences import Look
from app.ui.sale.panels import (
    HELD_SIZE,
    HELP_SIZE,
    MORE_SIZE,
    NUMBER_SIZE,
    TEXT_SIZE,
    HeldPanel,
    HelpPanel,
    MorePanel,
    NumberPanel,
    TextPanel,
)
from app.ui.sale.state import HeldItem, MoreItem
from app.ui.sale.tools import SaleTools
from app.ui.sale.voids import Voids
from app.ui.text import tr
from app.ui.theme import ThemeName

UNDO_KEY: Final = "undo"
#: Of the toast that takes the last sending to the kitchen back.
SENT_KEY: Final = "sent"


class OrderActions:
    """Does what the order panel, the action bar and the "more" panel ask for.

    Args:
        tools: The use cases, lanes, the order and the window.
        look: Theme, size, language, volume.
    """

    def __init__(self, tools: SaleTools, look: Look) -> None:
        window = tools.window
        self._till, self._ops, self._approvals = tools.till, tools.ops, tools.approvals
        self._board, self._bridge, self._window = tools.board, tools.bridge, window
        self._look, self._go = look, tools.go
        self._number_taken: Callable[[str], object] | None = None
        self._text_taken: Callable[[str], object] | None = None
        self.more = MorePanel(window)
        self.held = HeldPanel(window)
        self.number = NumberPanel(window)
        self.text = TextPanel(window)
        self.help = HelpPanel(window)
        self.voids = Voids(tools.approvals, tools.bridge, window, self._ask_reason)
        self._connect_signals()

    # ------------------------------------------------------------ lines

    def line(self, key: str) -> CartLine | None:
        """Return a line of the present order, or None."""
        state = self._board.state
        lines = state.cart.lines if state else ()
        return next((line for line in lines if line.line_id == key), None)

    def step(self, key: str, pieces: int) -> None:
        """Take one more or one less of a line; at zero it is removed, which can be taken back."""
        line = self.line(key)
        if line is None:
            return
        name = line.name

        def show(state: OrderState) -> None:
            self._board.publish(state)
            if self.line(key) is None:
                self._say_removed(name)

        sale = self._till.sale
        self.voids.run(
            lambda reason, approval: sale.step_quantity(LineId(key), pieces, reason, approval), show
        )

    def remove(self, key: str) -> None:
        """Delete a line; a toast brings it back."""
        line = self.line(key)
        if line is None:
            return

        def show(state: OrderState) -> None:
            self._board.publish(state)
            self._say_removed(line.name)

        sale = self._till.sale
        self.voids.run(lambda reason, approval: sale.remove(LineId(key), reason, approval), show)

    def undo(self) -> None:
        """Take back the last change of the lines."""
        self._bridge.withdraw(UNDO_KEY)
        self.voids.run(self._till.sale.undo, self._board.publish)

    def ask_quantity(self, key: str) -> None:
        """Ask for the quantity of a line."""
        line = self.line(key)
        if line is None:
            return
        is_weight = line.unit is Unit.WEIGHT

        def take(typed: str) -> None:
            self.set_quantity(key, to_milli(typed))

        self.ask_number(line.name, tr("Kilograms") if is_weight else tr("Pieces"), is_weight, take)

    def set_quantity(self, key: str, milli: int) -> None:
        """Set the quantity of a line."""
        sale = self._till.sale
        self.voids.run(
            lambda reason, approval: sale.set_quantity(LineId(key), milli, reason, approval),
            self._board.publish,
        )

    def ask_note(self, key: str) -> None:
        """Ask for the note of a line."""
        line = self.line(key)
        if line is None:
            return

        def take(typed: str) -> None:
            sale = self._till.sale
            self._ops.run(lambda: sale.set_note(LineId(key), typed), success=self._board.publish)

        self.ask_text(line.name, line.note, tr("Note for the kitchen"), NOTE_MAX, take)

    def _say_removed(self, name: str) -> None:
        self._bridge.toast(
            tr("Deleted: {name}", name=name),
            icon="trash",
            action=Action(tr("Bring back"), self.undo),
            key=UNDO_KEY,
        )

    def _ask_reason(self, title: str, taken: Callable[[str], object]) -> None:
        self.ask_text(title, "", tr("Reason"), REASON_MAX, taken)

    # ------------------------------------------------------------ the whole order

    def send_to_kitchen(self) -> None:
        """Tell the kitchen what it does not know yet; a toast takes it back."""

        def show(state: OrderState) -> None:
            self._board.publish(state)
            self._bridge.toast(
                tr("The order goes to the kitchen"),
                icon="chef-hat",
                action=Action(tr("Undo"), self.undo),
                key=SENT_KEY,
            )

        self._ops.run(self._till.sale.send_to_kitchen, success=show)

    def hold(self) -> None:
        """Put the order aside and begin the next; a toast brings it back."""
        state = self._board.state
        if state is None or not state.cart.lines:
            return
        sale_id, number = state.order.sale_id, state.number

        def show(new: OrderState) -> None:
            self._board.publish(new, select="")
            self._bridge.toast(
                tr("Order {number} is on hold", number=number),
                icon="clock-pause",
                action=Action(tr("Bring back"), lambda: self.recall(sale_id)),
                key=UNDO_KEY,
            )

        self._ops.run(self._till.sale.hold, success=show)

    def recall(self, sale_id: str) -> None:
        """Go on with an order from hold."""
        self._bridge.withdraw(UNDO_KEY)
        sale = self._till.sale
        self._approvals.run(
            lambda approval: sale.recall(SaleId(sale_id), approval),
            success=lambda state: self._board.publish(state, select=""),
        )

    def show_held(self) -> None:
        """Open the list of orders on hold."""
        self._ops.run(self._till.sale.held, success=self._on_held, lane=Lane.QUERY)

    def _on_held(self, orders: tuple[HeldOrder, ...]) -> None:
        zone = self._till.house.zone
        self.held.show_items([_held_item(order, zone) for order in orders])
        self._window.open_dialog(self.held, size_px=HELD_SIZE, area=Area.WORK)

    def repeat_last(self) -> None:
        """Add the lines of the last sale."""
        sale = self._till.sale
        self._ops.run(sale.repeat_last_order, success=self._board.publish)

    def cancel(self) -> None:
        """Throw the order away, with a senior's word if the house wants it."""
        self.voids.run(self._till.sale.cancel, lambda state: self._board.publish(state, select=""))

    def ask_order_note(self) -> None:
        """Ask for the note of the order."""
        state = self._board.state
        note = state.cart.note if state else ""

        def take(typed: str) -> None:
            sale = self._till.sale
            self._ops.run(lambda: sale.set_order_note(typed), success=self._board.publish)

        self.ask_text(tr("Note to the order"), note, tr("Note for the kitchen"), NOTE_MAX, take)

    # ------------------------------------------------------------ asking

    def ask_number(
        self, title: str, hint: str, has_fraction: bool, taken: Callable[[str], object]
    ) -> None:
        """Ask for a number and hand over what was typed."""
        self._number_taken = taken
        self.number.ask(title, hint, has_fraction=has_fraction)
        self._window.open_dialog(self.number, size_px=NUMBER_SIZE, area=Area.WORK)

    def ask_text(
        self,
        title: str,
        text: str,
        placeholder: str,
        length_max: int,
        taken: Callable[[str], object],
    ) -> None:
        """Ask for a few words and hand over what was typed."""
        self._text_taken = taken
        self.text.ask(title, text, placeholder, length_max)
        self._window.open_dialog(self.text, size_px=TEXT_SIZE, area=Area.WORK)

    def show_help(self) -> None:
        """Open the help of keys."""
        self._window.open_dialog(self.help, size_px=HELP_SIZE, area=Area.WORK)

    # ------------------------------------------------------------ more

    def show_more(self) -> None:
        """Open the "more" panel."""
        self._show_more_items()
        self._window.open_dialog(self.more, size_px=MORE_SIZE, area=Area.WORK)

    def _show_more_items(self) -> None:
        state = self._board.state
        has_lines = bool(state and state.cart.lines)
        note = state.cart.note if state else ""
        held = state.held_count if state else 0
        now = self._look.now
        is_dark = now.theme is ThemeName.DARK
        waiting = tr("%n waiting", held)
        self.more.show_items(
            (
                MoreItem("held", "clock-pause", tr("On hold"), waiting),
                MoreItem("repeat", "history", tr("Repeat the order"), tr("the last one here")),
                MoreItem("note", "message", tr("Note to the order"), note or tr("none")),
                MoreItem(
                    "cancel",
                    "trash",
                    tr("Cancel the order"),
                    tr("no receipt"),
                    is_enabled=has_lines,
                ),
                MoreItem("sync", "refresh", tr("Exchange and queue"), tr("what is not sent yet")),
                MoreItem("devices", "plug", tr("Devices"), tr("states, tests, settings")),
                MoreItem("lock", "lock", tr("Change cashier"), "F11"),
                MoreItem(
                    "theme", "moon" if is_dark else "sun", tr("Theme"), _theme_words(now.theme)
                ),
                MoreItem("scale", "adjustments", tr("Text size"), f"{now.scale_percent}\u00a0%"),
                MoreItem("language", "language", tr("Language"), _language_words(now.language)),
                MoreItem("volume", "volume", tr("Sound"), _volume_words(now.volume)),
                MoreItem("help", "help", tr("Hotkeys"), "F1"),
            )
        )

    def _on_more(self, key: str) -> None:
        settings = {
            "theme": self._look.next_theme,
            "scale": self._look.next_scale,
            "language": self._look.next_language,
            "volume": self._try_volume,
        }
        if key in settings:
            settings[key]()
            self._show_more_items()
            return
        self._window.close_dialog()
        actions: dict[str, Callable[[], object]] = {
            "held": self.show_held,
            "repeat": self.repeat_last,
            "note": self.ask_order_note,
            "cancel": self.cancel,
            "sync": lambda: self._go(ScreenId.SYNC),
            "devices": lambda: self._go(ScreenId.DEVICES),
            "lock": lambda: self._go(ScreenId.LOGIN),
            "help": self.show_help,
        }
        actions[key]()

    def _try_volume(self) -> None:
        self._look.next_volume()
        self._bridge.sound(Sound.SCAN_OK)

    def _on_order(self, state: OrderState) -> None:
        """Offer no way back from a sending once something else was done."""
        if state.order.kitchen.last is None:
            self._bridge.withdraw(SENT_KEY)

    def _connect_signals(self) -> None:
        window = self._window
        self._board.changed.connect(self._on_order)
        for dialog in (self.more, self.held, self.number, self.text, self.help):
            dialog.cross_tapped.connect(window.close_dialog)
        self.more.chosen.connect(self._on_more)
        self.held.chosen.connect(self._on_held_chosen)
        self.number.accepted.connect(self._on_number)
        self.text.accepted.connect(self._on_text)

    def _on_held_chosen(self, sale_id: str) -> None:
        self._window.close_dialog()
        self.recall(sale_id)

    def _on_number(self, typed: str) -> None:
        self._window.close_dialog()
        taken, self._number_taken = self._number_taken, None
        if taken is not None:
            taken(typed)

    def _on_text(self, typed: str) -> None:
        self._window.close_dialog()
        taken, self._text_taken = self._text_taken, None
        if taken is not None:
            taken(typed)


def to_milli(typed: str) -> int:
    """Return what was typed, `3` or `0,35`, in thousandths."""
    whole, _, rest = typed.replace(".", ",").partition(",")
    return int(whole or "0") * 1000 + int((rest + "000")[:3])


def _held_item(order: HeldOrder, zone: tzinfo) -> HeldItem:
    number = tr("Order {number}", number=order.number)
    title = f"{number}, {order.name}" if order.name else number
    begun = clock_text(order.opened_at.astimezone(zone))
    parts = [begun, order.owner_name, tr("%n lines", order.lines_count)]
    if order.guest_name:
        parts.insert(0, order.guest_name)
    detail = " · ".join(part for part in parts if part)
    return HeldItem(order.sale_id, title, detail, fmt.money(order.due_minor))


def _theme_words(name: ThemeName) -> str:
    return tr("dark") if name is ThemeName.DARK else tr("light")


def _language_words(name: str) -> str:
    return "Русский" if name == "ru" else "English"


def _volume_words(volume: int) -> str:
    return tr("off") if volume == 0 else str(volume)
