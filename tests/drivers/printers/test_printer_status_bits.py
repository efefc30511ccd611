"""Status: the meaning of every bit, for every byte, and never "paper ok" out of silence."""

from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import CoverOpen, DeviceFault, DeviceNotReady, DeviceOffline, PaperOut
from drivers.api.printer import Paper, PrinterFault, PrinterStatus
from drivers.printers.status import (
    AnswerSplitter,
    is_asb_start,
    is_ordered_answer,
    is_realtime_answer,
    parse_asb,
    parse_ordered_paper,
    parse_realtime,
    question,
)

IDLE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


def every_byte(check: Callable[[int], None]) -> Callable[[], None]:
    """One test for all 256 bytes: 256 tests would only be slower."""

    def run() -> None:
        for byte in range(256):
            check(byte)

    run.__name__ = check.__name__
    return run


def asked(**changes: int) -> PrinterStatus:
    return parse_realtime(IDLE | {int(key[1:]): byte for key, byte in changes.items()})


@every_byte
def test_each_byte_is_an_answer_of_one_kind_at_most(byte: int) -> None:
    kinds = [is_realtime_answer(byte), is_asb_start(byte), is_ordered_answer(byte)]
    assert sum(kinds) <= 1


@every_byte
def test_answer_1_every_bit(byte: int) -> None:
    status = asked(q1=byte)
    if byte & 0x93 != 0x12:
        assert status.online is None
        assert status.drawer_pin_high is None
        return
    assert status.online is not bool(byte & 0x08)
    assert status.drawer_pin_high is bool(byte & 0x04)
    assert status.waiting_recovery is bool(byte & 0x20)
    assert status.feeding is bool(byte & 0x40)


@every_byte
def test_answer_2_every_bit(byte: int) -> None:
    status = asked(q2=byte)
    if byte & 0x93 != 0x12:
        assert status.cover_open is None
        return
    assert status.cover_open is bool(byte & 0x04)
    assert status.feeding is bool(byte & 0x08)
    assert (status.paper is Paper.OUT) is bool(byte & 0x20)
    assert (status.fault is not PrinterFault.NONE) is bool(byte & 0x40)


@every_byte
def test_answer_3_every_bit(byte: int) -> None:
    fault = asked(q3=byte).fault
    if byte & 0x93 != 0x12 or not byte & 0x6C:
        assert fault is PrinterFault.NONE
    elif byte & 0x20:
        assert fault is PrinterFault.UNRECOVERABLE
    elif byte & 0x08:
        assert fault is PrinterFault.CUTTER
    elif byte & 0x40:
        assert fault is PrinterFault.HEAD_HOT
    else:
        assert fault is PrinterFault.RECOVERABLE


@every_byte
def test_answer_4_every_bit(byte: int) -> None:
    paper = asked(q4=byte).paper
    if byte & 0x93 != 0x12:
        assert paper is Paper.UNKNOWN
    elif byte & 0x60:
        assert paper is Paper.OUT
    else:
        assert paper is (Paper.NEAR_END if byte & 0x0C else Paper.OK)


@every_byte
def test_ordered_answer_every_bit(byte: int) -> None:
    paper = parse_ordered_paper(byte)
    if byte & 0x90:
        assert paper is Paper.UNKNOWN
    elif byte & 0x0C:
        assert paper is Paper.OUT
    else:
        assert paper is (Paper.NEAR_END if byte & 0x03 else Paper.OK)


@every_byte
def test_automatic_status_every_bit(byte: int) -> None:
    first = parse_asb(bytes((byte, 0, 0, 0)))
    assert (first is None) is (byte & 0x93 != 0x10)
    if first is not None:
        assert first.online is not bool(byte & 0x08)
        assert first.drawer_pin_high is bool(byte & 0x04)
        assert first.cover_open is bool(byte & 0x20)
        assert first.feeding is bool(byte & 0x40)
    paper = parse_asb(bytes((0x10, 0, byte, 0)))
    assert (paper is None) is bool(byte & 0x90)
    if paper is not None:
        expected = Paper.OUT if byte & 0x0C else Paper.NEAR_END if byte & 0x03 else Paper.OK
        assert paper.paper is expected


def test_bytes_of_a_real_printer_without_paper() -> None:
    status = parse_realtime({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E})
    assert status.paper is Paper.OUT
    assert status.online is False
    assert isinstance(status.problem(), PaperOut)
    assert status.words("ru") == "нет бумаги"


@given(st.dictionaries(st.integers(1, 4), st.one_of(st.none(), st.integers(0, 255))))
def test_paper_is_ok_only_when_the_printer_said_so(answers: dict[int, int | None]) -> None:
    status = parse_realtime(answers)
    fourth = answers.get(4)
    if fourth is None or fourth & 0x93 != 0x12:
        assert status.paper in {Paper.UNKNOWN, Paper.OUT}
    assert status.words("ru")
    assert status.words("en").isascii()


def test_silence_is_not_ready() -> None:
    status = parse_realtime({})
    assert not status.answered
    assert not status.is_ready
    assert status.problem() is None
    assert status.words("ru") == "не отвечает"


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (asked(q1=0x1A, q2=0x16), CoverOpen, "открыта крышка"),
        (asked(q1=0x1A, q2=0x52, q3=0x1A), DeviceFault, "заклинил нож"),
        (asked(q1=0x1A, q3=0x52), DeviceFault, "перегрев печатающей головки"),
        (asked(q1=0x1A), DeviceOffline, "не готов к печати"),
        (asked(q4=0x1E), None, "готов, бумага заканчивается"),
        (asked(), None, "готов"),
    ],
)
def test_words_say_what_the_cashier_must_do(
    status: PrinterStatus, kind: type[DeviceNotReady] | None, words: str
) -> None:
    assert status.words("ru") == words
    problem = status.problem()
    assert problem is None if kind is None else type(problem) is kind


@pytest.mark.parametrize(("level", "is_open"), [("high", True), ("low", False), (None, None)])
def test_drawer_is_open_only_by_the_level_the_installer_told(
    level: Literal["high", "low"] | None, is_open: bool | None
) -> None:
    assert parse_realtime({1: 0x16}, drawer_open_level=level).drawer_open is is_open


@given(st.lists(st.binary(max_size=8)))
def test_splitter_takes_any_bytes(pieces: list[bytes]) -> None:
    splitter = AnswerSplitter()
    for piece in pieces:
        answers = splitter.feed(piece)
        assert all(parse_asb(block) is not None for block in answers.automatic)


@given(
    st.lists(st.sampled_from([b"\x12", b"\x16", b"\x00", b"\x10\x00\x0c\x00"]), max_size=12),
    st.data(),
)
def test_splitter_sorts_a_mixed_stream_however_it_is_cut(
    parts: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(parts)
    cut = data.draw(st.integers(0, len(stream)))
    splitter = AnswerSplitter()
    found = [splitter.feed(stream[:cut]), splitter.feed(stream[cut:])]
    assert sum(len(answers.realtime) for answers in found) == sum(
        part in {b"\x12", b"\x16"} for part in parts
    )
    assert sum(len(answers.ordered) for answers in found) == parts.count(b"\x00")
    assert sum(len(answers.automatic) for answers in found) == parts.count(b"\x10\x00\x0c\x00")


def test_question_is_three_bytes() -> None:
    assert question(4) == b"\x10\x04\x04"
