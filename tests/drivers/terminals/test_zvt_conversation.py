"""Time, order and limits of a conversation, on a scripted link and a clock of our own."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConnectionLost, DriverError, OutcomeUnknown, ProtocolError, Timeout
from drivers.api.terminal import TerminalResult
from drivers.terminals.zvt import codec, conversation
from drivers.terminals.zvt.answers import Talk, terminal_result
from drivers.terminals.zvt.codec import Apdu
from drivers.terminals.zvt.conversation import Conversation, ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.fields import parse_fields
from drivers.terminals.zvt.frame import encode_frame
from drivers.terminals.zvt.link import SerialLink, TcpLink
from drivers.transport.transcript import Entry, ReplayTransport

ACK = Apdu(codec.ACKNOWLEDGE)
DONE = Apdu(codec.COMPLETION)
OPTIONS = ZvtOptions(ack_timeout_s=5, answer_timeout_s=10, operation_limit_s=1000)


class ScriptedLink:
    """Gives messages at their times; waiting moves the clock instead of taking time."""

    name = "scripted"
    is_open = True

    def __init__(self, *script: tuple[float, Apdu]) -> None:
        self.script = list(script)
        self.now_s = 0.0
        self.sent: list[Apdu] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, apdu: Apdu) -> None:
        self.sent.append(apdu)

    def receive(self, timeout_s: float) -> Apdu | None:
        if self.script and self.script[0][0] <= self.now_s + timeout_s:
            at_s, apdu = self.script.pop(0)
            self.now_s = max(self.now_s, at_s)
            return apdu
        self.now_s += max(timeout_s, 0.001)
        return None


def listen(link: ScriptedLink) -> Talk:
    return Conversation(link, OPTIONS, clock=lambda: link.now_s).listen()


def status(data: str) -> Apdu:
    return Apdu(codec.INTERMEDIATE_STATUS, bytes.fromhex(data))


def test_silence_after_the_command_ends_at_the_acknowledgement_time_out() -> None:
    link = ScriptedLink((6.0, ACK))
    with pytest.raises(Timeout):
        listen(link)
    assert 5.0 <= link.now_s < 5.5


def test_silence_of_a_working_terminal_ends_at_the_answer_time_out() -> None:
    link = ScriptedLink((1.0, ACK), (12.0, DONE))
    with pytest.raises(Timeout):
        listen(link)


def test_intermediate_status_extends_the_wait_by_the_minutes_it_names() -> None:
    link = ScriptedLink((0, ACK), (1, status("0A 02")), (120, DONE))
    assert listen(link).final == DONE


def test_intermediate_status_cannot_extend_beyond_the_limit_of_the_operation() -> None:
    link = ScriptedLink((0, ACK), *((60.0 * n, status("0A 02")) for n in range(1, 30)))
    with pytest.raises(Timeout):
        listen(link)
    assert link.now_s < 1001


@pytest.mark.parametrize(
    "stale",
    [
        Apdu(codec.COMPLETION),
        Apdu(codec.ABORTED, b"\x83"),
        Apdu(codec.STATUS_INFORMATION, bytes.fromhex("2700")),
        Apdu(codec.INTERMEDIATE_STATUS, b"\x0a"),
    ],
)
def test_what_was_left_over_is_not_taken_for_the_answer(stale: Apdu) -> None:
    """On a bad serial line the last message of one command may come again after the next."""
    declined = Apdu(codec.STATUS_INFORMATION, bytes.fromhex("2705"))
    link = ScriptedLink((0, stale), (0, ACK), (0, declined), (1, DONE))
    talk = listen(link)
    assert (talk.final, talk.status_raw) == (DONE, bytes.fromhex("2705"))
    assert link.sent == [ACK] * 3


def test_command_that_is_never_acknowledged_has_no_answer() -> None:
    with pytest.raises(Timeout):
        listen(ScriptedLink((0, status("0A")), (1, DONE)))


def test_endless_talk_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MESSAGES_MAX", 50)
    link = ScriptedLink((0, ACK), *((1, status("0A")) for _ in range(100)))
    with pytest.raises(ProtocolError):
        listen(link)


def test_slip_is_bounded() -> None:
    line = Apdu(codec.PRINT_LINE, b"\x00x")
    link = ScriptedLink((0, ACK), *((0, line) for _ in range(3000)), (0, DONE))
    assert len(listen(link).slip_lines) == conversation.SLIP_LINES_MAX


def test_bad_slip_line_does_not_spoil_the_payment() -> None:
    bad = Apdu(codec.PRINT_BLOCK, bytes.fromhex("06 82 FF FF 25"))
    good = Apdu(codec.STATUS_INFORMATION, bytes.fromhex("2700"))
    talk = listen(ScriptedLink((0, ACK), (0, bad), (0, good), (0, DONE)))
    assert talk.status is not None
    assert talk.slip_lines == ()


class NoisyTransport:
    """Answers everything with given bytes and then hangs up."""

    name = "noisy"
    can_read = True

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def write(self, data: bytes, timeout_s: float = 5.0) -> None: ...

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        return self._chunks.pop(0) if self._chunks else b""

    def discard_input(self) -> None: ...


_PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            bytes.fromhex("800000"),
            bytes.fromhex("060F00"),
            bytes.fromhex("061E016C"),
            bytes.fromhex("040F022700"),
            bytes.fromhex("04FF010A"),
            bytes.fromhex("848300"),
            bytes.fromhex("06"),
            bytes.fromhex("1002800000 1003F51F"),
        ]
    ),
)


@pytest.mark.parametrize("link_type", [TcpLink, SerialLink])
@given(chunks=st.lists(_PIECES, max_size=25))
def test_whatever_a_terminal_sends_ends_in_a_result_or_a_documented_error(
    link_type: type[TcpLink | SerialLink], chunks: list[bytes]
) -> None:
    """Garbage never hangs the driver and never raises anything outside of the tree."""
    now = [0.0]

    def clock() -> float:
        now[0] += 0.05
        return now[0]

    options = ZvtOptions(ack_timeout_s=1, answer_timeout_s=1, operation_limit_s=5)
    terminal = ZvtTerminal(
        link_type(NoisyTransport(list(chunks)), clock=clock), options, clock=clock
    )
    for call in (
        lambda: terminal.pay(100, "RUB", "op"),
        terminal.status,
        terminal.last_operation,
        terminal.close_batch,
        lambda: terminal.find_operation("op", 100),
    ):
        with contextlib.suppress(DriverError):
            call()
    terminal.close()


def test_serial_conversation_acknowledges_each_frame_and_asks_for_damaged_ones_again() -> None:
    """Frames after [ZVT-T]: ACK 06, NAK 15; vector of the acknowledgement from the reference."""

    def frame(text: str) -> bytes:
        return encode_frame(bytes.fromhex(text))

    damaged = bytearray(frame("060F00"))
    damaged[-1] ^= 1
    registration = encode_frame(codec.registration("000000", 0xBE, "RUB").encode())
    transport = ReplayTransport(
        [
            Entry(">", registration),
            Entry("<", b"\x15"),
            Entry(">", registration),
            Entry("<", b"\x06" + frame("800000")),
            Entry(">", b"\x06"),
            Entry("<", bytes(damaged)),
            Entry(">", b"\x15"),
            Entry("<", frame("060F00")),
            Entry(">", b"\x06" + frame("800000")),
            Entry("<", b"\x06"),
        ]
    )
    ZvtTerminal(SerialLink(transport)).open()
    assert transport.is_finished


def test_outcome_is_unknown_when_the_serial_line_never_acknowledges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("drivers.terminals.zvt.link.ACK_TIMEOUT_S", 0.01)
    link = SerialLink(NoisyTransport([]))
    terminal = ZvtTerminal(link)
    monkeypatch.setattr(terminal, "open", lambda: None)
    monkeypatch.setattr(terminal._ledger, "begin", lambda _: None)
    with pytest.raises(OutcomeUnknown):
        terminal.pay(100, "RUB", "op")


class PulledTransport(NoisyTransport):
    """Takes every byte, then the cable is pulled: the next read fails."""

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        if self._chunks:
            return self._chunks.pop(0)
        raise ConnectionLost("pulled")


def test_serial_cable_pulled_before_the_acknowledgement_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The frame is out: the terminal may have it, whatever the reading side says."""
    terminal = ZvtTerminal(SerialLink(PulledTransport([])))
    monkeypatch.setattr(terminal, "open", lambda: None)
    monkeypatch.setattr(terminal._ledger, "begin", lambda _: None)
    with pytest.raises(OutcomeUnknown):
        terminal.pay(100, "RUB", "op")


def test_result_says_approved_only_for_code_00() -> None:
    def result(status_hex: str, final: Apdu) -> TerminalResult:
        data = bytes.fromhex(status_hex)
        return terminal_result(Talk(parse_fields(data), data, final, ()), "cp866", "ru")

    assert result("2700", DONE).approved
    assert not result("2705", DONE).approved
    assert not result("2700", Apdu(codec.ABORTED, b"\x6c")).approved
    for status_hex, final in (("", DONE), ("8A2E", DONE), ("2700", Apdu(codec.ABORTED, b"\x00"))):
        with pytest.raises(ProtocolError):
            result(status_hex, final)
