"""A register at ATOL Online from its settings."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.api.errors import ConfigurationError
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions
from drivers.transport.http import HttpLink

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
    online = OnlineOptions(**own)
    version = online.version_at(address)
    client = OnlineClient(HttpLink(address, ca_file=ca_file, clock=clock), online, clock=clock)
    notes = OnlineNotes(notes_path)
    return AtolOnlineRegister(
        client, online, version, now=now or _machine_time, notes=notes, clock=clock
    )


def _machine_time() -> dt.datetime:
    """Wall clock of the machine without a zone: it is only written into the request."""
    return dt.datetime(*time.localtime()[:6])  # noqa: DTZ001 - the venue's own time is wanted
