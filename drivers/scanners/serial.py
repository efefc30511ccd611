"""Scanners on a serial line or USB-COM: codes cut out of the byte stream, hot plug survived.

The scanner says when a code ends by a suffix, CR or LF as a rule (as their manuals say); one that is
set up without a suffix is understood by the silence after a code.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.errors import TransportError
from drivers.api.scanner import Scan, Source
from drivers.scanners.codes import split_aim
from drivers.scanners.gs1 import GS
from drivers.transport.base import Transport

CODE_BYTES_MAX = 4096
_CONTROL_ENDS = b"\r\n\t"
_PATIENCE = 5  # times the silence for a scanner that is known to send line ends


@dataclass(frozen=True, slots=True)
class SerialScannerOptions:
    r"""Settings of a serial scanner.

    Attributes:
        prefix: characters in front of each code that are dropped; a code without them is taken too.
        suffix: characters that end a code; '' means CR, LF or TAB, whichever comes.
        separator: what the scanner sends in the place of GS; '' it sends GS itself.
        silence_s: a code without a suffix ends after so much silence.
        encoding: of the characters; what does not fit is read as Windows-1251.
    """

    prefix: str = ""
    suffix: str = ""
    separator: str = ""
    silence_s: float = 0.1
    encoding: str = "utf-8"


class SerialScanner:
    """`Scanner` over a transport; see there for order of calls."""

    def __init__(
        self,
        transport: Transport,
        options: SerialScannerOptions | None = None,
        *,
        device_id: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._options = options or SerialScannerOptions()
        self._device_id = device_id
        self._clock = clock
        self._buffer = bytearray()
        self._last_s = 0.0
        self._sends_ends = False

    def open(self) -> None:
        """Take the port; what was half read before is forgotten."""
        if not self._transport.is_open:
            self._buffer.clear()
            self._sends_ends = False
            self._transport.open()

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def read(self, timeout_s: float) -> list[Scan]:
        """Wait for bytes and return the codes that are complete."""
        # Half a code is waited for no longer than the silence that would end it.
        wait_s = min(timeout_s, self._options.silence_s) if self._buffer else timeout_s
        try:
            received = self._transport.read(timeout_s=wait_s)
        except TransportError:
            self.close()
            raise
        if received:
            self._buffer += received
            self._last_s = self._clock()
        scans = [self._scan(data) for data in self._cut() if data]
        return [scan for scan in scans if scan.text]

    def _cut(self) -> list[bytes]:
        """Take every complete code off the buffer."""
        pieces = self._split_at_ends()
        rest = pieces.pop()
        self._sends_ends = self._sends_ends or bool(pieces)
        # A slow radio link must not cut a code in two where an end is to be expected.
        silence_s = self._options.silence_s * (_PATIENCE if self._sends_ends else 1)
        is_silent = self._clock() - self._last_s >= silence_s
        if rest and (is_silent or len(rest) > CODE_BYTES_MAX):
            # Too long without an end is no code; silence is the end of a scanner without a suffix.
            if len(rest) <= CODE_BYTES_MAX:
                pieces.append(rest)
            rest = b""
        self._buffer[:] = rest
        return [piece for piece in pieces if len(piece) <= CODE_BYTES_MAX]

    def _split_at_ends(self) -> list[bytes]:
        data = bytes(self._buffer)
        if self._options.suffix:
            return data.split(self._options.suffix.encode(self._options.encoding))
        for end in _CONTROL_ENDS:
            data = data.replace(bytes((end,)), b"\n")
        return data.split(b"\n")

    def _scan(self, data: bytes) -> Scan:
        try:
            text = data.decode(self._options.encoding)
        except UnicodeDecodeError:
            text = data.decode("cp1251", errors="replace")
        text = text.removeprefix(self._options.prefix).strip("\r\n\0")
        if self._options.separator:
            text = text.replace(self._options.separator, GS)
        symbology, text = split_aim(text)
        return Scan(text, Source.SERIAL, symbology, self._clock(), self._device_id)
