"""USB transport for printers without a serial adapter: bulk transfers by libusb through pyusb.

pyusb is imported when a port is opened. On Linux the printer may belong to the kernel's ``usblp``, which is
sent away while we have it; on Windows libusb sees a printer only after its driver was replaced by WinUSB, so
the spooler is the usual road there.
"""

import contextlib
import errno
import importlib
import re
import threading
import time
from types import ModuleType
from typing import Any

from drivers.api.errors import (
    ConfigurationError,
    ConnectionLost,
    DriverError,
    NotConnected,
    PortBusy,
    Timeout,
    TransportError,
    UsbAccessDenied,
    UsbLibraryMissing,
)
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S

PRINTER_CLASS = 7
"""bInterfaceClass of printers (USB Printer Class 1.1)."""
_ADDRESS = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::(.+))?")
_SLICE_BYTES = 4096
_SLICE_S = 0.2
"""Longest single transfer: another thread's ``close`` waits no longer than that."""
_POLL_S = 0.005
_EMPTY_PACKET_PAUSE_S = 0.02
_BULK, _IN = 0x02, 0x80


class UsbTransport:
    """A USB printer, exclusively ours while open; see Transport for order of calls and threads.

    Args:
        address: ``vendor:product`` or ``vendor:product:serial``, the numbers in four hexadecimal digits as
            ``lsusb`` shows them, for example ``04b8:0e15``.
        backend: pyusb backend; None finds libusb.
    """

    def __init__(self, address: str, *, backend: object = None) -> None:
        self.name = f"usb {address}"
        found = _ADDRESS.fullmatch(address.strip())
        if found is None:
            raise ConfigurationError(f"usb address {address!r} must be vendor:product[:serial]")
        self._vendor, self._product = int(found[1], 16), int(found[2], 16)
        self._serial: str | None = found[3]
        self._backend = backend
        self._device: Any = None  # pyusb has no stubs
        self._interface = 0
        self._out = 0
        self._in: int | None = None
        self._packet = 64
        self._rest = b""
        self._detached = False
        self._reading, self._writing = threading.Lock(), threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the printer is ours."""
        return self._device is not None

    @property
    def can_read(self) -> bool:
        """Whether the printer has a way back; told once it was open, hoped for before."""
        return self._device is None or self._in is not None

    def open(self) -> None:
        """Find and claim the printer; see Transport.open."""
        if self._device is not None:
            return
        usb = _pyusb()
        try:
            device = self._find(usb)
            try:
                self._claim(usb, device)
            except BaseException:
                usb.util.dispose_resources(device)
                raise
        except usb.core.USBError as error:
            raise self._open_error(error) from error
        self._rest = b""
        self._device = device

    def close(self) -> None:
        """Give the printer back to the system; waits for a transfer in progress, 0.2 s at most."""
        device, self._device = self._device, None
        if device is None:
            return
        usb = _pyusb()
        with self._reading, self._writing:
            with contextlib.suppress(usb.core.USBError, NotImplementedError):
                usb.util.release_interface(device, self._interface)
            if self._detached:
                with contextlib.suppress(usb.core.USBError, NotImplementedError):
                    device.attach_kernel_driver(self._interface)
            usb.util.dispose_resources(device)

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Send all; see Transport.write."""
        usb = _pyusb()
        deadline_s = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data):
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent)
            part = data[sent : sent + _SLICE_BYTES]
            with self._writing:
                device = self._require_open(sent_bytes=sent)
                try:
                    # After a time-out pyusb tells how much of the slice has gone, or raises for nothing.
                    sent += int(device.write(self._out, part, _milliseconds(left_s)))
                    continue
                except usb.core.USBTimeoutError:
                    continue
                except usb.core.USBError as failure:
                    error = failure
            raise self._lost(error, sent_bytes=sent) from error

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Receive some; see Transport.read."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            with self._reading:
                device = self._require_open()
                if self._rest or self._in is None:
                    break
                data = self._receive(device, deadline_s - time.monotonic())
            if isinstance(data, Exception):
                raise self._lost(data) from data
            self._rest = data
            if data or time.monotonic() >= deadline_s:
                break
        given, self._rest = self._rest[:size_max], self._rest[size_max:]
        return given

    def discard_input(self) -> None:
        """Drop waiting answers."""
        while self.read(READ_SIZE_MAX, 0.0):
            pass

    def _receive(self, device: Any, left_s: float) -> bytes | Exception:  # noqa: ANN401 - no stubs
        """One transfer; requests are whole packets, less would overflow."""
        usb = _pyusb()
        began_s = time.monotonic()
        try:
            size = max(READ_SIZE_MAX // self._packet, 1) * self._packet
            data = bytes(device.read(self._in, size, _milliseconds(left_s)))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            return ConnectionLost(f"{self.name}: {error}")
        if not data and left_s > 0 and time.monotonic() - began_s < _EMPTY_PACKET_PAUSE_S:
            # Printers send empty packets while they have nothing to say: the caller must not spin.
            threading.Event().wait(min(left_s, _EMPTY_PACKET_PAUSE_S))
        return data

    def _find(self, usb: ModuleType) -> Any:  # noqa: ANN401 - pyusb has no stubs
        wanted = {"idVendor": self._vendor, "idProduct": self._product}
        try:
            devices = list(usb.core.find(find_all=True, backend=self._backend, **wanted))
        except ValueError as error:  # pyusb 1.3 says so when it finds no libusb
            raise UsbLibraryMissing(f"{self.name}: {error}") from error
        chosen = None
        for device in devices:
            if chosen is None and self._serial in {None, _serial_of(usb, device, self._serial)}:
                chosen = device
            else:
                usb.util.dispose_resources(device)
        if chosen is None:
            raise NotConnected(f"{self.name}: {len(devices)} printers of this kind, none fits")
        return chosen

    def _claim(self, usb: ModuleType, device: Any) -> None:  # noqa: ANN401 - pyusb has no stubs
        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno == errno.EACCES:
                raise
            device.set_configuration()
            configuration = device.get_active_configuration()
        interface, out, back = _endpoints(configuration)
        if out is None:
            raise ConfigurationError(f"{self.name}: is no printer, it takes no bulk data")
        self._interface, self._out = interface, out.bEndpointAddress
        self._in = None if back is None else back.bEndpointAddress
        self._packet = 64 if back is None else back.wMaxPacketSize or 64
        self._detached = False
        with contextlib.suppress(
            NotImplementedError
        ):  # Windows and macOS have no kernel driver to detach
            if device.is_kernel_driver_active(interface):
                device.detach_kernel_driver(interface)
                self._detached = True
        usb.util.claim_interface(device, interface)

    def _open_error(self, error: OSError) -> DriverError:
        if error.errno in {errno.EACCES, errno.EPERM}:
            return UsbAccessDenied(f"{self.name}: {error}; rule: {udev_rule(self._vendor)}")
        if error.errno == errno.EBUSY:
            return PortBusy(f"{self.name}: {error}")
        return NotConnected(f"{self.name}: {error}")

    def _require_open(self, *, sent_bytes: int = 0) -> Any:  # noqa: ANN401 - pyusb has no stubs
        if self._device is None:
            raise NotConnected(f"{self.name}: not open", sent_bytes=sent_bytes)
        return self._device

    def _lost(self, error: Exception, *, sent_bytes: int = 0) -> TransportError:
        was_closed_by_us = self._device is None
        self.close()
        if was_closed_by_us:
            return NotConnected(f"{self.name}: closed meanwhile", sent_bytes=sent_bytes)
        return ConnectionLost(f"{self.name}: {error}", sent_bytes=sent_bytes)


def udev_rule(vendor: int) -> str:
    """The line for ``/etc/udev/rules.d/70-receipt-printer.rules`` that lets who sits at the till print."""
    return f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor:04x}", TAG+="uaccess"'


def list_usb_printers(backend: object = None) -> list[tuple[str, str]]:
    """Addresses and names of the USB printers that libusb sees; opens none for longer than its name.

    Raises:
        UsbLibraryMissing: there is no libusb.
    """
    usb = _pyusb()
    found = []
    try:
        for device in usb.core.find(find_all=True, backend=backend):
            if _is_printer(usb, device):
                address = f"{device.idVendor:04x}:{device.idProduct:04x}"
                found.append((address, _name_of(usb, device)))
            usb.util.dispose_resources(device)
    except ValueError as error:
        raise UsbLibraryMissing(str(error)) from error
    return sorted(found)


def _is_printer(usb: ModuleType, device: Any) -> bool:  # noqa: ANN401 - pyusb has no stubs
    try:
        interfaces = [interface for configuration in device for interface in configuration]
    except usb.core.USBError:
        return False
    return any(interface.bInterfaceClass == PRINTER_CLASS for interface in interfaces)


def _name_of(usb: ModuleType, device: Any) -> str:  # noqa: ANN401 - pyusb has no stubs
    try:
        return str(usb.util.get_string(device, device.iProduct) or "")
    except (usb.core.USBError, ValueError):
        return ""


def _serial_of(usb: ModuleType, device: Any, wanted: str | None) -> str | None:  # noqa: ANN401 - no stubs
    """The device's serial number; asked only when one is wanted, for it needs the right to open."""
    if wanted is None:
        return None
    try:
        return str(usb.util.get_string(device, device.iSerialNumber) or "")
    except ValueError as error:
        # pyusb cannot read the languages of the texts: nearly always a missing right.
        detail = f"usb {device.idVendor:04x}:{device.idProduct:04x}: {error}"
        raise UsbAccessDenied(f"{detail}; rule: {udev_rule(device.idVendor)}") from error


def _endpoints(configuration: Any) -> tuple[int, Any, Any]:  # noqa: ANN401 - pyusb has no stubs
    """Interface number, bulk way out and bulk way back; a printer's interface before any other."""
    interfaces = sorted(configuration, key=lambda item: item.bInterfaceClass != PRINTER_CLASS)
    for interface in interfaces:
        bulk = [point for point in interface if point.bmAttributes & 0x03 == _BULK]
        out = next((point for point in bulk if not point.bEndpointAddress & _IN), None)
        back = next((point for point in bulk if point.bEndpointAddress & _IN), None)
        if out is not None:
            return int(interface.bInterfaceNumber), out, back
    return 0, None, None


def _milliseconds(left_s: float) -> int:
    """Time-out of one transfer; libusb takes 0 for "for ever"."""
    return max(int(min(max(left_s, _POLL_S), _SLICE_S) * 1000), 1)


def _pyusb() -> ModuleType:
    try:
        # Late: only tills with a USB printer pay for it.
        importlib.import_module("usb.core")
        importlib.import_module("usb.util")
        return importlib.import_module("usb")
    except ImportError as error:
        raise UsbLibraryMissing(f"pyusb: {error}") from error
