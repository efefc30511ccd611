"""Kills a selling till at random moments, again and again, and proves that nothing is lost or doubled.

    python -m tests.chaos.kill_till --seconds 120 --seed 7 --json result.json

A headless till with the real service, terminal and printer as processes sells cash, card and mixed,
with guests who earn and redeem, and gives money back. It is SIGKILLed at random, also in the middle
of payments; the terminal declines, stalls and loses answers; the service is killed, the network cut.
At the end everything is compared (see `tests.chaos.proof`). Exit status 0 only if all is well; the
seed that repeats the order of events is printed.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.kernel.clock import SystemClock
from app.kernel.ids import SeededIds, SystemIds
from tests.chaos.cashier import settings_to_json
from tests.chaos.proof import Books, Verdict, prove, read_rows
from tests.chaos.theatre import Theatre, kill

_TERMINAL_WHIMS: Final = (
    "lose-after", "lose-after", "lose-after", "lose-before", "garbage", "decline 05", "cancel",
    "busy", "stall 0.8", "mute",
)  # fmt: skip
_PAYING: Final = frozenset({"cash", "card", "mixed", "return", "refund", "reserve"})
_LIFE_MAX_MS: Final = 2_500
_BIRTH_TIMEOUT_S: Final = 60.0
_FINISH_TIMEOUT_S: Final = 150.0


@dataclass
class Diary:
    """What the cashiers said."""

    sold: list[dict[str, Any]] = field(default_factory=list)
    refunded: list[dict[str, Any]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    drafts: dict[str, int] = field(default_factory=dict)
    last_at: str = "start"
    births: int = 0
    finished: dict[str, Any] | None = None

    def note(self, word: dict[str, Any]) -> None:
        """Take a word down."""
        for name, take in self._takers():
            if name in word:
                take(word)
                return

    def _takers(self) -> tuple[tuple[str, Callable[[dict[str, Any]], None]], ...]:
        return (
            ("sold", self._sold),
            ("refunded", self._refunded),
            ("draft", self._draft),
            ("dropping", self._dropping),
            ("restored", self._compare),
            ("error", self._error),
            ("crashed", self._fault),
            ("stuck", self._fault),
            ("events", self._opened),
            ("ready", self._ready),
            ("finished", self._finished),
            ("at", self._at),
        )

    def _sold(self, word: dict[str, Any]) -> None:
        self.sold.append(word)
        self.drafts.pop(word["sold"], None)
        self.last_at = "selling"

    def _refunded(self, word: dict[str, Any]) -> None:
        self.refunded.append(word)
        self.last_at = "selling"

    def _draft(self, word: dict[str, Any]) -> None:
        self.drafts[word["draft"]] = word["lines"]
        self.last_at = "selling"

    def _dropping(self, word: dict[str, Any]) -> None:
        self.drafts.pop(word["dropping"], None)

    def _error(self, word: dict[str, Any]) -> None:
        self.errors[f"{word['where']}: {word['error']}"] += 1

    def _fault(self, word: dict[str, Any]) -> None:
        self.faults.append(json.dumps(word, ensure_ascii=False))

    def _opened(self, word: dict[str, Any]) -> None:
        self.births += 1
        if word["events"]:
            self.faults.append(f"the store was repaired: {word['events']}")

    def _ready(self, _word: dict[str, Any]) -> None:
        self.last_at = "selling"

    def _finished(self, word: dict[str, Any]) -> None:
        self.finished = word

    def _at(self, word: dict[str, Any]) -> None:
        self.last_at = word["at"]

    def _compare(self, word: dict[str, Any]) -> None:
        """The order that was being made when the till died is there with all its lines."""
        self.last_at = "start"
        for sale_id, lines in self.drafts.items():
            found = word["restored"].get(sale_id)
            if found is None and sale_id in word["last_sold"]:
                continue
            if found is None or found < lines:
                self.faults.append(f"draft {sale_id}: {lines} lines shown, {found} restored")
        self.drafts = {}


class Chaos:
    """Runs cashiers until the time is over, then proves the books.

    Args:
        theatre: Everything around the till.
        seed: Of all chances.
    """

    def __init__(self, theatre: Theatre, seed: int) -> None:
        self._theatre = theatre
        self._ids = SeededIds(seed)
        self._diary = Diary()
        self._settings = settings_to_json(theatre.settings())
        self._cards = read_rows(theatre.stage.service_database, "SELECT * FROM cards")
        self._service_back_at = 0.0
        self._network_back_at = 0.0

    def run(self, seconds: float, kills: int = 1_000_000) -> Verdict:
        """Kill until the time is over or so many are dead, then finish the day and compare."""
        until = time.monotonic() + seconds
        self._live("sell", _BIRTH_TIMEOUT_S, wants_sale=True)
        while time.monotonic() < until and self._diary.kills.total() < kills:
            self._disturb()
            self._live("sell", self._ids.below(_LIFE_MAX_MS) / 1_000)
        return self._finish()

    # -------------------------------------------------------------- lives
    def _live(self, job: str, life_s: float, *, wants_sale: bool = False) -> None:
        """Let a cashier live for so long, or until a moment inside of a payment, and kill it.

        Args:
            job: What it does.
            life_s: The longest life.
            wants_sale: Let it live until its first sale.
        """
        nursery, diary = self._theatre.nursery, self._diary
        nursery.bear(self._settings, self._ids.below(1 << 30), job)
        end = time.monotonic() + life_s
        counts_from_ready = self._ids.below(100) < 75
        aims_at_payment = self._ids.below(100) < 60
        patience = time.monotonic() + _BIRTH_TIMEOUT_S
        pid = 0
        while True:
            is_begun = bool(pid) and not counts_from_ready
            word = nursery.hear((end if is_begun else patience) - time.monotonic())
            if word is None:
                if not is_begun:
                    raise TimeoutError("no cashier was born, or it never got ready")
                break
            if "ready" in word and counts_from_ready:
                counts_from_ready, end = False, time.monotonic() + life_s
            pid = word.get("born", pid)
            if "died" in word:
                diary.note(word)
                diary.faults.append(f"the till ended by itself: {word}")
                return
            diary.note(word)
            if wants_sale and "sold" in word:
                break
            if aims_at_payment and word.get("at") in _PAYING:
                aims_at_payment = False
                end = min(end, time.monotonic() + self._ids.below(450) / 1_000)
        kill(pid)
        self._bury()

    def _bury(self) -> None:
        """Hear the last words, which were said before the end."""
        while (word := self._theatre.nursery.hear(_BIRTH_TIMEOUT_S)) is not None:
            if "died" in word:
                self._diary.kills[self._diary.last_at] += 1
                return
            self._diary.note(word)
        raise TimeoutError("a killed cashier does not die")

    # -------------------------------------------------------------- trouble
    def _disturb(self) -> None:
        """Break something, or let something that was broken be well again."""
        ids, theatre = self._ids, self._theatre
        now = time.monotonic()
        if ids.below(100) < 55:
            theatre.terminal(f"next {_TERMINAL_WHIMS[ids.below(len(_TERMINAL_WHIMS))]}")
        if ids.below(100) < 10:
            theatre.terminal("unplug")
        if self._service_back_at and now >= self._service_back_at:
            self._service_back_at = 0.0
            theatre.restart_service()
        elif not self._service_back_at and ids.below(100) < 6:
            self._diary.kills["service"] += 1
            theatre.kill_service()
            self._service_back_at = now + ids.below(4_000) / 1_000
        if self._network_back_at and now >= self._network_back_at:
            self._network_back_at = 0.0
            theatre.stage.network.restore()
        elif not self._network_back_at and ids.below(100) < 15:
            theatre.stage.network.cut()
            self._network_back_at = now + ids.below(5_000) / 1_000

    # -------------------------------------------------------------- the end
    def _finish(self) -> Verdict:
        theatre, diary = self._theatre, self._diary
        theatre.stage.network.restore()
        if self._service_back_at:
            theatre.restart_service()
        theatre.nursery.bear(self._settings, 0, "finish")
        until = time.monotonic() + _FINISH_TIMEOUT_S
        while (word := theatre.nursery.hear(until - time.monotonic())) is not None:
            diary.note(word)
            if "died" in word:
                break
        verdict = Verdict(faults=diary.faults)
        self._judge_end(verdict)
        audit = theatre.stage.audit()
        verdict.check(is_well=bool(audit["ok"]), fault=f"the ledger's audit: {audit['broken']}")
        journal = theatre.terminal("journal")["journal"]
        books = Books(
            service=theatre.stage.service_database,
            till=theatre.stage.home,
            journal=journal,
            cards_before=self._cards,
            sold=diary.sold,
            refunded=diary.refunded,
        )
        prove(books, verdict)
        verdict.figures |= {f"killed while: {key}": n for key, n in sorted(diary.kills.items())}
        verdict.figures |= {f"told: {key}": n for key, n in diary.errors.most_common(20)}
        verdict.figures["starts"] = diary.births
        verdict.figures["kills"] = diary.kills.total()
        return verdict

    def _judge_end(self, verdict: Verdict) -> None:
        end = self._diary.finished
        if end is None:
            verdict.faults.append("the last cashier did not finish the day")
            return
        verdict.check(is_well=end["pending"] == 0, fault=f"{end['pending']} operations not sent")
        verdict.check(is_well=not end["conflicts"], fault=f"conflicts: {end['conflicts']}")


def run(seconds: float, seed: int, kills: int = 1_000_000) -> Verdict:
    """Make chaos on a fresh stage and return what was found."""
    with (
        tempfile.TemporaryDirectory(prefix="maxloyalty-chaos-") as folder,
        Theatre(Path(folder)) as theatre,
    ):
        verdict = Chaos(theatre, seed).run(seconds, kills)
        log = (Path(folder) / "nursery.log").read_text(encoding="utf-8")
        if verdict.faults and log:
            verdict.faults.append(f"log of the till: {log[-3_000:]}")
        return verdict


def main() -> int:
    """Run by the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=SystemIds(SystemClock()).below(10**6))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    verdict = run(options.seconds, options.seed)
    print(f"seed {options.seed}, {options.seconds:.0f} s")  # noqa: T201 - a program for people
    for name, value in verdict.figures.items():
        print(f"  {name:<34} {value}")  # noqa: T201 - a program for people
    for fault in verdict.faults:
        print(f"FAULT {fault}")  # noqa: T201 - a program for people
    if options.json:
        result = {"ok": not verdict.faults, "seed": options.seed, "seconds": options.seconds}
        result |= {"figures": verdict.figures, "faults": verdict.faults}
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
