"""What the simulator makes of any bytes: a picture and a list of events with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import Barcode, Beep, Cut, Image, Logo, OpenDrawer, PrintDocument, Qr, Text
from drivers.printers.escpos import EscposEncoder
from drivers.printers.picture import MARGIN
from drivers.printers.profiles import PrinterProfile, get_profile
from drivers.sim.escpos_render import render_bytes, run_bytes

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


def told(data: bytes, profile: PrinterProfile) -> list[tuple[str, str]]:
    """Kind and detail of every event."""
    return [(event.kind, event.detail) for event in run_bytes(data, profile)[1]]


@pytest.mark.parametrize("profile", [XP80, STAR], ids=["escpos", "star"])
def test_document_gives_its_events_in_order(profile: PrinterProfile) -> None:
    data = EscposEncoder(profile).encode(EVERYTHING)
    assert told(data, profile) == [
        ("drawer", "5"),
        ("qr", "https://ml.example/r/1"),
        ("barcode", "4600051000057"),
        ("beep", "2"),
        ("cut", "partial"),
        ("cut", "full"),
    ]


def test_picture_is_as_wide_as_the_paper_with_its_margin() -> None:
    image, events = render_bytes("Привет\n".encode("cp866"), XP80)
    assert image.size == (XP80.dots + 2 * MARGIN, 30 + 2 * MARGIN)
    assert events == ()


def test_status_requests_and_unknown_commands_are_told_with_their_place() -> None:
    data = b"ab\n\x10\x04\x04\x1d\x61\x0f\x1b\xff\x10\x14\x01\x00\x02\x1d\x72\x01"
    _, events = run_bytes(data, XP80)
    assert [(event.kind, event.offset, event.detail) for event in events] == [
        ("status", 3, "DLE EOT 04"),
        ("status", 6, "GS a 0f"),
        ("unknown", 9, "1b ff"),
        ("drawer", 11, "2"),
        ("status", 16, "GS r 01"),
    ]
    assert events[0].to_json() == {"kind": "status", "offset": 3, "detail": "DLE EOT 04"}


def test_stream_that_ends_inside_a_command_says_so() -> None:
    _, events = run_bytes(b"x\n\x1d\x76\x30\x00\x48", XP80)
    assert [(event.kind, event.offset) for event in events] == [("incomplete", 2)]


def test_logo_comes_from_memory_or_as_dots() -> None:
    dots = Image(b"\xff" * 4 * 8, 32, 8)
    document = PrintDocument([Logo(dots)])
    assert told(EscposEncoder(XP80).encode(document), XP80) == [("picture", "32x8")]
    kept = XP80.adjusted(logo_number=1)
    data = EscposEncoder(kept).encode(document)
    assert b"\x1c\x70\x01\x00" in data
    assert told(data, kept) == [("logo", "1")]
    assert told(EscposEncoder(XP80).encode(PrintDocument([Logo()])), XP80) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_rendered(data: bytes) -> None:
    for profile in (XP80, STAR):
        items, events = run_bytes(data, profile)
        assert all(0 <= event.offset < len(data) for event in events)
        assert len(items) <= 2 * len(data) + 1


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
        image, _ = render_bytes(b"".join(parts) + tail, profile)
        assert image.size[0] == profile.dots + 2 * MARGIN
