"""The devices of a running till: built, asked, changed and let go; settings kept over a power cut."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.device_book import DeviceBook
from app.bootstrap.rig import Rig
from app.bootstrap.till_file import save_settings
from app.kernel.errors import InputError
from app.settings import FILE_NAME, Settings
from app.till.devices import RECEIPT_PRINTER
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health
from drivers.api.errors import ConfigurationError, DriverError, NotConnected
from drivers.api.printer import Paper
from drivers.printers.profiles import get_profile
from drivers.sim.printer import DEFAULT_PROFILE, PrinterSimulator


def config(
    key: str, address: str, kind: str = "printer", model: str = "printer.escpos"
) -> DeviceConfig:
    return DeviceConfig(key, DeviceKind(kind), model, "tcp", address)


@pytest.fixture
def printer() -> Iterator[PrinterSimulator]:
    with PrinterSimulator(get_profile(DEFAULT_PROFILE)) as simulator:
        yield simulator


class Till:
    """A rig with what it told."""

    def __init__(self, folder: Path, *entries: dict[str, object]) -> None:
        self.told: list[DeviceState] = []
        self.rig = Rig(
            entries, state_folder=folder, on_state=self.told.append, on_scan=lambda _: None
        )

    def stop(self) -> None:
        """Let everything go."""
        self.rig.supervisor.stop()


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    made = Till(tmp_path)
    made.rig.supervisor.start()
    yield made
    made.stop()


def test_first_printer_gets_the_receipts_and_the_next_its_own_queue(
    till: Till, printer: PrinterSimulator
) -> None:
    added: list[str] = []
    till.rig.on_printer = lambda: added.append("told")
    till.rig.put(config("bar", printer.address))
    till.rig.put(config("kitchen", printer.address))
    assert list(till.rig.devices.printers) == [RECEIPT_PRINTER, "kitchen"]
    assert added == ["told", "told"]
    assert till.rig.printer("bar") is till.rig.devices.receipt_printer


def test_probe_is_fresh_and_told_to_everybody(till: Till, printer: PrinterSimulator) -> None:
    till.rig.put(config("bar", printer.address))
    assert till.rig.probe("bar").health is Health.ONLINE
    printer.set_paper(Paper.OUT)
    assert till.rig.probe("bar").health is Health.DEGRADED
    assert till.rig.states()["bar"].health is Health.DEGRADED
    assert till.told[-1].health is Health.DEGRADED


def test_new_address_moves_the_same_port_of_the_till(till: Till, printer: PrinterSimulator) -> None:
    till.rig.put(config("bar", "127.0.0.1:9"))
    port = till.rig.devices.receipt_printer
    assert port is not None
    with pytest.raises(DriverError):
        till.rig.probe("bar")
    till.rig.put(config("bar", printer.address))
    assert till.rig.devices.receipt_printer is port
    port.open()
    assert port.status().paper is Paper.OK


def test_wrong_settings_leave_what_was_there(till: Till, printer: PrinterSimulator) -> None:
    till.rig.put(config("bar", printer.address))
    with pytest.raises(ConfigurationError):
        till.rig.put(config("bar", printer.address, model="printer.unknown"))
    assert till.rig.probe("bar").health is Health.ONLINE


def test_removed_device_is_let_go(till: Till, printer: PrinterSimulator) -> None:
    till.rig.put(config("bar", printer.address))
    till.rig.remove("bar")
    till.rig.remove("bar")
    assert not till.rig.devices.printers
    assert not till.rig.states()
    with pytest.raises(NotConnected):
        till.rig.probe("bar")


def test_wrong_entry_is_told_and_hides_no_other(tmp_path: Path, printer: PrinterSimulator) -> None:
    good = config("bar", printer.address).to_json()
    bad = {**good, "id": "kitchen", "model": "printer.unknown"}
    made = Till(tmp_path, {"id": 5}, bad, good)
    assert len(made.rig.left_out) == 2
    assert set(made.rig.problems()) == {"kitchen"}
    assert [each.id for each in made.rig.configs()] == ["kitchen", "bar"]
    assert made.rig.devices.receipt_printer is not None
    with pytest.raises(ConfigurationError):
        made.rig.probe("kitchen")
    made.stop()


def test_added_camera_waits_for_the_next_start(till: Till) -> None:
    camera = DeviceConfig("camera", DeviceKind.CAMERA, "camera.opencv", "camera", "0")
    assert not till.rig.put(camera)
    assert till.rig.waiting() == {"camera"}
    assert till.rig.eye("camera") is not None, "a look through it is possible at once"
    assert till.rig.eye("printer") is None


def test_changed_camera_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    camera = DeviceConfig("camera", DeviceKind.CAMERA, "camera.opencv", "camera", "0")
    made = Till(tmp_path, camera.to_json())
    slot = made.rig.camera
    assert slot is not None
    before = slot.camera
    other = DeviceConfig("camera", DeviceKind.CAMERA, "camera.opencv", "camera", "1")
    assert made.rig.put(other)
    assert made.rig.camera is slot
    assert slot.camera is not before


def test_book_keeps_devices_and_everything_else(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    odd = {"id": "odd", "later": True}
    first = config("bar", "127.0.0.1:9").to_json()
    path.write_text(json.dumps({"volume": 3, "devices": [odd, first]}), encoding="utf-8")
    book = DeviceBook(Settings.load(tmp_path))
    book.put(config("bar", "127.0.0.1:10"))
    book.put(config("kitchen", "127.0.0.1:11"))
    loaded = Settings.load(tmp_path)
    assert loaded.volume == 3
    assert loaded.devices[0] == odd, "what this version cannot read stays"
    assert [entry.get("address") for entry in loaded.devices[1:]] == [
        "127.0.0.1:10",
        "127.0.0.1:11",
    ]
    book.remove("bar")
    assert [entry["id"] for entry in Settings.load(tmp_path).devices] == ["odd", "kitchen"]
    assert not list(tmp_path.glob("*.new"))


def test_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("{ half of it", encoding="utf-8")
    with pytest.raises(InputError):
        save_settings(tmp_path, volume=1)
    assert path.read_text(encoding="utf-8") == "{ half of it"


def test_value_that_the_next_start_would_refuse_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        save_settings(tmp_path, customer_screen="somewhere")
    assert not (tmp_path / FILE_NAME).exists()
    save_settings(tmp_path, customer_screen="off")
    assert Settings.load(tmp_path).customer_screen == "off"
