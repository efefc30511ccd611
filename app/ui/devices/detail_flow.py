"""The dialog of one device: opened by a card, by a find or by hand; its test, its settings."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.kernel.errors import AppError, InputError
from app.till.camera import CameraEye, Picture
from app.till.customer_setup import CustomerSetup
from app.till.equipment import Equipment
from app.till.equipment_ports import ScannerCalibrator
from app.till.equipment_states import (
    SCREEN_CARD,
    WEDGE_CARD,
    Card,
    DeviceModel,
    EquipmentState,
    Found,
    Setup,
    Trial,
    TrialResult,
)
from app.till.equipment_words import place_of_kind, words_of_kind
from app.till.order import Approval
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.dates import say
from app.ui.devices.camera_look import CameraLook
from app.ui.devices.detail import DetailPanel
from app.ui.devices.detail_tools import DetailTools
from app.ui.devices.forms import (
    TRANSPORT,
    customer_setup,
    device_setup,
)
from app.ui.devices.guest_screen import GuestScreen
from app.ui.devices.state import DetailState, Page
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.text import tr


class DetailFlow(DetailTools):
    """Works the dialog of one device.

    Args:
        tools: Lanes, window and the rest.
        equipment: The use cases.
        screen: The guest's display.
        eye_of: Returns a camera for a look through it.
        changed: Told when something about the devices is different.
        panel: The dialog.
        calibrator: Learns scanners.
    """

    def __init__(
        self,
        tools: Tools,
        equipment: Equipment,
        screen: GuestScreen,
        eye_of: Callable[[str], CameraEye | None],
        changed: Callable[[], None],
        panel: DetailPanel,
        calibrator: ScannerCalibrator,
    ) -> None:
        super().__init__(tools, equipment, screen, changed, panel, calibrator)
        self._camera = CameraLook(tools.ops, self.panel.camera, eye_of)
        self._connect_signals()

    # ------------------------------------------------------------ opening
    def open(self, card: Card, equipment: EquipmentState, *, begins_test: bool = False) -> None:
        """Open the dialog of a device, with its test if that needs eyes or hands."""
        self._begin(equipment)
        self._setup = card.setup
        may_change = equipment.may_change
        is_scanner = card.device_id == WEDGE_CARD or card.kind == "scanner"
        state = DetailState(
            card=card,
            page=self._page_of(card) if may_change else Page.LOCKED,
            can_remove=card.setup is not None,
            can_calibrate=is_scanner and may_change,
        )
        if state.page is Page.LOCKED and self._page_of(card) is Page.NOTHING and not is_scanner:
            state = replace(state, page=Page.NOTHING)
        self._show(self._with_fields(state))
        self._open_dialog()
        if begins_test:
            self.test()

    def add(self, equipment: EquipmentState, found: Found | None = None) -> None:
        """Open the dialog for a device that is added by hand, or for a find that is not clear."""
        self._begin(equipment)
        self._setup = Setup("", "", "", found.place if found is not None else "")
        ordered = sorted(equipment.models, key=lambda model: place_of_kind(model.kind))
        models = tuple((model.model, _title(model)) for model in ordered)
        page = Page.MODELS if equipment.may_change else Page.LOCKED
        self._show(DetailState(page=page, models=models, is_new=True))
        self._open_dialog()

    def refresh(self, equipment: EquipmentState) -> None:
        """Show the device as it is now; what is being typed stays."""
        shown = self._state.card
        if not self._is_open or shown is None:
            return
        card = equipment.find(shown.device_id)
        if card is None:
            return
        self._set(card=card)
        if self._state.page in (Page.STRIP, Page.CALIBRATE) and card.setup is not None:
            # It was changed here; the form must not bring the old one back.
            self._setup = card.setup
            self._show(self._with_fields(self._state))

    def leave(self) -> None:
        """Stop camera and calibration, forget the right that was given; repeatable."""
        self._is_open = False
        self._learning.stop()
        self._camera.stop()
        if not self._is_asking:
            self._approval = None

    # ------------------------------------------------------------ tests
    def test(self) -> None:
        """Run the test of the device."""
        card = self._state.card
        if card is None or self._state.is_busy:
            return
        match card.trial:
            case Trial.SCAN:
                self._set(page=Page.SCAN, scanned="", result=None)
            case Trial.LOOK:
                self._look(card.device_id)
            case Trial.SCREEN:
                self._screen.show_test()
            case _:
                self._run_trial(card.device_id)

    def take_scan(self, text: str) -> bool:
        """Show a code if the test waits for one; True if it did."""
        if not self._is_open or self._state.page not in (Page.SCAN, Page.CAMERA):
            return False
        shown = "".join(letter if letter.isprintable() else "·" for letter in text)
        card = self._state.card
        result = None
        if card is not None:
            words = Words(f"Прочитано: {shown}", f"Read: {shown}")
            result = TrialResult(card.device_id, is_ok=True, words=words)
        self._set(scanned=shown, result=result)
        self._tools.bridge.sound(Sound.SCAN_OK)
        return True

    def _run_trial(self, device_id: str) -> None:
        self._set(is_busy=True, result=None)

        def run(approval: Approval | None) -> TrialResult:
            return self._equipment.trial(device_id, approval)

        self._approved(run, self._on_result, lane=Lane.EQUIPMENT)

    def _look(self, device_id: str) -> None:
        self._set(page=Page.CAMERA, result=None, is_busy=True)
        self._camera.start(device_id)

    def _on_camera_shows(self, picture: object) -> None:
        card = self._state.card
        if isinstance(picture, Picture) and card is not None:
            size = f"{picture.width}×{picture.height}"
            words = Words(f"Камера показывает {size}", f"The camera shows {size}")
            self._set(result=TrialResult(card.device_id, is_ok=True, words=words))

    def _on_camera_failed(self, error: object) -> None:
        card = self._state.card
        if isinstance(error, AppError) and card is not None:
            words = Words(error.ru, error.en)
            self._set(is_busy=False, result=TrialResult(card.device_id, is_ok=False, words=words))

    # ------------------------------------------------------------ settings
    def unlock(self) -> None:
        """Open the settings by a senior's PIN."""

        def require(approval: Approval | None) -> Approval | None:
            self._equipment.require_right(approval)
            return approval

        self._approved(require, self._on_unlocked)

    def _on_unlocked(self, approval: Approval | None) -> None:
        self._approval = approval
        card = self._state.card
        page = Page.MODELS if self._state.is_new or card is None else self._page_of(card)
        is_scanner = card is not None and card.kind == "scanner"
        state = replace(self._state, page=page, can_calibrate=is_scanner)
        self._show(self._with_fields(state))
        self._reopen()

    def choose_model(self, key: str) -> None:
        """Go on with the form of a model."""
        model, setup = self._models.get(key), self._setup
        if model is None or setup is None:
            return
        self._setup = replace(setup, model=key, transport=model.transports[0])
        self._show(self._with_fields(replace(self._state, page=Page.FORM)))
        self.panel.form.focus_first()

    def change_choice(self, key: str) -> None:
        """Show the rows of another connection; what was typed stays."""
        setup = self._setup
        if key != TRANSPORT or setup is None:
            return
        try:
            self._setup = device_setup(self._models[setup.model], setup, self.panel.form.values())
        except InputError:
            return  # it is told when the form is saved
        self._show(self._with_fields(self._state))

    def save(self, values: Mapping[str, str]) -> None:
        """Keep what stands in the form."""
        if self._state.is_busy:
            return
        card = self._state.card
        try:
            if card is not None and card.device_id == SCREEN_CARD:
                self._save_screen(customer_setup(values))
                return
            setup = self._setup
            assert setup is not None
            wanted = device_setup(self._models[setup.model], setup, values)
        except InputError as error:
            self._set(error=Words(error.ru, error.en))
            return
        self._set(is_busy=True, error=None)
        given = self._approval

        def save(approval: Approval | None) -> str:
            return self._equipment.save(wanted, approval or given)

        self._approved(save, self._on_saved, lane=Lane.EQUIPMENT)

    def remove(self) -> None:
        """Take the device away."""
        card = self._state.card
        if card is None or self._state.is_busy:
            return
        self._set(is_busy=True, error=None)
        given, device_id = self._approval, card.device_id

        def remove(approval: Approval | None) -> str:
            self._equipment.remove(device_id, approval or given)
            return device_id

        self._approved(remove, self._on_saved, lane=Lane.EQUIPMENT)

    def _save_screen(self, setup: CustomerSetup) -> None:
        self._set(is_busy=True, error=None)
        given = self._approval

        def save(approval: Approval | None) -> CustomerSetup:
            self._equipment.require_right(approval or given)
            self._screen.save(setup)
            return setup

        def saved(kept: CustomerSetup) -> None:
            self._screen.set_up(kept)
            self._on_saved(SCREEN_CARD)

        self._approved(save, saved, lane=Lane.EQUIPMENT)

    def _on_saved(self, _device_id: str) -> None:
        self._set(is_busy=False)
        self._tools.bridge.toast(tr("The settings are kept"), tone=Tone.OK, key="device")
        self._tools.stage.close_dialog()
        self._changed()

    def _begin(self, equipment: EquipmentState) -> None:
        self._models = {model.model: model for model in equipment.models}
        self._approval = None
        self._camera.stop()

    def _connect_signals(self) -> None:
        panel = self.panel
        panel.cross_tapped.connect(self._tools.stage.close_dialog)
        panel.test_wanted.connect(self.test)
        panel.unlock_wanted.connect(self.unlock)
        panel.save_wanted.connect(self.save)
        panel.remove_wanted.connect(self.remove)
        panel.model_chosen.connect(self.choose_model)
        panel.choice_made.connect(self.change_choice)
        panel.gone.connect(self.leave)
        self._camera.ready.connect(lambda: self._set(is_busy=False))
        self._camera.shows.connect(self._on_camera_shows)
        self._camera.read.connect(self.take_scan)
        self._camera.failed.connect(self._on_camera_failed)


def _title(model: DeviceModel) -> str:
    return f"{say(words_of_kind(model.kind).name)}: {model.title}"
