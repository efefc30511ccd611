"""Taking food back that the kitchen is making: a reason first, then a senior's PIN if one is needed.

op("", approval) -> refused with VOID_REASON -> reasons -> op(reason, approval) -> done
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.kernel.errors import AppError
from app.till.order import Approval, OrderState
from app.ui.bridge import Bridge
from app.ui.frame.approval import Approvals
from app.ui.frame.dialogs import Area
from app.ui.sale.panels import MorePanel
from app.ui.sale.state import MoreItem
from app.ui.text import language, tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.label import Label
from app.ui.window import MainWindow

#: Code of the error that asks for a reason.
VOID_REASON: Final = "VOID_REASON"
SIZE: Final = (910, 360)
_OTHER: Final = "other"
_REASONS: Final = {
    "guest": ("user", tr_later("The guest changed his mind")),
    "mistake": ("pencil", tr_later("A mistake of the till")),
    "out": ("ban", tr_later("The product has run out")),
    "slow": ("clock", tr_later("It takes too long")),
    _OTHER: ("message", tr_later("Another reason")),
}

Op = Callable[[str, Approval | None], OrderState]
"""A change of the order; takes the reason and a senior's approval."""
AskText = Callable[[str, Callable[[str], object]], object]
"""Asks for a few words under a title and hands over what was typed."""


class ReasonPanel(MorePanel):
    """The reasons, as cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.what = Label(style="body-strong", tone="warn-text", wrap=True)
        super().__init__(parent)
        self.body.insertWidget(0, self.what)

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self.what.setContentsMargins(look.px(16), look.px(8), look.px(16), 0)

    @override
    def retranslate(self) -> None:
        """Say the title and the reasons."""
        super().retranslate()
        self.title.setText(tr("Why is it taken back?"))
        self.show_items([MoreItem(key, icon, tr(name)) for key, (icon, name) in _REASONS.items()])

    def ask(self, words: str) -> None:
        """Begin to ask.

        Args:
            words: What the kitchen is making.
        """
        self.what.setText(words)


class Voids:
    """Runs changes of the order that may take food back from the kitchen.

    Args:
        approvals: Asks a senior.
        bridge: Messages.
        window: Opens the reasons.
        ask_text: For a reason of one's own.
    """

    def __init__(
        self, approvals: Approvals, bridge: Bridge, window: MainWindow, ask_text: AskText
    ) -> None:
        self._approvals, self._bridge = approvals, bridge
        self._window, self._ask_text = window, ask_text
        self._taken: Callable[[str], object] | None = None
        self.panel = ReasonPanel(window)
        self.panel.cross_tapped.connect(window.close_dialog)
        self.panel.chosen.connect(self._on_chosen)

    def run(
        self,
        op: Op,
        success: Callable[[OrderState], object],
        failure: Callable[[AppError], object] | None = None,
    ) -> None:
        """Do a change; ask for a reason only if the kitchen is making what it takes back."""

        def refused(error: AppError) -> None:
            if error.code == VOID_REASON:
                self._ask(error, lambda reason: self._again(op, reason, success, failure))
            else:
                (failure or self._bridge.show_error)(error)

        self._approvals.run(lambda approval: op("", approval), success=success, failure=refused)

    def _again(
        self,
        op: Op,
        reason: str,
        success: Callable[[OrderState], object],
        failure: Callable[[AppError], object] | None,
    ) -> None:
        self._approvals.run(
            lambda approval: op(reason, approval),
            success=success,
            failure=failure or self._bridge.show_error,
        )

    def _ask(self, error: AppError, taken: Callable[[str], object]) -> None:
        self._taken = taken
        self.panel.ask(error.text(language()))
        self._window.open_dialog(self.panel, size_px=SIZE, area=Area.WORK)

    def _on_chosen(self, key: str) -> None:
        self._window.close_dialog()
        taken, self._taken = self._taken, None
        if taken is None:
            return
        if key == _OTHER:
            self._ask_text(tr("Why is it taken back?"), taken)
        else:
            taken(tr(_REASONS[key][1]))
