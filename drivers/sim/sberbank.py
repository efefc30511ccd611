"""A program that takes the place of Sberbank's `sb_pilot`: same arguments, same files, faults on demand.

It works in its current folder, writes `e` and `p` there and ends with the result code (its low byte on
POSIX, as there). What it has booked stands in `journal.jsonl`, what it is to do next in `plan.json`: see
`SberbankFolder`, which also installs it for a test or a training till.

    python -m drivers.sim.sberbank 1 12345
"""

import contextlib
import json
import os
import stat
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drivers.sim.terminal_journal import SIGNS, Booking, Journal

TERMINAL_ID = "00311159"
PAN = "220220******4771"
RESULT_FILE, SLIP_FILE, ABORT_FILE = "e", "p", "POLLING.OFF"
JOURNAL, PLAN = "journal.jsonl", "plan.json"
#: What it can be told to do with the next operation that moves money; value in brackets.
ACTS = (
    "approve",
    "decline",  # result code
    "cancel",
    "busy",
    "slow-card",  # seconds until a card comes; POLLING.OFF is heeded meanwhile
    "stall",  # seconds between the effect and the files
    "die-after",  # books, writes the slip, dies before the result
    "die-before",  # dies with nothing done
    "half-result",  # books, the result file breaks off in its first line
    "wrong-exit",  # books, the exit code says another thing than the file
    "garbage",  # books, the result file is noise
    "no-files",  # refuses by its exit code alone
    "old-version",  # books, writes the first line only
)
_KINDS = {"1": "payment", "3": "refund", "8": "reversal"}
_TITLES = {"payment": "ОПЛАТА", "refund": "ВОЗВРАТ", "reversal": "ОТМЕНА", "batch": "СВЕРКА ИТОГОВ"}
_CANCELLED, _BUSY, _NOTHING, _PARAMETERS, _OPERATION = 2000, 115, 4309, 4300, 4301
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """One order: an act of `ACTS` and its number."""

    act: str = "approve"
    value: float = 0.0


class SberbankFolder:
    """The folder of a simulated pad. Any thread.

    Args:
        folder: must exist; nothing else may live there.
        encoding: of the files it will write.
    """

    def __init__(self, folder: Path, encoding: str = "cp866") -> None:
        self.folder = folder
        self.program = folder / "sb_pilot"
        self.encoding = encoding

    def install(self) -> None:
        """Write a program file that starts this module with the running Python. POSIX."""
        root = Path(__file__).parents[2]
        lines = [
            "#!/bin/sh",
            f"SBERBANK_ENCODING={self.encoding} PYTHONPATH='{root}' \\",
            f"exec '{sys.executable}' -m drivers.sim.sberbank \"$@\"",
        ]
        self.program.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)

    def next(self, *plans: Plan) -> None:
        """Queue what to do with the next operations that move money, one each."""
        self._write([*self._plans("next"), *map(asdict, plans)], self._plans("always"))

    def always(self, plan: Plan) -> None:
        """Set what to do when nothing is queued."""
        self._write(self._plans("next"), [asdict(plan)])

    @property
    def journal(self) -> Journal:
        """What was booked until now."""
        return Journal(self.folder / JOURNAL)

    def take(self) -> Plan:
        """Take the next order off the queue."""
        queued, standing = self._plans("next"), self._plans("always")
        if queued:
            self._write(queued[1:], standing)
            return Plan(**queued[0])
        return Plan(**standing[0]) if standing else Plan()

    def _plans(self, name: str) -> list[dict[str, Any]]:
        try:
            return list(json.loads((self.folder / PLAN).read_text(encoding="utf-8"))[name])
        except FileNotFoundError:
            return []

    def _write(self, queued: list[dict[str, Any]], standing: list[dict[str, Any]]) -> None:
        content = json.dumps({"next": queued, "always": standing})
        (self.folder / PLAN).write_text(content, encoding="utf-8")


class Pad:
    """One run: does the operation, writes the files, returns the exit code."""

    def __init__(self, folder: Path, encoding: str) -> None:
        self._orders = SberbankFolder(folder, encoding)
        self._folder = folder
        self._encoding = encoding
        self._journal = Journal(folder / JOURNAL)

    def run(self, arguments: list[str]) -> int:
        """Carry out one command line."""
        operation = arguments[0] if arguments else ""
        if operation in _KINDS:
            if len(arguments) < 2 or not arguments[1].isdigit():
                return self._refuse(_PARAMETERS)
            return self._money(_KINDS[operation], int(arguments[1]))
        if operation == "12":
            return self._copy()
        if operation == "7":
            return self._settle()
        if operation in ("36", "47"):
            return self._finish(0, "ПИНПАД ПОДКЛЮЧЕН", None)
        return self._refuse(_OPERATION)

    def _money(self, kind: str, amount: int) -> int:
        plan = self._orders.take()
        refusal = {"cancel": _CANCELLED, "busy": _BUSY, "decline": int(plan.value) or 4451}
        if plan.act == "die-before":
            return 1
        if plan.act == "no-files":
            return _CANCELLED
        if plan.act == "slow-card" and self._aborted_within(plan.value):
            return self._refuse(_CANCELLED)
        if plan.act in refusal:
            return self._refuse(refusal[plan.act])
        booking = self._book(kind, amount)
        if plan.act == "stall":
            threading.Event().wait(plan.value)
        return self._tell(plan.act, booking)

    def _tell(self, act: str, booking: Booking) -> int:
        self._write(SLIP_FILE, "\r\n".join(slip_lines(booking)))
        if act == "die-after":
            return 1
        if act == "garbage":
            (self._folder / RESULT_FILE).write_bytes(b"\xde\xad\xbe\xef\x00\xff" * 9)
            return 0
        if act == "half-result":
            self._write(RESULT_FILE, "0")
            return 0
        if act == "old-version":
            self._write(RESULT_FILE, "0,ОДОБРЕНО\r\n")
            return 0
        self._write(RESULT_FILE, result_text(0, "ОДОБРЕНО", booking))
        return 7 if act == "wrong-exit" else 0

    def _copy(self) -> int:
        booking = self._journal.find_last()
        if booking is None:
            return self._refuse(_NOTHING)
        return self._finish(0, "КОПИЯ ЧЕКА", booking)

    def _settle(self) -> int:
        batch = [item for item in self._journal.open_batch() if item.kind != "batch"]
        total = sum(SIGNS.get(item.kind, 0) * item.amount_minor for item in batch)
        booking = self._book("batch", max(total, 0))
        return self._finish(0, "ИТОГИ СОВПАЛИ", booking)

    def _book(self, kind: str, amount: int) -> Booking:
        receipt, trace = self._journal.next_numbers()
        now = time.localtime()
        date, clock = time.strftime("%m%d", now), time.strftime("%H%M%S", now)
        auth = f"{(int(trace) * 7919 + amount) % 1_000_000:06d}"
        booking = Booking(kind, amount, "643", receipt, trace, date, clock, auth)
        self._journal.append(booking)
        return booking

    def _finish(self, code: int, message: str, booking: Booking | None) -> int:
        if booking is not None:
            self._write(SLIP_FILE, "\r\n".join(slip_lines(booking)))
        self._write(RESULT_FILE, result_text(code, message, booking))
        return code

    def _refuse(self, code: int) -> int:
        self._write(RESULT_FILE, result_text(code, "ОТКАЗ", None))
        return code

    def _aborted_within(self, seconds: float) -> bool:
        """Wait for the card; True if the till asked to give up."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            if (self._folder / ABORT_FILE).exists():
                return True
            threading.Event().wait(_POLL_S)
        return False

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_bytes(text.encode(self._encoding, errors="replace"))


def rrn_of(booking: Booking) -> str:
    """The host's number of an operation, 12 digits."""
    return f"6324{int(booking.trace):08d}"


def result_text(code: int, message: str, booking: Booking | None) -> str:
    """The lines of `e`; a refusal has no card."""
    lines = [f"{code},{message}"]
    if booking is not None:
        when = f"2026{booking.date}{booking.time}"
        lines += [PAN, "12/30", booking.auth_code, booking.receipt_no, "MIR", "1", TERMINAL_ID]
        lines += [when, rrn_of(booking), "0" * 40]
    return "\r\n".join(lines) + "\r\n"


def slip_lines(booking: Booking) -> list[str]:
    """The slip as the pad formats it."""
    roubles, kopecks = divmod(booking.amount_minor, 100)
    when = f"{booking.date[2:]}.{booking.date[:2]}.2026 {booking.time[:2]}:{booking.time[2:4]}"
    return [
        "КАФЕ «РОМАШКА»",
        f"{when}:{booking.time[4:]}  ЧЕК {booking.receipt_no}",
        "ПАО СБЕРБАНК",
        _TITLES[booking.kind],
        f"Терминал: {TERMINAL_ID}",
        f"Карта: {PAN}",
        "Сумма (Руб):",
        f"{roubles}.{kopecks:02d}",
        "Комиссия за операцию - 0.00 Руб.",
        f"Код авторизации: {booking.auth_code}",
        f"RRN: {rrn_of(booking)}",
        "ИТОГИ СОВПАЛИ" if booking.kind == "batch" else "ОДОБРЕНО",
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run as the pad's program; the exit code is the result's low byte."""
    with contextlib.suppress(KeyboardInterrupt):
        encoding = os.environ.get("SBERBANK_ENCODING", "koi8-r")
        chosen = sys.argv[1:] if arguments is None else arguments
        return Pad(Path.cwd(), encoding).run(chosen) & 0xFF
    return 130


if __name__ == "__main__":
    raise SystemExit(main())
