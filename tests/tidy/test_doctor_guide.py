"""The guides of devices say what the program says and takes: verdicts, examples, models, simulators."""

import json
import re
import shlex
from pathlib import Path

import pytest

from drivers.__main__ import make_parser
from drivers.api.device import DeviceConfig, DeviceKind
from drivers.commands.simulate import KINDS
from drivers.discovery.verdicts import VERDICTS, Verdict
from drivers.displays.profiles import load_profiles
from drivers.registry import MODELS, get_model

FOLDER = Path(__file__).parents[2] / "resources" / "docs" / "devices"


def rows(name: str) -> dict[str, tuple[str, str]]:
    """Read the tables of a guide: verdict -> what it says, what to do."""
    found = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            found[cells[0].strip("`")] = (cells[2], cells[3])
    return found


@pytest.mark.parametrize("name", ["doctor.md", "doctor.ru.md"])
def test_guide_lists_every_verdict_and_no_other(name: str) -> None:
    assert list(rows(name)) == list(VERDICTS)


@pytest.mark.parametrize("row", VERDICTS.values(), ids=lambda row: row.code)
def test_guide_says_what_the_program_says(row: Verdict) -> None:
    assert rows("doctor.md")[row.code] == (row.words_en, row.hint_en)
    assert rows("doctor.ru.md")[row.code] == (row.words_ru, row.hint_ru)


GUIDES = ("scales-and-displays.md", "scales-and-displays.ru.md")


def blocks(name: str, language: str) -> list[str]:
    """Return the code blocks of a language."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_examples_of_the_guides_are_taken_and_the_same_in_both_languages() -> None:
    for language in ("json", "sh"):
        english, russian = (blocks(name, language) for name in GUIDES)
        assert english
        assert english == russian
    entries = [json.loads(block) for block in blocks(GUIDES[0], "json")]
    flat = [item for entry in entries for item in (entry if isinstance(entry, list) else [entry])]
    models = {get_model(DeviceConfig.from_json(item)).id for item in flat}
    assert models == {"scale.massak100", "display.line", "drawer.printer", "drawer.port"}


def test_commands_of_the_guides_are_understood() -> None:
    lines = [line for block in blocks(GUIDES[0], "sh") for line in block.splitlines()]
    assert lines
    for line in lines:
        make_parser().parse_args(shlex.split(line.removeprefix("python -m drivers ")))


@pytest.mark.parametrize("name", GUIDES)
def test_guide_names_every_model_command_set_and_simulator(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    kinds = (DeviceKind.SCALE, DeviceKind.DISPLAY, DeviceKind.DRAWER)
    wanted = [model.id for model in MODELS.values() if model.kind in kinds]
    wanted += [kind for kind in KINDS if kind.startswith(("scale", "display", "drawer"))]
    assert [word for word in wanted if f"`{word}`" not in text] == []
    for profile in load_profiles().values():
        number = profile.code_pages.get(profile.code_page)
        row = next(line for line in text.splitlines() if line.startswith(f"| `{profile.id}` |"))
        assert number is None or str(number) in row
