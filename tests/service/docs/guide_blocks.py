"""Reading the examples of a guide, and comparing what they print with what the guide says."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(r"^```([^\s`]*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "…"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, what stands behind it, its text and its first line."""

    language: str
    info: str
    text: str
    line: int


def read_blocks(path: Path) -> list[Block]:
    source = path.read_text("utf-8")
    return [
        Block(found[1], found[2].strip(), found[3], source[: found.start()].count("\n") + 2)
        for found in FENCE.finditer(source)
    ]


def differences(expected: Any, actual: Any, where: str = "answer") -> list[str]:
    """Return what of an answer is not as the guide says; `…` stands for anything.

    In an object `"…": "…"` stands for further fields, at the end of a list for further items.
    """
    if isinstance(expected, str) and ANY in expected:
        pattern = ".*".join(re.escape(part) for part in expected.split(ANY))
        matches = expected == ANY or (
            isinstance(actual, str) and re.fullmatch(pattern, actual, re.DOTALL)
        )
        return [] if matches else [f"{where}: {actual!r} is not like {expected!r}"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _of_objects(expected, actual, where)
    if isinstance(expected, list) and isinstance(actual, list):
        wanted = expected[:-1] if expected[-1:] == [ANY] else expected
        if len(actual) < len(wanted) or (len(actual) > len(wanted) and wanted is expected):
            return [f"{where}: {len(actual)} items, not {len(wanted)}"]
        pairs = zip(wanted, actual, strict=False)
        return [d for i, (e, a) in enumerate(pairs) for d in differences(e, a, f"{where}[{i}]")]
    return [] if expected == actual else [f"{where}: {actual!r} is not {expected!r}"]


def _of_objects(expected: dict[str, Any], actual: dict[str, Any], where: str) -> list[str]:
    wanted = {name: value for name, value in expected.items() if name != ANY}
    found = [f"{where}.{name} is missing" for name in wanted if name not in actual]
    if ANY not in expected:
        found += [f"{where}.{name} is not told" for name in actual if name not in wanted]
    for name, value in wanted.items():
        if name in actual:
            found += differences(value, actual[name], f"{where}.{name}")
    return found


def compare(block: Block, printed: str) -> list[str]:
    """Return how the output of an example differs from the block below it."""
    if block.language == "json":
        try:
            actual = json.loads(printed)
        except ValueError:
            return [f"no JSON was printed: {printed!r}"]
        return differences(json.loads(block.text), actual)
    return differences(block.text.strip(), printed.strip(), "output")
