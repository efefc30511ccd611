"""Marking codes as scanners bring them: every form is read, and what is none says why."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.api.marking import MarkFault, MarkFormat, MarkUnreadable
from drivers.fiscal.marking.codes import parse_mark
from drivers.scanners.gs1 import check_digit
from drivers.scanners.layout import WAYS, Way, spoil, to_english

GS = "\x1d"
GTIN = "04600439931256"
WATER = f"01{GTIN}21JgXJ5.T1234ab{GS}93Mdk5"
KEYED = f"01{GTIN}215Ssq?_%R&'xQW{GS}91EE08{GS}92" + "aB3/" * 11
KEYED_88 = f"01{GTIN}215Ssq?_%R&'xQW{GS}91EE08{GS}92" + "aB3/" * 22
BLOCK = f"01{GTIN}21JgXJ5.T{GS}8005145000{GS}93Mdk5"
WEIGHED = f"01{GTIN}21JgXJ5T{GS}93Mdk5{GS}3103000250"
PACK = f"{GTIN}JgXJ5.TAAAAabcd"
FUR = "RU-401301-AAA0277031"
STAMP_68 = "22N00002NU5DBKYDOT17ID980726019" + "A" * 37
STAMP_150 = "136222000058810918001ABCDEF" + "7" * 123

LAYOUT = str.maketrans(
    {
        to_english(letter): letter
        for letter in "йцукенгшщзфывапролдячсмитьЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"
    }
)


@pytest.mark.parametrize(
    ("text", "kind", "serial", "check_part"),
    [
        (WATER, MarkFormat.GS1M, "JgXJ5.T1234ab", "Mdk5"),
        (KEYED, MarkFormat.GS1M, "5Ssq?_%R&'xQW", "EE08" + "aB3/" * 11),
        (KEYED_88, MarkFormat.GS1M, "5Ssq?_%R&'xQW", "EE08" + "aB3/" * 22),
        (BLOCK, MarkFormat.GS1M, "JgXJ5.T", "Mdk5"),
        (WEIGHED, MarkFormat.GS1M, "JgXJ5T", "Mdk5"),
        (PACK, MarkFormat.SHORT, "JgXJ5.T", "abcd"),
        (FUR, MarkFormat.FUR, "", ""),
        (STAMP_68, MarkFormat.EGAIS20, "NU5DBKYDOT17ID980726019", ""),
        (STAMP_150, MarkFormat.EGAIS30, "13622200005881", ""),
    ],
)
def test_every_form_is_read(text: str, kind: MarkFormat, serial: str, check_part: str) -> None:
    code = parse_mark(text)
    assert (code.format, code.serial, code.check_part) == (kind, serial, check_part)
    assert code.text == text
    assert code.was_repaired is False


def test_price_of_a_block_and_weight_are_told() -> None:
    assert parse_mark(BLOCK).price_minor == 145000
    assert parse_mark(WEIGHED).weight_g == 250


@pytest.mark.parametrize(
    "text",
    [
        "]d2" + WATER,
        GS + WATER,
        "\xe8" + WATER,
        WATER.replace(GS, "<GS>"),
        WATER.replace(GS, "\u241d"),
        WATER.replace(GS, ""),
        f"(01){GTIN}(21)JgXJ5.T1234ab{GS}93Mdk5",
        f" {WATER}\r\n",
        WATER.encode(),
    ],
)
def test_prefixes_substitutes_and_lost_separators_give_the_same_code(text: str | bytes) -> None:
    assert parse_mark(text).text == WATER


def test_code_of_water_typed_in_the_russian_layout_is_read() -> None:
    typed = WATER.replace(".", "x").translate(LAYOUT).replace(GS, "<GS>")
    with pytest.raises(MarkUnreadable):
        parse_mark(typed)
    code = parse_mark(WATER.replace(".", "x").translate(LAYOUT), typed=True)
    assert code.text == WATER.replace(".", "x")
    assert code.was_repaired


def test_typed_code_that_reads_two_ways_goes_into_no_receipt() -> None:
    code = parse_mark(WATER, typed=True)
    assert code.is_doubtful, "with Caps Lock on, the same keys mean another serial number"
    with pytest.raises(MarkUnreadable) as refused:
        code.item_mark()
    assert refused.value.fault is MarkFault.TYPED_TWO_WAYS
    assert not parse_mark(WATER).is_doubtful


@pytest.mark.parametrize("way", WAYS)
def test_known_way_of_the_keyboard_leaves_no_doubt(way: Way) -> None:
    code = parse_mark(spoil(WATER, way), typed=True, ways=(way,))
    assert code.text == WATER
    assert code.item_mark().code == WATER.encode("ascii")


def test_identity_is_the_code_without_its_check_part() -> None:
    assert parse_mark(WATER).identity == f"01{GTIN}21JgXJ5.T1234ab"
    assert parse_mark(PACK).identity == PACK[:21]
    assert parse_mark(FUR).identity == FUR


def test_receipt_gets_the_full_code_with_its_separator() -> None:
    assert parse_mark(WATER.replace(GS, "")).item_mark().code == WATER.encode("ascii")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", MarkFault.EMPTY),
        (" \r\n", MarkFault.EMPTY),
        ("0" * 600, MarkFault.TOO_LONG),
        ("4600439931256", MarkFault.BARCODE),
        (GTIN, MarkFault.BARCODE),
        ("LC:7f3a", MarkFault.NOT_A_MARK),
        ("https://example.ru/p?x=1", MarkFault.NOT_A_MARK),
        (f"01{GTIN[:-1]}021JgXJ5T{GS}93Mdk5", MarkFault.CHECK_DIGIT),
        (f"01{GTIN}21ЖшХ{GS}93Mdk5", MarkFault.ALPHABET),
        (f"01{GTIN}", MarkFault.CUT_OFF),
        (f"01{GTIN}21", MarkFault.CUT_OFF),
        (f"01{GTIN}21JgXJ5T{GS}93Md", MarkFault.CUT_OFF),
        (f"01{GTIN}21JgXJ5T{GS}91EE08", MarkFault.CUT_OFF),
        (f"01{GTIN}21JgXJ5T{GS}91EE08{GS}92abcd", MarkFault.CUT_OFF),
        (f"01{GTIN}21JgXJ5T", MarkFault.NO_CHECK_PART),
        (f"01{GTIN}21JgXJ5T{GS}93Mdk5{GS}3103abcdef", MarkFault.CUT_OFF),
    ],
)
def test_what_is_no_whole_code_says_why(text: str, fault: MarkFault) -> None:
    with pytest.raises(MarkUnreadable) as caught:
        parse_mark(text)
    assert caught.value.fault is fault
    assert caught.value.text("ru")[0].isupper()
    assert caught.value.text("en").endswith("again.")


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)), st.booleans())
def test_any_text_is_a_code_or_a_told_fault(text: str | bytes, typed: bool) -> None:
    try:
        code = parse_mark(text, typed=typed)
    except MarkUnreadable:
        return
    assert code.text.isascii()


SERIALS = st.text("ABCXYZabcxyz0123456789!%&()*+-./:;=?_", min_size=13, max_size=13)
CHECKS = st.text("ABCXYZabcxyz0123456789+/=", min_size=4, max_size=4)
GTINS = (
    st.integers(0, 10**12 - 1)
    .map(lambda number: f"0{number:012d}")
    .map(lambda body: body + check_digit(body))
)


@given(GTINS, SERIALS, CHECKS)
def test_short_codes_survive_the_loss_of_their_separator_or_say_so(
    gtin: str, serial: str, check: str
) -> None:
    whole = f"01{gtin}21{serial}{GS}93{check}"
    code = parse_mark(whole)
    assert (code.gtin, code.serial, code.check_part) == (gtin, serial, check)
    try:
        repaired = parse_mark(whole.replace(GS, ""))
    except MarkUnreadable as error:
        fault: MarkFault | None = error.fault
    else:
        fault = None
        assert repaired.text == whole
        assert repaired.was_repaired
    assert fault in (None, MarkFault.SEPARATOR_LOST)


def test_code_cut_to_the_length_of_a_pack_is_no_pack() -> None:
    """The first 14 characters of this one have a valid check digit by chance."""
    with pytest.raises(MarkUnreadable):
        parse_mark(f"01{'0' * 14}21{'A' * 11}")


@given(GTINS, SERIALS, CHECKS, st.data())
def test_a_code_cut_anywhere_is_never_taken_for_a_whole_one(
    gtin: str, serial: str, check: str, data: st.DataObject
) -> None:
    assume("93" not in serial)  # its end would look like a check part
    whole = f"01{gtin}21{serial}{GS}93{check}"
    count = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(MarkUnreadable):
        parse_mark(whole[:count])
