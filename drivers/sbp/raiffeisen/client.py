"""One request to the bank and what became of it, in the drivers' errors."""

import ipaddress

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    DeviceBusy,
    DeviceNotReady,
    ProtocolError,
)
from drivers.sbp.raiffeisen import wire
from drivers.sbp.raiffeisen.errors import BankRefused
from drivers.transport.http import HttpAddress, HttpAnswer, HttpLink


class BankNotReady(DeviceNotReady):
    """The bank's server failed (5xx). Whether it has done what was asked is not known."""


class BankClient:
    """Sends requests with the key; each has a connection of its own. One thread.

    Args:
        base_url: of the API, e.g. 'https://pay.raif.ru/api'; https, but for this computer itself.
        secret_key: goes into one header and nowhere else.
        timeout_s: for a whole exchange.
        ca_file: certificates to trust instead of the system's.
    """

    def __init__(
        self, base_url: str, secret_key: str, *, timeout_s: float, ca_file: str = ""
    ) -> None:
        address = HttpAddress.parse(base_url)
        if address.scheme != "https" and not _is_local(address.host):
            raise ConfigurationError(f"{base_url}: only https may carry the key")
        if not secret_key or not secret_key.isascii() or not secret_key.isprintable():
            raise ConfigurationError("the secret key of the bank is missing or has strange letters")
        self._link = HttpLink(base_url, ca_file=ca_file)
        self._secret_key = secret_key
        self._timeout_s = timeout_s

    def ask(
        self, method: str, path: str, body: bytes = b"", *, with_key: bool = True
    ) -> dict[str, object]:
        """Send a request and return the answer of a success.

        Raises:
            BankRefused: the bank says no. AccessDenied: it does not accept the key.
            TransportError: `sent_bytes` 0 promises that nothing left. DeviceBusy: too many requests.
            BankNotReady: 5xx. ProtocolError: no answer of this API.
        """
        answer = self._send(method, path, body, with_key=with_key)
        status = answer.status
        if status in (401, 403):
            raise AccessDenied(f"{method} {path}: {status}, the bank does not accept the key")
        if status == 429:
            raise DeviceBusy(f"{method} {path}: too many requests")
        if status >= 500:
            raise BankNotReady(f"{method} {path}: {status}")
        if method == "DELETE" and status < 300:
            return {}  # [API]: it has no body
        fields = wire.parse(answer.body)
        code = wire.text(fields, "code")
        # The second version of "about a code" has no field `code` in a success.
        if status == 200 and (code == wire.SUCCESS or "qrStatus" in fields):
            return fields
        if not code:
            raise ProtocolError(f"{method} {path}: {status} without a code")
        raise BankRefused(code, wire.text(fields, "message"))

    def _send(self, method: str, path: str, body: bytes, *, with_key: bool) -> HttpAnswer:
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        if with_key:
            headers["Authorization"] = f"Bearer {self._secret_key}"
        return self._link.exchange(
            method, path, timeout_s=self._timeout_s, headers=headers, body=body
        )


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
