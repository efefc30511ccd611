"""What may still be given back of a sale, and how a wish becomes lines and tenders; pure.

Nothing here may exceed what was paid: not in sum, not by line, not by card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.loyalty import RefundShare, refund_share, split_spend
from app.domain.sale import LoyaltyAction, Refund, RefundLine, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import LineId, PaymentId, SaleId
from app.kernel.money import share_of_whole
from app.kernel.text import format_money, format_quantity
from app.store.rows import RefundedLine
from app.till import texts


class RefundBy(StrEnum):
    """How money goes back."""

    AS_PAID = "as_paid"  # to card and phone what they paid, the rest in cash
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What the cashier wants to give back.

    Attributes:
        sale_id: Of which sale.
        reason: Required.
        quantities: How much of which lines, in thousandths; empty with `amount_minor`.
        amount_minor: Any sum up to the rest instead of lines; None with no lines is all the rest.
        by: How the money goes back.
    """

    sale_id: SaleId
    reason: str
    quantities: Mapping[LineId, int] | None = None
    amount_minor: int | None = None
    by: RefundBy = RefundBy.AS_PAID


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A sold line with what may still be given back of it."""

    line_id: LineId
    name: str
    sold_milli: int
    rest_milli: int
    rest_minor: int


@dataclass(frozen=True, slots=True)
class Refundable:
    """A sale with what was given back so far."""

    sale: Sale
    refunds: tuple[Refund, ...]
    lines: tuple[RefundableLine, ...]

    @property
    def refunded_minor(self) -> int:
        """Return what was given back so far."""
        return sum(refund.amount_minor for refund in self.refunds)

    @property
    def rest_minor(self) -> int:
        """Return what may still be given back."""
        return self.sale.due_minor - self.refunded_minor

    def rest_of(self, kind: TenderKind) -> int:
        """Return what may still go back by one kind of tender."""
        paid = sum(t.amount_minor for t in self.sale.tenders if t.kind is kind)
        back = sum(t.amount_minor for r in self.refunds for t in r.tenders if t.kind is kind)
        return max(0, paid - back)

    def cards(self) -> tuple[tuple[Tender, int], ...]:
        """Return the payments by card and phone with what may still go back to each."""
        result = []
        for tender in self.sale.tenders:
            if tender.kind in {TenderKind.CARD, TenderKind.SBP}:
                back = sum(
                    t.amount_minor
                    for r in self.refunds
                    for t in r.tenders
                    if t.kind is tender.kind
                    and t.rrn == tender.rrn
                    and t.receipt_no == tender.receipt_no
                )
                result.append((tender, max(0, tender.amount_minor - back)))
        return tuple(result)


@dataclass(frozen=True, slots=True)
class CardBack:
    """A sum that goes back to the card or phone of one payment."""

    original: Tender
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """A refund worked out, before anything is done (T64).

    Attributes:
        lines: What is given back, with its money.
        amount_minor: The whole sum.
        cards: What goes back to cards and phones.
        cash_minor: What is handed out.
        points: What happens to the guest's points, in hundredths.
        needs_cash_right: Cash is given for what a card or phone paid.
    """

    lines: tuple[RefundLine, ...]
    amount_minor: int
    cards: tuple[CardBack, ...]
    cash_minor: int
    points: RefundShare
    needs_cash_right: bool


def refundable(
    sale: Sale, refunds: Sequence[Refund], given: Mapping[LineId, RefundedLine]
) -> Refundable:
    """Return what may still be given back of a sale."""
    rest = sale.due_minor - sum(refund.amount_minor for refund in refunds)
    lines = []
    for line, cost in zip(sale.lines, sale.priced.lines, strict=True):
        back = given.get(line.line_id)
        rest_milli = line.quantity_milli - (back.quantity_milli if back else 0)
        rest_minor = cost.total_minor - (back.amount_minor if back else 0)
        name = f"{line.name}, {line.variant_name}" if line.variant_name else line.name
        lines.append(
            RefundableLine(
                line.line_id, name, line.quantity_milli, rest_milli, max(0, min(rest_minor, rest))
            )
        )
    return Refundable(sale, tuple(refunds), tuple(lines))


def plan(what: Refundable, wish: RefundWish) -> RefundPlan:
    """Work a wish out.

    Raises:
        InputError: More than may be given back, nothing at all, or no reason.
    """
    if not wish.reason.strip():
        raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
    rest = what.rest_minor
    if rest <= 0:
        raise texts.REFUND_ALL_BACK.input_error("REFUND_ALL_BACK")
    lines, amount = _lines_and_amount(what, wish)
    if amount <= 0:
        raise texts.REFUND_NOTHING.input_error("REFUND_NOTHING")
    if amount > rest:
        words = texts.REFUND_TOO_MUCH.fill(rest=format_money(rest))
        raise words.input_error("REFUND_TOO_MUCH")
    cards = _cards(what, amount) if wish.by is RefundBy.AS_PAID else ()
    cash = amount - sum(card.amount_minor for card in cards)
    return RefundPlan(
        lines=lines,
        amount_minor=amount,
        cards=cards,
        cash_minor=cash,
        points=points_of(what, amount),
        needs_cash_right=cash > what.rest_of(TenderKind.CASH),
    )


def _lines_and_amount(what: Refundable, wish: RefundWish) -> tuple[tuple[RefundLine, ...], int]:
    if wish.amount_minor is not None:
        return (), wish.amount_minor
    quantities = wish.quantities
    if quantities is None:
        quantities = {line.line_id: line.rest_milli for line in what.lines if line.rest_milli > 0}
    lines = _chosen_lines(what, quantities)
    is_whole = all(quantities.get(line.line_id, 0) == line.rest_milli for line in what.lines)
    if is_whole:
        return _fitted(lines, what.rest_minor), what.rest_minor
    fitted = _fitted(lines, min(what.rest_minor, sum(line.amount_minor for line in lines)))
    return fitted, sum(line.amount_minor for line in fitted)


def _chosen_lines(what: Refundable, quantities: Mapping[LineId, int]) -> tuple[RefundLine, ...]:
    known = {line.line_id: line for line in what.lines}
    costs = {cost.line_id: cost.total_minor for cost in what.sale.priced.lines}
    marks = {line.line_id: line.mark for line in what.sale.lines}
    result = []
    for line_id, quantity in quantities.items():
        line = known.get(line_id)
        if line is None or quantity < 0:
            raise texts.REFUND_NOTHING.input_error("REFUND_LINE_UNKNOWN")
        if quantity > line.rest_milli:
            words = texts.REFUND_LINE_TOO_MUCH.fill(
                name=line.name, rest=format_quantity(line.rest_milli)
            )
            raise words.input_error("REFUND_LINE_TOO_MUCH")
        if quantity:
            before = line.sold_milli - line.rest_milli
            amount = share_of_whole(quantity, before, line.sold_milli, costs[line_id])
            mark = marks.get(line_id)
            result.append(RefundLine(line_id, line.name, quantity, amount, mark))
    return tuple(result)


def _fitted(lines: tuple[RefundLine, ...], amount_minor: int) -> tuple[RefundLine, ...]:
    """Make the lines sum to the money: cash rounding and free sums given back before lower them."""
    excess = sum(line.amount_minor for line in lines) - amount_minor
    result = list(lines)
    for index in range(len(result) - 1, -1, -1):
        if excess <= 0:
            break
        less = min(excess, result[index].amount_minor)
        result[index] = replace(result[index], amount_minor=result[index].amount_minor - less)
        excess -= less
    return tuple(result)


def _cards(what: Refundable, amount_minor: int) -> tuple[CardBack, ...]:
    result = []
    left = amount_minor
    for tender, rest in what.cards():
        part = min(left, rest)
        if part > 0:
            result.append(CardBack(tender, part))
            left -= part
    return tuple(result)


def points_of(what: Refundable, amount_minor: int) -> RefundShare:
    """Return what a refund does to the guest's points, in proportion (L8)."""
    loyalty = what.sale.loyalty
    if loyalty is None or what.sale.due_minor == 0:
        return RefundShare(0, 0, 0, 0)
    spent = loyalty.spend_minor if loyalty.action is LoyaltyAction.SPEND else 0
    promo, regular = split_spend(spent, loyalty.card.promo_minor)
    return refund_share(
        refund_minor=amount_minor,
        refunded_before_minor=what.refunded_minor,
        original_minor=what.sale.due_minor,
        earned_minor=loyalty.earn_minor,
        redeemed_regular_minor=regular,
        redeemed_promo_minor=promo,
        spent_minor=what.sale.due_minor,
    )


def cash_tender(payment_id: PaymentId, amount_minor: int) -> Tender:
    """Return a sum handed out."""
    return Tender(payment_id, TenderKind.CASH, amount_minor)
