"""Killed again and again under load, a service keeps what it acknowledged and doubles nothing (L9, L15).

The same driver runs for minutes by hand: `python -m tests.chaos.kill_service --seconds 300`, and with
`--database postgresql`, where it crashes the database server as well.
"""

import os

import pytest

from tests.chaos.kill_service import run

SEED = 20_261_121
KILLS = 2


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the services are forked")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_service_keeps_its_word(database: str) -> None:
    verdict = run(60.0, SEED, database, KILLS)

    assert verdict.faults == [], f"seed {SEED}"
    assert verdict.figures["kills"] == KILLS
    assert verdict.figures["acknowledged"] > 0
