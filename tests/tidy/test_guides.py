"""What the guides tell people to write or type is what the program takes."""

import json
import re
import shlex
from pathlib import Path

import pytest

from app.bootstrap.rig import Rig
from app.settings import FILE_NAME, Settings
from drivers.__main__ import COMMANDS as COMMAND_MODULES
from drivers.__main__ import main as run_drivers

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "resources/docs"
PICTURE_BYTES_MAX = 80_000
PAPERS = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def fenced(path: Path, language: str) -> list[str]:
    """Return the code blocks of a language, indented ones as well."""
    blocks = re.findall(
        rf"^ *```{language}\n(.*?)^ *```$",
        path.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return [str(block) for block in blocks]


SETTINGS = [
    pytest.param(block, id=f"{path.name}-{number}")
    for path in PAPERS
    for number, block in enumerate(fenced(path, "json"), 1)
]
COMMANDS = sorted(
    {
        line.split("python -m drivers", 1)[1].split("#")[0].strip()
        for path in PAPERS
        for block in fenced(path, "sh")
        for line in block.splitlines()
        if "python -m drivers" in line
    }
)


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_of_the_guides_are_taken_and_every_device_is_built(
    block: str, tmp_path: Path
) -> None:
    """Nothing is opened: addresses of the examples belong to nobody."""
    (tmp_path / FILE_NAME).write_text(block, encoding="utf-8")
    settings = Settings.load(tmp_path)
    built = Rig(settings.devices, state_folder=tmp_path, on_state=print, on_scan=print)
    assert not built.left_out


def test_guide_of_devices_shows_every_kind() -> None:
    kinds = {
        device["kind"] for device in json.loads(fenced(DOCS / "devices.md", "json")[0])["devices"]
    }
    assert kinds == {"printer", "terminal", "scanner", "camera"}


def test_both_languages_show_the_same_examples() -> None:
    """An example that was put right in one language only misleads the readers of the other."""
    for language in ("json", "sh"):
        english, russian = (
            fenced(DOCS / name, language) for name in ("devices.md", "devices.ru.md")
        )
        assert english == russian


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_guides_are_understood(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line is parsed; what it would do to a device is replaced by nothing."""
    for module in COMMAND_MODULES:
        monkeypatch.setattr(module, "run", _do_nothing)
    assert run_drivers(shlex.split(command)) == 0


def _do_nothing(_options: object) -> int:
    return 0


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_links_of_the_papers_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    missing = [
        target for target in targets if "://" not in target and not (path.parent / target).exists()
    ]
    assert missing == []


def test_pictures_are_shown_and_small() -> None:
    """A picture nobody shows is forgotten, and every clone carries each of them for ever."""
    pictures = sorted((DOCS / "screens").glob("*"))
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert pictures
    assert [path.name for path in pictures if f"screens/{path.name}" not in shown] == []
    assert [path.name for path in pictures if path.stat().st_size > PICTURE_BYTES_MAX] == []
