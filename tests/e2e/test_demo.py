"""The whole program, as a newcomer starts it: `maxloyalty demo` plays two shifts and proves them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREENS = (
    "s01-login", "s01-open-shift", "s02-sale-empty", "s02-search", "s02-sale", "s03-modifiers",
    "s04-guest-search", "s04-guest-code", "s04-guest-camera", "s04-guest-register", "s05-guest",
    "s05-redeem", "s06-cash", "s06-mixed", "s06-card-wait", "s06-unknown", "s06-done", "s08-orders",
    "s08-refund", "s11-queue",
)  # fmt: skip


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demonstration_finds_everything_right(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--out", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["ok"], report["problems"]
    assert report["audit"]["ok"]
    assert report["queue"] == {
        "sent": len(report["sales"]) + 2, "conflicts": 0, "lost": 0, "doubled": 0,
    }  # fmt: skip
    assert len(report["sales"]) == 15
    for screen in SCREENS:
        for theme in ("light", "dark"):
            assert (tmp_path / "screens" / f"{screen}-{theme}.png").stat().st_size > 10_000
    # Every sale, both refunds, the X and the Z report came out on paper.
    assert len(list((tmp_path / "receipts").glob("*.png"))) == 15 + 2 + 2
    log = (tmp_path / "logs" / "demo.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "9123456789" not in log
