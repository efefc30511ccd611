"""Making an order: products, quantities, notes, discounts, undo, scans, hold and recall (T4, T8).

Every operation returns the whole `OrderState`; they run one after the other on the till's lane.
"""

import logging
from dataclasses import replace
from typing import Final

from app.domain.cart import Cart, CartLine, make_line
from app.domain.catalog import Product, Unit, Variant, choose_options
from app.domain.marking import NO_CODE
from app.domain.sale import SaleState
from app.kernel.ids import LineId, OptionId, ProductId, SaleId, VariantId
from app.kernel.money import MILLI
from app.kernel.text import clean_line
from app.store.catalog import CodeMatch
from app.till import marking_texts, texts
from app.till.catalog import Catalog
from app.till.codes import Classifier, Code, CodeKind
from app.till.desk import Desk
from app.till.discounts import noted
from app.till.kitchen_sale import KitchenSale
from app.till.marks import MarkDesk
from app.till.order import (
    AddOutcome,
    AddResult,
    Approval,
    HeldOrder,
    OrderState,
    ScanOutcome,
    ScanResult,
)
from app.till.permissions import Action

log = logging.getLogger(__name__)

NAME_MAX: Final = 60
PIECES_AT_ONCE_MAX: Final = 50


class SaleDesk(KitchenSale):
    """What a cashier does with the order before it is paid.

    Args:
        desk: Holds the order.
        catalog: Finds products.
        classify: Tells scanned codes apart.
        marks: Takes marking codes.
    """

    def __init__(self, desk: Desk, catalog: Catalog, classify: Classifier, marks: MarkDesk) -> None:
        super().__init__(desk)
        self._marks = marks
        self._catalog = catalog
        self._classify = classify

    # -------------------------------------------------------------- products
    def tap(self, product_id: ProductId, quantity_milli: int = MILLI) -> AddResult:
        """Add a product with its defaults, or say that something must be chosen first.

        Args:
            product_id: What was tapped.
            quantity_milli: The number typed before the tap, or grams.
        """
        product = self._catalog.product(product_id)
        if self._catalog.is_stopped(product.product_id):
            return self._not_added(AddOutcome.STOPPED, product)
        if product.needs_choice:
            return AddResult(AddOutcome.NEEDS_CHOICE, self.state(), product)
        return self._add(
            product, product.default_variant, product.default_options(), quantity_milli
        )

    def add(
        self,
        product_id: ProductId,
        *,
        variant_id: VariantId | None = None,
        options: tuple[OptionId, ...] | None = None,
        quantity_milli: int = MILLI,
        note: str = "",
    ) -> AddResult:
        """Add a product with a chosen size and options.

        Args:
            product_id: What is sold.
            variant_id: Its size; None takes the default.
            options: Ids of options, one that stands twice is taken twice; None takes the defaults.
            quantity_milli: How much.
            note: For the kitchen.

        Raises:
            InputError: The choice is not complete or not on the menu.
        """
        product = self._catalog.product(product_id)
        if self._catalog.is_stopped(product.product_id):
            return self._not_added(AddOutcome.STOPPED, product)
        variant = _variant(product, variant_id)
        chosen = product.default_options() if options is None else options
        return self._add(product, variant, chosen, quantity_milli, note)

    def change_choice(
        self,
        line_id: LineId,
        *,
        variant_id: VariantId | None,
        options: tuple[OptionId, ...],
        reason: str = "",
        approval: Approval | None = None,
    ) -> OrderState:
        """Choose size and options of a line anew; quantity, note and discount stay.

        See `set_quantity` for a size that the kitchen is making already.
        """
        with self._desk.lock:
            order = self._desk.editable()
            old = order.cart.get(line_id)
            product = self._catalog.product(old.product_id)
            line = make_line(
                line_id,
                self._desk.house.under_rules(product),
                variant=_variant(product, variant_id),
                options=choose_options(product, options),
                quantity_milli=old.quantity_milli,
                note=old.note,
            )
            if line.variant_id == old.variant_id:
                line = replace(line, mark=old.mark)  # another size has other codes
            cart = order.cart.update(line_id, replace(line, discount=old.discount))
            return self._put(order, cart, reason, approval)

    def _add(
        self,
        product: Product,
        variant: Variant | None,
        options: tuple[OptionId, ...],
        quantity_milli: int,
        note: str = "",
    ) -> AddResult:
        with self._desk.lock:
            order = self._desk.editable()
            line = make_line(
                LineId(self._desk.ids.new()),
                self._desk.house.under_rules(product),
                variant=variant,
                options=choose_options(product, options),
                quantity_milli=MILLI if product.is_marked else quantity_milli,
                note=note,
            )
            cart = order.cart.add(line)
            if product.is_marked:
                cart = self._with_more(cart, line, quantity_milli // MILLI - 1)
            state = self._put(order, cart)
        return AddResult(AddOutcome.ADDED, state, product, _touched(cart, order.cart).line_id)

    def _with_more(self, cart: Cart, line: CartLine, pieces: int) -> Cart:
        """Add pieces of a marked line, each a line of its own that waits for its code."""
        if pieces >= PIECES_AT_ONCE_MAX:
            words = marking_texts.MANY.fill(count=PIECES_AT_ONCE_MAX)
            raise words.input_error("MARKED_TOO_MANY")
        for _ in range(pieces):
            cart = cart.add(replace(line, line_id=LineId(self._desk.ids.new()), mark=NO_CODE))
        return cart

    def _not_added(self, outcome: AddOutcome, product: Product) -> AddResult:
        words = texts.PRODUCT_STOPPED.fill(name=product.name)
        return AddResult(outcome, self.state(), product, words=words)

    # -------------------------------------------------------------- scans
    def scan(self, text: str, quantity_milli: int = MILLI) -> ScanResult:
        """Take a scanned code, whatever has the focus (T8).

        A guest's code is only told apart here; looking it up may need the network, so the caller
        passes it on to `guests.bind_scanned`. During a payment a code is answered with QUEUED.

        Args:
            text: The code as read.
            quantity_milli: The number typed before the scan.
        """
        code = self._classify(text)
        if self._desk.order.state is SaleState.PAYING:
            return ScanResult(ScanOutcome.QUEUED, self.state(), code.raw, words=texts.SCAN_LATER)
        found = None if code.kind is CodeKind.GUEST else self._find_product(code)
        if found is not None and found.product.is_marked and (code.mark or code.mark_words):
            return self._scanned_mark(code, found)
        if found is not None:
            is_weighed = found.product.unit is Unit.WEIGHT
            grams = code.quantity_milli if is_weighed else 0
            return self._scanned_product(found, code.raw, grams or quantity_milli)
        if code.kind in (CodeKind.GUEST, CodeKind.SIX_DIGITS):
            return ScanResult(ScanOutcome.GUEST, self.state(), code.text)
        words = (code.words or texts.CODE_UNKNOWN).fill(code=code.raw.strip()[:40])
        return ScanResult(ScanOutcome.UNKNOWN, self.state(), code.raw, words=words)

    def _find_product(self, code: Code) -> CodeMatch | None:
        """Look for a code as it was read, then as the menu may know it.

        The very code goes first whatever it looks like: a venue may print codes of its own, with
        no check digit or with digits that scales use.
        """
        found = self._catalog.by_code(code.raw)
        if found is not None or code.kind is CodeKind.UNKNOWN:
            return found
        for form in dict.fromkeys((*code.forms, code.text)):
            found = self._catalog.by_code(form)
            # A weight code's item number may be the article of something else, sold by the piece.
            if found and (code.kind is not CodeKind.WEIGHT or found.product.unit is Unit.WEIGHT):
                return found
        return None

    def _scanned_mark(self, code: Code, found: CodeMatch) -> ScanResult:
        product = found.product
        if self._catalog.is_stopped(product.product_id):
            words = texts.PRODUCT_STOPPED.fill(name=product.name)
            return ScanResult(ScanOutcome.STOPPED, self.state(), code.raw, product, words)
        return self._marks.take(code, found)

    def _scanned_product(self, found: CodeMatch, raw: str, quantity_milli: int) -> ScanResult:
        product = found.product
        if self._catalog.is_stopped(product.product_id):
            words = texts.PRODUCT_STOPPED.fill(name=product.name)
            return ScanResult(ScanOutcome.STOPPED, self.state(), raw, product, words)
        variant = found.variant or product.default_variant
        is_open = product.variants and found.variant is None
        if is_open or any(group.is_required for group in product.modifier_groups):
            return ScanResult(ScanOutcome.NEEDS_CHOICE, self.state(), raw, product)
        result = self._add(product, variant, product.default_options(), quantity_milli)
        return ScanResult(ScanOutcome.PRODUCT, result.state, raw, product)

    # -------------------------------------------------------------- lines
    def set_quantity(
        self,
        line_id: LineId,
        quantity_milli: int,
        reason: str = "",
        approval: Approval | None = None,
    ) -> OrderState:
        """Set a line's quantity; zero removes it.

        Args:
            line_id: Which line.
            quantity_milli: In thousandths.
            reason: Why, if the kitchen is making more of it already.
            approval: A supervisor's, for the same.

        Raises:
            InputError: The kitchen makes it already and there is no reason (`VOID_REASON`).
            ApprovalNeeded: The person may not take food back from the kitchen.
        """
        with self._desk.lock:
            order = self._desk.editable()
            cart = self._with_quantity(order.cart, line_id, quantity_milli)
            return self._put(order, cart, reason, approval)

    def step_quantity(
        self, line_id: LineId, pieces: int, reason: str = "", approval: Approval | None = None
    ) -> OrderState:
        """Raise or lower a line by pieces (of a weight: by 100 g); at zero it is removed.

        See `set_quantity` for what the kitchen is making already.
        """
        with self._desk.lock:
            order = self._desk.editable()
            line = order.cart.get(line_id)
            step = MILLI if line.unit is Unit.PIECE else MILLI // 10
            quantity = max(0, line.quantity_milli + pieces * step)
            cart = self._with_quantity(order.cart, line_id, quantity)
            return self._put(order, cart, reason, approval)

    def _with_quantity(self, cart: Cart, line_id: LineId, quantity_milli: int) -> Cart:
        """Return the cart with another quantity of a line; more of a marked one waits for more codes."""
        line = cart.get(line_id)
        if line.mark is None or quantity_milli < MILLI or quantity_milli % MILLI:
            return cart.set_quantity(line_id, quantity_milli)
        return self._with_more(cart, line, quantity_milli // MILLI - 1)

    def repeat(self, line_id: LineId) -> OrderState:
        """Take the same once more."""
        with self._desk.lock:
            order = self._desk.editable()
            line = order.cart.get(line_id)
            again = replace(
                line,
                line_id=LineId(self._desk.ids.new()),
                quantity_milli=MILLI if line.unit is Unit.PIECE else line.quantity_milli,
                mark=NO_CODE if line.mark else None,
            )
            return self._put(order, order.cart.add(again))

    def remove(
        self, line_id: LineId, reason: str = "", approval: Approval | None = None
    ) -> OrderState:
        """Remove a line; `undo` brings it back. See `set_quantity` for what is being made."""
        with self._desk.lock:
            order = self._desk.editable()
            return self._put(order, order.cart.remove(line_id), reason, approval)

    def set_note(self, line_id: LineId, note: str) -> OrderState:
        """Set a line's note."""
        with self._desk.lock:
            order = self._desk.editable()
            return self._put(order, order.cart.set_note(line_id, note))

    def set_order_note(self, note: str) -> OrderState:
        """Set the note of the whole order."""
        with self._desk.lock:
            order = self._desk.editable()
            return self._put(order, order.cart.set_order_note(note))

    # -------------------------------------------------------------- whole orders
    def hold(self, name: str = "") -> OrderState:
        """Put the order aside and begin the next one; it survives a restart."""
        with self._desk.lock:
            self._desk.session.require(Action.HOLD)
            order = self._desk.editable()
            if order.cart.is_empty:
                raise texts.HOLD_EMPTY.rule_error("HOLD_EMPTY")
            text = clean_line(name, NAME_MAX)
            self._desk.put_aside(replace(order, state=SaleState.HELD, name=text))
            return self.state()

    def held(self) -> tuple[HeldOrder, ...]:
        """Return the orders put aside, the oldest first."""
        return self._desk.aside()

    def recall(self, sale_id: SaleId, approval: Approval | None = None) -> OrderState:
        """Go on with an order from aside; what is on the desk goes aside instead.

        Raises:
            ApprovalNeeded: It belongs to somebody else.
        """
        with self._desk.lock:
            self._desk.editable()
            order = self._desk.take(sale_id)
            person = self._desk.session.signed_in()
            if order.owner_id != person.staff_id:
                self._desk.session.require(Action.OTHERS_ORDERS, approval)
                order = noted(order, approval)
                order = replace(order, owner_id=person.staff_id, owner_name=person.name)
            self._desk.lay(order)
            if order.state is SaleState.PAYING:
                return self.state()
            return self._desk.change(replace(order, state=SaleState.OPEN))

    def cancel(self, reason: str = "", approval: Approval | None = None) -> OrderState:
        """Throw the order away; held points go back to the guest, the kitchen stops.

        Raises:
            RuleError: A part is paid: give the money back first.
            InputError: The kitchen is making some of it and there is no reason (`VOID_REASON`).
            ApprovalNeeded: The person may not.
        """
        with self._desk.lock:
            order = self._desk.editable()
            tickets = self._all_back(order, reason, approval)
            if not order.cart.is_empty and not tickets.jobs:
                self._desk.session.require(Action.CANCEL_ORDER, approval)
            order, released = self._desk.without_points(order, "order_cancelled")
            log.info("order %s cancelled: %s", order.number, reason)
            more = tickets.write if tickets.jobs else None
            self._desk.discard(order, operations=released, more=more)
            self.wake_printers()
            return self.state()

    def repeat_last_order(self) -> OrderState:
        """Add the lines of the last sale of this till once more, at today's prices."""
        with self._desk.lock:
            order = self._desk.editable()
            with self._desk.store.reader() as db:
                sale = db.sales.find_last()
            if sale is None:
                raise texts.NOTHING_TO_REPEAT.rule_error("NOTHING_TO_REPEAT")
            cart = order.cart
            for line in sale.lines:
                fresh = self._again(line)
                if fresh is not None:
                    cart = cart.add(fresh)
                    if fresh.mark is not None:
                        cart = self._with_more(cart, fresh, line.quantity_milli // MILLI - 1)
            return self._put(order, cart)

    def _again(self, line: CartLine) -> CartLine | None:
        product = self._catalog.find(line.product_id)
        if product is None or self._catalog.is_stopped(product.product_id):
            return None
        known = {o.option_id for g in product.modifier_groups for o in g.options}
        options = tuple(
            o.option_id for o in line.options for _ in range(o.quantity) if o.option_id in known
        )
        variant = next((v for v in product.variants if v.variant_id == line.variant_id), None)
        return make_line(
            LineId(self._desk.ids.new()),
            self._desk.house.under_rules(product),
            variant=variant or product.default_variant,
            options=choose_options(product, options, complete=False),
            quantity_milli=MILLI if product.is_marked else line.quantity_milli,
            note=line.note,
        )


def _variant(product: Product, variant_id: VariantId | None) -> Variant | None:
    if variant_id is None:
        return product.default_variant
    for variant in product.variants:
        if variant.variant_id == variant_id:
            return variant
    raise texts.VARIANT_GONE.input_error("VARIANT_GONE")


def _touched(new: Cart, old: Cart) -> CartLine:
    """Return the line that an addition made or raised."""
    for line, before in zip(new.lines, old.lines, strict=False):
        if line is not before:
            return line
    return new.lines[-1]
