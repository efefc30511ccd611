"""One connection of a till to the simulated ZVT terminal: commands in, messages out, bookings.

Source of the order of messages: [ZVT] 2.1 to 2.15 and the sample session of [ZVT-T].
"""

import contextlib
import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.sim.terminal_journal import SIGNS, Booking, Journal
from drivers.sim.zvt_wire import (
    ACKNOWLEDGE,
    Wire,
    counted,
    decimal,
    message,
    money_fields,
)

TERMINAL_ID = "28004869"
ENCODING = "cp866"
ACK_WAIT_S = 5.0
_POLL_S = 0.02
_COMMANDS = (0x05, 0x06)  # classes of a till's commands [ZVT]
_STATUS_EVERY_S = 1.0
_GARBAGE = bytes.fromhex("DEADBEEF00112233FFFFFFFF")
# Result codes, [ZVT] "Error-Messages".
_GOODS_NOT_ISSUED, _ABORTED, _BUSY, _UNSUPPORTED, _UNREGISTERED = 0x66, 0x6C, 0x9C, 0x83, 0x6B
_WRONG_CURRENCY, _ALREADY_REVERSED, _NOT_REVERSIBLE = 0x6F, 0xB4, 0xB5
_SUM_OVER_HOLD, _NO_HOLD = 0xB7, 0xB8
_KINDS = {
    "0601": "payment",
    "0622": "hold",
    "0623": "capture",
    "0624": "capture",
    "0625": "release",
    "0630": "reversal",
    "0631": "refund",
}
_WITHOUT_PASSWORD = ("payment", "hold")
_TITLES = {
    "payment": "ОПЛАТА",
    "hold": "УДЕРЖАНИЕ",
    "capture": "СПИСАНИЕ",
    "release": "СНЯТИЕ УДЕРЖАНИЯ",
    "reversal": "ОТМЕНА",
    "refund": "ВОЗВРАТ",
    "batch": "СВЕРКА ИТОГОВ",
}


class Act(enum.Enum):
    """What the simulator does with the next money operation."""

    APPROVE = "approve"
    DECLINE = "decline"  # value: result code, hex
    CANCEL = "cancel"  # the guest presses the red key
    STALL = "stall"  # value: seconds of silence, then it approves
    SLOW_CARD = "slow-card"  # value: seconds until a card comes; an abort is heeded meanwhile
    LOSE_AFTER = "lose-after"  # books, then the connection is cut before the completion
    LOSE_BEFORE = "lose-before"  # acknowledges, then the connection is cut with nothing booked
    BUSY = "busy"  # does not take the command
    GARBAGE = "garbage"  # books, then answers with bytes that are no ZVT
    MUTE = "mute"  # does not even acknowledge, nothing is booked


@dataclass(frozen=True, slots=True)
class Behaviour:
    """An act and its number: result code for DECLINE, seconds for STALL and SLOW_CARD."""

    act: Act = Act.APPROVE
    value: float = 0.0


def parse_behaviour(words: list[str]) -> Behaviour:
    """Read 'decline 05' or 'stall 2.5'; the code of a decline is hex as in [ZVT].

    Raises:
        ValueError: no such act, or a bad number.
    """
    act = Act(words[0] if words else "")
    value = words[1] if len(words) > 1 else "05" if act is Act.DECLINE else "0"
    return Behaviour(act, float(int(value, 16)) if act is Act.DECLINE else float(value))


@dataclass
class Host:
    """What all connections of one simulator share."""

    journal: Journal
    take_behaviour: Callable[[], Behaviour]
    card_time_s: float = 0.0
    local_time: Callable[[], time.struct_time] = time.localtime
    received: list[bytes] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    working: threading.Lock = field(default_factory=threading.Lock)  # one operation at a time


class Session:
    """Serves one connection; `run` returns when the till has gone."""

    def __init__(self, host: Host, wire: Wire) -> None:
        self._host = host
        self._wire = wire
        self._currency = ""
        self._holding = False

    def run(self) -> None:
        """Take commands until the connection or the simulator ends."""
        while not self._host.stopping.is_set():
            command = self._wire.receive(_POLL_S)
            if command is None:
                continue
            self._host.received.append(command)
            if command[0] in (0x80, 0x84) or command[:2] == b"\x06\xb0":
                if command[0] == 0x06:
                    self._wire.send(ACKNOWLEDGE)  # an abort of nothing
                continue
            if not self._host.working.acquire(blocking=False):
                self._wire.send(message(f"84{_BUSY:02X}"))
                continue
            self._holding = True
            try:
                self._answer(command)
            finally:
                self._be_free()

    def _be_free(self) -> None:
        """Take other commands from now on.

        Before the last message goes out: a till that comes back at once must not find it busy.
        """
        if self._holding:
            self._holding = False
            self._host.working.release()

    def _answer(self, command: bytes) -> None:
        data = command[5:] if command[2] == 0xFF else command[3:]
        control = command[:2].hex()
        if control == "0600":
            self._currency = data[4:6].hex()[-3:]
            self._finish()
        elif control == "0602":
            self._be_free()
            self._wire.send(ACKNOWLEDGE)
        elif control == "0501":
            # Completion of a status enquiry: software version as LLL text, status byte [ZVT].
            self._finish(b"\xf0\xf0\xf4SIM1" + b"\x00" + b"\x06\x00")
        elif not self._currency:
            self._fail(_UNREGISTERED)
        elif control in _KINDS:
            self._money(_KINDS[control], data)
        elif control == "0620":
            self._repeat()
        elif control == "0650":
            self._close_batch()
        elif control in ("0670", "0693"):
            self._diagnose()
        else:
            self._wire.send(message(f"84{_UNSUPPORTED:02X}"))

    def _money(self, kind: str, data: bytes) -> None:
        plan = self._host.take_behaviour()
        if plan.act is Act.MUTE:
            return
        if plan.act is Act.BUSY:
            self._be_free()
            self._wire.send(message(f"84{_BUSY:02X}"))
            return
        self._wire.send(ACKNOWLEDGE)
        if plan.act is Act.LOSE_BEFORE:
            self._be_free()
            self._wire.drop()
            return
        # All but a payment and a hold carry the password in front, [ZVT] 2.9 to 2.14.
        amount, currency, receipt = money_fields(data if kind in _WITHOUT_PASSWORD else data[3:])
        problem = self._problem(kind, amount, currency, receipt)
        if problem is None:
            problem = self._wait_for_card(plan)
        if problem is not None:
            self._decline(problem)
            return
        booking = self._book(kind, amount, currency, receipt)
        self._tell_booking(plan, booking)

    def _problem(self, kind: str, amount: int, currency: str, receipt: str) -> int | None:
        """Result code of a command that cannot be done, None if it can."""
        if currency and currency != self._currency:
            return _WRONG_CURRENCY
        if kind in ("capture", "release"):
            hold, is_closed = self._host.journal.find_hold(receipt)
            if hold is None or is_closed:
                return _NO_HOLD
            return _SUM_OVER_HOLD if amount > hold.amount_minor else None
        if kind != "reversal":
            return None
        payment, is_reversed = self._host.journal.find_reversible(receipt)
        if payment is None:
            return _NOT_REVERSIBLE
        return _ALREADY_REVERSED if is_reversed else None

    def _wait_for_card(self, plan: Behaviour) -> int | None:
        """Play card and bank; returns the result code of a failure."""
        if plan.act is Act.STALL:
            self._host.stopping.wait(plan.value)
            return None
        self._say("04FF", b"\x0a")  # insert card
        slow = plan.act is Act.SLOW_CARD
        if self._aborted_within(plan.value if slow else self._host.card_time_s):
            return _ABORTED
        if plan.act is Act.CANCEL:
            return _ABORTED
        self._say("04FF", b"\x04")  # waiting for the host
        return int(plan.value) if plan.act is Act.DECLINE else None

    def _aborted_within(self, seconds: float) -> bool:
        """Wait for the card; True if the till aborted meanwhile."""
        end_s = time.monotonic() + seconds
        told_s = time.monotonic()
        while (left_s := end_s - time.monotonic()) > 0 and not self._host.stopping.is_set():
            heard = self._wire.receive(min(left_s, _POLL_S))
            if heard is not None and heard[:2] == b"\x06\xb0":
                self._wire.send(ACKNOWLEDGE)
                return True
            if time.monotonic() - told_s >= _STATUS_EVERY_S:
                told_s = time.monotonic()
                self._say("04FF", b"\x0a\x01")  # still waiting, one more minute please
        return False

    def _book(self, kind: str, amount: int, currency: str, reverses: str = "") -> Booking:
        receipt, trace = self._host.journal.next_numbers()
        now = self._host.local_time()
        auth = f"{(int(trace) * 7919 + amount) % 1_000_000:06d}"
        booking = Booking(
            kind,
            amount,
            currency or self._currency,
            receipt,
            trace,
            time.strftime("%m%d", now),
            time.strftime("%H%M%S", now),
            auth,
            reverses,
        )
        self._host.journal.append(booking)
        return booking

    def _tell_booking(self, plan: Behaviour, booking: Booking) -> None:
        if plan.act is Act.LOSE_AFTER:
            self._be_free()
            self._wire.drop()
            return
        if plan.act is Act.GARBAGE:
            self._be_free()
            self._wire.send(_GARBAGE)
            return
        reply = self._say("040F", status_fields(booking))
        if reply is not None and reply[:2] == bytes((0x84, _GOODS_NOT_ISSUED)):
            self._book("reversal", booking.amount_minor, booking.currency, booking.receipt_no)
            self._abort(_GOODS_NOT_ISSUED)
            return
        self._print(booking)
        self._complete()

    def _decline(self, code: int) -> None:
        self._say("040F", bytes((0x27, code)) + b"\x29" + bytes.fromhex(TERMINAL_ID))
        self._abort(code)

    def _repeat(self) -> None:
        self._wire.send(ACKNOWLEDGE)
        booking = self._host.journal.find_last()
        if booking is None:
            self._abort(_UNSUPPORTED)
            return
        self._say("040F", status_fields(booking))
        self._print(booking)
        self._complete()

    def _diagnose(self) -> None:
        """Play a test of the line to the bank; its report comes as a text block (06 D3)."""
        self._wire.send(ACKNOWLEDGE)
        self._say("04FF", b"\x17")  # please wait
        text = "СВЯЗЬ С БАНКОМ ЕСТЬ".encode(ENCODING)
        line = b"\x07" + bytes((len(text),)) + text
        block = b"\x25" + bytes((len(line),)) + line
        self._say("06D3", b"\x06" + bytes((len(block),)) + block)
        self._complete()

    def _close_batch(self) -> None:
        self._wire.send(ACKNOWLEDGE)
        batch = [item for item in self._host.journal.open_batch() if item.kind != "batch"]
        total = sum(SIGNS.get(item.kind, 0) * item.amount_minor for item in batch)
        booking = self._book("batch", max(total, 0), self._currency)
        first, last = (batch[0], batch[-1]) if batch else (booking, booking)
        # BMP 60: receipt numbers from and to, then seven card groups of a count and a sum [ZVT].
        groups = bytes((min(len(batch), 255),)) + decimal(max(total, 0), 6) + bytes(7 * 6)
        totals = decimal(first.receipt_no, 2) + decimal(last.receipt_no, 2) + groups
        fields = b"\x27\x00\x04" + decimal(max(total, 0), 6)
        self._say("040F", fields + _when(booking) + counted(0x60, totals, 3))
        self._print(booking)
        self._complete()

    def _print(self, booking: Booking) -> None:
        """Send the slip line by line (06 D1); the last line has the top bit of its attribute set."""
        lines = slip_lines(booking)
        for number, line in enumerate(lines, 1):
            attribute = b"\x80" if number == len(lines) else b"\x00"
            self._say("06D1", attribute + line.encode(ENCODING, errors="replace"))

    def _finish(self, data: bytes = b"") -> None:
        self._wire.send(ACKNOWLEDGE)
        self._complete(data)

    def _fail(self, code: int) -> None:
        self._wire.send(ACKNOWLEDGE)
        self._abort(code)

    def _complete(self, data: bytes = b"") -> None:
        self._be_free()
        self._say("060F", data)

    def _abort(self, code: int) -> None:
        self._be_free()
        self._say("061E", bytes((code,)))

    def _say(self, control: str, data: bytes) -> bytes | None:
        """Send a message and wait for the till's acknowledgement; None if none came.

        A till that has gone changes nothing of what is booked.
        """
        with contextlib.suppress(OSError):
            self._wire.send(message(control, data))
            heard = self._wire.receive(ACK_WAIT_S)
            if heard is not None and heard[0] in _COMMANDS and heard[:2] != b"\x06\xb0":
                # A till that began anew on the same line: its command waits for its turn.
                self._wire.give_back(heard)
                return None
            if heard is not None:
                self._host.received.append(heard)
            return heard
        return None


def status_fields(booking: Booking) -> bytes:
    """Bitmaps of a status information (04 0F) in the order real terminals send them [Portalum]."""
    return (
        b"\x27\x00\x04" + decimal(booking.amount_minor, 6)
        + b"\x0b" + decimal(booking.trace, 3)
        + _when(booking)
        + b"\x0e\x30\x12"  # expiry, December 2030
        + b"\x17\x00\x01"
        + b"\x19\x70"
        + counted(0x22, bytes.fromhex("EEEEEEEEEEEE4771"), 2)
        + b"\x29" + bytes.fromhex(TERMINAL_ID)
        + b"\x3b" + booking.auth_code.encode("ascii").ljust(8, b"\0")
        + b"\x49" + decimal(booking.currency, 2)
        + b"\x87" + decimal(booking.receipt_no, 2)
        + b"\x88" + decimal(booking.trace, 3)
        + b"\x8a\x2e"
        + counted(0x8B, b"MIR\0" if booking.currency == "643" else b"Debit Mastercard\0", 2)
    )  # fmt: skip


def slip_lines(booking: Booking) -> list[str]:
    """The slip as the terminal would print it, 24 columns."""
    roubles, kopecks = divmod(booking.amount_minor, 100)
    when = f"{booking.date[2:]}.{booking.date[:2]} {booking.time[:2]}:{booking.time[2:4]}"
    return [
        _TITLES[booking.kind].center(24).rstrip(),
        f"Терминал        {TERMINAL_ID}",
        f"Чек {booking.receipt_no}{when:>16}",
        f"Сумма {roubles:>15},{kopecks:02d}",
        f"Код авторизации   {booking.auth_code}",
        "ОДОБРЕНО".center(24).rstrip(),
    ]


def _when(booking: Booking) -> bytes:
    return b"\x0c" + decimal(booking.time, 3) + b"\x0d" + decimal(booking.date, 2)
