"""Keeps the devices in `till.json` when they are changed on the screen."""

import threading
from collections.abc import Callable
from typing import Any

from app.bootstrap.till_file import save_settings
from app.settings import Settings
from app.till.equipment_states import Options, OptionValue
from drivers.api.device import DeviceConfig


class DeviceBook:
    """The list of devices in the settings; an `app.till.equipment_ports.Book`.

    Entries that this version cannot read stay where they are.

    Args:
        settings: As they were at the start.
        take_keyboard: Takes what was learnt of a typing scanner into use.
    """

    def __init__(
        self,
        settings: Settings,
        take_keyboard: Callable[[dict[str, OptionValue]], object] = dict,
    ) -> None:
        self._home = settings.home
        self._take_keyboard = take_keyboard
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = list(settings.devices)  # JSON

    def put(self, config: DeviceConfig) -> None:
        """Keep new or changed settings of a device.

        Raises:
            AppError: They could not be written; the old ones hold.
        """
        entry: dict[str, Any] = dict(config.to_json())  # JSON
        with self._lock:
            entries = list(self._entries)
            place = self._place(config.id)
            if place is None:
                entries.append(entry)
            else:
                entries[place] = entry
            self._save(entries)

    def remove(self, device_id: str) -> None:
        """Forget a device; one that is not there is forgotten already.

        Raises:
            AppError: It could not be written.
        """
        with self._lock:
            self._save([entry for entry in self._entries if entry.get("id") != device_id])

    def put_keyboard(self, options: Options) -> None:
        """Keep what was learnt of a typing scanner and take it into use.

        Raises:
            AppError: It could not be written.
        """
        save_settings(self._home, wedge=dict(options))
        self._take_keyboard(dict(options))

    def _place(self, device_id: str) -> int | None:
        ids = [entry.get("id") for entry in self._entries]
        return ids.index(device_id) if device_id in ids else None

    def _save(self, entries: list[dict[str, Any]]) -> None:  # JSON
        save_settings(self._home, devices=entries)
        self._entries = entries
