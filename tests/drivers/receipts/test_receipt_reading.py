"""Receipt documents as JSON: they come back as they were, and bad ones are told where and why."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.api.receipt import BadReceipt, ReceiptDocument
from drivers.receipts.reading import document_from_text, from_json, from_text, to_json
from drivers.receipts.schema import FILES, schema_of, schema_text
from drivers.receipts.template import ReceiptTemplate
from tests.fakes.receipts import FULL, documents

DOCS = Path(__file__).parents[3] / "resources" / "docs" / "devices"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
NAMES = st.sampled_from([field.name for field in dataclasses.fields(ReceiptDocument)])
SCHEMA = jsonschema_rs.validator_for(schema_of(ReceiptDocument))


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_a_document_comes_back_as_it_was(document: ReceiptDocument) -> None:
    text = json.dumps(to_json(document), ensure_ascii=False)
    assert document_from_text(text) == document
    assert document_from_text(text.encode()) == document


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_the_schema_takes_what_is_written(document: ReceiptDocument) -> None:
    SCHEMA.validate(to_json(document))


@given(st.dictionaries(NAMES, JSON_VALUES, max_size=3), st.sampled_from(["sale", "report", "x", 1]))
def test_reader_and_schema_agree_and_nothing_else_is_raised(
    extra: dict[str, Any], kind: object
) -> None:
    value = {"kind": kind, **extra}
    refused: BadReceipt | None = None
    try:
        from_json(ReceiptDocument, value)
    except BadReceipt as error:
        refused = error
    if refused is None:
        assert SCHEMA.is_valid(value)
    else:
        assert refused.pointer.startswith("/") or not refused.pointer
        assert refused.text("ru")
        # Moments are checked by the calendar too, and JSON's 5.0 is whole for a schema alone.
        if "made_at" not in extra and "." not in json.dumps(value):
            assert not SCHEMA.is_valid(value)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: bytes | str) -> None:
    with pytest.raises(BadReceipt):
        document_from_text(text)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"kind": "sal"}, "/kind", "нужно одно из: sale, refund, correction"),
        ({"lines": [{"name": "Чай"}]}, "/lines/0", "нет поля 'amount_minor'"),
        ({"lines": [{"name": "Чай", "amount_minor": 1.5}]}, "/lines/0/amount_minor", "целое число"),
        ({"lines": [{"name": "Чай", "amount_minor": True}]}, "/lines/0/amount_minor", "целое"),
        ({"lines": [{"name": 5, "amount_minor": 1}]}, "/lines/0/name", "нужен текст, а здесь 5"),
        ({"lines": [{"name": "", "amount_minor": 1}]}, "/lines/0/name", "от 1 до"),
        ({"lines": {"name": "Чай"}}, "/lines", "нужен список"),
        ({"total": {}}, "/total", "похоже на 'totals'"),
        ({"totals": {"due_minor": 10**14}}, "/totals/due_minor", "число от"),
        ({"totals": []}, "/totals", "нужен объект"),
        ({"made_at": "вчера"}, "/made_at", "2026-11-20T14:32:00+03:00"),
        ({"made_at": "2026-02-30T10:00:00"}, "/made_at", "нужен момент"),
        ({"is_copy": 1}, "/is_copy", "true или false"),
        ({"cashier": "\ud800"}, "/cashier", "половина знака"),
        ({"rows": [{"text": "без вида"}]}, "/rows/0", "нет поля 'type'"),
        ({"rows": [{"type": "txt"}]}, "/rows/0/type", "text, pair, rule"),
        ({"qr": {"data": ""}}, "/qr/data", "от 1 до"),
        ({"qr": {"data": "☕" * 1000}}, "/qr", "3000 bytes"),
        ({"a/b~c": 1}, "/a~1b~0c", "неизвестное поле"),
        ({"fiscal": {"fn": "12a", "fd": 1, "fp": "1", "registered_at": "2026-11-20T10:00",
                     "total_minor": 1}}, "/fiscal/fn", "только цифры"),
    ],
)  # fmt: skip
def test_a_bad_document_is_told_where_and_why(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    with pytest.raises(BadReceipt) as refused:
        from_json(ReceiptDocument, {"kind": "sale", **change})
    assert refused.value.pointer == pointer
    assert said in refused.value.text("ru")
    assert refused.value.text("en").startswith(f"{pointer}: ")


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, b"\xff\xfe", '{"kind": "sale"} x', "9" * 5000]
)
def test_what_is_no_json_is_told(text: str | bytes) -> None:
    with pytest.raises(BadReceipt):
        document_from_text(text)


def test_a_byte_order_mark_is_no_error() -> None:
    assert document_from_text(b'\xef\xbb\xbf{"kind": "sale"}').kind == "sale"


def test_the_code_of_the_tax_service_is_made_of_the_numbers() -> None:
    assert FULL.fiscal is not None
    expected = "t=20261120T1432&s=1066.00&fn=9960440300000000&i=12345&fp=1234567890&n=1"
    assert FULL.fiscal.qr_text == expected
    assert dataclasses.replace(FULL.fiscal, qr="t=1").qr_text == "t=1"


@pytest.mark.parametrize("name", FILES)
def test_the_published_schema_is_that_of_the_types(name: str) -> None:
    """Renew with: python -m drivers.receipts.schema resources/docs/devices."""
    assert (DOCS / name).read_text(encoding="utf-8") == schema_text(FILES[name])


def test_the_examples_of_the_documentation_are_good() -> None:
    examples = sorted(DOCS.glob("receipt-*.example.json"))
    assert len(examples) == 4
    for path in examples:
        document_from_text(path.read_bytes())
        SCHEMA.validate(json.loads(path.read_bytes()))


def test_a_template_reads_its_parts() -> None:
    template = from_text(
        ReceiptTemplate, '{"sizes": {"total": "large"}, "words": {"total": "ВСЕГО"}}'
    )
    assert template.word("total") == "ВСЕГО"
    assert template.word("change") == "сдача"
    assert template.sizes.total == "large"
