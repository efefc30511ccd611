"""A drawer in the socket of a printer that the settings name."""

from drivers.api.drawer import DrawerState
from drivers.api.errors import ConfigurationError
from drivers.api.printer import DrawerPin, ReceiptPrinter


class PrinterDrawer:
    """`CashDrawer` through a `ReceiptPrinter`; the printer is opened and looked after by itself.

    Args:
        printer: whose socket the drawer is in; calls go straight to it, so give one whose calls may
            come from the drawer's thread (the till's own printers run each on their thread).
        pin: contact of the socket, 2 or 5.
        name: for messages.
    """

    def __init__(self, printer: ReceiptPrinter, *, pin: DrawerPin = 2, name: str = "") -> None:
        if pin not in (2, 5):
            raise ConfigurationError(f"drawer: the socket has contacts 2 and 5, not {pin}")
        if not printer.capabilities.drawer:
            raise ConfigurationError(f"drawer: printer {printer.name} has no socket for it")
        self.name = name or f"drawer at {printer.name}"
        self._printer = printer
        self._pin = pin

    @property
    def tells_state(self) -> bool:
        """Whether the printer tells its status at all."""
        return self._printer.capabilities.tells_status

    def open(self) -> None:
        """Get the printer ready."""
        self._printer.open()

    def close(self) -> None:
        """Nothing: the printer is used by others."""

    def kick(self) -> None:
        """Send the pulse."""
        self._printer.open_drawer(self._pin)

    def state(self) -> DrawerState:
        """Ask the printer; it knows only if the level that means open is set up."""
        if not self.tells_state:
            return DrawerState.UNKNOWN
        is_open = self._printer.status().drawer_open
        if is_open is None:
            return DrawerState.UNKNOWN
        return DrawerState.OPEN if is_open else DrawerState.CLOSED
