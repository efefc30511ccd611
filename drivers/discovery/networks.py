"""The computer's own local networks: what a search may look at, and nothing beyond.

Only private IPv4 networks (RFC 1918) that an interface of this computer is in, and of a larger one only
the /24 around the own address: a search must never wander through a provider's or a company's network.
"""

import ipaddress
import os
import socket
import struct
from collections.abc import Iterable

from drivers.api.errors import ConfigurationError

PREFIX_MIN = 24
_PRIVATE = tuple(
    ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B
"""Linux, include/uapi/linux/sockios.h."""
# RFC 5737: belongs to nobody. A datagram socket that is "connected" there sends nothing.
_NOWHERE = ("192.0.2.1", 9)


def own_interfaces() -> list[ipaddress.IPv4Interface]:
    """Addresses of this computer with their networks; where the mask is not told, /24."""
    if os.name == "posix":
        found = _posix_interfaces()
        if found:
            return found
    return [ipaddress.IPv4Interface(f"{address}/{PREFIX_MIN}") for address in _own_addresses()]


def local_networks(
    interfaces: Iterable[ipaddress.IPv4Interface] | None = None,
) -> list[ipaddress.IPv4Network]:
    """Networks that may be searched, each once, none larger than /24."""
    own = own_interfaces() if interfaces is None else interfaces
    networks = []
    for interface in own:
        if not any(interface.ip in private for private in _PRIVATE):
            continue
        prefix = max(interface.network.prefixlen, PREFIX_MIN)
        network = ipaddress.IPv4Network(f"{interface.ip}/{prefix}", strict=False)
        if network not in networks:
            networks.append(network)
    return networks


def require_local(network: ipaddress.IPv4Network) -> None:
    """Refuse a network that is not private, or larger than /24; loopback never leaves the computer.

    Raises:
        ConfigurationError: searching there is not allowed.
    """
    private = any(network.subnet_of(known) for known in (*_PRIVATE, _LOOPBACK))
    if not private or network.prefixlen < PREFIX_MIN:
        raise ConfigurationError(f"{network} is no local network of /{PREFIX_MIN} or smaller")


def is_near(host: str, interfaces: Iterable[ipaddress.IPv4Interface] | None = None) -> bool:
    """Whether an address is in a network of this computer; a name counts as near."""
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return True
    own = own_interfaces() if interfaces is None else interfaces
    return address in _LOOPBACK or any(address in interface.network for interface in own)


def _posix_interfaces() -> list[ipaddress.IPv4Interface]:
    try:
        import fcntl  # noqa: PLC0415 - POSIX only
    except ImportError:
        return []
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                address, mask = (
                    socket.inet_ntoa(fcntl.ioctl(asking.fileno(), question, request)[20:24])
                    for question in (_SIOCGIFADDR, _SIOCGIFNETMASK)
                )
            except OSError:
                continue  # without IPv4, or a system with other numbers
            found.append(ipaddress.IPv4Interface(f"{address}/{mask}"))
    return found


def _own_addresses() -> list[str]:
    addresses = set()
    try:
        for *_, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            addresses.add(str(place[0]))
    except OSError:
        pass  # a computer that does not know its own name
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_NOWHERE)
            addresses.add(asking.getsockname()[0])
        except OSError:
            pass  # no way out: only what the name told
    return sorted(addresses)
