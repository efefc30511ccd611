"""Marking codes on the sale screen: the dialog that asks for them, and the checks in the background.

tap or PAY -> ask -> dialog -> any scanner, camera, typed -> till.marks.scan -> the next missing code
a code in the order -> till.marks.check on a lane of its own -> a tick, or a red line and a toast
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from app.domain.cart import CartLine
from app.domain.marking import MarkState
from app.kernel.errors import AppError
from app.kernel.ids import LineId
from app.kernel.late import LateModule
from app.till.camera import CameraEye
from app.till.mark_words import line_words, stopping_line, stopping_words
from app.till.marks import typed_code
from app.till.order import OrderState, ScanOutcome, ScanResult
from app.ui.bridge import Action, Sound, Tone
from app.ui.frame.dialogs import Area
from app.ui.frame.screen import ScreenId
from app.ui.ops import Lane
from app.ui.sale.order_actions import OrderActions
from app.ui.sale.tools import SaleTools
from app.ui.text import language, tr

if TYPE_CHECKING:
    from app.ui.guest import camera_flow
    from app.ui.sale import mark_panel
else:
    camera_flow = LateModule("app.ui.guest.camera_flow")
    mark_panel = LateModule("app.ui.sale.mark_panel")

CODE_MAX: Final = 200
REASON_MAX: Final = 100
_TOAST: Final = "mark"
_WANTING: Final = frozenset({MarkState.WANTED, MarkState.REFUSED})


class MarkingFlow:
    """Asks for missing codes and has new ones checked.

    Args:
        tools: The use cases, lanes, the order and the window.
        actions: Asks for texts, removes lines.
        other: Takes what turned out to be something else, such as a guest's card.
    """

    def __init__(
        self, tools: SaleTools, actions: OrderActions, *, other: Callable[[ScanResult], object]
    ) -> None:
        self._till, self._ops, self._approvals = tools.till, tools.ops, tools.approvals
        self._board, self._bridge, self._window = tools.board, tools.bridge, tools.window
        self._actions, self._go, self._other = actions, tools.go, other
        self._panel: mark_panel.MarkPanel | None = None
        self._eye: CameraEye | None = None
        self._camera: camera_flow.CameraFlow | None = None
        self._line = ""
        self._trouble = ""
        self._is_camera_on = False
        self._is_checking = False
        self._told: frozenset[str] = frozenset()
        self._known: tuple[str, frozenset[str]] = ("", frozenset())
        tools.board.changed.connect(self._on_order)
        tools.window.dialogs.closed.connect(self._on_closed)

    @property
    def panel(self) -> "mark_panel.MarkPanel":
        """The dialog, made when it is asked for first."""
        if self._panel is None:
            panel = self._panel = mark_panel.MarkPanel(self._window)
            panel.cross_tapped.connect(self._window.close_dialog)
            panel.camera_wanted.connect(self._on_camera)
            panel.type_wanted.connect(self._on_type)
            panel.skip_wanted.connect(self._on_skip)
            panel.remove_wanted.connect(self._on_remove)
        return self._panel

    @property
    def is_asking(self) -> bool:
        """Tell whether the dialog is open: scans are its own then."""
        return self._panel is not None and self._window.dialogs.dialog is self._panel

    def use_camera(self, eye: CameraEye | None) -> None:
        """Let the dialog read codes by this camera."""
        self._eye = eye

    # ------------------------------------------------------------ asking

    def ask(self, line_id: str) -> None:
        """Open the dialog for a line; if it needs no code, for the first one that does."""
        line = self._find(line_id) or self._next()
        if line is None:
            return
        screen = self._window.current
        if screen is None or screen.screen_id is not ScreenId.SALE:
            self._go(ScreenId.SALE)  # scans go to the screen on top
        self._line, self._trouble = line.line_id, _refusal(line)
        self._board_select(line.line_id)
        self._open()

    def stops_payment(self) -> bool:
        """Tell whether a code keeps the order from being paid, and ask for what is missing."""
        state = self._board.state
        line = stopping_line(state.cart) if state is not None else None
        if line is None or state is None or line.mark is None:
            return False
        if line.mark.state is MarkState.CHECKING:
            words = stopping_words(state.cart)
            text = words.text(language()) if words else ""
            self._bridge.toast(text, tone=Tone.INFO, icon="clock", key=_TOAST)
        else:
            self.ask(line.line_id)
        return True

    def take_scan(self, text: str) -> None:
        """Take a code for the line that is asked for."""
        marks, line_id = self._till.marks, LineId(self._line)
        self._ops.run(lambda: marks.scan(line_id, text), success=self._on_scanned)

    def _on_scanned(self, result: ScanResult) -> None:
        if result.outcome is ScanOutcome.GUEST:
            self._other(result)
            return
        if result.outcome is not ScanOutcome.PRODUCT:
            self._trouble = result.words.text(language()) if result.words else ""
            self._bridge.sound(Sound.ERROR)
            self._show()
            return
        self._bridge.sound(Sound.SCAN_OK)
        self._trouble = ""
        self._board.publish(result.state, select=result.line_id)
        following = self._next()
        if following is None:
            self._close()
        else:
            self._line = following.line_id
            self._show()

    def _open(self) -> None:
        self._bridge.withdraw(_TOAST)
        sizes = mark_panel.CAMERA_SIZE, mark_panel.MARK_SIZE
        size = sizes[0] if self._is_camera_on else sizes[1]
        self._show()
        self._window.open_dialog(self.panel, size_px=size, area=Area.WORK)

    def _show(self) -> None:
        line = self._find(self._line)
        if line is None:
            return
        left = len([x for x in self._lines() if x.mark and x.mark.state in _WANTING])
        is_refused = line.mark is not None and line.mark.state is MarkState.REFUSED
        self.panel.show_state(
            mark_panel.MarkPanelState(
                name=line.name,
                left=tr("Codes to scan: {count}", count=left) if left > 1 else "",
                trouble=self._trouble,
                can_skip=self._till.marks.may_skip and not is_refused,
                has_camera=self._eye is not None,
                is_camera_on=self._is_camera_on,
            )
        )

    def _close(self) -> None:
        if self.is_asking:
            self._window.close_dialog()

    def _on_closed(self) -> None:
        """Let go of the camera; the line keeps waiting for its code."""
        if self._camera is not None:
            self._camera.stop()
        self._is_camera_on = False

    # ------------------------------------------------------------ other ways

    def _on_remove(self) -> None:
        key = self._line
        self._close()
        self._actions.remove(key)

    def _on_type(self) -> None:
        line_id = self._line

        def take(typed: str) -> None:
            if typed.strip():
                self.ask(line_id)
                self.take_scan(typed_code(typed))

        self._on_closed()
        self._actions.ask_text(
            tr("Scan the marking code"), "", tr("The whole code as it is printed"), CODE_MAX, take
        )

    def _on_skip(self) -> None:
        line_id, marks = LineId(self._line), self._till.marks

        def take(reason: str) -> None:
            self._approvals.run(
                lambda approval: marks.skip(line_id, reason, approval), success=self._board.publish
            )

        self._actions.ask_text(
            tr("Without a code"), tr("The code cannot be read"), tr("Reason"), REASON_MAX, take
        )

    def _on_camera(self) -> None:
        if self._eye is None:
            return
        if self._camera is None:
            self._camera = camera_flow.CameraFlow(self._eye, self.panel.picture)
            self._camera.seen.connect(self._on_seen)
            self._camera.failed.connect(self._on_camera_failed)
        self._is_camera_on = not self._is_camera_on
        if self._is_camera_on:
            self._camera.start()
        else:
            self._camera.stop()
        self._open()

    def _on_seen(self, text: str) -> None:
        if self.is_asking:
            self.take_scan(text)

    def _on_camera_failed(self, error: AppError) -> None:
        self._is_camera_on = False
        self._trouble = error.text(language())
        if self.is_asking:
            self._open()

    # ------------------------------------------------------------ the order

    def _on_order(self, state: OrderState) -> None:
        if self.is_asking:
            line = self._find(self._line)
            if line is None or line.mark is None or line.mark.state not in _WANTING:
                following = self._next()
                if following is None:
                    self._close()
                else:
                    self._line = following.line_id
                    self._show()
        self._tell_refusals(state)
        self._ask_for_new(state)
        if not self._is_checking and _has(state, MarkState.CHECKING):
            self._is_checking = True
            self._ops.run(
                self._till.marks.check,
                success=lambda _state: self._after_check(),
                failure=self._on_check_failed,
                lane=Lane.MARKS,
            )

    def _ask_for_new(self, state: OrderState) -> None:
        """Ask for the code of a line that has just come into the order, however it came."""
        sale_id, known = self._known
        now = frozenset(line.line_id for line in state.cart.lines if line.mark is not None)
        self._known = (state.order.sale_id, now)
        if sale_id != state.order.sale_id or self._window.dialogs.dialog is not None:
            return  # an order from aside, or a dialog that is not done yet: the line tells it
        for line in state.cart.lines:
            if line.line_id not in known and line.mark and line.mark.state is MarkState.WANTED:
                self.ask(line.line_id)
                return

    def _after_check(self) -> None:
        # Read on the lane of the taps, so that no older answer comes after it.
        self._is_checking = False
        self._ops.run(self._till.sale.state, success=self._board.publish)

    def _on_check_failed(self, error: AppError) -> None:
        self._is_checking = False
        self._bridge.show_error(error)

    def _tell_refusals(self, state: OrderState) -> None:
        """Say once of each code that the marking system refused it."""
        refused = {
            line.mark.code: line
            for line in state.cart.lines
            if line.mark is not None and line.mark.state is MarkState.REFUSED
        }
        new = [line for code, line in refused.items() if code not in self._told]
        self._told = frozenset(refused)
        if new and self.is_asking:
            self._bridge.sound(Sound.ERROR)  # the red line says the rest beside the dialog
        elif new:
            self._say_refused(new[0])

    def _say_refused(self, line: CartLine) -> None:
        assert line.mark is not None
        self._bridge.toast(
            line.name,
            detail=line_words(line.mark).text(language()),
            tone=Tone.WARNING,
            icon="alert-circle",
            action=Action(tr("Scan another"), lambda: self.ask(line.line_id)),
            key=_TOAST,
            sound=Sound.ERROR,
        )

    # ------------------------------------------------------------ inside

    def _lines(self) -> tuple[CartLine, ...]:
        state = self._board.state
        return state.cart.lines if state is not None else ()

    def _find(self, line_id: str) -> CartLine | None:
        return next((x for x in self._lines() if x.line_id == line_id and x.mark), None)

    def _next(self) -> CartLine | None:
        """Return the first line that waits for a code."""
        lines = (x for x in self._lines() if x.mark and x.mark.state is MarkState.WANTED)
        return next(lines, None)

    def _board_select(self, key: str) -> None:
        if self._board.selected != key:
            self._board.select(key)


def _has(state: OrderState, wanted: MarkState) -> bool:
    return any(line.mark is not None and line.mark.state is wanted for line in state.cart.lines)


def _refusal(line: CartLine) -> str:
    mark = line.mark
    if mark is None or mark.state is not MarkState.REFUSED:
        return ""
    return line_words(mark).text(language())
