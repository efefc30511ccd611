"""README tells what is there: its table of rooms is the packages' own words."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_module_map_is_the_present_one() -> None:
    """A map of a house that was rebuilt misleads; `python packaging/module_map.py` writes it anew."""
    # Loaded by its path: `packaging` is a folder of scripts, not a package.
    spec = importlib.util.spec_from_file_location("module_map", ROOT / "packaging/module_map.py")
    assert spec is not None
    assert spec.loader is not None
    module_map = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module_map)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module_map.BEGIN in readme
    assert module_map.renew(readme) == readme
