"""What every screen shows of the fiscal register: words over PAY, the badge, a call for help.

the register's state, a shift that lasts long -> amber words over the main button (S2)
the queue of receipts -> the badge and colour of the exchange in the top bar (S11)
a receipt that needs a person, or waits for 10 minutes -> a toast that stays
"""

from PySide6.QtCore import QObject

from app.till.queue_states import ReceiptCounts
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Action, Sound, Tone
from app.ui.dates import say
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.frame.top_presenter import TopPresenter
from app.ui.ops import Lane
from app.ui.text import tr

#: Key of the toast about receipts; a screen that shows the trouble itself withdraws it.
RECEIPT_TOAST = "receipt"
_WATCHED = frozenset({"devices", "fiscal", "sales", "shifts"})


class ReceiptWatch(QObject):
    """Follows the fiscal register and its queue while the till is open.

    Args:
        tools: Lanes, messages, the order board.
        till: The use cases.
        top: The top bar.
    """

    def __init__(self, tools: Tools, till: Till, top: TopPresenter) -> None:
        super().__init__()
        self._tools, self._till, self._top = tools, till, top
        till.queue.call_for_receipts(self._on_trouble)
        till.fiscal.on_report_failed = self._on_report_failed
        tools.changes.happened.connect(self._on_changes)

    def look(self) -> None:
        """Show how the register, its queue and the shift are now."""
        self._tools.ops.run(self._read, success=self._on_read, lane=Lane.QUERY)

    def _on_changes(self, topics: object) -> None:
        if isinstance(topics, frozenset) and topics & _WATCHED:
            self.look()

    def _read(self) -> tuple[Words | None, ReceiptCounts]:
        words = self._till.fiscal.warning() or self._till.shift.state().reminder
        return words, self._till.queue.receipt_counts()

    def _on_read(self, read: tuple[Words | None, ReceiptCounts]) -> None:
        words, counts = read
        self._tools.board.remind(words)
        self._top.show_receipts(counts.waiting, counts.to_decide)
        if counts == ReceiptCounts():
            self._tools.bridge.withdraw(RECEIPT_TOAST)

    def _on_report_failed(self, words: Words) -> None:
        """Say that the register printed no X report; on the thread of its queue."""
        self._tools.bridge.toast(
            tr("The register printed no report"), detail=say(words), tone=Tone.WARNING
        )

    def _on_trouble(self, words: Words, number: int) -> None:
        """Call for a person, on the thread of the register's queue."""
        self._tools.bridge.toast(
            say(words),
            detail=tr("Order {number}", number=number) if number else "",
            tone=Tone.WARNING,
            icon="receipt",
            action=Action(tr("Open the queue"), lambda: self._tools.stage.go(ScreenId.SYNC)),
            sticky=True,
            key=RECEIPT_TOAST,
            sound=Sound.WARNING,
        )
