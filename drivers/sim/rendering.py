"""Any bytes -> what the simulated printer makes of them: paper, and a list of what happened, in order.

Nothing raises, whatever the bytes: printers get garbage when a cable is loose, and so does this.
"""

from dataclasses import dataclass
from typing import Final

from drivers.printers.commands import Command, scan_commands
from drivers.printers.items import (
    BeepMark,
    CutMark,
    DrawerMark,
    Item,
    LogoMark,
    PrintedBarcode,
    PrintedLine,
    PrintedQr,
    PrintedRaster,
    describe,
)
from drivers.printers.page import PageBuilder, command_set
from drivers.printers.profiles import PrinterProfile

Event = dict[str, object]
"""``type`` and what belongs to it; ``offset`` is the place of the command in the bytes."""
_QUESTIONS: Final = frozenset(
    {
        *("DLE EOT", "DLE ENQ", "GS r", "GS a", "GS I", "ESC v", "ESC u"),
        *("ESC ACK", "ESC RS a", "ETB", "ENQ", "EOT"),  # Star line mode
    }
)
"""Commands that a printer answers (``GS a`` switches answers on that come by themselves)."""
_HEX_MAX: Final = 32
_PULSE: Final = 1


@dataclass(frozen=True, slots=True)
class Rendering:
    """What became of the bytes.

    Attributes:
        items: what stands on the paper.
        events: cuts, drawer pulses, beeps, codes, pictures, status requests, unknown commands.
        text: the paper as lines of text.
    """

    items: tuple[Item, ...]
    events: tuple[Event, ...]
    text: tuple[str, ...]


def render(data: bytes, profile: PrinterProfile) -> Rendering:
    """Let a simulated printer of this model work through bytes.

    Args:
        data: anything.
        profile: columns, dots, code pages and command set.
    """
    builder = PageBuilder(profile)
    items: list[Item] = []
    events: list[Event] = []
    for offset, command in scan_commands(data, command_set(profile)):
        builder.execute(command)
        new = builder.take_items()
        items += new
        found = [_asked(command), *map(_shown, new)]
        events += [{**event, "offset": offset} for event in found if event is not None]
    text = tuple(line for item in items for line in describe(item))
    return Rendering(tuple(items), tuple(events), text)


def _asked(command: Command) -> Event | None:
    """What a command is that leaves nothing on paper."""
    name, data = command.name, command.data
    if name in _QUESTIONS:
        return {"type": "status_request", "command": " ".join([name, *map(str, data)])}
    if name == "DLE DC4" and data[:1] == bytes([_PULSE]):
        return {"type": "drawer", "pin": 5 if data[1:2] == b"\1" else 2, "realtime": True}
    if name in {"unknown", "incomplete"}:
        shown = data[:_HEX_MAX].hex(" ")
        return {"type": name, "hex": shown if len(data) <= _HEX_MAX else f"{shown} …"}
    return None


def _shown(item: Item) -> Event | None:  # noqa: PLR0911 - one a kind of item
    match item:
        case CutMark(partial):
            return {"type": "cut", "partial": partial}
        case DrawerMark(pin):
            return {"type": "drawer", "pin": pin, "realtime": False}
        case BeepMark(times):
            return {"type": "beep", "times": times}
        case PrintedQr():
            text = item.data.decode("utf-8", "replace")
            return {"type": "qr", "text": text, "size": item.size, "level": item.level}
        case PrintedBarcode():
            return {"type": "barcode", "text": item.data, "kind": item.kind}
        case PrintedRaster():
            width, height = item.width_bytes * 8, len(item.raster) // item.width_bytes
            return {"type": "picture", "width": width, "height": height}
        case LogoMark(number):
            return {"type": "logo", "number": number}
        case PrintedLine() if item.stripes:
            # Dots in a line of text: ESC * of ESC/POS, ESC X of Star.
            width, height = sum(stripe.width for stripe in item.stripes), item.stripes[0].rows
            return {"type": "picture", "width": width, "height": height}
        case _:
            return None
