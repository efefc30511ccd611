"""`python -m drivers fiscal-task`: the task printed for a sale, or one sentence about what is wrong."""

import io
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.__main__ import main

SALE: dict[str, Any] = {
    "operator": {"name": "Иванова А.", "inn": "123654789507"},
    "taxation": "usn_income",
    "lines": [
        {
            "name": "Капучино 300 мл",
            "price_minor": 25000,
            "quantity_milli": 1000,
            "vat": "none",
            "subject": "commodity",
        },
        {
            "name": "Круассан",
            "price_minor": 19000,
            "quantity_milli": 2000,
            "vat": "vat22",
            "subject": "commodity",
        },
        {
            "name": "Эклер",
            "price_minor": 12500,
            "quantity_milli": 3000,
            "vat": "vat10",
            "subject": "commodity",
        },
    ],
    "discount_minor": 0,
    "points_minor": 10000,
    "payments": [
        {"type": "cash", "amount_minor": 40500},
        {"type": "card", "amount_minor": 40000},
        {"type": "prepaid", "amount_minor": 10000},
    ],
}


def run(tmp_path: Path, sale: object, *options: str) -> int:
    path = tmp_path / "sale.json"
    path.write_text(json.dumps(sale, ensure_ascii=False), encoding="utf-8")
    return main(["fiscal-task", str(path), *options])


def changed(**fields: object) -> dict[str, Any]:
    return {**SALE, **fields}


def line(**fields: object) -> list[dict[str, object]]:
    return [{**SALE["lines"][0], **fields}]


def test_task_of_the_reference_is_printed_to_the_kopeck(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, SALE, "--date", "2026-11-20") == 0
    text = capsys.readouterr().out
    assert '"price": 225.12, "quantity": 1, "amount": 225.12' in text
    assert '"total": 905.00' in text
    task = json.loads(text)
    assert (task["type"], task["taxationType"]) == ("sell", "usnIncome")
    assert task["operator"] == {"name": "Иванова А.", "vatin": "123654789507"}
    assert [
        (item["price"], item["quantity"], item["amount"], item["tax"]) for item in task["items"]
    ] == [
        (225.12, 1, 225.12, {"type": "none"}),
        (171.09, 1, 171.09, {"type": "vat22"}),
        (171.10, 1, 171.10, {"type": "vat22"}),
        (112.56, 2, 225.12, {"type": "vat10"}),
        (112.57, 1, 112.57, {"type": "vat10"}),
    ]
    assert task["payments"] == [
        {"type": "electronically", "sum": 400.0},
        {"type": "prepaid", "sum": 100.0},
        {"type": "cash", "sum": 405.0},
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 100_000)), min_size=1, max_size=8),
    st.data(),
)
def test_any_sale_adds_up_in_the_printed_task(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lines: list[tuple[int, int]],
    data: st.DataObject,
) -> None:
    """Judged by the printed decimals alone: each amount, their sum, the payments."""
    gross = sum((price * quantity + 500) // 1000 for price, quantity in lines)
    discount = data.draw(st.integers(0, gross))
    points = data.draw(st.integers(0, gross - discount))
    card = data.draw(st.integers(0, gross - discount - points))
    sale = changed(
        lines=[
            {**SALE["lines"][0], "price_minor": price, "quantity_milli": quantity}
            for price, quantity in lines
        ],
        discount_minor=discount,
        points_minor=points,
        payments=[
            {"type": "card", "amount_minor": card},
            {"type": "cash", "amount_minor": gross - discount - points - card},
        ],
    )
    assert run(tmp_path, sale) == 0
    task = json.loads(capsys.readouterr().out, parse_float=Decimal)
    paid = sum((Decimal(payment["sum"]) for payment in task["payments"]), Decimal(0))
    assert sum(Decimal(item["amount"]) for item in task["items"]) == paid == task["total"]
    for item in task["items"]:
        product = Decimal(item["price"]) * Decimal(item["quantity"])
        assert product.quantize(Decimal("0.01"), ROUND_HALF_UP) == item["amount"]
        assert item["price"] >= 0
    assert paid == Decimal(gross - discount - points) / 100


@pytest.mark.parametrize(
    ("sale", "said"),
    [
        (changed(points_minor=9999), "payments are 90500, but the lines less discounts and points"),
        (changed(discount_minor=-1), "discount_minor must be 0 to"),
        (changed(points_minor=10**7), "points of 10000000 is not between 0 and 100500"),
        (changed(lines=line(vat="vat18")), "line 1: vat 'vat18' is none of none, vat0, vat5"),
        (changed(lines=line(price_minor=-1)), "line 1: price_minor must be 0 to"),
        (changed(lines=line(price_minor=1.5)), "line 1: price_minor must be a whole number"),
        (changed(lines=line(quantity_milli=0)), "line 1: quantity_milli must be 1 to"),
        (changed(lines=line(quantity_milli=True)), "line 1: quantity_milli must be a whole number"),
        (changed(lines=line(name="")), "line 1: name must have 1 to 128 letters"),
        (changed(lines=line(name="a\nb")), "line 1: name has a character that cannot be printed"),
        (changed(lines=line(subject="food")), "line 1: subject 'food' is none of commodity"),
        (changed(lines=line(discont_minor=5)), "line 1 has unknown fields: discont_minor"),
        (changed(lines=[]), "a receipt has 1 to 100 lines, not 0"),
        (changed(lines="x"), "lines must be a list, not 'x'"),
        (changed(operator={"name": " "}), "the operator's name must have 1 to 64 letters"),
        (changed(operator={"name": "И", "inn": "12"}), "the operator's inn must have 10 or 12"),
        (changed(operator=None), "operator must be an object, not nothing"),
        (changed(taxation="usn"), "taxation 'usn' is none of osn, usn_income"),
        (changed(payments=[{"type": "points", "amount_minor": 1}]), "payment 1: type 'points'"),
        (changed(payments=[{"type": "cash", "amount_minor": -1}]), "payment 1: amount_minor must"),
        (changed(paper=False), "a receipt without paper needs"),
        (changed(tips=1), "the sale has unknown fields: tips"),
        ([], "the sale must be an object, not []"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sale: object, said: str
) -> None:
    assert run(tmp_path, sale) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_rate_of_another_day_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SALE, "--date", "2025-12-31") == 2
    assert "line 2: vat 'vat22' is not in force on 2025-12-31" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000, '{"a": NaN'])
def test_broken_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "sale.json"
    path.write_text(text, encoding="utf-8")
    assert main(["fiscal-task", str(path)]) == 2
    assert main(["fiscal-task", str(tmp_path / "absent.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_sale_is_read_from_the_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(SALE)))
    assert main(["fiscal-task", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "sell"
