"""What the cashier chose for the screen, kept in a file beside the settings."""

import json
import logging
import threading
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.settings import Settings
from app.ui.day_theme import theme_at
from app.ui.preferences import Preferences
from app.ui.theme import ThemeName

log = logging.getLogger(__name__)

FILE_NAME = "preferences.json"


class FilePreferences:
    """Keeps choices in a file; an `app.ui.preferences.PreferencesPort`.

    Args:
        settings: What holds until the cashier chooses.
        venue_now: The present moment in the venue's zone. It decides the theme if the settings
            leave that to the hour; what was chosen before this start is then forgotten.

    The file is read when this is made, before the first window; it is written by a thread.
    """

    def __init__(self, settings: Settings, venue_now: datetime) -> None:
        self._path = settings.home / FILE_NAME
        self._lock = threading.Lock()
        self._kept = _read(self._path, _defaults(settings))
        if settings.theme == "time":
            self._kept = replace(self._kept, theme=theme_at(venue_now))

    def load(self) -> Preferences:
        """Return what was kept, or the defaults."""
        return self._kept

    def save(self, preferences: Preferences) -> None:
        """Keep the choices."""
        self._kept = preferences
        threading.Thread(target=self._write, name="preferences").start()

    def _write(self) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            try:
                fresh.write_text(json.dumps(asdict(self._kept)), encoding="utf-8")
                fresh.replace(self._path)
            except OSError:
                log.warning("the choices could not be kept", exc_info=True)


def _defaults(settings: Settings) -> Preferences:
    return Preferences(
        theme=ThemeName.DARK if settings.theme == "dark" else ThemeName.LIGHT,
        scale_percent=settings.scale_percent,
        language="en" if settings.language == "en" else "ru",
        volume=settings.volume,
    )


def _read(path: Path, defaults: Preferences) -> Preferences:
    """Return what a file says; a damaged one counts as none."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        # Making the settings anew checks every value.
        checked = Settings(
            theme=str(data["theme"]),
            scale_percent=data["scale_percent"],
            language=data["language"],
            volume=data["volume"],
        )
    except FileNotFoundError:
        return defaults
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the till must start
        log.warning("%s is damaged and was ignored", path.name)
        return defaults
    return _defaults(checked)
