"""Learning a scanner: its codes on the screen, its scans to the calibrator, the answer back."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.till.equipment_ports import ScannerCalibrator
from app.till.equipment_states import CalibrationState
from app.ui.devices.calibrate_page import CodeSheet
from app.ui.ops import Lane, Ops

TICK_MS = 100


class Learning(QObject):
    """Runs a calibration while its page is shown.

    Args:
        ops: Lanes.
        calibrator: Learns scanners.
        sheet: Shows the codes.

    Attributes:
        told: A `CalibrationState`.
    """

    told = Signal(object)

    def __init__(self, ops: Ops, calibrator: ScannerCalibrator, sheet: CodeSheet) -> None:
        super().__init__()
        self._ops, self._calibrator, self._sheet = ops, calibrator, sheet
        self._is_on = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(calibrator.tick)

    def start(self, device_id: str) -> None:
        """Begin."""
        if not self._sheet.has_picture:
            self._ops.run(
                self._calibrator.sheet,
                success=self._sheet.set_picture,
                lane=Lane.EQUIPMENT,
                owner=self._sheet,
            )
        self._is_on = True
        # Letting go of a port may take a moment.
        self._ops.run(lambda: self._calibrator.start(device_id, self._tell), lane=Lane.EQUIPMENT)
        self._timer.start()

    def stop(self) -> None:
        """End; repeatable."""
        if not self._is_on:
            return
        self._is_on = False
        self._timer.stop()
        self._ops.run(self._calibrator.stop, lane=Lane.EQUIPMENT)

    def _tell(self, state: CalibrationState) -> None:
        self.told.emit(state)
