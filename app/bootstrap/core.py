"""A till without its screens: store, use cases, devices, and the way to the service.

    core = Core(settings, listener)      nothing is opened
    core.open()                          store and use cases; quick, before the first screen
    core.connect()                       devices, printing, own or remote service, sync; after it
    core.close()

`open` and `connect` belong on a lane, never on the GUI thread. What happens later (device states,
scans, sync states, changes of the store) is told to the listener on the thread it happens on.
"""

import contextlib
import logging
from typing import Protocol

from app.bootstrap.codes import CodeReader
from app.bootstrap.late import LateLoyalty
from app.bootstrap.marking import make_marking
from app.bootstrap.own_service import OwnService, ServiceAddress
from app.bootstrap.rig import Rig
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import AppError
from app.kernel.ids import Ids, SystemIds
from app.settings import Settings
from app.store.engine import Store
from app.store.session import Topic
from app.sync.state import Link, SyncState
from app.till.house import TillSettings
from app.till.till import Parts, Till
from drivers.api.device import DeviceKind, DeviceState, Health
from drivers.api.scanner import Scan

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what happens; every call comes on the thread it happens on."""

    def on_sync(self, state: SyncState) -> None:
        """The connection or the queue changed."""
        ...

    def on_device(self, state: DeviceState) -> None:
        """A device changed its state."""
        ...

    def on_scan(self, scan: Scan) -> None:
        """A serial scanner read a code."""
        ...

    def on_change(self, topics: frozenset[Topic]) -> None:
        """Something was committed to the store."""
        ...


class Core:
    """One till without screens.

    Args:
        settings: Of the till.
        listener: Told what happens.
        clock: The time; the machine's by default.
        ids: Draws ids; the system's randomness by default.
    """

    def __init__(
        self,
        settings: Settings,
        listener: Listener,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.ids = ids or SystemIds(self.clock)
        self._listener = listener
        self.codes = CodeReader()
        self._loyalty = LateLoyalty()
        self._link = _LateLink()
        self.rig = Rig(
            settings.devices,
            state_folder=settings.home,
            on_state=self._on_device,
            on_scan=self._on_scan,
        )
        self._marking = make_marking(settings.marking, self.clock)
        self.rig.devices.marking = self._marking
        self._own: OwnService | None = None
        self.store: Store | None = None
        self._till: Till | None = None

    @property
    def till(self) -> Till:
        """The use cases; only after `open`."""
        assert self._till is not None, "the till is not open"
        return self._till

    @property
    def own_service(self) -> OwnService | None:
        """The service this till runs for itself, if it does."""
        return self._own

    @property
    def is_online(self) -> bool:
        """Tell whether the service answered lately."""
        return self._link.is_online()

    def open(self) -> Till:
        """Open the store and put the use cases together.

        Raises:
            AppError: The store cannot be used (another till runs, a newer or foreign file).
        """
        store = self.store = Store.open(self.settings.home, self.clock)
        self._till = Till(
            Parts(
                store=store,
                clock=self.clock,
                ids=self.ids,
                gateway=self._loyalty,
                classify=self.codes,
                devices=self.rig.devices,
                is_online=self._link.is_online,
                wake_sync=self._link.wake,
                settings=TillSettings(
                    cash_rounding_minor=self.settings.cash_step_minor,
                    is_blind_count=self.settings.blind_count,
                    shift_hours=self.settings.shift_hours,
                    sells_without_marks=self.settings.sells_without_marks,
                ),
            )
        )
        if self._till.session.is_pin_only != self.settings.pin_only:
            self._till.session.set_pin_only(on=self.settings.pin_only)
        store.subscribe(self._listener.on_change)
        return self._till

    def connect(self) -> None:
        """Start devices, printing and the way to the service."""
        self.rig.supervisor.start()
        self.till.printing.start()
        self.till.fiscal.start()
        self.till.late_money.start()
        self.rig.on_printer = self.till.printing.start
        self.rig.on_notice = self._ask_bank
        if self._marking is not None:
            self._marking.warm()
        if self.settings.has_own_service:
            self._own = OwnService(self._reach)
            self._own.start()
        else:
            self._reach(
                ServiceAddress(
                    self.settings.service_url,
                    self.settings.api_key,
                    installation_id="",
                    restaurant_id=self.settings.restaurant_id,
                )
            )

    def _ask_bank(self) -> None:
        """Ask about the code on the screen and those given up; on a thread of the bank's receiver."""
        with contextlib.suppress(AppError):  # the screen asks anyway
            self.till.checkout.poll_sbp()
        self.till.late_money.hurry()  # it may be about a code that was given up

    def sync_now(self) -> None:
        """Send and fetch everything at once."""
        self._link.sync_now()

    def close(self) -> None:
        """End everything in the order that loses nothing. Repeatable."""
        self._link.stop()
        if self._till is not None:
            self._till.close()
        stuck = self.rig.supervisor.stop()
        if stuck:
            log.warning("devices did not let go: %s", ", ".join(stuck))
        if self._own is not None:
            self._own.stop()
            self._own = None
        if self.store is not None:
            self.store.close()
            self.store = None

    def _reach(self, address: ServiceAddress) -> None:
        """Make the client and start the sync; on the caller's thread."""
        # Loading the HTTP library takes longer than showing the first screen does.
        from app.bootstrap.link import make_link  # noqa: PLC0415 - as said above

        link, loyalty = make_link(self, address, self.settings.terminal_id)
        self._loyalty.attach(loyalty)
        self._link.attach(link)

    def _on_scan(self, scan: Scan) -> None:
        """Tell a code on; on the scanner's thread."""
        if scan.doubt:
            self.codes.note_doubt(scan.text)
        self._listener.on_scan(scan)

    def _on_device(self, state: DeviceState) -> None:
        """Have what waited for the register made as soon as it is back; on the device's thread."""
        self._listener.on_device(state)
        is_back = state.kind is DeviceKind.FISCAL and state.health is Health.ONLINE
        if is_back and self._till is not None:
            self._till.fiscal.hurry()

    def on_sync(self, state: SyncState) -> None:
        """Take over what the sync measured and tell it on; on the sync thread."""
        if state.clock_offset_ms is not None:
            self.till.set_clock_offset(state.clock_offset_ms)
        self._listener.on_sync(state)


class RunningLink(Protocol):
    """The sync once it runs."""

    @property
    def state(self) -> SyncState:
        """The latest state."""
        ...

    def wake(self) -> None:
        """Look at once whether something is due."""
        ...

    def sync_now(self) -> None:
        """Send and fetch everything at once."""
        ...

    def stop(self) -> bool:
        """Stop; tell whether it ended in time."""
        ...


class _LateLink:
    """The sync before and after it exists."""

    def __init__(self) -> None:
        self._real: RunningLink | None = None
        self._stopped = False

    def attach(self, real: RunningLink) -> None:
        self._real = real
        if self._stopped:
            real.stop()

    def is_online(self) -> bool:
        return self._real is not None and self._real.state.link is Link.ONLINE

    def wake(self) -> None:
        if self._real is not None:
            self._real.wake()

    def sync_now(self) -> None:
        if self._real is not None:
            self._real.sync_now()

    def stop(self) -> None:
        self._stopped = True
        if self._real is not None:
            self._real.stop()
