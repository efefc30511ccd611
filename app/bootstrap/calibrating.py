"""Learning a scanner by the two codes of a sheet: a serial one by its bytes, a typing one by its keys.

    start(id) -> (scans of the two codes) -> told: what to do next, at last the settings
    stop()       the device works as before

A serial scanner is taken out of supervision meanwhile: its port has one reader. Keys of a typing
scanner come on the GUI thread, and so must `tick`, which lets time pass.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from app.bootstrap.rig import Rig
from app.bootstrap.scanning import WedgeDetector
from app.till.camera import Picture
from app.till.equipment_states import WEDGE_CARD, CalibrationState, OptionValue
from app.till.words import Words
from drivers.api.device import DeviceConfig
from drivers.api.errors import DriverError
from drivers.scanners.calibration import BAUDS, Calibration, Learnt, Step

READ_S: Final = 0.1
JOIN_S: Final = 3.0
_STEPS: Final = {Step.FIRST: 1, Step.SECOND: 2, Step.DONE: 3}
Told = Callable[[CalibrationState], None]


class Calibrator:
    """Runs one calibration at a time; an `app.till.equipment_ports.ScannerCalibrator`.

    Args:
        rig: Knows the serial scanners.
        wedge: Sees the keys of the window.
        clock: Monotonic seconds.
    """

    def __init__(
        self, rig: Rig, wedge: WedgeDetector, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rig, self._wedge, self._clock = rig, wedge, clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._teller: _Teller | None = None

    def sheet(self) -> Picture:
        """Return the two codes as a picture; on a lane, it loads the libraries that draw."""
        from drivers.scanners.sheet import draw_sheet  # noqa: PLC0415 -- loads OpenCV

        gray = draw_sheet()
        height, width = gray.shape[:2]
        rgb = b"".join(bytes((dot,)) * 3 for dot in gray.tobytes())
        return Picture(rgb, width, height)

    def start(self, device_id: str, told: Told) -> None:
        """Begin with a scanner; `told` is called on any thread, at once for the first step."""
        self.stop()
        self._stop = threading.Event()
        if device_id == WEDGE_CARD:
            calibration = Calibration()
            self._teller = _Teller(calibration, told)
            self._wedge.calibrate(calibration)
            self._teller.tell()
            return
        try:
            config = self._rig.pause(device_id)
        except DriverError as error:
            told(_failure(error))
            return
        self._thread = threading.Thread(
            target=self._listen, args=(config, told, self._stop), name="calibration", daemon=True
        )
        self._thread.start()

    def tick(self) -> None:
        """Let time pass for a typing scanner; a few times a second, on the GUI thread."""
        if self._teller is not None:
            self._wedge.let_time_pass(self._clock())
            self._teller.tell()

    def stop(self) -> None:
        """End it, the scanner works as before. Repeatable."""
        self._stop.set()
        self._teller = None
        self._wedge.calibrate(None)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(JOIN_S)

    def _listen(self, config: DeviceConfig, told: Told, stop: threading.Event) -> None:
        baud = config.options.get("baud", BAUDS[0])
        calibration = Calibration(int(baud))
        teller = _Teller(calibration, told)
        try:
            while calibration.learnt is None and not stop.is_set():
                self._read(config.address, calibration, teller, stop)
        except DriverError as error:
            told(_failure(error))
        finally:
            self._rig.resume(config.id)

    def _read(
        self, address: str, calibration: Calibration, teller: "_Teller", stop: threading.Event
    ) -> None:
        """Read until all is learnt, nobody wants it any more, or another speed is to be tried."""
        # The first screen does not wait for the library of ports.
        from drivers.transport.serial import SerialTransport  # noqa: PLC0415 -- as said above

        line = SerialTransport(address, calibration.baud)
        baud = calibration.baud
        try:
            line.open()
            while calibration.baud == baud and calibration.learnt is None and not stop.is_set():
                teller.tell()
                received = line.read(timeout_s=READ_S)
                now_s = self._clock()
                if received:
                    calibration.feed_bytes(received, now_s)
                calibration.tick(now_s)
        finally:
            line.close()
        teller.tell()


class _Teller:
    """Tells where a calibration stands whenever that changes."""

    def __init__(self, calibration: Calibration, told: Told) -> None:
        self._calibration, self._told = calibration, told
        self._last: CalibrationState | None = None

    def tell(self) -> None:
        """Tell, if there is something new."""
        calibration = self._calibration
        state = CalibrationState(
            Words(calibration.words("ru"), calibration.words("en")),
            step=_STEPS[calibration.step],
            advice=_advice(calibration.learnt),
            options=_options(calibration),
        )
        if state != self._last:
            self._last = state
            self._told(state)


def _failure(error: DriverError) -> CalibrationState:
    return CalibrationState(Words(error.text("ru"), error.text("en")), failed=True)


def _advice(learnt: Learnt | None) -> Words:
    if learnt is None:
        return Words("", "")
    return Words(" ".join(learnt.advice("ru")), " ".join(learnt.advice("en")))


def _options(calibration: Calibration) -> tuple[tuple[str, OptionValue], ...]:
    """Return the settings that were learnt: of the model for a serial line, else of the keyboard."""
    learnt = calibration.learnt
    if learnt is None:
        return ()
    if calibration.baud:
        return tuple(sorted(learnt.serial_options().items()))
    options: dict[str, OptionValue] = {
        "gap_max_s": learnt.gap_max_s,
        "prefix": learnt.prefix,
        "suffix": learnt.suffix,
        "separator": learnt.separator,
        "layout": learnt.way.layout.value,
        "lock": learnt.way.lock.value,
    }
    return tuple(sorted(options.items()))
