"""A register at ATOL Online from its settings."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.api.errors import ConfigurationError
from drivers.fiscal.atol_online.callback import CallbackReceiver
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions
from drivers.transport.http import PORT_MAX, HttpLink

_REQUIRED = ("login", "password", "group", "inn", "email", "payment_address")


def build_online(
    address: str,
    options: Mapping[str, Any],  # Any: the registry has checked the values
    notes_path: Path | None,
    now: Callable[[], dt.datetime] | None,
    clock: Callable[[], float],
) -> AtolOnlineRegister:
    """Make the driver; nothing is opened yet.

    Args:
        address: base URL, ``https://online.atol.ru/possystem/v5`` or one that speaks the same.
        options: names and values of the model's settings.
        notes_path: file of the notes about documents; without one they die with the process.
        now: wall clock of the venue, None takes the machine's.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: an option is missing or wrong, or the address is unusable.
    """
    missing = [name for name in _REQUIRED if not options.get(name)]
    if missing:
        raise ConfigurationError(f"ATOL Online needs the options {', '.join(missing)}")
    own = dict(options)
    ca_file = str(own.pop("ca_file", ""))
    receiver = _receiver(own.pop("callback_listen", ""), own.pop("callback_secret", ""))
    if receiver is not None:
        if not own.get("callback_url"):
            raise ConfigurationError("ATOL Online: callback_listen needs callback_url")
        own["callback_url"] = own["callback_url"].rstrip("/") + receiver.path
    online = OnlineOptions(**own)
    version = online.version_at(address)
    client = OnlineClient(HttpLink(address, ca_file=ca_file, clock=clock), online, clock=clock)
    return AtolOnlineRegister(
        client,
        online,
        version,
        now=now or _machine_time,
        notes=OnlineNotes(notes_path),
        receiver=receiver,
        clock=clock,
    )


def _receiver(listen: str, secret: str) -> CallbackReceiver | None:
    """Make what takes callbacks where there is a place to listen, ``127.0.0.1:8090``."""
    if not listen:
        return None
    host, _, port = listen.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > PORT_MAX:
        raise ConfigurationError(f"ATOL Online: callback_listen {listen!r} must be host:port")
    return CallbackReceiver(secret, host=host, port=int(port))


def _machine_time() -> dt.datetime:
    """Wall clock of the machine without a zone: it is only written into the request."""
    return dt.datetime(*time.localtime()[:6])  # noqa: DTZ001 - the venue's own time is wanted
