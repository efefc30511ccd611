"""The window of the guest's display: full on the second screen, gone when that is unplugged.

    screens change -> choose_screen -> full screen there | a plain window | hidden

It never takes the focus: keys and scans stay with the till.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, QRect, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.till.customer_setup import ScreenMode
from app.ui.customer.canvas import DESIGN_HEIGHT, DESIGN_WIDTH
from app.ui.customer.view import CustomerView

_BESIDE: Final = 40


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """One screen of the computer."""

    name: str
    area: QRect


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the guest's display is.

    Attributes:
        screen: Name of the screen; empty if it is not shown.
        width: Of that screen.
        height: Of that screen.
        in_window: It is a window beside the till.
    """

    screen: str = ""
    width: int = 0
    height: int = 0
    in_window: bool = False


class Screens(Protocol):
    """The screens of the computer."""

    @property
    def changed(self) -> SignalInstance:
        """One came or went."""
        ...

    def all(self) -> Sequence[ScreenFacts]:
        """Return the screens that are there now."""
        ...


class DesktopScreens(QObject):
    """The screens as Qt knows them.

    Attributes:
        changed: One came or went.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gone: set[QScreen] = set()
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._on_added)
        app.screenRemoved.connect(self._on_removed)

    def all(self) -> Sequence[ScreenFacts]:
        """Return the screens that are there now."""
        screens = [screen for screen in QGuiApplication.screens() if screen not in self._gone]
        return [ScreenFacts(screen.name(), screen.geometry()) for screen in screens]

    @Slot(QScreen)
    def _on_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_moved)
        self.changed.emit()

    @Slot(QScreen)
    def _on_removed(self, screen: QScreen) -> None:
        # Qt may still list it while it tells that it is gone.
        self._gone = {screen}
        self.changed.emit()
        self._gone = set()

    @Slot(QRect)
    def _on_moved(self, _area: QRect) -> None:
        self.changed.emit()


def choose_screen(screens: Sequence[ScreenFacts], till_screen: str) -> ScreenFacts | None:
    """Return the screen for the guest: the first one that is not the till's; None if there is none."""
    own = next((each for each in screens if each.name == till_screen), None)
    for each in screens:
        # A mirrored screen shows the till: it has the same place.
        if each.name != till_screen and (own is None or each.area != own.area):
            return each
    return None


class CustomerWindow(QWidget):
    """Holds the view on the right screen.

    Args:
        view: What is shown.
        till_window: It stays on its own screen.
        screens: The screens of the computer.

    Attributes:
        moved: A `Shown`: it is elsewhere now, or nowhere.
    """

    moved = Signal(object)

    def __init__(self, view: CustomerView, till_window: QWidget, screens: Screens) -> None:
        super().__init__(None)
        self.view = view
        self._till_window, self._screens = till_window, screens
        self._mode = ScreenMode.OFF
        self._shown = Shown()
        self.setWindowTitle("Max Loyalty")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        # Closing the till must end the program, whatever the guest still sees.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(view)
        screens.changed.connect(self.place)

    @property
    def shown(self) -> Shown:
        """Return where it is."""
        return self._shown

    def set_mode(self, mode: ScreenMode) -> None:
        """Say whether the guest has a display, and go there."""
        self._mode = mode
        self.place()

    @Slot()
    def place(self) -> None:
        """Go where the display belongs now."""
        target = None
        if self._mode is not ScreenMode.OFF:
            target = choose_screen(self._screens.all(), self._till_window.screen().name())
        if target is not None:
            self._fill_screen(target)
        elif self._mode is ScreenMode.WINDOW:
            self._stand_beside()
        else:
            self.hide()
            self._tell(Shown())

    def _fill_screen(self, target: ScreenFacts) -> None:
        shown = Shown(target.name, target.area.width(), target.area.height())
        if shown == self._shown and self.isVisible():
            return
        self.hide()
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
        self.setWindowFlags(flags | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setCursor(Qt.CursorShape.BlankCursor)
        screen = next(
            (each for each in QGuiApplication.screens() if each.name() == target.name), None
        )
        if screen is not None:
            self.setScreen(screen)
        self.setGeometry(target.area)
        # Not showFullScreen: that would ask for the focus.
        self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.show()
        self._tell(shown)

    def _stand_beside(self) -> None:
        shown = Shown(
            self._till_window.screen().name(), DESIGN_WIDTH, DESIGN_HEIGHT, in_window=True
        )
        if shown == self._shown and self.isVisible():
            return
        self.hide()
        self.setWindowFlags(Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.unsetCursor()
        corner = self._till_window.screen().availableGeometry().topLeft()
        self.setGeometry(corner.x() + _BESIDE, corner.y() + _BESIDE, DESIGN_WIDTH, DESIGN_HEIGHT)
        self.setWindowState(Qt.WindowState.WindowNoState)
        self.show()
        self._tell(shown)

    def _tell(self, shown: Shown) -> None:
        if shown != self._shown:
            self._shown = shown
            self.moved.emit(shown)
