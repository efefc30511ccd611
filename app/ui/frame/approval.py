"""A supervisor's PIN for one action: asked in place, then the action is done again with it.

    presenter -> Approvals.run(op, success=..., title=...)
                    op(None) raises ApprovalNeeded -> PIN dialog -> op(approval)

The cashier stays signed in; both people are recorded by the use case. GUI thread only.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.kernel.errors import AppError
from app.till.order import Approval
from app.till.session import ApprovalNeeded, Session
from app.ui.frame.dialogs import DialogFrame
from app.ui.ops import ErrorSink, Lane, OnFailure, Ops
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.numpad import ContextKey, Numpad

Result = TypeVar("Result")
PIN_MIN: Final = 4
PIN_MAX: Final = 6
SIZE_PX: Final = (460, 640)


class ApprovalPanel(DialogFrame):
    """Asks for the PIN.

    Attributes:
        entered: The PIN.
    """

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        self._pin = ""
        self._reason = Label(tone="text-2", wrap=True)
        self._dots = Label(size_px=32, weight=600, align=Qt.AlignmentFlag.AlignHCenter)
        self._error = Label(tone="danger-text", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.numpad = Numpad(ContextKey.CLEAR, parent=self)
        self.numpad.digit.connect(self._on_digit)
        self.numpad.erased.connect(self._on_erased)
        self.numpad.context_pressed.connect(self._on_cleared)
        self.allow = PushButton("", Kind.PRIMARY, hotkey="Enter", height=64, parent=self)
        self.allow.clicked.connect(self._on_allow)
        for part in (self._reason, self._dots, self._error):
            self.body.addWidget(part)
        self.body.addWidget(self.numpad, 1)
        self.body.addWidget(self.allow)
        self.refresh()

    def ask(self, reason: str) -> None:
        """Begin to ask."""
        self._reason.setText(reason)
        self.show_error("")

    def show_error(self, text: str) -> None:
        """Say why the PIN was not taken, and begin again."""
        self._pin = ""
        self._error.setText(text)
        self._show_dots()

    def on_key(self, key: str) -> bool:
        """Take digits, Backspace and Enter."""
        if key.isdigit():
            self._on_digit(key)
        elif key == "Backspace":
            self._on_erased()
        elif key == "Enter":
            self._on_allow()
        else:
            return False
        return True

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self.body.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(16))
        self.body.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Say the title."""
        super().retranslate()
        self.title.setText(tr("Supervisor's PIN"))
        self.allow.set_label(tr("Allow"))

    def _on_digit(self, digit: str) -> None:
        if len(self._pin) < PIN_MAX:
            self._pin += digit
        self._error.setText("")
        self._show_dots()

    def _on_erased(self) -> None:
        self._pin = self._pin[:-1]
        self._show_dots()

    def _on_cleared(self) -> None:
        self._pin = ""
        self._show_dots()

    def _show_dots(self) -> None:
        empty = max(0, PIN_MIN - len(self._pin))
        self._dots.setText(" ".join("●" * len(self._pin) + "○" * empty))
        self._dots.setAccessibleName(tr("Digits entered: {count}", count=len(self._pin)))
        self.allow.setEnabled(len(self._pin) >= PIN_MIN)

    def _on_allow(self) -> None:
        if len(self._pin) >= PIN_MIN:
            self.allow.setEnabled(False)
            self.entered.emit(self._pin)


class Approvals(QObject):
    """Runs operations that may need a supervisor.

    Args:
        ops: Lanes.
        session: Checks the PIN.
        errors: Shows other errors.
        open_dialog: Opens a dialog of a size in the window.
        close_dialog: Closes it.
        window: Owns the dialog.
    """

    def __init__(
        self,
        ops: Ops,
        session: Session,
        errors: ErrorSink,
        *,
        open_dialog: Callable[[QWidget, tuple[int, int]], object],
        close_dialog: Callable[[], object],
        window: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._ops = ops
        self._session = session
        self._errors = errors
        self._open_dialog = open_dialog
        self._close_dialog = close_dialog
        self._needed: ApprovalNeeded | None = None
        self._then: Callable[[Approval], object] | None = None
        self.panel = ApprovalPanel(window)
        self.panel.entered.connect(self._on_entered)
        self.panel.cross_tapped.connect(self._close_dialog)

    def run(
        self,
        op: Callable[[Approval | None], Result],
        *,
        success: Callable[[Result], object],
        failure: OnFailure | None = None,
        asked: Callable[[], object] | None = None,
        lane: Lane = Lane.TILL,
    ) -> None:
        """Do an operation; if it needs a supervisor, ask for the PIN and do it again.

        Args:
            op: Takes the approval, None at first.
            success: Takes the result.
            failure: Takes other errors; without it they are shown.
            asked: Told that a PIN is asked for; it may never be entered.
            lane: Where it runs.
        """

        def on_failure(error: AppError) -> None:
            if isinstance(error, ApprovalNeeded):
                if asked is not None:
                    asked()
                self._ask(error, again)
            else:
                (failure or self._errors.show_error)(error)

        def again(approval: Approval) -> None:
            self._ops.run(lambda: op(approval), success=success, failure=on_failure, lane=lane)

        self._ops.run(lambda: op(None), success=success, failure=on_failure, lane=lane)

    def _ask(self, needed: ApprovalNeeded, then: Callable[[Approval], object]) -> None:
        self._needed, self._then = needed, then
        self.panel.ask(needed.text(language()))
        self._open_dialog(self.panel, SIZE_PX)

    def _on_entered(self, pin: str) -> None:
        needed = self._needed
        assert needed is not None
        self._ops.run(
            lambda: self._session.approve(None, pin, needed.action),
            success=self._on_approved,
            failure=lambda error: self.panel.show_error(error.text(language())),
            lane=Lane.QUERY,
        )

    def _on_approved(self, approval: Approval) -> None:
        self._close_dialog()
        then, self._then = self._then, None
        if then is not None:
            then(approval)
