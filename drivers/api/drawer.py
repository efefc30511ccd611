"""Cash drawers with a port of their own, or opened through a printer that is named."""

import enum
from typing import Protocol


class DrawerState(enum.StrEnum):
    """What is known of the drawer."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class CashDrawer(Protocol):
    """A drawer.

    Order of calls::

        open -> (kick | state)* -> close -> open ...

    One thread. `open` and `close` are about the port; the drawer itself is opened by `kick`.
    """

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        ...

    @property
    def tells_state(self) -> bool:
        """Whether `state` may give more than UNKNOWN."""
        ...

    def open(self) -> None:
        """Take the port. Repeatable. Raises TransportError, AccessDenied."""
        ...

    def close(self) -> None:
        """Let go of the port. Repeatable, never raises, any thread."""
        ...

    def kick(self) -> None:
        """Open the drawer. Once more on an open drawer does nothing.

        Raises:
            TransportError, FinalError: no pulse was sent. OutcomeUnknown: perhaps it was.
        """
        ...

    def state(self) -> DrawerState:
        """Ask whether the drawer is open. Raises TransportError."""
        ...
