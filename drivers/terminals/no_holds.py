"""Terminals of whose protocol no public source tells how money is held."""

from drivers.api.errors import NotSupported
from drivers.api.terminal import ProgressHandler, TerminalResult


class NoHolds:
    """The three methods of `PaymentTerminal` about held money, refused."""

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Not offered: no public source names the operation."""
        del amount_minor, currency, operation_id, on_progress
        raise NotSupported("holding money is not known of this protocol")

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Not offered; see `hold`."""
        del receipt_no
        return self.hold(amount_minor, "", operation_id, on_progress)

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Not offered; see `hold`."""
        del receipt_no
        return self.hold(amount_minor, "", operation_id, on_progress)
