"""Learning a scanner by two codes: real bytes over a simulated port, key presses of a typing one."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.calibrating import Calibrator
from app.bootstrap.device_book import DeviceBook
from app.bootstrap.rig import Rig
from app.bootstrap.scanning import WedgeDetector, wedge_options
from app.settings import Settings
from app.till.equipment_states import WEDGE_CARD, CalibrationState
from app.ui.scan_input import Stroke, StrokeKind
from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.scanner import Scan
from drivers.scanners.calibration import FIRST_CODE, SECOND_CODE
from drivers.scanners.wedge import WedgeOptions
from drivers.sim.scanner import ScannerSimulator


class Told:
    """Keeps what was told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.states: list[CalibrationState] = []
        self._changed = threading.Condition()

    def __call__(self, state: CalibrationState) -> None:
        """Keep it."""
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait_for_step(self, step: int) -> CalibrationState:
        """Return the first state of a step."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._of(step) is not None, 20), self.states
        state = self._of(step)
        assert state is not None
        return state

    def _of(self, step: int) -> CalibrationState | None:
        return next((state for state in self.states if state.step == step), None)


class Keys:
    """Types codes into a detector as a scanner does."""

    def __init__(self, detector: WedgeDetector) -> None:
        self.detector, self.at_s = detector, 100.0

    def type(self, code: str) -> list[bool]:
        """Type a code with Enter; tell which keys were swallowed."""
        swallowed = []
        for letter in code:
            self.at_s += 0.005
            kind = StrokeKind.SEPARATOR if letter == "\x1d" else StrokeKind.CHARACTER
            text = "" if kind is StrokeKind.SEPARATOR else letter
            swallowed.append(self.detector.feed(Stroke(kind, text, self.at_s)).swallow)
        self.at_s += 0.005
        swallowed.append(self.detector.feed(Stroke(StrokeKind.END, "", self.at_s)).swallow)
        self.at_s += 1.0
        return swallowed


@pytest.fixture
def scans() -> list[Scan]:
    return []


@pytest.fixture
def rig(tmp_path: Path, scans: list[Scan]) -> Iterator[Rig]:
    made = Rig((), state_folder=tmp_path, on_state=lambda _: None, on_scan=scans.append)
    made.supervisor.start()
    yield made
    made.supervisor.stop()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[ScannerSimulator]:
    simulator = ScannerSimulator(tmp_path / "scanner", prefix=b"~", suffix=b"#\r")
    simulator.plug()
    yield simulator
    simulator.unplug()


def serial(address: str) -> DeviceConfig:
    return DeviceConfig("scanner", DeviceKind.SCANNER, "scanner.serial", "serial", address)


def test_serial_scanner_is_learnt_and_works_on(
    rig: Rig, scanner: ScannerSimulator, scans: list[Scan]
) -> None:
    rig.put(serial(scanner.path))
    told = Told()
    calibrator = Calibrator(rig, WedgeDetector())
    calibrator.start("scanner", told)
    assert "первый" in told.wait_for_step(1).words.ru
    scanner.scan(FIRST_CODE)
    assert "второй" in told.wait_for_step(2).words.ru
    scanner.scan(SECOND_CODE)
    done = told.wait_for_step(3)
    assert done.is_done
    options = dict(done.options)
    assert options["prefix"] == "~"
    assert str(options["suffix"]).startswith("#")
    calibrator.stop()

    assert not scans, "codes of the sheet are for nobody else"
    learnt = {name: value for name, value in options.items() if value != ""}
    rig.put(
        DeviceConfig(
            "scanner", DeviceKind.SCANNER, "scanner.serial", "serial", scanner.path, learnt
        )
    )
    rig.probe("scanner")
    scanner.scan("4600000000015")
    ended = threading.Event()
    for _ in range(100):
        if scans:
            break
        ended.wait(0.1)
    assert [scan.text for scan in scans] == ["4600000000015"]


def test_stopped_calibration_gives_the_scanner_back(rig: Rig, scanner: ScannerSimulator) -> None:
    rig.put(serial(scanner.path))
    told = Told()
    calibrator = Calibrator(rig, WedgeDetector())
    calibrator.start("scanner", told)
    told.wait_for_step(1)
    assert "scanner" not in rig.states()
    calibrator.stop()
    calibrator.stop()
    assert "scanner" in rig.states()


def test_unplugged_scanner_is_told_in_words(rig: Rig, scanner: ScannerSimulator) -> None:
    rig.put(serial(scanner.path))
    scanner.unplug()
    told = Told()
    calibrator = Calibrator(rig, WedgeDetector())
    calibrator.start("scanner", told)
    assert told.wait_for_step(1).failed
    calibrator.start("nobody", told)
    assert told.states[-1].failed
    calibrator.stop()


def test_typing_scanner_is_learnt_by_its_keys(rig: Rig, tmp_path: Path) -> None:
    detector = WedgeDetector()
    keys, told = Keys(detector), Told()
    calibrator = Calibrator(rig, detector)
    calibrator.start(WEDGE_CARD, told)
    assert all(keys.type(FIRST_CODE)), "no key of the code reaches a field"
    escape = Stroke(StrokeKind.OTHER, "", keys.at_s)
    assert not detector.feed(escape).swallow, "Esc still closes the dialog"
    calibrator.tick()
    keys.type(SECOND_CODE)
    keys.type("x")  # a later key tells that the burst is over
    calibrator.tick()
    done = told.wait_for_step(3)
    assert done.is_done
    calibrator.stop()

    taken: list[dict[str, OptionValue]] = []
    DeviceBook(Settings(home=tmp_path), taken.append).put_keyboard(done.options)
    kept = Settings.load(tmp_path).wedge
    assert taken == [kept]
    assert wedge_options(kept).way is not None
    assert wedge_options(kept).separator == "\x1d"
    again = WedgeDetector(kept)
    assert not all(Keys(again).type("4600000000015")), "typing goes on as before"


def test_settings_of_another_version_leave_the_usual_ones() -> None:
    assert wedge_options({}) == WedgeOptions()
    assert wedge_options({"prefix": "~"}) == WedgeOptions()
    odd = {
        "gap_max_s": "fast", "prefix": "", "suffix": "", "separator": "", "layout": "klingon",
        "lock": "none",
    }  # fmt: skip
    assert wedge_options(odd) == WedgeOptions()


def test_sheet_holds_both_codes(rig: Rig) -> None:
    sheet = Calibrator(rig, WedgeDetector()).sheet()
    assert len(sheet.rgb) == sheet.width * sheet.height * 3
    assert {sheet.rgb[0], min(sheet.rgb)} == {255, 0}
