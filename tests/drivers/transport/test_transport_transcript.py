"""Transcripts: what was recorded replays, and a replay insists on every byte."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConnectionLost, NotConnected, ProtocolError
from drivers.transport.transcript import (
    Entry,
    RecordingTransport,
    ReplayTransport,
    load_transcript,
    parse_transcript,
)

ENTRIES = st.lists(
    st.one_of(
        st.builds(Entry, st.just(">"), st.binary(min_size=1, max_size=40)),
        st.builds(Entry, st.just("<"), st.binary(max_size=40)),
        st.just(Entry("!")),
    ),
    max_size=20,
)


@given(ENTRIES)
def test_lines_parse_back_to_the_same_entries(entries: list[Entry]) -> None:
    assert list(parse_transcript(entry.line() for entry in entries)) == entries


@pytest.mark.parametrize("line", ["? 00", "> zz", "! gone", "00"])
def test_wrong_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"line 1|fromhex"):
        parse_transcript([line])


def replay(*lines: str) -> ReplayTransport:
    transport = ReplayTransport(parse_transcript(lines))
    transport.open()
    return transport


def test_replay_does_not_care_how_writes_are_cut() -> None:
    transport = replay("> 01 02 03", "> 04", "< 05 06")
    transport.write(b"\x01")
    transport.write(b"\x02\x03\x04")
    assert transport.read(1) == b"\x05"
    assert transport.read() == b"\x06"
    assert transport.is_finished


def test_replay_refuses_other_bytes() -> None:
    with pytest.raises(ProtocolError, match="recorded 01"):
        replay("> 01").write(b"\x02")
    with pytest.raises(ProtocolError, match="a read was due"):
        replay("< 01").write(b"\x02")
    with pytest.raises(ProtocolError):
        replay("> 01").write(b"\x01\x02")


def test_replay_is_silent_while_it_is_the_drivers_turn() -> None:
    transport = replay("> 01", "< -", "< 02")
    assert transport.read() == b""
    transport.write(b"\x01")
    assert transport.read() == b""
    assert transport.read() == b"\x02"


def test_replay_breaks_where_the_record_broke() -> None:
    transport = replay("> 01", "! lost", "> 02")
    transport.write(b"\x01")
    with pytest.raises(ConnectionLost):
        transport.read()
    with pytest.raises(NotConnected):
        transport.write(b"\x02")
    transport.open()
    transport.write(b"\x02")
    assert transport.is_finished


def test_recording_replays(tmp_path: Path) -> None:
    stream = io.StringIO()
    inner = replay("> 10 04 01", "< 16", "< -", "! lost")
    recorder = RecordingTransport(inner, stream)
    recorder.open()
    recorder.write(b"\x10\x04\x01")
    recorder.read()
    recorder.read()
    with pytest.raises(ConnectionLost):
        recorder.read()
    path = tmp_path / "talk.txt"
    path.write_text(stream.getvalue(), encoding="utf-8")
    assert [entry.line() for entry in load_transcript(path)] == [
        "> 10 04 01",
        "< 16",
        "< -",
        "! lost",
    ]
