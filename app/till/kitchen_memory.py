"""What the kitchen has been told of an order: kept with the order, so that nothing is told twice.

Told        a line as the kitchen knows it, at the printers that its ticket went to
Memory      all of them; written with the order's draft
Batch       the tickets sent last, for the ten seconds in which they can be taken back (T61)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain.cart import Cart
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import LineId


@dataclass(frozen=True, slots=True)
class Told:
    """A line as the kitchen knows it.

    Attributes:
        line_id: Of the order.
        printers: Names in the print queue of those that cook it.
        dish: Name with its size.
        quantity_milli: How much, in thousandths.
        modifiers: Each as it stands on the ticket.
        comment: The note of the line.
        at: When it was sent first.
        jobs: Ids of the tickets that said so last.
    """

    line_id: LineId
    printers: tuple[str, ...]
    dish: str
    quantity_milli: int
    modifiers: tuple[str, ...]
    comment: str
    at: datetime
    jobs: tuple[str, ...] = ()

    def is_same(self, other: "Told") -> bool:
        """Tell whether the kitchen would do the same by both."""
        return (
            self.quantity_milli == other.quantity_milli
            and self.dish == other.dish
            and self.modifiers == other.modifiers
            and self.comment == other.comment
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Tickets that were sent together.

    Attributes:
        jobs: Their ids in the print queue.
        at: When.
        before: What the kitchen knew until then.
        cart: The order as it was told; with another one there is something newer to take back.
        has_cart: A change of the order came with them: taking them back takes it back as well.
    """

    jobs: tuple[str, ...]
    at: datetime
    before: "Memory"
    cart: Cart
    has_cart: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that the kitchen was told of one order.

    Attributes:
        told: Line by line, in the order of sending.
        note: The note of the whole order, as it was printed.
        tickets: How many were made; numbers them.
        last: What was sent last; ends with the process.
    """

    told: tuple[Told, ...] = ()
    note: str = ""
    tickets: int = 0
    last: Batch | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether the kitchen knows nothing of the order."""
        return not self.told

    def find(self, line_id: str) -> Told | None:
        """Return a line as the kitchen knows it, or None."""
        return next((told for told in self.told if told.line_id == line_id), None)

    def without_last(self) -> "Memory":
        """Return it with nothing to be taken back."""
        return self if self.last is None else replace(self, last=None)


#: Of an order that the kitchen never heard of.
NOTHING_TOLD = Memory()


class _Written:
    """The lines that were turned into text last: a tap on a long order writes them again as they are."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Told, ...], str] = ((), "[]")

    def text(self, told: tuple[Told, ...]) -> str:
        """Return the text of lines; any thread."""
        known, text = self._last
        if known is not told:
            text = json.dumps([_told_out(one) for one in told], ensure_ascii=False)
            self._last = (told, text)
        return text


_WRITTEN: Final = _Written()


def memory_to_json(memory: Memory) -> dict[str, Any]:
    """Return what is kept in the draft; the last batch is not, it ends with the process."""
    return {"told": _WRITTEN.text(memory.told), "note": memory.note, "tickets": memory.tickets}


def memory_from_json(kept: Mapping[str, Any] | None) -> Memory:
    """Read what `memory_to_json` wrote; None is an order without kitchen."""
    if not kept:
        return NOTHING_TOLD
    told = tuple(
        Told(
            LineId(line_id),
            tuple(printers),
            dish,
            quantity_milli,
            tuple(modifiers),
            comment,
            from_iso(at),
            tuple(jobs),
        )
        for line_id, printers, dish, quantity_milli, modifiers, comment, at, jobs in json.loads(
            kept["told"]
        )
    )
    return Memory(told, kept["note"], kept["tickets"])


def _told_out(told: Told) -> list[Any]:
    return [
        told.line_id,
        told.printers,
        told.dish,
        told.quantity_milli,
        told.modifiers,
        told.comment,
        to_iso(told.at),
        told.jobs,
    ]
