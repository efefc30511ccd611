"""What the kitchen must still be told: the order as it is against the order as the kitchen knows it.

Pure. A new line is cooked, a line with another amount or other wishes is a change, a line that is
gone is a void. A line whose dish became another one (a size) is a void and a new line: nobody could
tell on paper which dish a change meant.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.cart import Cart, CartLine
from app.kernel.ids import LineId
from app.till.kitchen_memory import Memory, Told
from drivers.api.kitchen import TicketLine

RouteOf = Callable[[CartLine], tuple[str, ...]]
"""Names the printers that cook a line; none is a line that no kitchen sees."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One line for the ticket of one printer."""

    printer: str
    line_id: LineId
    line: TicketLine


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be printed, and what the kitchen knows afterwards.

    Attributes:
        slips: In the order of cooking; those of one printer make one ticket.
        told: As `Memory.told`, not yet with the tickets' ids.
        note: The note of the order, as `Memory.note`.
    """

    slips: tuple[Slip, ...]
    told: tuple[Told, ...]
    note: str

    def printers(self) -> tuple[str, ...]:
        """Return who gets a ticket, each once."""
        return tuple(dict.fromkeys(slip.printer for slip in self.slips))

    def lines_for(self, printer: str) -> tuple[TicketLine, ...]:
        """Return the lines of one ticket."""
        return tuple(slip.line for slip in self.slips if slip.printer == printer)


def plan(
    cart: Cart,
    memory: Memory,
    route_of: RouteOf,
    now: datetime,
    only: frozenset[LineId] | None = None,
) -> Plan:
    """Compare an order with what the kitchen knows.

    Args:
        cart: The order as it is; an empty one takes everything back.
        memory: What the kitchen knows.
        route_of: Who cooks a line that the kitchen has not heard of.
        now: When it is sent.
        only: Lines that may be told of; the others wait. None tells of all.
    """
    known = {told.line_id: told for told in memory.told}
    note_changed = only is None and bool(memory.told) and cart.note != memory.note
    here = {line.line_id for line in cart.lines}
    slips: list[Slip] = []
    told: list[Told] = []
    for old in memory.told:
        if old.line_id in here:
            continue
        if only is None or old.line_id in only:
            slips += _each(old, _void(old))
        else:
            told.append(old)
    for line in cart.lines:
        before = known.get(line.line_id)
        if only is not None and line.line_id not in only:
            told += [before] if before is not None else []
            continue
        lines, after = _compared(line, before, route_of, now, note_changed=note_changed)
        slips += lines
        told += [after] if after is not None else []
    return Plan(tuple(slips), tuple(told), memory.note if only is not None else cart.note)


def taken_back(cart: Cart, memory: Memory) -> tuple[Told, ...]:
    """Return what the kitchen cooks and this order would not want any more, wholly or in part."""
    lines = {line.line_id: line for line in cart.lines}
    return tuple(
        told
        for told in memory.told
        if (line := lines.get(told.line_id)) is None
        or dish_of(line) != told.dish
        or line.quantity_milli < told.quantity_milli
    )


def unsent(
    cart: Cart, memory: Memory, route_of: RouteOf, is_told: "Callable[[CartLine, Told], bool]"
) -> int:
    """Return of how many lines the kitchen must still be told; quick, for every tap.

    Args:
        cart: The order.
        memory: What the kitchen knows.
        route_of: Who cooks a line.
        is_told: Tells whether the kitchen knows a line as it is; may remember.
    """
    known = {told.line_id: told for told in memory.told}
    note_changed = bool(known) and cart.note != memory.note
    count = 0
    for line in cart.lines:
        before = known.pop(line.line_id, None)
        if before is None:
            count += bool(route_of(line))
        elif note_changed or not is_told(line, before):
            count += 1
    return count + len(known)


def way_back(after: Memory, before: Memory, printers: frozenset[str]) -> tuple[Slip, ...]:
    """Return what brings printers whose tickets are on paper back to what they knew before."""
    slips: list[Slip] = []
    for old in after.told:
        then = before.find(old.line_id)
        if then is None or then.dish != old.dish:
            slips += _each(old, _void(old))
        elif not then.is_same(old) or before.note != after.note:
            slips += _each(then, _change(old, then))
    for then in before.told:
        now = after.find(then.line_id)
        if now is None or now.dish != then.dish:
            slips += _each(then, _new(then))
    return tuple(slip for slip in slips if slip.printer in printers)


def dish_of(line: CartLine) -> str:
    """Return what the kitchen calls a line: the product with its size."""
    name = line.name.strip() or line.product_id
    return f"{name}, {line.variant_name}" if line.variant_name else name


def told_of(line: CartLine, printers: tuple[str, ...], at: datetime) -> Told:
    """Return a line as a ticket tells it."""
    modifiers = tuple(
        f"{option.quantity} × {option.name}" if option.quantity > 1 else option.name
        for option in line.options
    )
    return Told(
        line.line_id, printers, dish_of(line), line.quantity_milli, modifiers, line.note, at
    )


def _compared(
    line: CartLine, before: Told | None, route_of: RouteOf, now: datetime, *, note_changed: bool
) -> tuple[list[Slip], Told | None]:
    """Return what to print of a line that is in the order, and what is known of it then."""
    if before is not None and before.dish == dish_of(line):
        after = told_of(line, before.printers, before.at)
        if before.is_same(after) and not note_changed:
            return [], before
        return _each(after, _change(before, after)), after
    slips = _each(before, _void(before)) if before is not None else []
    printers = route_of(line)
    if not printers:
        return slips, None
    after = told_of(line, printers, now)
    return slips + _each(after, _new(after)), after


def _each(told: Told, line: TicketLine) -> list[Slip]:
    return [Slip(printer, told.line_id, line) for printer in told.printers]


def _new(told: Told) -> TicketLine:
    return TicketLine(
        told.dish, told.quantity_milli, modifiers=told.modifiers, comment=told.comment
    )


def _void(told: Told) -> TicketLine:
    return replace(_new(told), change="void")


def _change(before: Told, after: Told) -> TicketLine:
    was = before.quantity_milli if before.quantity_milli != after.quantity_milli else None
    return replace(_new(after), change="changed", was_milli=was)
