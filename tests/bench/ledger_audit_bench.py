"""How long the audit of a long ledger takes, and how much memory: it must not grow with the ledger.

    python -m tests.bench.ledger_audit_bench [entries] [database url]

Without a URL the ledger is made in a file of a temporary folder. Prints one line of JSON.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app.service import commands
from app.service.db.engine import make_engine
from tests.service.ledger_load import CARDS_AT_ONCE, load_entries

PER_CARD = 500


def measure(entries: int, url: str) -> dict[str, Any]:
    """Make a ledger and audit it; memory is the growth of this process's largest size."""
    commands.seed(url, sandbox=True)
    engine = make_engine(url, writes=True)
    cards = entries // PER_CARD
    begin = time.monotonic()
    for first in range(0, cards, CARDS_AT_ONCE):
        with engine.begin() as connection:
            load_entries(connection, first, min(CARDS_AT_ONCE, cards - first), PER_CARD)
    engine.dispose()
    loaded = time.monotonic()
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = commands.audit(url)
    assert result["ok"], result
    return {
        "entries": result["entries"],
        "load_s": round(loaded - begin, 1),
        "audit_s": round(time.monotonic() - loaded, 1),
        "grown_mb": round(
            (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024, 1
        ),
    }


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        address = (
            sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        )
        print(json.dumps(measure(wanted, address)))
