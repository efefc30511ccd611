"""What the simulated terminal has booked, in a file of JSON lines that outlives its process."""

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

RECEIPT_MAX = 9999
#: What a booking does to the money taken; kinds that are not here move none.
SIGNS = {"payment": 1, "capture": 1, "reversal": -1, "refund": -1}


@dataclass(frozen=True, slots=True)
class Booking:
    """One booked operation; `kind` is payment, reversal, refund, hold, capture, release or batch.

    `reverses` is the receipt number that a reversal, a capture or a release belongs to.
    `operation_id` is the till's own id, where the protocol carries one.
    """

    kind: str
    amount_minor: int
    currency: str
    receipt_no: str
    trace: str
    date: str
    time: str
    auth_code: str = ""
    reverses: str = ""
    operation_id: str = ""


class Journal:
    """Appends bookings and answers for them. Any thread.

    Args:
        path: file to keep them in; None keeps them in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._bookings: list[Booking] = []
        if path is not None and path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self._bookings = [Booking(**json.loads(line)) for line in lines if line]

    def append(self, booking: Booking) -> None:
        """Keep a booking; on disk before this returns."""
        with self._lock:
            self._bookings.append(booking)
            if self._path is None:
                return
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(booking)) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def all(self) -> tuple[Booking, ...]:
        """Every booking, oldest first."""
        with self._lock:
            return tuple(self._bookings)

    def find_last(self) -> Booking | None:
        """The last booking that has a receipt, None for a new terminal."""
        return next((item for item in reversed(self.all()) if item.kind != "batch"), None)

    def next_numbers(self) -> tuple[str, str]:
        """Receipt and trace number of the next booking; receipts start again after 9999."""
        bookings = self.all()
        last = bookings[-1] if bookings else None
        receipt = int(last.receipt_no) % RECEIPT_MAX + 1 if last else 1
        trace = int(last.trace) + 1 if last else 1
        return f"{receipt:04d}", f"{trace % 1_000_000:06d}"

    def open_batch(self) -> tuple[Booking, ...]:
        """Bookings since the last reconciliation."""
        bookings = self.all()
        closed = [index for index, item in enumerate(bookings) if item.kind == "batch"]
        return bookings[closed[-1] + 1 if closed else 0 :]

    def find_reversible(self, receipt_no: str) -> tuple[Booking | None, bool]:
        """Return the payment of the open batch with this number and whether it is reversed."""
        batch = self.open_batch()
        found = None
        for item in batch:
            if item.kind in ("payment", "refund", "capture") and item.receipt_no == receipt_no:
                found = item
        done = any(item.kind == "reversal" and item.reverses == receipt_no for item in batch)
        return found, done

    def find_hold(self, receipt_no: str) -> tuple[Booking | None, bool]:
        """Return the hold with this number and whether it was captured or released."""
        bookings = self.all()
        holds = [item for item in bookings if item.kind == "hold" and item.receipt_no == receipt_no]
        done = any(
            item.kind in ("capture", "release") and item.reverses == receipt_no for item in bookings
        )
        return (holds[-1] if holds else None), done

    def balance_minor(self) -> int:
        """Money taken from cards in all: payments and captures less reversals and refunds."""
        return sum(SIGNS.get(item.kind, 0) * item.amount_minor for item in self.all())
