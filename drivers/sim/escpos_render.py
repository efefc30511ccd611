"""What the simulated printer makes of any bytes: the picture of the paper and the list of events.

No device, no thread: a finished stream goes in, for example a file that a driver or another program wrote.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage

from drivers.printers.commands import Command, scan_commands
from drivers.printers.items import (
    BeepMark,
    CutMark,
    DrawerMark,
    Item,
    LogoMark,
    PrintedBarcode,
    PrintedQr,
    PrintedRaster,
)
from drivers.printers.page import PageBuilder, command_set
from drivers.printers.picture import draw_items
from drivers.printers.profiles import FONT_PATH, PrinterProfile

_STATUS = frozenset(
    {"DLE EOT", "DLE ENQ", "GS a", "GS r", "GS I", "ENQ", "EOT", "ESC ACK", "ESC RS a", "ETB"}
)
_REALTIME_PULSE = 1
_HEX_MAX = 32


@dataclass(frozen=True, slots=True)
class PrinterEvent:
    """One thing that the printer did or was asked.

    Attributes:
        kind: ``cut``, ``drawer``, ``beep``, ``qr``, ``barcode``, ``picture``, ``logo``, ``status``, ``unknown``
            or ``incomplete`` (the stream ended inside a command).
        offset: of the command's first byte in the stream.
        detail: ``full`` or ``partial``, the pin, the text of the code, the name of the request, the
            size of the picture, or the unknown bytes in hex.
    """

    kind: str
    offset: int
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """The event as an object for JSON."""
        return asdict(self)


def render_bytes(
    data: bytes,
    profile: PrinterProfile,
    *,
    double_byte: bool = False,
    font_path: Path = FONT_PATH,
) -> tuple[PillowImage.Image, tuple[PrinterEvent, ...]]:
    """Picture (mode ``1``) and events of any bytes; never fails because of them.

    Args:
        data: what would go over the wire.
        profile: the printer that gets it.
        double_byte: start in the double-byte mode of Chinese models.
        font_path: monospaced font of the picture.
    """
    items, events = run_bytes(data, profile, double_byte=double_byte)
    return draw_items(items, profile, font_path=font_path), events


def run_bytes(
    data: bytes, profile: PrinterProfile, *, double_byte: bool = False
) -> tuple[list[Item], tuple[PrinterEvent, ...]]:
    """The paper as items and the events of any bytes."""
    builder = PageBuilder(profile, double_byte=double_byte)
    events: list[PrinterEvent] = []
    for offset, command in scan_commands(data, command_set(profile)):
        before = len(builder.items)
        builder.execute(command)
        events += _asked(offset, command)
        made = (_of_item(offset, item) for item in builder.items[before:])
        events += [event for event in made if event is not None]
    return builder.items, tuple(events)


def _asked(offset: int, command: Command) -> list[PrinterEvent]:
    if command.name in _STATUS:
        return [PrinterEvent("status", offset, f"{command.name} {command.data.hex(' ')}".rstrip())]
    if command.name in {"unknown", "incomplete"}:
        return [PrinterEvent(command.name, offset, command.data[:_HEX_MAX].hex(" "))]
    if command.name == "DLE DC4" and command.data[0] == _REALTIME_PULSE:
        return [PrinterEvent("drawer", offset, "5" if command.data[1] & 1 else "2")]
    return []


def _of_item(offset: int, item: Item) -> PrinterEvent | None:
    told = _TOLD.get(type(item))
    return None if told is None else PrinterEvent(told[0], offset, told[1](item))


def _raster_size(item: PrintedRaster) -> str:
    return f"{item.width_bytes * 8}x{len(item.raster) // item.width_bytes}"


_TOLD: dict[type, tuple[str, Callable[[Any], str]]] = {
    CutMark: ("cut", lambda item: "partial" if item.partial else "full"),
    DrawerMark: ("drawer", lambda item: str(item.pin)),
    BeepMark: ("beep", lambda item: str(item.times)),
    LogoMark: ("logo", lambda item: str(item.number)),
    PrintedQr: ("qr", lambda item: item.data.decode(errors="replace")),
    PrintedBarcode: ("barcode", lambda item: item.data),
    PrintedRaster: ("picture", _raster_size),
}
"""Kind of event and its detail for each kind of item; Any: the table's key is the item's type."""
