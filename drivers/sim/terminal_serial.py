"""Puts the simulated ZVT terminal on a serial line: a pseudo-terminal with frames, ACK and NAK.

The line's own faults can be ordered: a frame with a wrong check sum, an ACK that never comes. Source:
[ZVT-T] "Serial transport protocol"; frames are made here apart from the driver's.
"""

import contextlib
import os
import select
import socket
import sys
import threading

from drivers.api.errors import NotSupported

with contextlib.suppress(ImportError):  # Windows has neither; `start` says so there
    import pty
    import tty

_ACK, _NAK = b"\x06", b"\x15"
_CLASSES = (0x04, 0x05, 0x06, 0x80, 0x84)  # first bytes of a terminal's messages [ZVT]
_POLL_S = 0.05
_JOIN_TIMEOUT_S = 10.0


class SerialTerminalLine:
    """A serial port in front of a `TerminalSimulator`. Order: ``start -> stop``; any thread.

    Args:
        port: TCP port of the simulator.
    """

    def __init__(self, port: int) -> None:
        self.path = ""
        self._port = port
        self._master = -1
        self._slave = -1
        self._link: socket.socket | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sim-terminal-line", daemon=True)
        self._sent = b""
        self._damaged = 0
        self._deaf = 0

    def start(self) -> None:
        """Make the port appear and connect it with the terminal."""
        if sys.platform == "win32":
            raise NotSupported("pseudo-terminals need a POSIX system")
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._connect()
        self._thread.start()

    def stop(self) -> None:
        """Take the port away."""
        self._stopping.set()
        self._thread.join(_JOIN_TIMEOUT_S)
        for descriptor in (self._master, self._slave):
            os.close(descriptor)
        if self._link is not None:
            self._link.close()

    def damage_next(self, count: int = 1) -> None:
        """Send the next frames with a wrong check sum; asked again they come whole."""
        self._damaged = count

    def ignore_next(self, count: int = 1) -> None:
        """Answer the next frames of the till with NAK, as a terminal that read them wrongly."""
        self._deaf = count

    def _connect(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = socket.create_connection(("127.0.0.1", self._port))
        self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _run(self) -> None:
        line, answers = b"", b""
        while not self._stopping.is_set():
            assert self._link is not None
            ends: list[int] = [self._master, self._link.fileno()]
            ready = select.select(ends, [], [], _POLL_S)[0]
            if ends[0] in ready:
                line = self._take_line(line + os.read(self._master, 4096))
            if ends[1] in ready:
                answers += self._receive()
            if self._sent:
                continue  # one frame at a time: the next waits for the ACK of the last
            if answers and answers[0] not in _CLASSES:
                os.write(self._master, answers)  # noise of a broken terminal has no frame
                answers = b""
            message, answers = _cut_message(answers)
            if message:
                self._sent = frame(message)
                self._put(self._sent)

    def _receive(self) -> bytes:
        """Read from the terminal; one that hung up is called again, as a cable stays plugged in."""
        assert self._link is not None
        with contextlib.suppress(OSError):
            received = self._link.recv(4096)
            if received:
                return received
        with contextlib.suppress(OSError):
            self._connect()
        self._stopping.wait(_POLL_S)
        return b""

    def _put(self, data: bytes) -> None:
        if self._damaged > 0:
            self._damaged -= 1
            data = data[:-1] + bytes((data[-1] ^ 0xFF,))
        os.write(self._master, data)

    def _take_line(self, line: bytes) -> bytes:
        """Handle what the till sent; returns what is not complete yet."""
        while line:
            if line[:1] in (_ACK, _NAK):
                if line[:1] == _ACK:
                    self._sent = b""
                elif self._sent:
                    self._put(self._sent)
                line = line[1:]
                continue
            end = _frame_end(line)
            if end is None:
                return line
            content, line = line[:end], line[end:]
            self._take_frame(content)
        return line

    def _take_frame(self, content: bytes) -> None:
        apdu = content[2:-4].replace(b"\x10\x10", b"\x10")
        if self._deaf > 0 or frame(apdu) != content:
            self._deaf = max(self._deaf - 1, 0)
            os.write(self._master, _NAK)
            return
        self._sent = b""  # the till speaks: it has given up waiting for the rest
        os.write(self._master, _ACK)
        with contextlib.suppress(OSError):
            assert self._link is not None
            self._link.sendall(apdu)


def frame(apdu: bytes) -> bytes:
    """DLE STX, the message with DLE doubled, DLE ETX, check sum low byte first."""
    return b"\x10\x02" + apdu.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + _check_sum(apdu)


def _check_sum(apdu: bytes) -> bytes:
    """CRC-16 of the message and ETX, written with the bit-reversed textbook form of 0x1021."""
    register = 0
    for byte in (*apdu, 0x03):
        reflected = int(f"{byte:08b}"[::-1], 2)
        register ^= reflected << 8
        for _ in range(8):
            register = (register << 1 ^ (0x1021 if register & 0x8000 else 0)) & 0xFFFF
    return int(f"{register:016b}"[::-1], 2).to_bytes(2, "little")


def _frame_end(line: bytes) -> int | None:
    """Where the first frame ends, its check sum included; None while it is not complete."""
    position = 2
    while position + 1 < len(line):
        if line[position] != 0x10:
            position += 1
        elif line[position + 1] == 0x03:
            return position + 4 if position + 4 <= len(line) else None
        else:
            position += 2
    return None


def _cut_message(data: bytes) -> tuple[bytes, bytes]:
    """Cut the first whole message off the terminal's bytes."""
    if len(data) < 3:
        return b"", data
    end = 3 + data[2]
    if data[2] == 0xFF:
        end = 5 + int.from_bytes(data[3:5], "little") if len(data) >= 5 else len(data) + 1
    return (data[:end], data[end:]) if len(data) >= end else (b"", data)
