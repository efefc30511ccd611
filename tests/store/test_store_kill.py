"""Killed at random moments, the till loses no acknowledged sale and doubles none (O8)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.kernel.clock import SystemClock
from app.kernel.ids import SystemIds
from app.store.engine import Store
from app.store.journal import read_journal

ROOT = Path(__file__).parents[2]
KILLS = 36


def sell_and_die(folder: Path, seed: int) -> list[int]:
    """Run tills that are killed; return the numbers of the sales they acknowledged."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.till_to_kill", str(folder), str(KILLS), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [int(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the tills are forked")
def test_no_acknowledged_sale_is_lost_and_none_is_doubled(tmp_path: Path) -> None:
    seed = SystemIds(SystemClock()).below(10**6)  # told on failure
    acknowledged = sell_and_die(tmp_path, seed)
    journal = {
        entry["operation_id"] for entry in read_journal(tmp_path / "outbox.journal").operations
    }
    store = Store.open(tmp_path, SystemClock())
    with store.reader() as uow:
        sold = [head.number for head in uow.sales.list_heads(limit=100_000)]
        waiting = sorted(operation.operation_id for operation in uow.outbox.list_unsent(100_000))
    store.close()
    assert store.events == (), seed
    assert acknowledged, seed
    assert len(acknowledged) == len(set(acknowledged)), seed
    assert len(sold) == len(set(sold)), seed
    assert set(acknowledged) <= set(sold), seed
    assert waiting == sorted(f"op-{number:04d}" for number in sold), seed
    assert set(waiting) <= journal, seed

    # And once more without the database: the journal alone has everything.
    for path in tmp_path.glob("till.db*"):
        path.unlink()
    store = Store.open(tmp_path, SystemClock())
    with store.reader() as uow:
        again = sorted(operation.operation_id for operation in uow.outbox.list_unsent(100_000))
    store.close()
    assert again == waiting, seed
