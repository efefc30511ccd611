"""The table of requirements is whole and honest: every id has its row, and what a row names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "resources/docs/requirements.md"
STATES = {"works", "partly", "not yet"}
RANGES = "T1-13 T20-26 T30-34 T40-48 T60-73 L1-18 A1-15 A20-26 W1-4 O1-10 D1-12 R1-12 I1-3 M1-12 P1-7 B1-12 Q1-10"


def expected_ids() -> list[str]:
    """Return every id of the specification."""
    ids = []
    for letter, first, last in re.findall(r"([A-Z])(\d+)-(\d+)", RANGES):
        ids += [f"{letter}{number}" for number in range(int(first), int(last) + 1)]
    return ids


def rows() -> list[tuple[str, str, str]]:
    """Return id, state and what shows it, row by row."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"[A-Z]\d+", cells[0]):
            found.append((cells[0], cells[2], cells[3]))
    return found


def commands() -> set[str]:
    """Return the sub-commands of `maxloyalty` as the program spells them."""
    source = (ROOT / "app/__main__.py").read_text(encoding="utf-8")
    return set(re.findall(r"[\"']([a-z]+)[\"']", source))


def test_every_requirement_has_one_row() -> None:
    assert sorted(row[0] for row in rows()) == sorted(expected_ids())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_row_says_a_known_state_and_names_what_exists(row: tuple[str, str, str]) -> None:
    _, state, shown_by = row
    assert state in STATES
    names = re.findall(r"`([^`]+)`", shown_by)
    assert names or state == "not yet", "what is said to work must be shown by something"
    for name in names:
        if name.startswith("maxloyalty "):
            assert name.split()[1] in commands(), name
        elif "/" in name:
            path, _, test = name.partition("::")
            assert (ROOT / path).exists(), name
            assert not test or f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), name


@pytest.mark.parametrize(
    "path", sorted((ROOT / "resources/docs/decisions").glob("0*.md")), ids=lambda path: path.stem
)
def test_decision_is_listed_and_its_references_exist(path: Path) -> None:
    """A decision whose test is gone is a wish."""
    text = path.read_text(encoding="utf-8")
    for heading in ("Context", "Decision", "Consequences", "Alternatives", "References"):
        assert f"\n## {heading}\n" in text
    assert f"({path.name})" in (path.parent / "README.md").read_text(encoding="utf-8")
    references = text.partition("## References")[2]
    for name in re.findall(r"`((?:tests|app|drivers|packaging)/[^`]+)`", references):
        file, _, test = name.partition("::")
        assert (ROOT / file).exists(), name
        assert not test or f"def {test}" in (ROOT / file).read_text(encoding="utf-8"), name
