"""Encoder: compared with python-escpos command by command, and read back from the paper."""

import sys
from pathlib import Path
from typing import Any

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
    Rule,
    Text,
)
from drivers.printers import library
from drivers.printers.codes import qr_modules, qr_rows
from drivers.printers.escpos import EscposEncoder
from drivers.printers.layout import plain_lines
from drivers.printers.page import text_lines
from drivers.printers.profiles import PrinterProfile, get_profile, load_profiles
from drivers.printers.pulses import drawer_pulse

XP80 = get_profile("xprinter-xp80")
POS5890 = get_profile("pos-5890")
TEXT_PROFILES = [profile for profile in load_profiles().values() if not profile.is_raster]
CP866_TEXT = st.text(
    st.sampled_from("АБВгдёЁжзийъыьэюя abcXYZ0123456789.,:;-+*/=№\"'()«»—₽\u00a0\u202f−"),
    max_size=80,
)


def encode(*elements: Any, profile: PrinterProfile = XP80) -> bytes:
    return EscposEncoder(profile).encode(PrintDocument(elements))


def test_document_begins_with_reset_single_byte_mode_and_one_code_page() -> None:
    data = encode(Text("Привет"), Text("«₽»"))
    assert data.startswith(b"\x1b@\x1c.\x1bt\x11")
    assert data.count(b"\x1bt") == 1


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (Cut(partial=True), b"\x1dVB\x00"),
        (Feed(3), b"\x1bd\x03"),
        (Beep(2), b"\x1bB\x02\x03"),
        (
            Qr("ml.example/к", 4, "Q"),
            (
                b"\x1d(k\x04\x001A2\x00"  # model 2
                b"\x1d(k\x03\x001C\x04"  # dots a module
                b"\x1d(k\x03\x001E2"  # level Q
                b"\x1d(k\x10\x001P0ml.example/\xd0\xba"  # store
                b"\x1d(k\x03\x001Q0"  # print
            ),
        ),
    ],
    ids=["cut-partial", "feed", "beep", "qr"],
)
def test_command_is_that_of_the_reference(element: Any, expected: bytes) -> None:
    """Epson ESC/POS command reference: GS V, ESC d, GS ( k; ESC B of the Chinese models."""
    got = encode(element).removeprefix(b"\x1b@\x1c.\x1bt\x11")
    assert got.removeprefix(b"\x1ba\x01").removesuffix(b"\x1ba\x00") == expected


def test_commands_come_from_python_escpos_with_the_profile_of_the_model() -> None:
    encoder = EscposEncoder(get_profile("rongta-rp326"))
    assert encoder.encode(PrintDocument([Text("Ж")])) == b"\x1b@\x1c.\x1bt\x07\x86\n"
    made = encoder._printer
    assert isinstance(made, library.LibraryPrinter)
    speaker = made._printer
    assert type(speaker).__module__ == "escpos.printer.dummy"
    assert speaker.profile.profile_data["vendor"] == "Rongta"
    assert speaker.profile.profile_data["codePages"]["6"] == "CP1251"


def test_drawer_pulse_has_the_usual_times() -> None:
    assert encode(OpenDrawer(2)).endswith(b"\x1bp\x00\x19\xfa")
    assert encode(OpenDrawer(5)).endswith(drawer_pulse(5))
    assert drawer_pulse(5) == b"\x1bp\x01\x19\xfa"


def test_full_and_partial_cut_feed_to_the_knife() -> None:
    """Epson reference, GS V function B: 65 full, 66 partial. The library knows only the latter."""
    assert encode(Cut(partial=False)).endswith(b"\x1dV\x41\x00")
    assert encode(Cut(partial=True)).endswith(b"\x1dV\x42\x00")


def test_style_is_sent_only_when_it_changes() -> None:
    data = encode(
        Text("a", bold=True), Text("b", bold=True), Text("c", width_mult=2, height_mult=2)
    )
    assert data.count(b"\x1bE") == 2
    assert data.count(b"\x1d!") == 1
    assert b"\x1d!\x11" in data


@pytest.mark.parametrize("profile", TEXT_PROFILES, ids=lambda profile: profile.id)
def test_every_profile_prints_what_was_laid_out(profile: PrinterProfile) -> None:
    """Also on a model that starts in double-byte mode: FS . switches it off before the first letter."""
    profile = profile.adjusted(signs="words")
    document = PrintDocument(
        [
            Text("Кафе «Ромашка»", "center", 2, 2, bold=True),
            Columns("Ёжик № 5", "1\u202f234,50\u00a0₽"),
            Rule(),
        ]
    )
    data = EscposEncoder(profile).encode(document)
    expected = [line.rstrip() for line in plain_lines(document, profile.columns)]
    assert [line.rstrip() for line in text_lines(data, profile, double_byte=True)] == expected


@given(CP866_TEXT, CP866_TEXT, st.integers(1, 8), st.integers(1, 8), st.booleans(), st.booleans())
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
    expected = [line.rstrip() for line in plain_lines(document, XP80.columns)]
    got = text_lines(EscposEncoder(XP80.adjusted(signs="words")).encode(document), XP80)
    assert [line.rstrip() for line in got] == expected


def test_wrong_code_page_number_shows_as_wrong_letters() -> None:
    data = encode(Text("Привет"), profile=XP80)
    rongta = get_profile("rongta-rp326")
    assert text_lines(data, rongta)[0].strip() != "Привет"
    assert text_lines(data, XP80)[0].strip() == "Привет"


def test_line_that_no_code_page_holds_is_printed_as_a_picture() -> None:
    data = encode(Text("Қазақ тілі"), Text("дальше"))
    assert text_lines(data, XP80) == ["[picture 576x30]", "дальше"]


def test_raster_profile_prints_all_text_as_pictures() -> None:
    profile = get_profile("raster-80")
    data = encode(Text("Привет"), Text(""), profile=profile)
    assert b"\x1bt" not in data
    assert text_lines(data, profile) == ["[picture 576x30]", ""]


def test_forty_lines_with_qr_fit_in_two_and_a_half_kilobytes() -> None:
    items = [
        Columns(f"Капучино большой на кокосовом {n}", "1\u202f250,00\u00a0₽") for n in range(36)
    ]
    head = Text("Кафе «Ромашка»", "center", 2, 2, bold=True)
    qr = Qr("t=20261120T1432&s=1234.50&fn=9960440300000000&i=12345&fp=1234567890&n=1")
    data = encode(
        head,
        Rule(),
        *items,
        Rule(),
        Columns("ИТОГО", "45\u202f000,00\u00a0₽", bold=True),
        qr,
        Cut(),
    )
    assert len(data) <= 2500


def test_encoding_is_repeatable() -> None:
    elements = (Text("Привет"), Qr("x"), Barcode("4600051000057", "EAN13"), Cut())
    assert encode(*elements) == encode(*elements)


@pytest.mark.parametrize(
    ("barcode", "command"),
    [
        (Barcode("4600051000057", "EAN13"), b"\x1dk\x024600051000057\x00"),
        (Barcode("ABC-123", "CODE128"), b"\x1dkI\x09{BABC-123"),
        (Barcode("ABC123", "CODE39"), b"\x1dk\x04ABC123\x00"),
    ],
)
def test_barcode_goes_by_its_command(
    barcode: Barcode, command: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command in encode(barcode)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("profile", "barcode"),
    [
        (XP80, Barcode("46x", "EAN13")),
        (POS5890, Barcode("46x", "EAN13")),
        (POS5890, Barcode("a" * 80, "CODE128")),
    ],
)
def test_impossible_barcode_is_a_bad_document(profile: PrinterProfile, barcode: Barcode) -> None:
    with pytest.raises(BadDocument):
        encode(barcode, profile=profile)


def test_model_without_codes_gets_pictures() -> None:
    data = encode(Qr("https://ml.example"), Barcode("4600051000057", "EAN13"), profile=POS5890)
    assert b"\x1d(k" not in data
    assert b"\x1dk" not in data
    assert [line.split()[0] for line in text_lines(data, POS5890)] == [
        "[picture",
        "[picture",
        "4600051000057",
    ]


def test_model_without_knife_feeds_and_without_buzzer_is_quiet() -> None:
    assert encode(Cut(), Beep(), profile=POS5890).endswith(b"\x1bt\x11\x1bd\x04")


@given(count=st.integers(1, 700))
def test_qr_never_exceeds_the_paper(count: int) -> None:
    profile = get_profile("xprinter-xp58")
    data = encode(Qr("x" * count, 16, "L"), profile=profile)
    size = data[data.index(b"\x1d(k\x03\x001C") + 7]
    assert (qr_modules(count, "L") + 8) * size <= profile.dots


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("count", [1, 14, 15, 213, 214, 500])
def test_table_of_qr_sizes_agrees_with_the_drawn_code(level: Any, count: int) -> None:
    assert len(qr_rows(b"x" * count, level)) == qr_modules(count, level) + 8


def test_logo_wider_than_the_paper_is_cut_off_not_refused() -> None:
    wide = Image(b"\xff" * 100 * 3, 800, 3)
    assert text_lines(encode(wide), XP80) == ["[picture 576x3]"]


def test_tall_logo_goes_in_bands() -> None:
    data = encode(Image(b"\xaa" * 2 * 600, 16, 600))
    assert text_lines(data, XP80) == ["[picture 16x256]", "[picture 16x256]", "[picture 16x88]"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Text("x", width_mult=9),
        lambda: Columns("a", "b", width_mult=0),
        lambda: Rule("--"),
        lambda: Qr(""),
        lambda: Qr("x" * 3000),
        lambda: Barcode("штрих"),
        lambda: Image(b"\0", 9, 1),
        lambda: Feed(-1),
        lambda: Beep(0),
    ],
)
def test_senseless_element_is_refused_when_it_is_made(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_library_leaves_no_temporary_folder() -> None:
    library._library.cache_clear()
    encode(Barcode("4600051000057", "EAN13"))
    assert not Path(sys.modules["escpos.capabilities"].pickle_dir).exists()
