"""An ATOL register from its settings."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.api.errors import ConfigurationError
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.library import LibraryRoad
from drivers.fiscal.atol.road import Road
from drivers.fiscal.atol.web import WebOptions, WebRoad
from drivers.fiscal.notes import NoteStore
from drivers.transport.http import HttpLink

_LIBRARY_OPTIONS = ("wrapper", "library")


def build_register(
    transport: str,
    address: str,
    options: Mapping[str, Any],  # Any: the registry has checked the values
    notes_path: Path | None,
    today: Callable[[], dt.date] | None,
    clock: Callable[[], float],
) -> AtolRegister:
    """Make the driver; nothing is opened yet.

    Args:
        transport: 'http' or 'libfptr10'.
        address: base URL, or where the library finds the register.
        options: names and values of the model's settings.
        notes_path: file of the notes for lost answers.
        today: day by the till's clock, None checks no day.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: an option belongs to the other transport, or the address is unusable.
    """
    library = {name: value for name, value in options.items() if name in _LIBRARY_OPTIONS}
    web = {name: value for name, value in options.items() if name not in _LIBRARY_OPTIONS}
    foreign = web if transport == "libfptr10" else library
    if foreign:
        raise ConfigurationError(f"{transport} has no option {', '.join(foreign)}")
    road: Road
    if transport == "libfptr10":
        road = LibraryRoad(address, **library)
    else:
        ca_file = str(web.pop("ca_file", ""))
        road = WebRoad(
            HttpLink(address, ca_file=ca_file, clock=clock), WebOptions(**web), clock=clock
        )
    return AtolRegister(road, notes=NoteStore(notes_path), today=today)
