"""A serial scanner on a pseudo-terminal: told what to scan, it sends the bytes; it can be unplugged.

As a program: `python -m drivers.sim.scanner --link /tmp/scanner` prints the port's path as a JSON
line and then sends each line of its input as one code.
"""

import argparse
import contextlib
import enum
import json
import os
import sys
import threading
from pathlib import Path

from drivers.api.errors import NotSupported

with contextlib.suppress(ImportError):  # Windows has neither; `plug` says so there
    import pty
    import tty


_GS = b"\x1d"
_GARBAGE = bytes.fromhex("FF00FE80D0")
_BYTE_S = 0.02


class Fault(enum.Enum):
    """How the scanner misbehaves."""

    SILENT = "silent"  # reads the code and sends nothing
    NO_SUFFIX = "no-suffix"  # set up to send the bare code
    SLOW = "slow"  # byte by byte, as over a bad radio link
    CUT = "cut"  # the second half of a code is lost, the suffix comes
    GS_LOST = "gs-lost"  # set up for a keyboard: separators are left out
    GARBAGE = "garbage"  # wrong speed: other bytes
    DOUBLE = "double"  # each code twice
    UNPLUG = "unplug"  # the cable is pulled in the middle of a code


class ScannerSimulator:
    """A scanner with a port. Order: ``plug -> scan* -> unplug -> plug ...``; any thread.

    Args:
        link: path of a symbolic link to the port, so that the address stays over a new plug.
        suffix: sent after each code.
        prefix: sent before each code.
        fault: what goes wrong with every scan.
    """

    def __init__(
        self,
        link: Path | None = None,
        *,
        suffix: bytes = b"\r",
        prefix: bytes = b"",
        fault: Fault | None = None,
    ) -> None:
        self.fault = fault
        self._link = link
        self._suffix = suffix
        self._prefix = prefix
        self._lock = threading.Lock()
        self._pause = threading.Event()  # never set: a wait that needs no clock
        self._master: int | None = None
        self._slave: int | None = None
        self.path = str(link or "")

    def plug(self) -> None:
        """Make the port appear."""
        if sys.platform == "win32":
            raise NotSupported("pseudo-terminals need a POSIX system")
        with self._lock:
            self._master, self._slave = pty.openpty()
            tty.setraw(self._slave)
            port = os.ttyname(self._slave)
            if self._link is None:
                self.path = port
                return
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(port)

    def unplug(self) -> None:
        """Make the port vanish, as a pulled cable does. Repeatable."""
        with self._lock:
            if self._link is not None:
                self._link.unlink(missing_ok=True)
            for descriptor in (self._master, self._slave):
                if descriptor is not None:
                    os.close(descriptor)
            self._master = self._slave = None

    def scan(self, *codes: str) -> None:
        """Send codes one right after the other, with the fault if there is one."""
        if self.fault is Fault.SLOW:
            for byte in b"".join(map(self._bytes_of, codes)):
                self.send(bytes((byte,)))
                self._pause.wait(_BYTE_S)
        elif self.fault is Fault.UNPLUG:
            whole = self._bytes_of(codes[0])
            self.send(whole[: len(whole) // 2])
            self.unplug()
        elif self.fault is not Fault.SILENT:
            self.send(b"".join(map(self._bytes_of, codes)))

    def _bytes_of(self, code: str) -> bytes:
        data, suffix = code.encode(), self._suffix
        if self.fault is Fault.NO_SUFFIX:
            suffix = b""
        elif self.fault is Fault.CUT:
            data = data[: len(data) // 2]
        elif self.fault is Fault.GS_LOST:
            data = data.replace(_GS, b"")
        elif self.fault is Fault.GARBAGE:
            return _GARBAGE * 2
        whole = self._prefix + data + suffix
        return whole * 2 if self.fault is Fault.DOUBLE else whole

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        with self._lock:
            if self._master is None:
                raise BrokenPipeError("the simulated scanner is not plugged in")
            while data:
                data = data[os.write(self._master, data) :]


def main(arguments: list[str] | None = None) -> int:
    """Send the lines of the input as codes until it ends."""
    parser = argparse.ArgumentParser(prog="python -m drivers.sim.scanner", description=__doc__)
    parser.add_argument("--link", type=Path, help="keep a symbolic link to the port here")
    simulator = ScannerSimulator(parser.parse_args(arguments).link)
    simulator.plug()
    try:
        sys.stdout.write(json.dumps({"path": simulator.path}) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            simulator.scan(line.rstrip("\n"))
    except KeyboardInterrupt:
        return 130
    finally:
        simulator.unplug()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
