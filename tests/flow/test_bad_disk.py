"""A full disk and a disk that fails: said in words, nothing acknowledged is lost, and it goes on after."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.kernel.clock import SystemClock
from app.store.engine import Store
from app.store.journal import read_journal

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in memory of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = shutil.which("mount")
    if command is None or os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(
        [command, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False
    )
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 - found above


def sell(folder: Path, count: int, *before: str) -> list[dict[str, Any]]:
    """Run a seller; return what it said."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.flow.seller_on_bad_disk", str(folder), str(count)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_refusals(words: list[dict[str, Any]], *codes: str) -> None:
    refused = [word for word in words if "refused" in word]
    assert refused
    for word in refused:
        assert word["refused"] in codes, word
        assert word["lines"] == 2, "the order stays on the desk"
        assert word["ru"]
        assert word["en"]


def check_books(folder: Path, words: list[dict[str, Any]]) -> None:
    """Everything acknowledged is in the store, in the queue and in the journal, once."""
    sold = [word["sold"] for word in words if "sold" in word]
    assert sold
    journal = [
        entry["payload"]["saleId"]
        for entry in read_journal(folder / "outbox.journal").operations
        if entry["type"] == "sale"
    ]
    store = Store.open(folder, SystemClock())
    try:
        with store.reader() as db:
            stored = [head.sale_id for head in db.sales.list_heads(limit=100_000)]
            queued = [
                operation.payload["saleId"]
                for operation in db.outbox.list_unsent(100_000)
                if operation.type == "sale"
            ]
    finally:
        store.close()
    assert store.events == ()
    assert len(set(stored)) == len(stored)
    assert sorted(queued) == sorted(stored)
    assert set(sold) <= set(stored)
    assert set(sold) <= set(journal)


def test_full_disk_is_told_and_the_sale_goes_through_when_there_is_room(small_disk: Path) -> None:
    folder = small_disk / "till"
    folder.mkdir()
    filler = small_disk / "filler"
    filler.write_bytes(b"\x00" * 200_000)

    words = sell(folder, 400)
    check_refusals(words, "DISK_FULL", "DISK_FAILED")
    assert any(word.get("refused") == "DISK_FULL" for word in words)

    filler.unlink()
    after = sell(folder, 3)
    assert [word for word in after if "sold" in word]
    check_books(folder, words + after)


@pytest.mark.parametrize("number", [1, 6])
def test_failing_wait_for_the_disk_loses_nothing_acknowledged(tmp_path: Path, number: int) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace, which makes the disk fail, is not installed")
    folder = tmp_path / "till"
    first = sell(folder, 1)
    injected = f"inject=fdatasync,fsync:error=EIO:when={20 + number}+40"
    log = tmp_path / "strace.log"

    words = sell(
        folder, 30, strace, "-f", "-o", str(log), "-e", "trace=fdatasync,fsync", "-e", injected
    )

    assert "(INJECTED)" in log.read_text(encoding="utf-8", errors="replace")
    check_refusals(words, "DISK_FAILED")
    check_books(folder, first + words)
