"""A stage for presenters: a real board and real approvals, a window that only writes down."""

from PySide6.QtWidgets import QWidget

from app.kernel.clock import Clock
from app.till.session import Session
from app.ui.bridge import Bridge, Message
from app.ui.changes import Changes
from app.ui.frame.approval import Approvals
from app.ui.frame.dialogs import Area
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.order_panel import OrderPanel
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Ops


class FakeStage:
    """Remembers where presenters wanted to go; `screen` is told of coming and leaving.

    Attributes:
        went: The screens, in order.
        dialogs: The dialogs that were opened and not closed.
        toasts: What was said.
    """

    def __init__(self) -> None:
        self.went: list[ScreenId] = []
        self.dialogs: list[QWidget] = []
        self.toasts: list[Message] = []
        self.refreshed = 0

    def go(self, screen_id: ScreenId) -> None:
        """Write the wish down."""
        self.went.append(screen_id)

    def refresh_main(self) -> None:
        """Count."""
        self.refreshed += 1

    def open_dialog(
        self, dialog: QWidget, *, size_px: tuple[int, int], area: Area = Area.WINDOW
    ) -> None:
        """Keep the dialog."""
        del size_px, area
        self.dialogs.append(dialog)

    def close_dialog(self) -> None:
        """Forget the dialogs."""
        self.dialogs.clear()

    def tools(self, ops: Ops, session: Session, clock: Clock) -> Tools:
        """Return what presenters are given."""
        bridge = Bridge()
        bridge.toast_wanted.connect(self.toasts.append)
        panel = OrderPanel()
        self.panel = panel
        approvals = Approvals(
            ops,
            session,
            bridge,
            open_dialog=lambda dialog, size: self.open_dialog(dialog, size_px=size),
            close_dialog=self.close_dialog,
        )
        board = OrderBoard(panel)
        return Tools(ops, bridge, approvals, self, board, Changes(), clock)
