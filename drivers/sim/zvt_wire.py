"""The terminal's side of ZVT bytes, written apart from the driver so that faults do not cancel out.

Sources as in `drivers.terminals.zvt`: [ZVT] PA00P015 and [ZVT-T] PA00P016.
"""

import contextlib
import select
import socket

ACKNOWLEDGE = bytes.fromhex("800000")
BUFFER_MAX = 70_000


def message(control: str, data: bytes = b"") -> bytes:
    """Build an APDU from the hex of its control field."""
    size = len(data)
    length = bytes((size,)) if size < 255 else b"\xff" + size.to_bytes(2, "little")
    return bytes.fromhex(control) + length + data


def decimal(number: int | str, size: int) -> bytes:
    """Packed decimal digits, cut to the last `size` bytes."""
    return bytes.fromhex(str(number).rjust(size * 2, "0")[-size * 2 :])


def counted(tag: int, value: bytes, digits: int) -> bytes:
    """A bitmap with an LL or LLL length of digits F0..F9."""
    size = str(len(value)).rjust(digits, "0")
    return bytes((tag, *(0xF0 + int(digit) for digit in size))) + value


def money_fields(data: bytes) -> tuple[int, str, str]:
    """Read sum (BMP 04), currency (49) and receipt number (87) of a command; 0 and '' if absent."""
    amount, currency, receipt = 0, "", ""
    position = 0
    sizes = {0x04: 6, 0x49: 2, 0x87: 2, 0x19: 1, 0x0E: 2, 0x01: 1, 0x02: 1}
    while position < len(data) and data[position] in sizes:
        tag = data[position]
        digits = data[position + 1 : position + 1 + sizes[tag]].hex()
        position += 1 + sizes[tag]
        if tag == 0x04 and digits.isdigit():
            amount = int(digits)
        elif tag == 0x49:
            currency = digits[-3:]
        elif tag == 0x87:
            receipt = digits
    return amount, currency, receipt


class Wire:
    """One connection of a till: whole messages in and out. Used by the thread that serves it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        connection.setblocking(True)
        # Messages are short and wait for their answers: Nagle would only delay them.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def receive(self, timeout_s: float) -> bytes | None:
        """Return a whole message, None if none came.

        Raises:
            ConnectionError: the till has gone.
        """
        while True:
            taken = self._take()
            if taken is not None:
                return taken
            if not select.select([self._connection], [], [], timeout_s)[0]:
                return None
            received = self._connection.recv(4096)
            if not received or len(self._buffer) > BUFFER_MAX:
                raise ConnectionError("the till has gone")
            self._buffer += received

    def give_back(self, data: bytes) -> None:
        """Put a message back, to be received again."""
        self._buffer = data + self._buffer

    def drop(self) -> None:
        """Cut the connection without a word. Repeatable, any thread."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _take(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 3:
            return None
        end = 3 + buffer[2]
        if buffer[2] == 255:
            if len(buffer) < 5:
                return None
            end = 5 + int.from_bytes(buffer[3:5], "little")
        if len(buffer) < end:
            return None
        self._buffer = buffer[end:]
        return buffer[:end]
