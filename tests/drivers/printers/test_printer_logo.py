"""A logo from a file: fitted to the paper, black and white, read again only when the file changes."""

import os
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from drivers.api.errors import ConfigurationError
from drivers.api.printer import Logo, PrintDocument
from drivers.printers.escpos import EscposEncoder
from drivers.printers.logo import LOGO_ROWS_MAX, load_logo
from drivers.printers.profiles import get_profile
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
