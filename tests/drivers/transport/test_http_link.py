"""One HTTP exchange: its answer, its limit, and what it says about a request that may have arrived."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from drivers.api.errors import (
    ConfigurationError,
    ConnectionLost,
    DriverError,
    NotConnected,
    ProtocolError,
    Timeout,
)
from drivers.sim.http_server import CutLink, HttpSimulator, Reply, Request, reply_json
from drivers.transport.http import HttpAddress, HttpLink


class Server:
    """Answers with what the test says and keeps what arrived whole."""

    def __init__(self) -> None:
        self.reply = reply_json({"ok": True})
        self.seen: list[Request] = []
        self.http = HttpSimulator(self.handle)

    def handle(self, request: Request) -> Reply:
        self.seen.append(request)
        return self.reply


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.http.start()
    yield server
    server.http.stop()


@pytest.fixture
def link(server: Server) -> HttpLink:
    return HttpLink(server.http.url + "/base/")


def test_request_and_answer_pass_whole(server: Server, link: HttpLink) -> None:
    answer = link.exchange("POST", "/x?y=1", headers={"Token": "abc"}, body=b"{}", timeout_s=5)
    assert (answer.status, answer.body) == (200, b'{"ok": true}')
    assert answer.headers["content-type"].startswith("application/json")
    request = server.seen[0]
    assert (request.method, request.path, request.body) == ("POST", "/base/x?y=1", b"{}")
    assert request.headers["token"] == "abc"  # noqa: S105 - no secret


def test_status_is_no_error_of_the_link(server: Server, link: HttpLink) -> None:
    server.reply = Reply(503, b"later")
    assert link.exchange("GET", "/", timeout_s=5).status == 503


def test_closed_port_promises_that_nothing_was_sent(server: Server) -> None:
    server.http.stop()
    with pytest.raises(NotConnected) as caught:
        HttpLink(server.http.url).exchange("POST", "/", body=b"{}", timeout_s=5)
    assert caught.value.sent_bytes == 0


def test_silence_ends_at_the_limit(server: Server, link: HttpLink) -> None:
    server.reply = Reply(delay_s=30.0)
    with pytest.raises(Timeout) as caught:
        link.exchange("POST", "/", body=b"{}", timeout_s=0.2)
    assert caught.value.sent_bytes > 0


def test_dripping_answer_ends_at_the_limit_of_the_whole(server: Server) -> None:
    """Each read brings a byte in time; the clock says that the whole takes too long."""
    ticks = iter(range(1000))
    link = HttpLink(server.http.url, clock=lambda: float(next(ticks)))
    server.reply = Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 500)
    with pytest.raises((Timeout, ConnectionLost)):
        link.exchange("GET", "/", timeout_s=6)


def test_no_http_is_a_protocol_error(server: Server, link: HttpLink) -> None:
    server.reply = Reply(raw=b"\x00\x01nonsense\r\n\r\n")
    with pytest.raises(ProtocolError):
        link.exchange("GET", "/", timeout_s=5)


def test_connection_cut_at_every_byte_is_told_and_never_an_answer(server: Server) -> None:
    """A cut request counts as sent once a byte has left; a cut answer is never taken for a whole one."""
    cutter = CutLink(server.http.port)
    cutter.start()
    link = HttpLink(f"http://127.0.0.1:{cutter.port}")
    try:
        whole = len(server.reply.encoded())
        for count in range(whole):
            cutter.cut(down_bytes=count)
            with pytest.raises(DriverError) as caught:
                link.exchange("POST", "/", body=b"{}", timeout_s=5)
            assert isinstance(caught.value, ConnectionLost | ProtocolError)
        cutter.cut(down_bytes=whole)
        assert link.exchange("POST", "/", body=b"{}", timeout_s=5).status == 200
    finally:
        cutter.stop()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host",
        "ftp://host/",
        "http://",
        "http://h:99999/",
        "http://a@h/",
        "http://h/?q",
        "http://h/я",
    ],
)
def test_bad_addresses_are_told(url: str) -> None:
    with pytest.raises(ConfigurationError):
        HttpAddress.parse(url)


def test_missing_certificates_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        HttpLink("https://127.0.0.1", ca_file=str(tmp_path / "none.pem"))


def test_server_without_tls_is_not_connected(server: Server) -> None:
    link = HttpLink(f"https://127.0.0.1:{server.http.port}")
    with pytest.raises(NotConnected):
        link.exchange("GET", "/", timeout_s=5)


def test_name_that_does_not_resolve_is_not_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError("unknown name")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(NotConnected, match="unknown name"):
        HttpLink("http://nowhere.invalid").exchange("GET", "/", timeout_s=5)


def test_slow_name_server_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: released.wait(30) and [])
    with pytest.raises(NotConnected, match="in time"):
        HttpLink("http://slow.invalid").exchange("GET", "/", timeout_s=0.05)
    released.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls_server(certificate: Path, server: Server) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    assert server.http._server is not None
    listener = server.http._server.socket
    server.http._server.socket = context.wrap_socket(
        listener, server_side=True, do_handshake_on_connect=False
    )
    yield server
    server.http.stop()


def test_certificate_that_is_trusted_is_talked_to(tls_server: Server, certificate: Path) -> None:
    url = f"https://127.0.0.1:{tls_server.http.port}"
    link = HttpLink(url, ca_file=str(certificate))
    answer = link.exchange("POST", "/x", body=b"{}", timeout_s=60)
    assert (answer.status, answer.body) == (200, b'{"ok": true}')


def test_certificate_that_nobody_trusts_gets_no_request(tls_server: Server) -> None:
    link = HttpLink(f"https://127.0.0.1:{tls_server.http.port}")
    with pytest.raises(NotConnected, match=r"(?i)certificate"):
        link.exchange("POST", "/x", body=b"{}", timeout_s=60)
    assert tls_server.seen == []
