"""Printers and scales on the local network. Only when a person asks for it, only nearby, little by little.

Each address of the own networks is knocked at on the ports of `KNOCKS`; who opens is asked in its own
protocol, and counts only if the answer is right. Port 9100 is that of office printers too, which would
print what they are sent: whoever also listens on the port of office printing (631) is left alone, and
the rest get three bytes of a status question that receipt printers do not print.
"""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from drivers.api.device import DeviceKind
from drivers.api.errors import DriverError
from drivers.discovery.found import Confidence, Found, propose
from drivers.discovery.networks import local_networks, own_interfaces, require_local
from drivers.printers.status import is_realtime_answer, question
from drivers.scales import massak100
from drivers.transport.base import Transport
from drivers.transport.tcp import TcpTransport

AT_ONCE = 48
"""Connections at a time: a cheap router forgets its table when hundreds come at once."""
KNOCK_S = 0.5
ANSWER_S = 0.8
NAME_S = 0.5
"""For the name of a printer's model, which many do not tell."""
_SILENCE_S = 0.2
OFFICE_PORT = 631
"""IPP, RFC 8010: office printers listen here, receipt printers do not."""
_NAME_QUESTION = b"\x1dI\x43"
"""GS I 67: the model's name, answered as `_name NUL` (Epson ESC/POS, GS I)."""
_NAME_MAX = 40


@dataclass(frozen=True, slots=True)
class Knock:
    """A port that is tried and who is expected behind it.

    Attributes:
        ask: asks an open connection; None if the answer is not that of such a device.
        shy: whether to leave addresses alone that look like office printers.
    """

    ask: Callable[[Transport, str], Found | None]
    shy: bool = False


def find_on_network(
    networks: Iterable[ipaddress.IPv4Network] | None = None,
    *,
    knocks: "Mapping[int, Knock] | None" = None,
    stop: threading.Event | None = None,
) -> list[Found]:
    """Search networks for receipt printers and scales; takes some seconds for a /24.

    Args:
        networks: where; the computer's own without it.
        knocks: ports to try and what to ask there.
        stop: ends the search early.

    Raises:
        ConfigurationError: a network that is not local.
    """
    wanted = local_networks() if networks is None else list(networks)
    for network in wanted:
        require_local(network)
    ports = KNOCKS if knocks is None else knocks
    own = {interface.ip for interface in own_interfaces()} if networks is None else set()
    hosts = [str(host) for network in wanted for host in network.hosts() if host not in own]
    ending = stop or threading.Event()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="discover") as pool:
        answers = pool.map(
            lambda place: None if ending.is_set() else _try(place[0], place[1], ports),
            [(host, port) for port in ports for host in hosts],
        )
    return [found for found in answers if found is not None]


def _try(host: str, port: int, ports: "Mapping[int, Knock]") -> Found | None:
    knock = ports[port]
    transport = TcpTransport(host, port, connect_timeout_s=KNOCK_S)
    try:
        transport.open()
        if knock.shy and _is_office_printer(host):
            return None
        return knock.ask(transport, f"{host}:{port}")
    except DriverError:
        return None  # nobody there, or somebody who speaks otherwise
    finally:
        transport.close()


def _is_office_printer(host: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, OFFICE_PORT), KNOCK_S):
        return True
    return False


def ask_printer(transport: Transport, address: str) -> Found | None:
    """DLE EOT 1; only after a right answer the name of the model."""
    transport.write(question(1), ANSWER_S)
    answer = transport.read(16, ANSWER_S)
    if not answer or not is_realtime_answer(answer[0]):
        return None
    transport.write(_NAME_QUESTION, ANSWER_S)
    name = printer_name(_collect(transport, NAME_S))
    title = f"{name} ({address})" if name else address
    return Found(
        str(DeviceKind.PRINTER),
        address,
        "tcp",
        title,
        "printer.escpos",
        Confidence.SURE,
        f"Чековый принтер {title} отвечает по сети.",
        f"A receipt printer, {title}, answers on the network.",
        config=propose(DeviceKind.PRINTER, "printer.escpos", "tcp", address),
    )


def printer_name(answer: bytes) -> str:
    """The name in `_name NUL`, '' where there is none; other bytes around it do not matter."""
    _, mark, rest = answer.partition(b"_")
    name, end, _ = rest.partition(b"\0")
    text = name.decode("ascii", "replace")
    good = mark and end and text.isprintable() and text.isascii()
    return text.strip()[:_NAME_MAX] if good else ""


def ask_massak(transport: Transport, address: str) -> Found | None:
    """Command 20 of protocol 100: its name; nothing is changed by it."""
    transport.write(massak100.frame(bytes((massak100.GET_NAME,))), ANSWER_S)
    buffer = _collect(transport, ANSWER_S)
    piece = massak100.cut_frame(buffer)
    while piece.body is None and piece.used:
        buffer = buffer[piece.used :]
        piece = massak100.cut_frame(buffer)
    if piece.body is None or piece.body[0] != massak100.ACK_NAME:
        return None
    name = piece.body[5:].decode("cp1251", "replace").strip("\0 \r\n")[:_NAME_MAX]
    title = f"Масса-К {name}".strip()
    return Found(
        str(DeviceKind.SCALE),
        address,
        "tcp",
        f"{title} ({address})",
        "scale.massak100",
        Confidence.SURE,
        f"Весы {title} отвечают по сети.",
        f"A scale, {title}, answers on the network.",
        config=propose(DeviceKind.SCALE, "scale.massak100", "tcp", address),
    )


def _collect(transport: Transport, answer_s: float) -> bytes:
    """Everything that comes until a short silence, which may be long before the first byte."""
    answer = b""
    while len(answer) < massak100.BODY_MAX:
        more = transport.read(256, _SILENCE_S if answer else answer_s)
        if not more:
            break
        answer += more
    return answer


KNOCKS: Mapping[int, Knock] = {
    9100: Knock(ask_printer, shy=True),
    massak100.TCP_PORT: Knock(ask_massak),
}
