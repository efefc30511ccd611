"""USB: finding, claiming, rights, the kernel's driver, and what libusb tells when things go wrong."""

import pytest

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    PortBusy,
    Timeout,
    UsbLibraryMissing,
)
from drivers.sim.usb_backend import FakeUsbBackend, FakeUsbPrinter
from drivers.transport.usb import UsbTransport, list_usb_printers


def on(printer: FakeUsbPrinter, address: str = "") -> UsbTransport:
    """The transport for a simulated device."""
    return UsbTransport(address or printer.address, backend=FakeUsbBackend(printer))


@pytest.mark.parametrize(
    "address", ["", "04b8", "04b8:", "4b8:e15", "04b8:0e15:", "x4b8:0e15", "COM3"]
)
def test_senseless_address_is_a_configuration_error(address: str) -> None:
    with pytest.raises(ConfigurationError):
        UsbTransport(address)


def test_printer_is_found_by_vendor_and_product_alone() -> None:
    transport = on(FakeUsbPrinter(), "04B8:0E15")
    transport.open()
    assert transport.is_open
    transport.close()


def test_serial_number_tells_two_equal_printers_apart() -> None:
    first, second = FakeUsbPrinter(serial="AAA"), FakeUsbPrinter(serial="BBB")
    transport = UsbTransport("04b8:0e15:BBB", backend=FakeUsbBackend(first, second))
    transport.open()
    transport.write(b"x")
    assert (bytes(first.to_device), bytes(second.to_device)) == (b"", b"x")
    with pytest.raises(NotConnected):
        UsbTransport("04b8:0e15:CCC", backend=FakeUsbBackend(first)).open()
    transport.close()


def test_missing_printer_is_not_connected() -> None:
    with pytest.raises(NotConnected):
        on(FakeUsbPrinter(), "0416:5011").open()


def test_kernel_driver_is_sent_away_and_comes_back() -> None:
    printer = FakeUsbPrinter(kernel_driver=True)
    transport = on(printer)
    transport.open()
    assert not printer.kernel_driver
    transport.close()
    assert printer.kernel_driver
    assert not printer.claimed


def test_kernel_without_a_driver_gets_none_back() -> None:
    printer = FakeUsbPrinter(kernel_driver=False)
    transport = on(printer)
    transport.open()
    transport.close()
    assert not printer.kernel_driver


@pytest.mark.parametrize("with_serial", [True, False])
def test_missing_rights_are_told_with_the_udev_rule(with_serial: bool) -> None:
    printer = FakeUsbPrinter(denied=True)
    with pytest.raises(AccessDenied) as caught:
        on(printer, "" if with_serial else "04b8:0e15").open()
    assert 'ATTR{idVendor}=="04b8"' in caught.value.detail
    assert "правило udev" in caught.value.text("ru")
    assert "udev rule" in caught.value.text("en")


def test_printer_of_another_program_is_busy() -> None:
    with pytest.raises(PortBusy):
        on(FakeUsbPrinter(busy=True)).open()


def test_device_that_is_not_configured_is_configured() -> None:
    printer = FakeUsbPrinter(configured=False)
    transport = on(printer)
    transport.open()
    assert printer.configured
    transport.close()


def test_printer_without_a_way_back_answers_nothing() -> None:
    transport = on(FakeUsbPrinter(has_way_back=False))
    assert transport.can_read
    transport.open()
    assert not transport.can_read
    assert transport.read(timeout_s=0.0) == b""
    transport.close()


def test_vendor_specific_class_with_a_bulk_pipe_is_accepted() -> None:
    """Cheap boards call themselves "vendor specific"."""
    transport = on(FakeUsbPrinter(interface_class=0xFF))
    transport.open()
    transport.close()


def test_empty_packets_are_silence_and_not_the_end() -> None:
    printer = FakeUsbPrinter(empty_packets=True)
    transport = on(printer)
    transport.open()
    assert transport.read(timeout_s=0.05) == b""
    printer.to_host += b"\x12"
    assert transport.read(timeout_s=1.0) == b"\x12"
    transport.close()


def test_part_that_was_taken_before_the_time_was_over_is_told() -> None:
    printer = FakeUsbPrinter(pipe_bytes=5000)
    transport = on(printer)
    transport.open()
    with pytest.raises(Timeout) as caught:
        transport.write(bytes(10_000), 0.1)
    assert caught.value.sent_bytes == 5000
    transport.close()


@pytest.mark.parametrize("byte_count", [0, 1, 64, 5000])
def test_loss_tells_how_much_had_gone(byte_count: int) -> None:
    printer = FakeUsbPrinter()
    transport = on(printer)
    transport.open()
    transport.write(bytes(byte_count))
    printer.unplug()
    with pytest.raises(ConnectionLost) as caught:
        transport.write(b"more")
    assert caught.value.sent_bytes == 0
    with pytest.raises(NotConnected):
        transport.open()
    printer.plug_in()
    transport.open()
    transport.write(b"again")
    assert bytes(printer.to_device) == b"again"
    transport.close()


def test_printers_are_listed_by_class_with_their_names() -> None:
    mouse = FakeUsbPrinter(vendor_id=0x046D, interface_class=3)
    printer = FakeUsbPrinter(product="TM-T20II")
    denied = FakeUsbPrinter(vendor_id=0x0416, product_id=0x5011, denied=True)
    backend = FakeUsbBackend(mouse, printer, denied)
    assert list_usb_printers(backend) == [("0416:5011", ""), ("04b8:0e15", "TM-T20II")]


def test_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("drivers.transport.usb.importlib.import_module", nothing)
    with pytest.raises(UsbLibraryMissing) as caught:
        UsbTransport("04b8:0e15").open()
    assert "libusb-1.0-0" in caught.value.text("ru")
