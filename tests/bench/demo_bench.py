"""How long the GUI thread could not answer during the whole demonstration.

Run: python -m tests.bench.demo_bench [--json FILE] [--runs N]

Each run plays both shifts with real windows, service and simulators; its watchdog measures how much
later than due a tap would have been answered. The reference is a bare interpreter that shows an empty
Qt window, started before each run: what it needs is the machine's, not the till's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.report import Figure, finish, percentile
from tests.bench.sandbox import load_average
from tests.bench.till_start_bench import start_empty

RUNS: Final = 3
TIMEOUT_S: Final = 600
BLOCK_LIMIT_MS: Final = 50
DEMO_LIMIT_S: Final = 60


def play(folder: Path) -> dict[str, Any]:
    """Play the demonstration and return its report.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    command = [sys.executable, "-m", "app", "demo", "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def main() -> int:
    """Play, measure and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=RUNS)
    options, _ = parser.parse_known_args()
    figures = [Figure("load average at the beginning", load_average(), "processes")]
    references, longest, steps = [], [], []
    with tempfile.TemporaryDirectory(prefix="demo-bench-") as name:
        for run in range(1, options.runs + 1):
            folder = Path(name, str(run))
            folder.mkdir()
            references.append(start_empty(folder)["sale_ms"])
            report = play(folder)
            longest.append(float(report["guiBlockedMs"]))
            blocks = [float(step["blockedMs"]) for step in report["steps"] if "blockedMs" in step]
            steps += blocks
            seconds = sum(step["ms"] for step in report["steps"]) / 1000
            figures += [
                Figure(f"run {run}: reference, empty Qt window", references[-1], "ms"),
                Figure(f"run {run}: longest block", longest[-1], "ms", BLOCK_LIMIT_MS),
                Figure(f"run {run}: all steps", seconds, "s", DEMO_LIMIT_S),
            ]
    figures += [
        Figure("longest block, median of the runs", median(longest), "ms", BLOCK_LIMIT_MS),
        Figure("longest block of a step, P95", percentile(steps, 0.95), "ms", BLOCK_LIMIT_MS),
        Figure("longest block of a step, median", median(steps), "ms"),
        Figure("longest block to the reference", median(longest) / median(references), "times"),
        Figure("load average at the end", load_average(), "processes"),
    ]
    return finish("demo", figures, sys.argv)


if __name__ == "__main__":
    sys.exit(main())
