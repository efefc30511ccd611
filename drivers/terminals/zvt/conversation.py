"""One command of the till and everything the terminal says until it is done.

Source: [ZVT-T] "Master/slave principle": the till sends a command, the terminal acknowledges it and
becomes the master; the till acknowledges every message until a completion (06 0F) or an abort
(06 1E) gives the turn back.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.errors import ConfigurationError, ProtocolError, Timeout, TransportError
from drivers.api.terminal import Progress, ProgressHandler
from drivers.terminals.progress import tell
from drivers.terminals.zvt import answers, codec
from drivers.terminals.zvt.answers import Talk
from drivers.terminals.zvt.codec import Apdu, is_acknowledge, refusal_code
from drivers.terminals.zvt.errors import refusal
from drivers.terminals.zvt.fields import Fields, parse_fields
from drivers.terminals.zvt.link import Link

log = logging.getLogger(__name__)

MESSAGES_MAX = 5000
SLIP_LINES_MAX = 2000
POLL_S = 0.1  # how soon an abort from another thread is seen
_ACKNOWLEDGE = Apdu(codec.ACKNOWLEDGE)
_ABORT = Apdu(codec.ABORT)


@dataclass(frozen=True, slots=True)
class ZvtOptions:
    """Settings of a ZVT terminal; times in seconds.

    Attributes:
        password: six digits, '000000' from the factory.
        currency: ISO 4217 letters used for registration and cancellation.
        encoding: code page of texts and slips. [ZVT] says CP437; CP866 is the same but for Russian.
        language: of the words in results, 'ru' or 'en'.
        receipts: who prints them, 'till' or 'terminal'.
        capture_command: '0624' book total, or '0623' for terminals that book with a partial
            reversal; the terminal's manual says which.
        ack_timeout_s: until the terminal acknowledges a command.
        answer_timeout_s: of silence while it works; an intermediate status may ask for more.
        operation_limit_s: for one operation in all.
    """

    password: str = "000000"  # noqa: S105 - the factory's setting, printed in every manual
    currency: str = "RUB"
    encoding: str = "cp866"
    language: str = "ru"
    receipts: str = "till"
    capture_command: str = "0624"
    ack_timeout_s: float = 5.0
    answer_timeout_s: float = 180.0
    operation_limit_s: float = 600.0

    def __post_init__(self) -> None:
        if self.receipts not in ("till", "terminal"):
            raise ConfigurationError(f"receipts must be till or terminal, not {self.receipts!r}")
        if self.capture_command not in codec.CAPTURE_COMMANDS:
            known = " or ".join(codec.CAPTURE_COMMANDS)
            raise ConfigurationError(f"capture_command must be {known}")


class Conversation:
    """Listens after a command was sent. Made anew for every command; one thread.

    Args:
        link: where the command was sent.
        options: time-outs and encoding.
        clock: monotonic seconds.
        abort_wanted: set by another thread to have 06 B0 sent.
        on_progress: told each step.
    """

    def __init__(
        self,
        link: Link,
        options: ZvtOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        abort_wanted: threading.Event | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> None:
        self._link = link
        self._options = options
        self._clock = clock
        self._abort_wanted = abort_wanted or threading.Event()
        self._on_progress = on_progress
        self._acknowledged = False
        self._status: Fields | None = None
        self._status_raw = b""
        self._slip: list[str] = []
        self._limit_s = clock() + options.operation_limit_s
        self._deadline_s = clock() + options.ack_timeout_s

    def listen(self) -> Talk:
        """Take messages until the terminal gives the turn back.

        Raises:
            DriverError: of `refusal`, the terminal did not take the command.
            TransportError, ProtocolError: the outcome is open.
        """
        for _ in range(MESSAGES_MAX):
            apdu = self._next()
            final = self._take(apdu)
            if final is not None:
                return Talk(self._status, self._status_raw, final, tuple(self._slip))
        raise ProtocolError(f"{self._link.name}: more than {MESSAGES_MAX} messages")

    def _next(self) -> Apdu:
        """Wait for a message, sending an abort when it is wanted."""
        while True:
            if self._abort_wanted.is_set():
                self._abort_wanted.clear()
                tell(self._on_progress, Progress.ABORTING)
                self._link.send(_ABORT)
            left_s = min(self._deadline_s, self._limit_s) - self._clock()
            apdu = self._link.receive(min(max(left_s, 0.0), POLL_S))
            if apdu is not None:
                return apdu
            if left_s <= 0:
                raise Timeout(f"{self._link.name}: the terminal fell silent")

    def _take(self, apdu: Apdu) -> Apdu | None:
        """Handle one message; returns it when it is the last."""
        code = refusal_code(apdu)
        if code is not None and not self._acknowledged:
            raise refusal(code)
        if code is None and not is_acknowledge(apdu):
            return self._take_message(apdu)
        # Of the command, or the answer to an abort: what counts comes later.
        self._acknowledged = True
        self._extend(self._options.answer_timeout_s)
        return None

    def _take_message(self, apdu: Apdu) -> Apdu | None:
        is_final = apdu.control in (codec.COMPLETION, codec.ABORTED)
        # Acknowledged before it is read: a terminal that misses the acknowledgement reverses.
        try:
            self._link.send(_ACKNOWLEDGE)
        except TransportError:
            if not (is_final and self._acknowledged):
                raise  # after the last message it has ended, whatever becomes of the link
        if not self._acknowledged:
            # Left over from an earlier command, e.g. repeated on a bad line: it must not be taken
            # for the answer to this one.
            log.info("%s: late %s ignored", self._link.name, apdu.control.hex())
            return None
        self._extend(self._options.answer_timeout_s)
        if is_final:
            return apdu
        self._read(apdu)
        return None

    def _read(self, apdu: Apdu) -> None:
        if apdu.control == codec.STATUS_INFORMATION:
            self._status = parse_fields(apdu.data)
            self._status_raw = apdu.data
            return
        try:
            self._read_ornament(apdu)
        except ProtocolError as error:
            # A bad line of the slip or of the display must not make a payment uncertain.
            log.info("%s: %s left out: %s", self._link.name, apdu.control.hex(), error)

    def _read_ornament(self, apdu: Apdu) -> None:
        """Read what is for eyes only. Unknown messages of newer revisions are left alone."""
        encoding = self._options.encoding
        if apdu.control == codec.INTERMEDIATE_STATUS:
            step, text, seconds = answers.progress(apdu.data, encoding)
            self._extend(max(float(seconds), self._options.answer_timeout_s))
            tell(self._on_progress, step, text)
        elif apdu.control == codec.PRINT_LINE:
            self._print(answers.printed_line(apdu.data, encoding))
        elif apdu.control == codec.PRINT_BLOCK:
            self._print(answers.printed_block(apdu.data, encoding))

    def _print(self, lines: list[str]) -> None:
        self._slip += lines[: SLIP_LINES_MAX - len(self._slip)]

    def _extend(self, seconds: float) -> None:
        self._deadline_s = self._clock() + seconds
