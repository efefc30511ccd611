"""What a scanned text means, and how damaged texts are put right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.scanner import CodeKind, Symbology
from drivers.scanners.codes import CodeRules, classify, split_aim
from drivers.scanners.gs1 import (
    GS,
    BadElementsError,
    has_valid_check_digit,
    parse_elements,
    restore_separators,
)
from drivers.scanners.layout import by_position, readings, to_english

# Shapes of the Russian marking system (public documents of the marking system): milk, water, shoes; contents invented.
GTIN = "04600439931256"
MILK = f"01{GTIN}21JgXJ5T{GS}93Mdk5"
WATER = f'01{GTIN}215"GTXrvgV4Kbe{GS}93dGVz'
SHOES = f"01{GTIN}21a1B2c3D4e5F6g{GS}91EE06{GS}92{'k' * 44}"
WEIGHED = f"01{GTIN}21JgXJ5T{GS}93Mdk5{GS}3103000353"


def with_check_digit(body: str) -> str:
    return next(body + str(d) for d in range(10) if has_valid_check_digit(body + str(d)))


# What the Russian layout types for the keys of the US one; written by hand, apart from the driver.
RUSSIAN_KEYS = dict(
    zip(
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>/?@#$^&",
        'йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ.,"№;:?',
        strict=True,
    )
)


def typed_in_russian(text: str) -> str:
    return "".join(RUSSIAN_KEYS.get(char, char) for char in text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("4600682000013", CodeKind.PRODUCT, "4600682000013"),
        ("46006820", CodeKind.PRODUCT, "46006820"),
        ("036000291452", CodeKind.PRODUCT, "036000291452"),
        ("04600439931256", CodeKind.PRODUCT, "04600439931256"),
        ("2000000000015", CodeKind.PRODUCT, "2000000000015"),
        ("123456", CodeKind.GUEST_CODE, "123456"),
        ("LC:7f3a", CodeKind.GUEST, "7f3a"),
        ("GIFT:0001", CodeKind.GIFT_CARD, "0001"),
        ("PROMO:SPRING", CodeKind.PROMO, "SPRING"),
        ("STAFF:12", CodeKind.STAFF, "12"),
        ("COFFEE-300", CodeKind.TEXT, "COFFEE-300"),
        ("12345", CodeKind.TEXT, "12345"),
        ("Кофе", CodeKind.TEXT, "Кофе"),
        ("4600682000014", CodeKind.UNKNOWN, "4600682000014"),
        ("", CodeKind.UNKNOWN, ""),
        ("ab\x00cd", CodeKind.UNKNOWN, "ab\x00cd"),
    ],
)
def test_kinds_of_codes(text: str, kind: CodeKind, value: str) -> None:
    code = classify(text)
    assert (code.kind, code.value) == (kind, value)
    assert bool(code.reason) == (kind is CodeKind.UNKNOWN)


def test_weight_code_gives_article_and_grams() -> None:
    code = classify(with_check_digit("221234501250"))
    assert (code.kind, code.value, code.weight_g) == (CodeKind.WEIGHT, "12345", 1250)
    plain = classify(with_check_digit("221234501250"), CodeRules(weight_prefixes=()))
    assert plain.kind is CodeKind.PRODUCT


def test_guest_card_in_ean_is_a_guest_where_the_restaurant_says_so() -> None:
    text = with_check_digit("290000001234")
    assert classify(text, CodeRules(guest_ean_prefixes=("29",))).kind is CodeKind.GUEST
    assert classify(text).kind is CodeKind.PRODUCT


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"card","id":1}', CodeKind.GUEST),
        ('{"type":"staff"}', CodeKind.STAFF),
        ('{"type":"ticket"}', CodeKind.TEXT),
        ("{broken", CodeKind.TEXT),
        ("[1,2]", CodeKind.TEXT),
        ("{" * 1500, CodeKind.TEXT),
    ],
)
def test_json_codes_name_their_type(text: str, kind: CodeKind) -> None:
    assert classify(text).kind is kind


@pytest.mark.parametrize("text", [MILK, WATER, SHOES, WEIGHED])
@pytest.mark.parametrize("spoil", ["", "no GS", "visible GS", "AIM", "FNC1 first"])
def test_marking_code_is_whole_again_whatever_happened_to_its_separators(
    text: str, spoil: str
) -> None:
    spoilt = {
        "": text,
        "no GS": text.replace(GS, ""),
        "visible GS": text.replace(GS, "␝"),
        "AIM": "]d2" + text,
        "FNC1 first": GS + text,
    }[spoil]
    code = classify(spoilt)
    assert (code.kind, code.value, code.text) == (CodeKind.MARKING, GTIN, text)
    assert code.serial == text[18:].split(GS, maxsplit=1)[0]
    assert code.was_repaired == (spoil == "no GS")


@pytest.mark.parametrize("text", [MILK, SHOES])
def test_marking_code_survives_the_russian_layout(text: str) -> None:
    code = classify(typed_in_russian(text), typed=True)
    assert (code.kind, code.text, code.was_repaired) == (CodeKind.MARKING, text, True)


def test_damaged_marking_code_is_refused_with_a_reason() -> None:
    code = classify(f"01{GTIN}21{'x' * 25}{GS}93Mdk5")
    assert code.kind is CodeKind.UNKNOWN
    assert "too long" in code.reason


def test_brackets_around_identifiers_are_understood() -> None:
    assert classify(f"(01){GTIN}(21)JgXJ5T{GS}93Mdk5").value == GTIN


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ДСЖ7а3ф", "LC:7f3a"),
        ("lc:7F3A", "LC:7f3a"),
        ("дсж7А3Ф", None),
        ("ПШАЕЖ0001", "GIFT:0001"),
    ],
)
def test_layout_and_caps_lock_are_put_right_by_the_prefix(typed: str, meant: str | None) -> None:
    """Caps Lock with the Russian layout: the sign ':' comes out as a small letter."""
    code = classify(typed, typed=True)
    assert code.kind in (CodeKind.GUEST, CodeKind.GIFT_CARD)
    assert code.was_repaired
    if meant is not None:
        assert code.text == meant


@given(st.text(st.sampled_from(sorted(RUSSIAN_KEYS)), min_size=1, max_size=30))
def test_russian_layout_is_undone_by_position(text: str) -> None:
    typed = typed_in_russian(text)
    if any(char.isalpha() or char == "№" for char in typed):
        assert to_english(typed) == text
        assert text in readings(typed)


def test_position_knows_no_layout() -> None:
    assert [by_position(code, shift=False) for code in (16, 30, 44, 2, 57, 82)] == list("qaz1 0")
    assert [by_position(code, shift=True) for code in (16, 39, 3)] == ["Q", ":", "@"]
    assert by_position(0, shift=False) == ""


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_classified_without_an_exception(text: str) -> None:
    assert classify(text).kind in CodeKind
    assert classify(text, typed=True).kind in CodeKind


@given(st.text("0123456789", min_size=7, max_size=13))
def test_check_digit_notices_every_single_wrong_digit(body: str) -> None:
    good = with_check_digit(body)
    for place in range(len(good)):
        for digit in "0123456789":
            if digit != good[place]:
                assert not has_valid_check_digit(good[:place] + digit + good[place + 1 :])


@given(st.text("0123456789abcdXYZ\x1d()", max_size=60))
def test_element_parser_raises_nothing_else(text: str) -> None:
    try:
        elements = parse_elements(restore_separators(text))
    except BadElementsError:
        return
    assert all(elements.values.values())


def test_aim_identifiers_name_the_symbology() -> None:
    assert split_aim("]E04600682000013") == (Symbology.EAN13, "4600682000013")
    assert split_aim("]Q1LC:1") == (Symbology.QR, "LC:1")
    assert split_aim("plain") == (Symbology.UNKNOWN, "plain")
