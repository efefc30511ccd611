"""A simulated printer without sockets and threads: a transport that ends in the machine itself.

Bytes are worked off the moment they come; so a test can break the connection at any single byte of a
dialogue, in either direction, and see what is on the paper.
"""

from drivers.api.errors import ConnectionLost, NotConnected
from drivers.printers.profiles import PrinterProfile
from drivers.sim.escpos_machine import PrinterMachine, SimulatedReceipt
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S


class DirectTransport:
    """See Transport for the rules; one thread only.

    Args:
        profile: the simulated model.
        break_at_sent: the connection is cut when so many bytes went to the printer; None never.
        break_at_received: ditto when so many bytes of answers came back.
        keeps_power: True pulls the data cable, the printer prints what it got; False switches it off too.
    """

    can_read = True

    def __init__(
        self,
        profile: PrinterProfile,
        *,
        break_at_sent: int | None = None,
        break_at_received: int | None = None,
        keeps_power: bool = True,
    ) -> None:
        self.name = "direct"
        self.machine = PrinterMachine(profile)
        self.receipts: list[SimulatedReceipt] = []
        self.sent_count = 0
        self.received_count = 0
        self._break_at_sent = break_at_sent
        self._break_at_received = break_at_received
        self._keeps_power = keeps_power
        self._answers = bytearray()
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether it is open and was not cut."""
        return self._is_open

    def open(self) -> None:
        """Connect; also after a cut."""
        self._is_open = True

    def close(self) -> None:
        """Disconnect: what was printed and not cut off is torn off."""
        if self._is_open:
            self._is_open = False
            self.machine.end_connection()
            self._work()

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:  # noqa: ARG002 - protocol
        """Hand bytes over, up to the cut."""
        self._require_open()
        left = None if self._break_at_sent is None else self._break_at_sent - self.sent_count
        is_cut = left is not None and len(data) > left
        part = data[:left] if is_cut else data
        self.sent_count += len(part)
        self._answers += self.machine.receive(part)
        self._work()
        if is_cut:
            self._break_at_sent = None
            raise self._cut(len(part))

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:  # noqa: ARG002 - protocol
        """Give answers up to the cut; silence takes no time."""
        self._require_open()
        limit = size_max
        if self._break_at_received is not None:
            left = self._break_at_received - self.received_count
            if left <= 0:
                self._break_at_received = None
                raise self._cut(0)
            limit = min(limit, left)
        given = bytes(self._answers[:limit])
        del self._answers[:limit]
        self.received_count += len(given)
        return given

    def discard_input(self) -> None:
        """Forget answers that nobody read."""
        self._answers.clear()

    def _work(self) -> None:
        while self.machine.has_work:
            step = self.machine.step()
            self._answers += step.answer
            if step.receipt is not None:
                self.receipts.append(step.receipt)

    def _cut(self, sent_bytes: int) -> ConnectionLost:
        self._is_open = False
        self._answers.clear()
        if not self._keeps_power:
            self.machine.power_cycle()
        self.machine.end_connection()
        self._work()
        return ConnectionLost("direct: cut", sent_bytes=sent_bytes)

    def _require_open(self) -> None:
        if not self._is_open:
            raise NotConnected("direct: not open")
