"""INPAS: the reference's vectors, damaged frames, statuses, and talks that go wrong."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import (
    ConnectionLost,
    DeviceBusy,
    DriverError,
    OutcomeUnknown,
    ProtocolError,
)
from drivers.api.terminal import Outcome, Progress, Verdict
from drivers.sim.http_server import CutLink
from drivers.sim.inpas import Act, Behaviour, InpasSimulator
from drivers.sim.inpas_wire import frame as simulated_frame
from drivers.terminals.inpas import codec
from drivers.terminals.inpas.driver import InpasTerminal, trace_of
from drivers.terminals.inpas.link import InpasLink
from drivers.terminals.inpas.options import InpasOptions
from drivers.transport.tcp import TcpTransport

#: As a public client sends it: 12345 kopecks, 643, operation 1, number 1.
VECTOR = bytes.fromhex(
    "02 16 00 00 05 00 31 32 33 34 35 04 03 00 36 34 33 19 01 00 31 1A 01 00 31 A3 75"
)


@pytest.fixture
def simulator() -> Iterator[InpasSimulator]:
    made = InpasSimulator()
    made.start()
    yield made
    made.stop()


@contextlib.contextmanager
def connected(simulator: InpasSimulator, answer_s: float = 20.0) -> Iterator[InpasTerminal]:
    link = InpasLink(TcpTransport("127.0.0.1", simulator.port), ack_timeout_s=3.0)
    terminal = InpasTerminal(link, InpasOptions(answer_timeout_s=answer_s))
    try:
        yield terminal
    finally:
        terminal.close()


def test_check_sum_and_request_match_the_reference() -> None:
    assert codec.crc16(b"123456789") == 0xFEE8
    assert codec.encode([(0, "12345"), (4, "643"), (25, "1"), (26, "1")]) == VECTOR
    taken = codec.take_frame(VECTOR)
    assert taken is not None
    assert taken[1] == len(VECTOR)
    message = codec.decode(taken[0])
    assert message.fields == {0: b"12345", 4: b"643", 25: b"1", 26: b"1"}


def test_request_of_the_driver_carries_the_fields(simulator: InpasSimulator) -> None:
    with connected(simulator) as terminal:
        terminal.pay(12345, "RUB", "op-1")
    fields = codec.decode(simulator.received[-1]).fields
    assert (fields[0], fields[4], fields[25]) == (b"12345", b"643", b"1")
    assert fields[26].decode() == trace_of("op-1")
    assert len(fields[21]) == 14


@given(st.dictionaries(st.integers(0, 255), st.binary(max_size=60), max_size=8))
def test_fields_go_there_and_back(fields: dict[int, bytes]) -> None:
    whole = codec.frame(codec.encode_body(fields))
    assert whole == simulated_frame(tuple(fields.items()))
    taken = codec.take_frame(whole + b"\x04")
    assert taken is not None
    assert dict(codec.decode(taken[0]).fields) == fields
    for cut in range(len(whole)):
        assert codec.take_frame(whole[:cut]) is None


@given(st.integers(1, len(VECTOR) - 1), st.integers(1, 255))
def test_damage_of_one_byte_is_always_noticed(place: int, change: int) -> None:
    damaged = bytearray(VECTOR)
    damaged[place] ^= change
    with contextlib.suppress(codec.FrameError):
        assert codec.take_frame(damaged) is None  # a longer frame that is not complete


@pytest.mark.parametrize("body", ["00", "0005", "000500", "00050031", "000000 000000", "190100"])
def test_broken_fields_are_refused(body: str) -> None:
    with pytest.raises(ProtocolError):
        codec.decode(bytes.fromhex(body))


@pytest.mark.parametrize("act", [Act.NAK_ONCE, Act.BAD_CRC_ONCE])
def test_damaged_frame_is_sent_again(simulator: InpasSimulator, act: Act) -> None:
    simulator.next(Behaviour(act))
    with connected(simulator) as terminal:
        assert terminal.pay(500, "RUB", "op-1").approved
    assert len(simulator.journal.all()) == 1


def test_terminal_that_never_understands_books_nothing(simulator: InpasSimulator) -> None:
    simulator.next(Behaviour(Act.BUSY))
    with connected(simulator) as terminal:
        with pytest.raises(DeviceBusy):
            terminal.pay(500, "RUB", "op-1")
        assert simulator.journal.all() == ()


@pytest.mark.parametrize("act", [Act.BAD_CRC, Act.ODD_STATUS, Act.SILENT_AFTER, Act.STALL])
def test_answer_that_says_nothing_is_unknown_until_asked(
    simulator: InpasSimulator, act: Act
) -> None:
    """'Silence after approval' of the reference, and statuses that nobody knows."""
    simulator.next(Behaviour(act, 2.0))
    with connected(simulator, answer_s=1.0) as terminal:
        with pytest.raises(OutcomeUnknown):
            terminal.pay(500, "RUB", "op-1")
        lookup = None
        for _ in range(200):
            with contextlib.suppress(DeviceBusy):
                lookup = terminal.find_operation("op-1", 500)
                break
            threading.Event().wait(0.05)
    assert lookup is not None
    assert lookup.verdict is Verdict.FOUND
    assert lookup.result is not None
    assert lookup.result.operation_id == "op-1"


def test_mute_terminal_is_unknown_and_found_absent(simulator: InpasSimulator) -> None:
    simulator.next(Behaviour(Act.MUTE))
    with connected(simulator) as terminal:
        with pytest.raises(OutcomeUnknown):
            terminal.pay(500, "RUB", "op-1")
        assert terminal.find_operation("op-1", 500).verdict is Verdict.ABSENT


@pytest.mark.parametrize(
    ("act", "outcome", "text"),
    [
        (Act.DECLINE, Outcome.DECLINED, "Отказ банка (НЕДОСТАТОЧНО СРЕДСТВ)"),
        (Act.NO_LINK, Outcome.DECLINED, "Нет связи с банком (НЕ ВЫПОЛНЕНО)"),
        (Act.CANCEL, Outcome.CANCELLED, "Операция прервана (НЕ ВЫПОЛНЕНО)"),
    ],
)
def test_statuses_are_told_in_words(
    simulator: InpasSimulator, act: Act, outcome: Outcome, text: str
) -> None:
    simulator.next(Behaviour(act))
    with connected(simulator) as terminal:
        result = terminal.pay(500, "RUB", "op-1")
    assert (result.outcome, result.text) == (outcome, text)


def test_wait_frames_are_told_and_an_abort_cancels(simulator: InpasSimulator) -> None:
    simulator.next(Behaviour(Act.SLOW_CARD, 60.0))
    steps: list[Progress] = []
    with connected(simulator) as terminal:

        def on_progress(step: Progress, _: str) -> None:
            steps.append(step)
            if step is Progress.WAIT:
                threading.Thread(target=terminal.abort).start()

        assert terminal.pay(500, "RUB", "op-1", on_progress).outcome is Outcome.CANCELLED
    assert steps == [Progress.CONNECTING, Progress.WAIT, Progress.ABORTING]
    assert simulator.journal.all() == ()


def test_profile_without_a_question_leaves_doubt_to_a_human(simulator: InpasSimulator) -> None:
    link = InpasLink(TcpTransport("127.0.0.1", simulator.port))
    terminal = InpasTerminal(link, InpasOptions(last_operation=""))
    simulator.next(Behaviour(Act.LOSE_AFTER))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    lookup = terminal.find_operation("op-1", 500)
    terminal.close()
    assert lookup.verdict is Verdict.UNCERTAIN
    assert lookup.reason


class _Line:
    """Says given pieces, then is silent."""

    name = "script"
    can_read = True

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def write(self, data: bytes, timeout_s: float = 5.0) -> None: ...

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def discard_input(self) -> None: ...


_PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b"\x06",
            b"\x15",
            b"\x04",
            simulated_frame(((25, b"21"),)),
            simulated_frame(((39, b"1"), (0, b"100"))),
            simulated_frame(((39, b"16"),)),
            simulated_frame(((39, b"0"),)),
            simulated_frame(((39, b"1"), (26, b"1"))),
        ]
    ),
)


@given(st.lists(_PIECES, max_size=20))
def test_whatever_a_terminal_says_ends_in_a_result_or_a_documented_error(
    pieces: list[bytes],
) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.05
        return now[0]

    options = InpasOptions(answer_timeout_s=1, operation_limit_s=5, settlement_limit_s=5)
    link = InpasLink(_Line(list(pieces)), ack_timeout_s=1, clock=clock)
    terminal = InpasTerminal(link, options, clock=clock)
    for call in (
        lambda: terminal.pay(100, "RUB", "op"),
        terminal.status,
        terminal.last_operation,
        terminal.close_batch,
        lambda: terminal.find_operation("op", 100),
    ):
        with contextlib.suppress(DriverError):
            call()


def test_link_lost_before_the_acknowledgement_is_unknown() -> None:
    """The frame is out: the terminal may have it, whatever the reading side says."""

    class Pulled(_Line):
        def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
            if self._pieces:
                return self._pieces.pop(0)
            raise ConnectionLost("pulled")

    last = b"\x06" + simulated_frame(((39, b"1"),)) + b"\x04"
    terminal = InpasTerminal(InpasLink(Pulled([last])))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(100, "RUB", "op")


def test_answer_about_another_operation_is_not_ours() -> None:
    """Its number differs: the status may not be taken for ours."""
    other = simulated_frame(((39, b"1"), (0, b"100"), (26, b"000000001")))
    line = _Line([b"\x06" + simulated_frame(((39, b"1"),)), b"\x06" + other])
    terminal = InpasTerminal(InpasLink(line, ack_timeout_s=0.2), InpasOptions(answer_timeout_s=0.2))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(100, "RUB", "op")


@pytest.mark.parametrize("direction", ["to the terminal", "to the till"])
def test_plug_pulled_at_every_byte_of_a_payment(simulator: InpasSimulator, direction: str) -> None:
    """As with ZVT: a result, nothing booked, or unknown and found by asking; charged exactly once."""
    is_up = direction == "to the terminal"
    pause = threading.Event()

    def settle() -> None:
        for _ in range(20_000):
            if not simulator.connections:
                return
            pause.wait(0.001)
        raise AssertionError("the simulator still serves the cut connection")

    def booked(amount: int) -> int:
        return sum(item.amount_minor == amount for item in simulator.journal.all())

    with connected(simulator) as first:
        assert first.pay(1, "RUB", "op-first").approved
    line = CutLink(simulator.port)
    line.start()
    ends: set[str] = set()
    try:
        for place in range(80 if is_up else 380):
            settle()
            line.cut(up_bytes=place if is_up else None, down_bytes=None if is_up else place)
            link = InpasLink(TcpTransport("127.0.0.1", line.port))
            terminal = InpasTerminal(link, InpasOptions())
            amount, operation = 1000 + place, f"op-{place}"
            try:
                assert terminal.pay(amount, "RUB", operation).approved
                ends.add("result")
            except OutcomeUnknown:
                settle()
                verdict = terminal.find_operation(operation, amount).verdict
                assert verdict is (Verdict.FOUND if booked(amount) else Verdict.ABSENT)
                ends.add(verdict.value)
            except DriverError:
                settle()
                assert booked(amount) == 0
                ends.add("nothing")
            if not booked(amount):
                assert terminal.pay(amount, "RUB", f"{operation}-again").approved
            assert booked(amount) == 1
            terminal.close()
    finally:
        line.stop()
    assert ends >= ({"nothing", "absent"} if is_up else {"nothing", "found", "result"})
