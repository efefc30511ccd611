"""A simulated customer display on a pseudo-terminal: keeps the picture of 2 x 20, and misbehaves.

It reads the four command sets apart from the drivers. As a program: `python -m drivers.sim.display
cd5220` prints its port as a JSON line, and the picture again whenever it changes; see `obey` for orders.
"""

import argparse
import enum
import json
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from typing_extensions import override

from drivers.sim.cabled import CabledSimulator
from drivers.sim.escpos_links import Link
from drivers.sim.orders import Act, run_program, take_orders

_COLUMNS = 20
_READ_MAX = 4096
_CELLS = 2 * _COLUMNS


class DisplayFault(enum.StrEnum):
    """What goes wrong."""

    STUCK = "stuck"
    DEAD = "dead"
    WRONG_CODE_PAGE = "wrong-code-page"
    LOSES_BYTES = "loses-bytes"


@dataclass
class Screen:
    """What the guest sees.

    Attributes:
        cells: bytes of both lines.
        cursor: place of the next sign, 0 to 39.
        russian: the code page is CP866.
        brightness: 1 to 4.
        running: text that runs through the upper line.
    """

    cells: bytearray = field(default_factory=lambda: bytearray(b" " * _CELLS))
    cursor: int = 0
    russian: bool = False
    brightness: int = 4
    running: bytes = b""

    def clear(self) -> None:
        """Blank both lines and stop what runs."""
        self.cells[:] = b" " * _CELLS
        self.cursor, self.running = 0, b""

    def reset(self) -> None:
        """As at power-on."""
        self.clear()
        self.russian, self.brightness = False, 4

    def put(self, byte: int) -> None:
        """Write a sign and move on; behind the last place comes the first."""
        self.cells[self.cursor] = byte
        self.cursor = (self.cursor + 1) % _CELLS

    def put_line(self, row: int, text: bytes) -> None:
        """Write a whole line."""
        self.cells[row * _COLUMNS : (row + 1) * _COLUMNS] = text[:_COLUMNS].ljust(_COLUMNS)

    def lines(self) -> tuple[str, str]:
        """Both lines as read by a person; without Russian the upper half shows other letters."""
        page = "cp866" if self.russian else "cp437"
        text = bytes(self.cells).decode(page)
        return text[:_COLUMNS], text[_COLUMNS:]


Action = Callable[[Screen, "re.Match[bytes]"], None]


def _place(screen: Screen, place: int) -> None:
    if 0 <= place < _CELLS:
        screen.cursor = place


def _run(screen: Screen, match: "re.Match[bytes]") -> None:
    screen.running = match[1]
    screen.put_line(0, match[1])


def _dim(screen: Screen, level: int) -> None:
    if 1 <= level <= 4:
        screen.brightness = level


def _pass(_screen: Screen, _match: "re.Match[bytes]") -> None:
    """Take a command that changes nothing to be seen (cursor, mode)."""


def _select(screen: Screen, *, russian: bool) -> None:
    screen.russian = russian


_COMMON: tuple[tuple[bytes, Action], ...] = (
    (rb"\x1b@", lambda screen, _: screen.reset()),
    (rb"\x0c", lambda screen, _: screen.clear()),
)
# Command sets: those of public drivers of such displays; patterns of whole commands, first match wins.
_SETS: Mapping[str, tuple[tuple[bytes, Action], ...]] = {
    "cd5220": (
        *_COMMON,
        (rb"\x1bQA([^\r]*)\r", lambda screen, match: screen.put_line(0, match[1])),
        (rb"\x1bQB([^\r]*)\r", lambda screen, match: screen.put_line(1, match[1])),
        (rb"\x1bQD([^\r]*)\r", _run),
        (rb"\x1bc(.)", lambda screen, match: _select(screen, russian=match[1] == b"R")),
        (rb"\x1b\*(.)", lambda screen, match: _dim(screen, match[1][0])),
        (rb"\x1b_(.)", _pass),
        (
            rb"\x1bl(.)(.)",
            lambda screen, match: _place(screen, match[1][0] - 1 + _COLUMNS * (match[2][0] - 1)),
        ),
    ),
    "epson": (
        *_COMMON,
        (
            rb"\x1f\$(.)(.)",
            lambda screen, match: _place(screen, match[1][0] - 1 + _COLUMNS * (match[2][0] - 1)),
        ),
        (rb"\x1bt(.)", lambda screen, match: _select(screen, russian=match[1] in b"\x06\x11")),
        (rb"\x1fX(.)", lambda screen, match: _dim(screen, match[1][0])),
        (rb"\x1fC(.)", _pass),
        (rb"\x1f[\x01-\x03]", _pass),
    ),
    "dsp800": (
        (rb"\x04\x01%\x17", lambda screen, _: screen.reset()),
        (rb"\x04\x01C(.)(.)\x17", lambda screen, _: screen.clear()),
        (rb"\x04\x01P(.)\x17", lambda screen, match: _place(screen, match[1][0] - 0x31)),
        (rb"\x04\x01I(.)\x17", lambda screen, match: _select(screen, russian=match[1] == b"<")),
        (rb"\x04\x01A(.)\x17", lambda screen, match: _dim(screen, match[1][0] - 0x30)),
    ),
    "datecs": (
        *_COMMON,
        (rb"\x1bH(.)", lambda screen, match: _place(screen, match[1][0])),
        (rb"\x1bt(.)", lambda screen, match: _select(screen, russian=match[1] == b"\x01")),
    ),
}
COMMAND_SETS = tuple(_SETS)
_LEADS = b"\x04\x1b\x1f"
_COMMAND_MAX = 64


class DisplaySimulator(CabledSimulator):
    """A display. Order: ``start -> (fault | unplug | plug)* -> stop``; any thread.

    Args:
        command_set: one of `COMMAND_SETS`.
        link: a pseudo-terminal without it.
        path: symbolic link to the pseudo-terminal, so that the address stays over a new plug.
        on_change: told both lines after each change, on the simulator's thread.
    """

    def __init__(
        self,
        command_set: str = "cd5220",
        link: Link | None = None,
        *,
        path: Path | None = None,
        on_change: Callable[[tuple[str, str]], None] | None = None,
    ) -> None:
        self.screen = Screen()
        self.unknown: list[bytes] = []
        self.received_bytes = 0
        self.fault: DisplayFault | None = None
        self._commands = [(re.compile(p, re.DOTALL), do) for p, do in _SETS[command_set]]
        self._on_change = on_change
        self._changed = threading.Condition()
        super().__init__("sim-display", link, path)

    @property
    def lines(self) -> tuple[str, str]:
        """What the guest reads."""
        if self.fault is DisplayFault.WRONG_CODE_PAGE:
            self.screen.russian = False
        return self.screen.lines()

    @override
    def unplug(self) -> None:
        """Pull the cable: the port vanishes, and with it the picture."""
        super().unplug()
        self.screen.reset()

    def wait_for(self, wanted: Callable[["DisplaySimulator"], bool], timeout_s: float) -> bool:
        """Wait until the screen is as wanted; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: wanted(self), timeout_s)

    @override
    def _serve(self) -> None:
        rest = b""
        while True:
            while self.fault is DisplayFault.STUCK and not self._ending.wait(0.01):
                pass
            received = self._link.read(_READ_MAX)
            if not received:
                return
            if self.fault is DisplayFault.LOSES_BYTES:
                received = received[:-1]
            before = self.screen.lines()
            with self._changed:
                if self.fault is not DisplayFault.DEAD:
                    rest = self._hear(rest + received)
                self.received_bytes += len(received)
                self._changed.notify_all()
            if self._on_change is not None and self.screen.lines() != before:
                self._on_change(self.screen.lines())

    def _hear(self, data: bytes) -> bytes:
        """Carry out whole commands; returns what may still become one."""
        while data:
            for pattern, action in self._commands:
                match = pattern.match(data)
                if match:
                    action(self.screen, match)
                    data = data[match.end() :]
                    break
            else:
                if data[0] in _LEADS:
                    if len(data) < _COMMAND_MAX:
                        return data
                    self.unknown.append(data[:2])
                elif data[0] >= 0x20:
                    self.screen.put(data[0])
                data = data[1:]
        return b""


def obey(
    simulator: DisplaySimulator,
    pictures: Sequence[Sequence[str]],
    orders: Iterable[str],
    answers: TextIO,
) -> None:
    """Carry out orders, one a line, until `quit` or the end.

    Args:
        simulator: The display.
        pictures: What the guest has read so far, told by `journal`.
        orders: ``fault NAME``, ``fault`` (none any more), ``unplug``, ``plug``, ``journal``.
        answers: Gets a JSON line for each.
    """

    def fault(words: list[str]) -> None:
        simulator.fault = DisplayFault(words[0]) if words else None

    acts: dict[str, Act] = {
        "fault": fault,
        "unplug": lambda _words: simulator.unplug(),
        "plug": lambda _words: simulator.plug(),
        "journal": lambda _words: {"pictures": [list(lines) for lines in list(pictures)]},
    }
    take_orders(acts, orders, answers, _dump)


def _dump(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until its input ends."""
    parser = argparse.ArgumentParser(prog="python -m drivers.sim.display", description=__doc__)
    parser.add_argument("command_set", nargs="?", default="cd5220", choices=COMMAND_SETS)
    parser.add_argument("--link", type=Path, help="keep a symbolic link to the port here")
    parser.add_argument("--quiet", action="store_true", help="do not tell each new picture")
    chosen = parser.parse_args(arguments)
    pictures: list[tuple[str, str]] = []

    def tell(value: Mapping[str, object]) -> None:
        sys.stdout.write(f"{_dump(value)}\n")
        sys.stdout.flush()

    def on_change(lines: tuple[str, str]) -> None:
        pictures.append(lines)
        if not chosen.quiet:
            tell({"lines": list(lines)})

    simulator = DisplaySimulator(chosen.command_set, path=chosen.link, on_change=on_change)
    return run_program(
        simulator,
        lambda: {"address": simulator.address},
        lambda: obey(simulator, pictures, sys.stdin, sys.stdout),
    )


if __name__ == "__main__":
    raise SystemExit(main())
