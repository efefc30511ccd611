"""What every part of the sale screen works with."""

from collections.abc import Callable
from dataclasses import dataclass

from app.till.till import Till
from app.ui.bridge import Bridge
from app.ui.frame.approval import Approvals
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.window import MainWindow


@dataclass(frozen=True, slots=True)
class SaleTools:
    """Given to each part of the sale; GUI thread.

    Attributes:
        till: The use cases.
        ops: Lanes.
        approvals: Asks a senior.
        board: The order.
        bridge: Messages and sounds.
        window: Opens dialogs.
        go: Shows another screen.
    """

    till: Till
    ops: Ops
    approvals: Approvals
    board: OrderBoard
    bridge: Bridge
    window: MainWindow
    go: Callable[[ScreenId], object]
