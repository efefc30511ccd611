"""The plug is pulled at every byte of a ZVT payment, in both directions.

Whatever the place: the payment ends in a result, in an error that booked nothing, or in
`OutcomeUnknown`, which asking resolves to what the terminal's journal says. Then the till does what a
cashier does, pays again if nothing was booked, and the card was charged exactly once.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.api.errors import ConnectionLost, DeviceBusy, DriverError, OutcomeUnknown
from drivers.api.terminal import Lookup, Verdict
from drivers.sim import terminal_session
from drivers.sim.http_server import CutLink
from drivers.sim.terminal import TerminalSimulator
from drivers.sim.terminal_serial import SerialTerminalLine
from drivers.terminals.marks import MarkStore
from drivers.terminals.zvt.conversation import ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.link import SerialLink, TcpLink
from drivers.transport.base import Transport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport

OPTIONS = ZvtOptions(ack_timeout_s=20.0, answer_timeout_s=20.0)
_SERIAL_SAMPLES = 12


class Meter:
    """Counts the bytes of a transport, and cuts it once after a number of them."""

    can_read = True

    def __init__(self, inner: Transport, *, up: int | None = None, down: int | None = None) -> None:
        self.name = inner.name
        self.up = self.down = 0
        self._inner = inner
        self._up_max, self._down_max = up, down

    @property
    def is_open(self) -> bool:
        return self._inner.is_open

    def open(self) -> None:
        self._inner.open()

    def close(self) -> None:
        self._inner.close()

    def discard_input(self) -> None:
        self._inner.discard_input()

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        if self._up_max is not None and self.up + len(data) > self._up_max:
            part = data[: self._up_max - self.up]
            self._up_max = None
            if part:
                self._inner.write(part, timeout_s)
            self._cut(len(part))
        self.up += len(data)
        self._inner.write(data, timeout_s)

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        if self._down_max == self.down:
            self._down_max = None
            self._cut(0)
        if self._down_max is not None:
            size_max = min(size_max, self._down_max - self.down)
        received = self._inner.read(size_max, timeout_s)
        self.down += len(received)
        return received

    def _cut(self, sent: int) -> None:
        self._inner.close()
        raise ConnectionLost(f"{self.name}: the test pulled the plug", sent_bytes=sent)


@pytest.fixture
def simulator() -> Iterator[TerminalSimulator]:
    made = TerminalSimulator()
    made.start()
    yield made
    made.stop()


def settle(simulator: TerminalSimulator) -> None:
    """Wait until the terminal has noticed that the till has gone, as any single-minded device does."""
    pause = threading.Event()
    for _ in range(20_000):
        if not simulator.connections:
            return
        pause.wait(0.001)
    raise AssertionError("the simulator still serves the cut connection")


def ask(terminal: ZvtTerminal, operation: str, amount: int) -> Lookup:
    pause = threading.Event()
    for _ in range(2_000):
        with contextlib.suppress(DeviceBusy):
            return terminal.find_operation(operation, amount)
        pause.wait(0.005)
    raise AssertionError("the terminal stays busy")


def explained(error: DriverError) -> None:
    """The cashier is told what happened, in words."""
    assert error.text("ru")
    assert error.text("en")


def pay_once(
    simulator: TerminalSimulator,
    terminal: ZvtTerminal,
    amount: int,
    after_cut: Callable[[], object],
) -> str:
    """Pay as a till does, through a cut; returns how it ended."""
    operation = f"op-{amount}"

    def booked() -> int:
        return sum(item.amount_minor == amount for item in simulator.journal.all())

    try:
        assert terminal.pay(amount, "RUB", operation).approved
        how = "result"
    except OutcomeUnknown as error:
        explained(error)
        after_cut()
        lookup = ask(terminal, operation, amount)
        assert lookup.verdict is (Verdict.FOUND if booked() else Verdict.ABSENT)
        how = lookup.verdict.value
    except DriverError as error:
        explained(error)
        after_cut()
        assert booked() == 0, "an error that is not 'unknown' promises that nothing was booked"
        how = "nothing"
    if how in ("nothing", Verdict.ABSENT.value):
        assert terminal.pay(amount, "RUB", f"{operation}-again").approved
    assert booked() == 1
    return how


def dialogue_size(simulator: TerminalSimulator) -> tuple[int, int]:
    """How many bytes a payment takes up and down, from the first connect to the result."""
    meter = Meter(TcpTransport("127.0.0.1", simulator.port))
    terminal = ZvtTerminal(TcpLink(meter), OPTIONS)
    assert terminal.pay(1, "RUB", "op-1").approved
    sizes = meter.up, meter.down
    terminal.close()
    return sizes


@pytest.mark.parametrize("direction", ["to the terminal", "to the till"])
def test_plug_pulled_at_every_byte_of_a_payment(
    simulator: TerminalSimulator, tmp_path: Path, direction: str
) -> None:
    is_up = direction == "to the terminal"
    # Twice: the first payment of a terminal asks less than those that have one before them.
    dialogue_size(simulator)
    size = dialogue_size(simulator)[0 if is_up else 1]
    assert size > (60 if is_up else 300)
    link = CutLink(simulator.port)
    link.start()
    ends: dict[str, int] = {}
    try:
        for place in range(size + 1):
            settle(simulator)
            link.cut(up_bytes=place if is_up else None, down_bytes=None if is_up else place)
            terminal = ZvtTerminal(
                TcpLink(TcpTransport("127.0.0.1", link.port)), OPTIONS, marks=MarkStore()
            )
            how = pay_once(simulator, terminal, 1000 + place, lambda: settle(simulator))
            ends[how] = ends.get(how, 0) + 1
            terminal.close()
    finally:
        link.stop()
    # Cut early nothing is booked, cut late it is; each end must have been seen.
    assert ends.keys() >= {"nothing", "found"}
    if is_up:
        assert "absent" in ends
    assert sum(ends.values()) == size + 1


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("direction", ["to the terminal", "to the till"])
def test_plug_pulled_at_bytes_of_a_serial_payment(
    simulator: TerminalSimulator, direction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample of places: on a serial line the terminal does not see that the till has gone."""
    monkeypatch.setattr(terminal_session, "ACK_WAIT_S", 0.1)
    is_up = direction == "to the terminal"
    line = SerialTerminalLine(simulator.port)
    line.start()
    try:
        whole = Meter(SerialTransport(line.path, 115200))
        first = ZvtTerminal(SerialLink(whole), OPTIONS)
        assert first.pay(1, "RUB", "op-1").approved
        size = whole.up if is_up else whole.down
        first.close()
        step = size // _SERIAL_SAMPLES
        for place in range(step // 2, size, step):
            inner = SerialTransport(line.path, 115200)
            meter = Meter(inner, up=place if is_up else None, down=None if is_up else place)
            terminal = ZvtTerminal(SerialLink(meter), OPTIONS)
            pay_once(simulator, terminal, 1000 + place, lambda: threading.Event().wait(0.3))
            terminal.close()
    finally:
        line.stop()
