"""Opening a shift: the float as it was left, none, or counted and typed.

on_enter -> suggested float, checks -> open -> the sale
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.kernel.errors import AppError
from app.till.order import Approval, StepStatus
from app.till.register_book import RegisterStep
from app.till.shift import ShiftState
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.dates import say
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.shift.open_state import Check, FloatChoice, OpenShiftState
from app.ui.shift.open_view import OpenShiftView
from app.ui.text import tr
from app.ui.widgets.amount_entry import AmountEntry

_TICK_MS = 1_000


class OpenShiftPresenter(QObject, BaseScreen):
    """Shows the opening of a shift after somebody signed in and none is open.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        checks: Tells how the devices are.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.OPEN_SHIFT
    placement = Placement.FULL

    def __init__(
        self,
        tools: Tools,
        till: Till,
        checks: Callable[[], tuple[Check, ...]] = tuple,
        view: OpenShiftView | None = None,
    ) -> None:
        super().__init__()
        self._tools, self._till, self._checks = tools, till, checks
        self._menu = Check(Words("", ""), Words("", ""))
        self._state = OpenShiftState()
        self.view = view or OpenShiftView()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_checks)
        self._connect_signals()

    @property
    def state(self) -> OpenShiftState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Begin with the float as it was left."""
        person = self._till.session.person
        self._state = OpenShiftState(cashier=person.name if person else "")
        self._tick.start()
        self.view.render(self._state)
        self.view.setFocus()
        self._tools.ops.run(self._read, success=self._on_read, lane=Lane.QUERY)

    @override
    def on_leave(self) -> None:
        """Stop looking at the devices."""
        self._tick.stop()

    @override
    def on_key(self, key: str) -> bool:
        """Take digits, Backspace, Enter and Esc."""
        if key in {"Enter", "F12"}:
            self.open_shift()
        elif key == "Esc":
            self.leave()
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and (key.isdigit() or key in ",."):
            self.type_key(key)
        else:
            return False
        return True

    @override
    def on_scan(self, text: str) -> bool:
        """Take no codes: there is no shift to sell in."""
        del text
        self._tools.bridge.toast(tr("Open the shift first, then scan"), tone=Tone.WARNING)
        return True

    # ------------------------------------------------------------ intents

    def type_key(self, key: str) -> None:
        """Type the counted float; the first digit replaces the suggestion."""
        if not self._state.busy:
            typed = self._state.choice is FloatChoice.TYPED
            entry = self._state.entry if typed else AmountEntry()
            self._set(choice=FloatChoice.TYPED, entry=entry.typed(key), error=None)

    def erase(self) -> None:
        """Take the last sign away; from a suggestion, all of it."""
        typed = self._state.choice is FloatChoice.TYPED
        entry = self._state.entry.erased() if typed else AmountEntry()
        self._set(choice=FloatChoice.TYPED, entry=entry, error=None)

    def choose(self, choice: FloatChoice) -> None:
        """Take the float as it was left, or none."""
        self._set(choice=choice, entry=AmountEntry(), error=None)

    def open_shift(self) -> None:
        """Open the shift with the float that is shown."""
        if self._state.busy or self._state.opened_number:
            return
        amount = self._state.float_minor
        self._set(busy=True, error=None)

        def open_it(approval: Approval | None) -> tuple[ShiftState, RegisterStep | None]:
            state = self._till.shift.open(amount, approval)
            shift = state.shift
            return state, self._till.register.opening(shift.shift_id) if shift else None

        self._tools.approvals.run(
            open_it,
            success=self._on_opened,
            failure=self._on_refused,
            asked=self._on_senior_asked,
        )

    def leave(self) -> None:
        """Leave the shift closed: orders can be made, payment says why it waits."""
        if not self._state.busy:
            self._tools.stage.go(ScreenId.SALE)

    # ------------------------------------------------------------ answers

    def _read(self) -> tuple[ShiftState, int]:
        return self._till.shift.state(), self._till.catalog.count()

    def _on_read(self, found: tuple[ShiftState, int]) -> None:
        shift, products = found
        self._menu = menu_check(products)
        self._set(
            number=shift.next_number or (shift.shift.number if shift.shift else 0),
            suggested_minor=shift.suggested_float_minor,
            opened_number=shift.shift.number if shift.shift else 0,
        )
        self._show_checks()

    def _on_opened(self, opened: tuple[ShiftState, RegisterStep | None]) -> None:
        shift, step = opened
        self._set(busy=False)
        number = shift.shift.number if shift.shift else 0
        waits = step is not None and step.status in {StepStatus.WAITING, StepStatus.FAILED}
        self._tools.bridge.toast(
            tr("Shift {number} is open", number=number),
            detail=say(step.words) if step is not None else "",
            tone=Tone.WARNING if waits else Tone.OK,
        )
        self._tools.stage.go(ScreenId.SALE)

    def _on_senior_asked(self) -> None:
        self._set(busy=False)

    def _on_refused(self, error: AppError) -> None:
        self._set(busy=False, error=Words(error.ru, error.en))
        self._tools.bridge.sound(Sound.ERROR)
        self._tools.ops.run(self._read, success=self._on_read, lane=Lane.QUERY)

    # ------------------------------------------------------------ state

    def _show_checks(self) -> None:
        self._set(checks=(*self._checks(), self._menu))

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # its fields
        self.view.render(self._state)

    def _connect_signals(self) -> None:
        view = self.view
        view.key_typed.connect(self.type_key)
        view.erased.connect(self.erase)
        view.choice_made.connect(self.choose)
        view.open_wanted.connect(self.open_shift)
        view.back_wanted.connect(self.leave)
        view.continue_wanted.connect(lambda: self._tools.stage.go(ScreenId.SALE))


def menu_check(products: int) -> Check:
    """Return how the menu is."""
    title = Words("Меню и цены", "Menu and prices")
    if not products:
        words = Words("Меню ещё не загружено", "No menu has been loaded yet")
        return Check(title, words, is_ok=False)
    return Check(title, Words(f"Товаров: {products}", f"Products: {products}"))
