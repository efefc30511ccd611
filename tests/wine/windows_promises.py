"""What the product promises when it runs on Windows itself: in a Python for Windows, under Wine.

Here no call leaves Windows: the search, the registry, the printer and the transport are imported there, with pywin32, and
only paper is looked at from outside. For the form of a promise see `spooler_promises`.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.wine.sample_receipt import PLAIN_RECEIPT
from tests.wine.spooler_promises import COLLECTED, OFFICE, SIMULATED, Stage, WineCannot

_PRINT = ("-m", "tests.wine.sample_receipt")
_DRIVERS = ("-m", "drivers")


def windows_finds_its_queues(stage: Stage) -> str:
    """`python -m drivers discover` on Windows: the queues that print, and settings for the likely one."""
    ended = stage.bench.run_python(*_DRIVERS, "discover")
    rows = {row["address"]: row for row in json.loads(ended.said)["found"]}
    queues = {name for name, row in rows.items() if row["transport"] == "spooler"}
    assert queues >= {SIMULATED, COLLECTED}  # Wine may still name the one that was deleted
    assert rows[SIMULATED]["config"]["transport"] == "spooler"
    assert OFFICE not in rows
    return f"discover names {', '.join(sorted(queues))}"


def windows_prints_a_receipt(stage: Stage) -> str:
    """The receipt that Windows makes and hands over is the one that is made here, byte by byte."""
    before = len(stage.sink.received)
    assert _print(stage, "plain") == {"confirmed": False}
    (got,) = stage.sink.wait_for(before + 1)[before:]
    assert got == stage.receipt_bytes(PLAIN_RECEIPT)
    return f"{len(got)} bytes, all equal, not confirmed"


def windows_prints_a_picture(stage: Stage) -> str:
    """The same for a line that no code page has, which numpy and Pillow draw."""
    if stage.bench.run_python("-c", "import numpy").code != 0:
        raise WineCannot("numpy does not load: this Wine's ucrtbase lacks complex numbers")
    before = len(stage.sink.received)
    assert _print(stage, "whole") == {"confirmed": False}
    (got,) = stage.sink.wait_for(before + 1)[before:]
    assert got == stage.receipt_bytes()
    return f"{len(got)} bytes, all equal"


def windows_prints_its_test_page(stage: Stage) -> str:
    """`python -m drivers print-test` on Windows comes out of the printer and is cut."""
    done = len(stage.simulator.receipts)
    ended = stage.bench.run_python(*_DRIVERS, "print-test", f"spooler:{SIMULATED}")
    assert ended.code == 0, ended.complained
    paper = stage.simulator.wait_for_receipts(done + 1, 60.0)[-1]
    assert paper.is_cut
    return f"{len(paper.lines)} lines and a cut"


def windows_tells_a_queue_that_is_not_there(stage: Stage) -> str:
    """Error 1801 of pywin32 becomes words of ours and no traceback."""
    ended = stage.bench.run_python(*_DRIVERS, "status", "spooler:нет")
    told = json.loads(ended.said)
    assert (ended.code, told["code"]) == (1, "device.not_connected")
    assert "no such queue" in told["detail"]
    return f"{told['code']}: {told['detail']}"


def windows_tells_a_refused_receipt(stage: Stage) -> str:
    """A queue that takes no jobs: the product on Windows knows that the receipt may be missing."""
    before = len(stage.sink.received)
    with stage.bench.rejecting_queue(COLLECTED):
        told = _print(stage, "plain")
    assert told == {"error": "MaybePrinted", "reason": "ConnectionLost"}
    assert len(stage.sink.received) == before
    return "MaybePrinted"


def _print(stage: Stage, which: str) -> dict[str, Any]:
    ended = stage.bench.run_python(*_PRINT, COLLECTED, which)
    assert ended.code == 0, ended.complained
    told: dict[str, Any] = json.loads(ended.said)
    return told


WINDOWS_PROMISES: tuple[Callable[[Stage], str], ...] = (
    windows_finds_its_queues,
    windows_prints_a_receipt,
    windows_prints_a_picture,
    windows_prints_its_test_page,
    windows_tells_a_queue_that_is_not_there,
    windows_tells_a_refused_receipt,
)
"""They come after `PROMISES`, which delete a queue."""
WINDOWS_LIMITS = frozenset({"windows_prints_a_picture"})
"""As `LIMITS`: Wine may leave these unshown."""
