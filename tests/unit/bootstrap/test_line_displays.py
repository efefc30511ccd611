"""Displays of two lines: real bytes to a simulated display, the newest text wins, nobody waits."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.line_displays import LineDisplays
from app.bootstrap.rig import Rig
from drivers.api.device import DeviceConfig, DeviceKind
from drivers.sim.display import DisplaySimulator


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig((), state_folder=tmp_path, on_state=lambda _: None, on_scan=lambda _: None)
    made.supervisor.start()
    yield made
    made.supervisor.stop()


@pytest.fixture
def display(tmp_path: Path) -> Iterator[DisplaySimulator]:
    simulator = DisplaySimulator(path=tmp_path / "display")
    simulator.start()
    yield simulator
    simulator.stop()


def config(address: str, key: str = "display") -> DeviceConfig:
    return DeviceConfig(key, DeviceKind.DISPLAY, "display.line", "serial", address)


def test_lines_reach_the_display(rig: Rig, display: DisplaySimulator) -> None:
    rig.put(config(display.address))
    LineDisplays(rig).show_lines("Капучино      350,00", "ИТОГО         350,00")
    assert display.wait_for(lambda shown: "350,00" in shown.lines[1], 10)
    assert display.lines[0].startswith("Капучино")


def test_test_of_the_display_shows_letters(rig: Rig, display: DisplaySimulator) -> None:
    rig.put(config(display.address))
    rig.show_lines("display", "Проверка экрана", "1234567890 АБВГД ЭЮЯ")
    assert display.wait_for(lambda shown: "ЭЮЯ" in shown.lines[1], 10)


def test_display_that_comes_back_gets_the_newest_lines(rig: Rig, display: DisplaySimulator) -> None:
    rig.put(config(display.address))
    lines = LineDisplays(rig)
    lines.show_lines("old", "1,00")
    assert display.wait_for(lambda shown: "1,00" in shown.lines[1], 10)
    display.unplug()
    lines.show_lines("newer", "2,00")
    lines.show_lines("newest", "3,00")
    display.plug()
    lines.show_again()
    assert display.wait_for(lambda shown: "3,00" in shown.lines[1], 15)


def test_busy_display_gets_no_queue_of_old_lines(rig: Rig, display: DisplaySimulator) -> None:
    rig.put(config(display.address))
    held, entered = threading.Event(), threading.Event()

    def hold(_display: object) -> None:
        entered.set()
        held.wait(10)

    worker = rig.displays()["display"]
    worker.submit(hold)
    assert entered.wait(10)
    lines = LineDisplays(rig)
    for number in range(50):
        lines.show_lines(f"line {number}", "")
    assert len(worker._jobs) == 1, "fifty changes wait as one"
    held.set()
    assert display.wait_for(lambda shown: shown.lines[0].startswith("line 49"), 10)


def test_without_displays_nothing_happens(rig: Rig) -> None:
    LineDisplays(rig).show_lines("a", "b")
    assert not rig.displays()
