"""The hand of the demonstration: taps, types and looks, as a cashier would.

Everything goes through real events of the real windows. Nothing here calls a use case.
"""

import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from app.kernel.clock import SystemClock
from app.ui.widgets.main_button import MainButton

Answer = TypeVar("Answer")
_PUMP_MS: Final = 10
#: The other threads go on meanwhile; Qt's own sleep would keep the interpreter from them.
_IDLE_S: Final = 0.002
_CLOCK: Final = SystemClock()
#: No look at the screen takes longer; what does is a machine that was stopped.
_STANDSTILL_S: Final = 1.0
_TYPING_PAUSE_S: Final = 0.06
_SCANNER_GAP_MS: Final = 5


class StageError(AssertionError):
    """What the cashier looked for did not come to the screen."""


class Hand:
    """Drives one window on the GUI thread.

    Args:
        window: The till's window.
        timeout_s: How long it looks for a thing before it gives up.
        looked: Told how many seconds of the GUI thread it took to look at the screen.
    """

    def __init__(
        self,
        window: QWidget,
        timeout_s: float = 30.0,
        *,
        looked: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._window = window
        self._looked = looked
        self._timeout_s = timeout_s

    # -------------------------------------------------------------- waiting
    def pump(self, seconds: float = 0.0) -> None:
        """Let the program live for a while."""
        end = time.perf_counter() + seconds
        while True:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _PUMP_MS)
            QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
            if time.perf_counter() >= end:
                return
            _CLOCK.sleep(_IDLE_S)

    def wait(
        self,
        condition: Callable[[], object],
        what: str,
        timeout_s: float = 0.0,
        *,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """Let the program live until something holds.

        Time in which the whole process stood still is not the till's, and is not counted.

        Args:
            condition: Looks at the screen, does nothing.
            what: Is waited for.
            timeout_s: How long; 0 is as long as the hand waits for anything.
            meanwhile: Done again and again until then.

        Raises:
            StageError: It did not hold in time.
        """
        left, looked_at = timeout_s or self._timeout_s, time.perf_counter()
        while not self._look(condition):
            now = time.perf_counter()
            left -= min(now - looked_at, _STANDSTILL_S)
            looked_at = now
            if left < 0:
                raise StageError(f"waited in vain for: {what}; on the screen: {self.words()}")
            meanwhile()
            self.pump()
            _CLOCK.sleep(_IDLE_S)

    def _look(self, question: Callable[[], Answer]) -> Answer:
        """Look at the screen: eyes that a real cashier has outside of the program."""
        begun = time.perf_counter()
        try:
            return question()
        finally:
            self._looked(time.perf_counter() - begun)

    # -------------------------------------------------------------- looking
    def words(self) -> str:
        """Return what stands on the visible controls, for messages."""
        seen = [label_of(button) for button in self._visible()]
        return " | ".join(word for word in seen if word)[:1500]

    def find(self, text: str, *, last: bool = False) -> QAbstractButton:
        """Return the visible control with this label, waiting for it.

        A label fits if it is equal; a "…" in `text` stands for anything.

        Args:
            text: The label, or the accessible name.
            last: Take the last of several.

        Raises:
            StageError: There is none.
        """
        found: list[QAbstractButton] = []

        def look() -> bool:
            found[:] = self._all(text)
            return bool(found)

        self.wait(look, f"control {text!r}")
        return found[-1] if last else found[0]

    def sees(self, text: str) -> bool:
        """Tell whether a control with this label is visible."""
        return bool(self._all(text))

    def has(self, text: str) -> bool:
        """Tell whether a control with this label is there, maybe below a message that will go."""
        return any(
            isinstance(widget, QAbstractButton) and fits(label_of(widget), text)
            for widget in shown_below(self._window)
        )

    def reads(self, text: str) -> bool:
        """Tell whether a visible text contains this."""
        return (
            any(
                isinstance(label, QLabel) and text in plain(label.text())
                for label in shown_below(self._window)
            )
            or text in self.words()
        )

    def buttons(self, kind: str) -> list[QAbstractButton]:
        """Return the visible controls of a class, by its name."""
        return [button for button in self._visible() if type(button).__name__ == kind]

    def _all(self, text: str) -> list[QAbstractButton]:
        return [
            widget
            for widget in shown_below(self._window)
            if isinstance(widget, QAbstractButton)
            and (fits(label_of(widget), text) or fits(widget.accessibleName(), text))
            and seen(widget)
        ]

    def _visible(self) -> Iterator[QAbstractButton]:
        for widget in shown_below(self._window):
            if isinstance(widget, QAbstractButton) and seen(widget):
                yield widget

    # -------------------------------------------------------------- doing
    def tap(self, text: str, *, last: bool = False) -> None:
        """Tap the control with this label once it can be tapped."""
        button = self.find(text, last=last)
        self.wait(button.isEnabled, f"{text!r} to be enabled")
        self.pump()  # looking was the demonstration's own work, not the till's
        if not (shiboken6.isValid(button) and seen(button)):
            button = self.find(text, last=last)
        self.tap_widget(button)

    def tap_until(self, text: str, wanted: str) -> None:
        """Tap a control whenever it is there, until another one has come."""
        self.wait(
            lambda: self.sees(wanted),
            f"{wanted!r} after {text!r}",
            meanwhile=lambda: self._tap_if_there(text),
        )

    def _tap_if_there(self, text: str) -> None:
        for button in self._look(lambda: self._all(text))[:1]:
            if button.isEnabled():
                self.tap_widget(button)

    def tap_main(self, text: str) -> None:
        """Tap the main button once it says this and its lock after a change is over."""
        button = self.find(text, last=True)
        self.wait(button.isEnabled, f"{text!r} to be enabled")
        if isinstance(button, MainButton):
            self.wait(lambda: not button.is_locked, f"{text!r} to be unlocked")
        self.tap_widget(button)

    def tap_widget(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Tap a widget, in its middle or at a point of it.

        The program lives between putting the finger down and lifting it, as under a hand.
        """
        point = at or widget.rect().center()
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=point)
        self.pump()
        if not (shiboken6.isValid(widget) and shows(widget)):
            return  # the finger is lifted from something else: Qt gives it no release either
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=point)
        self.pump()

    def type_digits(self, digits: str) -> None:
        """Tap digits on the number pad that is on the screen."""
        for digit in digits:
            self.tap(digit)

    def press(self, key: Qt.Key) -> None:
        """Press a key of the keyboard."""
        QTest.keyClick(self._target(), key)
        self.pump()

    def write(self, text: str) -> None:
        """Type text on the keyboard, as fast as a person."""
        for letter in text:
            QTest.keyClicks(self._target(), letter)
            self.pump(_TYPING_PAUSE_S)

    def fill(self, name: str, text: str) -> None:
        """Tap a text field, found by its accessible name, and type into it."""
        self.wait(lambda: self._fields(name), f"field {name!r}")
        self.tap_widget(self._fields(name)[0])
        self.write(text)

    def _fields(self, name: str) -> list[QLineEdit]:
        return [
            field
            for field in shown_below(self._window)
            if isinstance(field, QLineEdit) and seen(field) and fits(field.accessibleName(), name)
        ]

    def scan_by_keys(self, code: str) -> None:
        """Type digits as a scanner in wedge mode does: at once, into the native window, and Enter.

        Keys carry the time at which the scanner sent them, however late a busy machine brings them.
        """
        native = self._window.windowHandle()
        assert native is not None
        at_ms = round(time.perf_counter() * 1000)
        for sign in f"{code}\r":
            key = Qt.Key.Key_Return if sign == "\r" else Qt.Key(ord(sign))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign)
                event.setTimestamp(at_ms)
                QCoreApplication.sendEvent(native, event)
            at_ms += _SCANNER_GAP_MS
        self.pump()

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self._window


def label_of(widget: QWidget) -> str:
    """Return what stands on a control in plain spaces."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return plain(text or widget.accessibleName())


def plain(text: str) -> str:
    """Return text with plain spaces instead of no-break ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\n", " ").strip()


def shown_below(widget: QWidget) -> Iterator[QWidget]:
    """Yield the visible widgets below one; hidden screens are not walked through."""
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible():
            yield child
            yield from shown_below(child)


def shows(widget: QWidget) -> bool:
    """Tell whether some of a widget is on the screen."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def seen(widget: QWidget) -> bool:
    """Tell whether a finger on the middle of a widget would meet it, not something above it."""
    if not shows(widget):
        return False
    window = widget.window()
    met = window.childAt(widget.mapTo(window, widget.rect().center()))
    return met is not None and (met is widget or widget.isAncestorOf(met))


def fits(label: str, wanted: str) -> bool:
    """Tell whether a label is the wanted one; a "…" stands for anything, also nothing."""
    label = plain(label)
    if "…" not in wanted:
        return label == wanted
    begin, _, end = wanted.partition("…")
    return label.startswith(begin) and label.endswith(end)
