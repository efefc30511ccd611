"""Parser of ESC/POS: never raises, loses no byte of text, and does not care how the stream is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printers.commands import PAYLOAD_MAX, Command, CommandParser, parse_commands
from drivers.printers.items import describe
from drivers.printers.page import PageBuilder, read_page
from drivers.printers.picture import draw_items
from drivers.printers.profiles import get_profile
from drivers.sim.escpos_machine import PrinterMachine

PROFILE = get_profile("xprinter-xp58")
# Garbage that is rich in command introducers reaches far more branches than even noise.
GARBAGE = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(k", b"\x1dk", b"\x1dv0\x00", b"\x1b*"]
        ),
        st.sampled_from(
            [b"\x10\x04\x01", b"\x1d\x72\x01", b"\x1d\x56\x42\x00", b"\x1b@", b"\n", b"\x1da\xff"]
        ),
        st.sampled_from([b"\x1d(k\x04\x001A2\x00", b"\x1d(k\x05\x001P0ab", b"\x1d(k\x03\x001Q0"]),
    ),
    max_size=60,
).map(b"".join)


@given(GARBAGE)
def test_parser_takes_any_bytes(data: bytes) -> None:
    parser = CommandParser()
    parser.feed(data)
    assert parser.pending <= len(data)


@given(GARBAGE, st.lists(st.integers(0, 400), max_size=6))
def test_cutting_the_stream_changes_nothing(data: bytes, cuts: list[int]) -> None:
    def joined(commands: list[Command]) -> list[Command]:
        merged: list[Command] = []
        for command in commands:
            if merged and command.name == merged[-1].name == "text":
                merged[-1] = Command("text", merged[-1].data + command.data)
            else:
                merged.append(command)
        return merged

    parser = CommandParser()
    pieces: list[Command] = []
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        pieces += parser.feed(data[start:end])
    assert joined(pieces) == joined(parse_commands(data))


@given(GARBAGE)
def test_page_and_picture_take_any_bytes(data: bytes) -> None:
    items = read_page(data, PROFILE, double_byte=len(data) % 2 == 1)
    assert all(isinstance(line, str) for item in items for line in describe(item))
    draw_items(items[:50], PROFILE)


@given(GARBAGE)
def test_machine_takes_any_bytes(data: bytes) -> None:
    machine = PrinterMachine(PROFILE)
    answer = machine.receive(data)
    assert all(byte & 0x93 == 0x12 for byte in answer)
    machine.end_connection()
    while machine.has_work:
        machine.step()


@pytest.mark.parametrize(
    ("data", "commands"),
    [
        (b"ab\ncd", [Command("text", b"ab"), Command("LF", b"\n"), Command("text", b"cd")]),
        (b"\x1b@\x1bt\x11", [Command("ESC @"), Command("ESC t", b"\x11")]),
        (b"\x10\x04\x02", [Command("DLE EOT", b"\x02")]),
        (b"\x10\x14\x01\x00\x02", [Command("DLE DC4", b"\x01\x00\x02")]),
        (b"\x1dV\x42\x00\x1dV\x00", [Command("GS V", b"\x42\x00"), Command("GS V", b"\x00")]),
        (b"\x1d(k\x03\x001Q0", [Command("GS ( k", b"1Q0")]),
        (
            b"\x1dv0\x00\x01\x00\x02\x00\xaa\x55",
            [Command("GS v", b"0\x00\x01\x00\x02\x00\xaa\x55")],
        ),
        (b"\x1dk\x02123\x00\n", [Command("GS k", b"\x02123\x00"), Command("LF", b"\n")]),
        (b"\x1dkI\x02{B", [Command("GS k", b"I\x02{B")]),
        (
            b"\x1b*\x21\x02\x00abcdef!",
            [Command("ESC *", b"\x21\x02\x00abcdef"), Command("text", b"!")],
        ),
        (b"\x1b*\x00\x02\x00ab!", [Command("ESC *", b"\x00\x02\x00ab"), Command("text", b"!")]),
        (b"\x1d*\x01\x0112345678!", [Command("GS *", b"\x01\x0112345678"), Command("text", b"!")]),
        (b"\x1bD\x08\x10\x00!", [Command("ESC D", b"\x08\x10\x00"), Command("text", b"!")]),
        (b"\x1bD" + bytes(range(1, 40)), None),
        (b"\x1dk\x02" + b"9" * 300, None),
        (b"\x10\x05\x01", [Command("DLE ENQ", b"\x01")]),
        (
            b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
            [Command("DLE DC4", b"\x08\x01\x03\x14\x01\x06\x02\x08")],
        ),
        (b"\x10\x41", [Command("unknown", b"\x10\x41")]),
        (b"\x1b\x7f!", [Command("unknown", b"\x1b\x7f"), Command("text", b"!")]),
    ],
)
def test_known_commands_are_cut_out_whole(data: bytes, commands: list[Command] | None) -> None:
    if commands is None:
        # A list that never ends is given up, and what follows is read as usual.
        assert parse_commands(data)[0].name == "unknown"
    else:
        assert parse_commands(data) == commands
        for cut in range(len(data)):
            parser = CommandParser()
            found = parser.feed(data[:cut]) + parser.feed(data[cut:])
            assert sum(len(command.data) for command in found) == sum(
                len(command.data) for command in commands
            )


def test_half_a_command_waits_for_its_rest() -> None:
    parser = CommandParser()
    assert parser.feed(b"\x1d(k\x03") == []
    assert parser.feed(b"\x001Q") == []
    assert parser.feed(b"0") == [Command("GS ( k", b"1Q0")]
    assert parser.pending == 0


def test_absurd_declared_length_does_not_swallow_the_rest() -> None:
    data = b"\x1dv0\x00\xff\xff\xff\xff" + b"after"
    assert PAYLOAD_MAX < 0xFFFF * 0xFFFF
    assert parse_commands(data)[-1] == Command("text", b"after")


def test_double_byte_mode_mangles_cyrillic_until_it_is_switched_off() -> None:
    builder = PageBuilder(PROFILE, double_byte=True)
    for command in parse_commands(
        "Привет".encode("cp866") + b"\n\x1c." + "Привет".encode("cp866") + b"\n"
    ):
        builder.execute(command)
    assert "Привет" not in describe(builder.items[0])[0]
    builder = PageBuilder(PROFILE, double_byte=True)
    for command in parse_commands(b"\x1c.\x1bt\x11" + "Привет".encode("cp866") + b"\n"):
        builder.execute(command)
    assert describe(builder.items[0]) == ["Привет"]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\x1b!\x38ab\n", ["ab"]),
        (b"\x1b-\x01ab\x1b-\x00\n", ["ab"]),
        (b"lost\x18kept\n", ["kept"]),
        (b"a\tb\n", ["a       b"]),
        (b"x" * 40 + b"\n", ["x" * 32, "x" * 8]),
        (b"\x1d!\x77" + b"x" * 5 + b"\n", ["xxxx", "x"]),
        (b"ab\x1bd\x03", ["ab", "", ""]),
        (b"ab\x1bJ\x3c", ["ab", ""]),
        (b"\x1bB\x02\x01\x1bi", ["[beep 2]", "[cut]"]),
        (b"\x1bt\x63\x80\n", ["\u00c7"]),
        (b"\x1dkI\x05{B123\n", ["[barcode 123]", ""]),
        (b"\x1dk\x06A1A\x00", ["[barcode A1A]"]),
        (b"\x1d(k\x03\x001Q0", []),
        (b"\x1b3\x10\x1b2ab\n", ["ab"]),
        (b"unfinished", []),
    ],
)
def test_page_obeys_the_commands(data: bytes, lines: list[str]) -> None:
    items = read_page(data, PROFILE)
    assert [line for item in items for line in describe(item)] == lines
    draw_items(items, PROFILE)
