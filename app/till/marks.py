"""Marked goods in an order: a code for each piece, none twice, each checked before it is paid for (D8).

    scan --> CHECKING in the order at once --check()--> ALLOWED | UNCHECKED | REFUSED

`check` asks the marking system outside the desk's lock; it belongs on a lane of its own. A service that
does not answer in its 1.5 seconds keeps nobody from selling: the law lets a till sell then.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.cart import Cart, CartHistory, CartLine, make_line
from app.domain.catalog import Product
from app.domain.marking import LineMark, MarkEvidence, MarkState
from app.domain.sale import SaleState
from app.kernel.ids import LineId, ProductId
from app.kernel.late import LateModule
from app.kernel.text import clean_line
from app.store.catalog import CodeMatch
from app.till import marking_texts, texts
from app.till.catalog import Catalog
from app.till.codes import Classifier, Code, CodeKind
from app.till.desk import Desk
from app.till.devices import Devices
from app.till.discounts import noted
from app.till.order import Approval, Order, OrderState, ScanOutcome, ScanResult
from app.till.permissions import Action
from app.till.words import Words
from drivers.api.errors import DriverError

if TYPE_CHECKING:
    from drivers.api import marking
else:
    marking = LateModule("drivers.api.marking")  # a till without marked goods never loads it

log = logging.getLogger(__name__)

_SEPARATOR: Final = "\x1d"
#: Identifiers that stand behind a separator (reference of the marking system: 91, 92, 93, 8005, 3103).
_BRACKETS: Final = re.compile(r"\((9[123]|8005|3103)\)")


class MarkDesk:
    """Gives codes to the lines of marked goods and has them checked.

    Args:
        desk: Holds the order.
        catalog: Knows the goods.
        classify: Tells codes apart.
        devices: Has the checker, if there is one.
    """

    def __init__(
        self, desk: Desk, catalog: Catalog, classify: Classifier, devices: Devices
    ) -> None:
        self._desk = desk
        self._catalog = catalog
        self._classify = classify
        self._devices = devices

    # -------------------------------------------------------------- scanning
    def take(self, code: Code, found: CodeMatch) -> ScanResult:
        """Put a scanned marking code into the order: on a line that waits for one, or on a new line.

        Args:
            code: A marking code, or what was left of one.
            found: The marked product that it belongs to.
        """
        mark = code.mark
        if mark is None or mark.is_doubtful:
            return self._refused(code, code.mark_words or marking_texts.NO_MARK, found.product)
        with self._desk.lock:
            order = self._desk.editable()
            words = self._used(order, mark, LineId(""))
            if words is not None:
                return self._refused(code, words, found.product)
            line = _waiting_line(order.cart, found)
            if line is not None:
                return self._put(order, line, code, mark, found.product)
            product, variant = found.product, found.variant or found.product.default_variant
            if (product.variants and found.variant is None) or any(
                group.is_required for group in product.modifier_groups
            ):
                return ScanResult(ScanOutcome.NEEDS_CHOICE, self._state(), code.raw, product)
            line = make_line(
                LineId(self._desk.ids.new()),
                self._desk.house.under_rules(product),
                variant=variant,
            )
            marked = replace(line, mark=_checking(mark))
            return self._changed(order, order.cart.add(marked), code, product, marked)

    def scan(self, line_id: LineId, text: str) -> ScanResult:
        """Take a scan that was asked for a line: only a code of its own product will do.

        Args:
            line_id: The line that waits for a code, or whose code is to be replaced.
            text: The code as read. A guest's card is told apart and left to the caller.

        Raises:
            InputError: The line is gone, or needs no code.
        """
        code = self._classify(text)
        with self._desk.lock:
            order = self._desk.editable()
            line = order.cart.get(line_id)
            if line.mark is None:
                raise marking_texts.NOT_MARKED.input_error("MARK_NOT_WANTED")
            if code.kind in (CodeKind.GUEST, CodeKind.SIX_DIGITS):
                return ScanResult(ScanOutcome.GUEST, self._state(), code.text)
            product = self._catalog.product(line.product_id)
            mark = code.mark
            if mark is None or mark.is_doubtful:
                return self._refused(code, code.mark_words or marking_texts.NO_MARK, product)
            words = self._foreign(line, code, mark) or self._used(order, mark, line_id)
            if words is not None:
                return self._refused(code, words, product)
            return self._put(order, line, code, mark, product)

    def _put(
        self, order: Order, line: CartLine, code: Code, mark: "marking.MarkCode", product: Product
    ) -> ScanResult:
        marked = replace(line, mark=_checking(mark))
        cart = order.cart.update(line.line_id, marked)
        return self._changed(order, cart, code, product, marked)

    def _changed(
        self, order: Order, cart: Cart, code: Code, product: Product, line: CartLine
    ) -> ScanResult:
        state = self._desk.change(replace(order, history=order.history.then(cart)))
        return ScanResult(
            ScanOutcome.PRODUCT, state, code.raw, product, line_id=line.line_id, is_mark=True
        )

    def _refused(self, code: Code, words: Words, product: Product) -> ScanResult:
        return ScanResult(ScanOutcome.MARK_REFUSED, self._state(), code.raw, product, words)

    def _state(self) -> OrderState:
        return self._desk.state()

    # -------------------------------------------------------------- rules
    def _used(self, order: Order, mark: "marking.MarkCode", line_id: LineId) -> Words | None:
        """Say where a code was used before: one code is one piece."""
        identity = mark.identity
        if _holds(order.cart, identity, line_id):
            return marking_texts.IN_ORDER
        for held in self._desk.orders_aside():
            if _holds(held.cart, identity, LineId("")):
                return marking_texts.IN_HELD.fill(number=held.number)
        with self._desk.store.reader() as db:
            sale_id = db.sales.find_by_mark(identity)
        return marking_texts.SOLD_HERE if sale_id is not None else None

    def _foreign(self, line: CartLine, code: Code, mark: "marking.MarkCode") -> Words | None:
        """Say whose code it is, None if it is the line's own as far as the menu knows."""
        if not mark.gtin:
            return None
        for form in dict.fromkeys((mark.gtin, *code.forms)):
            found = self._catalog.by_code(form)
            if found is None:
                continue
            is_size = found.variant is None or found.variant.variant_id == line.variant_id
            if found.product.product_id == line.product_id and is_size:
                return None
            return marking_texts.OTHER_PRODUCT.fill(name=found.product.name)
        return marking_texts.OTHER_UNKNOWN if self._has_codes(line) else None

    def _has_codes(self, line: CartLine) -> bool:
        """Tell whether the menu knows numbers of the line's product to compare with."""
        product = self._catalog.product(ProductId(line.product_id))
        sizes = [v for v in product.variants if v.variant_id == line.variant_id]
        return bool(product.barcodes) or any(size.barcodes for size in sizes)

    # -------------------------------------------------------------- without a code
    @property
    def may_skip(self) -> bool:
        """Tell whether the house lets seniors sell a piece without its code."""
        return self._desk.house.settings.sells_without_marks

    def skip(self, line_id: LineId, reason: str, approval: Approval | None = None) -> OrderState:
        """Sell a piece whose code cannot be read without it; who allowed it and why is kept.

        Raises:
            RuleError: The house does not do that.
            ApprovalNeeded: A senior has to allow it.
            InputError: There is no reason, or the line waits for no code.
        """
        with self._desk.lock:
            if not self.may_skip:
                raise marking_texts.SKIP_OFF.rule_error("MARK_SKIP_OFF")
            person = self._desk.session.require(Action.SELL_UNMARKED, approval)
            order = noted(self._desk.editable(), approval)
            line = order.cart.get(line_id)
            why = clean_line(reason)
            if not why:
                raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
            if line.mark is None or line.mark.state is not MarkState.WANTED:
                raise marking_texts.NOT_MARKED.input_error("MARK_NOT_WANTED")
            by = approval.approved_by if approval else person.staff_id
            mark = LineMark(MarkState.SKIPPED, skipped_by=by, skip_reason=why)
            cart = order.cart.update(line_id, replace(line, mark=mark))
            log.info("order %s: %s is sold without its code", order.number, line.product_id)
            return self._desk.change(replace(order, history=order.history.then(cart)))

    # -------------------------------------------------------------- checking
    def check(self) -> OrderState:
        """Ask about the codes of the order that nobody was asked about yet; return the order.

        It takes as long as the checker's time-out. Never on the GUI thread.
        """
        while True:
            sale_id, asked = self._to_check()
            if not asked:
                return self._state()
            results = self._ask([code for code, _ in asked])
            marks = {
                result.code.text: _answered(result.at_price(price))
                for result, (_, price) in zip(results, asked, strict=True)
            }
            with self._desk.lock:
                order = self._desk.order
                if order.sale_id != sale_id or order.state is SaleState.PAYING:
                    return self._state()  # recalled, it is asked about again
                self._desk.change(replace(order, history=_settled(order.history, marks)))

    def _to_check(self) -> "tuple[str, list[tuple[marking.MarkCode, int]]]":
        with self._desk.lock:
            order = self._desk.order
            lines = [x for x in order.cart.lines if x.mark and x.mark.state is MarkState.CHECKING]
        found = [
            (_code_of(line.mark), line.unit_price_minor)
            for line in lines[: marking.CODES_PER_CHECK_MAX]
            if line.mark is not None
        ]
        return order.sale_id, found

    def _ask(self, codes: "Sequence[marking.MarkCode]") -> "Sequence[marking.MarkResult]":
        checker = self._devices.marking
        nobody = tuple(marking.MarkResult(code, marking.MarkVerdict.UNCHECKED) for code in codes)
        if checker is None:
            return nobody
        try:
            with self._desk.store.reader() as db:
                storage = db.fiscal.storage_number()
            answered = checker.check(codes, fn_number=storage)
            if len(answered) == len(codes):
                return answered
            log.error("asked about %s marking codes, %s answers", len(codes), len(answered))
        except DriverError as error:
            log.warning("marking codes are not checked: %s", error)
        except Exception:
            log.exception("the check of marking codes failed")
        return nobody


def typed_code(text: str) -> str:
    """Return a code that a person copied from the package, with separators for its printed brackets.

    A serial number may hold brackets, too; they are taken for identifiers only in the printed form.
    """
    bare = text.strip().replace(" ", "")
    return _BRACKETS.sub(f"{_SEPARATOR}\\1", bare) if bare.startswith("(01)") else bare


def _waiting_line(cart: Cart, found: CodeMatch) -> CartLine | None:
    """Return the first line of the product that waits for a code."""
    for line in cart.lines:
        is_size = found.variant is None or line.variant_id == found.variant.variant_id
        if (
            line.product_id == found.product.product_id
            and is_size
            and line.mark is not None
            and line.mark.state is MarkState.WANTED
        ):
            return line
    return None


def _holds(cart: Cart, identity: str, except_for: LineId) -> bool:
    return any(
        line.mark is not None and line.mark.identity == identity and line.line_id != except_for
        for line in cart.lines
    )


def _checking(mark: "marking.MarkCode") -> LineMark:
    return LineMark(MarkState.CHECKING, mark.text, mark.identity, mark.gtin)


def _code_of(mark: LineMark) -> "marking.MarkCode":
    """Return a code that was read once, without reading it again."""
    if mark.identity.startswith(f"01{mark.gtin}21"):
        kind, serial = marking.MarkFormat.GS1M, mark.identity[18:]
    elif mark.gtin:
        kind, serial = marking.MarkFormat.SHORT, mark.identity[14:]
    else:
        kind, serial = marking.MarkFormat.FUR, ""
    return marking.MarkCode(kind, mark.code, mark.gtin, serial)


def _answered(result: "marking.MarkResult") -> LineMark:
    code, note = result.code, result.evidence
    return LineMark(
        MarkState(result.verdict.value),
        code.text,
        code.identity,
        code.gtin,
        tuple(reason.name.lower() for reason in result.reasons),
        MarkEvidence(note.federal_id, note.date, note.number, note.value) if note else None,
    )


def _settled(history: CartHistory, marks: Mapping[str, LineMark]) -> CartHistory:
    """Write answers into the cart and into what undo would bring back; that is no step of its own."""

    def fit(cart: Cart) -> Cart:
        lines = tuple(
            replace(line, mark=marks[line.mark.code])
            if line.mark and line.mark.state is MarkState.CHECKING and line.mark.code in marks
            else line
            for line in cart.lines
        )
        return replace(cart, lines=lines)

    return CartHistory(fit(history.cart), tuple(fit(cart) for cart in history.past))
