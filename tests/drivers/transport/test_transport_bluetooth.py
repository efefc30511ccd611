"""Bluetooth: calls until the printer wakes up, small pieces with pauses, honest counts."""

import os
import select
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.api.errors import ConfigurationError, NotConnected, TransportError
from drivers.transport.bluetooth import BluetoothTransport


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """Master of a pseudo-terminal and the path of its other end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for descriptor in (slave, master):
        os.close(descriptor)


def test_printer_that_wakes_up_late_is_called_again(tmp_path: Path, line: tuple[int, str]) -> None:
    port = tmp_path / "rfcomm0"
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            port.symlink_to(line[1])

    transport = BluetoothTransport(str(port), attempts=3, retry_pause_s=1.5, wait=wait)
    transport.open()
    assert transport.is_open
    assert pauses == [1.5, 1.5]
    transport.close()


def test_printer_out_of_reach_is_given_up_after_the_attempts(tmp_path: Path) -> None:
    pauses: list[float] = []
    transport = BluetoothTransport(str(tmp_path / "none"), attempts=3, wait=pauses.append)
    with pytest.raises(NotConnected):
        transport.open()
    assert len(pauses) == 2


def test_close_ends_the_calling(tmp_path: Path) -> None:
    transport = BluetoothTransport(
        str(tmp_path / "none"), attempts=9, wait=lambda _: transport.close()
    )
    with pytest.raises(NotConnected):
        transport.open()


def test_bytes_go_in_small_pieces_with_pauses(line: tuple[int, str]) -> None:
    pauses: list[float] = []
    transport = BluetoothTransport(line[1], slice_bytes=100, pause_s=0.25, wait=pauses.append)
    transport.open()
    transport.write(bytes(250))
    assert pauses == [0.25, 0.25]
    received = b""
    while len(received) < 250 and select.select([line[0]], [], [], 10)[0]:
        received += os.read(line[0], 300)
    assert received == bytes(250)
    transport.close()


def test_stuck_line_tells_all_bytes_that_had_gone(line: tuple[int, str]) -> None:
    transport = BluetoothTransport(line[1], slice_bytes=100, wait=lambda _: None)
    transport.open()
    with pytest.raises(TransportError) as caught:
        transport.write(bytes(1_000_000), 0.2)
    taken = 0
    while select.select([line[0]], [], [], 0)[0]:
        taken += len(os.read(line[0], 65536))
    assert caught.value.sent_bytes == taken > 100
    transport.close()


def test_senseless_parameters_are_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError):
        BluetoothTransport("/dev/rfcomm0", attempts=0)
    with pytest.raises(ConfigurationError):
        BluetoothTransport("/dev/rfcomm0", slice_bytes=0)
    with pytest.raises(ConfigurationError):
        BluetoothTransport("")
