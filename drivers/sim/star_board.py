"""Automatic status blocks as a Star printer in line mode sends them: two bytes of head, seven of state.

Layout: see ``drivers.printers.star_status``, which reads them.
"""

from typing import Protocol

from drivers.api.printer import Paper

HEAD = b"\x23\x86"
"""Nine bytes in all, version 3: the head that the samples of star_ethernet have."""
COUNTER_MAX = 31


class Switches(Protocol):
    """What of a simulated printer's state stands in a block."""

    paper: Paper
    cover_open: bool
    cutter_error: bool
    head_hot: bool
    drawer_open: bool

    @property
    def stops(self) -> bool:
        """Whether anything keeps the printer from printing."""
        ...


def star_block(state: Switches, counter: int) -> bytes:
    """The block for a state and an ETB counter of 0..31."""
    printer = state.drawer_open << 2 | state.stops << 3 | state.cover_open << 5 | bool(counter) << 1
    error = state.cutter_error << 3 | state.head_hot << 6
    paper = {Paper.NEAR_END: 0x04, Paper.OUT: 0x0C}.get(state.paper, 0)
    etb = (counter & 0x07) << 1 | (counter & 0x18) << 2
    return HEAD + bytes((printer, error, 0, paper, 0, etb, 0))
