"""The receipt printer driver: encoder + dialogue + transport + profile; honest about "was it printed?".

One print goes so: connect, ask for the state (not ready: stop, nothing was printed), send the document and an
end mark, wait for its answer, which comes only after everything before it was worked through, while asking
for the state again and again; then read the final state and, for models that serve one connection at a time,
disconnect. In ESC/POS the questions are ``DLE EOT`` 1-4 and the mark is ``GS r 1``; Star has its own
(``drivers.printers.dialogue``).
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.api.errors import (
    DeviceOffline,
    DriverError,
    Language,
    NotSupported,
    OutcomeUnknown,
    Timeout,
    TransportError,
)
from drivers.api.hearsay import TellsHearsay
from drivers.api.printer import (
    DrawerPin,
    MaybePrinted,
    Paper,
    PrintDocument,
    PrinterCapabilities,
    PrinterStatus,
    PrintReport,
)
from drivers.printers.dialogue import make_dialogue
from drivers.printers.escpos import EscposEncoder
from drivers.printers.library import INITIALISE
from drivers.printers.logo import load_logo, store_command
from drivers.printers.page import longest_command
from drivers.printers.profiles import PrinterProfile
from drivers.printers.strip import calibration_options, code_page_strip
from drivers.transport.base import Transport, hand_over

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
        self._dialogue = make_dialogue(profile)
        self._unfinished_bytes = 0

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
                self._connect()
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
            self._connect()
            try:
                status = self._ask_status()
                if status.answered and not status.is_ready:
                    self._send(self._dialogue.realtime_pulse(pin, pulse_ms), OutcomeUnknown)
                else:
                    self._send(self._dialogue.pulse(pin, pulse_ms), OutcomeUnknown)
                if status.answered and not self._status_after().answered:
                    raise OutcomeUnknown(f"{self._transport.name}: silent after the drawer pulse")
            finally:
                self._release()

    def print_code_page_strip(self) -> PrintReport:
        """Print the strip that shows the right ``ESC t`` number; errors as for ``print``."""
        with self._lock, self._naming_errors():
            try:
                return self._print(code_page_strip(self._profile))
            finally:
                self._release()

    def store_logo(self, path: Path) -> Mapping[str, int]:
        """Keep a picture in the printer's memory; see CalibratedPrinter.store_logo."""
        if self._profile.commands != "escpos":
            raise NotSupported(
                "logos of Star printers are stored by Star's own program", device=self._name
            )
        with self._lock, self._naming_errors():
            data = INITIALISE + store_command(load_logo(path, self._profile.dots))
            try:
                self._print(data)
            finally:
                self._release()
        return {"logo_number": 1}

    def explain_status(self, lang: Language = "ru") -> tuple[str, ...]:
        """Ask now and tell every bit of the answers; see CalibratedPrinter.explain_status."""
        with self._lock, self._naming_errors():
            self._connect()
            try:
                self._ask_status()
                tells = self.capabilities.tells_status
                return self._dialogue.explain(lang) if tells else self.hearsay(lang)
            finally:
                self._release()

    def hearsay(self, lang: Language = "ru") -> tuple[str, ...]:
        """What the system says of a printer that does not answer; see TellsHearsay."""
        road = self._transport
        return road.hearsay(lang) if isinstance(road, TellsHearsay) else ()

    def calibration(self, number: int) -> Mapping[str, str | int]:
        """Options for the line of the strip that can be read; see CalibratedPrinter.calibration."""
        return calibration_options(self._profile, number)

    def probe(self) -> ProbeResult:
        """Find out what this printer answers, whatever its profile says; prints nothing.

        Raises:
            TransportError: it cannot be reached.
        """
        with self._lock, self._naming_errors():
            self._connect()
            try:
                return self._probe()
            finally:
                self._release()

    def _probe(self) -> ProbeResult:
        self._transport.discard_input()
        self._dialogue.restart()
        status = self._ask_while_printing()
        self._dialogue.arm()
        self._transport.write(self._dialogue.end_mark, self._timeouts.write_s)
        deadline_s = self._clock() + self._timeouts.answer_s
        confirms = False
        while not confirms and (left_s := deadline_s - self._clock()) > 0:
            self._dialogue.hear(self._transport.read(16, left_s))
            confirms = self._dialogue.take_end() is not None
        return ProbeResult(status.answered, status.answered and confirms, status)

    def _print(self, data: bytes) -> PrintReport:
        self._connect()
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
        self._dialogue.arm()
        self._send(data + self._dialogue.end_mark, MaybePrinted)
        return self._await_confirmation()

    def _connect(self) -> None:
        """Open the road, and first of all end what a broken document may have left open.

        A printer that kept its power may still wait for the rest of a picture or code and would take our
        questions, and the next receipt, for it. Zeros fill up any such rest and mean nothing otherwise.
        """
        self._transport.open()
        if self._unfinished_bytes:
            fill = bytes(self._unfinished_bytes) + self._dialogue.fill_end
            timeout_s = self._timeouts.write_s + len(fill) / _BYTES_PER_SECOND_MIN
            self._transport.write(fill, timeout_s)
            self._unfinished_bytes = 0

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
                self._unfinished_bytes = longest_command(data, self._profile)
                raise unknown(reason=error) from error
        try:
            hand_over(self._transport)
        except TransportError as error:
            raise unknown(reason=error) from error

    def _await_confirmation(self) -> PrintReport:
        """Wait for the answer to the end mark; a printer that stops meanwhile ends the waiting."""
        deadline_s = self._clock() + self._timeouts.print_s
        reason: DriverError = Timeout(f"{self._transport.name}: printing not confirmed")
        try:
            while self._clock() < deadline_s:
                self._dialogue.hear(self._transport.read(64, self._timeouts.poll_s))
                if (paper := self._dialogue.take_end()) is not None:
                    return self._confirmed(paper)
                status = self._ask_while_printing()
                if (paper := self._dialogue.take_end()) is not None:
                    return self._confirmed(paper)
                problem = status.problem()
                if isinstance(problem, DeviceOffline):
                    # Clones call themselves off line while their buffer is full: not an end yet.
                    reason = problem
                elif problem is not None:
                    raise MaybePrinted(reason=problem)
        except TransportError as error:
            raise MaybePrinted(reason=error) from error
        raise MaybePrinted(reason=reason)

    def _confirmed(self, paper: Paper) -> PrintReport:
        status = self._status_after()
        if status.paper is Paper.UNKNOWN:
            status = replace(status, paper=paper)
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
        self._dialogue.restart()
        return self._ask_while_printing()

    def _ask_while_printing(self) -> PrinterStatus:
        """One round of questions; an answer to the end mark that comes between is kept."""
        self._dialogue.begin_round()
        for number in range(len(self._dialogue.questions)):
            self._transport.write(self._dialogue.asking(number), self._timeouts.write_s)
            deadline_s = self._clock() + self._timeouts.answer_s
            while not self._dialogue.has_answer(number):
                left_s = deadline_s - self._clock()
                if left_s <= 0:
                    break
                self._dialogue.hear(self._transport.read(16, left_s))
            if not self._dialogue.has_answer(number):
                break
        self._last_status = self._dialogue.status()
        return self._last_status

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
