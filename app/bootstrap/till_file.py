"""Writes `till.json`: settings that are changed on a screen are there after a power cut, too.

The file is written beside the old one, brought to the disk and put in its place; other settings in
it stay as they are, also those that this version does not know.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any, Final

from app.kernel.errors import FinalError
from app.settings import FILE_NAME, Settings
from app.till.words import Words

_NOT_WRITTEN: Final = Words(
    "Настройки не записаны: {reason}. Проверьте место на диске",
    "The settings were not written: {reason}. Check the room on the disk",
)
_lock = threading.Lock()


def save_settings(home: Path, **changes: Any) -> None:  # noqa: ANN401 -- whatever a settings file holds
    """Change some settings of the file; on a lane.

    Args:
        home: Data folder.
        changes: Names and new values, as they stand in the file.

    Raises:
        InputError: The file is damaged, or a value does not fit; nothing was written.
        FinalError: It could not be written.
    """
    path = home / FILE_NAME
    with _lock:
        Settings.load(home)  # a damaged file is not overwritten
        kept: dict[str, Any] = {}
        try:
            if path.exists():
                kept = json.loads(path.read_text(encoding="utf-8"))
            _check(home, kept | changes)
            home.mkdir(parents=True, exist_ok=True)
            _write(path, json.dumps(kept | changes, ensure_ascii=False, indent=2))
        except OSError as error:
            words = _NOT_WRITTEN.fill(reason=error.strerror or str(error))
            raise FinalError("SETTINGS_NOT_WRITTEN", words.ru, words.en) from error


def _check(home: Path, values: dict[str, Any]) -> None:
    """Refuse what the next start would refuse."""
    known = {name: value for name, value in values.items() if name != "devices"}
    Settings(home=home, devices=tuple(values.get("devices", ())), **known)


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
