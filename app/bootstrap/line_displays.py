"""The displays of two lines as the guest's display uses them: nobody waits, the newest text wins."""

import logging
import threading
from concurrent.futures import Future
from functools import partial
from typing import Final

from app.bootstrap.rig import Rig
from drivers.api.display import CustomerDisplay, Page
from drivers.api.errors import DriverError

log = logging.getLogger(__name__)

_NOTHING: Final = Page()


class LineDisplays:
    """Hands pages to all displays of two lines; an `app.till.customer_lines.LineDisplay`.

    A display that is slow or away gets the newest page when it is ready, never a queue of old ones.
    Any thread.

    Args:
        rig: Knows the displays.
    """

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._lock = threading.Lock()
        self._page = _NOTHING
        self._waiting: set[str] = set()

    def show_lines(self, first: str, second: str) -> None:
        """Show two lines on every display; returns at once."""
        self._page = Page(first, second)
        self.show_again()

    def show_again(self) -> None:
        """Show the newest page once more, on displays that have come back."""
        for device_id, worker in self._rig.displays().items():
            with self._lock:
                if device_id in self._waiting:
                    continue
                self._waiting.add(device_id)

            def show(display: CustomerDisplay, key: str = device_id) -> None:
                self._forget(key)
                display.show(self._page)

            worker.submit(show).add_done_callback(partial(self._on_done, device_id))

    def _on_done(self, device_id: str, done: "Future[None]") -> None:
        self._forget(device_id)
        error = done.exception() if not done.cancelled() else None
        if isinstance(error, DriverError):
            log.info("display %s: %s", device_id, error)
        elif error is not None:
            log.error("display %s failed", device_id, exc_info=error)

    def _forget(self, device_id: str) -> None:
        with self._lock:
            self._waiting.discard(device_id)
