"""Signs and letters that a code page lacks: the one line becomes a picture of the same size, or gets words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import Columns, PrintDocument, Text
from drivers.printers.escpos import EscposEncoder
from drivers.printers.glyphs import CELL_HEIGHT, glyph_cache
from drivers.printers.items import PrintedLine, PrintedRaster
from drivers.printers.normalise import MONEY_SIGNS, normalise
from drivers.printers.page import read_page, text_lines
from drivers.printers.profiles import FONT_PATH, PrinterProfile, get_profile
from drivers.printers.spelling import SIGN_ELEMENTS_MAX, kept_signs

XP80 = get_profile("XP-80")
LETTERS = {
    "kazakh": "ӘәҒғҚқҢңӨөҰұҮүҺһІі",
    "armenian": "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՈՒՓՔՕՖաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցուփքօֆև",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "money": "".join(sorted(MONEY_SIGNS)),
}


def encode(*elements: Text | Columns, profile: PrinterProfile = XP80) -> bytes:
    return EscposEncoder(profile).encode(PrintDocument(elements))


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize("bold", [False, True])
def test_bundled_font_has_every_letter(letters: str, bold: bool) -> None:
    """A letter that the font lacks is drawn as its empty box, the same for all."""
    glyphs = glyph_cache(FONT_PATH, 12)
    missing = glyphs.line("\U000e0fff", bold=bold)
    drawn = [glyphs.line(letter, bold=bold) for letter in letters]
    assert all(dots.any() for dots in drawn)
    assert not any(np.array_equal(dots, missing) for dots in drawn)


@pytest.mark.parametrize("word", ["100 ₽", "Қазақ тілі", "Հայերեն", "ქართული", "ᲥᲐᲠᲗᲣᲚᲘ"])
def test_only_the_affected_line_becomes_a_picture(word: str) -> None:
    data = encode(Text("до"), Columns("Чай", word), Text("после"))
    assert text_lines(data, XP80) == ["до", "[picture 576x30]", "после"]
    before, picture, after = read_page(data, XP80)
    assert isinstance(before, PrintedLine)
    assert isinstance(picture, PrintedRaster)
    assert isinstance(after, PrintedLine)
    # As wide as the paper and as high as a line of text with its spacing.
    assert picture.width_bytes * 8 == XP80.dots
    assert len(picture.raster) // picture.width_bytes == before.spacing == after.spacing


@pytest.mark.parametrize(("width", "height"), [(1, 2), (2, 1), (2, 2), (3, 4)])
def test_large_text_becomes_a_picture_of_its_size(width: int, height: int) -> None:
    data = encode(Text("₽", width_mult=width, height_mult=height))
    wide = XP80.dots // XP80.columns * (XP80.columns // width) * width
    assert text_lines(data, XP80) == [f"[picture {wide}x{CELL_HEIGHT * height + 6}]"]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_picture_has_the_letters_where_text_would_have_them(columns: int) -> None:
    dots = {32: 384, 42: 512, 48: 576}[columns]
    profile = XP80.adjusted(columns=columns, dots=dots)
    (item,) = read_page(encode(Columns("Қ", "₽"), profile=profile), profile)
    assert isinstance(item, PrintedRaster)
    rows = np.frombuffer(item.raster, np.uint8).reshape(-1, item.width_bytes)
    black = np.flatnonzero(np.unpackbits(rows, axis=1).sum(axis=0))
    cell = dots // columns
    assert black[0] < cell
    assert cell * (columns - 1) <= black[-1] < cell * columns


def test_signs_in_words_by_a_flag_of_the_profile() -> None:
    words = XP80.adjusted(signs="words")
    assert text_lines(encode(Text("«5 ₽» 3 € 2 ₸"), profile=words), words) == [
        '"5 руб." 3 EUR 2 тг.'
    ]
    assert text_lines(encode(Text("Қ"), profile=words), words) == ["[picture 576x30]"]


def test_many_signs_are_words_so_that_the_receipt_stays_small() -> None:
    few = [Columns("Чай", "100 ₽")] * SIGN_ELEMENTS_MAX
    many = [*few, Columns("Чай", "100 ₽")]
    assert text_lines(encode(*few), XP80) == ["[picture 576x30]"] * SIGN_ELEMENTS_MAX
    shown = text_lines(encode(*many), XP80)
    assert all(line.endswith("100 руб.") for line in shown)
    always = XP80.adjusted(signs="picture")
    assert text_lines(encode(*many, profile=always), always) == ["[picture 576x30]"] * len(many)


def test_sign_that_the_code_page_holds_is_text() -> None:
    """cp1251 has quotes, dashes and the euro of its own."""
    profile = XP80.adjusted(code_page="cp1251")
    assert text_lines(encode(Text("«Ёлка» — 3 €…"), profile=profile), profile) == ["«Ёлка» — 3 €…"]


def test_sign_that_no_font_has_is_always_a_word() -> None:
    assert text_lines(encode(Text("5 ֏ 6 ₾")), XP80) == ["5 AMD 6 GEL"]


@given(st.text(max_size=40))
def test_kept_signs_change_nothing_else(text: str) -> None:
    document = PrintDocument([Text(text)])
    kept = kept_signs(document, XP80)
    assert kept <= MONEY_SIGNS
    if kept.isdisjoint(text):
        assert normalise(text, kept) == normalise(text)
    assert encode(Text(text))
