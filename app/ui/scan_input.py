"""A scanner that types: watches the key presses of the window and takes scans out of them.

    key press -> ScanInput (event filter of the native window) -> detector: typing or a scan?
              -> a scan: what leaked into the focused field is removed, `scanned(text)`

The detector is pure logic of the drivers and is given in, because screens know no drivers.
GUI thread only.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from typing_extensions import override

#: X11 counts scan codes from 8.
_X11_OFFSET: Final = 8
_SILENT: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_Meta,
    }
)
_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


class StrokeKind(StrEnum):
    """What a key does for the detector."""

    CHARACTER = "character"
    END = "end"
    SEPARATOR = "separator"
    SILENT = "silent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key press; `at_s` is the event's own time."""

    kind: StrokeKind
    text: str
    at_s: float
    scan_code: int = 0
    shift: bool = False
    auto_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the detector says of a stroke.

    Attributes:
        text: The scanned code, None if none ended here.
        swallow: Do not pass the key on.
        leaked: What the scan has typed into the focused field.
    """

    text: str | None = None
    swallow: bool = False
    leaked: str = ""


class Detector(Protocol):
    """Tells a scan from typing."""

    def feed(self, stroke: Stroke) -> Verdict:
        """Take one key press."""
        ...

    def reset(self) -> None:
        """Forget a begun burst."""
        ...


class ScanInput(QObject):
    """The event filter.

    Args:
        detector: Tells a scan from typing.
        take_back: Called once for each character that leaked where no field has the focus.

    Attributes:
        scanned: The code of a scan.
    """

    scanned = Signal(str)

    def __init__(self, detector: Detector, take_back: Callable[[], object]) -> None:
        super().__init__()
        self._detector = detector
        self._take_back = take_back
        self._last: QKeyEvent | None = None

    def watch(self, native: QObject) -> None:
        """Begin to look at the keys that enter a native window, before any widget gets them."""
        native.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at each key press once, on its way into the window."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.feed(event)
        if kind == QEvent.Type.FocusOut:
            self._detector.reset()
        return False

    def feed(self, event: QKeyEvent) -> bool:
        """Give a key press to the detector; True if it must go no further."""
        verdict = self._detector.feed(_stroke(event))
        if verdict.leaked:
            self._remove_leaked(verdict.leaked)
        if verdict.text is not None:
            self.scanned.emit(verdict.text)
        return verdict.swallow

    def _remove_leaked(self, leaked: str) -> None:
        field = QApplication.focusWidget()
        left = len(leaked)
        if isinstance(field, QLineEdit):
            before = field.text()[: field.cursorPosition()]
            while left and before.endswith(leaked[len(leaked) - 1 : len(leaked)]):
                field.backspace()
                before, leaked, left = before[:-1], leaked[:-1], left - 1
            field.textEdited.emit(field.text())
        for _ in range(left):
            self._take_back()


def _stroke(event: QKeyEvent) -> Stroke:
    key = Qt.Key(event.key())
    modifiers = event.modifiers()
    text = event.text()
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if key in _SILENT:
        kind = StrokeKind.SILENT
    elif key in _ENDS:
        kind = StrokeKind.END
    elif (control and key == Qt.Key.Key_BracketRight) or text == "\x1d":
        kind = StrokeKind.SEPARATOR
    elif len(text) == 1 and text.isprintable() and not control:
        kind = StrokeKind.CHARACTER
    else:
        kind = StrokeKind.OTHER
    code = event.nativeScanCode()
    if sys.platform.startswith("linux") and code >= _X11_OFFSET:
        code -= _X11_OFFSET
    return Stroke(
        kind=kind,
        text=text if kind is StrokeKind.CHARACTER else "",
        at_s=event.timestamp() / 1000,
        scan_code=code,
        shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        auto_repeat=event.isAutoRepeat(),
    )
