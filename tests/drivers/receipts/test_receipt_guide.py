"""What the guide of receipt documents shows is what the commands take."""

import json
import re
import shlex
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.receipts.template import template_from_text

ROOT = Path(__file__).parents[3]
GUIDES = tuple(
    ROOT / "resources/docs/devices" / name
    for name in ("receipt-document.md", "receipt-document.ru.md")
)


def fenced(path: Path, language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return [str(block) for block in found]


def test_both_languages_show_the_same_commands() -> None:
    english, russian = (fenced(path, "sh") for path in GUIDES)
    assert english == russian


def test_the_commands_of_the_guide_do_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    for line in fenced(GUIDES[0], "sh")[0].splitlines():
        assert main(shlex.split(line)[3:]) == 0, line
        json.loads(capsys.readouterr().out)
    written = {path.name for path in tmp_path.iterdir()} - {"resources"}
    assert written == {
        "sale.bin", "sale.png", "refund.html", "refund.pdf", "correction.bin", "paper.png",
    }  # fmt: skip


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_the_template_of_the_guide_is_good(path: Path) -> None:
    (block,) = fenced(path, "json")
    template = template_from_text(block)
    assert template.sizes.total == "tall"
    assert template.footer == ("Wi-Fi: coffee",)
