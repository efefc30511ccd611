"""How every benchmark reports: a table for people and JSON for machines, never a timed assertion."""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `limit` is what it should not exceed, None for a reference."""

    name: str
    value: float
    unit: str
    limit: float | None = None


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below which so large a share (0..1) of the samples lies."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def finish(name: str, figures: Sequence[Figure], arguments: Sequence[str]) -> int:
    """Print the table and the JSON line, write the JSON where `--json` says; exit status 0."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--json", type=Path, help="also write the JSON to this file")
    options, _ = parser.parse_known_args(arguments[1:])
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        bound = "" if figure.limit is None else f"   limit {figure.limit:g}"
        verdict = ""
        if figure.limit is not None:
            verdict = "  ok" if figure.value <= figure.limit else "  ABOVE"
        sys.stdout.write(
            f"{figure.name:<{width}}  {figure.value:>10.2f} {figure.unit}{bound}{verdict}\n"
        )
    result = {
        "bench": name,
        "python": platform.python_version(),
        "figures": [asdict(figure) for figure in figures],
    }
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0
