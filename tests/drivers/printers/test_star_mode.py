"""Star line mode: commands byte by byte, and the paper that the simulated Star printer makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import (
    BadDocument,
    Barcode,
    Beep,
    Columns,
    Cut,
    Feed,
    Image,
    OpenDrawer,
    PrintDocument,
    Qr,
    Text,
)
from drivers.printers.commands import CommandParser, scan_commands
from drivers.printers.escpos import EscposEncoder
from drivers.printers.layout import plain_lines
from drivers.printers.page import text_lines
from drivers.printers.profiles import get_profile
from drivers.printers.star_commands import next_star

STAR = get_profile("star-line-80")
START = b"\x1b@\x1bq\x1b$\x00\x1b\x1dt\x0a"
CYRILLIC = st.text(st.sampled_from("АБВгёЁж abcXYZ0123456789.,:;№«»—₽\u00a0"), max_size=60)


def encode(*elements: object) -> bytes:
    """A document's bytes without what begins each document."""
    data = EscposEncoder(STAR).encode(PrintDocument(elements))  # type: ignore[arg-type]  # any elements
    assert data.startswith(START)
    return data.removeprefix(START)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (Text("Ж"), b"\x86\n"),
        (Text("a", bold=True, width_mult=2, height_mult=3), b"\x1bE\x1bi\x02\x01a\n"),
        (Cut(partial=True), b"\x1bd\x03"),
        (Cut(partial=False), b"\x1bd\x02"),
        (Feed(200), b"\x1ba\x7f\x1ba\x49"),
        (OpenDrawer(2), b"\x1b\x07\x05\x32\x07"),
        (OpenDrawer(5), b"\x1a"),
        (Beep(3), b"\x1b\x1d\x19\x11\x01\x0f\x0f\x1b\x1d\x19\x12\x01\x03\x00"),
        (
            Qr("ab", 4, "Q"),
            (
                b"\x1b\x1da\x01\x1b\x1dyS0\x02\x1b\x1dyS1\x02\x1b\x1dyS2\x04"
                b"\x1b\x1dyD1\x00\x02\x00ab\x1b\x1dyP\x1b\x1da\x00"
            ),
        ),
        (
            Barcode("4600051000057", "EAN13"),
            b"\x1b\x1da\x01\x1bb\x03\x02\x02\x404600051000057\x1e\x1b\x1da\x00",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_command_is_that_of_the_tables(element: object, expected: bytes) -> None:
    assert encode(element) == expected


@given(CYRILLIC, CYRILLIC, st.integers(1, 6), st.integers(1, 6), st.booleans(), st.booleans())
def test_text_reads_back_from_the_paper(
    left: str, right: str, width: int, height: int, bold: bool, invert: bool
) -> None:
    document = PrintDocument(
        [
            Text(left, "center", width, height, bold, invert),
            Columns(left, right, bold, width, height),
            Text(right, "right", width, height, bold, invert),
        ]
    )
    words = STAR.adjusted(signs="words")
    got = text_lines(EscposEncoder(words).encode(document), words)
    expected = [line.rstrip() for line in plain_lines(document, STAR.columns)]
    assert [line.rstrip() for line in got] == expected


def test_line_that_the_code_page_lacks_is_a_picture_as_high_as_text() -> None:
    data = encode(Text("Қазақ тілі"), Text("дальше"))
    assert text_lines(START + data, STAR) == ["[picture 576x24]", "дальше"]
    double = encode(Text("Қазақ", width_mult=2, height_mult=2))
    assert text_lines(START + double, STAR) == ["[picture 576x24]"] * 2


def test_picture_comes_out_dot_for_dot() -> None:
    """24 rows become columns of three bytes, top dot highest."""
    image = Image(b"\x80\x01" + b"\x00\x00" * 23, 16, 24)
    data = encode(image)
    columns = b"\x80\x00\x00" + b"\x00\x00\x00" * 14 + b"\x80\x00\x00"
    assert b"\x1bX\x10\x00" + columns + b"\n" in data


@pytest.mark.parametrize(
    "barcode",
    [
        Barcode("46x", "EAN13"),
        Barcode("1", "UPC-A"),
        Barcode("12a", "ITF"),
        Barcode("a\x1eb", "CODE39"),
    ],
)
def test_impossible_barcode_is_a_bad_document(barcode: Barcode) -> None:
    with pytest.raises(BadDocument):
        encode(barcode)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_parser_takes_any_bytes_however_they_are_cut(data: bytes, cut: int) -> None:
    whole = [
        command for _, command in scan_commands(data, next_star) if command.name != "incomplete"
    ]
    parser = CommandParser(next_star)
    pieces = parser.feed(data[:cut]) + parser.feed(data[cut:])
    joined = [
        b"".join(c.data for c in commands if c.name == "text") for commands in (whole, pieces)
    ]
    assert joined[0] == joined[1]
    assert [c for c in whole if c.name != "text"] == [c for c in pieces if c.name != "text"]
