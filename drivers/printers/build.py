"""Ready-made printers: a profile on a road."""

from pathlib import Path

from drivers.printers.profiles import PrinterProfile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.transport.file import FileTransport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport

RAW_PORT = 9100


def network_printer(
    name: str,
    profile: PrinterProfile,
    host: str,
    port: int = RAW_PORT,
    *,
    timeouts: PrinterTimeouts | None = None,
) -> EscposPrinter:
    """A printer with its own network address.

    Raises:
        ConfigurationError: the address makes no sense.
    """
    return EscposPrinter(name, profile, TcpTransport(host, port), timeouts=timeouts)


def serial_printer(
    name: str,
    profile: PrinterProfile,
    port: str,
    baud: int = 9600,
    *,
    rtscts: bool = False,
    timeouts: PrinterTimeouts | None = None,
) -> EscposPrinter:
    """A printer on a serial line, a USB-COM adapter or Bluetooth SPP.

    Raises:
        ConfigurationError: the line's parameters make no sense.
    """
    transport = SerialTransport(port, baud, rtscts=rtscts)
    return EscposPrinter(name, profile, transport, timeouts=timeouts)


def file_printer(
    name: str,
    profile: PrinterProfile,
    path: str | Path,
    *,
    timeouts: PrinterTimeouts | None = None,
) -> EscposPrinter:
    """A printer on a device node such as ``/dev/usb/lp0``, or an ordinary file collecting bytes."""
    return EscposPrinter(name, profile, FileTransport(path), timeouts=timeouts)
