"""A libusb without libusb: pyusb's backend interface, with simulated printers behind it.

pyusb finds, opens, claims and transfers as with real devices; only the bulk pipes end in this process.
Errors are those that libusb gives: no rights, busy, gone, time-out with a part of the bytes taken.
"""

import array
import errno
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import usb.backend
from usb.core import USBError, USBTimeoutError

from drivers.transport.usb import PRINTER_CLASS

OUT_ENDPOINT, IN_ENDPOINT = 0x01, 0x82
PACKET = 64
PIPE_BYTES = 64 * 1024
"""What waits on the way to the printer before it takes no more."""
_ENGLISH = 0x0409
_TEXTS = {1: "vendor", 2: "product", 3: "serial"}


@dataclass(slots=True)
class FakeUsbPrinter:
    """One simulated device and its two pipes. All fields are guarded by ``changed``.

    Attributes:
        vendor_id, product_id, serial, vendor, product: what the descriptors say.
        interface_class: 7 for printers.
        has_way_back: whether there is a bulk IN endpoint.
        kernel_driver: the kernel's usblp holds the interface.
        denied: opening fails for lack of rights.
        busy: claiming fails.
        plugged: False: it is gone.
        empty_packets: the printer answers "nothing" at once in place of keeping silent.
    """

    vendor_id: int = 0x04B8
    product_id: int = 0x0E15
    serial: str = "J6KF000001"
    vendor: str = "SIMULATED"
    product: str = "RECEIPT PRINTER"
    interface_class: int = PRINTER_CLASS
    has_way_back: bool = True
    kernel_driver: bool = True
    denied: bool = False
    busy: bool = False
    plugged: bool = True
    empty_packets: bool = False
    pipe_bytes: int = PIPE_BYTES
    plugged_count: int = 0
    claimed: bool = False
    configured: bool = True
    to_device: bytearray = field(default_factory=bytearray)
    to_host: bytearray = field(default_factory=bytearray)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def address(self) -> str:
        """``vendor:product:serial``, as the driver takes it."""
        return f"{self.vendor_id:04x}:{self.product_id:04x}:{self.serial}"

    def unplug(self) -> None:
        """Pull the cable: what was on the way is lost."""
        with self.changed:
            self.plugged = False
            self.plugged_count += 1
            self.claimed = False
            self.to_device.clear()
            self.to_host.clear()
            self.changed.notify_all()

    def plug_in(self) -> None:
        """Put the cable back."""
        with self.changed:
            self.plugged = True
            self.changed.notify_all()


@dataclass(frozen=True, slots=True)
class FakeUsbHandle:
    """An opened device; dead once the cable was pulled, also when it is back."""

    printer: FakeUsbPrinter
    plugged_count: int

    @property
    def is_alive(self) -> bool:
        """Whether the cable was not pulled since."""
        return self.printer.plugged and self.printer.plugged_count == self.plugged_count


class FakeUsbBackend(usb.backend.IBackend):  # type: ignore[misc] # pyusb has no stubs
    """What pyusb calls; pass it to ``UsbTransport(address, backend=...)``."""

    def __init__(self, *printers: FakeUsbPrinter) -> None:
        self.printers = list(printers)

    # -- descriptors -----------------------------------------------------------------------------------

    def enumerate_devices(self) -> Iterator[FakeUsbPrinter]:
        """Every plugged device."""
        return iter([printer for printer in self.printers if printer.plugged])

    def get_parent(self, dev: FakeUsbPrinter) -> None:
        """No hubs here."""

    def get_device_descriptor(self, dev: FakeUsbPrinter) -> SimpleNamespace:
        """Standard device descriptor."""
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=dev.vendor_id, idProduct=dev.product_id,
            bcdDevice=0x0100, iManufacturer=1, iProduct=2, iSerialNumber=3, bNumConfigurations=1,
            address=1, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: FakeUsbPrinter, config: int) -> SimpleNamespace:
        """The one configuration."""
        del dev
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(
        self, dev: FakeUsbPrinter, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        """The printer's interface."""
        if intf or alt or config:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=1 + dev.has_way_back, bInterfaceClass=dev.interface_class,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(
        self, dev: FakeUsbPrinter, ep: int, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        """Bulk out, then bulk in."""
        del dev, intf, alt, config
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT_ENDPOINT, IN_ENDPOINT)[ep],
            bmAttributes=2, wMaxPacketSize=PACKET, bInterval=0, bRefresh=0, bSynchAddress=0,
            extra_descriptors=[],
        )  # fmt: skip

    # -- claiming --------------------------------------------------------------------------------------

    def open_device(self, dev: FakeUsbPrinter) -> FakeUsbHandle:
        """Refused without rights, as libusb does on a node of the administrator."""
        if not dev.plugged:
            raise _gone()
        if dev.denied:
            raise _failure("Access denied (insufficient permissions)", -3, errno.EACCES)
        return FakeUsbHandle(dev, dev.plugged_count)

    def close_device(self, dev_handle: FakeUsbHandle) -> None:
        """Let go."""

    def set_configuration(self, dev_handle: FakeUsbHandle, config_value: int) -> None:
        """Switch it on."""
        del config_value
        dev_handle.printer.configured = True

    def get_configuration(self, dev_handle: FakeUsbHandle) -> int:
        """The active configuration; 0 means none."""
        return int(dev_handle.printer.configured)

    def is_kernel_driver_active(self, dev_handle: FakeUsbHandle, intf: int) -> bool:
        """Whether usblp holds it."""
        del intf
        return dev_handle.printer.kernel_driver

    def detach_kernel_driver(self, dev_handle: FakeUsbHandle, intf: int) -> None:
        """Send usblp away."""
        del intf
        dev_handle.printer.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: FakeUsbHandle, intf: int) -> None:
        """Let usblp have it again."""
        del intf
        if not dev_handle.is_alive:
            raise _gone()
        dev_handle.printer.kernel_driver = True

    def claim_interface(self, dev_handle: FakeUsbHandle, intf: int) -> None:
        """Ours alone; refused while anybody else has it, the kernel included."""
        del intf
        printer = dev_handle.printer
        if printer.busy or printer.claimed or printer.kernel_driver:
            raise _failure("Resource busy", -6, errno.EBUSY)
        printer.claimed = True

    def release_interface(self, dev_handle: FakeUsbHandle, intf: int) -> None:
        """Not ours any more."""
        del intf
        if dev_handle.is_alive:
            dev_handle.printer.claimed = False

    # -- transfers -------------------------------------------------------------------------------------

    def bulk_write(
        self, dev_handle: FakeUsbHandle, ep: int, intf: int, data: "array.array[int]", timeout: int
    ) -> int:
        """Put bytes on the way to the printer; a part of them, if no more fits in time."""
        del ep, intf
        printer = dev_handle.printer
        with printer.changed:
            printer.changed.wait_for(
                lambda: (
                    not dev_handle.is_alive
                    or len(printer.to_device) + len(data) <= printer.pipe_bytes
                ),
                timeout / 1000,
            )
            if not dev_handle.is_alive:
                raise _gone()
            room = printer.pipe_bytes - len(printer.to_device)
            if room <= 0:
                raise _late()
            part = data.tobytes()[:room]
            printer.to_device += part
            printer.changed.notify_all()
            return len(part)

    def bulk_read(
        self, dev_handle: FakeUsbHandle, ep: int, intf: int, buff: "array.array[int]", timeout: int
    ) -> int:
        """Take an answer; requests must be whole packets."""
        del ep, intf
        assert len(buff) % PACKET == 0, "a request that is no multiple of the packet overflows"
        printer = dev_handle.printer
        with printer.changed:
            if not printer.empty_packets:
                printer.changed.wait_for(
                    lambda: not dev_handle.is_alive or bool(printer.to_host), timeout / 1000
                )
            if not dev_handle.is_alive:
                raise _gone()
            if not printer.to_host and not printer.empty_packets:
                raise _late()
            part = bytes(printer.to_host[: len(buff)])
            del printer.to_host[: len(part)]
            buff[: len(part)] = array.array("B", part)
            return len(part)

    def ctrl_transfer(
        self,
        dev_handle: FakeUsbHandle,
        bmRequestType: int,  # noqa: N803 - names of the interface
        bRequest: int,  # noqa: N803 - ditto
        wValue: int,  # noqa: N803 - ditto
        wIndex: int,  # noqa: N803 - ditto
        data: "array.array[int]",
        timeout: int,
    ) -> int:
        """``GET_DESCRIPTOR`` of texts: languages, vendor, product, serial number."""
        del bmRequestType, bRequest, wIndex, timeout
        number = wValue & 0xFF
        if number == 0:
            body = _ENGLISH.to_bytes(2, "little")
        else:
            body = str(getattr(dev_handle.printer, _TEXTS[number])).encode("utf-16-le")
        answer = array.array("B", bytes((2 + len(body), 3)) + body)[: len(data)]
        data[: len(answer)] = answer
        return len(answer)


class UsbLink:
    """The simulated printer's end of the cable, see ``drivers.sim.escpos_links.Link``."""

    def __init__(self, printer: FakeUsbPrinter | None = None) -> None:
        self.printer = printer or FakeUsbPrinter()
        self.backend = FakeUsbBackend(self.printer)
        self._is_shut = False

    @property
    def address(self) -> str:
        """What the driver takes."""
        return self.printer.address

    def accept(self) -> bool:
        """A cable is always connected while it is plugged."""
        return self.printer.plugged and not self._is_shut

    def read(self, size_max: int) -> bytes:
        """Next bytes; ``b""`` when the cable was pulled."""
        printer = self.printer
        with printer.changed:
            printer.changed.wait_for(lambda: not printer.plugged or bool(printer.to_device))
            data = bytes(printer.to_device[:size_max])
            del printer.to_device[: len(data)]
            printer.changed.notify_all()
            return data

    def send(self, data: bytes) -> None:
        """Answer."""
        with self.printer.changed:
            if self.printer.plugged:
                self.printer.to_host += data
                self.printer.changed.notify_all()

    def drop(self) -> None:
        """Pull the cable."""
        self.printer.unplug()

    def shut(self) -> None:
        """Pull it for good."""
        self._is_shut = True
        self.printer.unplug()

    def reopen(self) -> None:
        """Put it back."""
        self._is_shut = False
        self.printer.plug_in()


def _failure(text: str, code: int, number: int) -> USBError:
    return USBError(text, code, number)


def _gone() -> USBError:
    return _failure("No such device (it may have been disconnected)", -4, errno.ENODEV)


def _late() -> USBTimeoutError:
    return USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
