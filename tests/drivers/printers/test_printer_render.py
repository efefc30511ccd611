"""What the simulator makes of any bytes: a picture and a list of events with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import Barcode, Beep, Cut, Image, Logo, OpenDrawer, PrintDocument, Qr, Text
from drivers.printers.escpos import EscposEncoder
from drivers.printers.picture import MARGIN, draw_bytes, draw_items
from drivers.printers.profiles import PrinterProfile, get_profile
from drivers.sim.rendering import render

XP80 = get_profile("XP-80")
STAR = get_profile("TSP650")
EVERYTHING = PrintDocument(
    [
        Text("Привет"),
        OpenDrawer(5),
        Qr("https://ml.example/r/1"),
        Barcode("4600051000057", "EAN13"),
        Beep(2),
        Cut(partial=True),
        Cut(partial=False),
    ]
)


def told(data: bytes, profile: PrinterProfile) -> list[tuple[object, object]]:
    """Type and what matters of every event."""
    keys = ("text", "partial", "pin", "times", "number", "width", "command", "hex")
    events = render(data, profile).events
    return [(event["type"], next(event[key] for key in keys if key in event)) for event in events]


@pytest.mark.parametrize("profile", [XP80, STAR], ids=["escpos", "star"])
def test_document_gives_its_events_in_order(profile: PrinterProfile) -> None:
    data = EscposEncoder(profile).encode(EVERYTHING)
    assert told(data, profile) == [
        ("drawer", 5),
        ("qr", "https://ml.example/r/1"),
        ("barcode", "4600051000057"),
        ("beep", 2),
        ("cut", True),
        ("cut", False),
    ]


def test_picture_is_as_wide_as_the_paper_with_its_margin() -> None:
    image = draw_bytes("Привет\n".encode("cp866"), XP80)
    assert image.size == (XP80.dots + 2 * MARGIN, 30 + 2 * MARGIN)


def test_status_requests_and_unknown_commands_are_told_with_their_place() -> None:
    data = b"ab\n\x10\x04\x04\x1d\x61\x0f\x1b\xff\x10\x14\x01\x00\x02\x1d\x72\x01"
    events = render(data, XP80).events
    assert [(event["type"], event["offset"]) for event in events] == [
        ("status_request", 3),
        ("status_request", 6),
        ("unknown", 9),
        ("drawer", 11),
        ("status_request", 16),
    ]


def test_questions_of_star_are_told_too() -> None:
    assert told(b"\x1b\x06\x01\x17\x05\x1b\x1ea\x01", STAR) == [
        ("status_request", "ESC ACK 1"),
        ("status_request", "ETB"),
        ("status_request", "ENQ"),
        ("status_request", "ESC RS a 1"),
    ]


def test_dots_in_a_line_of_text_are_a_picture() -> None:
    assert told(b"\x1b*\x21\x02\x00" + bytes(6) + b"\n", XP80) == [("picture", 2)]
    assert told(EscposEncoder(STAR).encode(PrintDocument([Text("Қазақ")])), STAR) == [
        ("picture", 576)
    ]


def test_stream_that_ends_inside_a_command_says_so() -> None:
    events = render(b"x\n\x1d\x76\x30\x00\x48", XP80).events
    assert [(event["type"], event["offset"]) for event in events] == [("incomplete", 2)]


def test_logo_comes_from_memory_or_as_dots() -> None:
    dots = Image(b"\xff" * 4 * 8, 32, 8)
    document = PrintDocument([Logo(dots)])
    assert told(EscposEncoder(XP80).encode(document), XP80) == [("picture", 32)]
    kept = XP80.adjusted(logo_number=1)
    data = EscposEncoder(kept).encode(document)
    assert b"\x1c\x70\x01\x00" in data
    assert told(data, kept) == [("logo", 1)]
    assert told(EscposEncoder(XP80).encode(PrintDocument([Logo()])), XP80) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_rendered(data: bytes) -> None:
    for profile in (XP80, STAR):
        rendering = render(data, profile)
        assert all(0 <= int(str(event["offset"])) < len(data) for event in rendering.events)
        assert len(rendering.items) <= 2 * len(data) + 1


@given(
    st.lists(
        st.sampled_from(
            [
                b"\x1b*\x21\x02\x00",
                b"\x1bX\x02\x00",
                b"abc",
                b"\n",
                b"\x1bb\x03\x02",
                b"\x1e",
                b"\x1d(k",
            ]
        ),
        max_size=20,
    ),
    st.binary(max_size=60),
)
def test_commands_with_wrong_arguments_are_drawn_too(parts: list[bytes], tail: bytes) -> None:
    for profile in (XP80, STAR):
        image = draw_items(render(b"".join(parts) + tail, profile).items, profile)
        assert image.size[0] == profile.dots + 2 * MARGIN
