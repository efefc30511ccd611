"""Receipts and shift reports: every amount that matters is on the paper, sums agree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.cart import Cart, CartLine, Discount
from app.domain.catalog import ChosenOption
from app.domain.guest import GuestCard
from app.domain.pricing import price_cart
from app.domain.sale import LoyaltyAction, Refund, RefundLine, Sale, SaleLoyalty
from app.domain.shift import (
    CashDirection,
    CashMovement,
    Shift,
    counted_cash,
    shift_totals,
)
from app.domain.tender import Tender, TenderKind
from app.kernel.errors import InputError
from app.kernel.ids import (
    CardId,
    GuestId,
    LineId,
    OptionId,
    PaymentId,
    ProductId,
    RefundId,
    SaleId,
    ShiftId,
    StaffId,
    VariantId,
)
from app.till.paper import receipt_page, receipt_to_json, to_document
from app.till.receipts import (
    ReceiptDocument,
    Seller,
    refund_document,
    sale_document,
    shift_document,
)
from drivers.api.fiscal import FiscalDocument
from drivers.api.printer import Columns, Text

NOW = datetime(2026, 11, 20, 11, 32, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
VENUE = Seller("Кофейня", "Москва", "ООО «Ромашка»", "7707083893", footer=("Спасибо",))
CARD = GuestCard(CardId("c"), GuestId("g"), "Мария", "79123456789", "482913", "gold", "Золото")
LINES = (
    CartLine(LineId("1"), ProductId("p"), "Круассан", 26000, 1000, "t",
             discount=Discount(percent_bp=1000)),
    CartLine(LineId("2"), ProductId("q"), "Капучино", 35000, 2000, "t", VariantId("m"), "300 мл",
             (ChosenOption(OptionId("oat"), "Овсяное молоко", 6000),), "погорячее"),
)  # fmt: skip
SALE = Sale(
    SaleId("s"), 128, ShiftId("h"), StaffId("a"), "Анна", NOW, LINES,
    price_cart(Cart(LINES), {"t": 2200}, 30000), 40,
    (Tender(PaymentId("1"), TenderKind.CASH, 30000, 50000, 20000),
     Tender(PaymentId("2"), TenderKind.CARD, 33360, rrn="632412345678", masked_pan="**1234")),
    SaleLoyalty(CARD, LoyaltyAction.SPEND, 30000, 6000),
)  # fmt: skip
REFUND = Refund(
    RefundId("r"), SaleId("s"), ShiftId("h"), StaffId("a"), "Анна", NOW, "Не понравилось",
    (RefundLine(LineId("1"), "Круассан", 1000, 20000),), 20000,
    (Tender(PaymentId("3"), TenderKind.CASH, 20000),),
)  # fmt: skip
SHIFT = Shift(ShiftId("h"), 214, StaffId("a"), "Анна", NOW - timedelta(hours=5), 500000)


def words(receipt: ReceiptDocument) -> str:
    """Return everything that is printed of a receipt, amounts after their words."""
    parts = []
    for element in to_document(receipt_to_json(receipt), is_copy=False).elements:
        if isinstance(element, Columns):
            parts.append(f"{element.left}={element.right}")
        elif isinstance(element, Text):
            parts.append(element.text)
    return "\n".join(parts)


def test_the_sale_receipt_holds_every_amount() -> None:
    text = words(sale_document(SALE, VENUE, ZONE))
    for expected in (
        "ИНН 7707083893", "Чек № 128=20.11.2026 14:32", "Кассир Анна", "  скидка=-26,00",
        "Капучино, 300 мл", "2 x 350,00=700,00", "+ Овсяное молоко", "погорячее",
        "Сумма=960,00", "Баллы=-300,00", "Округление=-0,40", "ИТОГ=633,60",
        "Наличными=300,00", "  получено=500,00", "  сдача=200,00", "Картой=333,60",
        "RRN\u00a0632412345678", "НДС 22\u00a0%", "Списано=300\u00a0баллов", "Начислим=60\u00a0баллов",
        "+7 912 •••-67-89", "Спасибо",
    ):  # fmt: skip
        assert expected in text
    assert "79123456789" not in text
    assert SALE.due_minor == sum(tender.amount_minor for tender in SALE.tenders)
    assert SALE.change_minor == 20000


def test_a_plain_receipt_has_no_empty_blocks() -> None:
    plain = replace(SALE, priced=price_cart(Cart(LINES[1:]), {"t": None}), lines=LINES[1:],
                    rounding_minor=0, loyalty=None)  # fmt: skip
    text = words(sale_document(plain, Seller("Кафе"), ZONE))
    assert "Скидка" not in text
    assert "Баллы" not in text
    assert "Сумма" not in text
    assert "Без НДС=700,00" in text


def test_the_refund_receipt_names_the_original_and_the_reason() -> None:
    text = words(refund_document(REFUND, SALE, VENUE, ZONE))
    for expected in ("К чеку № 128", "Причина: Не понравилось", "К ВОЗВРАТУ=200,00"):
        assert expected in text


ANSWER = FiscalDocument(
    12345, "1234567890", "9960440300000000", "0001234567012345", 34, 12,
    "2026-11-20T14:32:00+03:00", 63360,
)  # fmt: skip


def test_the_receipt_holds_what_the_register_answered() -> None:
    text = words(sale_document(SALE, VENUE, ZONE, fiscal=ANSWER))
    for expected in ("ФН=9960440300000000", "ФД=12345", "ФП=1234567890", "Смена № 34=Чек № 12"):
        assert expected in text
    block = sale_document(SALE, VENUE, ZONE, fiscal=ANSWER).fiscal
    assert block is not None
    expected = "t=20261120T1432&s=633.60&fn=9960440300000000&i=12345&fp=1234567890&n=1"
    assert block.qr_text == expected
    refunded = refund_document(REFUND, SALE, VENUE, ZONE, replace(ANSWER, total_minor=None)).fiscal
    assert refunded is not None
    assert refunded.qr_text.endswith("&n=2")
    assert "s=200.00&" in refunded.qr_text


def test_half_an_answer_of_the_register_makes_no_block(caplog: pytest.LogCaptureFixture) -> None:
    for half in (None, replace(ANSWER, sign=""), replace(ANSWER, made_at="today")):
        assert sale_document(SALE, VENUE, ZONE, fiscal=half).fiscal is None
    assert "told no moment" in caplog.text
    caplog.clear()


def test_html_escapes_what_people_wrote() -> None:
    evil = replace(SALE, cashier_name="<script>alert(1)</script>")
    page = receipt_page(sale_document(evil, VENUE, ZONE))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "633,60" in page


def test_shift_totals_and_expected_cash() -> None:
    moves = [
        CashMovement("1", SHIFT.shift_id, StaffId("a"), NOW, CashDirection.IN, 10000, "размен"),
        CashMovement(
            "2", SHIFT.shift_id, StaffId("a"), NOW, CashDirection.OUT, 70000, "инкассация"
        ),
    ]
    totals = shift_totals(SHIFT, [SALE], [REFUND], moves)
    assert totals.expected_cash_minor == 500000 + 30000 - 20000 + 10000 - 70000
    assert totals.revenue_minor == 63360 - 20000
    assert totals.average_minor == 63360
    assert dict(totals.by_tender) == {TenderKind.CASH: 30000, TenderKind.CARD: 33360}
    assert (totals.points_spent_minor, totals.points_earned_minor) == (30000, 6000)
    report = words(shift_document(SHIFT, totals, VENUE, NOW, ZONE))
    assert "X-ОТЧЁТ" in report
    assert "Наличных в кассе=4\u202f500,00" in report


def test_a_closed_shift_reports_its_difference() -> None:
    totals = shift_totals(SHIFT, [], [], [])
    assert totals.average_minor == 0
    assert SHIFT.difference_minor is None
    closed = replace(SHIFT, closed_at=NOW, expected_minor=500000, counted_minor=499000)
    report = words(shift_document(closed, totals, VENUE, NOW, ZONE))
    assert "Z-ОТЧЁТ" in report
    assert "Расхождение=\u221210,00" in report


def test_the_fiscal_limit_is_told_beforehand() -> None:
    assert not SHIFT.is_nearly_too_long(NOW)
    late = SHIFT.opened_at + timedelta(hours=23)
    assert SHIFT.is_nearly_too_long(late)
    assert not SHIFT.is_too_long(late)
    assert SHIFT.is_too_long(SHIFT.opened_at + timedelta(hours=24))


def test_cash_is_counted_by_notes() -> None:
    assert counted_cash({500000: 2, 10000: 3, 50: 4}) == 1000000 + 30000 + 200
    for wrong in ({300: 1}, {10000: -1}):
        with pytest.raises(InputError, match="CASH_COUNT_INVALID"):
            counted_cash(wrong)


@pytest.mark.parametrize(("amount", "reason"), [(0, "x"), (-5, "x"), (100, "  ")])
def test_a_cash_movement_needs_a_sum_and_a_reason(amount: int, reason: str) -> None:
    with pytest.raises(InputError):
        CashMovement("1", SHIFT.shift_id, StaffId("a"), NOW, CashDirection.IN, amount, reason)
