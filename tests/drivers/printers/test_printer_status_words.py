"""Every bit of every answer has words in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import Paper, PrinterFault
from drivers.printers.star_status import StarSplitter, block_size, counter_of, parse_star
from drivers.printers.status_words import explain_automatic, explain_realtime, explain_star
from drivers.sim.escpos_machine import MachineState
from drivers.sim.star_board import star_block

IDLE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
QUIET_STAR = bytes.fromhex("23 86 00 00 00 00 00 00 00")


def test_idle_printer_in_words() -> None:
    assert explain_realtime(IDLE) == (
        "датчик ящика: низкий уровень",
        "в сети",
        "крышка закрыта",
        "ошибок нет",
        "бумаги достаточно",
        "бумага есть",
    )


def test_printer_without_paper_in_words() -> None:
    """The vector of the reference: 1A, 32, 7E."""
    told = explain_realtime({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}, "en")
    assert {"off line", "stopped: paper end", "paper near its end", "no paper"} <= set(told)


@pytest.mark.parametrize(
    ("number", "bit"),
    [(number, bit) for number in (1, 2, 3, 4) for bit in (2, 3, 5, 6)],
)
def test_every_bit_of_dle_eot_changes_the_words(number: int, bit: int) -> None:
    for lang in ("ru", "en"):
        changed = explain_realtime(IDLE | {number: 0x12 | 1 << bit}, lang)
        assert changed != explain_realtime(IDLE, lang)


@pytest.mark.parametrize(
    ("place", "bit"),
    [
        (0, 2),
        (0, 3),
        (0, 5),
        (0, 6),
        (1, 2),
        (1, 3),
        (1, 5),
        (1, 6),
        (2, 0),
        (2, 1),
        (2, 2),
        (2, 3),
    ],
)
def test_every_bit_of_automatic_status_changes_the_words(place: int, bit: int) -> None:
    block = bytearray(b"\x10\x00\x00\x00")
    block[place] |= 1 << bit
    assert explain_automatic(bytes(block)) != explain_automatic(b"\x10\x00\x00\x00")
    assert all(text.isascii() for text in explain_automatic(bytes(block), "en"))


def test_silence_and_nonsense_are_told() -> None:
    told = explain_realtime({1: None, 2: 0xFF, 3: 0x12})
    assert told[0] == "не отвечает на вопрос 1"
    assert "непонятный ответ 0xff" in told
    assert told[-1] == "не отвечает на вопрос 4"
    assert explain_automatic(b"\x12\x00\x00\x00") == ()


@pytest.mark.parametrize(
    ("place", "bits"),
    [(2, (1, 2, 3, 5, 6)), (3, (2, 3, 5, 6)), (4, (1, 2, 3, 5, 6)), (5, (1, 2, 3))],
)
def test_every_bit_of_a_star_block_changes_the_words(place: int, bits: tuple[int, ...]) -> None:
    for bit in bits:
        block = bytearray(QUIET_STAR)
        block[place] |= 1 << bit
        assert explain_star(bytes(block)) != explain_star(QUIET_STAR)


def test_samples_of_star_blocks() -> None:
    """From the tests of star_ethernet: on line, off line, ETB counted once."""
    online = parse_star(QUIET_STAR)
    assert online is not None
    assert (online.online, online.paper, online.is_ready) == (True, Paper.OK, True)
    offline = parse_star(bytes.fromhex("23 86 08 00 00 00 00 00 00"))
    assert offline is not None
    assert offline.online is False
    assert counter_of(bytes.fromhex("23 86 02 00 00 00 00 02 00")) == 1
    assert [block_size(byte) for byte in (0x0F, 0x21, 0x23, 0x12, 0xFF)] == [7, 8, 9, 0, 0]


@pytest.mark.parametrize("counter", range(32))
def test_counter_of_the_simulator_reads_back(counter: int) -> None:
    assert counter_of(star_block(MachineState(), counter)) == counter


def test_states_of_the_simulated_star_read_back() -> None:
    state = MachineState(paper=Paper.OUT, cover_open=True, cutter_error=True, drawer_open=True)
    status = parse_star(star_block(state, 0), "high")
    assert status is not None
    assert (status.paper, status.cover_open, status.drawer_open) == (Paper.OUT, True, True)
    assert status.fault is PrinterFault.CUTTER
    near = parse_star(star_block(MachineState(paper=Paper.NEAR_END, head_hot=True), 0))
    assert near is not None
    assert (near.paper, near.fault) == (Paper.NEAR_END, PrinterFault.HEAD_HOT)


@given(st.lists(st.binary(max_size=12)))
def test_star_splitter_takes_any_bytes(pieces: list[bytes]) -> None:
    splitter = StarSplitter()
    for piece in pieces:
        for block in splitter.feed(piece):
            assert parse_star(block) is not None
            assert explain_star(block)


@given(st.lists(st.integers(0, 31), max_size=6), st.data())
def test_star_splitter_finds_blocks_however_the_stream_is_cut(
    counters: list[int], data: st.DataObject
) -> None:
    stream = b"\x00\x12".join(star_block(MachineState(), counter) for counter in counters)
    cut = data.draw(st.integers(0, len(stream)))
    splitter = StarSplitter()
    found = splitter.feed(stream[:cut]) + splitter.feed(stream[cut:])
    assert [counter_of(block) for block in found] == counters


@given(st.dictionaries(st.integers(1, 4), st.integers(0, 255)), st.binary(max_size=16))
def test_any_answers_have_words(answers: dict[int, int], block: bytes) -> None:
    assert len(explain_realtime(answers)) >= 4 - len(answers)
    assert isinstance(explain_automatic(block), tuple)
    assert isinstance(explain_star(block), tuple)
