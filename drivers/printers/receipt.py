"""The receipt printer driver: encoder + transport + profile, with an honest answer to "was it printed?".

One print goes so: connect, ask ``DLE EOT`` 1-4 (not ready: stop, nothing was printed), send the document and
``GS r 1``, wait for its answer, which comes only after everything before it was worked through, while
asking ``DLE EOT`` again and again; then read the final status and, for models that serve one connection at a
time, disconnect.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from drivers.api.errors import (
    DeviceOffline,
    DriverError,
    NotSupported,
    OutcomeUnknown,
    Timeout,
    TransportError,
)
from drivers.api.printer import (
    DrawerPin,
    MaybePrinted,
    Paper,
    PrintDocument,
    PrinterCapabilities,
    PrinterStatus,
    PrintReport,
)
from drivers.printers.escpos import EscposEncoder
from drivers.printers.library import INITIALISE
from drivers.printers.profiles import PrinterProfile
from drivers.printers.pulses import drawer_pulse, realtime_drawer_pulse
from drivers.printers.status import (
    PAPER_IN_ORDER,
    QUESTIONS,
    AnswerSplitter,
    parse_asb,
    parse_ordered_paper,
    parse_realtime,
    question,
)
from drivers.printers.strip import code_page_strip
from drivers.transport.base import Transport

_log = logging.getLogger(__name__)
_BYTES_PER_SECOND_MIN = 800
"""A serial line at 9600 baud carries 960 bytes a second."""
_SLICE_BYTES = 1024
"""Each slice has a limit of its own: long pictures may take long, a standstill may not."""


@dataclass(frozen=True, slots=True)
class PrinterTimeouts:
    """Limits in seconds.

    Attributes:
        answer_s: for the answer to one status question; long enough for another till's receipt.
        write_s: longest standstill while handing bytes over.
        print_s: for working through a document after its bytes have left.
        poll_s: pause between status questions while it works.
    """

    answer_s: float = 2.5
    write_s: float = 5.0
    print_s: float = 15.0
    poll_s: float = 0.5


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What an unknown printer turned out to be able to do; goes into ``PrinterProfile.adjusted``.

    Attributes:
        tells_status: it answers ``DLE EOT``.
        confirms_printing: it answers ``GS r`` in the order of printing.
        status: its state.
    """

    tells_status: bool
    confirms_printing: bool
    status: PrinterStatus


class EscposPrinter:
    """An ESC/POS printer on any transport; see ReceiptPrinter for order of calls, threads and errors.

    Args:
        name: as the cashier knows it, for example ``Кухня``; put before messages.
        profile: the model.
        transport: the road to it; owned by the printer from now on.
        encoder: replaces the default encoder for the profile.
        timeouts: limits.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        name: str,
        profile: PrinterProfile,
        transport: Transport,
        *,
        encoder: EscposEncoder | None = None,
        timeouts: PrinterTimeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._profile = profile
        self._transport = transport
        self._encoder = encoder or EscposEncoder(profile)
        self._timeouts = timeouts or PrinterTimeouts()
        self._clock = clock
        self._lock = threading.Lock()
        self._last_status = PrinterStatus()
        self._splitter = AnswerSplitter()

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        return self._name

    @property
    def capabilities(self) -> PrinterCapabilities:
        """The profile's, less what the road cannot do; complete once the road was open."""
        capabilities = self._profile.capabilities
        if self._transport.can_read:
            return capabilities
        return replace(capabilities, tells_status=False, confirms_printing=False)

    def open(self) -> None:
        """Check the road; stays connected only if the model serves several connections."""
        with self._lock, self._naming_errors():
            self._transport.open()
            self._release()
            self._encoder.prepare()

    def close(self) -> None:
        """Disconnect."""
        self._transport.close()

    def print(self, document: PrintDocument) -> PrintReport:
        """Print one document; see ReceiptPrinter.print."""
        with self._lock, self._naming_errors():
            # Before connecting: a document that cannot be encoded must not disturb the printer.
            data = self._encoder.encode(document)
            try:
                return self._print(data)
            finally:
                self._release()

    def status(self) -> PrinterStatus:
        """Ask now, or give the last known state while a document is being printed."""
        if not self._lock.acquire(blocking=False):
            return self._last_status
        try:
            with self._naming_errors():
                self._transport.open()
                try:
                    return self._ask_status()
                finally:
                    self._release()
        finally:
            self._lock.release()

    def open_drawer(self, pin: DrawerPin | None = None) -> None:
        """Send the pulse; by the real-time command when the printer cannot print."""
        pin = pin or self._profile.drawer_pin
        pulse_ms = self._profile.drawer_pulse_ms
        if not self._profile.drawer:
            raise NotSupported("no drawer socket", device=self._name)
        with self._lock, self._naming_errors():
            self._transport.open()
            try:
                status = self._ask_status()
                if status.answered and not status.is_ready:
                    self._send(realtime_drawer_pulse(pin, pulse_ms), OutcomeUnknown)
                else:
                    self._send(INITIALISE + drawer_pulse(pin, pulse_ms), OutcomeUnknown)
                if status.answered and not self._status_after().answered:
                    raise OutcomeUnknown(f"{self._transport.name}: silent after the drawer pulse")
            finally:
                self._release()

    def print_code_page_strip(self) -> PrintReport:
        """Print the strip that shows the right ``ESC t`` number; errors as for ``print``."""
        with self._lock, self._naming_errors():
            try:
                return self._print(code_page_strip())
            finally:
                self._release()

    def probe(self) -> ProbeResult:
        """Find out what this printer answers, whatever its profile says; prints nothing.

        Raises:
            TransportError: it cannot be reached.
        """
        with self._lock, self._naming_errors():
            self._transport.open()
            try:
                return self._probe()
            finally:
                self._release()

    def _probe(self) -> ProbeResult:
        self._transport.discard_input()
        self._splitter = AnswerSplitter()
        status, _ = self._ask_while_printing()
        self._transport.write(INITIALISE + PAPER_IN_ORDER, self._timeouts.write_s)
        deadline_s = self._clock() + self._timeouts.answer_s
        confirms = False
        while not confirms and (left_s := deadline_s - self._clock()) > 0:
            confirms = bool(self._splitter.feed(self._transport.read(16, left_s)).ordered)
        return ProbeResult(status.answered, status.answered and confirms, status)

    def _print(self, data: bytes) -> PrintReport:
        self._transport.open()
        if not self.capabilities.tells_status:
            self._send(data, MaybePrinted)
            return PrintReport(confirmed=False)
        before = self._ask_status()
        if not before.answered:
            raise Timeout(f"{self._transport.name}: no answer to status")
        if problem := before.problem():
            raise problem
        if not self.capabilities.confirms_printing:
            self._send(data, MaybePrinted)
            return PrintReport(confirmed=False, status=self._status_after())
        self._send(data + PAPER_IN_ORDER, MaybePrinted)
        return self._await_confirmation()

    def _send(self, data: bytes, unknown: type[OutcomeUnknown]) -> None:
        """Write in slices, each with a limit; a failure after the first byte hides the outcome."""
        for start in range(0, len(data), _SLICE_BYTES):
            part = data[start : start + _SLICE_BYTES]
            timeout_s = self._timeouts.write_s + len(part) / _BYTES_PER_SECOND_MIN
            try:
                self._transport.write(part, timeout_s)
            except TransportError as error:
                if not start and not error.sent_bytes:
                    raise
                raise unknown(reason=error) from error

    def _await_confirmation(self) -> PrintReport:
        """Wait for the answer to ``GS r 1``; a printer that stops meanwhile ends the waiting."""
        deadline_s = self._clock() + self._timeouts.print_s
        reason: DriverError = Timeout(f"{self._transport.name}: printing not confirmed")
        try:
            while self._clock() < deadline_s:
                answers = self._splitter.feed(self._transport.read(64, self._timeouts.poll_s))
                if answers.ordered:
                    return self._confirmed(answers.ordered[-1])
                status, ordered = self._ask_while_printing()
                if ordered is not None:
                    return self._confirmed(ordered)
                problem = status.problem()
                if isinstance(problem, DeviceOffline):
                    # Clones call themselves off line while their buffer is full: not an end yet.
                    reason = problem
                elif problem is not None:
                    raise MaybePrinted(reason=problem)
        except TransportError as error:
            raise MaybePrinted(reason=error) from error
        raise MaybePrinted(reason=reason)

    def _confirmed(self, ordered: int) -> PrintReport:
        status = self._status_after()
        if status.paper is Paper.UNKNOWN:
            status = replace(status, paper=parse_ordered_paper(ordered))
        return PrintReport(confirmed=True, status=status)

    def _status_after(self) -> PrinterStatus:
        """Status after the paper is out: a break now takes nothing back."""
        try:
            return self._ask_status()
        except TransportError as error:
            _log.info("%s: no status after printing: %s", self._name, error)
            return PrinterStatus()

    def _ask_status(self) -> PrinterStatus:
        """The four questions, stopping at the first silence: the rest would be silent too."""
        if not self.capabilities.tells_status:
            return PrinterStatus()
        self._transport.discard_input()
        self._splitter = AnswerSplitter()
        return self._ask_while_printing()[0]

    def _ask_while_printing(self) -> tuple[PrinterStatus, int | None]:
        """The four questions; an answer to ``GS r`` that comes between is handed on."""
        answers: dict[int, int] = {}
        ordered: int | None = None
        automatic: PrinterStatus | None = None
        for number in QUESTIONS:
            self._transport.write(question(number), self._timeouts.write_s)
            deadline_s = self._clock() + self._timeouts.answer_s
            while number not in answers and (left_s := deadline_s - self._clock()) > 0:
                got = self._splitter.feed(self._transport.read(16, left_s))
                if got.realtime:
                    answers[number] = got.realtime[-1]
                ordered = got.ordered[-1] if got.ordered else ordered
                if got.automatic:
                    automatic = self._parse_asb(got.automatic[-1])
            if number not in answers:
                break
        status = parse_realtime(answers, drawer_open_level=self._profile.drawer_open_level)
        # A printer that only volunteers its state answers too.
        self._last_status = automatic if automatic and not status.answered else status
        return self._last_status, ordered

    def _parse_asb(self, block: bytes) -> PrinterStatus | None:
        return parse_asb(block, drawer_open_level=self._profile.drawer_open_level)

    def _release(self) -> None:
        """Let others in between documents; a spooler prints only when its job is closed."""
        is_kept = self._transport.can_read and not self._profile.one_connection
        if is_kept or not self._transport.is_open:
            return
        try:
            # Closing a socket with unread answers would reset the connection and lose sent bytes.
            self._transport.discard_input()
        except DriverError as error:
            _log.debug("%s: on release: %s", self._name, error)
        self._transport.close()

    def _naming_errors(self) -> "_NamedErrors":
        return _NamedErrors(self._name, self._transport)


class _NamedErrors:
    """Puts the printer's name on errors and drops a connection that failed."""

    def __init__(self, name: str, transport: Transport) -> None:
        self._name = name
        self._transport = transport

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if not isinstance(error, DriverError):
            return
        error.device = error.device or self._name
        _log.info("%s: %s", self._name, error)
        if isinstance(error, TransportError | OutcomeUnknown):
            self._transport.close()
