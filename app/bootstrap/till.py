"""`maxloyalty till`: the windows over a `Core`.

    run_till -> Core.open (before the first window) -> TillProgram (windows) -> start
             -> Core.connect (devices, service) on a lane, after the first picture

Whatever a device or the sync thread tells goes through one `Relay` to the GUI thread.
"""

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.bootstrap.calibrating import Calibrator
from app.bootstrap.core import Core
from app.bootstrap.customer import CustomerBook
from app.bootstrap.device_book import DeviceBook
from app.bootstrap.finding import find_devices
from app.bootstrap.line_displays import LineDisplays
from app.bootstrap.preferences import FilePreferences
from app.bootstrap.scanning import WedgeDetector
from app.bootstrap.screens import devices_screen, late_screens, load_late_screens
from app.bootstrap.signals import EndSignals
from app.domain.sale import SaleState
from app.kernel.errors import AppError
from app.kernel.late import LateModule
from app.kernel.log import set_up_logging
from app.kernel.turns import turns
from app.kernel.version import VERSION
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import Link, Notice, SyncState
from app.till import texts
from app.till.camera import CameraEye
from app.till.customer_setup import CustomerSetup, ScreenMode
from app.till.equipment import Equipment
from app.till.equipment_cards import screen_card
from app.till.equipment_states import Card
from app.till.equipment_words import words_of_kind
from app.till.order import OrderState
from app.till.recovery import Recovered
from app.till.till import Till
from app.till.words import Words
from app.ui.app import TillUi, catch_faults, make_application
from app.ui.bridge import Sound, Tone
from app.ui.device_icons import icon_of
from app.ui.devices.guest_screen import GuestScreen
from app.ui.frame.screen import ScreenId
from app.ui.frame.top_presenter import LinkState, SyncLight
from app.ui.login.presenter import About, LoginPresenter
from app.ui.login.state import Health as FactHealth
from app.ui.login.state import HealthFact
from app.ui.ops import Lane
from app.ui.sale.state import ScannerHealth
from app.ui.shift.open_state import Check
from app.ui.start_failure import StartFailure
from app.ui.sync.state import Exchange, Light
from app.ui.text import language
from drivers.api.device import DeviceKind, DeviceState, Health
from drivers.api.scanner import Scan

if TYPE_CHECKING:
    from app.ui.customer import presenter as customer
    from app.ui.customer import window as customer_window
else:
    customer = LateModule("app.ui.customer.presenter")
    customer_window = LateModule("app.ui.customer.window")

log = logging.getLogger(__name__)

#: Loading the HTTP library takes the interpreter away from the first screens.
CONNECT_AFTER_MS: Final = 250
#: Somebody is typing a PIN by then, or already sells.
LATE_SCREENS_AFTER_MS: Final = 1_000
#: How often another thread may load a module while the till starts.
TURN_MS: Final = 1

_MENU_TOAST: Final = "menu"
_MENU_REFUSED: Final = Words(
    "Новое меню не принято. Касса продаёт по прежнему",
    "The new menu was refused. The till sells by the old one",
)


class Relay(QObject):
    """Carries what happens on other threads to the GUI thread; a `core.Listener`.

    Attributes:
        synced: A `SyncState`.
        device_changed: A `DeviceState`.
        scanned: The text of a scan.
        scanned_by: The id of the device that brought it.
        stored: Topics of a commit.
    """

    synced = Signal(object)
    device_changed = Signal(object)
    scanned = Signal(str)
    scanned_by = Signal(str)
    stored = Signal(object)

    def on_sync(self, state: SyncState) -> None:
        """The connection or the queue changed."""
        self.synced.emit(state)

    def on_device(self, state: DeviceState) -> None:
        """A device changed its state."""
        self.device_changed.emit(state)

    def on_scan(self, scan: Scan) -> None:
        """A serial scanner read a code."""
        self.scanned.emit(scan.text)
        self.scanned_by.emit(scan.device_id)

    def on_change(self, topics: frozenset[Topic]) -> None:
        """Something was committed to the store."""
        self.stored.emit(topics)


class TillProgram(QObject):
    """The windows of an open till.

    Args:
        core: Open.
        relay: The one that was given to the core.
        settings: Of the till.

    Created, used and closed on the GUI thread.
    """

    def __init__(self, core: Core, relay: Relay, settings: Settings) -> None:
        super().__init__()
        self.core = core
        self._devices: dict[str, DeviceState] = {}
        self._exchange = Exchange()
        self._menu_notice: Notice | None = None
        venue_now = core.clock.now().astimezone(core.till.house.zone)
        self.ui = TillUi(core.till, FilePreferences(settings, venue_now), core.clock)
        catch_faults(self.ui.bridge)
        self._wedge = WedgeDetector(settings.wedge, on_doubt=core.codes.note_doubt)
        self.ui.watch_keys(self._wedge)
        if core.rig.camera is not None:
            self.ui.sale.marking.use_camera(CameraEye(core.rig.camera, core.clock))
        self.ui.lock_when_idle(settings.lock_after_s)
        if settings.theme == "time":
            self.ui.follow_the_hour()
        self.login = LoginPresenter(
            self.ui.tools, core.till, About(VERSION), self._health, self.ui.look.speak
        )
        self.ui.add(self.login)
        self.ui.add_late(
            late_screens(core, self.ui.tools, checks=self._checks, exchange=lambda: self._exchange)
        )
        self._line_displays = LineDisplays(core.rig)
        self.customer_book = CustomerBook(settings)
        self.customer: customer.CustomerPresenter | None = None
        self.equipment = Equipment(
            core.till, core.rig, DeviceBook(settings, self._wedge.take), find_devices, core.clock
        )
        self.equipment.screen_card = self._screen_card
        self.ui.add_late(
            devices_screen(
                core,
                self.ui.tools,
                self.equipment,
                self._guest_screen(),
                Calibrator(core.rig, self._wedge),
            )
        )
        self._connecting = self._later(
            lambda: self.ui.ops.run(self._bring_up, success=self._on_recovered, lane=Lane.DEVICE)
        )
        self._late = self._later(self._make_late_screens)
        self._turns = QTimer(self)
        self._turns.setInterval(TURN_MS)
        self._turns.timeout.connect(turns.come_round)
        self._connect_signals(relay)

    @property
    def till(self) -> Till:
        """The use cases."""
        return self.core.till

    def start(self, *, full_screen: bool = False) -> None:
        """Show the window, then bring up devices and the service."""
        turns.begin()
        self._turns.start()
        self.ui.start(ScreenId.LOGIN, full_screen=full_screen)
        QTimer.singleShot(0, self._after_first_picture)

    def close(self) -> None:
        """End the windows' work, then everything else."""
        self._connecting.stop()
        self._late.stop()
        self._end_turns()
        if self.customer is not None:
            self.customer.close()
        self.ui.close()
        self.core.close()

    # ------------------------------------------------------------ start

    def _after_first_picture(self) -> None:
        for event in self.core.store.events if self.core.store else ():
            self.ui.bridge.toast(Words(event.ru, event.en).text(language()), sticky=True)
        for problem in self.core.rig.left_out:
            self.ui.bridge.toast(problem.text(language()), detail=str(problem), sticky=True)
        self._connecting.start(CONNECT_AFTER_MS)
        self._late.start(LATE_SCREENS_AFTER_MS)

    def _later(self, work: Callable[[], object]) -> QTimer:
        """Return a timer that does something once, unless the till is closed before."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(work)
        return timer

    def _make_late_screens(self) -> None:
        self.ui.ops.run(load_late_screens, success=self._on_late_loaded, lane=Lane.NET)

    def _on_late_loaded(self, _nothing: None) -> None:
        self._make_customer()
        self.ui.make_late_screens()

    def _make_customer(self) -> None:
        """Make the guest's display; it shows itself if there is a screen for it."""
        self.customer = customer.CustomerPresenter(
            desk=self.till.customer,
            board=self.ui.board,
            ops=self.ui.ops,
            changes=self.ui.changes,
            clock=self.core.clock,
            till_window=self.ui.window,
            screens=customer_window.DesktopScreens(self),
        )
        self.customer.moved.connect(lambda _shown: self.ui.changes.notify({"devices"}))
        self.customer.add_lines(self._line_displays)
        try:
            self.customer.set_up(self.customer_book.load())
        except AppError as error:
            self.ui.bridge.toast(error.text(language()), detail=error.code, sticky=True)

    def _end_turns(self) -> None:
        self._turns.stop()
        turns.end()

    def _bring_up(self) -> Recovered:
        """Connect, then resolve what the last run left open; on the device lane."""
        self.core.connect()
        return self.till.recover()

    def _on_recovered(self, recovered: Recovered) -> None:
        """Tell what was found, and show the order of the last run to a cashier who was quicker."""
        self.ui.receipts.look()
        for words in recovered.words:
            self.ui.bridge.toast(words.text(language()), sticky=True)
        if recovered.is_refund_open:
            self.ui.bridge.toast(
                texts.REFUND_UNKNOWN.text(language()), tone=Tone.WARNING, sticky=True
            )
        if self.till.session.person is not None:
            self.ui.ops.run(self.till.sale.state, success=self._show_order)

    def _show_order(self, state: OrderState) -> None:
        self.ui.board.publish(state)
        if state.order.state is SaleState.PAYING:
            self.ui.go(ScreenId.PAYMENT)

    def _connect_signals(self, relay: Relay) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        relay.synced.connect(self._on_sync, queued)
        relay.device_changed.connect(self._on_device, queued)
        relay.stored.connect(self._on_stored, queued)
        relay.scanned.connect(self.ui.scanned_outside)
        relay.scanned_by.connect(self._on_scanned_by, queued)
        if self.ui.scan_input is not None:
            self.ui.scan_input.scanned.connect(lambda _text: self._on_scanned_by(""))
        self.ui.all_made.connect(self._end_turns)

    # ------------------------------------------------------------ what happens

    def _on_sync(self, state: SyncState) -> None:
        links = {Link.ONLINE: LinkState.ONLINE, Link.OFFLINE: LinkState.OFFLINE}
        link = LinkState.DECISION if state.conflicts else links.get(state.link, LinkState.TROUBLE)
        self.ui.top.show_sync(
            SyncLight(link, state.pending, state.conflicts, self._venue_time(state))
        )
        notice = Words(state.notice.ru, state.notice.en) if state.notice else None
        self._exchange = Exchange(
            Light(state.link.value), self._venue_time(state), state.sent, state.total, notice
        )
        self._tell_menu(state.menu_notice)
        self.ui.changes.notify({"sync"})

    def _tell_menu(self, notice: Notice | None) -> None:
        """Say once why a new menu was not taken, until there is one that is."""
        if notice == self._menu_notice:
            return
        self._menu_notice = notice
        if notice is None:
            self.ui.bridge.withdraw(_MENU_TOAST)
            return
        self.ui.bridge.toast(
            _MENU_REFUSED.text(language()),
            detail=notice.text(language()),
            tone=Tone.WARNING,
            sticky=True,
            key=_MENU_TOAST,
            sound=Sound.WARNING,
        )

    def _venue_time(self, state: SyncState) -> datetime | None:
        if state.last_sync_at is None:
            return None
        return state.last_sync_at.astimezone(self.till.house.zone)

    def _on_stored(self, topics: frozenset[Topic]) -> None:
        if self.till.wants_reload(topics):
            self.ui.ops.run(
                self.till.reload, success=lambda _: self.ui.changes.notify(topics), lane=Lane.QUERY
            )
        else:
            self.ui.changes.notify(topics)

    def _on_device(self, state: DeviceState) -> None:
        self._devices[state.id] = state
        if state.kind is DeviceKind.SCANNER:
            online = state.probe.health is Health.ONLINE
            self.ui.sale.set_scanner(ScannerHealth.READY if online else ScannerHealth.MISSING)
        elif state.kind is DeviceKind.DISPLAY and state.health is Health.ONLINE:
            self._line_displays.show_again()
        self.ui.changes.notify({"devices"})

    def _known_states(self) -> tuple[DeviceState, ...]:
        """Return the last states of the devices that are still in the settings."""
        known = {config.id for config in self.core.rig.configs()}
        return tuple(state for state in self._devices.values() if state.id in known)

    def _on_scanned_by(self, device_id: str) -> None:
        self.equipment.note_scan(device_id)
        self.ui.changes.notify({"devices"})

    def _screen_card(self) -> Card | None:
        """Return the card of the guest's display; None before it is made. Any thread."""
        if self.customer is None:
            return None
        shown = self.customer.shown
        place = (shown.screen, shown.width, shown.height) if shown.width else None
        is_on = self.customer_book.mode is not ScreenMode.OFF
        return screen_card(place, is_on=is_on, in_window=shown.in_window)

    def _guest_screen(self) -> GuestScreen:
        """Return what the devices screen does with the guest's display."""

        def show_test() -> None:
            if self.customer is not None:
                self.customer.show_test()

        def set_up(setup: CustomerSetup) -> None:
            if self.customer is not None:
                self.customer.set_up(setup)

        book = self.customer_book

        def load() -> CustomerSetup:
            try:
                return book.load()
            except AppError:  # it was told at the start; here it can be put right
                return CustomerSetup(book.mode)

        return GuestScreen(show_test, load, book.save, set_up)

    def _health(self) -> tuple[HealthFact, ...]:
        """Return how the devices are, for the foot of the login screen."""
        return tuple(
            HealthFact(
                icon_of(state.kind),
                FactHealth.OK if state.health is Health.ONLINE else FactHealth.WARNING,
                Words(
                    f"{words_of_kind(state.kind).name.ru}: {state.words('ru')}",
                    f"{words_of_kind(state.kind).name.en}: {state.words('en')}",
                ),
            )
            for state in self._known_states()
        )

    def _checks(self) -> tuple[Check, ...]:
        """Return how the devices are, for the opening of a shift."""
        return tuple(
            Check(
                words_of_kind(state.kind).name,
                Words(state.words("ru"), state.words("en")),
                is_ok=state.health is Health.ONLINE,
            )
            for state in self._known_states()
        )


def run_till() -> int:
    """Open the till and run it until it is closed or asked to end; return the exit status."""
    settings = Settings.load()
    set_up_logging(settings.home / "logs", "till")
    app = make_application(sys.argv)
    with EndSignals() as signals:
        signals.asked.connect(app.quit)
        return _run(app, settings, signals)


def _run(app: QApplication, settings: Settings, signals: EndSignals) -> int:
    relay = Relay()
    core = Core(settings, relay)
    try:
        core.open()
    except AppError as error:
        return _tell_failure(app, core, error)
    program = TillProgram(core, relay, settings)
    program.ui.window.closing.connect(app.quit)
    signals.asked.connect(program.ui.window.close)
    program.start()
    log.info("the till is open")
    status = app.exec()
    program.close()
    log.info("the till is closed")
    return status


def _tell_failure(app: QApplication, core: Core, error: AppError) -> int:
    """Say why the till cannot start and end with 1."""
    log.error("the till cannot start: %s", error)
    core.close()
    window = StartFailure(error.text(language()), error.code)
    window.closed.connect(app.quit)
    window.show()
    app.exec()
    return 1
