"""win32print under Wine: each call goes to a Windows program that makes it, see ``winspool_bridge.c``.

Names, arguments, results and errors are those of pywin32 (win32print, pywintypes.error), as far as the transport and the
search use them.
"""

import json
import os
import selectors
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Any

ANSWER_S = 120.0
"""A first call starts Wine's own services; on a busy machine that takes a while."""


class SpoolerError(Exception):
    """As pywintypes.error: code of Windows, function of win32print, message; the code as ``winerror`` too."""

    def __init__(self, code: int, function: str, message: str) -> None:
        super().__init__(code, function, message)
        self.winerror = code
        self.funcname = function
        self.strerror = message


class BridgeBroken(Exception):  # noqa: N818 - reads as a fact
    """The program ended, kept silent or did not understand: a fault of the bridge, not of the spooler."""


class Win32PrintBridge:
    """win32print's functions, made by a program under Wine. Calls from several threads wait for each other.

    Args:
        command: starts the program.
        environment: its environment, all of it.

    Attributes:
        refusals: codes and functions of the errors that Windows gave, in order.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.refusals: list[tuple[int, str]] = []
        self._lock = threading.Lock()
        self._rest = b""
        self._program = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )

    def stop(self) -> None:
        """End the program; repeatable."""
        if self._program.stdin is not None:
            self._program.stdin.close()
        try:
            self._program.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
        if self._program.stdout is not None:
            self._program.stdout.close()

    # -- win32print ------------------------------------------------------------------------------------

    def OpenPrinter(self, name: str) -> int:  # noqa: N802 - as pywin32
        """Open a printer with the rights to use it."""
        return int(self._call("OpenPrinter", _text(name)))

    def ClosePrinter(self, handle: int) -> None:  # noqa: N802 - as pywin32
        """Close it."""
        self._call("ClosePrinter", str(handle))

    def GetPrinter(self, handle: int, level: int) -> dict[str, Any]:  # noqa: N802 - as pywin32
        """PRINTER_INFO_2 as a dictionary, without device mode and security descriptor."""
        assert level == 2, "the bridge knows this level only"
        return dict(self._call("GetPrinter", str(handle)))

    def EnumPrinters(  # noqa: N802 - as pywin32
        self, flags: int, name: str | None, level: int
    ) -> tuple[dict[str, Any], ...]:
        """All printers, as GetPrinter tells them."""
        assert level == 2, "the bridge knows this level only"
        return tuple(self._call("EnumPrinters", str(flags), _text(name)))

    def StartDocPrinter(  # noqa: N802 - as pywin32
        self, handle: int, level: int, info: tuple[str, str | None, str]
    ) -> int:
        """Begin a job; gives its number."""
        assert level == 1, "there is no other"
        return int(self._call("StartDocPrinter", str(handle), *(_text(text) for text in info)))

    def EndDocPrinter(self, handle: int) -> None:  # noqa: N802 - as pywin32
        """End the job and give it to the queue."""
        self._call("EndDocPrinter", str(handle))

    def AbortPrinter(self, handle: int) -> None:  # noqa: N802 - as pywin32
        """Drop the job."""
        self._call("AbortPrinter", str(handle))

    def StartPagePrinter(self, handle: int) -> None:  # noqa: N802 - as pywin32
        """Begin a page."""
        self._call("StartPagePrinter", str(handle))

    def EndPagePrinter(self, handle: int) -> None:  # noqa: N802 - as pywin32
        """End a page."""
        self._call("EndPagePrinter", str(handle))

    def WritePrinter(self, handle: int, data: bytes) -> int:  # noqa: N802 - as pywin32
        """Add to the job; gives how much was taken."""
        return int(self._call("WritePrinter", str(handle), data.hex() or "-"))

    # -- the wire --------------------------------------------------------------------------------------

    def _call(self, *words: str) -> Any:
        """Send one line, read one.

        Raises:
            SpoolerError: Windows refused. BridgeBroken: there is no sensible answer.
        """
        with self._lock:
            stdin = self._program.stdin
            assert stdin is not None
            try:
                _write_all(stdin.fileno(), " ".join(words).encode() + b"\n")
            except OSError as error:
                raise BridgeBroken(f"{words[0]}: {error}") from error
            answer = json.loads(self._line(words[0]))
        if "error" in answer:
            code, function, message = answer["error"]
            self.refusals.append((code, function))
            raise SpoolerError(code, function, message)
        if "value" not in answer:
            raise BridgeBroken(str(answer))
        return answer["value"]

    def _line(self, function: str) -> bytes:
        stdout = self._program.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(ANSWER_S):
                    raise BridgeBroken(f"{function}: no answer in {ANSWER_S:.0f} s")
                data = os.read(stdout.fileno(), 65536)
                if not data:
                    raise BridgeBroken(f"{function}: the program ended")
                self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _text(text: str | None) -> str:
    """A text as the program reads it; an empty one has no spelling and is not needed."""
    assert text is None or text, "an empty text"
    return "-" if text is None else text.encode().hex()
