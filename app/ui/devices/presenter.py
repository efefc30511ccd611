"""The devices: shows how each is, runs tests, looks for new ones, opens the dialog of one (S12)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.kernel.errors import AppError
from app.till.camera import CameraEye
from app.till.equipment import Equipment
from app.till.equipment_ports import ScannerCalibrator
from app.till.equipment_states import (
    EquipmentState,
    Found,
    Trial,
    TrialResult,
)
from app.till.order import Approval
from app.ui.bridge import Sound, Tone
from app.ui.dates import say
from app.ui.devices.detail_flow import DetailFlow
from app.ui.devices.guest_screen import GuestScreen
from app.ui.devices.state import DevicesState
from app.ui.devices.view import DevicesView
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.text import tr

SEARCH_EVERY_MS: Final = 30_000
_WATCHED: Final = frozenset({"devices", "config"})


class DevicesPresenter(QObject, BaseScreen):
    """Shows the devices.

    Args:
        tools: Lanes, window and the rest.
        equipment: The use cases.
        screen: The guest's display.
        eye_of: Returns a camera by its id for a look through it, None if there is none; on a lane.
        calibrator: Learns scanners.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.DEVICES
    placement = Placement.FULL

    def __init__(
        self,
        tools: Tools,
        equipment: Equipment,
        screen: GuestScreen,
        eye_of: Callable[[str], CameraEye | None],
        calibrator: ScannerCalibrator,
        view: DevicesView | None = None,
    ) -> None:
        super().__init__()
        self._tools, self._equipment, self._screen = tools, equipment, screen
        self._state = DevicesState()
        self._is_shown = False
        self._from_network: tuple[Found, ...] = ()
        self.view = view or DevicesView()
        self.detail = DetailFlow(
            tools, equipment, screen, eye_of, self.load, self.view.detail, calibrator
        )
        self._search_timer = QTimer(self)
        self._search_timer.setInterval(SEARCH_EVERY_MS)
        self._search_timer.timeout.connect(self.search)
        self._connect_signals()

    @property
    def state(self) -> DevicesState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen
    @override
    def on_enter(self) -> None:
        """Show all devices and begin to look for others."""
        self._is_shown = True
        self.view.setFocus()
        self.load()
        self.search()
        self._search_timer.start()

    @override
    def on_leave(self) -> None:
        """Stop looking."""
        self._is_shown = False
        self._search_timer.stop()
        self.detail.leave()

    @override
    def on_key(self, key: str) -> bool:
        """F5 checks everything, Esc goes back to the sale."""
        if key == "F5":
            self.check_all()
        elif key == "Esc":
            self.leave()
        else:
            return False
        return True

    @override
    def on_scan(self, text: str) -> bool:
        """Show a code that a test waits for."""
        return self.detail.take_scan(text)

    def leave(self) -> None:
        """Go back to the sale."""
        self._tools.stage.go(ScreenId.SALE)

    # ------------------------------------------------------------ intents
    def load(self) -> None:
        """Show the devices as they are now."""
        self._tools.ops.run(self._equipment.state, success=self._on_loaded, lane=Lane.QUERY)

    def search(self) -> None:
        """Look for devices that are connected and not used."""
        self._search(network=False)

    def search_network(self) -> None:
        """Look through the local network, too: a person asked for it."""
        self._search(network=True)

    def _search(self, *, network: bool) -> None:
        if self._state.is_searching:
            return
        self._set(is_searching=True)
        self._tools.ops.run(
            lambda: self._equipment.search(network=network),
            success=lambda found: self._on_found(found, network=network),
            failure=lambda _error: self._on_found((), network=network),
            lane=Lane.EQUIPMENT,
        )

    def check_all(self) -> None:
        """Ask every device how it is."""
        if self._state.is_checking:
            return
        self._set(is_checking=True)
        self._tools.ops.run(
            self._equipment.check_all,
            success=self._on_all_checked,
            failure=self._on_check_failed,
            lane=Lane.EQUIPMENT,
        )

    def test(self, device_id: str) -> None:
        """Run the test of a device; one that needs eyes or hands opens its dialog."""
        card = self._state.equipment.find(device_id)
        if card is None or device_id in self._state.busy:
            return
        if card.trial in (Trial.SCAN, Trial.LOOK):
            self.detail.open(card, self._state.equipment, begins_test=True)
            return
        if card.trial is Trial.SCREEN:
            self._screen.show_test()
            self._tools.bridge.toast(tr("Look at the guest's display"), key="device")
            return
        self._mark_busy(device_id, busy=True)

        def run(approval: Approval | None) -> TrialResult:
            return self._equipment.trial(device_id, approval)

        self._tools.approvals.run(
            run,
            success=lambda result: self._on_tested(device_id, result),
            failure=lambda error: self._on_refused(device_id, error),
            asked=lambda: self._mark_busy(device_id, busy=False),
            lane=Lane.EQUIPMENT,
        )

    def connect_found(self, found_id: str) -> None:
        """Take a find into use and test it; one that is not clear is set up by hand."""
        found = next((each for each in self._state.found if each.found_id == found_id), None)
        if found is None or found_id in self._state.busy:
            return
        if found.setup is None:
            self.detail.add(self._state.equipment, found)
            return
        self._mark_busy(found_id, busy=True)

        def connect(approval: Approval | None) -> TrialResult:
            return self._equipment.connect(found, approval)

        self._tools.approvals.run(
            connect,
            success=lambda result: self._on_connected(found, result),
            failure=lambda error: self._on_refused(found_id, error),
            asked=lambda: self._mark_busy(found_id, busy=False),
            lane=Lane.EQUIPMENT,
        )

    def open_settings(self, device_id: str) -> None:
        """Open the dialog of a device."""
        card = self._state.equipment.find(device_id)
        if card is not None:
            self.detail.open(card, self._state.equipment)

    def add(self) -> None:
        """Add a device by hand."""
        self.detail.add(self._state.equipment)

    # ------------------------------------------------------------ answers
    def _on_loaded(self, equipment: EquipmentState) -> None:
        self._set(equipment=equipment)
        self.detail.refresh(equipment)

    def _on_found(self, found: tuple[Found, ...], *, network: bool) -> None:
        """Show the finds; those of the network stay until the network is searched again."""
        if network:
            self._from_network = found
        known = {each.found_id for each in found}
        used = {card.setup.address for card in self._state.equipment.cards if card.setup}
        others = tuple(
            each
            for each in self._from_network
            if each.found_id not in known and each.place not in used
        )
        self._set(found=found + others, is_searching=False, was_searched=True)

    def _on_all_checked(self, results: tuple[TrialResult, ...]) -> None:
        self._set(is_checking=False)
        bad = sum(not result.is_ok for result in results)
        words = tr("%n devices need a look", bad) if bad else tr("All devices answer")
        tone = Tone.WARNING if bad else Tone.OK
        self._tools.bridge.toast(words, tone=tone, key="device")
        self.load()

    def _on_check_failed(self, error: AppError) -> None:
        self._set(is_checking=False)
        self._tools.bridge.show_error(error)
        self.load()

    def _on_tested(self, device_id: str, result: TrialResult) -> None:
        self._mark_busy(device_id, busy=False)
        self._say(result)
        self.load()

    def _on_connected(self, found: Found, result: TrialResult) -> None:
        self._mark_busy(found.found_id, busy=False)
        self._set(found=tuple(each for each in self._state.found if each != found))
        if result.is_ok:
            words = tr("{name} is connected", name=found.title)
            self._tools.bridge.toast(words, detail=say(result.words), tone=Tone.OK, key="device")
        else:
            self._say(result)
        self.load()

    def _on_refused(self, device_id: str, error: AppError) -> None:
        self._mark_busy(device_id, busy=False)
        self._tools.bridge.sound(Sound.ERROR)
        self._tools.bridge.show_error(error)
        self.load()

    def _say(self, result: TrialResult) -> None:
        tone = Tone.OK if result.is_ok else Tone.WARNING
        if not result.is_ok:
            self._tools.bridge.sound(Sound.ERROR)
        words, hint = say(result.words), say(result.hint)
        self._tools.bridge.toast(words, detail=hint, tone=tone, key="device")

    def _on_changes(self, topics: object) -> None:
        if self._is_shown and isinstance(topics, frozenset) and topics & _WATCHED:
            self.load()

    # ------------------------------------------------------------ state
    def _mark_busy(self, key: str, *, busy: bool) -> None:
        others = self._state.busy - {key}
        self._set(busy=others | {key} if busy else others)

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # its fields
        self.view.render(self._state)

    def _connect_signals(self) -> None:
        view = self.view
        view.test_wanted.connect(self.test)
        view.settings_wanted.connect(self.open_settings)
        view.add_wanted.connect(self.add)
        view.check_wanted.connect(self.check_all)
        view.back_wanted.connect(self.leave)
        view.found.connect_wanted.connect(self.connect_found)
        view.found.search_wanted.connect(self.search)
        view.found.network_wanted.connect(self.search_network)
        self._tools.changes.happened.connect(self._on_changes)
