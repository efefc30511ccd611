"""What is learnt in the dialog of one device: code page and look of a printer, the ways of a scanner."""

from collections.abc import Callable

from app.till.equipment import Equipment
from app.till.equipment_ports import ScannerCalibrator
from app.till.equipment_states import CalibrationState, TrialResult
from app.till.order import Approval
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.devices.detail import DetailPanel
from app.ui.devices.detail_desk import DetailDesk
from app.ui.devices.guest_screen import GuestScreen
from app.ui.devices.learning import Learning
from app.ui.devices.receipt_look import ReceiptLook
from app.ui.devices.state import Page
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.text import tr


class DetailTools(DetailDesk):
    """Strip, look of receipts and calibration.

    Args:
        tools: Lanes, window and the rest.
        equipment: The use cases.
        screen: The guest's display.
        changed: Told when something about the devices is different.
        panel: The dialog.
        calibrator: Learns scanners.
    """

    def __init__(
        self,
        tools: Tools,
        equipment: Equipment,
        screen: GuestScreen,
        changed: Callable[[], None],
        panel: DetailPanel,
        calibrator: ScannerCalibrator,
    ) -> None:
        super().__init__(tools, equipment, screen, changed, panel)
        self._learning = Learning(tools.ops, calibrator, panel.calibrate_page.sheet)
        self._receipt_look = ReceiptLook(
            tools.ops, equipment.templates, panel.receipt_page, self._keep_look
        )
        panel.calibrate_wanted.connect(self.toggle_calibration)
        panel.strip_wanted.connect(self.toggle_strip)
        panel.strip.print_wanted.connect(self.print_strip)
        panel.strip.chosen.connect(self.choose_line)
        panel.look_wanted.connect(self.toggle_look)
        self._receipt_look.failed.connect(self._on_refused)
        self._learning.told.connect(self._on_calibration)

    # ------------------------------------------------------------ code page of a printer
    def toggle_strip(self) -> None:
        """Show how the code page is found, or the form again."""
        is_strip = self._state.page is Page.STRIP
        self._set(page=Page.FORM if is_strip else Page.STRIP, result=None, error=None)

    def print_strip(self) -> None:
        """Print the strip of code pages."""
        card = self._state.card
        if card is None or self._state.is_busy:
            return
        self._set(is_busy=True, result=None)
        device_id = card.device_id
        self._tools.ops.run(
            lambda: self._equipment.print_code_pages(device_id),
            success=self._on_result,
            failure=self._on_refused,
            lane=Lane.EQUIPMENT,
        )

    def choose_line(self, index: int) -> None:
        """Have the printer use the line that could be read, and print its test receipt."""
        card = self._state.card
        if card is None or self._state.is_busy:
            return
        self._set(is_busy=True, result=None, strip_line=index)
        given, device_id = self._approval, card.device_id

        def choose(approval: Approval | None) -> TrialResult:
            return self._equipment.choose_line(device_id, index, approval or given)

        self._approved(choose, self._on_result, lane=Lane.EQUIPMENT)

    # ------------------------------------------------------------ receipts
    def toggle_look(self) -> None:
        """Show the look of receipts, or the form again."""
        is_look = self._state.page is Page.RECEIPT
        self._set(page=Page.FORM if is_look else Page.RECEIPT, result=None, error=None)
        if not is_look:
            self._receipt_look.start()

    def _keep_look(self, text: str) -> None:
        """Print receipts with this template from now on."""
        given = self._approval

        def keep(approval: Approval | None) -> str:
            return self._equipment.save_template(text, approval or given)

        self._approved(keep, self._on_look_kept, lane=Lane.EQUIPMENT)

    def _on_look_kept(self, text: str) -> None:
        self._receipt_look.on_kept(text)
        words = tr("Receipts are printed like this now")
        self._tools.bridge.toast(words, tone=Tone.OK, key="device")
        self._reopen()

    # ------------------------------------------------------------ scanners
    def toggle_calibration(self) -> None:
        """Learn the scanner, or stop doing so."""
        card = self._state.card
        if card is None or self._state.is_busy:
            return
        if self._state.page is Page.CALIBRATE:
            self._learning.stop()
            self._set(page=self._page_of(card), calibration=None)
        else:
            self._set(page=Page.CALIBRATE, calibration=None, result=None, error=None)
            self._learning.start(card.device_id)

    def _on_calibration(self, told: object) -> None:
        """Show the next step; at the end keep what was learnt."""
        card = self._state.card
        is_shown = self._is_open and self._state.page is Page.CALIBRATE
        if not is_shown or card is None or not isinstance(told, CalibrationState):
            return
        before = self._state.calibration
        self._set(calibration=told)
        if before is not None and told.step > before.step:
            self._tools.bridge.sound(Sound.SCAN_OK)
        if not told.is_done:
            return
        self._learning.stop()
        given, device_id = self._approval, card.device_id

        def keep(approval: Approval | None) -> str:
            return self._equipment.keep_calibration(device_id, told.options, approval or given)

        self._set(is_busy=True)
        self._approved(keep, self._on_learnt, lane=Lane.EQUIPMENT)

    def _on_learnt(self, device_id: str) -> None:
        words = Words("Сканер настроен", "The scanner is set up")
        result = TrialResult(device_id, is_ok=True, words=words)
        self._set(is_busy=False, result=result)
        self._changed()
