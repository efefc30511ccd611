"""Tasks for ATOL registers: each field where the driver looks for it, and data about VAT."""

import base64
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ProtocolError
from drivers.api.fiscal import (
    Contact,
    Correction,
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
from drivers.api.fiscal_errors import FiscalInputWrong
from drivers.fiscal import exact, tasks
from drivers.fiscal.vat import VatRule, get_rate, load_rates, pick_vat

WHO = Operator("Иванова А.", "123654789507")
CODE = b"0104600439931256215abc\x1d93xyz1"


def receipt(**fields: Any) -> FiscalReceipt:
    given_fields = {
        "kind": ReceiptKind.SELL,
        "operator": WHO,
        "taxation": Taxation.USN_INCOME,
        "items": (FiscalItem("Чай", 10000),),
        "payments": (FiscalPayment(PaymentKind.CARD, 10000),),
        **fields,
    }
    return FiscalReceipt(**given_fields)


def task_of(**fields: Any) -> dict[str, Any]:
    """Return the task after a trip through its JSON."""
    task: dict[str, Any] = json.loads(exact.dump(tasks.receipt_task(receipt(**fields))))
    return task


def test_a_correction_names_its_reason() -> None:
    task = task_of(
        kind=ReceiptKind.SELL_CORRECTION, correction=Correction("2026-11-19", "12-3", by_order=True)
    )
    assert task["type"] == "sellCorrection"
    assert task["correctionType"] == "instruction"
    assert task["correctionBaseDate"] == "2026.11.19"
    assert task["correctionBaseNumber"] == "12-3"
    task = task_of(kind=ReceiptKind.SELL_REFUND_CORRECTION, correction=Correction("2026-11-19"))
    assert (task["type"], task["correctionType"]) == ("sellReturnCorrection", "self")
    assert "correctionBaseNumber" not in task


def test_a_refund_is_a_return_with_the_sign_of_the_sale() -> None:
    task = task_of(kind=ReceiptKind.SELL_REFUND, attribute="3449555941", property=("fpd", "77"))
    assert task["type"] == "sellReturn"
    assert {"type": "additionalAttribute", "value": "3449555941"} in task["items"]
    assert {"type": "userAttribute", "name": "fpd", "value": "77"} in task["items"]


def test_points_are_a_discount_and_a_printed_line_never_a_payment() -> None:
    task = task_of(points_minor=2488, payments=(FiscalPayment(PaymentKind.CASH, 7512),))
    assert task["items"][0]["amount"] == 75.12
    assert task["items"][0]["infoDiscountAmount"] == 24.88
    assert task["payments"] == [{"type": "cash", "sum": 75.12}]
    assert task["postItems"][0]["text"] == "Списано баллов: 24,88"


def test_everything_for_points_has_no_payment() -> None:
    task = task_of(points_minor=10000, payments=(FiscalPayment(PaymentKind.CASH, 0),))
    assert (task["total"], task["payments"]) == (0, [])
    assert task["items"][0]["price"] == 0


def test_a_sold_gift_card_is_an_advance_and_a_used_one_a_prepaid_payment() -> None:
    sold = FiscalItem(
        "Подарочная карта",
        100000,
        vat="vat122",
        subject=Subject.PAYMENT,
        settlement=Settlement.ADVANCE,
    )
    position = task_of(items=(sold,), payments=(FiscalPayment(PaymentKind.CARD, 100000),))["items"][
        0
    ]
    assert (position["paymentMethod"], position["paymentObject"]) == ("advance", "payment")
    assert position["tax"] == {"type": "vat122"}
    used = task_of(
        payments=(
            FiscalPayment(PaymentKind.PREPAID, 6000),
            FiscalPayment(PaymentKind.CASH, 3000),
            FiscalPayment(PaymentKind.CASH, 1000),
        )
    )
    assert used["items"][0]["amount"] == 100
    assert used["payments"] == [{"type": "prepaid", "sum": 60}, {"type": "cash", "sum": 40}]


def test_weight_is_sent_with_its_unit() -> None:
    item = FiscalItem("Торт", 180000, 350, measure=Measure.KILOGRAM)
    position = task_of(items=(item,), payments=(FiscalPayment(PaymentKind.CARD, 63000),))["items"][
        0
    ]
    assert (position["quantity"], position["measurementUnit"]) == (0.35, 11)


def test_a_marking_code_is_sent_whole_in_base64() -> None:
    mark = ItemMark(CODE, check=MarkCheck(checked=True, positive=True), part=(1, 20))
    item = FiscalItem(
        "Вода",
        10000,
        subject=Subject.COMMODITY_WITH_MARK,
        mark=mark,
        industry=(IndustryNote("030", "2023-11-21", "1944", "UUID=1&Time=2"),),
    )
    task = task_of(items=(item,), check_marks=True)
    assert task["validateMarkingCodes"] is True
    position = task["items"][0]
    assert position["paymentObject"] == "commodityWithMarking"
    params = position["imcParams"]
    assert base64.b64decode(params["imc"]) == CODE
    assert params["itemEstimatedStatus"] == "itemPieceSold"
    assert params["itemFractionalAmount"] == "1/20"
    assert params["itemInfoCheckResult"]["imcCheckFlag"] is True
    assert params["itemInfoCheckResult"]["ecrStandAloneFlag"] is False
    assert position["industryInfo"] == [
        {
            "fois": "030",
            "date": "2023.11.21",
            "number": "1944",
            "industryAttribute": "UUID=1&Time=2",
        }
    ]


def test_marked_weight_names_its_quantity() -> None:
    item = FiscalItem(
        "Сыр", 100000, 350, measure=Measure.KILOGRAM, mark=ItemMark(CODE, MarkPlan.MEASURED_SOLD)
    )
    task = task_of(items=(item,), payments=(FiscalPayment(PaymentKind.CARD, 35000),))
    params = task["items"][0]["imcParams"]
    assert (params["itemEstimatedStatus"], params["itemQuantity"], params["itemUnits"]) == (
        "itemDryForSale",
        0.35,
        11,
    )


def test_the_buyer_without_paper() -> None:
    task = task_of(contact=Contact("guest@example.ru", "Иванов", "123654789507"), paper=False)
    assert task["electronically"] is True
    assert task["clientInfo"] == {
        "emailOrPhone": "guest@example.ru",
        "name": "Иванов",
        "vatin": "123654789507",
    }


def test_notes_and_qr_stand_below() -> None:
    task = task_of(notes=("Спасибо",), qr="https://example.ru/1", internet=True, place="example.ru")
    assert [item["type"] for item in task["postItems"]] == ["text", "barcode"]
    assert (task["internet"], task["paymentsPlace"]) == (True, "example.ru")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ReceiptKind.SELL_CORRECTION}, "do not go together"),
        ({"correction": Correction("2026-11-19")}, "do not go together"),
        (
            {"kind": ReceiptKind.SELL_CORRECTION, "correction": Correction("19.11.2026")},
            "base_date",
        ),
        (
            {
                "kind": ReceiptKind.SELL_CORRECTION,
                "correction": Correction("2026-11-19", by_order=True),
            },
            "has a number",
        ),
        ({"contact": Contact("12345")}, "neither"),
        ({"contact": Contact("a@b.ru", inn="1")}, "the buyer's inn"),
        ({"attribute": "x" * 17}, "attribute"),
        ({"property": ("", "x")}, "property name"),
        ({"industry": (IndustryNote("030", "21.11", "1", ""),)}, "industry"),
        ({"items": (FiscalItem("a", 5000, 2000, mark=ItemMark(CODE)),)}, "one piece"),
        ({"items": (FiscalItem("a", 10000, mark=ItemMark(b"")),)}, "marking code"),
        ({"items": (FiscalItem("a", 10000, mark=ItemMark(CODE, part=(3, 2))),)}, "no fraction"),
        ({"items": (FiscalItem("я" * 128, 100),) * 100, "notes": ("я" * 500,) * 20}, "bytes"),
        ({"items": (FiscalItem("a", 10**12),)}, "price_minor"),
    ],
)
def test_contradictions_are_told_before_anything_is_sent(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(FiscalInputWrong) as caught:
        task_of(**fields)
    assert said in caught.value.detail


def test_tasks_of_the_shift_and_the_drawer() -> None:
    who = {"name": "Иванова А.", "vatin": "123654789507"}
    assert tasks.open_shift_task(WHO) == {"type": "openShift", "operator": who}
    assert tasks.close_shift_task(WHO)["type"] == "closeShift"
    assert tasks.x_report_task(WHO)["type"] == "reportX"
    assert tasks.copy_last_task(WHO)["type"] == "printLastReceiptCopy"
    assert exact.dump(tasks.cash_in_task(500000, Operator("И"))) == (
        '{"type": "cashIn", "operator": {"name": "И"}, "cashSum": 5000.00}'
    )
    with pytest.raises(FiscalInputWrong):
        tasks.cash_out_task(0, WHO)


class TestVat:
    @pytest.mark.parametrize(
        ("vat", "amount", "part"),
        [
            ("vat22", 12200, 2200),
            ("vat122", 100, 18),
            ("vat5", 105, 5),
            ("vat107", 10700, 700),
            ("vat10", 1, 0),
            ("none", 500, 0),
            ("vat20", 3, 1),
        ],
    )
    def test_part_of_a_sum(self, vat: str, amount: int, part: int) -> None:
        assert get_rate(vat).part_of(amount) == part

    def test_numbers_of_tag_1199(self) -> None:
        numbers = {key: rate.tag_1199 for key, rate in load_rates().items()}
        assert numbers == {
            "vat20": 1,
            "vat10": 2,
            "vat120": 3,
            "vat110": 4,
            "vat0": 5,
            "none": 6,
            "vat5": 7,
            "vat7": 8,
            "vat105": 9,
            "vat107": 10,
            "vat22": 11,
            "vat122": 12,
        }

    def test_rate_belongs_to_item_channel_and_day(self) -> None:
        rules = [
            VatRule("none"),
            VatRule("standard", "takeaway"),
            VatRule("vat5", "", dt.date(2026, 7, 1)),
        ]
        new_year, before = dt.date(2026, 1, 1), dt.date(2025, 12, 31)
        assert pick_vat(rules, "hall", new_year) == "none"
        assert pick_vat(rules, "takeaway", before) == "vat20"
        assert pick_vat(rules, "takeaway", new_year) == "vat22"
        assert pick_vat(rules, "hall", dt.date(2026, 7, 1)) == "vat5"
        assert pick_vat(rules, "takeaway", dt.date(2026, 7, 1)) == "vat22"

    def test_no_rule_or_no_rate_on_that_day_is_told(self) -> None:
        with pytest.raises(FiscalInputWrong, match="no vat rule"):
            pick_vat([VatRule("none", "hall")], "takeaway", dt.date(2026, 1, 1))
        with pytest.raises(FiscalInputWrong, match="not in force"):
            pick_vat([VatRule("vat20")], "", dt.date(2026, 1, 1))
        with pytest.raises(FiscalInputWrong, match="no rate on 2018"):
            pick_vat([VatRule("standard")], "", dt.date(2018, 1, 1))

    def test_a_refund_keeps_the_rate_of_its_sale(self) -> None:
        items = (FiscalItem("Чай", 10000, vat="vat20"),)
        today = dt.date(2026, 1, 5)
        with pytest.raises(FiscalInputWrong, match="line 1: vat 'vat20' is not in force"):
            tasks.receipt_task(receipt(items=items), today)
        refund = tasks.receipt_task(receipt(items=items, kind=ReceiptKind.SELL_REFUND), today)
        assert refund["type"] == "sellReturn"


class TestExact:
    @given(st.integers(0, 10**14))
    def test_kopecks_come_back(self, minor: int) -> None:
        text = exact.dump(exact.roubles(minor))
        assert len(text.partition(".")[2]) == 2
        assert exact.kopecks(exact.load(text)) == minor

    @given(st.integers(1, 10**9))
    def test_quantities_come_back(self, milli: int) -> None:
        assert Decimal(exact.dump(exact.units(milli))) * 1000 == milli

    @given(st.binary() | st.text())
    def test_any_bytes_are_json_or_a_protocol_error(self, data: bytes | str) -> None:
        try:
            value = exact.load(data)
        except ProtocolError:
            return
        exact.kopecks(value)

    @pytest.mark.parametrize(
        ("text", "minor"),
        [
            ("225.12", 22512),
            ("225.12000000000001", 22512),
            ("225", 22500),
            ("1e2", 10000),
            ("225.123", None),
            ("1e39", None),
            ("1e-39", 0),
            ("true", None),
            ('"1"', None),
            ("null", None),
        ],
    )
    def test_sums_of_a_register(self, text: str, minor: int | None) -> None:
        assert exact.kopecks(exact.load(text)) == minor

    def test_values_of_every_kind(self) -> None:
        value: exact.JsonValue = {"я": [None, True, 1, '\n"', Decimal("1.50"), {}]}
        assert exact.dump(value) == '{"я": [null, true, 1, "\\n\\"", 1.50, {}]}'
        for bad in ("NaN", "[1", "[" * 100_000, "9" * 5000):
            with pytest.raises(ProtocolError):
                exact.load(bad)


@pytest.mark.parametrize(
    "number", ["1e22222222222", "-1e-22222222222", "1e999999", "1E+400", "0.1e-99"]
)
def test_a_number_that_nobody_counts_with_is_refused_before_it_fills_the_memory(
    number: str,
) -> None:
    with pytest.raises(ProtocolError):
        exact.load(f'{{"sum": {number}}}')
