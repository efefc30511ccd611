"""What a key of a keyboard means to a field that a pad fills, too."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

ERASE: Final = "erase"


def pad_key(event: QKeyEvent) -> str:
    """Return the digit or comma of a key, `ERASE` for Backspace, and '' for all others."""
    if event.key() == Qt.Key.Key_Backspace:
        return ERASE
    text = event.text()
    if len(text) == 1 and text.isascii() and text.isdigit():
        return text
    return "," if text in {",", "."} else ""
