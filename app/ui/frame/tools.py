"""What every presenter is given: lanes, messages, the window, the board with the order."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.kernel.clock import Clock
from app.ui.bridge import Bridge
from app.ui.changes import Changes
from app.ui.frame.approval import Approvals
from app.ui.frame.dialogs import Area
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops


class Stage(Protocol):
    """The window as a presenter sees it."""

    def go(self, screen_id: ScreenId) -> None:
        """Bring a screen to the top."""
        ...

    def refresh_main(self) -> None:
        """Ask the screen on top again what the main button means."""
        ...

    def open_dialog(
        self, dialog: QWidget, *, size_px: tuple[int, int], area: Area = Area.WINDOW
    ) -> None:
        """Open a dialog over the window or over the work area."""
        ...

    def close_dialog(self) -> None:
        """Close the dialog that is open, if any."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What every presenter works with.

    Attributes:
        ops: Lanes.
        bridge: Messages.
        approvals: A supervisor's PIN.
        stage: The window.
        board: The order that everybody sees.
        changes: Notices of the store.
        clock: The time.
    """

    ops: Ops
    bridge: Bridge
    approvals: Approvals
    stage: Stage
    board: OrderBoard
    changes: Changes
    clock: Clock
