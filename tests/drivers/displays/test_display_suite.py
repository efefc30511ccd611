"""What every display promises, each command set against its simulator on a pseudo-terminal."""

import json
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health
from drivers.api.display import CustomerDisplay, Page, item_page, total_page
from drivers.api.errors import ConfigurationError, NotConnected, NotSupported, Timeout
from drivers.displays.driver import LineDisplay
from drivers.displays.profiles import get_profile, load_profiles
from drivers.displays.text import plain
from drivers.registry import build_display, watch_display
from drivers.sim.display import COMMAND_SETS, DisplayFault, DisplaySimulator
from drivers.sim.display import main as run_simulator
from drivers.supervisor import Worker
from drivers.transport.serial import SerialTransport
from drivers.transport.transcript import ReplayTransport, load_transcript

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
WAIT_S = 30.0
FOLDER = Path(__file__).parents[2] / "transcripts" / "displays"
SETS = {"cd5220": "cd5220", "epson": "epson", "epson-clone": "epson", "dsp800": "dsp800",
        "datecs": "datecs", "latin": "cd5220"}  # fmt: skip


class Bench:
    """A simulator and the driver on its line."""

    def __init__(self, profile: str) -> None:
        self.profile = get_profile(profile)
        self.simulator = DisplaySimulator(SETS[profile])
        self.simulator.start()
        self.display = LineDisplay(SerialTransport(self.simulator.address), self.profile)

    def shown(self, text: str) -> str:
        return plain(text, self.profile.code_page)[:20].ljust(20)

    def wait_for(self, upper: str, lower: str = "") -> bool:
        wanted = (self.shown(upper), self.shown(lower))
        return self.simulator.wait_for(lambda sim: sim.lines == wanted, WAIT_S)


@pytest.fixture(params=sorted(SETS))
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param)
    made.display.open()
    yield made
    made.display.close()
    made.simulator.stop()


def test_every_profile_is_in_the_suite() -> None:
    assert set(load_profiles()) == set(SETS)
    assert set(SETS.values()) == set(COMMAND_SETS)


def test_russian_pages_are_read_as_they_were_written(bench: Bench) -> None:
    display: CustomerDisplay = bench.display
    for page in (
        item_page("Раф ёлочный с корицей и мёдом", 32000, quantity_milli=2000),
        total_page(123450),
        Page("АБВГДЕЁЖЗИЙКЛМНОПРСТУФ", "абвгдеёжзийклмнопрсту"),
        Page(),
    ):
        display.show(page)
        assert bench.wait_for(page.upper, page.lower)
        assert display.page == page
    assert bench.simulator.unknown == []


def test_clear_and_brightness(bench: Bench) -> None:
    bench.display.show(Page("Чай", "100,00"))
    if bench.display.capabilities.brightness:
        bench.display.set_brightness(2)
        assert bench.simulator.wait_for(lambda sim: sim.screen.brightness == 2, WAIT_S)
        with pytest.raises(ConfigurationError):
            bench.display.set_brightness(5)
    else:
        with pytest.raises(NotSupported):
            bench.display.set_brightness(2)
    assert bench.wait_for("Чай", "100,00")
    bench.display.clear()
    assert bench.wait_for("", "")


def test_running_line_runs_and_ends_with_the_next_page(bench: Bench) -> None:
    text = "Сегодня до 21:00 круассаны за полцены"
    bench.display.scroll(text, "Приятного аппетита!")
    assert bench.wait_for(text[:20], "Приятного аппетита!")
    if bench.display.capabilities.scrolls_itself:
        assert not bench.display.is_moving
        shown = plain(text, bench.profile.code_page)
        running = shown[:40].encode("ascii" if bench.profile.id == "latin" else "cp866")
        assert bench.simulator.wait_for(lambda sim: sim.screen.running == running, WAIT_S)
        bench.display.refresh()
        assert bench.simulator.screen.running
    else:
        assert bench.display.is_moving
        bench.display.tick()
        assert bench.wait_for(text[1:21], "Приятного аппетита!")
    bench.display.show(Page("Итого", "5,00"))
    assert bench.wait_for("Итого", "5,00")
    assert not bench.display.is_moving
    assert not bench.simulator.screen.running


def test_text_too_long_for_the_display_is_moved_by_the_driver(bench: Bench) -> None:
    text = "Очень длинное объявление, которое не поместится в память дисплея"
    bench.display.scroll(text)
    assert bench.display.is_moving
    bench.display.tick()
    shown = plain(text, bench.profile.code_page)
    assert bench.simulator.wait_for(lambda sim: sim.lines[0] == shown[1:21], WAIT_S)
    bench.display.scroll("коротко", "и ясно")
    assert bench.wait_for("коротко", "и ясно")
    bench.display.tick()
    assert bench.wait_for("коротко", "и ясно")


def test_display_that_takes_no_bytes_is_given_up_in_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stuck line fills up; the call ends, and the page comes back with the next opening."""
    monkeypatch.setattr("drivers.displays.driver.WRITE_S", 0.2)
    bench.simulator.fault = DisplayFault.STUCK

    def show_on() -> None:
        for number in range(100_000):
            bench.display.show(Page(f"строка {number}"))

    with pytest.raises(Timeout):
        show_on()
    with pytest.raises(NotConnected):
        bench.display.show(Page("Итого", "7,00"))
    bench.simulator.fault = None
    monkeypatch.setattr("drivers.displays.driver.WRITE_S", 20.0)
    bench.display.open()
    assert bench.wait_for("Итого", "7,00")


def test_faults_of_a_display_are_seen_on_its_screen(bench: Bench) -> None:
    bench.display.show(Page("Чай"))
    assert bench.wait_for("Чай")
    bench.simulator.fault = DisplayFault.WRONG_CODE_PAGE
    russian = bench.profile.id != "latin"
    assert (bench.simulator.lines[0].strip() == "Чай") is False
    bench.simulator.fault = DisplayFault.DEAD
    before, seen = bench.simulator.lines, bench.simulator.received_bytes
    bench.display.show(Page("Кофе"))
    assert bench.simulator.wait_for(lambda sim: sim.received_bytes > seen, WAIT_S)
    assert bench.simulator.lines == before
    assert russian == bench.display.capabilities.cyrillic


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(upper=st.text(max_size=30), lower=st.text(max_size=30))
def test_any_two_lines_come_through(bench: Bench, upper: str, lower: str) -> None:
    bench.display.show(Page(upper, lower))
    assert bench.wait_for(upper, lower)


def test_page_comes_back_after_the_cable_was_pulled(tmp_path: Path) -> None:
    simulator = DisplaySimulator("cd5220", path=tmp_path / "display")
    simulator.start()
    states: queue.Queue[DeviceState] = queue.Queue()
    config = DeviceConfig(
        "guest", DeviceKind.DISPLAY, "display.line", "serial", simulator.address, {"brightness": 3}
    )
    watched = watch_display(config)
    worker = Worker("guest", config.kind, config.model, watched, on_state=states.put,
                    backoff_s=(0.02,))  # fmt: skip
    worker.start()
    worker.submit(lambda display: display.show(Page("Итого", "350,00"))).result(WAIT_S)
    assert simulator.wait_for(lambda sim: sim.lines[1].startswith("350,00"), WAIT_S)
    simulator.unplug()
    while worker.state.health is not Health.OFFLINE:
        worker.look_now()
        threading.Event().wait(0.05)
    while not states.empty():
        states.get()
    simulator.plug()
    while states.get(timeout=WAIT_S).health is not Health.ONLINE:
        pass
    assert simulator.wait_for(lambda sim: sim.lines[1].startswith("350,00"), WAIT_S)
    assert simulator.screen.brightness == 3
    assert worker.stop()
    simulator.stop()


def test_running_line_is_moved_by_the_supervisor() -> None:
    simulator = DisplaySimulator("dsp800")
    simulator.start()
    config = DeviceConfig(
        "guest", DeviceKind.DISPLAY, "display.line", "serial", simulator.address,
        {"profile": "dsp800"},
    )  # fmt: skip
    worker = Worker("guest", config.kind, config.model, watch_display(config))
    worker.start()
    worker.submit(lambda display: display.scroll("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).result(WAIT_S)
    assert simulator.wait_for(lambda sim: sim.lines[0].startswith("CDE"), WAIT_S)
    assert worker.stop()
    simulator.stop()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"profile": "tv"}, "is none of cd5220"),
        ({"code_page": "koi8-r"}, "is none of cp866"),
        ({"code_page": "cp1251"}, "set code_page_number"),
        ({"code_page_number": 300}, "numbers are 0..255"),
        ({"brightness": 9}, "1 to 4 are possible"),
    ],
)
def test_senseless_settings_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build_display(
            DeviceConfig("d", DeviceKind.DISPLAY, "display.line", "serial", "COM9", options)
        )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_bytes_are_those_of_the_sources(path: Path) -> None:
    assert "# Source" in path.read_text(encoding="utf-8")
    transport = ReplayTransport(load_transcript(path))
    display = LineDisplay(
        transport, get_profile(path.stem), brightness=4 if path.stem != "datecs" else None
    )
    display.open()
    display.show(Page("Чай", "100,00"))
    display.clear()
    assert transport.is_finished


def test_command_shows_and_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    simulator = DisplaySimulator("epson")
    simulator.start()

    def run(*words: str) -> tuple[int, Any]:
        code = main(["display", simulator.address, *words, "--model", "epson"])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if code == 0 else printed.err

    assert run("item", "Капучино", "25000")[1]["lines"] == ["Капучино", "              250,00"]
    assert simulator.wait_for(lambda sim: "250,00" in sim.lines[1], WAIT_S)
    assert run("total", "5000", "--brightness", "1")[1]["lines"][0] == "ИТОГО          50,00"
    assert run("change", "10000", "5000")[1]["lines"][1] == "СДАЧА          50,00"
    assert run("welcome", "Кафе")[1]["lines"][0].strip() == "Кафе"
    assert run("text", "раз", "два")[1]["lines"] == ["раз", "два"]
    assert run("scroll", "очень длинный текст для строки")[1]["lines"][0] == "очень длинный текст "
    assert run()[1]["lines"][1] == "абвгдеёжз 1234567890"
    assert run("clear")[1]["lines"] == ["", ""]
    assert "no sum in kopecks" in run("total", "много")[1]
    assert "needs a name" in run("item", "Чай")[1]
    assert "needs what was given" in run("change", "5")[1]
    simulator.stop()
    assert run("clear")[0] == 1


def test_simulator_as_a_program_shows_its_picture(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", iter(["quit\n"]))
    assert run_simulator(["dsp800", "--link", str(tmp_path / "port")]) == 0
    assert json.loads(capsys.readouterr().out) == {"address": str(tmp_path / "port")}
