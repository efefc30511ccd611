"""Opening the cash drawer: at once on payment, by the restaurant's choice, never in a sale's way (D10).

    paid(tenders) -> a request for each drawer that the payment opens
    serve(name)   -> on the thread of the drawer, or of the printer in whose socket it is

Requests are kept in memory alone: after a crash nobody stands before the drawer any more. The
choice (cash, always, never) is a setting of the drawer, or of the printer in whose socket it is.
"""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from app.kernel.clock import Clock
from app.till import texts
from app.till.devices import RECEIPT_PRINTER, Devices
from app.till.words import Words
from drivers.api.drawer_policy import DrawerWhen, opens_drawer
from drivers.api.errors import DriverError

log = logging.getLogger(__name__)

#: A drawer is not opened for a payment that is older: nobody stands before it any more.
FRESH: Final = timedelta(seconds=60)


class Drawers:
    """Opens drawers.

    Args:
        clock: Tells how old a request is.
        devices: The drawers, and the printer whose socket may have one.

    Attributes:
        on_trouble: Told that a drawer did not open, on the thread that tried.
    """

    def __init__(self, clock: Clock, devices: Devices) -> None:
        self._clock, self._devices = clock, devices
        self._lock = threading.Lock()
        self._asked: dict[str, datetime] = {}
        self.on_trouble: Callable[[Words], object] = _nobody

    @property
    def names(self) -> tuple[str, ...]:
        """Return the drawers of this till: devices of their own, else the printer's socket."""
        own = tuple(self._devices.drawers)
        if own:
            return own
        has_socket = self._devices.receipt_printer is not None and self._devices.has_drawer
        return (RECEIPT_PRINTER,) if has_socket else ()

    def paid(self, tenders: Collection[str]) -> None:
        """Ask for the drawers that a payment, or money given back, opens; returns at once.

        Args:
            tenders: The kinds of its parts, such as `cash` and `card`.
        """
        now = self._clock.now()
        wanted = [name for name in self.names if opens_drawer(self._when(name), tenders)]
        with self._lock:
            self._asked.update(dict.fromkeys(wanted, now))

    def serve(self, name: str) -> None:
        """Open a drawer if that was asked for and somebody still waits; on its thread."""
        with self._lock:
            asked_at = self._asked.pop(name, None)
        if asked_at is None or self._clock.now() - asked_at >= FRESH:
            return
        try:
            self._kick(name)
        except DriverError as error:
            log.warning("the drawer did not open: %s", error)
            self.on_trouble(texts.DRAWER_FAILED)

    def open_now(self) -> None:
        """Open all drawers; waits for the devices.

        Raises:
            FinalError: There is none.
            TemporaryError: One did not open.
        """
        names = self.names
        if not names:
            raise texts.DRAWER_FAILED.final("DRAWER_NONE")
        try:
            for name in names:
                self._kick(name)
        except DriverError as error:
            raise texts.DRAWER_FAILED.temporary(error.code) from error

    def _kick(self, name: str) -> None:
        own = self._devices.drawers.get(name)
        if own is not None:
            own.kick()
            return
        printer = self._devices.receipt_printer
        if printer is not None:
            printer.open()
            printer.open_drawer()

    def _when(self, name: str) -> DrawerWhen:
        own = self._devices.drawers.get(name)
        if own is not None:
            return own.when
        printer = self._devices.receipt_printer
        return printer.capabilities.drawer_when if printer is not None else "never"


def _nobody(_words: Words) -> None:
    """Nobody asked to be told."""
