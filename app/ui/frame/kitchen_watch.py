"""What every screen is told of the kitchen, the drawer and old paper: toasts, and marks that follow the printers.

a ticket that nobody in the kitchen has -> a toast that stays, with the way to the queue
a ticket that another printer took over -> a toast
a drawer that did not open              -> a toast that stays until it is read
paper that waited too long for a printer -> a toast that stays, with the way to the queue
a ticket that was printed               -> the marks of the order on the desk
"""

from PySide6.QtCore import QObject

from app.domain.sale import SaleState
from app.till import texts
from app.till.order import OrderState
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Action, Sound, Tone
from app.ui.dates import say
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.text import tr

KITCHEN_TOAST = "kitchen"
DRAWER_TOAST = "drawer"
LATE_TOAST = "print-late"


class KitchenWatch(QObject):
    """Follows the tickets and the drawer while the till is open.

    Args:
        tools: Messages, lanes, the order board.
        till: The use cases.
    """

    def __init__(self, tools: Tools, till: Till) -> None:
        super().__init__()
        self._tools, self._till = tools, till
        till.kitchen_trouble.call_for(self._on_trouble)
        till.printing.drawers.on_trouble = self._on_drawer
        till.printing.on_late = self._on_late
        tools.changes.happened.connect(self._on_changes)

    def _on_trouble(self, words: Words, is_lost: bool) -> None:
        """Tell what became of a ticket; on the thread of its printer."""
        self._tools.bridge.toast(
            say(words),
            tone=Tone.WARNING,
            icon="chef-hat",
            action=self._to_queue() if is_lost else None,
            sticky=is_lost,
            key=KITCHEN_TOAST,
            sound=Sound.WARNING,
        )

    def _on_late(self) -> None:
        """Call for a person to say what is still printed; on the thread of a printer."""
        self._tools.bridge.toast(
            say(texts.PRINT_TOO_LATE),
            tone=Tone.WARNING,
            icon="printer",
            action=self._to_queue(),
            sticky=True,
            key=LATE_TOAST,
            sound=Sound.WARNING,
        )

    def _to_queue(self) -> Action:
        return Action(tr("Open the queue"), lambda: self._tools.stage.go(ScreenId.SYNC))

    def _on_drawer(self, words: Words) -> None:
        """Tell that the drawer did not open; on the thread that tried."""
        seen = Action(tr("Got it"), lambda: self._tools.bridge.withdraw(DRAWER_TOAST))
        self._tools.bridge.toast(
            say(words),
            tone=Tone.WARNING,
            icon="wallet",
            action=seen,
            sticky=True,
            key=DRAWER_TOAST,
            sound=Sound.WARNING,
        )

    def _on_changes(self, topics: object) -> None:
        """Show the marks of the order again when the print queue moved."""
        if not isinstance(topics, frozenset) or "print_jobs" not in topics:
            return
        state = self._tools.board.state
        if state is not None and _is_watched(state):
            self._tools.ops.run(
                self._till.sale.state,
                success=lambda now: self._on_state(state, now),
                lane=Lane.QUERY,
            )

    def _on_state(self, shown: OrderState, now: OrderState) -> None:
        """Show an order again if nothing but its marks became other meanwhile."""
        is_same = self._tools.board.state is shown and now.order.sale_id == shown.order.sale_id
        if is_same and now.kitchen != shown.kitchen:
            self._tools.board.publish(now)


def _is_watched(state: OrderState) -> bool:
    is_open = state.order.state in (SaleState.OPEN, SaleState.HELD)
    return is_open and state.kitchen is not None and bool(state.kitchen.marks)
