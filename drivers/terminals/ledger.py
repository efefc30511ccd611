"""Keeps the place in a terminal's sequence of operations, so that a lost answer can be resolved.

How: before the first operation after each connect the terminal is asked for its last operation, and
every answer moves that mark on. The mark is written down before a request leaves. A later question
shows whether the sequence has moved: see `drivers.terminals.marks.compare`.
"""

import contextlib
from collections.abc import Callable

from drivers.api.errors import FinalError, ProtocolError
from drivers.api.terminal import Lookup, OperationMark, TerminalResult, Verdict
from drivers.terminals.marks import MarkStore, compare


class Ledger:
    """The till's notes about one terminal. Used on the device's thread.

    Order of calls::

        begin -> (request is sent) -> { ended | (lost) -> find }

    Args:
        marks: notes on disk or in memory.
        ask: asks the terminal for its last operation; `FinalError` if it cannot tell.
    """

    def __init__(self, marks: MarkStore, ask: Callable[[], TerminalResult | None]) -> None:
        self._marks = marks
        self._ask = ask
        self._mark: OperationMark | None = None
        self._is_fresh = False

    def begin(self, operation_id: str) -> None:
        """Write down what was last before this operation; asks the terminal if need be.

        A terminal that cannot tell is paid with anyway. Nothing was sent if this raises.
        """
        if not self._is_fresh:
            self._mark = None
            with contextlib.suppress(FinalError):
                self.ask()
        self._marks.put(operation_id, self._mark)
        # What the answer says of the sequence is trusted only once it is read.
        self._is_fresh = False

    def ended(self, result: TerminalResult) -> None:
        """Move on after an answer; only what is approved is repeated by terminals, so is a mark."""
        if result.approved and result.mark() != OperationMark():
            self._note(result.mark())

    def forget(self) -> None:
        """The link was lost or another hand was on the terminal: ask before the next operation."""
        self._is_fresh = False

    def ask(self) -> TerminalResult | None:
        """Ask for the last operation and remember its place."""
        last = self._ask()
        self._note(last.mark() if last is not None else OperationMark())
        return last

    def find(self, operation_id: str, amount_minor: int, before: OperationMark | None) -> Lookup:
        """Tell what became of an operation whose answer was lost; see `PaymentTerminal`."""
        mark = before if before is not None else self._marks.find(operation_id)
        try:
            last = self.ask()
        except (FinalError, ProtocolError) as error:
            # It cannot tell, or nobody understands what it tells: a human decides.
            return Lookup(Verdict.UNCERTAIN, reason=error.detail or error.code)
        return compare(last, mark, amount_minor, operation_id)

    def _note(self, mark: OperationMark) -> None:
        self._mark = mark
        self._is_fresh = True
