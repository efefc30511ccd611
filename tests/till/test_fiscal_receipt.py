"""What a register is told of a sale and of its refunds: exact to the kopeck, the same after storing."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cart import Cart, CartLine, Discount
from app.domain.catalog import ChosenOption, Unit
from app.domain.pricing import price_cart
from app.domain.sale import Refund, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import (
    LineId,
    OptionId,
    PaymentId,
    ProductId,
    RefundId,
    SaleId,
    ShiftId,
    StaffId,
)
from app.store.codec import dumps, loads
from app.store.rows import RefundedLine
from app.till import refund_plan
from app.till.fiscal_codec import (
    document_from_json,
    document_to_json,
    receipt_from_json,
    receipt_to_json,
)
from app.till.fiscal_receipt import refund_receipt, sale_receipt
from app.till.refund_plan import RefundWish
from drivers.api.fiscal import (
    Contact,
    DocumentKind,
    FiscalDocument,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    IndustryNote,
    ItemMark,
    MarkCheck,
    MarkPlan,
    Measure,
    Operator,
    PaymentKind,
    ReceiptKind,
    Settlement,
    Subject,
    Taxation,
)
from drivers.fiscal.checks import check_receipt
from drivers.fiscal.split import emitted, round_amount, settle

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RATES = {"none": None, "v5": 500, "v10": 1000, "v22": 2200}


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    lines = []
    for index in range(draw(st.integers(1, 5))):
        unit = draw(st.sampled_from(Unit))
        pieces = draw(st.integers(1, 7)) * 1_000
        quantity = draw(st.integers(1, 4_000)) if unit is Unit.WEIGHT else pieces
        line = CartLine(
            LineId(f"l{index}"),
            ProductId(f"p{index}"),
            draw(st.sampled_from(["Кофе", "Сыр\n", "x" * 200])),
            draw(st.integers(0, 999_99)),
            quantity,
            draw(st.sampled_from(list(RATES))),
            options=(ChosenOption(OptionId("o"), "Молоко", 10, 2),) if draw(st.booleans()) else (),
            unit=unit,
            redeems_points=draw(st.booleans()),
        )
        percent = draw(st.none() | st.integers(0, 10_000))
        lines.append(
            line if percent is None else replace(line, discount=Discount(percent_bp=percent))
        )
    cart = Cart(tuple(lines))
    percent = draw(st.none() | st.integers(0, 5_000))
    return cart if percent is None else replace(cart, discount=Discount(percent_bp=percent))


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    cart = draw(carts())
    plain = price_cart(cart, RATES)
    room = sum(
        cost.total_minor
        for line, cost in zip(cart.lines, plain.lines, strict=True)
        if line.redeems_points
    )
    priced = price_cart(cart, RATES, draw(st.integers(0, room)))
    rounding = priced.due_minor % 100 if draw(st.booleans()) else 0
    left = priced.due_minor - rounding
    tenders = []
    for index, kind in enumerate(TenderKind):
        part = draw(st.integers(0, left)) if kind is not TenderKind.GIFT_CARD else left
        left -= part
        if part:
            tenders.append(Tender(PaymentId(f"t{index}"), kind, part))
    return Sale(
        SaleId("s"), 1, ShiftId("shift"), StaffId("anna"), "Анна", NOW, cart.lines, priced, rounding,
        tuple(tenders),
    )  # fmt: skip


def check(receipt: FiscalReceipt, due_minor: int) -> None:
    """Look at a receipt as a register does."""
    check_receipt(receipt, date(2026, 11, 20))
    positions = settle(receipt)
    assert sum(position.amount_minor for position in positions) == due_minor
    assert sum(payment.amount_minor for payment in receipt.payments) == due_minor
    for position in positions:
        exact = round_amount(position.price_minor, position.quantity_milli)
        assert exact == position.amount_minor


@settings(max_examples=200, deadline=None)
@given(sale=sales())
def test_any_sale_is_a_receipt_that_costs_what_was_paid(sale: Sale) -> None:
    receipt = sale_receipt(sale, "usn_income")
    check(receipt, sale.due_minor)
    for item, line in zip(receipt.items, sale.lines, strict=True):
        measured = item.measure is Measure.KILOGRAM
        assert measured == (line.unit is Unit.WEIGHT)
        assert (item.price_minor, item.quantity_milli) == (
            line.unit_price_minor,
            line.quantity_milli,
        )


@settings(max_examples=200, deadline=None)
@given(sale=sales(), data=st.data())
def test_any_refunds_are_receipts_that_cost_what_goes_back(sale: Sale, data: st.DataObject) -> None:
    made = sale_receipt(sale, "usn_income")
    before: list[Refund] = []
    given_back: dict[LineId, RefundedLine] = {}
    for number in range(data.draw(st.integers(1, 4))):
        what = refund_plan.refundable(sale, before, given_back)
        if what.rest_minor <= 0:
            break
        by_sum = data.draw(st.integers(1, what.rest_minor) | st.none())
        quantities = {
            line.line_id: _some(data, line.rest_milli, sale, line.line_id) for line in what.lines
        }
        wish = RefundWish(sale.sale_id, "остыл", quantities, by_sum)
        if by_sum is None and data.draw(st.booleans()):
            wish = RefundWish(sale.sale_id, "остыл")
        if by_sum is None and sum(_amounts(what, wish)) <= 0:
            continue
        plan = refund_plan.plan(what, wish)
        refund = Refund(
            RefundId(f"r{number}"), sale.sale_id, sale.shift_id, sale.cashier_id, "Борис", NOW, "x",
            plan.lines, plan.amount_minor, (Tender(PaymentId("b"), TenderKind.CARD, plan.amount_minor),),
        )  # fmt: skip
        receipt = refund_receipt(refund, sale, made, before, emitted, "12345678901234567890")
        check(receipt, plan.amount_minor)
        assert receipt.kind is ReceiptKind.SELL_REFUND
        assert all(item.discount_minor == 0 for item in receipt.items)
        before.append(refund)
        for line in plan.lines:
            old = given_back.get(line.line_id, RefundedLine(line.line_id, 0, 0))
            given_back[line.line_id] = RefundedLine(
                line.line_id,
                old.quantity_milli + line.quantity_milli,
                old.amount_minor + line.amount_minor,
            )


def _some(data: st.DataObject, rest_milli: int, sale: Sale, line_id: LineId) -> int:
    unit = next(line.unit for line in sale.lines if line.line_id == line_id)
    if unit is Unit.PIECE:
        return data.draw(st.integers(0, rest_milli // 1_000)) * 1_000
    return data.draw(st.integers(0, rest_milli))


def _amounts(what: refund_plan.Refundable, wish: RefundWish) -> tuple[int, ...]:
    if wish.quantities is None:
        return (what.rest_minor,)
    lines = {line.line_id: line for line in what.lines}
    return tuple(
        lines[line_id].rest_minor * quantity // max(1, lines[line_id].rest_milli)
        for line_id, quantity in wish.quantities.items()
        if quantity
    )


@settings(max_examples=100, deadline=None)
@given(sale=sales())
def test_a_whole_refund_repeats_the_positions_of_the_sale(sale: Sale) -> None:
    made = sale_receipt(sale, "osn")
    if not sale.due_minor:
        return
    what = refund_plan.refundable(sale, (), {})
    plan = refund_plan.plan(what, RefundWish(sale.sale_id, "остыл"))
    refund = Refund(
        RefundId("r"), sale.sale_id, sale.shift_id, sale.cashier_id, "Борис", NOW, "x",
        plan.lines, plan.amount_minor, (Tender(PaymentId("b"), TenderKind.CASH, plan.amount_minor),),
    )  # fmt: skip
    back = refund_receipt(refund, sale, made, (), emitted)
    assert [_facts(item) for item in back.items] == [_facts(item) for _, item in emitted(made)]


def _facts(item: FiscalItem) -> tuple[object, ...]:
    return (item.name, item.price_minor, item.quantity_milli, item.vat, item.subject, item.measure)


MARKS = st.none() | st.builds(
    ItemMark,
    st.binary(min_size=1, max_size=60),
    st.sampled_from(MarkPlan),
    st.none() | st.just((1, 20)),
    st.none() | st.builds(MarkCheck, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
NOTES = st.lists(st.builds(IndustryNote, st.text(), st.text(), st.text(), st.text()), max_size=2)
ITEMS = st.builds(
    FiscalItem,
    name=st.text(max_size=20),
    price_minor=st.integers(0, 10**9),
    quantity_milli=st.integers(1, 10**7),
    vat=st.sampled_from(["none", "vat22"]),
    subject=st.sampled_from(Subject),
    settlement=st.sampled_from(Settlement),
    measure=st.sampled_from(Measure),
    discount_minor=st.integers(0, 10**9),
    floor_minor=st.integers(0, 10**9),
    mark=MARKS,
    industry=NOTES.map(tuple),
    attribute=st.text(max_size=9),
)
RECEIPTS = st.builds(
    FiscalReceipt,
    kind=st.sampled_from([ReceiptKind.SELL, ReceiptKind.SELL_REFUND]),
    operator=st.builds(Operator, st.text(), st.text()),
    taxation=st.sampled_from(Taxation),
    items=st.lists(ITEMS, max_size=3).map(tuple),
    payments=st.lists(
        st.builds(FiscalPayment, st.sampled_from(PaymentKind), st.integers(0, 10**9)), max_size=3
    ).map(tuple),
    discount_minor=st.integers(0, 10**9),
    points_minor=st.integers(0, 10**9),
    contact=st.none() | st.builds(Contact, st.text(), st.text(), st.text()),
    paper=st.booleans(),
    attribute=st.text(max_size=9),
    property=st.none() | st.tuples(st.text(), st.text()),
    notes=st.lists(st.text(), max_size=2).map(tuple),
    qr=st.text(max_size=9),
    internet=st.booleans(),
    place=st.text(max_size=9),
    industry=NOTES.map(tuple),
    check_marks=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(receipt=RECEIPTS)
def test_a_receipt_comes_back_from_the_queue_as_it_was(receipt: FiscalReceipt) -> None:
    assert receipt_from_json(loads(dumps(receipt_to_json(receipt)))) == receipt


@given(
    document=st.builds(
        FiscalDocument,
        number=st.integers(0, 10**9),
        sign=st.text(max_size=9),
        fn_number=st.text(max_size=9),
        registration_number=st.text(max_size=9),
        shift_number=st.integers(0, 999),
        receipt_number=st.integers(0, 999),
        made_at=st.text(max_size=9),
        total_minor=st.none() | st.integers(0, 10**9),
        kind=st.sampled_from(DocumentKind),
        printed=st.booleans(),
        recovered=st.booleans(),
        shift_opened=st.booleans(),
        ofd_url=st.text(max_size=9),
        mark_results=st.dictionaries(st.integers(0, 9), st.integers(0, 15)),
    )
)
def test_an_answer_comes_back_from_the_queue_as_it_was(document: FiscalDocument) -> None:
    assert document_from_json(loads(dumps(document_to_json(document)))) == document
