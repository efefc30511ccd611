"""Makes the driver of a bank's QR payments, and what hears its notices, from settings; nothing is opened yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from drivers.api.errors import ConfigurationError
from drivers.api.qr_payment import NoticeHandler, QrNotices, QrPayments
from drivers.sbp.raiffeisen.client import BankClient
from drivers.sbp.raiffeisen.driver import RaiffeisenOptions, RaiffeisenQr
from drivers.sbp.raiffeisen.notes import QrNotes
from drivers.sbp.raiffeisen.receiver import NoticeReceiver

_NOTICE_PORT: Final = "notice_port"
_PORT_MAX: Final = 65_535


def raiffeisen_of(
    url: str, secret_key: str, options: Mapping[str, Any], notes_path: Path | None
) -> QrPayments:
    """Make the driver of Raiffeisenbank; `ConfigurationError` if the settings make no sense."""
    settings = _settings(options)
    client = BankClient(url, secret_key, timeout_s=settings.timeout_s, ca_file=settings.ca_file)
    return RaiffeisenQr(client, settings, notes=QrNotes(notes_path))


def notices_of(
    secret_key: str, options: Mapping[str, Any], on_notice: NoticeHandler
) -> QrNotices | None:
    """Make what hears the bank's notices on this computer; None if no port is set for it.

    Raises:
        ConfigurationError: the port is none, or the key is missing.
    """
    port = int(options.get(_NOTICE_PORT, 0))
    if port == 0:
        return None
    if not 0 < port <= _PORT_MAX:
        raise ConfigurationError(f"{_NOTICE_PORT}: {port} is no port")
    return NoticeReceiver(secret_key, _settings(options).merchant_id, on_notice, port=port)


def _settings(options: Mapping[str, Any]) -> RaiffeisenOptions:
    own = {name: value for name, value in options.items() if name != _NOTICE_PORT}
    return RaiffeisenOptions(**own)  # Any: checked against the registry's table before
