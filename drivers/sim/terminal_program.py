"""A program that keeps the contract of the external terminal driver, and breaks it when told.

It works in its current folder, or in the one that stands behind it on the command line. What it has
booked stands in `journal.jsonl`, what it is to do next in `plan.json`, as with `drivers.sim.sberbank`.

    echo '{"operation": "pay", "operation_id": "1", "amount_minor": 100}' | python -m drivers.sim.terminal_program .
"""

import json
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from typing_extensions import override

from drivers.sim.sberbank import JOURNAL, Plan, SberbankFolder
from drivers.sim.terminal_journal import SIGNS, Booking, Journal

_EXIT_NOTHING, _EXIT_UNSUPPORTED, _EXIT_UNKNOWN = 10, 11, 12
#: Orders it knows besides those of `drivers.sim.sberbank`; the value is in seconds.
ACTS = ("approve", "decline", "cancel", "busy", "stall", "die-after", "die-before", "half-result",
        "wrong-exit", "garbage", "unknown", "talkative")  # fmt: skip
_KINDS = {
    "pay": "payment",
    "refund": "refund",
    "cancel": "reversal",
    "hold": "hold",
    "capture": "capture",
    "release": "release",
}


class ProgramFolder(SberbankFolder):
    """The folder of a simulated external terminal. Any thread."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "utf-8")
        self.program = folder / "terminal-program"

    @override
    def install(self) -> None:
        """Write a program file that starts this module with the running Python. POSIX."""
        root = Path(__file__).parents[2]
        command = f"PYTHONPATH='{root}' exec '{sys.executable}' -m drivers.sim.terminal_program"
        self.program.write_text(f"#!/bin/sh\n{command} '{self.folder}'\n", encoding="utf-8")
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)


class Terminal:
    """One run of the program."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._orders = ProgramFolder(folder)
        self._journal = Journal(folder / JOURNAL)
        self._say = say

    def run(self, request: Mapping[str, object]) -> int:
        """Carry out one request; returns the exit code."""
        operation = str(request.get("operation"))
        if operation in _KINDS:
            return self._money(_KINDS[operation], request)
        if operation in ("status", "diagnose"):
            return self._answer({"ready": True, "terminal_id": "EXT00001"})
        if operation == "last":
            return self._answer({"result": self._told(self._journal.find_last())})
        if operation == "find":
            return self._find(request)
        if operation == "close":
            return self._close()
        return _EXIT_UNSUPPORTED

    def _money(self, kind: str, request: Mapping[str, object]) -> int:
        plan = self._orders.take()
        if plan.act == "die-before":
            return 1
        if plan.act == "busy":
            self._say(json.dumps({"text": "терминал занят"}, ensure_ascii=False))
            return _EXIT_NOTHING
        if plan.act in ("decline", "cancel"):
            outcome = {"decline": "declined", "cancel": "cancelled"}[plan.act]
            return self._answer({"outcome": outcome, "code": "05", "text": "Отказ"})
        return self._tell(plan, self._book(kind, request))

    def _tell(self, plan: Plan, booking: Booking) -> int:
        if plan.act == "stall":
            threading.Event().wait(plan.value)
        if plan.act == "die-after":
            return 1
        if plan.act == "unknown":
            return _EXIT_UNKNOWN
        if plan.act == "garbage":
            self._say("\x00\x01 not JSON {{{")
            return 0
        if plan.act == "half-result":
            self._say(json.dumps(self._told(booking))[:20])
            return 0
        if plan.act == "talkative":
            self._say("connecting...\n" * 20_000)
        self._answer(self._told(booking) or {})
        return 7 if plan.act == "wrong-exit" else 0

    def _find(self, request: Mapping[str, object]) -> int:
        name = str(request.get("operation_id"))
        found = next((item for item in self._journal.all() if item.operation_id == name), None)
        if found is None:
            return self._answer({"verdict": "absent"})
        return self._answer({"verdict": "found", "result": self._told(found)})

    def _close(self) -> int:
        batch = [item for item in self._journal.open_batch() if item.kind != "batch"]
        total = sum(SIGNS.get(item.kind, 0) * item.amount_minor for item in batch)
        self._book("batch", {"amount_minor": max(total, 0)})
        return self._answer({"total_minor": total, "count": len(batch)})

    def _book(self, kind: str, request: Mapping[str, object]) -> Booking:
        receipt, trace = self._journal.next_numbers()
        now = time.localtime()
        amount = request.get("amount_minor")
        booking = Booking(
            kind,
            amount if isinstance(amount, int) else 0,
            "643",
            receipt,
            trace,
            time.strftime("%m%d", now),
            time.strftime("%H%M%S", now),
            "A1B2C3",
            str(request.get("receipt_no", "")),
            str(request.get("operation_id", "")),
        )
        self._journal.append(booking)
        return booking

    @staticmethod
    def _told(booking: Booking | None) -> dict[str, object] | None:
        if booking is None:
            return None
        roubles, kopecks = divmod(booking.amount_minor, 100)
        return {
            "outcome": "approved",
            "code": "00",
            "text": "Одобрено",
            "amount_minor": booking.amount_minor,
            "currency": booking.currency,
            "receipt_no": booking.receipt_no,
            "rrn": f"9{int(booking.trace):011d}",
            "auth_code": booking.auth_code,
            "masked_pan": "220220******4771",
            "trace": booking.trace,
            "date": booking.date,
            "time": booking.time,
            "operation_id": booking.operation_id,
            "slip_lines": ["ОПЛАТА", f"{roubles},{kopecks:02d}"],
        }

    def _answer(self, answer: Mapping[str, object]) -> int:
        self._say(json.dumps(answer, ensure_ascii=False))
        return 0


def main(arguments: list[str] | None = None) -> int:
    """Read the request from the input, answer on the output."""
    chosen = sys.argv[1:] if arguments is None else arguments
    request = json.loads(sys.stdin.buffer.read())

    def say(text: str) -> None:
        sys.stdout.buffer.write(text.encode() + b"\n")

    return Terminal(Path(chosen[0]) if chosen else Path.cwd(), say).run(request)


if __name__ == "__main__":
    raise SystemExit(main())
