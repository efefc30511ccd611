"""Who checks marking codes, from the settings of the till; made when the first code is to be checked."""

import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.kernel.clock import Clock
from drivers.api.device import Probe
from drivers.api.errors import ConfigurationError, DriverError

if TYPE_CHECKING:
    from drivers.api.marking import MarkCode, MarkingProvider, MarkingSettings, MarkResult

log = logging.getLogger(__name__)

#: Secrets stand in no file: the company's key for the network, the password of the local module.
KEY_VARIABLE: Final = "MAXLOYALTY_MARKING_KEY"
PASSWORD_VARIABLE: Final = "MAXLOYALTY_MARKING_PASSWORD"  # noqa: S105 - a name, no password
_SECRETS: Final = {"api_key": KEY_VARIABLE, "module_password": PASSWORD_VARIABLE}


def marking_settings(values: Mapping[str, Any]) -> "MarkingSettings":
    """Return the settings of `till.json` with the secrets of the environment.

    Raises:
        ConfigurationError: A setting is unknown, of a wrong kind, or a secret in the file.
    """
    # A till without marked goods never loads this.
    from drivers.api.marking import MarkingSettings  # noqa: PLC0415 - as said above

    for name, variable in _SECRETS.items():
        if name in values:
            raise ConfigurationError(f"marking: {name} belongs into {variable}, not into the file")
    secrets = {name: os.environ.get(variable, "") for name, variable in _SECRETS.items()}
    return MarkingSettings.from_json({**values, **secrets})


class LateMarking:
    """A `MarkingProvider` that makes the services of the settings when it is asked first.

    Any thread; questions go one after the other.

    Args:
        settings: Checked.
        clock: The time of day, for shelf lives.
    """

    def __init__(self, settings: "MarkingSettings", clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._chain: MarkingProvider | None = None

    def check(
        self, codes: "Sequence[MarkCode]", *, fn_number: str = "", returning: bool = False
    ) -> "tuple[MarkResult, ...]":
        """Ask about codes; see `MarkingProvider.check`.

        Raises:
            ConfigurationError: An address or a key of the settings is not usable.
        """
        with self._lock:
            return self._made().check(codes, fn_number=fn_number, returning=returning)

    def warm(self) -> threading.Thread:
        """Find out who answers fastest ahead of the first code, on a thread of its own."""
        thread = threading.Thread(target=self._warm, name="marking-warm", daemon=True)
        thread.start()
        return thread

    def _warm(self) -> None:
        probe = self.probe()
        log.info("marking codes: %s", probe.words_en)

    def probe(self) -> Probe:
        """Say how the services are. Never raises."""
        try:
            with self._lock:
                return self._made().probe()
        except DriverError as error:
            return replace(Probe.of_error(error), hint_ru=str(error), hint_en=str(error))

    def close(self) -> None:
        """Let go of what is held. Repeatable."""
        with self._lock:
            if self._chain is not None:
                self._chain.close()
                self._chain = None

    def _made(self) -> "MarkingProvider":
        if self._chain is None:
            # A till without marked goods never loads the services.
            from drivers.registry import build_marking  # noqa: PLC0415 - as said above

            self._chain = build_marking(self._settings, now=self._clock.now, clock=time.monotonic)
        return self._chain


def make_marking(values: Mapping[str, Any], clock: Clock) -> LateMarking | None:
    """Return the checker of the settings; None without settings, or if they cannot be used.

    Args:
        values: `marking` of `till.json`.
        clock: The time.
    """
    if not values:
        return None
    try:
        return LateMarking(marking_settings(values), clock)
    except ConfigurationError as error:
        log.warning("marking codes are not checked: %s", error)
        return None
