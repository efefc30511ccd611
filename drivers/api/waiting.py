"""What a device can say while a call of it lasts: that it works on it, or that it cannot be reached."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from drivers.api.errors import DriverError

#: Told on the device's thread: None while it works on what it took, the error while nobody answers.
WaitHandler = Callable[[DriverError | None], None]


@runtime_checkable
class TellsWaiting(Protocol):
    """A driver whose calls may last, and that says meanwhile what it waits for."""

    def tell_waiting(self, handler: WaitHandler) -> None:
        """Have a handler called now and then while a call waits for more than a moment.

        Set it before the first call; the handler must be quick and never raise.
        """
        ...


def nobody(_error: DriverError | None) -> None:
    """Nobody asked to be told."""
