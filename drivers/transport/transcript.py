"""Record and replay what goes over a wire, as text that a person can read and edit.

One line a write or a read::

    # free comment
    > 10 04 01          bytes to the device (hex, blanks free)
    < 16                bytes from the device
    < -                 silence: the read ended with nothing
    ! lost              the connection broke here

Replay joins neighbouring ``>`` lines: how the driver cuts its writes does not matter, the bytes do.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TextIO

from drivers.api.errors import ConnectionLost, NotConnected, ProtocolError
from drivers.transport.base import (
    READ_SIZE_MAX,
    READ_TIMEOUT_S,
    WRITE_TIMEOUT_S,
    Transport,
    hand_over,
)

_SILENCE = "-"
_LOST = "lost"


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line: ``>`` to the device, ``<`` from it (empty data: silence), ``!`` loss."""

    direction: Literal[">", "<", "!"]
    data: bytes = b""

    def line(self) -> str:
        """The entry as it stands in the file, without the line end."""
        if self.direction == "!":
            return f"! {_LOST}"
        return f"{self.direction} {self.data.hex(' ') if self.data else _SILENCE}"


def parse_transcript(lines: Iterable[str]) -> tuple[Entry, ...]:
    """Read a transcript; blank lines and ``#`` comments (also at line ends) are skipped.

    Raises:
        ValueError: a line is none of the four kinds; the message has its number.
    """
    entries = []
    for number, raw in enumerate(lines, 1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        direction, rest = line[0], line[1:].strip()
        if direction == "!" and rest == _LOST:
            entries.append(Entry("!"))
        elif direction == ">":
            entries.append(Entry(">", bytes.fromhex(rest)))
        elif direction == "<":
            entries.append(Entry("<", b"" if rest == _SILENCE else bytes.fromhex(rest)))
        else:
            raise ValueError(f"transcript line {number}: {raw!r}")
    return tuple(entries)


def load_transcript(path: Path) -> tuple[Entry, ...]:
    """Read a transcript file (UTF-8)."""
    return parse_transcript(path.read_text(encoding="utf-8").splitlines())


class RecordingTransport:
    """Passes everything on to another transport and writes each call to a text stream."""

    def __init__(self, inner: Transport, stream: TextIO) -> None:
        self._inner = inner
        self._stream = stream

    @property
    def name(self) -> str:
        """Name of the inner transport."""
        return self._inner.name

    @property
    def is_open(self) -> bool:
        """State of the inner transport."""
        return self._inner.is_open

    @property
    def can_read(self) -> bool:
        """Ability of the inner transport."""
        return self._inner.can_read

    def open(self) -> None:
        """Open the inner transport."""
        self._inner.open()

    def close(self) -> None:
        """Close the inner transport; the stream stays with its owner."""
        self._inner.close()

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Record, then write; a break is recorded too."""
        self._put(Entry(">", data))
        try:
            self._inner.write(data, timeout_s)
        except ConnectionLost:
            self._put(Entry("!"))
            raise

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Read and record; silence and a break are recorded too."""
        try:
            data = self._inner.read(size_max, timeout_s)
        except ConnectionLost:
            self._put(Entry("!"))
            raise
        self._put(Entry("<", data))
        return data

    def discard_input(self) -> None:
        """Discard in the inner transport; what is thrown away is no part of the talk."""
        self._inner.discard_input()

    def hand_over(self) -> None:
        """Hand over in the inner transport, if it collects; no bytes, so no part of the talk."""
        hand_over(self._inner)

    def _put(self, entry: Entry) -> None:
        self._stream.write(entry.line() + "\n")
        self._stream.flush()


class ReplayTransport:
    """Plays the device's part of a transcript and insists on the driver's part, byte by byte."""

    can_read = True

    def __init__(self, entries: Sequence[Entry], *, name: str = "transcript") -> None:
        self.name = name
        self._entries = list(entries)
        self._offset = 0
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether open() was called and no loss was played."""
        return self._is_open

    @property
    def is_finished(self) -> bool:
        """Whether every entry was played."""
        return not self._entries

    def open(self) -> None:
        """Begin, or go on after a close."""
        self._is_open = True

    def close(self) -> None:
        """Stop; the place in the transcript is kept."""
        self._is_open = False

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:  # noqa: ARG002 - protocol
        """Compare with the transcript.

        Raises:
            ProtocolError: the driver wrote something else than recorded.
        """
        self._require_open()
        sent = 0
        while sent < len(data):
            self._play_loss(sent)
            if not self._entries or self._entries[0].direction != ">":
                raise ProtocolError(f"{self.name}: wrote {data[sent:].hex(' ')}, a read was due")
            expected = self._entries[0].data[self._offset :]
            part = data[sent : sent + len(expected)]
            if part != expected[: len(part)]:
                raise ProtocolError(
                    f"{self.name}: wrote {part.hex(' ')}, recorded {expected.hex(' ')}"
                )
            sent += len(part)
            self._advance(len(part))

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:  # noqa: ARG002 - protocol
        """Give the recorded answer; silence when the driver's turn is next."""
        self._require_open()
        self._play_loss(0)
        if not self._entries or self._entries[0].direction != "<":
            return b""
        data = self._entries[0].data[self._offset : self._offset + size_max]
        self._advance(len(data))
        return data

    def discard_input(self) -> None:
        """Nothing waits here: answers are given only when read."""

    def _advance(self, count: int) -> None:
        self._offset += count
        if self._offset >= len(self._entries[0].data):
            del self._entries[0]
            self._offset = 0

    def _play_loss(self, sent_bytes: int) -> None:
        if self._entries and self._entries[0].direction == "!":
            del self._entries[0]
            self._is_open = False
            raise ConnectionLost(f"{self.name}: recorded loss", sent_bytes=sent_bytes)

    def _require_open(self) -> None:
        if not self._is_open:
            raise NotConnected(f"{self.name}: not open")
