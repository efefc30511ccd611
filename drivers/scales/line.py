"""Questions and answers over a transport: frames cut out of what comes, noise and silence survived."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.errors import ProtocolError, Timeout
from drivers.transport.base import Transport

BUFFER_MAX = 4096
"""More bytes without a frame are another device talking, or the wrong speed."""
ATTEMPTS = 2
"""A question to a scale changes nothing: a damaged or lost answer is asked for once more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a codec cut off the front of the bytes.

    Attributes:
        used: bytes that are done with; 0 means that more must come.
        body: a whole frame that passed its check, else None.
        damaged: there was a frame, and its check failed.
        refused: the device said that it could not read our frame.
    """

    used: int
    body: bytes | None = None
    damaged: bool = False
    refused: bool = False


MORE = Piece(0)
Cutter = Callable[[bytes], Piece]
"""Pure: takes all that has come and was not used, returns the first piece of it."""


class Line:
    """One scale's line. One thread.

    Args:
        transport: opened and closed by the driver.
        timeout_s: for one answer.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = transport.name
        self._transport = transport
        self._timeout_s = timeout_s
        self._clock = clock

    def ask(self, request: bytes, cut: Cutter, *, attempts: int = ATTEMPTS) -> bytes:
        """Send a question and return the body of the answer.

        Raises:
            Timeout: nothing, or no whole frame, came. ProtocolError: frames came and none was whole,
                or there was noise only. TransportError: the line is lost.
        """
        for left in range(attempts - 1, -1, -1):
            try:
                return self._ask_once(request, cut)
            except (Timeout, ProtocolError):
                if not left:
                    raise
        raise AssertionError("attempts must be at least 1")

    def send(self, data: bytes) -> None:
        """Send what is not answered (an ACK, a key)."""
        self._transport.write(data)

    def _ask_once(self, request: bytes, cut: Cutter) -> bytes:
        self._transport.discard_input()
        self._transport.write(request)
        deadline_s = self._clock() + self._timeout_s
        buffer, came, damaged = b"", 0, False
        while True:
            piece = cut(buffer)
            buffer = buffer[piece.used :]
            damaged = damaged or piece.damaged
            if piece.refused:
                raise ProtocolError(f"{self.name}: the scale could not read {request.hex(' ')}")
            if piece.body is not None:
                return piece.body
            if piece.used:
                continue
            left_s = deadline_s - self._clock()
            received = self._transport.read(timeout_s=max(left_s, 0.0))
            came += len(received)
            buffer += received
            # After the time is up only what has come already is looked at, and not without end.
            if came > BUFFER_MAX or (not received and left_s <= 0):
                raise self._nothing(came, damaged=damaged)

    def _nothing(self, came: int, *, damaged: bool) -> Timeout | ProtocolError:
        if damaged:
            return ProtocolError(f"{self.name}: wrong check sum in {came} bytes")
        if came:
            return ProtocolError(f"{self.name}: {came} bytes without an answer, check the speed")
        return Timeout(f"{self.name}: no answer in {self._timeout_s} s")
