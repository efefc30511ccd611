"""APDUs over a transport: bare over TCP, framed with ACK and NAK over a serial line.

Source: [ZVT-T] chapters "TCP/IP" and "Serial transport protocol".
"""

import time
from collections.abc import Callable
from typing import Protocol

from drivers.api.errors import ProtocolError, Timeout, TransportError
from drivers.terminals.zvt.codec import Apdu, decode_apdu, take_apdu
from drivers.terminals.zvt.frame import ACK, DLE, NAK, FrameError, encode_frame, take_frame
from drivers.transport.base import Transport

BUFFER_MAX = 2 * 0xFFFF + 64
ACK_TIMEOUT_S = 5.0  # T1 of [ZVT-T]: the line's acknowledgement
ATTEMPTS_MAX = 3
# Classes a terminal may use: 04 status, 05 and 06 commands, 80 and 84 acknowledgements [ZVT].
_CLASSES = frozenset((0x04, 0x05, 0x06, 0x80, 0x84))


class Link(Protocol):
    """Sends and receives whole APDUs. One thread. Order: ``open -> (send | receive)* -> close``."""

    @property
    def name(self) -> str:
        """Address for logs."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether the transport is open."""
        ...

    def open(self) -> None:
        """Open the transport and forget earlier bytes."""
        ...

    def close(self) -> None:
        """Close the transport."""
        ...

    def send(self, apdu: Apdu) -> None:
        """Send one message; a transport error carries how many bytes left."""
        ...

    def receive(self, timeout_s: float) -> Apdu | None:
        """Return the next message, None if none came in time; `ProtocolError` for garbage."""
        ...


class _BaseLink:
    def __init__(
        self, transport: Transport, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = transport.name
        self._transport = transport
        self._clock = clock
        self._buffer = bytearray()

    @property
    def is_open(self) -> bool:
        return self._transport.is_open

    def open(self) -> None:
        """Open the transport and forget earlier bytes; a dead peer is noticed here."""
        if self._transport.is_open:
            self._transport.discard_input()
        else:
            self._transport.open()
        self._buffer.clear()

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()
        self._buffer.clear()

    def _fill(self, timeout_s: float) -> bool:
        """Read what has come; False on silence."""
        received = self._transport.read(timeout_s=max(timeout_s, 0.0))
        self._buffer += received
        if len(self._buffer) > BUFFER_MAX:
            raise ProtocolError(f"{self.name}: the terminal floods the line")
        return bool(received)


class TcpLink(_BaseLink):
    """ZVT over TCP, where APDUs follow each other without frames."""

    def send(self, apdu: Apdu) -> None:
        """Send one message."""
        self._transport.write(apdu.encode())

    def receive(self, timeout_s: float) -> Apdu | None:
        """Return the next message, None on silence."""
        deadline_s = self._clock() + timeout_s
        while True:
            if self._buffer and self._buffer[0] not in _CLASSES:
                raise ProtocolError(f"{self.name}: not ZVT: {bytes(self._buffer[:16]).hex(' ')}")
            taken = take_apdu(self._buffer)
            if taken is not None:
                del self._buffer[: taken[1]]
                return taken[0]
            left_s = deadline_s - self._clock()
            if not self._fill(left_s) and left_s <= 0:
                return None


class SerialLink(_BaseLink):
    """ZVT over a serial line: each frame is answered by ACK or NAK, at most three attempts."""

    def send(self, apdu: Apdu) -> None:
        """Send one message and wait for the line's ACK."""
        frame = encode_frame(apdu.encode())
        for _ in range(ATTEMPTS_MAX):
            self._transport.write(frame)
            try:
                is_acknowledged = self._await_ack()
            except TransportError as error:
                # Lost while waiting: the frame is out and may have arrived.
                error.sent_bytes = len(frame)
                raise
            if is_acknowledged:
                return
        raise Timeout(f"{self.name}: no ACK in {ATTEMPTS_MAX} attempts", sent_bytes=len(frame))

    def receive(self, timeout_s: float) -> Apdu | None:
        """Return the next message, None on silence; damaged frames are asked for again."""
        deadline_s = self._clock() + timeout_s
        faults = 0
        while True:
            try:
                taken = take_frame(self._buffer)
            except FrameError as error:
                del self._buffer[: error.used]
                faults += 1
                if faults >= ATTEMPTS_MAX:
                    raise
                self._transport.write(bytes((NAK,)))
                continue
            if taken is not None:
                del self._buffer[: taken[1]]
                self._transport.write(bytes((ACK,)))
                return decode_apdu(taken[0])
            left_s = deadline_s - self._clock()
            if not self._fill(left_s) and left_s <= 0:
                return None

    def _await_ack(self) -> bool:
        deadline_s = self._clock() + ACK_TIMEOUT_S
        while True:
            while self._buffer and self._buffer[0] != DLE:
                byte = self._buffer.pop(0)
                if byte in (ACK, NAK):
                    return byte == ACK
            if self._buffer:
                # The terminal's next frame came before its ACK was seen: it has our message.
                return True
            left_s = deadline_s - self._clock()
            if not self._fill(left_s) and left_s <= 0:
                return False
