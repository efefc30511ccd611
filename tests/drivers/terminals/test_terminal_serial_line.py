"""ZVT on a serial line: the real driver over a pseudo-terminal, with the line's own faults."""

import sys
from collections.abc import Iterator

import pytest

from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.errors import OutcomeUnknown, TransportError
from drivers.api.terminal import PaymentTerminal, Verdict
from drivers.registry import build_terminal
from drivers.sim.terminal import Act, Behaviour, TerminalSimulator
from drivers.sim.terminal_serial import SerialTerminalLine, frame

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


@pytest.fixture
def simulator() -> Iterator[TerminalSimulator]:
    made = TerminalSimulator()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def line(simulator: TerminalSimulator) -> Iterator[SerialTerminalLine]:
    made = SerialTerminalLine(simulator.port)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def terminal(line: SerialTerminalLine) -> Iterator[PaymentTerminal]:
    options = {"ack_timeout_s": 2.0, "answer_timeout_s": 2.0, "baud": 115200}
    made = build_terminal(
        DeviceConfig("card", DeviceKind.TERMINAL, "terminal.zvt", "serial", line.path, options)
    )
    yield made
    made.close()


def test_frame_matches_the_reference_vector() -> None:
    """Reference, Appendix B."""
    assert frame(b"\x80\x00\x00") == bytes.fromhex("10 02 80 00 00 10 03 F5 1F")


def test_payment_and_reversal(simulator: TerminalSimulator, terminal: PaymentTerminal) -> None:
    paid = terminal.pay(101010, "RUB", "op-1")
    assert paid.approved
    assert any("1010,10" in text for text in paid.slip_lines)
    assert terminal.cancel(paid.receipt_no, 101010, "op-2").approved
    assert simulator.journal.balance_minor() == 0


def test_damaged_frames_are_asked_for_again(
    simulator: TerminalSimulator, line: SerialTerminalLine, terminal: PaymentTerminal
) -> None:
    terminal.open()
    line.damage_next(2)
    line.ignore_next(2)
    assert terminal.pay(500, "RUB", "op-1").approved
    assert len(simulator.journal.all()) == 1


def test_line_that_never_understands_books_nothing(
    simulator: TerminalSimulator, line: SerialTerminalLine, terminal: PaymentTerminal
) -> None:
    terminal.open()
    line.ignore_next(3)
    with pytest.raises(TransportError):
        terminal.pay(500, "RUB", "op-1")
    assert simulator.journal.all() == ()


@pytest.mark.parametrize(
    ("act", "verdict"), [(Act.LOSE_AFTER, Verdict.FOUND), (Act.LOSE_BEFORE, Verdict.ABSENT)]
)
def test_lost_answer_is_resolved_by_asking(
    simulator: TerminalSimulator, terminal: PaymentTerminal, act: Act, verdict: Verdict
) -> None:
    """On a serial line a lost answer is silence, not a broken connection."""
    simulator.next(Behaviour(act))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    assert terminal.find_operation("op-1", 500).verdict is verdict
