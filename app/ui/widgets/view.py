"""The base of a screen's view: it keeps the last state and shows it again in another language."""

from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLayout, QWidget
from typing_extensions import override

from app.ui.follow import SleepingStack
from app.ui.widgets.live import LiveFrame

State = TypeVar("State")


class View(LiveFrame, Generic[State]):
    """A widget that renders frozen states and emits intents.

    A subclass builds its parts, ends its constructor with `refresh()`, sets words that do not
    depend on the state in `retranslate` (and calls the base's), and the rest in `show_state`.

    Attributes:
        language_changed: Another language is spoken; what the frame shows for it is to be redone.

    `render` shares its name with a method of Qt that paints into a device and is not used here.
    """

    language_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, box: str = "") -> None:
        super().__init__(parent, box=box)
        self._state: State | None = None

    @property
    def state(self) -> State | None:
        """Return what is shown now."""
        return self._state

    def render(self, state: State) -> None:  # type: ignore[override,explicit-override]  # see the class
        """Show a state; the same state again costs nothing."""
        if state != self._state:
            self._state = state
            self.show_state(state)

    def show_state(self, state: State) -> None:
        """Put a state on the screen; every subclass has its own."""
        raise NotImplementedError

    @override
    def retranslate(self) -> None:
        """Show the last state in the present language."""
        if self._state is not None:
            self.show_state(self._state)
            self.language_changed.emit()


class Pages(SleepingStack):
    """Pages of which one is shown; a hidden page asks for no room."""

    @override
    def sizeHint(self) -> QSize:
        """Return what the shown page wants."""
        return self.currentWidget().sizeHint() if self.count() else super().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        """Return what the shown page needs."""
        return self.currentWidget().minimumSizeHint() if self.count() else super().minimumSizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        """Tell that no height follows from a width: Qt would take that of the highest page."""
        return False


def show_page(pages: Pages, view: View[State], state: State) -> None:
    """Render one of several pages and bring it to the top."""
    view.render(state)
    pages.setCurrentWidget(view)
    pages.updateGeometry()


def clear_layout(layout: QLayout | None) -> None:
    """Take everything out of a layout and let it go."""
    while layout is not None and (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
