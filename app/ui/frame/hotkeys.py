"""Key events as the names that screens understand: `F6`, `Esc`, `Enter`, `Alt+1`, `5`, `+`, `а`."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NAMED: Final = {
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_PageUp: "PageUp",
    Qt.Key.Key_PageDown: "PageDown",
}
_F_KEYS: Final = {getattr(Qt.Key, f"Key_F{number}"): f"F{number}" for number in range(1, 13)}
_DIGITS: Final = {getattr(Qt.Key, f"Key_{number}"): str(number) for number in range(10)}


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key, or empty for one that means nothing to the till."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return f"Alt+{_DIGITS[key]}" if key in _DIGITS else ""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return "Ctrl+Z" if key == Qt.Key.Key_Z else ""
    if key in _F_KEYS:
        return _F_KEYS[key]
    if key in _NAMED:
        return _NAMED[key]
    text = event.text()
    return text if len(text) == 1 and text.isprintable() else ""
