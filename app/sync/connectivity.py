"""Whether the service is there, judged by real calls (O5).

Any answer of the service, even a refusal, proves the link. One call that fails may be chance and
asks for a ping at once; the second in a row means offline. With a ping every two seconds and its
short time-outs the switch is seen within five seconds, both ways.
"""

import threading
from typing import Final

from app.api_client.errors import (
    AccessRefusedError,
    AddressInvalidError,
    AnswerInvalidError,
    ConnectionBrokenError,
    NotConnectedError,
    ServiceBusyError,
    TimedOutError,
)
from app.kernel.errors import AppError
from app.sync.state import Link, Notice

FAILURES_FOR_OFFLINE: Final = 2
BUSY_FOR_TROUBLE: Final = 2
PING_EVERY_S: Final = 2.0

_UNREACHED: Final = (NotConnectedError, TimedOutError, ConnectionBrokenError, AnswerInvalidError)
_REFUSED: Final = (AccessRefusedError, AddressInvalidError)


class Connectivity:
    """Hears how calls end and keeps the state of the link. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._busy = 0
        self._link = Link.OFFLINE
        self._notice: Notice | None = None
        self._probe = True

    @property
    def link(self) -> Link:
        """Return the state."""
        return self._link

    @property
    def notice(self) -> Notice | None:
        """Return why it is not online, None if it is."""
        return self._notice

    def take_probe(self) -> bool:
        """Tell, once, whether a doubt wants a ping at once."""
        with self._lock:
            wanted, self._probe = self._probe, False
            return wanted

    def note(self, error: AppError | None) -> bool:
        """Hear how a call ended; return whether a ping is wanted at once."""
        with self._lock:
            if isinstance(error, _UNREACHED):
                self._note_unreached(error)
            elif isinstance(error, _REFUSED):
                self._failures = 0
                self._set(Link.TROUBLE, error)
            elif isinstance(error, ServiceBusyError):
                self._failures = 0
                self._busy += 1
                if self._busy >= BUSY_FOR_TROUBLE:
                    self._set(Link.TROUBLE, error)
            else:
                self._failures = self._busy = 0
                self._probe = False
                self._set(Link.ONLINE, None)
            return self._probe

    def _note_unreached(self, error: AppError) -> None:
        self._failures += 1
        if self._failures >= FAILURES_FOR_OFFLINE:
            self._probe = False
            self._set(Link.OFFLINE, error)
        elif self._link is not Link.OFFLINE:
            self._probe = True

    def _set(self, link: Link, error: AppError | None) -> None:
        self._link = link
        self._notice = None if error is None else Notice(error.code, error.ru, error.en)
