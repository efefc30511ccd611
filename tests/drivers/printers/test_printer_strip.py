"""The strip of code pages: each family shows its own line, and the line's number becomes its settings."""

import json
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.api.errors import ConfigurationError
from drivers.api.printer import PrintDocument, Text
from drivers.printers.escpos import EscposEncoder
from drivers.printers.page import text_lines
from drivers.printers.profiles import PrinterProfile, get_profile, load_profiles
from drivers.printers.strip import (
    NONE_READABLE,
    WORDS,
    calibrated,
    calibration_options,
    code_page_strip,
    strip_lines,
)
from drivers.sim.printer import PrinterSimulator

FAMILIES = [profile for profile in load_profiles().values() if not profile.is_raster]


@pytest.mark.parametrize("profile", FAMILIES, ids=lambda profile: profile.id)
def test_each_family_reads_its_own_line_and_calibration_leads_back(profile: PrinterProfile) -> None:
    shown = [line for line in text_lines(code_page_strip(profile), profile) if line != "[cut]"]
    assert len(shown) == len(strip_lines(profile))
    assert max(map(len, shown)) <= 32
    for page in {"cp866", "cp1251"} & set(profile.code_pages):
        words = WORDS.encode(page, "replace").decode(page)
        readable = [line for line in shown if line.endswith(f"/{page[2:]} {words}")]
        assert len(readable) == 1, page
        found = calibrated(profile, int(readable[0].split()[0]))
        assert (found.code_page, found.code_page_number) == (page, profile.code_pages[page])


def test_wrong_family_prints_rightly_after_calibration() -> None:
    """A Rongta that was set up as an Epson: the strip shows lines 2 (6/1251) and 3 (7/866)."""
    rongta, guessed = get_profile("rongta-rp326"), get_profile("TM-T20")
    document = PrintDocument([Text("Щётка")])
    assert text_lines(EscposEncoder(guessed).encode(document), rongta) != ["Щётка"]
    shown = text_lines(code_page_strip(guessed), rongta)
    line = next(line for line in shown if "Привет Ёё №" in line)
    right = calibrated(guessed, int(line.split()[0]))
    assert text_lines(EscposEncoder(right).encode(document), rongta) == ["Щётка"]


def test_no_readable_line_means_pictures() -> None:
    profile = calibrated(get_profile("XP-80"), NONE_READABLE)
    assert profile.is_raster
    assert calibration_options(profile, NONE_READABLE) == {"code_page": "raster"}


@pytest.mark.parametrize("number", [-1, 27, 1000])
def test_line_that_the_strip_does_not_have_is_refused(number: int) -> None:
    with pytest.raises(ConfigurationError, match="strip of 26 lines"):
        calibrated(get_profile("XP-80"), number)


def test_command_prints_the_strip_and_takes_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with PrinterSimulator(get_profile("rongta-rp326"), tmp_path) as simulator:
        assert main(["print-test", "--strip", simulator.address, "--model", "TM-T20"]) == 0
        assert "--line" in capsys.readouterr().out
        strip = simulator.wait_for_receipts(1)[0]
        number = next(line for line in strip.lines if "Привет Ёё №" in line).split()[0]
        assert main(["print-test", simulator.address, "--line", number]) == 0
        page = simulator.wait_for_receipts(2)[1]
    told = json.loads(capsys.readouterr().out.splitlines()[0])
    assert told == {"options": {"code_page": "cp1251", "code_page_number": 6}}
    assert any("Капучино 300 мл" in line for line in page.lines)
