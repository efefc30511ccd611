"""Frames with ACK and NAK over a transport. Source: [Clients], flow and time-outs.

The till sends a frame and gets ACK or NAK; then the terminal sends frames, each answered by ACK, and
EOT ends the talk.
"""

import contextlib
import enum
import time
from collections.abc import Callable

from drivers.api.errors import DeviceBusy, ProtocolError, Timeout, TransportError
from drivers.terminals.inpas.codec import (
    ACK,
    BODY_MAX,
    EOT,
    NAK,
    STX,
    FrameError,
    Message,
    decode,
    take_frame,
)
from drivers.transport.base import Transport

ACK_TIMEOUT_S = 5.0
END_WAIT_S = 0.3
ATTEMPTS_MAX = 3
_BUFFER_MAX = 4 * BODY_MAX
_NOISE_MAX = 4096


class Control(enum.Enum):
    """A single byte of the line."""

    ACK = ACK
    NAK = NAK
    EOT = EOT


class InpasLink:
    """One talk at a time. One thread. Order: ``open -> (send | receive)* -> close``.

    Args:
        transport: TCP or serial.
        ack_timeout_s: until the terminal acknowledges a frame.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        ack_timeout_s: float = ACK_TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = transport.name
        self._transport = transport
        self._ack_timeout_s = ack_timeout_s
        self._clock = clock
        self._buffer = bytearray()

    @property
    def is_open(self) -> bool:
        """Whether the transport is open."""
        return self._transport.is_open

    def open(self) -> None:
        """Open the transport and forget what came late; a dead peer is noticed here."""
        if self._transport.is_open:
            self._transport.discard_input()
        else:
            self._transport.open()
        self._buffer.clear()

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()
        self._buffer.clear()

    def send(self, frame: bytes) -> None:
        """Send a frame and wait for its ACK; one that was not understood is sent again.

        Raises:
            DeviceBusy: the terminal did not take it: nothing has begun.
            Timeout: no word came; `sent_bytes` says that it may have it.
        """
        for _ in range(ATTEMPTS_MAX):
            self._transport.write(frame)
            try:
                answer = self._await_control(frame)
            except TransportError as error:
                # Lost while waiting: the frame is out and may have arrived.
                error.sent_bytes = len(frame)
                raise
            if answer is Control.ACK:
                return
        raise DeviceBusy(f"{self.name}: the terminal understood nothing in {ATTEMPTS_MAX} attempts")

    def receive(self, timeout_s: float) -> Message | Control | None:
        """Return the next frame, or EOT, None on silence; damaged frames are asked for again.

        Raises:
            ProtocolError: what comes is no talk of this protocol.
        """
        deadline_s = self._clock() + timeout_s
        faults = 0
        while True:
            try:
                taken = self._take()
            except FrameError as error:
                del self._buffer[: error.used]
                faults += 1
                if faults >= ATTEMPTS_MAX:
                    raise
                self._transport.write(bytes((NAK,)))
                continue
            if taken is not None:
                return taken
            left_s = deadline_s - self._clock()
            if not self._fill(left_s) and left_s <= 0:
                return None

    def finish(self) -> None:
        """Acknowledge the last frame and wait a moment for the terminal's EOT, never longer."""
        with contextlib.suppress(TransportError, ProtocolError):
            # After the last frame it has ended, whatever becomes of the link.
            self.acknowledge()
            self.receive(END_WAIT_S)

    def acknowledge(self) -> None:
        """Send ACK."""
        self._transport.write(bytes((ACK,)))

    def end(self) -> None:
        """Send EOT: the till gives the running operation up."""
        self._transport.write(bytes((EOT,)))

    def _take(self) -> Message | Control | None:
        while self._buffer:
            first = self._buffer[0]
            if first == STX:
                taken = take_frame(self._buffer)
                if taken is None:
                    return None
                del self._buffer[: taken[1]]
                return decode(taken[0])
            del self._buffer[0]
            if first == EOT:
                return Control.EOT
            if first not in (ACK, NAK):
                raise ProtocolError(f"{self.name}: {first:02X} is no part of this protocol")
        return None

    def _await_control(self, frame: bytes) -> Control:
        deadline_s = self._clock() + self._ack_timeout_s
        noise = 0
        while True:
            while self._buffer:
                if self._buffer[0] == STX:
                    # The terminal's first frame came before its ACK was seen: it has our request.
                    return Control.ACK
                byte = self._buffer.pop(0)
                if byte in (ACK, NAK):
                    return Control(byte)
                # An EOT may be the late end of the talk before: only silence may follow a refusal.
                noise += 1
                if noise > _NOISE_MAX:
                    raise ProtocolError(f"{self.name}: noise in place of an answer")
            left_s = deadline_s - self._clock()
            if not self._fill(left_s) and left_s <= 0:
                raise Timeout(f"{self.name}: no ACK", sent_bytes=len(frame))

    def _fill(self, timeout_s: float) -> bool:
        """Read what has come; False on silence."""
        received = self._transport.read(timeout_s=max(timeout_s, 0.0))
        self._buffer += received
        if len(self._buffer) > _BUFFER_MAX:
            raise ProtocolError(f"{self.name}: the terminal floods the line")
        return bool(received)
