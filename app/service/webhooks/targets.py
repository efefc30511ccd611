"""Where deliveries may go: addresses of the public internet, unless configuration allows more (SSRF).

An address is read and judged once when it is subscribed, and the numbers behind its name are judged on
every connection; the connection then goes to the very number that was judged.

    TargetRefusedError   the address may not be called; final until somebody changes something
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import quote, urlsplit

from app.kernel.errors import FinalError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

ALLOW_NETWORKS_VARIABLE: Final = "MAXLOYALTY_WEBHOOK_NETWORKS"
ALLOW_HTTP_VARIABLE: Final = "MAXLOYALTY_WEBHOOK_HTTP"
ALLOW_PORTS_VARIABLE: Final = "MAXLOYALTY_WEBHOOK_PORTS"

_PORTS: Final = {"https": 443, "http": 80}
_HOST_MAX: Final = 253
_SAFE: Final = "/%:@!$&'()*+,;=~-._"

# IANA special-purpose registries (RFC 6890 and successors), named here so that what is refused does not
# change with the version of Python; and addresses of clouds that answer only to their own machines.
_REFUSED: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


# The only part of IPv6 that is given out to the public internet (RFC 4291, 2.4; IANA).
_GLOBAL_UNICAST: Final = ip_network("2000::/3")


class TargetRefusedError(FinalError):
    """An address that may not be called."""


@dataclass(frozen=True, slots=True)
class TargetRules:
    """What configuration allows beyond the public internet over https.

    `ports` None means any port.
    """

    allowed_networks: tuple[Network, ...] = ()
    allow_http: bool = False
    ports: frozenset[int] | None = frozenset({443, 8443})

    @classmethod
    def from_environment(cls) -> "TargetRules":
        """Read the rules of a self-hosted service; nothing said means the strict ones.

        Raises:
            ValueError: A network or port is not written as one.
        """
        networks = _words(os.environ.get(ALLOW_NETWORKS_VARIABLE, ""))
        allow_http = os.environ.get(ALLOW_HTTP_VARIABLE, "") == "1"
        said = _words(os.environ.get(ALLOW_PORTS_VARIABLE, ""))
        ports = frozenset(int(port) for port in said if port != "any") or frozenset(
            {443, 8443, *((80,) if allow_http else ())}
        )
        return cls(
            tuple(ip_network(network) for network in networks),
            allow_http,
            None if "any" in said else ports,
        )

    def permits(self, address: Address) -> bool:
        """Tell whether a number may be called."""
        if any(address in network for network in self.allowed_networks):
            return True
        if any(address in network for network in _REFUSED):
            return False
        if address.version == 6 and address not in _GLOBAL_UNICAST:
            return False
        return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; `path` has its query. Equal origins share connections."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address in its usual form."""
        return f"{self.scheme}://{self.authority}{self.path}"


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def read_target(url: str, rules: TargetRules) -> Target:
    """Take an address apart and judge what can be seen without asking the name service.

    Raises:
        TargetRefusedError: It is no address, or one that may not be called.
    """
    if any(ord(char) <= 0x20 or ord(char) == 0x7F for char in url):
        raise _refused("has spaces or control characters", "содержит пробелы")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise _refused("is not a URL", "не является адресом") from error
    _check_scheme(scheme, rules)
    if not host or "@" in parts.netloc or parts.fragment or "\\" in url:
        raise _refused(
            "must have a host, and no user name or fragment",
            "должен называть сервер, без имени пользователя и без #",
        )
    port = _PORTS[scheme] if port is None else port
    if port == 0 or (rules.ports is not None and port not in rules.ports):
        raise _refused(f"has port {port}, which is not allowed", f"с портом {port} не разрешён")
    path = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        path += "?" + quote(parts.query, safe=_SAFE + "?")
    target = Target(scheme, _ascii_host(host), port, path)
    _check_literal(target.host, rules)
    return target


def judge(addresses: Iterable[str], rules: TargetRules) -> tuple[str, ...]:
    """Return the numbers behind a name, if every single one may be called.

    Raises:
        TargetRefusedError: One of them may not, or there are none.
    """
    found = tuple(dict.fromkeys(addresses))
    if not found:
        raise _refused("has no address", "не имеет IP-адреса")
    for text in found:
        if not rules.permits(ip_address(text.partition("%")[0])):
            raise _refused("leads to a private or reserved network", "ведёт во внутреннюю сеть")
    return found


def _check_scheme(scheme: str, rules: TargetRules) -> None:
    if scheme == "https" or (scheme == "http" and rules.allow_http):
        return
    raise _refused("must begin with https://", "должен начинаться с https://")


def _ascii_host(host: str) -> str:
    try:
        made = host.rstrip(".").encode("idna").decode() if ":" not in host else host
    except UnicodeError as error:
        raise _refused("has an impossible host name", "содержит неверное имя сервера") from error
    if not 0 < len(made) <= _HOST_MAX or not all(c.isalnum() or c in "-._:" for c in made):
        raise _refused("has an impossible host name", "содержит неверное имя сервера")
    return made.lower()


def _check_literal(host: str, rules: TargetRules) -> None:
    try:
        address = ip_address(host)
    except ValueError:
        return  # a name: what it leads to is judged on every connection
    judge([str(address)], rules)


def _refused(en: str, ru: str) -> TargetRefusedError:
    return TargetRefusedError(
        "WEBHOOK_URL_REFUSED", f"Адрес для событий {ru}", f"The webhook address {en}"
    )
