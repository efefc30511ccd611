"""Automatic status of Star printers: blocks of 7 to 15 bytes, two of head and one status after another.

Sources: the decoder and the samples of the star_ethernet gem (shinsukeimai/star_ethernet, status_item.rb and
its tests) for the bits, the reference, paragraph 6.4, for drawer, off line, cover and paper. In the first byte
bits 1-3 and 5-6 give the number of bytes; unconfirmed is which fixed bits the status bytes have, so that
only the head is used to find the beginning of a block.
"""

from typing import Literal

from drivers.api.printer import Paper, PrinterFault, PrinterStatus

STATUS_QUESTION = b"\x1b\x06\x01"
"""``ESC ACK SOH``: answered at once, also off line, by a block."""
SIZE_MIN, SIZE_MAX = 7, 15


def block_size(first: int) -> int:
    """Bytes of the block that this byte begins; 0 if it begins none."""
    if first & 0x91 != 0x01:
        return 0
    size = (first >> 1 & 0x07) | (first >> 2 & 0x18)
    return size if SIZE_MIN <= size <= SIZE_MAX else 0


def is_second(byte: int) -> bool:
    """Whether the byte can be the second of the head (the version)."""
    return byte & 0x91 == 0x80


def parse_star(
    block: bytes, drawer_open_level: Literal["high", "low"] | None = None
) -> PrinterStatus | None:
    """Status of a block; None if it is none."""
    if len(block) < 2 or block_size(block[0]) != len(block) or not is_second(block[1]):
        return None
    printer, error, other, paper = block[2:6]
    pin_high = bool(printer & 0x04)
    return PrinterStatus(
        online=not printer & 0x08,
        paper=Paper.OUT if paper & 0x08 else Paper.NEAR_END if paper & 0x06 else Paper.OK,
        cover_open=bool(printer & 0x20),
        drawer_open=None
        if drawer_open_level is None
        else pin_high == (drawer_open_level == "high"),
        fault=_fault(error, other),
        drawer_pin_high=pin_high,
        feeding=bool(printer & 0x40),
    )


def counter_of(block: bytes) -> int | None:
    """The ETB counter, 0..31; None for a block too short to have one."""
    if len(block) < 8:
        return None
    return (block[7] >> 1 & 0x07) | (block[7] >> 2 & 0x18)


def _fault(error: int, other: int) -> PrinterFault:
    """Error byte: 2 mechanics, 3 cutter, 5 unrecoverable, 6 head hot; the next one: 2 jam, 6 overflow."""
    if error & 0x20:
        return PrinterFault.UNRECOVERABLE
    if error & 0x08:
        return PrinterFault.CUTTER
    if error & 0x40:
        return PrinterFault.HEAD_HOT
    return PrinterFault.RECOVERABLE if error & 0x04 or other & 0x46 else PrinterFault.NONE


class StarSplitter:
    """Finds the blocks in a stream; keeps a half-received one."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes; noise before a head is dropped."""
        self._buffer += data
        blocks: list[bytes] = []
        while self._buffer:
            size = block_size(self._buffer[0])
            if not size or (len(self._buffer) > 1 and not is_second(self._buffer[1])):
                del self._buffer[0]
            elif len(self._buffer) < size:
                break
            else:
                blocks.append(bytes(self._buffer[:size]))
                del self._buffer[:size]
        return blocks
