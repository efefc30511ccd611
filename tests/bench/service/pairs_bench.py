"""Pairs of reserve-points and finalize-points over HTTP, against the same rows written by hand.

Run: python -m tests.bench.service.pairs_bench [--cards N] [--seconds N] [--workers N] [--json FILE]

PostgreSQL keeps what it says (fsync). Keys, idempotency, limits, the request log and events are on.
The reference is pgbench with prepared statements and sixteen clients in the same run, before and after.
It needs `wrk`.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.report import Figure, finish
from tests.bench.service.stand import Stand, count, postgres_stand, running_service

_HERE: Final = Path(__file__).parent
SHARE: Final = 0.30


def wrk_pairs(base: str, stand: Stand, run: str, connections: int, seconds: int) -> dict[str, Any]:
    """Run pairs over so many kept connections; return what came out."""
    program = shutil.which("wrk")
    assert program, "install wrk"
    wide = [f"-t{connections}", f"-c{connections}", f"-d{seconds}s", "--latency"]
    done = subprocess.run(
        [
            program,
            *wide,
            "-s",
            str(_HERE / "pairs.lua"),
            base,
            "--",
            str(stand.cards),
            run,
            *stand.keys,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(found.group(1))
    assert result["pairs"], "the service has answered nothing"
    assert not result["wrong"], done.stderr
    result["rate"] = result["pairs"] / result["seconds"]
    return result


class ByHand(NamedTuple):
    """What the script made by hand reaches: pairs a second, and how long its transactions take."""

    pairs: float
    p50_ms: float
    p99_ms: float


def pgbench_pairs(stand: Stand, clients: int, seconds: int) -> ByHand:
    """Run the script made by hand."""
    server = stand.server
    assert server is not None
    [(till,)] = server.sql("SELECT min(id) FROM installations WHERE kind = 'till'", "bench")
    [(rules,)] = server.sql("SELECT min(id) FROM loyalty_rules", "bench")
    given = {"cards": str(stand.cards), "till": till, "rules": rules, "half": "0"}
    defined = [part for name, value in given.items() for part in ("-D", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                server.program("pgbench"), "-h", str(server.folder), "-U", "postgres", "-n",
                "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)), "-T", str(seconds),
                "-l", "--log-prefix", f"{folder}/spent",
                "-f", str(_HERE / "pairs.sql"), *defined, "bench",
            ],
            capture_output=True,
            text=True,
            check=True,
        )  # fmt: skip
        # The third field of a line is the microseconds that one transaction took.
        lines = [line for path in Path(folder).iterdir() for line in path.read_text().splitlines()]
    spent = sorted(int(line.split()[2]) for line in lines)
    assert spent, done.stdout + done.stderr
    p50, p99 = (spent[len(spent) * share // 100] / 1000 for share in (50, 99))
    return ByHand(len(spent) / 2 / seconds, p50, p99)


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    options, _ = parser.parse_known_args(arguments[1:])
    with postgres_stand(options.cards) as stand:
        before = pgbench_pairs(stand, 16, options.seconds)
        alone = pgbench_pairs(stand, 1, options.seconds)
        with running_service(stand.url, options.workers) as (base, _):
            wrk_pairs(base, stand, "warm", 16, 3)
            many = wrk_pairs(base, stand, "many", 16, options.seconds)
            one = wrk_pairs(base, stand, "one", 1, options.seconds)
        after = pgbench_pairs(stand, 16, options.seconds)
        orders = count(stand.url, "loyalty_orders")
    hand = (before.pairs + after.pairs) / 2
    figures = [
        Figure("pgbench, 16 clients", hand, "pairs/s"),
        Figure("a transaction of it, median", (before.p50_ms + after.p50_ms) / 2, "ms"),
        Figure("a transaction of it, P99", (before.p99_ms + after.p99_ms) / 2, "ms"),
        Figure("pgbench, one client, median", alone.p50_ms, "ms"),
        Figure("pgbench, one client, P99", alone.p99_ms, "ms"),
        Figure("service, 16 connections", many["rate"], "pairs/s"),
        Figure("share of pgbench", 100 * many["rate"] / hand, "%"),
        Figure("short of 30 % of pgbench", max(0.0, 100 * (SHARE - many["rate"] / hand)), "%", 0.0),
        Figure("request, 16 connections, median", many["p50_ms"], "ms"),
        Figure("request, 16 connections, P99", many["p99_ms"], "ms", 25),
        Figure("request, one connection, median", one["p50_ms"], "ms"),
        Figure("request, one connection, P99", one["p99_ms"], "ms", 4),
        Figure("closed orders in the end", orders, "rows"),
    ]
    return finish("service_pairs", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
