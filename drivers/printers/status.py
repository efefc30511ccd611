"""Status of an ESC/POS printer: questions, and the meaning of every answered bit.

Sources: Epson ESC/POS command reference, ``DLE EOT`` (real-time status), ``GS a`` (automatic status back)
and ``GS r`` (status in the order of printing). The three kinds of answers can be told apart by their fixed
bits, so that a stream in which they mix can be read:

======== ==================== =========================
answer   fixed bits           test
======== ==================== =========================
DLE EOT  0,7 = 0; 1,4 = 1     ``b & 0x93 == 0x12``
ASB      0,1,7 = 0; 4 = 1     ``b & 0x93 == 0x10``, then 3 more bytes
GS r     4,7 = 0              ``b & 0x90 == 0``
======== ==================== =========================
"""

import dataclasses
from collections.abc import Mapping
from typing import Literal

from drivers.api.printer import Paper, PrinterFault, PrinterStatus

QUESTIONS = (1, 2, 3, 4)
ASB_SIZE = 4
PAPER_IN_ORDER = b"\x1d\x72\x01"
"""``GS r 1``: answered with the paper sensor after everything sent before it was worked through."""
DrawerLevel = Literal["high", "low"]


def question(number: int) -> bytes:
    """``DLE EOT n``, n = 1 printer, 2 off-line cause, 3 error, 4 paper."""
    assert number in QUESTIONS, number
    return bytes((0x10, 0x04, number))


def is_realtime_answer(byte: int) -> bool:
    """Whether the byte can answer ``DLE EOT``."""
    return byte & 0x93 == 0x12


def is_ordered_answer(byte: int) -> bool:
    """Whether the byte can answer ``GS r``."""
    return byte & 0x90 == 0


def is_asb_start(byte: int) -> bool:
    """Whether the byte begins an automatic status of four bytes."""
    return byte & 0x93 == 0x10


def parse_realtime(
    answers: Mapping[int, int | None], *, drawer_open_level: DrawerLevel | None = None
) -> PrinterStatus:
    """Status from the answers to ``DLE EOT`` 1..4; missing or impossible bytes count as silence."""
    valid = {
        number: byte
        for number, byte in answers.items()
        if byte is not None and is_realtime_answer(byte)
    }
    printer, cause, error, paper = (valid.get(number) for number in QUESTIONS)
    pin_high = None if printer is None else bool(printer & 0x04)
    return PrinterStatus(
        online=None if printer is None else not printer & 0x08,
        paper=_paper(cause, paper),
        cover_open=None if cause is None else bool(cause & 0x04),
        drawer_open=_drawer_open(pin_high, drawer_open_level),
        fault=_realtime_fault(cause, error),
        drawer_pin_high=pin_high,
        feeding=bool(((printer or 0) & 0x40) | ((cause or 0) & 0x08)),
        waiting_recovery=bool((printer or 0) & 0x20),
    )


def _paper(cause: int | None, paper: int | None) -> Paper:
    if (cause is not None and cause & 0x20) or (paper is not None and paper & 0x60):
        return Paper.OUT
    if paper is None:
        return Paper.UNKNOWN
    return Paper.NEAR_END if paper & 0x0C else Paper.OK


def _realtime_fault(cause: int | None, error: int | None) -> PrinterFault:
    if error is not None:
        fault = _fault(error)
        if fault is not PrinterFault.NONE:
            return fault
    # Question 2 has an error bit of its own, for printers that leave question 3 unanswered.
    has_error = cause is not None and cause & 0x40
    return PrinterFault.RECOVERABLE if has_error else PrinterFault.NONE


def _fault(bits: int) -> PrinterFault:
    """Bits 2 recoverable, 3 cutter, 5 unrecoverable, 6 recovers by itself; the worst one wins."""
    if bits & 0x20:
        return PrinterFault.UNRECOVERABLE
    if bits & 0x08:
        return PrinterFault.CUTTER
    if bits & 0x40:
        return PrinterFault.HEAD_HOT
    return PrinterFault.RECOVERABLE if bits & 0x04 else PrinterFault.NONE


def _drawer_open(pin_high: bool | None, level: DrawerLevel | None) -> bool | None:
    if pin_high is None or level is None:
        return None
    return pin_high == (level == "high")


def parse_asb(
    block: bytes, *, drawer_open_level: DrawerLevel | None = None
) -> PrinterStatus | None:
    """Status from the four bytes of automatic status back; None if they are no such block."""
    if len(block) != ASB_SIZE or not is_asb_start(block[0]):
        return None
    if any(byte & 0x90 for byte in block[1:]):
        return None
    first, error, paper = block[0], block[1], block[2]
    pin_high = bool(first & 0x04)
    state = Paper.OUT if paper & 0x0C else Paper.NEAR_END if paper & 0x03 else Paper.OK
    return PrinterStatus(
        online=not first & 0x08,
        paper=state,
        cover_open=bool(first & 0x20),
        drawer_open=_drawer_open(pin_high, drawer_open_level),
        fault=_fault(error),
        drawer_pin_high=pin_high,
        feeding=bool(first & 0x40),
    )


def parse_ordered_paper(byte: int) -> Paper:
    """Paper from the answer to ``GS r 1``: bits 0-1 near end, 2-3 end."""
    if not is_ordered_answer(byte):
        return Paper.UNKNOWN
    if byte & 0x0C:
        return Paper.OUT
    return Paper.NEAR_END if byte & 0x03 else Paper.OK


@dataclasses.dataclass(frozen=True, slots=True)
class Answers:
    """What a piece of the incoming stream held."""

    realtime: tuple[int, ...] = ()
    ordered: tuple[int, ...] = ()
    automatic: tuple[bytes, ...] = ()


class AnswerSplitter:
    """Sorts incoming bytes into the three kinds; keeps a half-received automatic status."""

    def __init__(self) -> None:
        self._block = bytearray()

    def feed(self, data: bytes) -> Answers:
        """Take the next bytes. Bytes of no kind (noise, XON/XOFF) are dropped."""
        realtime: list[int] = []
        ordered: list[int] = []
        automatic: list[bytes] = []
        for byte in data:
            if self._block and not byte & 0x90:
                self._block.append(byte)
                if len(self._block) == ASB_SIZE:
                    automatic.append(bytes(self._block))
                    self._block.clear()
                continue
            # A status byte in the middle of a block: the block was cut short, forget it.
            self._block.clear()
            if is_asb_start(byte):
                self._block.append(byte)
            elif is_realtime_answer(byte):
                realtime.append(byte)
            elif is_ordered_answer(byte):
                ordered.append(byte)
        return Answers(tuple(realtime), tuple(ordered), tuple(automatic))
