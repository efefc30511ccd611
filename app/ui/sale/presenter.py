"""The sale: taps, scans and keys become use cases; their answers become what the screen shows.

Reads first: `_connect_signals` lists what can be done, `_render` says what is shown.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from typing_extensions import override

from app.domain.catalog import Product, Unit
from app.kernel.ids import LineId, ProductId
from app.kernel.money import MILLI
from app.till.guests import Bound
from app.till.order import AddOutcome, AddResult, Approval, OrderState, ScanOutcome, ScanResult
from app.till.till import Till
from app.till.words import Words
from app.ui import format as fmt
from app.ui.bridge import Action, Bridge, Sound, Tone
from app.ui.frame.approval import Approvals
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.ops import Lane, Ops
from app.ui.sale.modifiers import Choice, begin, modifiers_state, reopen
from app.ui.sale.modifiers_view import SIZE_PX, ModifiersView
from app.ui.sale.order_actions import OrderActions, to_milli
from app.ui.sale.products import Products, TileRow
from app.ui.sale.state import (
    FAVOURITES,
    ActionKey,
    ActionState,
    OfferState,
    SaleState,
    ScannerHealth,
)
from app.ui.sale.view import SaleView
from app.ui.text import language, tr
from app.ui.window import MainWindow

log = logging.getLogger(__name__)

MULTIPLIER_DIGITS_MAX: Final = 3


class SaleScreen(BaseScreen):
    """Presenter of the sale screen.

    Args:
        till: The use cases.
        ops: Lanes.
        approvals: Asks a senior.
        board: The order.
        bridge: Messages.
        window: Opens dialogs.
        actions: What is done with lines and the whole order.
        go: Shows another screen.
    """

    placement = Placement.WORK

    def __init__(
        self,
        *,
        till: Till,
        ops: Ops,
        approvals: Approvals,
        board: OrderBoard,
        bridge: Bridge,
        window: MainWindow,
        actions: OrderActions,
        go: Callable[[ScreenId], object],
    ) -> None:
        self._till, self._ops, self._approvals = till, ops, approvals
        self._board, self._bridge, self._window = board, bridge, window
        self._actions, self._go = actions, go
        self.view = SaleView()
        self.modifiers = ModifiersView()
        self.products = Products(till, ops, self._render)
        self._choice: Choice | None = None
        self._offers: tuple[TileRow, ...] = ()
        self._offers_added: frozenset[str] = frozenset()
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
        if key == "pay":
            self._go(ScreenId.PAYMENT)

    @override
    def on_scan(self, text: str) -> bool:
        """Take a scanned code."""
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
        if result.outcome is AddOutcome.ADDED:
            self._board.publish(result.state, select=result.line_id)
        elif result.outcome is AddOutcome.NEEDS_CHOICE:
            self._open_modifiers(begin(result.product, quantity_milli))
        else:
            self._say_stopped(result.product, result.words)

    def _say_stopped(self, product: Product, words: Words | None) -> None:
        text = words.text(language()) if words else tr("{name} is sold out", name=product.name)
        self._bridge.toast(
            text,
            tone=Tone.WARNING,
            icon="ban",
            action=Action(tr("Sell again"), lambda: self._set_stopped(product, stopped=False)),
            key="stopped",
            sound=Sound.WARNING,
        )

    def _set_stopped(self, product: Product, *, stopped: bool) -> None:
        catalog = self._till.catalog

        def change(approval: Approval | None) -> None:
            catalog.set_stopped(product.product_id, stopped, approval)

        self._approvals.run(change, success=lambda _none: self.products.load())

    def _on_held(self, product_id: str) -> None:
        """A long press tells about a product and offers to stop or release it."""
        catalog = self._till.catalog

        def tell(product: Product) -> None:
            stopped = product.is_stopped or catalog.is_stopped(product.product_id)
            price = fmt.money(product.price_minor)
            label = tr("Sell again") if stopped else tr("Stop selling")
            self._bridge.toast(
                product.name,
                detail=tr("SKU {sku}, {price}", sku=product.sku, price=price),
                action=Action(label, lambda: self._set_stopped(product, stopped=not stopped)),
                key="product-info",
            )

        self._ops.run(lambda: catalog.product(ProductId(product_id)), success=tell, lane=Lane.QUERY)

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

    # ------------------------------------------------------------ modifiers

    def _open_modifiers(self, choice: Choice) -> None:
        self._choice = choice
        self._offers, self._offers_added = (), frozenset()
        self._render_modifiers()
        self._window.open_dialog(self.modifiers, size_px=SIZE_PX)
        self._render_modifiers()  # the dialog knows its width now
        catalog, product_id = self._till.catalog, choice.product.product_id

        def show(rows: tuple[TileRow, ...]) -> None:
            if self._choice is not None and self._choice.product.product_id == product_id:
                self._offers = rows
                self._render_modifiers()

        if choice.line_id is None:
            self._ops.run(
                lambda: tuple(catalog.recommended(product_id)), success=show, lane=Lane.QUERY
            )

    def _change_choice(self, change: Callable[[Choice], Choice]) -> None:
        if self._choice is not None:
            self._choice = change(self._choice)
            self._render_modifiers()

    def _on_offer(self, product_id: str) -> None:
        sale = self._till.sale

        def show(result: AddResult) -> None:
            if result.outcome is AddOutcome.ADDED:
                self._offers_added |= {product_id}
                self._board.publish(result.state)
                self._render_modifiers()
            elif result.outcome is AddOutcome.NEEDS_CHOICE:
                self._open_modifiers(begin(result.product))
            else:
                self._say_stopped(result.product, result.words)

        self._ops.run(lambda: sale.tap(ProductId(product_id)), success=show)

    def _on_add(self) -> None:
        choice = self._choice
        if choice is None:
            return
        missing = choice.missing()
        if missing is not None:
            self._change_choice(lambda old: replace(old, was_refused=True))
            self.modifiers.show_group(missing)
            return
        if choice.line_id is not None:
            self._save_choice(choice, choice.line_id)
            return
        sale = self._till.sale
        self._ops.run(
            lambda: sale.add(
                choice.product.product_id,
                variant_id=choice.variant_id,
                options=choice.options,
                quantity_milli=choice.quantity_milli,
                note=choice.note,
            ),
            success=self._on_added,
        )

    def _save_choice(self, choice: Choice, line_id: LineId) -> None:
        sale = self._till.sale

        def save() -> OrderState:
            sale.change_choice(line_id, variant_id=choice.variant_id, options=choice.options)
            sale.set_note(line_id, choice.note)
            return sale.set_quantity(line_id, choice.quantity_milli)

        self._ops.run(save, success=self._on_saved)

    def _on_added(self, result: AddResult) -> None:
        self._close_modifiers()
        self._on_tapped(result, MILLI)

    def _on_saved(self, state: OrderState) -> None:
        self._close_modifiers()
        self._board.publish(state)

    def _close_modifiers(self) -> None:
        self._choice = None
        self._window.close_dialog()

    def _reopen(self, key: str) -> None:
        line = self._actions.line(key)
        if line is None:
            return
        catalog = self._till.catalog
        self._ops.run(
            lambda: catalog.product(line.product_id),
            success=lambda product: self._open_modifiers(reopen(product, line)),
            lane=Lane.QUERY,
        )

    def _render_modifiers(self) -> None:
        choice = self._choice
        if choice is None:
            return
        category = self.products.category_of(choice.product.category_id)
        offers = tuple(self._offer(row) for row in self._offers)
        self.modifiers.show_state(modifiers_state(choice, category, offers))

    def _offer(self, row: TileRow) -> OfferState:
        price = fmt.money(row.price_minor, kopecks=False)
        return OfferState(
            key=row.product_id,
            name=row.name,
            detail=tr("from {price}", price=price) if row.has_variants else price,
            tint=self.products.tint(row.category_id),
            is_added=row.product_id in self._offers_added,
        )

    # ------------------------------------------------------------ scans

    def take_scan(self, text: str) -> None:
        """Take a code from any scanner, whatever has the focus (T8)."""
        quantity, sale = self._take_multiplier(), self._till.sale
        self._ops.run(lambda: sale.scan(text, quantity), success=self._on_scanned)

    def _on_scanned(self, result: ScanResult) -> None:
        match result.outcome:
            case ScanOutcome.PRODUCT:
                last = next(
                    (
                        line.line_id
                        for line in reversed(result.state.cart.lines)
                        if result.product and line.product_id == result.product.product_id
                    ),
                    "",
                )
                self._board.publish(result.state, select=last)
                self._bridge.sound(Sound.SCAN_OK)
            case ScanOutcome.NEEDS_CHOICE:
                assert result.product is not None
                self._open_modifiers(begin(result.product))
                self._bridge.sound(Sound.SCAN_OK)
            case ScanOutcome.STOPPED:
                assert result.product is not None
                self._say_stopped(result.product, result.words)
            case ScanOutcome.GUEST:
                self._bind_guest(result.text)
            case ScanOutcome.UNKNOWN | ScanOutcome.QUEUED:
                self._say_scan(result)

    def _say_scan(self, result: ScanResult) -> None:
        is_unknown = result.outcome is ScanOutcome.UNKNOWN
        words = result.words.text(language()) if result.words else result.text
        self._bridge.toast(
            words,
            tone=Tone.WARNING if is_unknown else Tone.INFO,
            icon="barcode",
            action=Action(tr("Find the guest"), lambda: self._go(ScreenId.GUEST_SEARCH))
            if is_unknown
            else None,
            key="scan",
            sound=Sound.ERROR if is_unknown else Sound.SCAN_OK,
        )

    def _bind_guest(self, text: str) -> None:
        guests = self._till.guests

        def show(bound: Bound) -> None:
            self._board.publish(bound.state)
            guest = bound.state.guest
            words = bound.words.text(language()) if bound.words else ""
            if guest is not None:
                available = tr("Available {points}", points=fmt.points(guest.total_minor))
                self._bridge.toast(
                    guest.first_name or tr("Guest"),
                    detail=words or available,
                    tone=Tone.LOYALTY,
                    icon="user-check",
                    key="guest",
                    sound=Sound.GUEST_FOUND,
                )

        self._ops.run(lambda: guests.bind_scanned(text), success=show, lane=Lane.NET)

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
        key = self._board.selected
        quantity, sale = self._take_multiplier(), self._till.sale
        if key:
            self._ops.run(
                lambda: sale.set_quantity(LineId(key), quantity), success=self._board.publish
            )

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
        view.product_held.connect(self._on_held)
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
        dialog = self.modifiers
        dialog.option_tapped.connect(
            lambda group, option: self._change_choice(lambda old: old.tap(group, option))
        )
        dialog.quantity_stepped.connect(
            lambda step: self._change_choice(lambda old: old.step(step))
        )
        dialog.note_changed.connect(self._on_choice_note)
        dialog.offer_tapped.connect(self._on_offer)
        dialog.add_tapped.connect(self._on_add)
        dialog.cross_tapped.connect(self._close_modifiers)
        self._hotkeys = self._make_hotkeys()

    def _on_action(self, key: str) -> None:
        match ActionKey(key):
            case ActionKey.GUEST:
                self._on_guest()
            case ActionKey.DISCOUNT:
                self._on_discount()
            case ActionKey.HOLD:
                self._actions.hold()
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
            case "modifiers":
                self._reopen(key)
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

    def _on_choice_note(self, text: str) -> None:
        self._change_choice(lambda old: replace(old, note=text))

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
        self._render_modifiers()

    def _on_order(self, state: OrderState) -> None:
        self.products.show_order(state)
        self._render()

    # ------------------------------------------------------------ state

    def _render(self) -> None:
        self.view.render(self._state())

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
        )

    def _action_states(self) -> tuple[ActionState, ...]:
        state = self._board.state
        has_lines = state is not None and bool(state.cart.lines)
        can_undo = state is not None and state.can_undo
        return (
            ActionState(ActionKey.GUEST),
            ActionState(ActionKey.DISCOUNT, is_enabled=has_lines),
            ActionState(ActionKey.HOLD, is_enabled=has_lines),
            ActionState(ActionKey.UNDO, is_enabled=can_undo),
            ActionState(ActionKey.MORE),
        )
