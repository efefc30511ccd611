"""What a screen must offer to stand in the window.

A screen is a view (a widget) and a presenter. The window asks the presenter where the view belongs,
what the main button means while it is on top, and tells it of keys, scans and coming and going.
"""

from collections.abc import Callable, Generator
from enum import StrEnum
from typing import Protocol, TypeAlias

from PySide6.QtWidgets import QWidget

from app.ui.widgets.main_button import MainMeaning


class Placement(StrEnum):
    """Where a view lies."""

    WORK = "work"  # left work area, the order panel stays beside it
    FULL = "full"  # the whole space under the top bar
    WINDOW = "window"  # the whole window: signing in


class ScreenId(StrEnum):
    """The screens of the till."""

    LOGIN = "login"
    OPEN_SHIFT = "open_shift"
    SALE = "sale"
    DISCOUNT = "discount"
    GUEST_SEARCH = "guest_search"
    GUEST = "guest"
    PAYMENT = "payment"
    ORDERS = "orders"
    REFUND = "refund"
    SHIFT = "shift"
    SYNC = "sync"
    DEVICES = "devices"
    HELP = "help"


class Screen(Protocol):
    """A presenter with its view.

        window.add(screen) -> window.go(id) -> on_enter ... on_leave -> on_enter ...

    All methods are called on the GUI thread.
    """

    @property
    def screen_id(self) -> ScreenId:
        """Its name."""
        ...

    @property
    def placement(self) -> Placement:
        """Where the view lies."""
        ...

    @property
    def view(self) -> QWidget:
        """The widget; it lives as long as the window."""
        ...

    @property
    def is_money_moving(self) -> bool:
        """Tell whether nobody may leave: money moves, or it is not known whether it did."""
        ...

    def on_enter(self) -> None:
        """Come to the top: refresh what is shown and set the focus."""
        ...

    def on_leave(self) -> None:
        """Another screen comes to the top: stop cameras and timers."""
        ...

    def main_meaning(self) -> MainMeaning | None:
        """Return what the main button does here; None leaves it to the sale."""
        ...

    def on_main(self, key: str) -> None:
        """The main button was pressed with that meaning."""
        ...

    def on_key(self, key: str) -> bool:
        """Handle a hotkey such as `F6`, `Esc`, `Enter`, `Alt+1`; True if it was for this screen."""
        ...

    def on_scan(self, text: str) -> bool:
        """Handle a scanned code; False hands it to the sale."""
        ...


ScreenMaker: TypeAlias = Callable[[], Generator[None, None, Screen]]
"""Makes a screen in steps, each short enough for a tap not to wait for it."""


class BaseScreen:
    """Defaults for a screen that does not care: no main button, no keys, no scans, no money."""

    placement: Placement = Placement.WORK

    @property
    def is_money_moving(self) -> bool:
        """No money moves here."""
        return False

    def on_enter(self) -> None:
        """Nothing to refresh."""

    def on_leave(self) -> None:
        """Nothing to stop."""

    def main_meaning(self) -> MainMeaning | None:
        """Leave the main button to the sale."""
        return None

    def on_main(self, key: str) -> None:
        """No meaning of its own."""

    def on_key(self, key: str) -> bool:
        """Take no keys."""
        del key
        return False

    def on_scan(self, text: str) -> bool:
        """Take no scans."""
        del text
        return False
