"""What the devices screen needs from outside the use cases: the running devices, a search, a memory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from app.till.camera import Picture
from app.till.equipment_states import CalibrationState, DeviceModel, Found, Options, StripLine
from drivers.api.device import DeviceConfig, DeviceState, Probe
from drivers.api.errors import DriverError
from drivers.api.printer import ReceiptPrinter


class Rig(Protocol):
    """The devices of the till while it runs. Any thread; calls that ask a device take their time.

    Order of calls for a change: ``check -> (settings are kept) -> put | remove``.
    """

    def configs(self) -> Sequence[DeviceConfig]:
        """Return the configured devices in their order."""
        ...

    def states(self) -> Mapping[str, DeviceState]:
        """Return the last state of each supervised device; in memory, asks nobody."""
        ...

    def problems(self) -> Mapping[str, DriverError]:
        """Return devices that were left out, with the reason."""
        ...

    def waiting(self) -> frozenset[str]:
        """Return devices whose settings take effect at the next start."""
        ...

    def models(self) -> Sequence[DeviceModel]:
        """Return the models that may be added."""
        ...

    def probe(self, device_id: str) -> Probe:
        """Ask a device how it is.

        Raises:
            DriverError: What is wrong with it.
        """
        ...

    def printer(self, device_id: str) -> ReceiptPrinter | None:
        """Return a printer for a test, or None."""
        ...

    def show_lines(self, device_id: str, first: str, second: str) -> None:
        """Show two lines on a display.

        Raises:
            DriverError: It could not be done.
        """
        ...

    def weigh(self, device_id: str) -> int:
        """Return the grams on the scales.

        Raises:
            DriverError: They are not known.
        """
        ...

    def open_drawer(self, device_id: str) -> None:
        """Open a drawer that is a device of its own.

        Raises:
            DriverError: It did not open.
        """
        ...

    def print_code_pages(self, device_id: str) -> None:
        """Print the strip by which a person finds the code page of a printer.

        Raises:
            DriverError: It was not printed, or this model has none.
        """
        ...

    def strip_lines(self, device_id: str) -> Sequence[StripLine]:
        """Return the lines of that strip, the answer that none can be read first; asks nobody."""
        ...

    def check(self, config: DeviceConfig) -> None:
        """Look whether settings make sense, without touching the device.

        Raises:
            DriverError: Which one does not, and why.
        """
        ...

    def put(self, config: DeviceConfig) -> bool:
        """Take a new device, or new settings of one, into use; tell whether that is done already.

        Raises:
            DriverError: The settings make no sense; what was there goes on.
        """
        ...

    def remove(self, device_id: str) -> None:
        """Let a device go."""
        ...


class Book(Protocol):
    """Keeps the settings of devices over a power cut; on a lane."""

    def put(self, config: DeviceConfig) -> None:
        """Keep new or changed settings.

        Raises:
            AppError: They could not be written.
        """
        ...

    def remove(self, device_id: str) -> None:
        """Forget a device.

        Raises:
            AppError: It could not be written.
        """
        ...

    def put_keyboard(self, options: Options) -> None:
        """Keep what was learnt of a typing scanner.

        Raises:
            AppError: It could not be written.
        """
        ...


class ScannerCalibrator(Protocol):
    """Learns a scanner by the two codes of a sheet.

    Order of calls: ``start -> tick* -> stop``; on the GUI thread except `sheet`.
    """

    def sheet(self) -> Picture:
        """Return the two codes as a picture; on a lane."""
        ...

    def start(self, device_id: str, told: Callable[[CalibrationState], None]) -> None:
        """Begin with a scanner; `told` is called on any thread."""
        ...

    def tick(self) -> None:
        """Let time pass; a few times a second."""
        ...

    def stop(self) -> None:
        """End it, the scanner works as before. Repeatable."""
        ...


class Finder(Protocol):
    """Looks for devices that are connected and not used."""

    def __call__(self, *, network: bool) -> Sequence[Found]:
        """Look; takes seconds, on a lane.

        Args:
            network: Also ask the computers of the local network; only when a person wants it.
        """
        ...
