"""Any bytes as INPAS: frames, fields, final answers, and a whole talk that a terminal could hold.

`python -m tests.fuzz.fuzz_inpas -runs=100000`
"""

import contextlib

from drivers.api.errors import DriverError, ProtocolError
from drivers.sim.inpas_wire import frame as simulated_frame
from drivers.sim.inpas_wire import told
from drivers.sim.terminal_journal import Booking
from drivers.terminals.inpas import answers, codec
from drivers.terminals.inpas.driver import InpasTerminal
from drivers.terminals.inpas.link import InpasLink
from drivers.terminals.inpas.options import InpasOptions
from tests.fuzz.common import run

_BOOKING = Booking("payment", 12345, "643", "0001", "000001", "1120", "134500", "A1B2C3")
SEEDS = [
    bytes.fromhex("02 1600 00 0500 3132333435 04 0300 363433 19 0100 31 1A 0100 31 A375"),
    simulated_frame(told(_BOOKING)),
    simulated_frame(((25, b"21"),)),
    b"\x06" + simulated_frame(((25, b"21"),)) + simulated_frame(told(_BOOKING)) + b"\x04",
    b"\x15\x15\x15",
]
_OPTIONS = InpasOptions(ack_timeout_s=1, answer_timeout_s=1, operation_limit_s=5)


class _Line:
    """Says given bytes in pieces, then is silent."""

    name = "fuzz"
    can_read = True

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        del data, timeout_s

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        del timeout_s
        piece, self._data = self._data[: min(size_max, 37)], self._data[min(size_max, 37) :]
        return piece

    def discard_input(self) -> None:
        """Everything is yet to come."""


def one(data: bytes) -> None:
    """Read the same bytes as a frame, as a body and as a talk."""
    with contextlib.suppress(ProtocolError):
        codec.take_frame(data)
    for body in (data, data[3:-2]):
        with contextlib.suppress(ProtocolError):
            message = codec.decode(body)
            answers.result(message, _OPTIONS)
    now = [0.0]

    def clock() -> float:
        now[0] += 0.05
        return now[0]

    terminal = InpasTerminal(InpasLink(_Line(data), clock=clock), _OPTIONS, clock=clock)
    for call in (lambda: terminal.pay(100, "RUB", "op"), terminal.last_operation):
        with contextlib.suppress(DriverError):
            call()


if __name__ == "__main__":
    run(
        one,
        SEEDS,
        instrument=(
            "drivers.terminals.inpas.codec",
            "drivers.terminals.inpas.link",
            "drivers.terminals.inpas.answers",
        ),
    )
