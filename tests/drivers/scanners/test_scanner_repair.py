"""Codes mangled by layout, Caps Lock or a shift lock: put right exactly, or said to be in doubt.

The promise for every code as the marking system issues it, and for the restaurant's own codes: what is
told without a doubt is what was printed. Never a wrong code that looks right.
"""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.scanner import Code, CodeKind
from drivers.scanners.codes import classify
from drivers.scanners.gs1 import GS, check_digit
from drivers.scanners.layout import (
    PLAIN_WAY,
    WAYS,
    Layout,
    Lock,
    Way,
    likely_ways,
    spoil,
    undo,
    ways_of_keys,
)

ALPHABET = "!\"%&'()*+,-./0123456789:;<=>?_" + string.ascii_letters
digits = st.text("0123456789", min_size=12, max_size=12)
ways = st.sampled_from(WAYS)
# Each row: lengths of the serial number, then identifiers with their lengths (public documents of the marking system).
SHAPES = [
    (6, (("93", 4),)),
    (7, (("93", 4),)),
    (13, (("93", 4),)),
    (6, (("93", 4), ("3103", 6))),
    (7, (("8005", 6), ("93", 4))),
    (13, (("91", 4), ("92", 44))),
    (20, (("91", 4), ("92", 88))),
]


def exactly(length: int, alphabet: str = ALPHABET) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length)


@st.composite
def marking_codes(draw: st.DrawFn) -> str:
    body = "0" + draw(digits)
    serial_length, tail = draw(st.sampled_from(SHAPES))
    parts = [f"01{body}{check_digit(body)}21{draw(exactly(serial_length))}"]
    for identifier, length in tail:
        is_number = identifier in ("3103", "8005")
        parts.append(identifier + draw(exactly(length, "0123456789" if is_number else ALPHABET)))
    return GS.join(parts)


def is_right_or_in_doubt(code: Code, printed: str) -> bool:
    if code.kind is not CodeKind.MARKING:
        return code.kind in (CodeKind.UNKNOWN, CodeKind.TEXT)
    return code.text == printed or bool(code.doubt)


@given(marking_codes(), ways, st.sampled_from(["kept", "lost", "␝", "<GS>", "\\x1d"]))
def test_marking_code_is_exact_or_in_doubt_whatever_the_keyboard_did(
    printed: str, way: Way, separators: str
) -> None:
    shown = {"kept": GS, "lost": ""}.get(separators, separators)
    typed = spoil(printed.replace(GS, shown), way)
    assert is_right_or_in_doubt(classify(typed, typed=True), printed)


@given(marking_codes(), ways)
def test_marking_code_is_exact_where_the_way_is_known(printed: str, way: Way) -> None:
    code = classify(spoil(printed, way), typed=True, ways=(way,))
    assert (code.kind, code.text, code.doubt) == (CodeKind.MARKING, printed, "")


@given(marking_codes(), ways)
def test_product_of_a_doubtful_code_is_certain(printed: str, way: Way) -> None:
    code = classify(spoil(printed, way), typed=True)
    if code.kind is CodeKind.MARKING:
        assert code.value == printed[2:16]


@given(
    st.sampled_from(["LC:", "GIFT:", "PROMO:", "STAFF:"]),
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=30),
    ways,
)
def test_own_codes_are_told_apart_by_their_prefix(prefix: str, body: str, way: Way) -> None:
    code = classify(spoil(prefix + body, way), typed=True)
    assert (code.text, code.doubt) == (prefix + body, "")
    assert code.kind in (CodeKind.GUEST, CodeKind.GIFT_CARD, CodeKind.PROMO, CodeKind.STAFF)


@given(digits, ways)
def test_products_are_put_right_under_every_lock(body: str, way: Way) -> None:
    printed = body + check_digit(body)
    code = classify(spoil(printed, way), typed=True)
    assert code.text == printed
    assert code.kind in (CodeKind.PRODUCT, CodeKind.WEIGHT)


@given(st.text(max_size=60), ways)
def test_spoiling_is_undone(text: str, way: Way) -> None:
    """Russian letters come by other means than keys; in a Russian layout they look like keys."""
    if way.layout is Layout.RUSSIAN and set(spoil(text, PLAIN_WAY)) & set("№" + RUSSIAN):
        return
    assert undo(spoil(text, way), way) == text


RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"


@given(st.text(string.printable + RUSSIAN, max_size=40))
def test_every_likely_way_that_explains_a_text_types_it(text: str) -> None:
    for way in likely_ways(text):
        meant = undo(text, way)
        if meant is not None and not set(meant) & set(RUSSIAN + "№"):
            assert spoil(meant, way) == text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("$^))^*@))))!#", "4600682000013"),  # a shift lock in the US layout
        (";:))", None),
        (';:))^*"))))!№', None),  # two layouts mixed
        (';:)):*"))))!№', "4600682000013"),  # a shift lock in the Russian layout
        ("Lc;&А", None),
    ],
)
def test_digits_of_the_shift_row(typed: str, printed: str | None) -> None:
    code = classify(typed, typed=True)
    if printed is None:
        assert code.kind in (CodeKind.UNKNOWN, CodeKind.TEXT)
    else:
        assert (code.kind, code.text, code.was_repaired) == (CodeKind.PRODUCT, printed, True)


def test_case_of_a_marking_code_is_in_doubt_until_the_way_is_known() -> None:
    printed = f"010460043993125621JgXJ5T{GS}93Mdk5"
    assert classify(printed, typed=True).doubt
    assert not classify(printed, typed=True, ways=(PLAIN_WAY,)).doubt
    assert not classify(printed).doubt


def test_separator_that_a_keyboard_lost_in_a_strange_place_is_said() -> None:
    unusual = "010460043993125621" + "12345678" + "93" + "1234"
    assert classify(unusual).kind is CodeKind.MARKING
    assert classify(unusual, typed=True).kind is CodeKind.UNKNOWN
    assert classify(unusual, typed=True, keeps_separators=True).kind is CodeKind.MARKING


@given(st.text(string.ascii_letters + string.digits + ":-/", min_size=1, max_size=20), ways)
def test_keys_with_known_positions_tell_the_way(text: str, way: Way) -> None:
    found = ways_of_keys(zip(text, spoil(text, way), strict=True))
    assert way in found
    assert {undo(spoil(text, way), item) for item in found} == {text}


def test_foreign_layout_is_explained_by_no_way() -> None:
    assert ways_of_keys([("z", "y"), ("y", "z")]) == ()
    assert ways_of_keys([("", "я"), ("a", "ф")]) == (Way(Layout.RUSSIAN, Lock.NONE),)
