"""The search on the network: nearby only, right answers only, and it asks nobody who might print."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError
from drivers.discovery import network, networks
from drivers.discovery.fiscal_web import find_fiscal_web
from drivers.discovery.network import Knock, ask_massak, ask_printer, find_on_network, printer_name
from drivers.discovery.networks import is_near, local_networks, own_interfaces, require_local
from drivers.registry import get_model
from drivers.sim.escpos_links import TcpLink
from drivers.sim.printer import simulated_printer
from drivers.sim.scale import ScaleFault, ScaleSimulator

HERE = ipaddress.IPv4Network("127.0.0.1/32")


class Listener:
    """A server that answers each piece by a function and keeps what it got."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.received = b""
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(30)

    def _run(self) -> None:
        while True:
            try:
                connection = self._server.accept()[0]
            except OSError:
                return
            with connection:
                while data := connection.recv(4096):
                    self.received += data
                    connection.sendall(self._answer(data))


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[[bytes], bytes]], Listener]]:
    made: list[Listener] = []

    def make(answer: Callable[[bytes], bytes]) -> Listener:
        made.append(Listener(answer))
        return made[-1]

    yield make
    for listener in made:
        listener.stop()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not fail a test."""
    monkeypatch.setattr(network, "KNOCK_S", 10.0)
    monkeypatch.setattr(network, "ANSWER_S", 10.0)


def test_printer_is_found_by_its_answer_and_proposed() -> None:
    with simulated_printer() as simulator:
        (found,) = find_on_network([HERE], knocks={simulator.port: Knock(ask_printer)})
    assert (found.kind, found.address) == ("printer", f"127.0.0.1:{simulator.port}")
    assert found.config is not None
    assert get_model(found.config).id == "printer.escpos"


def test_name_of_the_model_is_shown(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {b"\x10\x04\x01": b"\x12", b"\x1dI\x43": b"_TM-T88V\0"}
    monkeypatch.setattr(network, "NAME_S", 10.0)
    listener = listen(lambda data: answers.get(data, b""))
    (found,) = find_on_network([HERE], knocks={listener.port: Knock(ask_printer)})
    assert found.title.startswith("TM-T88V (")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff", b"\x00"])
def test_who_answers_otherwise_is_no_printer_and_is_asked_nothing_more(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(network, "ANSWER_S", 0.5)
    listener = listen(lambda _: answer)
    assert find_on_network([HERE], knocks={listener.port: Knock(ask_printer)}) == []
    assert listener.received == b"\x10\x04\x01"


def test_office_printer_is_left_alone(
    listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three bytes on port 9100 would make it print a page."""
    printer, ipp = listen(lambda _: b"\x12"), listen(lambda _: b"")
    monkeypatch.setattr(network, "OFFICE_PORT", ipp.port)
    assert find_on_network([HERE], knocks={printer.port: Knock(ask_printer, shy=True)}) == []
    assert printer.received == b""


def test_scale_is_found_by_its_name() -> None:
    simulator = ScaleSimulator("massak100", TcpLink())
    simulator.start()
    port = int(simulator.address.rpartition(":")[2])
    (found,) = find_on_network([HERE], knocks={port: Knock(ask_massak)})
    assert (found.kind, found.model) == ("scale", "scale.massak100")
    assert "Весы" in found.title
    simulator.always(ScaleFault.WRONG_CHECKSUM)
    assert find_on_network([HERE], knocks={port: Knock(ask_massak)}) == []
    simulator.stop()


def test_nobody_there_is_nothing_found_and_a_stopped_search_asks_nobody(
    listen: Callable[..., Listener],
) -> None:
    assert find_on_network([HERE], knocks={1: Knock(ask_printer)}) == []
    listener = listen(lambda _: b"\x12")
    stop = threading.Event()
    stop.set()
    assert find_on_network([HERE], knocks={listener.port: Knock(ask_printer)}, stop=stop) == []
    assert listener.received == b""


@pytest.mark.parametrize(
    "text", ["8.8.8.0/24", "192.168.0.0/16", "10.0.0.0/8", "100.64.0.0/24", "0.0.0.0/0"]
)
def test_search_refuses_what_is_not_near(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no local network"):
        find_on_network([ipaddress.IPv4Network(text)])


def test_own_networks_are_cut_to_what_is_near() -> None:
    interfaces = [
        ipaddress.IPv4Interface(text)
        for text in (
            "10.20.30.40/8",
            "192.168.1.5/24",
            "192.168.1.6/24",
            "172.16.5.9/28",
            "127.0.0.1/8",
            "95.24.1.2/24",
            "169.254.3.3/16",
        )
    ]
    assert [str(item) for item in local_networks(interfaces)] == [
        "10.20.30.0/24",
        "192.168.1.0/24",
        "172.16.5.0/28",
    ]


@given(address=st.ip_addresses(v=4), prefix=st.integers(min_value=0, max_value=32))
def test_whatever_the_interface_the_search_stays_in_small_private_networks(
    address: ipaddress.IPv4Address, prefix: int
) -> None:
    for item in local_networks([ipaddress.IPv4Interface(f"{address}/{prefix}")]):
        require_local(item)
        assert item.num_addresses <= 256
        assert item.is_private
        assert address in item


def test_nearness_of_an_address() -> None:
    own = [ipaddress.IPv4Interface("192.168.1.5/24")]
    assert is_near("192.168.1.77", own)
    assert is_near("127.0.0.1", own)
    assert is_near("printer.local", own)
    assert not is_near("192.168.0.77", own)


def test_this_computer_has_an_address() -> None:
    assert own_interfaces()


def test_without_a_mask_the_network_is_the_24_around_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows does not tell masks to Python."""
    monkeypatch.setattr(networks, "_posix_interfaces", list)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: [(0, 0, 0, "", ("192.168.7.9", 0))])
    found = own_interfaces()
    assert ipaddress.IPv4Interface("192.168.7.9/24") in found
    assert {item.network.prefixlen for item in found} == {24}
    assert ipaddress.IPv4Network("192.168.7.0/24") in local_networks(found)


@given(data=st.binary(max_size=60))
def test_any_answer_has_a_name_or_none(data: bytes) -> None:
    name = printer_name(data)
    assert name.isprintable()
    assert len(name) <= 40
    assert printer_name(b"\x12\x00_XP-80\x00" + data) == "XP-80"


@pytest.mark.parametrize(
    ("status", "body", "title"),
    [
        ("200 OK", b'{"serverVersion": "1.0.4.0", "driverVersion": "10.10"}', " 1.0.4.0"),
        ("401 Unauthorized", b"", ""),
    ],
)
def test_web_server_of_the_register_is_found(
    listen: Callable[..., Listener], status: str, body: bytes, title: str
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    listener = listen(lambda _: head.encode() + body)
    (found,) = find_fiscal_web(f"http://127.0.0.1:{listener.port}", timeout_s=20.0)
    assert (found.kind, found.title) == ("fiscal", f"АТОЛ Web-сервер{title}")
    assert found.config is not None
    assert get_model(found.config).id == "fiscal.atol"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"serverVersion": 5}', b"{}"])
def test_another_web_server_is_no_register(listen: Callable[..., Listener], body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
    listener = listen(lambda _: head.encode() + body)
    assert find_fiscal_web(f"http://127.0.0.1:{listener.port}", timeout_s=20.0) == []
    assert find_fiscal_web("http://127.0.0.1:1") == []
