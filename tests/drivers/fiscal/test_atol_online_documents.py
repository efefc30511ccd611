"""Bodies for ATOL Online v4 and v5, and any answer that may come back."""

import base64
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ProtocolError
from drivers.api.fiscal import (
    Contact,
    Correction,
    FiscalDocument,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    IndustryNote,
    ItemMark,
    MarkPlan,
    Measure,
    Operator,
    PaymentKind,
    ReceiptKind,
    Subject,
    Taxation,
)
from drivers.api.fiscal_errors import FiscalInputWrong
from drivers.fiscal.atol_online.answers import OnlineError, read_report, read_token
from drivers.fiscal.atol_online.documents import build_document
from drivers.fiscal.atol_online.errors import error_of, group_of, load_codes
from drivers.fiscal.atol_online.notes import OnlineNote, OnlineNotes, State
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.fiscal.split import total_minor
from drivers.fiscal.vat import load_rates
from drivers.sim.atol_online_rules import BadBodyError, check_form, find_fault, read_body

OPTIONS = OnlineOptions(
    login="cafe",
    password="x",  # noqa: S106 - of this test
    group="cafe-1",
    inn="5544332219",
    email="kassa@cafe.ru",
    payment_address="https://cafe.example",
)
WATER = b"010460043993125621JgXJ5.T1234ab\x1d93Mdk5"
PROOF = IndustryNote("030", "2023-11-21", "1944", "UUID=a&Time=1")


def sale(**changes: Any) -> FiscalReceipt:
    fields: dict[str, Any] = {
        "kind": ReceiptKind.SELL,
        "operator": Operator("Иванова А.", "123654789507"),
        "taxation": Taxation.USN_INCOME,
        "items": (FiscalItem("Вода", 9000),),
        "payments": (FiscalPayment(PaymentKind.CASH, 9000),),
        **changes,
    }
    return FiscalReceipt(**fields)


def body_of(
    receipt: FiscalReceipt, version: Version, options: OnlineOptions = OPTIONS
) -> dict[str, Any]:
    document = build_document(receipt, options, version)
    body = read_body(document.body("id-1", "21.11.2026 13:45:00"))
    check_form(version.value, document.operation, body)
    assert find_fault(body) is None
    content: Any = body.get("receipt", body.get("correction"))
    return dict(content)


def test_versions_differ_in_kind_and_measure() -> None:
    receipt = sale(
        items=(FiscalItem("Сыр", 90000, 250, measure=Measure.KILOGRAM, subject=Subject.SERVICE),),
        payments=(FiscalPayment(PaymentKind.CARD, 22500),),
    )
    [old], [new] = (body_of(receipt, version)["items"] for version in Version)
    assert (old["payment_object"], old["measurement_unit"]) == ("service", "кг")
    assert (new["payment_object"], new["measure"]) == (4, 11)
    assert new["quantity"] == Decimal("0.25")


def test_v4_names_the_company_where_the_guest_is_unknown() -> None:
    assert body_of(sale(), Version.V4)["client"] == {"email": "kassa@cafe.ru"}
    assert "client" not in body_of(sale(), Version.V5)
    by_phone = sale(contact=Contact("+79990001122", name="Иванов", inn="7707083893"))
    assert body_of(by_phone, Version.V5)["client"] == {
        "phone": "+79990001122",
        "name": "Иванов",
        "inn": "7707083893",
    }


def test_marked_item_carries_code_plan_and_evidence() -> None:
    mark = ItemMark(WATER, MarkPlan.PIECE_SOLD)
    item = FiscalItem(
        "Вода", 9000, subject=Subject.COMMODITY_WITH_MARK, mark=mark, industry=(PROOF,)
    )
    [entry] = body_of(sale(items=(item,)), Version.V5)["items"]
    assert base64.b64decode(entry["mark_code"]["gs1m"]) == WATER
    assert (entry["payment_object"], entry["planned_status"]) == (33, 1)
    assert entry["mark_processing_mode"] == "0"
    assert entry["sectoral_item_props"] == [
        {"federal_id": "030", "date": "21.11.2023", "number": "1944", "value": "UUID=a&Time=1"}
    ]
    with pytest.raises(FiscalInputWrong, match="v5"):
        build_document(sale(items=(item,)), OPTIONS, Version.V4)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            b"04600439931256JgXJ5.TAAAAabcd",
            {"short": base64.b64encode(b"04600439931256JgXJ5.TAAAAabcd").decode()},
        ),
        (b"RU-401301-AAA0277031", {"fur": "RU-401301-AAA0277031"}),
        (b"22N00002NU5DBKYDOT17ID980726019" + b"A" * 37, {"egais20": "NU5DBKYDOT17ID980726019"}),
        (b"136222000058810918001ABCDEF" + b"7" * 123, {"egais30": "13622200005881"}),
        (b"what is this", {"unknown": "what is this"}),
    ],
)
def test_every_form_of_code_has_its_name(code: bytes, expected: dict[str, str]) -> None:
    mark = ItemMark(code, MarkPlan.UNCHANGED, part=(1, 20))
    item = FiscalItem("Товар", 9000, subject=Subject.EXCISE_WITH_MARK, mark=mark)
    [entry] = body_of(sale(items=(item,)), Version.V5)["items"]
    assert entry["mark_code"] == expected
    assert entry["mark_quantity"] == {"numerator": 1, "denominator": 20}
    assert "planned_status" not in entry


def test_receipt_carries_its_further_properties() -> None:
    receipt = sale(
        attribute="заказ 17",
        property=("Признак", "3449555941"),
        internet=True,
        place="https://pay.example",
        industry=(PROOF,),
        items=(FiscalItem("Вода", 9000, attribute="стол 5"),),
    )
    body = body_of(receipt, Version.V5)
    assert body["additional_check_props"] == "заказ 17"
    assert body["additional_user_props"] == {"name": "Признак", "value": "3449555941"}
    assert body["internet"] is True
    assert body["company"]["payment_address"] == "https://pay.example"
    assert body["sectoral_check_props"][0]["number"] == "1944"
    assert body["cashier_inn"] == "123654789507"
    assert body["items"][0]["user_data"] == "стол 5"


def test_settings_beside_the_receipt_are_sent_and_change_no_digest() -> None:
    url = "https://cafe.example/atol/secret"
    options = OnlineOptions(
        **{
            **{name: getattr(OPTIONS, name) for name in OnlineOptions.__slots__},
            "callback_url": url,
            "ism_optional": True,
            "device_number": "17",
        }
    )
    plain = build_document(sale(), OPTIONS, Version.V5)
    full = build_document(sale(), options, Version.V5)
    assert full.content["service"] == {"callback_url": url}
    assert full.content["ism_optional"] is True
    receipt: Any = full.content["receipt"]
    assert receipt["device_number"] == "17"
    called_back = OnlineOptions(
        login="cafe",
        password="x",  # noqa: S106 - of this test
        group="cafe-1",
        inn="5544332219",
        email="kassa@cafe.ru",
        payment_address="https://cafe.example",
        callback_url=url,
    )
    assert build_document(sale(), called_back, Version.V5).digest == plain.digest


def test_taxes_are_summed_by_kind() -> None:
    items = (
        FiscalItem("Обед", 12200, vat="vat22"),
        FiscalItem("Чай", 12200, vat="vat22"),
        FiscalItem("Хлеб", 11000, vat="vat10"),
    )
    body = body_of(
        sale(items=items, payments=(FiscalPayment(PaymentKind.CARD, 35400),)), Version.V5
    )
    assert body["vats"] == [
        {"type": "vat22", "sum": Decimal("44.00")},
        {"type": "vat10", "sum": Decimal("10.00")},
    ]


def test_correction_of_v4_has_sums_only() -> None:
    correction = sale(
        kind=ReceiptKind.SELL_CORRECTION, correction=Correction("2026-11-20", "17", by_order=True)
    )
    body = body_of(correction, Version.V4)
    assert set(body) == {"company", "correction_info", "payments", "vats", "cashier"}
    info = {"type": "instruction", "base_date": "20.11.2026", "base_number": "17"}
    assert body["correction_info"] == info


def test_rate_that_is_not_in_force_is_refused() -> None:
    old = sale(items=(FiscalItem("Вода", 9000, vat="vat20"),))
    with pytest.raises(FiscalInputWrong, match="not in force"):
        build_document(old, OPTIONS, Version.V5, dt.date(2026, 11, 21))


ITEMS = st.lists(
    st.builds(
        FiscalItem,
        name=st.sampled_from(["Чай", "Сыр"]),
        price_minor=st.integers(1, 500_000),
        quantity_milli=st.one_of(st.integers(1, 20).map(lambda n: n * 1000), st.integers(1, 9999)),
        vat=st.sampled_from(sorted(load_rates())),
    ),
    min_size=1,
    max_size=6,
)


@given(ITEMS, st.data(), st.sampled_from(list(Version)))
def test_any_receipt_passes_the_arithmetic_of_the_cloud(
    items: list[FiscalItem], data: st.DataObject, version: Version
) -> None:
    """Each item sum is price x quantity to the kopeck, the items are the payments."""
    gross = total_minor(sale(items=tuple(items), payments=()))
    points = data.draw(st.integers(0, gross))
    discount = data.draw(st.integers(0, gross - points))
    total = gross - points - discount
    cash = data.draw(st.integers(0, total))
    receipt = sale(
        items=tuple(items),
        points_minor=points,
        discount_minor=discount,
        payments=(
            FiscalPayment(PaymentKind.CASH, cash),
            FiscalPayment(PaymentKind.CARD, total - cash),
        ),
    )
    body = body_of(receipt, version)
    assert sum(item["sum"] for item in body["items"]) * 100 == total
    assert sum(payment["sum"] for payment in body["payments"]) * 100 == total


def test_rules_of_the_simulator_notice_wrong_bodies() -> None:
    document = build_document(sale(), OPTIONS, Version.V5)
    good = document.body("id-1", "21.11.2026 13:45:00")
    for old, new in (
        (b'"external_id": "id-1"', b'"external_id": ""'),
        (b'"measure": 0', b'"measure": "0"'),
        (b'"payment_object": 1', b'"payment_object": "commodity"'),
        (b'"sno": "usn_income"', b'"sno": "usn"'),
        (b'"total": 90.00', b'"total": "90.00"'),
        (b'"total": 90.00', b'"total": 90.001'),
        (b'"type": "none"', b'"type": "vat18"'),
        (b'"items": [', b'"positions": ['),
    ):
        assert old in good
        with pytest.raises(BadBodyError):
            check_form("v5", "sell", read_body(good.replace(old, new, 1)))
    with pytest.raises(BadBodyError):
        check_form("v4", "sell", read_body(good))


class TestAnswers:
    @pytest.mark.parametrize("number", sorted(load_codes()))
    def test_every_code_is_told_in_both_languages(self, number: int) -> None:
        error = error_of(OnlineError(number, "текст", "system"))
        assert error.text("ru") != error.text("en")
        assert len(error.text("ru")) > 20
        assert group_of(OnlineError(number)) == load_codes()[number].group

    def test_unknown_code_is_told_by_its_own_words(self) -> None:
        error = error_of(OnlineError(-3897, "Чек аннулирован", "driver"))
        assert error.text("ru").startswith("Чек аннулирован (-3897).")

    def test_code_of_the_driver_is_no_code_of_the_cloud(self) -> None:
        """Code 1 of a till's driver would else ask for a new external id."""
        error = OnlineError(68, "Смена превысила 24 часа", "driver")
        assert group_of(OnlineError(1, "", "driver")) == "driver"
        assert error_of(error).code == "fiscal.shift_expired"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            b'{"status":"done"}',
            b'{"status":"done","payload":{}}',
            b'{"status":"done","payload":{"fiscal_document_number":0}}',
            b'{"status":"fail"}',
            b'{"error":{"code":"x"}}',
            b'{"error":{"code":true}}',
            b'{"status":"wait","error":{"code":1e99}}',
            b"\xff\xfe",
            b'{"uuid":"../../x"}',
        ],
    )
    def test_what_is_no_report_is_a_protocol_error(self, body: bytes) -> None:
        with pytest.raises(ProtocolError):
            read_report(body)

    @pytest.mark.parametrize("body", [b"{}", b'{"token":""}', b'{"token":"a b"}', b'{"token":7}'])
    def test_what_is_no_token_is_a_protocol_error(self, body: bytes) -> None:
        with pytest.raises(ProtocolError):
            read_token(body)

    def test_marks_come_by_position(self) -> None:
        payload = {
            "fiscal_document_number": 5,
            "receipt_datetime": "later",
            "marks_result": [{"position": 0, "result": 15}, {"position": 1, "result": 99}, 7],
        }
        document = read_report(json.dumps({"status": "done", "payload": payload}).encode()).document
        assert document is not None
        assert document.mark_results == {0: 15}
        assert document.made_at == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["status", "uuid", "error", "code", "payload", "token", "total", "type"]
            )
            | st.sampled_from(["fiscal_document_number", "marks_result", "position", "result"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(st.one_of(st.binary(max_size=300), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_answer_is_read_or_told(body: bytes) -> None:
    for read in (read_report, read_token):
        try:
            read(body)
        except ProtocolError:
            continue


class TestNotes:
    def note(self, state: State) -> OnlineNote:
        document = FiscalDocument(7, sign="1", total_minor=9000, mark_results={0: 15})
        return OnlineNote(
            "sale-1-1",
            1,
            state,
            "sell",
            "abc",
            9000,
            body="{}",
            uuid="u-1",
            error=OnlineError(1, "x", "timeout"),
            document=document,
        )

    @pytest.mark.parametrize("state", list(State))
    def test_notes_survive_a_restart(self, tmp_path: Path, state: State) -> None:
        path = tmp_path / "deep" / "notes.json"
        note = self.note(state)
        OnlineNotes(path).put("sale-1", note)
        assert OnlineNotes(path).find("sale-1") == note

    def test_damaged_note_loses_itself_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.json"
        notes = OnlineNotes(path)
        notes.put("a", self.note(State.DONE))
        notes.put("b", self.note(State.DONE))
        content = json.loads(path.read_text(encoding="utf-8"))
        del content["a"]["state"]
        path.write_text(json.dumps(content), encoding="utf-8")
        read = OnlineNotes(path)
        assert read.find("a") is None
        assert read.find("b") is not None

    @given(
        JSON
        | st.dictionaries(
            st.text(max_size=3),
            st.dictionaries(
                st.sampled_from(["state", "attempt", "error", "document", "looks", "external_id"]),
                JSON | st.sampled_from(list(State)),
            ),
        )
    )
    def test_any_file_is_read(
        self, tmp_path_factory: pytest.TempPathFactory, content: object
    ) -> None:
        path = tmp_path_factory.mktemp("notes") / "notes.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        OnlineNotes(path).open_ids()
