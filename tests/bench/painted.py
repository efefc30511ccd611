"""From an event to the picture: posts real events to the window and times the paint they cause.

    stopwatch = Stopwatch(window, widget_class, is_new)
    took_ms = stopwatch.time(lambda: tap(window, place))

The time runs from posting the event to the end of the last `paintEvent` of the watched class in the
first repaint in which `is_new()` holds. The event loop runs as it does in the till: lanes, queued
signals and all other widgets' painting are part of the time.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

PATIENCE_MS: Final = 5_000
_LEFT: Final = Qt.MouseButton.LeftButton


class Stopwatch:
    """Times paints of one class of widgets.

    Args:
        kind: The class; its `paintEvent` is wrapped until `close`.
        is_new: Tells whether what is painted now is what the event was to bring.
    """

    def __init__(self, kind: type[QWidget], is_new: Callable[[], bool]) -> None:
        self._kind = kind
        self._is_new = is_new
        self._own = "paintEvent" in vars(kind)
        self._paint: Callable[[Any, Any], None] = kind.paintEvent
        self._painted_at = 0.0
        self._loop: QEventLoop | None = None
        stopwatch = self

        def painted(widget: QWidget, event: QEvent) -> None:
            stopwatch._paint(widget, event)
            stopwatch._note()

        kind.paintEvent = painted  # type: ignore[method-assign]  # until close

    def close(self) -> None:
        """Let the class paint as before."""
        if self._own:
            self._kind.paintEvent = self._paint  # type: ignore[method-assign]  # until close
        else:
            del self._kind.paintEvent

    def time(self, event: Callable[[], object]) -> float:
        """Return the milliseconds from an event to its picture.

        Raises:
            TimeoutError: It did not come.
        """
        loop = self._loop = QEventLoop()
        self._painted_at = 0.0
        QTimer.singleShot(PATIENCE_MS, loop, lambda: loop.exit(1))
        begin = perf_counter()
        event()
        if loop.exec():
            raise TimeoutError("what was to be painted did not come")
        self._loop = None
        return (self._painted_at - begin) * 1000

    def _note(self) -> None:
        if self._loop is None or not self._is_new():
            return
        if not self._painted_at:
            # The timer comes when this repaint has ended; others of the class belong to it.
            QTimer.singleShot(0, self._loop, self._loop.quit)
        self._painted_at = perf_counter()


def _now_ms() -> int:
    return int(perf_counter() * 1000)


def press(window: QWidget, place: QPoint) -> None:
    """Put the finger down."""
    _mouse(window, QEvent.Type.MouseButtonPress, place)


def release(window: QWidget, place: QPoint) -> None:
    """Lift the finger."""
    _mouse(window, QEvent.Type.MouseButtonRelease, place)


def _mouse(window: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    native = window.windowHandle()
    spot = QPointF(place)
    held = _LEFT if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind,
        spot,
        spot,
        QPointF(native.mapToGlobal(place)),
        _LEFT,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setTimestamp(_now_ms())
    QCoreApplication.postEvent(native, event)


def strike(window: QWidget, letter: str, key: Qt.Key = Qt.Key.Key_unknown) -> None:
    """Press and release a key of the keyboard."""
    native = window.windowHandle()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
        event.setTimestamp(_now_ms())
        QCoreApplication.postEvent(native, event)


def live(milliseconds: int) -> None:
    """Let the program live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()
