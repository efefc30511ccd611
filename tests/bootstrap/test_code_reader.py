"""What scanned codes mean to the till, told apart by the drivers' rules (T8)."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap.codes import CodeReader
from app.till.codes import CodeKind
from drivers.scanners.gs1 import check_digit

GS = "\x1d"
GTIN = "04600000000015"


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("4600000000015", CodeKind.PRODUCT, "4600000000015"),
        ("]E04600000000015", CodeKind.PRODUCT, "4600000000015"),
        (f"01{GTIN}21JgXJ5T{GS}93Mdk5", CodeKind.PRODUCT, GTIN),
        ("ART-17", CodeKind.PRODUCT, "ART-17"),
        ("2000123003504", CodeKind.WEIGHT, "00123"),
        ("482913", CodeKind.SIX_DIGITS, "482913"),
        ("LC:482913", CodeKind.GUEST, "482913"),
        ("MLC:482913:ABCDEFGHIJ", CodeKind.GUEST, "MLC:482913:ABCDEFGHIJ"),
        ("]Q1MLQ:AbC-_9", CodeKind.GUEST, "MLQ:AbC-_9"),
        ('{"type":"card","n":1}', CodeKind.GUEST, '{"type":"card","n":1}'),
        ("GIFT:1", CodeKind.UNKNOWN, "GIFT:1"),
        ("4600000000016", CodeKind.UNKNOWN, "4600000000016"),
        ("", CodeKind.UNKNOWN, ""),
    ],
)
def test_each_code_is_what_it_looks_like(raw: str, kind: CodeKind, text: str) -> None:
    code = CodeReader()(raw)
    assert (code.kind, code.text, code.raw) == (kind, text, raw)
    assert (code.words is not None) == (kind is CodeKind.UNKNOWN)


def test_grams_and_the_code_without_them_are_read_from_a_weight_code() -> None:
    code = CodeReader()("2210001003506")
    assert (code.quantity_milli, code.forms) == (350, ("2210001000000",))


def test_a_number_of_goods_is_the_same_with_zeros_before_it() -> None:
    read = CodeReader()
    assert "4600000000015" in read(GTIN).forms
    assert "012345678905" in read("0012345678905").forms
    assert read("ART-17").forms == ()


@given(st.text(max_size=60))
def test_any_text_is_told_apart(raw: str) -> None:
    code = CodeReader()(raw)
    assert code.raw == raw
    assert code.quantity_milli >= 0


@given(st.text("0123456789", min_size=7, max_size=13))
def test_one_wrong_digit_is_seen(body: str) -> None:
    right = check_digit(body)
    assert all(
        check_digit(body[:-1] + other) != right for other in "0123456789" if other != body[-1]
    )


def test_reading_codes_needs_no_screen() -> None:
    program = "import sys, app.bootstrap.codes; print([m for m in sys.modules if 'PySide6' in m])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
