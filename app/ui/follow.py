"""How a new look reaches the widgets: those on the screen at once, hidden pages when they are shown.

    Theme.apply -> follow(each window) -> StyleChange to every widget, children first
    SleepingStack: pages behind the shown one are left out and follow when they come to the top

GUI thread only.
"""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget


class SleepingStack(QStackedWidget):
    """A stack whose hidden pages miss changes of the look and catch up when they are shown.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._behind: set[QWidget] = set()
        self.currentChanged.connect(self._on_current)

    def hidden_pages(self) -> list[QWidget]:
        """Return the pages that are not on top."""
        pages = (self.widget(place) for place in range(self.count()))
        return [page for page in pages if page is not self.currentWidget()]

    def let_sleep(self) -> tuple[QWidget, ...]:
        """Note that the hidden pages miss a change; return the pages that do not."""
        pages = {self.widget(place) for place in range(self.count())}
        if not pages:
            return ()
        current = self.currentWidget()
        self._behind = pages - {current}
        return (current,)

    def _on_current(self) -> None:
        page = self.currentWidget()
        if page in self._behind:
            self._behind.discard(page)
            follow(page)


class Sleeper:
    """Makes a widget miss changes of the look while it is hidden; who shows it calls `wake`."""

    _is_behind = False

    def let_sleep(self) -> None:
        """Note that a change was missed."""
        self._is_behind = True

    def wake(self) -> None:
        """Catch up with what was missed; before it is shown."""
        if self._is_behind and isinstance(self, QWidget):
            self._is_behind = False
            _tell(self)


def follow(widget: QWidget) -> None:
    """Tell a widget and all that is shown in it of the present look, children first."""
    if isinstance(widget, Sleeper) and widget.isHidden():
        widget.let_sleep()
    else:
        _tell(widget)


def follow_everywhere() -> None:
    """Tell every window of the present look."""
    for window in QApplication.topLevelWidgets():
        follow(window)


def _tell(widget: QWidget) -> None:
    for child in _awake(widget):
        follow(child)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _awake(widget: QWidget) -> tuple[QWidget, ...]:
    if isinstance(widget, SleepingStack):
        return widget.let_sleep()
    children = widget.children()
    return tuple(child for child in children if isinstance(child, QWidget) and not child.isWindow())
