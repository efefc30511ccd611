"""Pairs on the embedded SQLite over HTTP, against the same rows written by hand, one commit each.

Run: python -m tests.bench.service.embedded_bench [--cards N] [--seconds N] [--disk-us N] [--json FILE]

Both keep what they have said (synchronous=FULL) in the current folder. The service commits many
callers' work at once; the reference is one connection of `sqlite3` that commits each half of a pair, as
a program without a writer thread would. It needs `wrk`.

How they compare is a matter of the disk: the disk of a virtual machine may answer fdatasync in a tenth of a
millisecond, that of a till computer takes one or several. `--disk-us` makes the disk of both slower by so
many microseconds a sync (`strace` holds the call up).
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from app.kernel.ids import SeededIds
from tests.bench.report import Figure, finish
from tests.bench.service.pairs_bench import wrk_pairs
from tests.bench.service.stand import TENANT, Stand, card_id, running_service, sqlite_stand

SHARE: Final = 0.60
_AT: Final = 1_795_165_260_000
_ANSWER: Final = (
    '{"success":true,"reservationId":"01M7W30270MXTY07BT2BN6FREN","alreadyProcessed":false}'
)
_MARK: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def put(driver: sqlite3.Connection, table: str, **values: Any) -> None:
    """Add a row."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    driver.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - our names


def pair_by_hand(driver: sqlite3.Connection, number: int, card: str, till: str, rules: str) -> None:
    """Write the rows of a reservation, commit, write those of the closed check, commit."""
    order = f"hand-{number}"
    mine: dict[str, Any] = {"tenant_id": TENANT, "installation_id": till, "order_id": order}
    asked = "SELECT regular_minor, reserved_minor, entry_count FROM cards WHERE id = ?"
    driver.execute("BEGIN IMMEDIATE")
    regular, reserved, entries = driver.execute(asked, (card,)).fetchone()
    held = {"kind": "POINTS", "status": "ACTIVE", "amount": 1000, "held_regular_minor": 1000}
    times = {"created_at": _AT, "expires_at": _AT, "grace_end": _AT}
    put(
        driver,
        "reservations",
        id=f"r{number}",
        card_id=card,
        check_minor=100_000,
        **mine,
        **held,
        **times,
    )
    driver.execute(
        "UPDATE cards SET regular_minor = ?, reserved_minor = ?, updated_at = ? WHERE id = ?",
        (regular - 1000, reserved + 1000, _AT, card),
    )
    _put_key(driver, till, f"r-{order}")
    driver.execute("COMMIT")
    driver.execute("BEGIN IMMEDIATE")
    driver.execute(asked, (card,)).fetchone()
    driver.execute(
        "UPDATE reservations SET status = 'FINALIZED', held_regular_minor = 0, closed_at = ? WHERE id = ?",
        (_AT, f"r{number}"),
    )
    about = mine | {"card_id": card, "rules_id": rules, "level_id": "bronze"}
    owned = regular + reserved
    for seq, (kind, delta) in enumerate((("REDEEM", -1000), ("EARN", 4900)), start=1):
        put(
            driver, "ledger_entries", id=f"e{number}-{seq}", card_seq=entries + seq, kind=kind,
            regular_delta_minor=delta, balance_before_minor=owned, balance_after_minor=owned + delta,
            natural_key=f"{kind}-{order}", occurred_at=_AT, created_at=_AT, **about,
        )  # fmt: skip
        owned += delta
        put(driver, "events", id=f"evt{number}-{seq}", tenant_id=TENANT, type="transaction.earn",
            data='{"guestCardId": "bench-card-0000001", "points": 4900}', created_at=_AT)  # fmt: skip
    driver.execute(
        "UPDATE cards SET regular_minor = ?, reserved_minor = ?, entry_count = ?, visit_count = visit_count + 1, "
        "last_visit_at = ?, active_at = ?, updated_at = ? WHERE id = ?",
        (owned - reserved, reserved, entries + 2, _AT, _AT, _AT, card),
    )
    put(
        driver, "loyalty_orders", id=f"o{number}", reservation_id=f"r{number}", action="SPEND",
        check_minor=100_000, paid_minor=99_000, spent_regular_minor=1000, earned_minor=4900, discount_bp=0,
        occurred_at=_AT, created_at=_AT, level_name_after="Бронза", **about,
    )  # fmt: skip
    _put_key(driver, till, f"f-{order}")
    driver.execute("COMMIT")


def _put_key(driver: sqlite3.Connection, till: str, key: str) -> None:
    put(
        driver,
        "idempotency_keys",
        installation_id=till,
        key=key,
        fingerprint=_MARK,
        answer=_ANSWER,
        created_at=_AT,
    )


def by_hand(stand: Stand, seconds: float, first: int) -> float:
    """Write pairs for so long; return how many a second."""
    path = Path(stand.url.removeprefix("sqlite:///"))
    pick = SeededIds(first)
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            driver.execute(f"PRAGMA {pragma}")
        [till] = driver.execute("SELECT min(id) FROM installations WHERE kind = 'till'").fetchone()
        [rules] = driver.execute("SELECT min(id) FROM loyalty_rules").fetchone()
        began, done = perf_counter(), 0
        while perf_counter() - began < seconds:
            pair_by_hand(driver, first + done, card_id(pick.below(stand.cards)), till, rules)
            done += 1
        return done / (perf_counter() - began)


def slower_disk(microseconds: int) -> tuple[str, ...]:
    """Return what to put in front of a command so that each sync takes so much longer."""
    if not microseconds:
        return ()
    program = shutil.which("strace")
    assert program, "install strace"
    # -D: the command stays our child, and strace watches from beside it.
    told = f"-D -f -qq --seccomp-bpf -o {os.devnull} -e trace=fdatasync,fsync"
    held = f"inject=fdatasync,fsync:delay_exit={microseconds}"
    return (program, *told.split(), "-e", held)


def by_hand_apart(stand: Stand, options: argparse.Namespace, first: int) -> float:
    """Do the same in a process of its own, on the disk that the service has."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.service.embedded_bench",
        "--only-by-hand",
        stand.url,
    ]
    told = [f"--cards={stand.cards}", f"--seconds={options.seconds}", f"--first={first}"]
    done = subprocess.run(
        [*slower_disk(options.disk_us), *command, *told],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def sync_ms(around: tuple[str, ...]) -> float:
    """Return how many milliseconds a small write takes to reach the disk, in the middle of many."""
    text = (
        "import os, time\n"
        "file = os.open('.sync', os.O_CREAT | os.O_WRONLY)\n"
        "spent = []\n"
        "for _ in range(300):\n"
        "    os.pwrite(file, os.urandom(4096), 0)\n"
        "    began = time.perf_counter()\n"
        "    os.fdatasync(file)\n"
        "    spent.append(time.perf_counter() - began)\n"
        "os.remove('.sync')\n"
        "print(sorted(spent)[150] * 1000)"
    )
    done = subprocess.run(
        [*around, sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--disk-us", type=int, default=0)
    parser.add_argument("--only-by-hand")
    parser.add_argument("--first", type=int, default=0)
    options, _ = parser.parse_known_args(arguments[1:])
    if options.only_by_hand:
        stand = Stand(options.only_by_hand, [], cards=options.cards)
        sys.stdout.write(f"{by_hand(stand, options.seconds, options.first)}\n")
        return 0
    around = slower_disk(options.disk_us)
    with sqlite_stand(options.cards) as stand:
        before = by_hand_apart(stand, options, 0)
        with running_service(stand.url, around=around) as (base, _):
            wrk_pairs(base, stand, "warm", 16, 3)
            many = wrk_pairs(base, stand, "many", 16, options.seconds)
            one = wrk_pairs(base, stand, "one", 1, options.seconds)
        after = by_hand_apart(stand, options, 10_000_000)
    hand = (before + after) / 2
    figures = [
        Figure("fdatasync of 4 KB, median", sync_ms(around), "ms"),
        Figure("sqlite3 by hand, a commit each", hand, "pairs/s"),
        Figure("service, 16 connections", many["rate"], "pairs/s"),
        Figure("share of the hand-made", 100 * many["rate"] / hand, "%"),
        Figure("short of 60 %", max(0.0, 100 * (SHARE - many["rate"] / hand)), "%", 0.0),
        Figure("request, 16 connections, P99", many["p99_ms"], "ms"),
        Figure("request, one connection, median", one["p50_ms"], "ms"),
        Figure("request, one connection, P99", one["p99_ms"], "ms"),
    ]
    return finish("service_embedded", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
