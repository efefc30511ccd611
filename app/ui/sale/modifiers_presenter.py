"""The modifiers dialog at work: taps change the choice, Add puts it in the order (S3)."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer

from app.domain.cart import CartLine
from app.kernel.errors import AppError
from app.kernel.ids import LineId, ProductId
from app.till.order import AddOutcome, AddResult, Approval, OrderState
from app.till.till import Till
from app.ui import format as fmt
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import ScreenId
from app.ui.ops import Lane, Ops
from app.ui.sale.modifiers import Choice, begin, modifiers_state, reopen
from app.ui.sale.modifiers_view import SIZE_PX, ModifiersView
from app.ui.sale.product_notes import ProductNotes
from app.ui.sale.products import Products, TileRow
from app.ui.sale.state import OfferState
from app.ui.sale.voids import Voids
from app.ui.text import tr
from app.ui.window import MainWindow


class ModifiersDialog:
    """Opens the dialog for a product or a line and carries out what was chosen.

    Args:
        till: The use cases.
        ops: Lanes.
        board: The order.
        window: Opens dialogs.
        products: Categories and tints.
        notes: Says that a product ran out.
        voids: Asks why food is taken back that the kitchen is making.
    """

    def __init__(
        self,
        till: Till,
        ops: Ops,
        board: OrderBoard,
        window: MainWindow,
        products: Products,
        notes: ProductNotes,
        voids: Voids,
    ) -> None:
        self.view = ModifiersView(window)
        self._till, self._ops, self._board = till, ops, board
        self._window, self._products, self._notes = window, products, notes
        self._voids = voids
        self._choice: Choice | None = None
        self._offers: tuple[TileRow, ...] = ()
        self._added: frozenset[str] = frozenset()
        self._showing = QTimer(self.view)
        self._showing.setSingleShot(True)
        self._showing.timeout.connect(self._show)
        self._connect_signals()

    @property
    def choice(self) -> Choice | None:
        """What is being chosen, None while the dialog is closed."""
        return self._choice

    def open(self, choice: Choice) -> None:
        """Open the dialog."""
        self._choice = choice
        self._offers, self._added = (), frozenset()
        self.render()
        # Making the options and drawing the dialog each take a while: a tap may come in between.
        self._showing.start()

    def _show(self) -> None:
        choice, screen = self._choice, self._window.current
        if choice is None or screen is None or screen.screen_id is not ScreenId.SALE:
            self._choice = None  # the cashier has gone on meanwhile
            return
        self._window.open_dialog(self.view, size_px=SIZE_PX)
        self.render()  # the dialog knows its width now
        if choice.line_id is None:
            self._read_offers(choice.product.product_id)

    def reopen(self, line: CartLine) -> None:
        """Open the dialog for a line of the order."""
        catalog = self._till.catalog
        self._ops.run(
            lambda: catalog.product(line.product_id),
            success=lambda product: self.open(reopen(product, line)),
            lane=Lane.QUERY,
        )

    def render(self) -> None:
        """Show the choice again, for example in another language."""
        choice = self._choice
        if choice is not None:
            category = self._products.category_of(choice.product.category_id)
            offers = tuple(self._offer(row) for row in self._offers)
            self.view.show_state(modifiers_state(choice, category, offers))

    def _connect_signals(self) -> None:
        view = self.view
        view.option_tapped.connect(
            lambda group, option: self._change(lambda old: old.tap(group, option))
        )
        view.quantity_stepped.connect(lambda step: self._change(lambda old: old.step(step)))
        view.note_changed.connect(lambda text: self._change(lambda old: replace(old, note=text)))
        view.offer_tapped.connect(self._on_offer)
        view.add_tapped.connect(self._on_add)
        view.cross_tapped.connect(self._close)
        self._window.dialogs.closed.connect(self._on_closed)

    def _change(self, change: Callable[[Choice], Choice]) -> None:
        if self._choice is not None:
            self._choice = change(self._choice)
            self.render()

    def _close(self) -> None:
        self._choice = None
        self._window.close_dialog()

    def _on_closed(self) -> None:
        self._choice = None

    # ------------------------------------------------------------ recommendations

    def _read_offers(self, product_id: ProductId) -> None:
        catalog = self._till.catalog

        def show(rows: tuple[TileRow, ...]) -> None:
            if self._choice is not None and self._choice.product.product_id == product_id:
                self._offers = rows
                self.render()

        self._ops.run(lambda: tuple(catalog.recommended(product_id)), success=show, lane=Lane.QUERY)

    def _offer(self, row: TileRow) -> OfferState:
        price = fmt.money(row.price_minor, kopecks=False)
        return OfferState(
            key=row.product_id,
            name=row.name,
            detail=tr("from {price}", price=price) if row.has_variants else price,
            tint=self._products.tint(row.category_id),
            is_added=row.product_id in self._added,
        )

    def _on_offer(self, product_id: str) -> None:
        sale = self._till.sale

        def show(result: AddResult) -> None:
            if result.outcome is AddOutcome.ADDED:
                self._added |= {product_id}
                self._board.publish(result.state)
                self.render()
            elif result.outcome is AddOutcome.NEEDS_CHOICE:
                self.open(begin(result.product))
            else:
                self._notes.say_stopped(result.product, result.words)

        self._ops.run(lambda: sale.tap(ProductId(product_id)), success=show)

    # ------------------------------------------------------------ adding

    def _on_add(self) -> None:
        choice = self._choice
        if choice is None:
            return
        missing = choice.missing()
        if missing is not None:
            self._change(lambda old: replace(old, was_refused=True))
            self.view.show_group(missing)
        elif choice.line_id is not None:
            self._save(choice, choice.line_id)
        else:
            self._add(choice)

    def _add(self, choice: Choice) -> None:
        sale = self._till.sale
        # Closed before the work is done: the second press of a double tap finds no button.
        self._close()

        def show(result: AddResult) -> None:
            if result.outcome is AddOutcome.ADDED:
                self._board.publish(result.state, select=result.line_id)
            else:
                self._notes.say_stopped(result.product, result.words)

        self._ops.run(
            lambda: sale.add(
                choice.product.product_id,
                variant_id=choice.variant_id,
                options=choice.options,
                quantity_milli=choice.quantity_milli,
                note=choice.note,
            ),
            success=show,
            failure=lambda error: self._come_back(choice, error),
        )

    def _save(self, choice: Choice, line_id: LineId) -> None:
        sale = self._till.sale

        def save(reason: str, approval: Approval | None) -> OrderState:
            sale.change_choice(
                line_id,
                variant_id=choice.variant_id,
                options=choice.options,
                reason=reason,
                approval=approval,
            )
            sale.set_note(line_id, choice.note)
            return sale.set_quantity(line_id, choice.quantity_milli, reason, approval)

        self._close()
        self._voids.run(save, self._board.publish, lambda error: self._come_back(choice, error))

    def _come_back(self, choice: Choice, error: AppError) -> None:
        """Say what was wrong and show the choice again as it was."""
        self._notes.show_error(error)
        self.open(choice)
