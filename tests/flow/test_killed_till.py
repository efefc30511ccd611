"""Killed again and again while it sells, a till loses no acknowledged sale and doubles none (O8, T32).

The same driver runs for minutes by hand: `python -m tests.chaos.kill_till --seconds 120`.
"""

import os

import pytest

from tests.chaos.kill_till import run

SEED = 20_261_121
KILLS = 7


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the tills are forked")
def test_killed_till_loses_nothing_and_doubles_nothing() -> None:
    verdict = run(120.0, SEED, KILLS)

    assert verdict.faults == [], f"seed {SEED}"
    assert verdict.figures["kills"] >= KILLS
    assert verdict.figures["acknowledged"] > 0
    assert verdict.figures["lost"] == verdict.figures["doubled"] == 0
