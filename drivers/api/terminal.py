"""Payment terminals: what the till may ask of any of them, and what it gets back.

Sums are integers of the smallest unit (kopecks). A money operation has exactly three honest ends:
a `TerminalResult` (the terminal said what happened), an error that says that nothing was booked, or
`drivers.api.errors.OutcomeUnknown` (the request left and no answer came). The third is never guessed
at and never repeated: it is resolved by `PaymentTerminal.find_operation`.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Outcome(enum.Enum):
    """How a finished operation ended, in the terminal's own words."""

    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Progress(enum.Enum):
    """What the terminal is doing now; for the line under the amount, not for decisions."""

    CONNECTING = "connecting"
    WAIT = "wait"
    INSERT_CARD = "insert_card"
    ENTER_PIN = "enter_pin"
    REMOVE_CARD = "remove_card"
    AUTHORISING = "authorising"
    USER_ACTION = "user_action"
    CARD_NOT_READABLE = "card_not_readable"
    BUSY = "busy"
    ABORTING = "aborting"


ProgressHandler = Callable[[Progress, str], None]
"""Called with the step and the terminal's own text ('' if none), on the device's thread."""


class Capability(enum.Enum):
    """What a model can do beyond a plain payment."""

    CANCEL = "cancel"
    REFUND = "refund"
    ABORT = "abort"
    FIND = "find"
    CLOSE_BATCH = "close_batch"
    SLIP = "slip"
    HOLD = "hold"
    CAPTURE = "capture"
    DIAGNOSE = "diagnose"


@dataclass(frozen=True, slots=True)
class OperationMark:
    """Identifies one operation inside a terminal, so that a later one can be told from it.

    Empty strings mean "the terminal had no operation yet". `date` is MMDD and `time` HHMMSS by the
    terminal's own clock; they are compared for equality only.
    """

    receipt_no: str = ""
    trace: str = ""
    date: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class TerminalResult:
    """The terminal's statement about one finished operation.

    Attributes:
        outcome: approved, declined or cancelled.
        code: the terminal's result code as text ('00' is success for ZVT).
        text: words for the cashier, from the terminal or from the driver's table.
        amount_minor: the sum the terminal booked, None if it did not say.
        currency: ISO 4217 numeric code as text, '' if not said.
        receipt_no: number needed for `PaymentTerminal.cancel`.
        rrn: retrieval reference number of the host, '' if not given.
        auth_code: authorisation code of the issuer.
        masked_pan: card number with the middle hidden; a full number never gets here.
        card_name: e.g. 'Visa'.
        terminal_id: number of the terminal at the bank.
        trace: number of the operation inside the terminal.
        date: MMDD by the terminal's clock.
        time: HHMMSS by the terminal's clock.
        slip_lines: the merchant's and customer's slip as sent, '' lines kept.
        raw: the answer's bytes, for the log; cards are masked in it by the terminal itself.
        operation_id: the till's own id of the operation, where the terminal keeps it; else ''.
    """

    outcome: Outcome
    code: str = ""
    text: str = ""
    amount_minor: int | None = None
    currency: str = ""
    receipt_no: str = ""
    rrn: str = ""
    auth_code: str = ""
    masked_pan: str = ""
    card_name: str = ""
    terminal_id: str = ""
    trace: str = ""
    date: str = ""
    time: str = ""
    slip_lines: tuple[str, ...] = ()
    raw: bytes = b""
    operation_id: str = ""

    @property
    def approved(self) -> bool:
        """Whether the money moved."""
        return self.outcome is Outcome.APPROVED

    def mark(self) -> OperationMark:
        """The place of this operation in the terminal's own sequence."""
        return OperationMark(self.receipt_no, self.trace, self.date, self.time)


class Verdict(enum.Enum):
    """What asking about a lost operation showed."""

    FOUND = "found"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Answer of `PaymentTerminal.find_operation`.

    FOUND: `result` is the operation asked for (it may still be a decline). ABSENT: the terminal did
    not book it, a new attempt is safe. UNCERTAIN: the terminal's answers fit both; `reason` says
    why and a human decides with the slip in hand.
    """

    verdict: Verdict
    result: TerminalResult | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """Answer to a status enquiry: `ready` and the terminal's words if not.

    `slip_lines` is what the terminal wanted printed, for example the report of a diagnosis.
    """

    ready: bool
    code: str = ""
    text: str = ""
    terminal_id: str = ""
    slip_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Totals of a closed batch; `total_minor` and `count` are None if the terminal did not say."""

    total_minor: int | None = None
    count: int | None = None
    slip_lines: tuple[str, ...] = ()
    raw: bytes = b""


class PaymentTerminal(Protocol):
    """One payment terminal.

    Order of calls::

        open -> { status | diagnose | pay | cancel | refund | hold | capture | release
                  | last_operation | find_operation | close_batch }* -> close
        pay, cancel, refund, hold, capture, release: `abort` from another thread while one waits
        hold -> capture (once, for at most the sum held) | release

    A model without a capability raises `NotSupported` before anything is sent. All but `abort` are called on one thread, the device's. `open` after `close` is allowed, as is
    `close` twice. Every call opens the link by itself if it was lost.

    Errors (drivers.api.errors): a money call raises `OutcomeUnknown` when the request may have
    reached the terminal and no final answer came. Every other error of a money call says that
    nothing was booked.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this model can do beyond a payment."""
        ...

    def open(self) -> None:
        """Connect and register with the terminal. Repeatable."""
        ...

    def close(self) -> None:
        """Let go of the link. Repeatable, never raises."""
        ...

    def status(self) -> TerminalStatus:
        """Ask whether the terminal is ready. Repeatable, moves no money."""
        ...

    def diagnose(self) -> TerminalStatus:
        """Have the terminal test itself and its line to the bank. Repeatable, moves no money."""
        ...

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take `amount_minor` from a card. Not repeatable: on doubt ask `find_operation`.

        Args:
            amount_minor: sum, above zero.
            currency: ISO 4217 letters, e.g. 'RUB'.
            operation_id: the till's own id of this intent, stored by the till before the call.
            on_progress: told what the terminal shows.

        Raises:
            OutcomeUnknown: the request left, no final answer came.
        """
        ...

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reverse the operation with this receipt number, before the batch is closed."""
        ...

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give money back to a card; `original` is the payment it belongs to, where known."""
        ...

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reserve money on a card without taking it; `receipt_no` of the result is the hold."""
        ...

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take money that was held; the sum may be smaller, the rest is given free."""
        ...

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give a hold free without taking money."""
        ...

    def last_operation(self) -> TerminalResult | None:
        """What the terminal did last, None if it has nothing. Repeatable, moves no money."""
        ...

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Tell what became of an operation whose answer was lost. Repeatable, moves no money.

        Args:
            operation_id: as given to the money call.
            amount_minor: its sum.
            before: mark of the last operation known before it; None means that the driver uses the
                mark it noted itself when it sent the operation.
        """
        ...

    def close_batch(self) -> BatchResult:
        """Reconcile with the bank at the end of the day."""
        ...

    def abort(self) -> None:
        """Ask the terminal to stop the running operation. Any thread; returns at once.

        The running call still ends by itself, with whatever the terminal says: an abort that comes
        too late ends in APPROVED.
        """
        ...
