"""The program's windows: Qt is set up, the window and the shared services of screens are made.

    bootstrap -> make_application() -> TillUi(till, preferences, places) -> add_* screens -> start()

`TillUi` owns what every screen needs: lanes, messages, sounds, the window, the order board, a
senior's approval. Screens get these parts and the till's use cases, never each other.
"""

import logging
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from time import perf_counter
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.kernel.clock import Clock
from app.kernel.errors import BugError
from app.till.till import Till
from app.ui import theme
from app.ui.breath import breath
from app.ui.bridge import Bridge, Sound
from app.ui.changes import Changes
from app.ui.day_theme import DayTheme
from app.ui.frame.approval import Approvals
from app.ui.frame.kitchen_watch import KitchenWatch
from app.ui.frame.money_watch import MoneyWatch
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.receipt_watch import ReceiptWatch
from app.ui.frame.screen import Screen, ScreenId, ScreenMaker
from app.ui.frame.tools import Tools
from app.ui.frame.top_presenter import TopPresenter
from app.ui.garbage import Sweeper
from app.ui.idle_lock import IdleLock
from app.ui.ops import Ops
from app.ui.preferences import Look, PreferencesPort
from app.ui.rehearsal import rehearse
from app.ui.sale.order_actions import OrderActions
from app.ui.sale.presenter import SaleScreen
from app.ui.sale.tools import SaleTools
from app.ui.scan_input import Detector, ScanInput
from app.ui.sounds import Sounds
from app.ui.text import tr
from app.ui.window import MainWindow

log = logging.getLogger(__name__)

CLOCK_TICK_MS: Final = 1_000
THREAD_SWITCH_S: Final = 0.000_1
#: Between two late screens a tap is answered.
LATE_SCREEN_MS: Final = 10


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the Qt application with the look of the till; there is one per process."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(arguments))
    # A lane that computes lets the GUI thread in after this time, not after the usual 5 ms.
    sys.setswitchinterval(THREAD_SWITCH_S)
    app.setApplicationName("maxloyalty")
    app.setApplicationDisplayName("Max Loyalty Cashier")
    theme.install(app)
    return app


class TillUi(QObject):
    """What all screens share, and the sale itself.

    Args:
        till: The use cases.
        preferences: Keeps theme, size, language, volume.
        clock: The time.
        places: Places of the top bar.

    Attributes:
        scanned_outside: Emit this from any thread to bring in the code of a serial or camera scan.
        ticked: Once a second, for clocks and countdowns.
        all_made: `make_late_screens` is through.
    """

    scanned_outside = Signal(str)
    ticked = Signal()
    all_made = Signal()

    def __init__(
        self,
        till: Till,
        preferences: PreferencesPort,
        clock: Clock,
        *,
        places: tuple[str, ...] = ("sale", "orders", "shift"),
    ) -> None:
        super().__init__()
        self._sweeper = Sweeper(self)
        self._rehearsal: Iterator[None] | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(LATE_SCREEN_MS)
        self._idle.timeout.connect(self._draw_hidden)
        self.till = till
        self.bridge = Bridge()
        self.sounds = Sounds()
        self.look = Look(preferences, self.sounds)
        self.look.apply()
        self.ops = Ops(self.bridge)
        self.window = MainWindow(self.bridge, places=places)
        self.board = OrderBoard(self.window.panel)
        self.approvals = Approvals(
            self.ops,
            till.session,
            self.bridge,
            open_dialog=lambda dialog, size: self.window.open_dialog(dialog, size_px=size),
            close_dialog=self.window.close_dialog,
            window=self.window,
        )
        self.changes = Changes()
        self.tools = Tools(
            ops=self.ops,
            bridge=self.bridge,
            approvals=self.approvals,
            stage=self.window,
            board=self.board,
            changes=self.changes,
            clock=clock,
        )
        sale_tools = SaleTools(
            till=till,
            ops=self.ops,
            approvals=self.approvals,
            board=self.board,
            bridge=self.bridge,
            window=self.window,
            go=self.go,
        )
        self.actions = OrderActions(sale_tools, self.look)
        self.sale = SaleScreen(sale_tools, self.actions)
        self.top = TopPresenter(self.window.top_bar, self.board, till, clock)
        self.receipts = ReceiptWatch(self.tools, till, self.top)
        self.kitchen = KitchenWatch(self.tools, till)
        self.late_money = MoneyWatch(self.tools, till)
        self.scan_input: ScanInput | None = None
        self.idle_lock: IdleLock | None = None
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setInterval(CLOCK_TICK_MS)
        self._timer.timeout.connect(self.ticked)
        self._timer.timeout.connect(self.top.render)
        self._connect_signals()
        self.add(self.sale)
        self.add_late({ScreenId.DISCOUNT: self._make_discount})

    def _make_discount(self) -> Generator[None, None, Screen]:
        # Selling begins without it; the till loads it on a lane.
        from app.ui.sale import discount, discount_view  # noqa: PLC0415 -- see above

        yield
        parts = discount_view.DiscountParts()
        yield from parts.steps()
        view = discount_view.DiscountView(parts)
        yield
        return discount.DiscountScreen(
            self.till, self.approvals, self.board, self.bridge, self.go, view
        )

    def add(self, screen: Screen) -> None:
        """Give a screen its place in the window."""
        self.window.add(screen)

    def add_late(self, screens: Mapping[ScreenId, ScreenMaker]) -> None:
        """Have screens made when they are shown first, or when the till is idle."""
        for screen_id, make in screens.items():
            self.window.add_late(screen_id, make)

    def make_late_screens(self) -> None:
        """Make the missing screens step by step while nothing else is to be done."""
        if not self._timer.isActive():
            return
        started = perf_counter()
        is_more = not self.ops.idle() or self.window.prepare_screens() or self._rehearse()
        breath().after(started)
        if is_more:
            QTimer.singleShot(LATE_SCREEN_MS, self, self.make_late_screens)
        else:
            self._sweeper.settle()
            self.all_made.emit()

    def _draw_hidden(self) -> None:
        """Draw what is behind the sign-in while its cashier is still looking for the name."""
        started = perf_counter()
        if self._timer.isActive() and (not self.ops.idle() or self.window.draw_hidden()):
            self._idle.start()
        breath().after(started)

    def _rehearse(self) -> bool:
        """Take a step of the rehearsal; False when it is over."""
        if self._rehearsal is None:
            self._rehearsal = rehearse((self.sale.modifiers.view, self.window.till_page))
        return next(self._rehearsal, self) is None

    def go(self, screen_id: ScreenId) -> None:
        """Show a screen; one that this till does not have is said to be missing."""
        if self.window.has(screen_id):
            self.window.go(screen_id)
        else:
            self.bridge.toast(tr("This till has no such screen"), key="no-screen")

    def watch_keys(self, detector: Detector) -> None:
        """Take scans out of what is typed; before the window is shown."""
        self.scan_input = ScanInput(detector, lambda: self.window.press_key("Backspace"))
        self.scan_input.scanned.connect(self.window.deliver_scan)
        self.window.native_ready.connect(self.scan_input.watch)

    def lock_when_idle(self, seconds: int) -> None:
        """Ask for the PIN after so many seconds without input; before the window is shown.

        Args:
            seconds: How long nothing may come; 0 never locks.
        """
        if not seconds:
            return
        self.idle_lock = IdleLock(
            seconds, self._clock, may_lock=self._may_lock, lock=self._lock, parent=self
        )
        self.window.native_ready.connect(self.idle_lock.watch)
        self.scanned_outside.connect(self.idle_lock.touch)

    def follow_the_hour(self) -> None:
        """Be dark in the evening and light by day, in the venue's time."""
        house = self.till.house
        day = DayTheme(
            self.look,
            lambda: self._clock.now().astimezone(house.zone),
            lambda: not self._is_paying,
            parent=self,
        )
        self.ticked.connect(day.tick)

    @property
    def _is_paying(self) -> bool:
        screen = self.window.current
        return screen is not None and screen.screen_id is ScreenId.PAYMENT

    def _may_lock(self) -> bool:
        """Tell whether somebody is signed in and nothing is under way, money least of all."""
        screen = self.window.current
        is_locked = screen is not None and screen.screen_id is ScreenId.LOGIN
        is_held = screen is not None and screen.is_money_moving
        is_signed_in = self.till.session.person is not None
        return is_signed_in and not is_locked and not is_held and self.ops.idle()

    def _lock(self) -> None:
        """Sign out, so that the login screen cannot be left without a PIN; the order stays."""
        log.info("locked: nobody was here")
        self.till.session.lock()
        self.go(ScreenId.LOGIN)

    def start(self, first: ScreenId, *, full_screen: bool = False) -> None:
        """Show the window with a screen on top."""
        self.go(first)
        if full_screen:
            self.window.showFullScreen()
        else:
            self.window.show()
        self._timer.start()
        self._idle.start()
        if self.idle_lock is not None:
            self.idle_lock.start()
        self._sweeper.keep_all()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Finish the work in hand and let go of threads; False if something hangs."""
        self._timer.stop()
        self._sweeper.stop()
        if self.idle_lock is not None:
            self.idle_lock.stop()
        if self.window.current is not None:
            self.window.current.on_leave()  # its timers and camera must not outlive the lanes
        finished = self.ops.close(timeout_s)
        self.sounds.close()
        return finished

    def _connect_signals(self) -> None:
        self.bridge.sound_wanted.connect(self._on_sound)
        self.changes.happened.connect(self._on_changes)
        self.scanned_outside.connect(self.window.deliver_scan, Qt.ConnectionType.QueuedConnection)
        self.window.screen_changed.connect(self.top.show_screen)
        self.window.undrawn.connect(self._idle.start)
        self.window.panel.language_changed.connect(self.top.render)
        self.window.scanned.connect(self.sale.take_scan)
        self.window.unhandled_key.connect(self._on_key)
        self.window.top_bar.place_chosen.connect(self._on_place)
        self.window.top_bar.chip_tapped.connect(self._on_chip)

    def _on_sound(self, sound: object) -> None:
        if isinstance(sound, Sound):
            self.sounds.play(sound)

    def _on_changes(self, topics: object) -> None:
        if isinstance(topics, frozenset) and topics & {"menu", "stops"}:
            self.sale.menu_changed()

    def _on_key(self, key: str) -> None:
        if key == "F11":
            self.go(ScreenId.LOGIN)
        elif key == "F1":
            self.actions.show_help()
        elif key == "F5":
            self.go(ScreenId.SYNC)

    def _on_place(self, place: str) -> None:
        targets: dict[str, Callable[[], object]] = {
            "sale": lambda: self.go(ScreenId.SALE),
            "orders": lambda: self.go(ScreenId.ORDERS),
            "shift": lambda: self.go(ScreenId.SHIFT),
            "more": self.actions.show_more,
        }
        if place in targets:
            targets[place]()

    def _on_chip(self, chip: str) -> None:
        targets: dict[str, Callable[[], object]] = {
            "held": self.actions.show_held,
            "sync": lambda: self.go(ScreenId.SYNC),
            "cashier": lambda: self.go(ScreenId.LOGIN),
        }
        if chip in targets:
            targets[chip]()


def catch_faults(bridge: Bridge) -> None:
    """Log every error that nobody caught and say one sentence; the till goes on."""

    def on_error(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught error", exc_info=(kind, error, trace))
        bridge.show_error(BugError(repr(error)))

    def on_thread_error(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            on_error(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
