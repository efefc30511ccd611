"""`PaymentTerminal` by any program that keeps the contract of `drivers.terminals.external.contract`."""

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from drivers.api.errors import (
    ConfigurationError,
    DeviceBusy,
    NotSupported,
    OutcomeUnknown,
    ProtocolError,
    Timeout,
)
from drivers.api.terminal import (
    BatchResult,
    Capability,
    Lookup,
    OperationMark,
    Progress,
    ProgressHandler,
    TerminalResult,
    TerminalStatus,
    Verdict,
)
from drivers.terminals.external import contract
from drivers.terminals.external.contract import Request
from drivers.terminals.program import Finished, ProgramRunner, check_program
from drivers.terminals.progress import tell

AMOUNT_MAX = 10**12
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class ExternalOptions:
    """Settings of an external terminal program; times in seconds.

    Attributes:
        arguments: behind the program, with placeholders; the JSON on its input is always there.
        ask_command: whole command line for `find`, `last`, `status` and `diagnose`; '' is the same
            program with the same arguments. '-' says that it answers no questions: an unknown
            outcome then stays with a human.
        operations: what it can do beyond a payment, separated by blanks: cancel, refund, hold, close.
        currency: ISO 4217 letters for operations that name none.
        operation_limit_s: for an operation; the program is left running when it is over.
        ask_limit_s: for a question.
    """

    arguments: str = ""
    ask_command: str = ""
    operations: str = "cancel refund close"
    currency: str = "RUB"
    operation_limit_s: float = 180.0
    ask_limit_s: float = 30.0

    def __post_init__(self) -> None:
        for line in (self.arguments, self.ask_command):
            Request("pay").fill(_split(line))
        unknown = set(self.operations.split()) - set(_OPERATIONS)
        if unknown:
            known = ", ".join(_OPERATIONS)
            raise ConfigurationError(f"operations {', '.join(sorted(unknown))}: only {known}")


_OPERATIONS: Mapping[str, tuple[Capability, ...]] = {
    "cancel": (Capability.CANCEL,),
    "refund": (Capability.REFUND,),
    "hold": (Capability.HOLD, Capability.CAPTURE),
    "close": (Capability.CLOSE_BATCH,),
}
_NO_QUESTIONS = "-"


class ExternalTerminal:
    """A terminal behind a program; see `PaymentTerminal` for order of calls and threads.

    Args:
        program: its path.
        options: settings.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        program: str,
        options: ExternalOptions | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options or ExternalOptions()
        self._command = (program, *_split(self._options.arguments))
        self._asking: tuple[str, ...] | None = self._command
        if self._options.ask_command:
            self._asking = _split(self._options.ask_command)
        if self._options.ask_command == _NO_QUESTIONS:
            self._asking = None
        self._runner = ProgramRunner(clock=clock)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the settings say that the program can do."""
        able = {Capability.SLIP, Capability.ABORT}
        if self._asking is not None:
            able |= {Capability.FIND, Capability.DIAGNOSE}
        for name in self._options.operations.split():
            able |= set(_OPERATIONS[name])
        return frozenset(able)

    def open(self) -> None:
        """See that the program is there."""
        check_program(self._command[0])

    def close(self) -> None:
        """Nothing is held between two operations."""

    def status(self) -> TerminalStatus:
        """Ask `status`."""
        return contract.read_status(self._ask(Request("status")))

    def diagnose(self) -> TerminalStatus:
        """Ask `diagnose`."""
        return contract.read_status(self._ask(Request("diagnose")))

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `pay`."""
        return self._do(Request("pay", operation_id, amount_minor, currency), on_progress)

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `cancel`."""
        self._require(Capability.CANCEL)
        return self._on_receipt("cancel", receipt_no, amount_minor, operation_id, on_progress)

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `refund` with the numbers of the payment, where they are known."""
        self._require(Capability.REFUND)
        request = Request("refund", operation_id, amount_minor, currency)
        if original is not None:
            request = replace(
                request,
                receipt_no=original.receipt_no,
                rrn=original.rrn,
                auth_code=original.auth_code,
            )
        return self._do(request, on_progress)

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `hold`."""
        self._require(Capability.HOLD)
        return self._do(Request("hold", operation_id, amount_minor, currency), on_progress)

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `capture`."""
        self._require(Capability.CAPTURE)
        return self._on_receipt("capture", receipt_no, amount_minor, operation_id, on_progress)

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Run `release`."""
        self._require(Capability.HOLD)
        return self._on_receipt("release", receipt_no, amount_minor, operation_id, on_progress)

    def last_operation(self) -> TerminalResult | None:
        """Ask `last`."""
        return contract.read_last(self._ask(Request("last")))

    def find_operation(
        self,
        operation_id: str,
        amount_minor: int,
        before: OperationMark | None = None,  # noqa: ARG002 - the program knows our own id
    ) -> Lookup:
        """Ask `find`; the program knows the till's own id, so no mark is needed.

        Raises:
            DeviceBusy: the program still works on it: ask again.
        """
        try:
            answer = self._ask(Request("find", operation_id, amount_minor, self._options.currency))
            lookup = contract.read_lookup(answer)
        except (NotSupported, ProtocolError) as error:
            return Lookup(Verdict.UNCERTAIN, reason=error.detail)
        found = lookup.result
        if lookup.verdict is Verdict.FOUND and found is not None:
            if found.amount_minor not in (None, amount_minor):
                reason = f"the operation has another sum, {found.amount_minor}"
                return Lookup(Verdict.UNCERTAIN, found, reason)
            if found.operation_id not in ("", operation_id):
                return Lookup(Verdict.UNCERTAIN, found, "the answer is about another operation")
        return lookup

    def close_batch(self) -> BatchResult:
        """Run `close`."""
        self._require(Capability.CLOSE_BATCH)
        return self._exchange(Request("close"), contract.read_batch)

    def abort(self) -> None:
        """End the program by force: the contract has no gentler way. The outcome is then unknown."""
        self._runner.kill()

    def _on_receipt(
        self,
        operation: str,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None,
    ) -> TerminalResult:
        currency = self._options.currency
        request = Request(operation, operation_id, amount_minor, currency, receipt_no)
        return self._do(request, on_progress)

    def _do(self, request: Request, on_progress: ProgressHandler | None) -> TerminalResult:
        if not 0 < request.amount_minor < AMOUNT_MAX:
            raise NotSupported(f"sum {request.amount_minor} is outside of the contract")
        tell(on_progress, Progress.CONNECTING)
        result = self._exchange(request, contract.read_result)
        return replace(result, operation_id=result.operation_id or request.operation_id)

    def _exchange(
        self, request: Request, read: Callable[[Mapping[str, object]], _Answer]
    ) -> _Answer:
        """Run an operation that must not be repeated."""
        finished = self._run(self._command, request, self._options.operation_limit_s)
        if finished.exit_code is None:
            raise OutcomeUnknown(f"{request.operation}: no end in time", reason=Timeout())
        self._refuse(finished, request)
        try:
            return read(_answer(finished))
        except ProtocolError as error:
            raise OutcomeUnknown(f"{request.operation}: {error.detail}") from error

    def _ask(self, request: Request) -> Mapping[str, object]:
        """Run a question."""
        if self._asking is None:
            raise NotSupported("no command is configured to ask with")
        finished = self._run(self._asking, request, self._options.ask_limit_s)
        if finished.exit_code is None:
            raise Timeout(f"{request.operation}: no end in time")
        self._refuse(finished, request)
        return _answer(finished)

    def _run(self, command: tuple[str, ...], request: Request, limit_s: float) -> Finished:
        check_program(command[0])
        argv = request.fill(command)
        return self._runner.run(argv, folder=None, timeout_s=limit_s, request=request.encode())

    def _refuse(self, finished: Finished, request: Request) -> None:
        """Raise what says that nothing was begun."""
        if finished.exit_code == contract.EXIT_NOTHING:
            raise DeviceBusy(f"{request.operation}: {_reason(finished)}")
        if finished.exit_code == contract.EXIT_UNSUPPORTED:
            raise NotSupported(f"{request.operation}: {_reason(finished)}")

    def _require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise NotSupported(f"the settings name no operation for {capability.value}")


def _split(line: str) -> tuple[str, ...]:
    """Cut a command line into words; quotes hold words with blanks together."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    lexer.escape = ""  # a backslash is part of a path on Windows
    try:
        return tuple(lexer)
    except ValueError as error:
        raise ConfigurationError(f"command line {line!r}: {error}") from error


def _answer(finished: Finished) -> Mapping[str, object]:
    if finished.exit_code != contract.EXIT_ANSWER:
        raise ProtocolError(f"exit code {finished.exit_code}")
    return contract.last_object(finished.output)


def _reason(finished: Finished) -> str:
    """What the program itself says of a refusal."""
    try:
        text = contract.last_object(finished.output).get("text")
    except ProtocolError:
        text = None
    return str(text)[: contract.TEXT_MAX] if text else f"exit code {finished.exit_code}"
