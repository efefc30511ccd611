"""The same promises for every two-way transport: real sockets, pseudo-terminals, and pyusb on a fake libusb."""

import os
import select
import socket
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    PortBusy,
    Timeout,
    TransportError,
)
from drivers.sim.usb_backend import FakeUsbBackend, FakeUsbPrinter
from drivers.transport.base import Transport, read_exactly
from drivers.transport.bluetooth import BluetoothTransport
from drivers.transport.file import FileTransport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport
from drivers.transport.usb import UsbTransport

SOON_S = 30.0


class Peer(Protocol):
    """The device's end of the wire."""

    transport: Transport

    def connect(self) -> None:
        """Open the transport and take the call."""
        ...

    def send(self, data: bytes) -> None:
        """Answer."""
        ...

    def receive(self, count: int) -> bytes:
        """Take exactly so many bytes."""
        ...

    def hang_up(self) -> None:
        """Pull the cable."""
        ...


class TcpPeer:
    """A server socket."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.transport: Transport = TcpTransport("127.0.0.1", self._listener.getsockname()[1])
        self._connection: socket.socket | None = None

    def connect(self) -> None:
        """Open the transport and take the call."""
        self.transport.open()
        self._connection = self._listener.accept()[0]
        self._connection.settimeout(SOON_S)

    def send(self, data: bytes) -> None:
        """Answer."""
        assert self._connection is not None
        self._connection.sendall(data)

    def receive(self, count: int) -> bytes:
        """Take exactly so many bytes."""
        assert self._connection is not None
        received = b""
        while len(received) < count:
            received += self._connection.recv(count - len(received))
        return received

    def hang_up(self) -> None:
        """Pull the cable."""
        if self._connection is not None:
            self._connection.close()

    def close(self) -> None:
        """Give everything back."""
        self.hang_up()
        self._listener.close()


class PtyPeer:
    """The master of a pseudo-terminal."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._is_up = True
        self.transport: Transport = SerialTransport(os.ttyname(self._slave))

    def connect(self) -> None:
        """Open the transport and take the call."""
        self.transport.open()

    def send(self, data: bytes) -> None:
        """Answer."""
        os.write(self._master, data)

    def receive(self, count: int) -> bytes:
        """Take exactly so many bytes."""
        received = b""
        while len(received) < count:
            assert select.select([self._master], [], [], SOON_S)[0]
            received += os.read(self._master, count - len(received))
        return received

    def hang_up(self) -> None:
        """Pull the cable."""
        if self._is_up:
            self._is_up = False
            os.close(self._slave)
            os.close(self._master)

    def close(self) -> None:
        """Give everything back."""
        self.hang_up()


class BluetoothPeer(PtyPeer):
    """The same line as a Bluetooth port, with its small pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.transport = BluetoothTransport(os.ttyname(self._slave), pause_s=0.001)


class UsbPeer:
    """A device behind pyusb's backend interface."""

    def __init__(self) -> None:
        self._printer = FakeUsbPrinter()
        backend = FakeUsbBackend(self._printer)
        self.transport: Transport = UsbTransport(self._printer.address, backend=backend)

    def connect(self) -> None:
        """Open the transport."""
        self.transport.open()

    def send(self, data: bytes) -> None:
        """Answer."""
        with self._printer.changed:
            self._printer.to_host += data
            self._printer.changed.notify_all()

    def receive(self, count: int) -> bytes:
        """Take exactly so many bytes."""
        with self._printer.changed:
            assert self._printer.changed.wait_for(
                lambda: len(self._printer.to_device) >= count, SOON_S
            )
            data = bytes(self._printer.to_device[:count])
            del self._printer.to_device[:count]
            return data

    def hang_up(self) -> None:
        """Pull the cable."""
        self._printer.unplug()

    def close(self) -> None:
        """Give everything back."""
        self.hang_up()


@pytest.fixture(
    params=[TcpPeer, PtyPeer, BluetoothPeer, UsbPeer], ids=["tcp", "pty", "bluetooth", "usb"]
)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    made = request.param()
    yield made
    made.transport.close()
    made.close()


def test_written_bytes_arrive_unchanged(peer: Peer) -> None:
    peer.connect()
    everything = bytes(range(256)) * 4
    peer.transport.write(everything)
    assert peer.receive(len(everything)) == everything


def test_read_gives_what_came_and_silence_is_empty(peer: Peer) -> None:
    peer.connect()
    assert peer.transport.read(timeout_s=0.01) == b""
    peer.send(b"\x00\x16\x11\x13\xff")
    assert read_exactly(peer.transport, 5, SOON_S) == b"\x00\x16\x11\x13\xff"


def test_read_never_gives_more_than_asked(peer: Peer) -> None:
    peer.connect()
    peer.send(b"abc")
    parts = [peer.transport.read(1, SOON_S) for _ in range(3)]
    assert parts == [b"a", b"b", b"c"]


def test_read_exactly_raises_timeout_with_the_count(peer: Peer) -> None:
    peer.connect()
    peer.send(b"ab")
    with pytest.raises(Timeout, match="2 of 3"):
        read_exactly(peer.transport, 3, 0.1)


def test_peer_that_takes_nothing_blocks_no_longer_than_the_timeout(peer: Peer) -> None:
    """A printer without paper stops taking bytes; the thread must come back."""
    peer.connect()
    with pytest.raises(Timeout) as caught:
        peer.transport.write(bytes(20_000_000), 0.1)
    assert 0 < caught.value.sent_bytes < 20_000_000


def test_stale_input_is_discarded(peer: Peer) -> None:
    peer.connect()
    peer.send(b"stale")
    assert peer.transport.read(1, SOON_S) == b"s"
    peer.transport.discard_input()
    peer.send(b"x")
    assert peer.transport.read(10, SOON_S) == b"x"


def test_hang_up_is_a_loss_and_closes(peer: Peer) -> None:
    peer.connect()
    peer.hang_up()
    with pytest.raises(ConnectionLost):
        peer.transport.read(1, SOON_S)
    assert not peer.transport.is_open


def test_close_from_another_thread_ends_a_waiting_read(peer: Peer) -> None:
    peer.connect()
    raised: list[Exception] = []

    def wait() -> None:
        try:
            peer.transport.read(1, 2.0)
        except TransportError as error:
            raised.append(error)

    reader = threading.Thread(target=wait)
    reader.start()
    while not reader.is_alive():
        pass
    peer.transport.close()
    reader.join(SOON_S)
    assert not reader.is_alive()
    assert all(isinstance(error, NotConnected | ConnectionLost) for error in raised)


def test_open_and_close_are_repeatable(peer: Peer) -> None:
    peer.connect()
    peer.transport.open()
    assert peer.transport.is_open
    peer.transport.close()
    peer.transport.close()
    assert not peer.transport.is_open


def test_closed_transport_refuses_to_work(peer: Peer) -> None:
    with pytest.raises(NotConnected):
        peer.transport.write(b"x")
    with pytest.raises(NotConnected):
        peer.transport.read()


def test_is_a_transport(peer: Peer) -> None:
    assert isinstance(peer.transport, Transport)
    assert peer.transport.can_read


def test_nobody_listens_is_not_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotConnected):
        TcpTransport("127.0.0.1", port).open()


@pytest.mark.parametrize(("host", "port"), [("", 9100), ("printer", 0), ("printer", 70000)])
def test_senseless_address_is_a_configuration_error(host: str, port: int) -> None:
    with pytest.raises(ConfigurationError):
        TcpTransport(host, port)


def test_missing_serial_port_is_not_connected(tmp_path: Path) -> None:
    with pytest.raises(NotConnected):
        SerialTransport(str(tmp_path / "ttyNOPE")).open()


def test_senseless_line_parameters_are_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError):
        SerialTransport("/dev/ttyS0", byte_size=12)
    with pytest.raises(ConfigurationError):
        SerialTransport("")


def test_pseudo_terminal_takes_the_line_settings_of_a_real_port() -> None:
    """Linux refuses parity there from the second call on; simulators stand for devices with 8E1 or 7E1."""
    master, slave = os.openpty()
    line = SerialTransport(os.ttyname(slave), 4800, parity="E", byte_size=7)
    line.open()
    line.write(b"\xff")
    os.write(master, b"\xfe")
    assert line.read(1, 30.0) == b"\xfe"
    assert line.read(1, 0.01) == b""
    line.close()
    os.close(master)
    os.close(slave)


def test_serial_port_of_another_program_is_busy() -> None:
    peer = PtyPeer()
    rival = SerialTransport(os.ttyname(peer._slave))
    try:
        peer.connect()
        with pytest.raises(PortBusy):
            rival.open()
    finally:
        peer.transport.close()
        peer.close()


def test_file_collects_bytes_and_answers_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spool.bin"
    transport = FileTransport(path)
    for part in (b"one", b"two"):
        transport.open()
        assert not transport.can_read
        transport.write(part)
        assert transport.read(timeout_s=0.0) == b""
        transport.close()
    assert path.read_bytes() == b"onetwo"


def test_file_in_a_missing_folder_is_not_connected(tmp_path: Path) -> None:
    with pytest.raises(NotConnected):
        FileTransport(tmp_path / "none" / "spool.bin").open()


def test_file_that_may_not_be_opened_is_access_denied(tmp_path: Path) -> None:
    path = tmp_path / "spool.bin"
    path.write_bytes(b"")
    path.chmod(0o400)
    transport = FileTransport(path)
    if os.geteuid() == 0:
        # Root may write everywhere; a folder in place of a file is refused even then.
        with pytest.raises(NotConnected):
            FileTransport(tmp_path).open()
        return
    with pytest.raises(AccessDenied):
        transport.open()


def test_device_node_is_read_and_written() -> None:
    """A character device such as /dev/usb/lp0 answers; a pseudo-terminal stands in for it."""
    master, slave = os.openpty()
    tty.setraw(slave)
    transport = FileTransport(os.ttyname(slave))
    try:
        transport.open()
        assert transport.can_read
        transport.write(b"\x10\x04\x01")
        assert os.read(master, 3) == b"\x10\x04\x01"
        os.write(master, b"\x16")
        assert transport.read(1, SOON_S) == b"\x16"
        with pytest.raises(Timeout):
            transport.write(bytes(1_000_000), 0.1)
        os.close(slave)
        os.close(master)
        with pytest.raises(ConnectionLost):
            transport.read(1, SOON_S)
        with pytest.raises(NotConnected):
            transport.write(b"x")
    finally:
        transport.close()


def test_device_node_that_vanishes_while_writing_is_a_loss() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    transport = FileTransport(os.ttyname(slave))
    transport.open()
    transport.discard_input()
    os.close(slave)
    os.close(master)
    with pytest.raises(ConnectionLost):
        transport.write(b"x")
    assert not transport.is_open


def test_break_while_writing_is_a_loss(peer: Peer) -> None:
    peer.connect()
    peer.hang_up()

    def write_on() -> None:
        deadline_s = time.monotonic() + SOON_S
        while time.monotonic() < deadline_s:
            peer.transport.write(bytes(100_000), SOON_S)

    with pytest.raises(ConnectionLost):
        write_on()
    assert not peer.transport.is_open
