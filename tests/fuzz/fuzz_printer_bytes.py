"""atheris over the simulated printer: any bytes, however cut, become paper and events, and never an error."""

from drivers.api.printer import Barcode, Beep, Cut, Logo, OpenDrawer, PrintDocument, Qr, Text
from drivers.printers.commands import CommandParser, scan_commands
from drivers.printers.escpos import EscposEncoder
from drivers.printers.page import command_set, longest_command
from drivers.printers.picture import draw_items
from drivers.printers.profiles import get_profile
from drivers.sim.escpos_machine import PrinterMachine
from drivers.sim.rendering import render
from tests.fuzz.common import run

_PROFILES = (get_profile("XP-58"), get_profile("TSP650"))
_DOCUMENT = PrintDocument(
    [
        Text("Қ ₽", "center", 2, 2, bold=True, invert=True),
        Qr("ml"),
        Barcode("4600051000057", "EAN13"),
        *(OpenDrawer(), Beep(), Logo(), Cut()),
    ]
)
SEEDS = (
    *(
        bytes((number,)) + EscposEncoder(profile).encode(_DOCUMENT)[:3000]
        for number, profile in enumerate(_PROFILES)
    ),
    b"\x00\x1b*\x21\x02\x00abcdef\x1bD\x08\x00\x1dk\x0446\x00\x10\x04\x04\x1da\x0f\x1dr\x01",
    b"\x01\x1bX\x01\x00abc\x1bb\x03\x02\x02\x40123\x1e\x1b\x06\x01\x17\x1b\x1ea\x01",
)
_DRAWN_ITEMS_MAX = 200
"""Pictures of longer paper only cost time: each kind of item has been drawn by then."""


def print_bytes(data: bytes) -> None:
    """The first byte picks the command set and where the stream is cut in two."""
    if not data:
        return
    profile = _PROFILES[data[0] % len(_PROFILES)]
    cut, stream = data[0], data[1:]
    find = command_set(profile)
    whole = [command for _, command in scan_commands(stream, find) if command.name != "incomplete"]
    parser = CommandParser(find)
    pieces = parser.feed(stream[:cut]) + parser.feed(stream[cut:])
    for name in {command.name for command in whole} - {"text"}:
        assert [c for c in whole if c.name == name] == [c for c in pieces if c.name == name]
    rendering = render(stream, profile)
    draw_items(rendering.items[:_DRAWN_ITEMS_MAX], profile)
    assert longest_command(stream, profile) <= len(stream)
    _run_machine(PrinterMachine(profile), stream)


def _run_machine(machine: PrinterMachine, stream: bytes) -> None:
    machine.receive(stream)
    machine.end_connection()
    for _ in range(len(stream) + 2):
        if not machine.has_work:
            break
        machine.step()
    assert not machine.has_work


if __name__ == "__main__":
    run(
        print_bytes,
        SEEDS,
        instrument=[
            "drivers.printers.commands",
            "drivers.printers.star_commands",
            "drivers.printers.page",
            "drivers.sim.escpos_machine",
        ],
    )
