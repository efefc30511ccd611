"""Keeps the guest's display true: follows the order on the board, codes to pay by, finished sales.

    board.changed, desk.listen, changes "sync"
      -> one page -> view (only what changed is drawn), display of two lines

Codes and pictures are made on a lane; the GUI thread only hands values to regions.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.kernel.clock import Clock
from app.till.camera import Picture
from app.till.customer_display import (
    CustomerDesk,
    CustomerState,
    Idle,
    Ordering,
    PayingByCode,
    Thanks,
)
from app.till.customer_lines import LineDisplay, two_lines
from app.till.customer_setup import CustomerSetup, load_picture
from app.till.order import OrderState
from app.till.qr import QrDots, qr_dots
from app.ui.changes import Changes
from app.ui.customer.state import CustomerScreenState
from app.ui.customer.view import CustomerView
from app.ui.customer.window import CustomerWindow, Screens, Shown
from app.ui.frame.order_board import OrderBoard
from app.ui.ops import Lane, Ops
from app.ui.text import language

THANKS_MS: Final = 10_000
TEST_MS: Final = 6_000
SECOND_MS: Final = 1_000
_WATCHED: Final = frozenset({"sync", "config"})


class CustomerPresenter(QObject):
    """Shows the guest the order.

    Args:
        desk: Says what the guest sees.
        board: The order.
        ops: Lanes.
        changes: Notices of the store and of the exchange.
        clock: Counts how long a code still holds.
        till_window: Stays on its own screen.
        screens: The screens of the computer.

    Attributes:
        moved: A `Shown`: the display is elsewhere now, or nowhere.
    """

    moved = Signal(object)
    _told = Signal(object)

    def __init__(
        self,
        *,
        desk: CustomerDesk,
        board: OrderBoard,
        ops: Ops,
        changes: Changes,
        clock: Clock,
        till_window: QWidget,
        screens: Screens,
    ) -> None:
        super().__init__()
        self._desk, self._board, self._ops, self._clock = desk, board, ops, clock
        self._lines: LineDisplay | None = None
        self._codes: dict[str, QrDots | None] = {}
        self._setup = CustomerSetup()
        self._state = CustomerScreenState(house_name=desk.house_name)
        self.view = CustomerView()
        self.window = CustomerWindow(self.view, till_window, screens)
        self._thanks_timer = self._timer(THANKS_MS, self._on_thanks_over)
        self._test_timer = self._timer(TEST_MS, self._on_test_over)
        self._second_timer = QTimer(self)
        self._second_timer.setInterval(SECOND_MS)
        self._second_timer.timeout.connect(self._count_down)
        board.changed.connect(self._on_order)
        changes.happened.connect(self._on_changes)
        self.window.moved.connect(self.moved)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        desk.listen(self._told.emit)
        self.view.show_state(self._state)
        self._show_order()

    @property
    def state(self) -> CustomerScreenState:
        """Return what is shown."""
        return self._state

    @property
    def shown(self) -> Shown:
        """Return on which screen."""
        return self.window.shown

    def set_up(self, setup: CustomerSetup) -> None:
        """Take over the settings; the picture follows when it is loaded."""
        self._setup = setup
        advert = replace(
            self._state.advert, title=setup.title, text=setup.text, join_url=setup.join_url
        )
        self._set(advert=advert, join_code=self._codes.get(setup.join_url))
        self._make_code(setup.join_url)
        self._ops.run(
            lambda: load_picture(setup.picture_path),
            success=lambda picture: self._on_picture(setup, picture),
            failure=lambda _error: self._on_picture(setup, None),
            lane=Lane.QUERY,
            owner=self,
        )
        self.window.set_mode(setup.mode)

    def add_lines(self, display: LineDisplay | None) -> None:
        """Show the order on a display of two lines, too."""
        self._lines = display
        self._show_lines()

    def show_test(self) -> None:
        """Show colours and words for some seconds."""
        self._set(is_test=True)
        self._test_timer.start()

    def close(self) -> None:
        """Take the window away, for good."""
        self.window.close()

    # ------------------------------------------------------------ what happens

    def _on_order(self, state: object) -> None:
        if isinstance(state, OrderState):
            self._show(self._desk.of_order(state))

    def _on_changes(self, topics: object) -> None:
        if isinstance(topics, frozenset) and topics & _WATCHED:
            self._set(house_name=self._desk.house_name)
            self._show_order()

    def _on_told(self, state: object) -> None:
        """A sale is finished, or a code came or went; told on another thread a moment ago."""
        if isinstance(state, PayingByCode):
            if self._desk.code is state:
                self._show_code(state)
        elif isinstance(state, Thanks):
            self._thanks_timer.start()
            self._show(state)
        elif isinstance(state, Idle):
            self._second_timer.stop()
            self._show_order()

    def _show_order(self) -> None:
        order = self._board.state
        self._show(self._desk.of_order(order) if order is not None else Idle())

    def _show(self, page: CustomerState) -> None:
        """Show a page unless a more urgent one is shown: a code before all, thanks for a while."""
        if self._desk.code is not None and not isinstance(page, PayingByCode):
            return
        if self._thanks_timer.isActive() and isinstance(page, Idle):
            return
        if isinstance(page, Ordering):
            self._thanks_timer.stop()
        self._second_timer.stop()
        self._set(page=page, pay_code=None, seconds_left=None)
        self._show_lines()

    def _show_code(self, code: PayingByCode) -> None:
        self._thanks_timer.stop()
        self._set(page=code, pay_code=self._codes.get(code.payload), seconds_left=None)
        self._show_lines()
        self._make_code(code.payload)
        if code.until is not None:
            self._count_down()
            self._second_timer.start()

    def _count_down(self) -> None:
        page = self._state.page
        if not isinstance(page, PayingByCode) or page.until is None:
            self._second_timer.stop()
            return
        left = int((page.until - self._clock.now()).total_seconds())
        self._set(seconds_left=max(left, 0))

    def _on_thanks_over(self) -> None:
        if isinstance(self._state.page, Thanks):
            self._show_order()

    def _on_test_over(self) -> None:
        self._set(is_test=False)

    # ------------------------------------------------------------ made on a lane

    def _make_code(self, text: str) -> None:
        if not text or text in self._codes:
            return
        self._ops.run(
            lambda: qr_dots(text),
            success=lambda dots: self._on_code(text, dots),
            lane=Lane.QUERY,
            owner=self,
        )

    def _on_code(self, text: str, dots: QrDots | None) -> None:
        page = self._state.page
        join = self._setup.join_url
        # Codes to pay by are used once; only what is shown is kept.
        kept = {join, page.payload if isinstance(page, PayingByCode) else join}
        self._codes = {key: code for key, code in self._codes.items() if key in kept}
        self._codes[text] = dots
        if text == join:
            self._set(join_code=dots)
        if isinstance(page, PayingByCode) and page.payload == text:
            self._set(pay_code=dots)

    def _on_picture(self, setup: CustomerSetup, picture: Picture | None) -> None:
        if setup is self._setup:
            self._set(advert=replace(self._state.advert, picture=picture))

    # ------------------------------------------------------------ state

    def _show_lines(self) -> None:
        if self._lines is not None:
            lines = two_lines(self._state.page, self._state.house_name, language())
            self._lines.show_lines(lines.first, lines.second)

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # its fields
        self.view.show_state(self._state)

    def _timer(self, interval_ms: int, over: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(over)
        return timer
