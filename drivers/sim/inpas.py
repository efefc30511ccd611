"""An INPAS SmartSale terminal that books in a journal and misbehaves when told. Source: [Clients].

Its frames are made here apart from the driver's. On its own: `python -m drivers simulate inpas`.
"""

import contextlib
import enum
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.sim.inpas_wire import TERMINAL_ID, fields_of, frame, rrn_of, told
from drivers.sim.terminal_journal import SIGNS, Booking, Journal

_ACK, _NAK, _EOT, _STX = b"\x06", b"\x15", b"\x04", 0x02
_POLL_S = 0.02
_ACK_WAIT_S = 5.0
_JOIN_S = 10.0
_KINDS = {"1": "payment", "4": "reversal", "29": "refund", "3": "refund"}
_APPROVED, _DECLINED, _NO_LINK, _INTERRUPTED = "1", "16", "34", "53"
_WAIT = ((25, b"21"),)


class Act(enum.Enum):
    """What the simulator does with the next operation that moves money."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    NO_LINK = "no-link"
    SLOW_CARD = "slow-card"  # value: seconds, wait frames meanwhile; EOT is heeded
    STALL = "stall"  # value: seconds of silence, then it approves
    SILENT_AFTER = "silent-after"  # books and says no more
    LOSE_AFTER = "lose-after"  # books, then cuts the connection
    LOSE_BEFORE = "lose-before"  # acknowledges, then cuts with nothing booked
    BUSY = "busy"  # answers NAK to every attempt
    NAK_ONCE = "nak-once"
    BAD_CRC_ONCE = "bad-crc-once"
    BAD_CRC = "bad-crc"  # books, each frame of the answer is damaged
    GARBAGE = "garbage"  # books, answers with noise
    ODD_STATUS = "odd-status"  # books, answers with a status nobody knows
    MUTE = "mute"  # does not even acknowledge


@dataclass(frozen=True, slots=True)
class Behaviour:
    """An act and its seconds."""

    act: Act = Act.APPROVE
    value: float = 0.0


class InpasSimulator:
    """A terminal on 127.0.0.1. Order: ``start -> (next | always | unplug)* -> stop``; any thread.

    Args:
        port: 0 takes a free one.
        journal_path: file of the bookings.
        local_time: wall clock of the terminal.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        journal_path: Path | None = None,
        local_time: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        self.port = port
        self.journal = Journal(journal_path)
        self.received: list[bytes] = []
        self.local_time = local_time
        self._queue: deque[Behaviour] = deque()
        self._standing = Behaviour()
        self._server: socket.socket | None = None
        self._wires: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()
        self.working = threading.Lock()

    @property
    def connections(self) -> int:
        """How many tills it still serves; one that was cut off counts until that is noticed."""
        return len(self._wires)

    def start(self) -> None:
        """Listen."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self.stopping.clear()
        self._begin(self._accept, self._server)

    def stop(self) -> None:
        """Cut every connection and join. Repeatable."""
        self.stopping.set()
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
        self.unplug()
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._threads.clear()

    def unplug(self) -> None:
        """Cut the connections that stand."""
        for wire in list(self._wires):
            _drop(wire)

    def next(self, *behaviours: Behaviour) -> None:
        """Queue what to do with the next operations that move money."""
        self._queue.extend(behaviours)

    def always(self, behaviour: Behaviour) -> None:
        """Set what to do when nothing is queued."""
        self._standing = behaviour

    def take(self) -> Behaviour:
        """Take the next order off the queue."""
        return self._queue.popleft() if self._queue else self._standing

    def _accept(self, server: socket.socket) -> None:
        while not self.stopping.is_set():
            try:
                wire, _ = server.accept()
            except OSError:
                return
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._wires.append(wire)
            self._begin(self._serve, wire)

    def _serve(self, wire: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            _Talk(self, wire).run()
        _drop(wire)
        self._wires.remove(wire)

    def _begin(self, work: Callable[..., None], argument: object) -> None:
        thread = threading.Thread(target=work, args=(argument,), name="sim-inpas", daemon=True)
        self._threads = [item for item in self._threads if item.is_alive()]
        thread.start()
        self._threads.append(thread)


def _drop(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    wire.close()


class _Talk:
    """One connection of a till."""

    def __init__(self, owner: InpasSimulator, wire: socket.socket) -> None:
        self._owner = owner
        self._wire = wire
        self._buffer = b""
        self._plan = Behaviour()

    def run(self) -> None:
        """Serve requests until the till or the simulator has gone."""
        while not self._owner.stopping.is_set():
            self._read(_POLL_S)
            body = self._take_frame()
            if body is None:
                continue
            self._owner.received.append(body)
            if not self._owner.working.acquire(blocking=False):
                self._wire.sendall(_NAK)
                continue
            try:
                self._answer(fields_of(body))
            finally:
                self._owner.working.release()

    def _answer(self, request: Mapping[int, str]) -> None:
        operation = request.get(25, "")
        if operation in _KINDS:
            self._money(_KINDS[operation], request)
            return
        self._wire.sendall(_ACK)
        if operation == "26":
            self._say(((39, _APPROVED.encode()), (27, TERMINAL_ID.encode())))
        elif operation == "59":
            self._settle()
        elif operation == "63" and request.get(65) == "22":
            last = self._owner.journal.find_last()
            empty = ((39, _APPROVED.encode()), (27, TERMINAL_ID.encode()))
            self._say(told(last) if last is not None else empty)
        else:
            self._say(((39, _DECLINED.encode()), (19, "операция неизвестна".encode("cp1251"))))

    def _money(self, kind: str, request: Mapping[int, str]) -> None:
        plan = self._plan = self._owner.take()
        if plan.act is Act.MUTE:
            return
        if plan.act is Act.BUSY:
            self._refuse_attempts(3)
            return
        if plan.act is Act.NAK_ONCE:
            self._refuse_attempts(1)
            if self._await_frame() is None:
                return
        self._wire.sendall(_ACK)
        if plan.act is Act.LOSE_BEFORE:
            _drop(self._wire)
            return
        self._decide(kind, request)

    def _decide(self, kind: str, request: Mapping[int, str]) -> None:
        plan = self._plan
        self._say(_WAIT)
        refused = {Act.DECLINE: _DECLINED, Act.CANCEL: _INTERRUPTED, Act.NO_LINK: _NO_LINK}
        if plan.act is Act.SLOW_CARD and self._given_up_within(plan.value):
            self._refuse(_INTERRUPTED, request)
            return
        if plan.act in refused:
            self._refuse(refused[plan.act], request)
            return
        if kind == "reversal" and not self._is_reversible(request):
            self._refuse(_DECLINED, request)
            return
        booking = self._book(kind, request)
        if plan.act is Act.STALL:
            self._owner.stopping.wait(plan.value)
        self._tell(booking)

    def _tell(self, booking: Booking) -> None:
        act = self._plan.act
        if act is Act.LOSE_AFTER:
            _drop(self._wire)
        elif act is Act.GARBAGE:
            self._wire.sendall(bytes.fromhex("DEADBEEF00112233"))
        elif act is Act.ODD_STATUS:
            self._say(((39, b"0"), *told(booking)[1:]))
        elif act is not Act.SILENT_AFTER:
            self._say(told(booking))

    def _refuse(self, status: str, request: Mapping[int, str]) -> None:
        text = "НЕДОСТАТОЧНО СРЕДСТВ" if status == _DECLINED else "НЕ ВЫПОЛНЕНО"
        trace = request.get(26, "").encode()
        self._say(((39, status.encode()), (26, trace), (19, text.encode("cp1251"))))

    def _refuse_attempts(self, count: int) -> None:
        """Answer NAK to this frame and to its repetitions."""
        for attempt in range(count):
            if attempt and self._await_frame() is None:
                return
            self._wire.sendall(_NAK)

    def _settle(self) -> None:
        journal = self._owner.journal
        batch = [item for item in journal.open_batch() if item.kind != "batch"]
        total = sum(SIGNS.get(item.kind, 0) * item.amount_minor for item in batch)
        self._book("batch", {0: str(max(total, 0))})
        slip = "СВЕРКА ИТОГОВ\r\nИТОГИ СОВПАЛИ".encode("cp1251")
        self._say(((39, _APPROVED.encode()), (0, str(max(total, 0)).encode()), (90, slip)))

    def _is_reversible(self, request: Mapping[int, str]) -> bool:
        bookings = self._owner.journal.open_batch()
        wanted = request.get(14, "")
        done = any(item.kind == "reversal" and item.reverses == wanted for item in bookings)
        return not done and any(
            rrn_of(item) == wanted for item in bookings if item.kind == "payment"
        )

    def _book(self, kind: str, request: Mapping[int, str]) -> Booking:
        receipt, trace = self._owner.journal.next_numbers()
        now = self._owner.local_time()
        date, clock = time.strftime("%m%d", now), time.strftime("%H%M%S", now)
        amount = int(request.get(0, "0"))
        booking = Booking(
            kind, amount, request.get(4, "643"), receipt, trace, date, clock, "A1B2C3",
            request.get(14, ""), request.get(26, ""),
        )  # fmt: skip
        self._owner.journal.append(booking)
        return booking

    def _given_up_within(self, seconds: float) -> bool:
        """Wait for a card with wait frames; True if the till sent EOT or has gone."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s and not self._owner.stopping.is_set():
            self._read(_POLL_S)
            if _EOT in self._buffer:
                self._buffer = b""
                return True
        return False

    def _say(self, fields: tuple[tuple[int, bytes], ...]) -> None:
        """Send a frame until it is acknowledged, three times at most; EOT ends the last one."""
        whole = frame(fields)
        damaged = whole[:-1] + bytes((whole[-1] ^ 0xFF,))
        is_final = any(number == 39 for number, _ in fields)
        for attempt in range(3):
            bad = is_final and (
                self._plan.act is Act.BAD_CRC
                or (self._plan.act is Act.BAD_CRC_ONCE and attempt == 0)
            )
            with contextlib.suppress(OSError):
                self._wire.sendall(damaged if bad else whole)
                if self._await_byte() != _NAK:
                    if is_final:
                        self._wire.sendall(_EOT)
                    return

    def _await_byte(self) -> bytes:
        end_s = time.monotonic() + _ACK_WAIT_S
        while not self._buffer and time.monotonic() < end_s:
            if self._owner.stopping.is_set():
                return b""
            self._read(_POLL_S)
        byte, self._buffer = self._buffer[:1], self._buffer[1:]
        return byte

    def _await_frame(self) -> bytes | None:
        end_s = time.monotonic() + _ACK_WAIT_S
        while time.monotonic() < end_s and not self._owner.stopping.is_set():
            self._read(_POLL_S)
            body = self._take_frame()
            if body is not None:
                return body
        return None

    def _read(self, timeout_s: float) -> None:
        if not select.select([self._wire], [], [], timeout_s)[0]:
            return
        received = self._wire.recv(4096)
        if not received:
            raise ConnectionError("the till has gone")
        self._buffer += received

    def _take_frame(self) -> bytes | None:
        """Cut a whole frame off; what stands in front of it is dropped, a bad one gets NAK."""
        start = self._buffer.find(bytes((_STX,)))
        if start < 0:
            self._buffer = b""
            return None
        self._buffer = self._buffer[start:]
        if len(self._buffer) < 3:
            return None
        end = 3 + int.from_bytes(self._buffer[1:3], "little")
        if len(self._buffer) < end + 2:
            return None
        whole, self._buffer = self._buffer[: end + 2], self._buffer[end + 2 :]
        pairs = tuple(
            (number, text.encode("latin-1")) for number, text in fields_of(whole[3:end]).items()
        )
        if frame(pairs) != whole:
            self._wire.sendall(_NAK)
            return None
        return whole[3:end]
