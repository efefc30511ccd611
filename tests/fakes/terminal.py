"""A payment terminal that obeys its protocol and misbehaves on demand; it keeps its own book."""

from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.api.errors import NotConnected, NotSupported, OutcomeUnknown
from drivers.api.terminal import (
    BatchResult,
    Capability,
    Lookup,
    OperationMark,
    Outcome,
    PaymentTerminal,
    ProgressHandler,
    TerminalResult,
    TerminalStatus,
    Verdict,
)
from tests.fakes.fuse import Fuse


@dataclass(slots=True)
class Booking:
    """One line of the terminal's book."""

    operation_id: str
    amount_minor: int  # negative for money given back
    result: TerminalResult


@dataclass
class FakeTerminal:
    """Books at once unless told otherwise.

    Attributes:
        outcome: How the next operations end.
        loses_answer: The next operation is booked, but its answer is lost.
        is_unreachable: Nothing gets through.
        is_forgetful: Asked about a lost operation it cannot tell.
        repeats_nothing: It refuses to say what its last operation was.
        books_minor: Sum that is booked instead of what was asked, None as asked.
        book: What was really booked.
        during: Called while an operation runs, before it is booked.
    """

    fuse: Fuse = field(default_factory=Fuse)
    outcome: Outcome = Outcome.APPROVED
    loses_answer: bool = False
    is_unreachable: bool = False
    is_forgetful: bool = False
    repeats_nothing: bool = False
    books_minor: int | None = None
    can_cancel: bool = True
    book: list[Booking] = field(default_factory=list)
    declined: list[Booking] = field(default_factory=list)
    during: Callable[[], None] | None = None
    aborted: int = 0

    @property
    def capabilities(self) -> frozenset[Capability]:
        every = {Capability.REFUND, Capability.ABORT, Capability.FIND}
        return frozenset(every | ({Capability.CANCEL} if self.can_cancel else set()))

    @property
    def total_minor(self) -> int:
        """What the guests' cards paid in all."""
        return sum(booking.amount_minor for booking in self.book)

    def open(self) -> None:
        if self.is_unreachable:
            raise NotConnected("switched off")

    def close(self) -> None:
        pass

    def status(self) -> TerminalStatus:
        self.open()
        return TerminalStatus(ready=True)

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        assert amount_minor > 0
        assert currency == "RUB"
        return self._do(operation_id, amount_minor)

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        assert any(b.result.receipt_no == receipt_no for b in self.book)
        return self._do(operation_id, -amount_minor)

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        return self._do(operation_id, -amount_minor)

    def diagnose(self) -> TerminalStatus:
        return self.status()

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        raise NotSupported("the fake holds nothing")

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        raise NotSupported("the fake holds nothing")

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        raise NotSupported("the fake holds nothing")

    def last_operation(self) -> TerminalResult | None:
        self.open()
        if self.repeats_nothing:
            raise NotSupported("06 20 refused")
        return self.book[-1].result if self.book else None

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        self.open()
        assert (before is None) == self.repeats_nothing, "the mark was written down with the intent"
        if self.is_forgetful or self.repeats_nothing:
            return Lookup(Verdict.UNCERTAIN, reason="another sum is last")
        for booking in (*self.book, *self.declined):
            if booking.operation_id == operation_id:
                return Lookup(Verdict.FOUND, booking.result)
        return Lookup(Verdict.ABSENT, reason="not booked")

    def close_batch(self) -> BatchResult:
        return BatchResult(total_minor=self.total_minor, count=len(self.book))

    def abort(self) -> None:
        self.aborted += 1

    def _do(self, operation_id: str, amount_minor: int) -> TerminalResult:
        self.open()
        self.fuse.pass_by("terminal asked")
        assert all(b.operation_id != operation_id for b in self.book), "asked twice"
        if self.during is not None:
            self.during()
        booked = amount_minor if self.books_minor is None else self.books_minor
        number = f"{len(self.book) + len(self.declined) + 1:04d}"
        result = TerminalResult(
            outcome=self.outcome,
            code="00" if self.outcome is Outcome.APPROVED else "05",
            amount_minor=abs(booked),
            receipt_no=number,
            rrn=f"{int(number):012d}",
            auth_code=f"A{number}",
            masked_pan="2200 **** **** 0042",
            trace=number,
            date="1120",
            time="120000",
        )
        booking = Booking(operation_id, booked, result)
        (self.book if result.approved else self.declined).append(booking)
        self.fuse.pass_by("terminal booked")
        if self.loses_answer:
            self.loses_answer = False
            raise OutcomeUnknown("no answer")
        return result


_IS_A_TERMINAL: type[PaymentTerminal] = FakeTerminal
