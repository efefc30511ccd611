"""A logo from a file: fitted to the paper, black and white, read again only when the file changes."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from drivers.__main__ import main
from drivers.api.errors import ConfigurationError, NotSupported
from drivers.api.printer import BadDocument, Image, Logo, PrintDocument, Text
from drivers.printers.build import network_printer
from drivers.printers.escpos import EscposEncoder
from drivers.printers.items import LogoMark
from drivers.printers.logo import LOGO_ROWS_MAX, load_logo, store_command
from drivers.printers.profiles import get_profile
from drivers.sim.printer import PrinterSimulator
from drivers.sim.rendering import render

XP58 = get_profile("XP-58")


def picture(path: Path, size: tuple[int, int], colour: str) -> Path:
    PillowImage.new("RGBA", size, colour).save(path)
    return path


@pytest.mark.parametrize(
    ("size", "expected"), [((100, 50), (100, 50)), ((768, 200), (384, 100)), ((10, 4000), (1, 400))]
)
def test_logo_fits_the_paper(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    image = load_logo(picture(tmp_path / "logo.png", size, "black"), XP58.dots)
    assert (image.width, image.height) == expected
    assert image.height <= LOGO_ROWS_MAX
    assert image.raster[0] & 0x80


def test_what_is_transparent_stays_paper(tmp_path: Path) -> None:
    image = load_logo(picture(tmp_path / "logo.png", (16, 16), "#00000000"), XP58.dots)
    assert set(image.raster) == {0}


def test_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = picture(tmp_path / "logo.png", (16, 16), "black")
    first = load_logo(path, XP58.dots)
    assert load_logo(path, XP58.dots) is first
    picture(path, (16, 16), "white")
    os.utime(path, ns=(1, 1))
    assert set(load_logo(path, XP58.dots).raster) == {0}


def test_encoder_prints_the_logo_of_its_settings(tmp_path: Path) -> None:
    path = picture(tmp_path / "logo.png", (64, 32), "black")
    encoder = EscposEncoder(XP58, logo_path=path)
    (event,) = render(encoder.encode(PrintDocument([Logo()])), XP58).events
    assert (event["type"], event["width"], event["height"]) == ("picture", 64, 32)


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", b"no picture"])
def test_missing_or_broken_file_is_a_configuration_error(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"logo\.png"):
        load_logo(path, XP58.dots)


def test_logo_is_kept_in_the_printer_and_printed_from_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dot for dot, also after the printer was switched off."""
    path = tmp_path / "logo.png"
    drawn = PillowImage.new("1", (30, 20), "white")
    for dot in range(20):
        drawn.putpixel((dot, dot), 0)
    drawn.save(path)
    with PrinterSimulator(XP58) as simulator:
        # By a model that confirms: one that does not may lose power before it has stored anything.
        told = ["print-test", simulator.address, "--model", "XP-58", "--store-logo", str(path)]
        assert main(told) == 0
        assert json.loads(capsys.readouterr().out) == {"options": {"logo_number": 1}}
        simulator.unplug()
        simulator.plug_in()
        kept = XP58.adjusted(logo_number=1)
        printer = network_printer("Касса", kept, "127.0.0.1", simulator.port)
        printer.print(PrintDocument([Logo(), Text("чек")]))
        printer.close()
        (paper,) = simulator.wait_for_receipts(1)
    (mark,) = [item for item in paper.items if isinstance(item, LogoMark)]
    assert mark.align == "center"
    rows = [mark.raster[at : at + mark.width_bytes] for at in range(0, len(mark.raster), 4)]
    assert len(rows) == 24
    for dot, row in enumerate(rows):
        assert int.from_bytes(row, "big") == (1 << 31 - dot if dot < 20 else 0)
    assert paper.lines[0] == "[logo 1]"
    assert np.asarray(paper.image()).size > 0


def test_memory_that_has_no_such_logo_prints_only_its_mark() -> None:
    kept = XP58.adjusted(logo_number=3)
    (event,) = render(EscposEncoder(kept).encode(PrintDocument([Logo()])), kept).events
    assert (event["type"], event["number"]) == ("logo", 3)


def test_logo_for_the_memory_has_a_limit_and_star_keeps_none(tmp_path: Path) -> None:
    with pytest.raises(BadDocument):
        store_command(Image(bytes(72 * 500), 576, 500))
    star = network_printer("Касса", get_profile("TSP650"), "127.0.0.1", 9)
    with pytest.raises(NotSupported):
        star.store_logo(tmp_path / "logo.png")
