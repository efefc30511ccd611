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
#: Of the register in the dark shift, of payments by phone in the light one.
SCREENS_OF_ONE_SHIFT = (
    "s06-receipt-waits-dark", "s06-shift-too-long-dark", "s02-marked-dark", "s06-sbp-light",
    "s14-customer-sbp-light", "s08-refund-by-code-light",
)  # fmt: skip
WITH_REGISTER, ON_PAPER = 12, 12
REFUNDS = 3


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demonstration_finds_everything_right(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--out", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=800, check=False,
    )  # fmt: skip
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["ok"], report["problems"]
    assert report["audit"]["ok"]
    assert report["queue"] == {
        "sent": len(report["sales"]) + REFUNDS, "conflicts": 0, "lost": 0, "doubled": 0,
    }  # fmt: skip
    assert len(report["sales"]) == WITH_REGISTER + ON_PAPER
    names = [f"{screen}-{theme}" for screen in SCREENS for theme in ("light", "dark")]
    for name in (*names, *SCREENS_OF_ONE_SHIFT):
        assert (tmp_path / "screens" / f"{name}.png").stat().st_size > 5_000
    # The light shift's sales, its two refunds, the X and the Z report, the kitchen's substitutes.
    papers = [path.read_text(encoding="utf-8") for path in (tmp_path / "receipts").glob("*.txt")]
    instead = [paper for paper in papers if "ВМЕСТО" in paper]
    assert instead
    assert len(papers) - len(instead) == ON_PAPER + 2 + 2
    assert list((tmp_path / "tickets").glob("*.png"))
    for log in ("demo.log", "demo-killed.log"):
        text = (tmp_path / "logs" / log).read_text(encoding="utf-8")
        assert "Traceback" not in text
        assert "9123456789" not in text
