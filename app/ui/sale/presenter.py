"""The sale: taps, scans and keys become use cases; their answers become what the screen shows.

Reads first: `_connect_signals` lists what can be done, `_state` says what is shown.
"""

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from app.domain.catalog import Unit
from app.kernel.ids import ProductId
from app.kernel.money import MILLI
from app.till.order import AddOutcome, AddResult, OrderState
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.sale.marking import MarkingFlow
from app.ui.sale.modifiers import begin
from app.ui.sale.modifiers_presenter import ModifiersDialog
from app.ui.sale.order_actions import OrderActions, to_milli
from app.ui.sale.product_notes import ProductNotes
from app.ui.sale.products import Products
from app.ui.sale.scan_intake import ScanIntake
from app.ui.sale.state import FAVOURITES, ActionKey, ActionState, SaleState, ScannerHealth
from app.ui.sale.tools import SaleTools
from app.ui.sale.view import SaleView
from app.ui.text import tr

MULTIPLIER_DIGITS_MAX: Final = 3


class SaleScreen(BaseScreen):
    """Presenter of the sale screen.

    Args:
        tools: The use cases, lanes, the order and the window.
        actions: What is done with lines and the whole order.
    """

    placement = Placement.WORK

    def __init__(self, tools: SaleTools, actions: OrderActions) -> None:
        till, ops, board = tools.till, tools.ops, tools.board
        self._till, self._ops = till, ops
        self._board, self._window = board, tools.window
        self._actions, self._go = actions, tools.go
        self.view = SaleView()
        self.products = Products(till, ops, self._render)
        self._notes = ProductNotes(till, ops, tools.approvals, tools.bridge, self.products)
        self.modifiers = ModifiersDialog(
            till, ops, board, tools.window, self.products, self._notes, actions.voids
        )
        self._scans = ScanIntake(
            till=till,
            ops=ops,
            board=board,
            bridge=tools.bridge,
            notes=self._notes,
            choose=lambda product: self.modifiers.open(begin(product)),
            go=tools.go,
        )
        self.marking = MarkingFlow(tools, actions, other=self._scans.show)
        self._multiplier = ""
        self._scanner = ScannerHealth.NONE
        self._is_keyboard_open = False
        self._connect_signals()

    @property
    def screen_id(self) -> ScreenId:
        """The sale."""
        return ScreenId.SALE

    # ------------------------------------------------------------ the window's side

    @override
    def on_enter(self) -> None:
        """Show the order as it is, and the products if they were never read."""
        self._ops.run(self._till.sale.state, success=self._board.publish)
        if not self.products.has_answer:
            self.products.load()
        self._render()

    @override
    def on_leave(self) -> None:
        """Forget what was typed."""
        self._multiplier = ""
        self._is_keyboard_open = False

    @override
    def on_main(self, key: str) -> None:
        """Go to the payment."""
        if key == "pay" and not self.marking.stops_payment():
            self._go(ScreenId.PAYMENT)

    @override
    def on_scan(self, text: str) -> bool:
        """Take a scanned code."""
        if self.marking.is_asking:
            self.marking.take_scan(text)
        else:
            self.take_scan(text)
        return True

    def menu_changed(self) -> None:
        """Read products anew: the menu or the stop-list changed."""
        self.products.load()

    def set_scanner(self, health: ScannerHealth) -> None:
        """Show whether a scanner is there."""
        self._scanner = health
        self._render()

    # ------------------------------------------------------------ products

    def _on_product(self, product_id: str) -> None:
        row = self.products.row(product_id)
        if row is not None and row.unit is Unit.WEIGHT and not row.needs_choice:
            self._actions.ask_number(
                row.name,
                tr("Kilograms"),
                True,
                lambda typed: self._tap(product_id, to_milli(typed)),
            )
            return
        self._tap(product_id, self._take_multiplier())

    def _tap(self, product_id: str, quantity_milli: int) -> None:
        sale = self._till.sale
        self._ops.run(
            lambda: sale.tap(ProductId(product_id), quantity_milli),
            success=lambda result: self._on_tapped(result, quantity_milli),
        )

    def _on_tapped(self, result: AddResult, quantity_milli: int) -> None:
        self._board.note_product(result.product)
        if result.outcome is AddOutcome.ADDED:
            self._board.publish(result.state, select=result.line_id)
        elif result.outcome is AddOutcome.NEEDS_CHOICE:
            self.modifiers.open(begin(result.product, quantity_milli))
        else:
            self._notes.say_stopped(result.product, result.words)

    def _on_search_entered(self) -> None:
        tiles = self.products.tiles
        if self.products.is_searching and len(tiles) == 1:
            self._on_product(tiles[0].key)
            self._leave_search()
        elif self.products.query.isdigit() and self.products.query:
            self.take_scan(self.products.query)
            self._leave_search()

    def _leave_search(self) -> None:
        self.products.search("")
        self.view.setFocus()

    # ------------------------------------------------------------ scans

    def take_scan(self, text: str) -> None:
        """Take a code from any scanner, whatever has the focus (T8)."""
        self._scans.take(text, self._take_multiplier())

    # ------------------------------------------------------------ keys

    @override
    def on_key(self, key: str) -> bool:
        """Handle the keys of the sale (design, 13)."""
        if key in self._hotkeys:
            self._hotkeys[key]()
            return True
        if key.startswith("Alt+"):
            self.products.choose_number(int(key[4:]))
        elif key.isdigit() and len(key) == 1:
            self._on_digit(key)
        elif len(key) == 1 and key.isalpha():
            self.view.focus_search(key)
        elif key == "Enter" and self._multiplier:
            self._quantity_from_multiplier()
        else:
            return False
        return True

    def _make_hotkeys(self) -> dict[str, Callable[[], object]]:
        actions = self._actions
        return {
            "F1": actions.show_help,
            "F2": self.view.focus_search,
            "F3": lambda: self.products.choose(FAVOURITES),
            "F4": self._on_guest,
            "F6": self._on_discount,
            "F7": actions.hold,
            "F8": actions.send_to_kitchen,
            "F10": actions.show_more,
            "Ctrl+Z": actions.undo,
            "Esc": self._on_escape,
            "Del": lambda: actions.remove(self._board.selected),
            "+": lambda: actions.step(self._board.selected, 1),
            "-": lambda: actions.step(self._board.selected, -1),
            "*": lambda: actions.ask_quantity(self._board.selected),
            "Up": lambda: self._window.panel.lines.move_selection(-1),
            "Down": lambda: self._window.panel.lines.move_selection(1),
            "PageUp": lambda: self.view.grid.turn(-1),
            "PageDown": lambda: self.view.grid.turn(1),
            "Backspace": self._on_backspace,
        }

    def _on_digit(self, digit: str) -> None:
        text = (self._multiplier + digit).lstrip("0")
        if len(text) <= MULTIPLIER_DIGITS_MAX:
            self._multiplier = text
            self._render()

    def _on_backspace(self) -> None:
        self._multiplier = self._multiplier[:-1]
        self._render()

    def _take_multiplier(self) -> int:
        quantity = int(self._multiplier or "1") * MILLI
        if self._multiplier:
            self._multiplier = ""
            self._render()
        return quantity

    def _quantity_from_multiplier(self) -> None:
        key, quantity = self._board.selected, self._take_multiplier()
        if key:
            self._actions.set_quantity(key, quantity)

    def _on_escape(self) -> None:
        if self.products.query:
            self._leave_search()
        elif self._multiplier:
            self._multiplier = ""
            self._render()
        elif self._board.selected:
            self._board.select("")

    # ------------------------------------------------------------ intents

    def _connect_signals(self) -> None:
        view, panel = self.view, self._window.panel
        view.product_tapped.connect(self._on_product)
        view.product_held.connect(self._notes.tell)
        view.category_chosen.connect(self.products.choose)
        view.action_wanted.connect(self._on_action)
        view.query_changed.connect(self.products.search)
        view.search_left.connect(self._leave_search)
        view.search_entered.connect(self._on_search_entered)
        view.keyboard_tapped.connect(self._on_keyboard)
        view.multiplier_tapped.connect(self._on_escape)
        view.grid.paged.connect(self._on_paged)
        view.language_changed.connect(self._on_language)
        panel.line_wanted.connect(self._on_line)
        panel.quantity_tapped.connect(self._actions.ask_quantity)
        panel.guest_tapped.connect(self._on_guest)
        panel.menu_tapped.connect(self._actions.show_more)
        panel.held_tapped.connect(self._actions.show_held)
        self._window.one_pane_bar.search_tapped.connect(self.view.focus_search)
        self._window.layout_changed.connect(view.set_layout_kind)
        self._board.changed.connect(self._on_order)
        self._hotkeys = self._make_hotkeys()

    def _on_action(self, key: str) -> None:
        match ActionKey(key):
            case ActionKey.GUEST:
                self._on_guest()
            case ActionKey.DISCOUNT:
                self._on_discount()
            case ActionKey.HOLD:
                self._actions.hold()
            case ActionKey.KITCHEN:
                self._actions.send_to_kitchen()
            case ActionKey.UNDO:
                self._actions.undo()
            case ActionKey.MORE:
                self._actions.show_more()

    def _on_line(self, key: str, intent: str) -> None:
        actions = self._actions
        match intent:
            case "plus":
                actions.step(key, 1)
            case "minus":
                actions.step(key, -1)
            case "scan":
                self.marking.ask(key)
            case "modifiers":
                line = actions.line(key)
                if line is not None:
                    self.modifiers.reopen(line)
            case "note":
                actions.ask_note(key)
            case "discount":
                self._on_discount()
            case "delete":
                actions.remove(key)

    def _on_guest(self) -> None:
        state = self._board.state
        has_guest = state is not None and state.guest is not None
        self._go(ScreenId.GUEST if has_guest else ScreenId.GUEST_SEARCH)

    def _on_discount(self) -> None:
        state = self._board.state
        if state is not None and state.cart.lines:
            self._go(ScreenId.DISCOUNT)

    def _on_keyboard(self) -> None:
        self._is_keyboard_open = not self._is_keyboard_open
        if self._is_keyboard_open:
            self.view.focus_search()
        self._render()

    def _on_paged(self, page: int, pages: int) -> None:
        if page >= pages - 1:
            self.products.load_more()

    def _on_language(self) -> None:
        self.products.relabel()
        self._render()
        self.modifiers.render()

    def _on_order(self, state: OrderState) -> None:
        self.products.show_order(state)
        self._render()

    # ------------------------------------------------------------ state

    def _render(self) -> None:
        self.view.render(self._state())
        self._window.draw_again(self._window.till_page)

    def _state(self) -> SaleState:
        products = self.products
        nothing = products.is_searching and products.has_answer and not products.tiles
        return SaleState(
            categories=products.categories(),
            category="" if products.is_searching else products.category,
            tiles=products.tiles,
            page_key=products.page_key,
            query=products.query,
            multiplier=f"×{self._multiplier}" if self._multiplier else "",
            scanner=self._scanner,
            note=tr("Nothing found. Check the spelling or scan the barcode") if nothing else "",
            actions=self._action_states(),
            is_keyboard_open=self._is_keyboard_open,
            expected=products.expected,
        )

    def _action_states(self) -> tuple[ActionState, ...]:
        state = self._board.state
        has_lines = state is not None and bool(state.cart.lines)
        can_undo = state is not None and state.can_undo
        return (
            ActionState(ActionKey.GUEST),
            ActionState(ActionKey.DISCOUNT, is_enabled=has_lines),
            ActionState(ActionKey.HOLD, is_enabled=has_lines),
            self._kitchen_action(state),
            ActionState(ActionKey.UNDO, is_enabled=can_undo),
            ActionState(ActionKey.MORE),
        )

    def _kitchen_action(self, state: OrderState | None) -> ActionState:
        kitchen = state.kitchen if state is not None else None
        unsent = kitchen.unsent if kitchen is not None else 0
        return ActionState(
            ActionKey.KITCHEN,
            is_enabled=unsent > 0,
            badge=str(unsent) if unsent else "",
            is_shown=kitchen is not None,
        )
