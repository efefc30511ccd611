"""Kitchen tickets: what a station has to cook, to change and to stop, as a document for its printer.

The application routes dishes to stations and decides which printer stands in for a broken one; here is only
how a ticket looks. Large letters, quantity first, changes and voids that cannot be taken for new dishes.
Amounts of food are whole thousandths, as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.api.errors import Language
from drivers.api.printer import (
    BEEPS_MAX,
    Beep,
    Columns,
    Cut,
    Element,
    Feed,
    PrintDocument,
    Rule,
    Text,
)

LineChange = Literal["new", "changed", "void"]
MILLI = 1000
_WORDS: dict[Language, dict[str, str]] = {
    "ru": {
        "table": "Стол", "course": "Подача", "guests": "Гостей", "seat": "гость", "void": "ОТМЕНА",
        "changed": "ИЗМЕНЕНИЕ", "was": "было", "now": "стало", "instead": "ВМЕСТО", "repeat": "ПОВТОР",
        "order": "Заказ",
    },
    "en": {
        "table": "Table", "course": "Course", "guests": "Guests", "seat": "seat", "void": "VOID",
        "changed": "CHANGE", "was": "was", "now": "now", "instead": "INSTEAD OF", "repeat": "REPEAT",
        "order": "Order",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One dish.

    Attributes:
        name: as the kitchen knows it.
        quantity_milli: thousandths: what to cook; for ``changed`` the new amount, for ``void`` what to stop.
        change: a new dish, another amount or wish, or a dish that is not wanted any more.
        was_milli: the amount before a change, if that is what changed.
        modifiers: each on a line of its own, for example ``без лука``.
        comment: free words of the waiter.
        seat: number of the guest, 0 for none.
    """

    name: str
    quantity_milli: int = MILLI
    change: LineChange = "new"
    was_milli: int | None = None
    modifiers: Sequence[str] = ()
    comment: str = ""
    seat: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "modifiers", tuple(self.modifiers))
        if not self.name.strip():
            raise ValueError("a ticket line without a name")
        if self.quantity_milli <= 0 or (self.was_milli is not None and self.was_milli < 0):
            raise ValueError(f"{self.name}: quantity {self.quantity_milli}, was {self.was_milli}")


@dataclass(frozen=True, slots=True)
class KitchenTicket:
    """One ticket for one station.

    Attributes:
        station: where it is cooked, for example ``Горячий цех``.
        order: number or name of the order.
        time: when it was sent, as shown, for example ``14:32``.
        lines: dishes in the order of cooking.
        ticket_id: short and unique; two papers with the same one are the same ticket.
        table: of the guests, '' for take-away.
        course: which course, 0 for all at once.
        waiter: who sent it.
        guests: at the table, 0 unknown.
        comment: for the whole order.
        instead_of: name of the printer for which this one stands in, '' for none.
        is_repeat: it may have been printed already.
        beeps: how often the buzzer sounds.
    """

    station: str
    order: str
    time: str
    lines: Sequence[TicketLine]
    ticket_id: str = ""
    table: str = ""
    course: int = 0
    waiter: str = ""
    guests: int = 0
    comment: str = ""
    instead_of: str = ""
    is_repeat: bool = False
    beeps: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.lines))
        if not self.lines:
            raise ValueError("a ticket without lines")
        if not 0 <= self.beeps <= BEEPS_MAX:
            raise ValueError(f"{self.beeps} beeps")


def kitchen_document(ticket: KitchenTicket, lang: Language = "ru") -> PrintDocument:
    """The ticket as a document; it fits any width from 32 columns on.

    Args:
        ticket: what to print.
        lang: of the fixed words.
    """
    words = _WORDS[lang]
    elements: list[Element] = [Beep(ticket.beeps)] if ticket.beeps else []
    elements += _marks(ticket, words)
    elements += _head(ticket, words)
    for change in ("void", "changed", "new"):
        for line in ticket.lines:
            if line.change == change:
                elements += _line(line, words)
    elements.append(Rule())
    if ticket.comment:
        elements.append(Text(f"! {ticket.comment}", height_mult=2, bold=True))
    elements += [Columns(ticket.waiter, ticket.ticket_id), Feed(1), Cut()]
    return PrintDocument(elements, copy_mark=ticket.is_repeat, copy_text=words["repeat"])


def quantity_text(quantity_milli: int) -> str:
    """Thousandths as people write them: ``2``, ``0,5``, ``1,25``."""
    whole, rest = divmod(quantity_milli, MILLI)
    return f"{whole},{rest:03}".rstrip("0") if rest else str(whole)


def _marks(ticket: KitchenTicket, words: dict[str, str]) -> list[Element]:
    if not ticket.instead_of:
        return []
    mark = f" {words['instead']}: {ticket.instead_of.upper()} "
    return [Text(mark, "center", 1, 2, bold=True, invert=True)]


def _head(ticket: KitchenTicket, words: dict[str, str]) -> list[Element]:
    head: list[Element] = [Text(ticket.station, "center", bold=True)]
    place = (
        f"{words['table']} {ticket.table}" if ticket.table else f"{words['order']} {ticket.order}"
    )
    head.append(Text(place, "center", 2, 2, bold=True))
    left = f"{words['order']} {ticket.order}" if ticket.table else ""
    head.append(Columns(left, ticket.time, height_mult=2))
    course = f"{words['course']} {ticket.course}" if ticket.course else ""
    guests = f"{words['guests']} {ticket.guests}" if ticket.guests else ""
    if course or guests:
        head.append(Columns(course, guests, bold=bool(course)))
    return [*head, Rule("=")]


def _line(line: TicketLine, words: dict[str, str]) -> list[Element]:
    seat = f" ({words['seat']} {line.seat})" if line.seat else ""
    dish = f"{quantity_text(line.quantity_milli)} x {line.name}{seat}"
    if line.change == "void":
        return [Text(f" {words['void']} {dish} ", height_mult=2, bold=True, invert=True), Feed(1)]
    told: list[Element] = []
    if line.change == "changed":
        told.append(Text(f" {words['changed']} ", bold=True, invert=True))
        if line.was_milli is not None:
            was, now = quantity_text(line.was_milli), quantity_text(line.quantity_milli)
            told.append(Text(f"{words['was']} {was}, {words['now']} {now}"))
    told.append(Text(dish, height_mult=2, bold=True))
    told += [Text(f"   + {modifier}") for modifier in line.modifiers]
    if line.comment:
        told.append(Text(f"   ! {line.comment}", bold=True))
    return [*told, Feed(1)]
