"""The inside of a simulated printer, ESC/POS or Star: buffer, paper, sensors, drawer. No sockets, no threads.

Bytes come in by ``receive``; real-time commands act at once, the rest waits in the buffer, from which
``step`` works one command off at a time as long as nothing stops the printer. So without paper the buffer
fills, status is still answered, and printing goes on when there is paper again.
"""

import dataclasses
from collections import deque
from pathlib import Path

from PIL import Image as PillowImage

from drivers.api.printer import Paper
from drivers.printers.commands import Command, CommandParser
from drivers.printers.items import (
    BeepMark,
    CutMark,
    DrawerMark,
    Item,
    PrintedGap,
    PrintedLine,
    describe,
)
from drivers.printers.page import PageBuilder, command_set
from drivers.printers.picture import draw_items
from drivers.printers.profiles import FONT_PATH, PrinterProfile
from drivers.sim.star_board import COUNTER_MAX, star_block

_REALTIME_PULSE = 1
_TEAR_OFF = Command("tear off")
"""No command of the wire: stands in the buffer where a connection ended."""
_CUTS = frozenset({"GS V", "ESC i", "ESC m"})
_PRINTING = frozenset({"LF", "ESC d", "ESC J", "GS v", "GS k", "ESC b"})
_STAR_NOW = b"\x01"
"""``ESC ACK SOH`` asks for the state; other arguments reset."""


@dataclasses.dataclass(slots=True)
class MachineState:
    """The switches a test or a person turns while it runs.

    Attributes:
        paper: the roll.
        cover_open: the cover.
        cutter_error: the knife is jammed.
        head_hot: the head is too hot; it would recover by itself.
        offline: switched off line by its button.
        silent: takes and prints, answers nothing.
        swallow_every: each so many-th received byte is lost, as on a bad cable; 0 loses none.
        buffer_full: takes nothing more from the wire.
        line_delay_s: seconds a printed line takes.
        drawer_open: the drawer; opened by a pulse, closed by hand. Its sensor is high when open.
    """

    paper: Paper = Paper.OK
    cover_open: bool = False
    cutter_error: bool = False
    head_hot: bool = False
    offline: bool = False
    silent: bool = False
    swallow_every: int = 0
    buffer_full: bool = False
    line_delay_s: float = 0.0
    drawer_open: bool = False

    @property
    def stops(self) -> bool:
        """Whether anything keeps the printer from printing."""
        return (
            self.paper is Paper.OUT
            or self.cover_open
            or self.cutter_error
            or self.head_hot
            or self.offline
        )


@dataclasses.dataclass(frozen=True, slots=True)
class SimulatedReceipt:
    """One piece of paper, from cut to cut.

    Attributes:
        number: from 1.
        items: what stands on it.
        profile: of the printer that made it.
    """

    number: int
    items: tuple[Item, ...]
    profile: PrinterProfile

    @property
    def lines(self) -> list[str]:
        """Its text; codes, pictures and cuts in square brackets."""
        return [line for item in self.items for line in describe(item)]

    @property
    def is_cut(self) -> bool:
        """Whether it was cut off, and not only left hanging."""
        return any(isinstance(item, CutMark) for item in self.items)

    def image(self, font_path: Path = FONT_PATH) -> PillowImage.Image:
        """Its picture."""
        return draw_items(self.items, self.profile, font_path=font_path)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """What one worked-off command led to."""

    answer: bytes = b""
    printed: bool = False
    receipt: SimulatedReceipt | None = None


class PrinterMachine:
    """One simulated printer. Not thread-safe: its owner holds a lock.

    Args:
        profile: the model.
        double_byte: start in double-byte mode, as Chinese models do.
    """

    def __init__(self, profile: PrinterProfile, *, double_byte: bool = False) -> None:
        self.state = MachineState()
        self.drawer_count = 0
        self.beep_count = 0
        self.received_bytes = 0
        self.lines_until_paper_out: int | None = None
        self._profile = profile
        self._double_byte = double_byte
        self._receipt_count = 0
        self._automatic_mask = 0
        self._etb_count = 0
        self._parser = CommandParser(command_set(profile))
        self._logos: dict[int, tuple[bytes, int]] = {}
        self._page = self._new_page()
        self._queue: deque[Command] = deque()
        self._queued_bytes = 0

    def power_cycle(self) -> None:
        """Lose the buffer and all modes; the paper printed so far stays in the machine."""
        kept = self._page.items
        self._parser = CommandParser(command_set(self._profile))
        self._page = self._new_page()
        self._page.items = kept
        self._etb_count = 0
        self._queue.clear()
        self._queued_bytes = 0
        self._automatic_mask = 0

    def _new_page(self) -> PageBuilder:
        """As after switching on; only the memory of logos is kept."""
        return PageBuilder(self._profile, double_byte=self._double_byte, logos=self._logos)

    @property
    def queued_bytes(self) -> int:
        """Bytes in the buffer, waiting to be printed."""
        return self._queued_bytes + self._parser.pending

    @property
    def has_work(self) -> bool:
        """Whether a command waits and may be worked off now."""
        return bool(self._queue) and not self.state.stops

    def receive(self, data: bytes) -> bytes:
        """Take bytes; give the answers that are due at once."""
        data = self._swallow(data)
        answer = b""
        for command in self._parser.feed(data):
            if command.name == "DLE EOT":
                answer += self._realtime_status(command.data[0])
            elif command.name == "ESC ACK":
                answer += self._star_status() if command.data == _STAR_NOW else b""
            elif command.name == "DLE DC4":
                self._realtime_pulse(command.data)
            elif command.name not in {"DLE ENQ", "ENQ", "EOT"}:
                self._queue.append(command)
                self._queued_bytes += len(command.data)
        return b"" if self.state.silent else answer

    def _swallow(self, data: bytes) -> bytes:
        """Count the bytes, and lose some of them if told to."""
        before, every = self.received_bytes, self.state.swallow_every
        self.received_bytes += len(data)
        if not every:
            return data
        return bytes(byte for place, byte in enumerate(data, before + 1) if place % every)

    def step(self) -> Step:
        """Work one command off. Call only while ``has_work``."""
        command = self._queue.popleft()
        self._queued_bytes -= len(command.data)
        if command is _TEAR_OFF:
            return Step(receipt=self._finish())
        if (answer := self._answer(command)) is not None:
            return Step(answer)
        receipt = self._finish() if command.name == "ESC @" else None
        items_before = len(self._page.items)
        self._page.execute(command)
        self._count_marks(self._page.items[items_before:])
        printed = command.name in _PRINTING
        if printed:
            self._use_paper()
        if command.name in _CUTS:
            receipt = self._finish()
        return Step(printed=printed, receipt=receipt)

    def _answer(self, command: Command) -> bytes | None:
        """Answer to a question in the order of printing; None if it is no question."""
        match command.name:
            case "GS r":
                return self._heard(self._ordered_status(command.data[0]))
            case "GS a" | "ESC RS a":
                self._automatic_mask = command.data[0]
                return self.automatic_status()
            case "GS I":
                return self._heard(_identity(command.data[0]))
            case "ETB":
                self._etb_count = self._etb_count % COUNTER_MAX + 1
                return self.automatic_status()
            case "ESC RS E":
                self._etb_count = 0
                return b""
            case _:
                return None

    def end_connection(self) -> None:
        """Tear off what was printed and not cut, after everything that came before."""
        self._queue.append(_TEAR_OFF)

    def automatic_status(self) -> bytes:
        """ASB block if the host asked for it by ``GS a``."""
        if not self._automatic_mask:
            return b""
        if self._profile.commands == "star":
            return self._star_status()
        state = self.state
        first = 0x10 | state.drawer_open << 2 | state.stops << 3 | state.cover_open << 5
        error = state.cutter_error << 3 | state.head_hot << 6
        return self._heard(bytes((first, error, self._paper_bits(0x03, 0x0C), 0)))

    def _star_status(self) -> bytes:
        return self._heard(star_block(self.state, self._etb_count))

    def _heard(self, answer: bytes) -> bytes:
        return b"" if self.state.silent else answer

    def _realtime_status(self, number: int) -> bytes:
        state = self.state
        bits = {
            1: state.drawer_open << 2 | state.stops << 3,
            2: state.cover_open << 2
            | (state.paper is Paper.OUT) << 5
            | (state.cutter_error or state.head_hot) << 6,
            3: state.cutter_error << 3 | state.head_hot << 6,
            4: self._paper_bits(0x0C, 0x60),
        }.get(number)
        return b"" if bits is None else bytes((0x12 | bits,))

    def _ordered_status(self, number: int) -> bytes:
        if number in {1, 49}:
            return bytes((self._paper_bits(0x03, 0x0C),))
        return bytes((int(self.state.drawer_open),)) if number in {2, 50} else b""

    def _paper_bits(self, near_end: int, out: int) -> int:
        return {Paper.NEAR_END: near_end, Paper.OUT: near_end | out}.get(self.state.paper, 0)

    def _realtime_pulse(self, data: bytes) -> None:
        if data[0] == _REALTIME_PULSE:
            self._open_drawer()

    def _open_drawer(self) -> None:
        self.drawer_count += 1
        self.state.drawer_open = True

    def _count_marks(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, DrawerMark):
                self._open_drawer()
            elif isinstance(item, BeepMark):
                self.beep_count += item.times

    def _use_paper(self) -> None:
        if self.lines_until_paper_out is None:
            return
        self.lines_until_paper_out -= 1
        if self.lines_until_paper_out <= 0:
            self.lines_until_paper_out = None
            self.state.paper = Paper.OUT

    def _finish(self) -> SimulatedReceipt | None:
        items = self._page.take_items()
        if not any(_is_visible(item) for item in items):
            return None
        self._receipt_count += 1
        return SimulatedReceipt(self._receipt_count, tuple(items), self._profile)


def _is_visible(item: Item) -> bool:
    if isinstance(item, PrintedLine):
        return bool(item.text.strip())
    return not isinstance(item, PrintedGap | DrawerMark | BeepMark | CutMark)


def _identity(number: int) -> bytes:
    """``GS I n``: one byte for the short questions, ``_text NUL`` for the long ones."""
    texts = {65: "1.0", 66: "SIMULATOR", 67: "ESCPOS", 68: "000001"}
    if number in texts:
        return b"_" + texts[number].encode() + b"\0"
    return bytes((0x20,)) if number in {1, 2, 3, 49, 50, 51} else b""
