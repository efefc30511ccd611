"""Picture: what is printed can be seen, and its codes can be scanned."""

from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from drivers.api.errors import ConfigurationError
from drivers.api.printer import (
    Barcode,
    Columns,
    Cut,
    Element,
    Feed,
    Image,
    OpenDrawer,
    PrintDocument,
    Qr,
    Text,
)
from drivers.printers.escpos import EscposEncoder
from drivers.printers.picture import MARGIN, draw_bytes
from drivers.printers.profiles import PrinterProfile, get_profile, load_profiles

XP80 = get_profile("xprinter-xp80")


def dots(*elements: Element, profile: PrinterProfile = XP80) -> np.ndarray:
    """Black dots of the paper without its margin."""
    picture = draw_bytes(EscposEncoder(profile).encode(PrintDocument(elements)), profile)
    return ~np.asarray(picture)[MARGIN:-MARGIN, MARGIN:-MARGIN]


@pytest.mark.parametrize("profile", load_profiles().values(), ids=lambda profile: profile.id)
def test_picture_is_as_wide_as_the_paper(profile: PrinterProfile) -> None:
    assert dots(Text("Привет"), profile=profile).shape == (30, profile.dots)


def test_russian_letters_differ_from_each_other() -> None:
    letters = [dots(Text(char)).tobytes() for char in "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯё№"]
    assert len(set(letters)) == len(letters)


def test_amount_stands_at_the_right_edge() -> None:
    paper = dots(Columns("Кофе", "250,00"))
    assert paper[:, -24:].any()
    assert not paper[:, 200:-80].any()


def test_size_bold_and_inversion_show() -> None:
    plain, bold = dots(Text("ИТОГО")), dots(Text("ИТОГО", bold=True))
    large, inverted = (
        dots(Text("ИТОГО", width_mult=2, height_mult=2)),
        dots(Text("ИТОГО", invert=True)),
    )
    assert bold.sum() > plain.sum()
    assert large.sum() == 4 * plain.sum()
    assert inverted.sum() == 24 * XP80.columns * 12 - plain.sum()


@pytest.mark.parametrize(
    "profile_id", ["xprinter-xp80", "xprinter-xp58", "pos-5890", "epson-tm-t88"]
)
def test_qr_and_barcode_can_be_scanned_from_the_picture(profile_id: str) -> None:
    profile = get_profile(profile_id)
    document = PrintDocument(
        [
            Text("Чек"),
            Qr("https://ml.example/чек/1"),
            Feed(2),
            Barcode("4600051000057", "EAN13"),
            Feed(2),
            Barcode("ABC-123"),
            Feed(1),
        ]
    )
    picture = draw_bytes(EscposEncoder(profile).encode(document), profile)
    found = {code.text for code in zxingcpp.read_barcodes(picture.convert("L"))}
    assert found == {"https://ml.example/чек/1", "4600051000057", "ABC-123"}


def test_logo_comes_out_dot_for_dot_in_the_middle() -> None:
    paper = dots(Image(b"\x81\x42", 8, 2))
    left = (XP80.dots - 8) // 2
    assert paper[0, left : left + 8].tolist() == [1, 0, 0, 0, 0, 0, 0, 1]
    assert paper[1, left : left + 8].tolist() == [0, 1, 0, 0, 0, 0, 1, 0]
    assert paper.sum() == 4


def test_cut_is_a_dashed_line_and_the_drawer_a_mark() -> None:
    assert dots(Cut())[11:14].any()
    assert dots(OpenDrawer()).any()


def test_impossible_barcode_shows_as_a_remark() -> None:
    picture = draw_bytes(b"\x1dk\x02abc\x00", XP80)
    assert not np.asarray(picture).all()


def test_missing_font_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.ttf"):
        draw_bytes(b"x\n", XP80, font_path=tmp_path / "none.ttf")


def test_endless_paper_is_cut_off() -> None:
    picture = draw_bytes(b"\x1bd\xff" * 60, XP80)
    assert picture.height <= 60_000 + 2 * MARGIN
