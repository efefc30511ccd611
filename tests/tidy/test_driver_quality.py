"""Every brand of device says in `quality.toml` how far it keeps each rule, and does not contradict itself."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVERS = ROOT / "drivers"
NO_DEVICES = {"api", "commands", "discovery", "receipts", "sim", "transport"}
COMMON_RULES = {
    *("simulator", "shared-suite", "transcripts", "fuzz"),
    *("hot-plug", "status-words", "docs", "command"),
}


def packages(folder: Path) -> list[Path]:
    """Sub-folders with code."""
    found = {path.parent for path in folder.glob("*/*.py")}
    return sorted(found)


def brands() -> list[Path]:
    """Folders that speak to devices: the brands of a kind, or the kind itself where it has none."""
    kinds = [path for path in packages(DRIVERS) if path.name not in NO_DEVICES]
    return [brand for kind in kinds for brand in packages(kind) or [kind]]


def rules_of(brand: Path) -> dict[str, str]:
    """The table of a brand."""
    data = tomllib.loads((brand / "quality.toml").read_text(encoding="utf-8"))
    assert set(data) == {"rules"}, f"{brand.name}: one flat table [rules]"
    return {str(name): str(value) for name, value in data["rules"].items()}


def state_of(value: str) -> tuple[str, str]:
    """``done``, ``todo`` or ``exempt``, and the reason."""
    word, _, reason = value.partition(":")
    return word, reason.strip()


@pytest.mark.parametrize("brand", brands(), ids=lambda path: path.relative_to(DRIVERS).as_posix())
def test_every_brand_tells_how_far_it_keeps_each_rule(brand: Path) -> None:
    rules = rules_of(brand)
    assert set(rules) >= COMMON_RULES
    for name, value in rules.items():
        word, reason = state_of(value)
        assert word in {"done", "todo", "exempt"}, name
        assert bool(reason) is (word != "done"), f"{name}: only what is not done has a reason"


def test_table_without_a_brand_is_none() -> None:
    tables = {path.parent for path in DRIVERS.rglob("quality.toml")}
    assert tables == set(brands())


@pytest.mark.parametrize("brand", brands(), ids=lambda path: path.relative_to(DRIVERS).as_posix())
def test_what_is_called_done_has_its_files(brand: Path) -> None:
    """Simulators, transcripts and fuzz harnesses are looked for; the rest is judged by people."""
    rules = rules_of(brand)
    name, kind = brand.name, brand.relative_to(DRIVERS).parts[0]
    if rules["transcripts"] == "done":
        folders = [ROOT / "tests" / "transcripts" / word for word in (kind, name)]
        assert any(list(folder.glob("*")) for folder in folders), "no transcript"
    if rules["fuzz"] == "done":
        text = "".join(
            path.read_text(encoding="utf-8") for path in (ROOT / "tests/fuzz").glob("fuzz_*.py")
        )
        assert f"drivers.{kind}" in text, "no harness imports it"
    if rules["simulator"] == "done":
        assert list((DRIVERS / "sim").glob("*.py"))
