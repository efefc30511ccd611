"""Each search by itself, with fake tables of the system; nothing is opened that was not asked for."""

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.__main__ import main
from drivers.api.device import DeviceConfig
from drivers.api.errors import ConfigurationError, NotConnected
from drivers.discovery.cameras import find_cameras
from drivers.discovery.found import Confidence, Found
from drivers.discovery.search import SEARCHES, TITLES, discover
from drivers.discovery.serial_ports import find_serial_ports
from drivers.discovery.spooler import find_queues
from drivers.discovery.usb_ids import ROLES, guess_usb, load_usb_ids
from drivers.discovery.usb_printers import find_usb_printers
from drivers.registry import get_model


def port(device: str, vid: int | None = None, pid: int | None = None, **more: Any) -> Any:
    fields = {"manufacturer": None, "product": None, "serial_number": None, **more}
    return SimpleNamespace(device=device, vid=vid, pid=pid, **fields)


def test_serial_ports_are_guessed_by_their_usb_numbers(tmp_path: Path) -> None:
    ports = [
        port("/dev/ttyUSB0", 0x1A86, 0x7523, product="USB Serial"),
        port("/dev/ttyACM0", 0x0C2E, 0x0CD4, manufacturer="Honeywell", product="Xenon 1900"),
        port("/dev/ttyACM1", 0x2912, 0x0005, serial_number="00106"),
        port("/dev/ttyACM2", 0xDEAD, 0xBEEF),
        port("/dev/ttyS0"),
    ]
    found = {item.title: item for item in find_serial_ports(ports, tmp_path / "none")}

    scanner = found["Honeywell Xenon 1900 (/dev/ttyACM0)"]
    assert (scanner.kind, scanner.model, scanner.confidence) == (
        "scanner",
        "scanner.serial",
        Confidence.LIKELY,
    )
    assert scanner.config is not None
    assert scanner.config.id == "scanner-ttyACM0"
    get_model(scanner.config)
    assert found["/dev/ttyACM1"].kind == "fiscal"
    assert found["/dev/ttyACM1"].usb is not None
    assert found["/dev/ttyACM1"].usb.numbers() == "2912:0005:00106"
    converter = found["USB Serial (/dev/ttyUSB0)"]
    assert (converter.kind, converter.config) == ("serial port", None)
    assert "CH340" in converter.words_ru
    assert "dead:beef" in found["/dev/ttyACM2"].words_en
    assert found["/dev/ttyS0"].usb is None


def test_serial_device_is_addressed_by_the_name_that_stays(tmp_path: Path) -> None:
    device, folder = tmp_path / "ttyACM0", tmp_path / "by-id"
    device.touch()
    folder.mkdir()
    (folder / "usb-Honeywell_Xenon_123-if00").symlink_to(device)
    (found,) = find_serial_ports([port(str(device), 0x0C2E, 0x0CD4)], folder)
    assert found.address == str(folder / "usb-Honeywell_Xenon_123-if00")
    assert found.config is not None
    assert found.config.id == "scanner-usb-Honeywell-Xenon-123-if00"


def usb_tree(root: Path) -> None:
    """Two printers as /sys shows them: one with a node of the kernel, one that nobody took."""
    devices = root / "bus" / "usb" / "devices"
    for name, vendor, product, title in (
        ("1-1", "04b8", "0202", "EPSON"),
        ("1-2", "0fe6", "811e", ""),
        ("1-3", "046d", "c31c", "Keyboard"),
    ):
        folder = root / "real" / name
        interface = folder / f"{name}:1.0"
        interface.mkdir(parents=True)
        (folder / "idVendor").write_text(f"{vendor}\n")
        (folder / "idProduct").write_text(f"{product}\n")
        (folder / "manufacturer").write_text(title)
        (interface / "bInterfaceClass").write_text("03\n" if title == "Keyboard" else "07\n")
        devices.mkdir(parents=True, exist_ok=True)
        (devices / f"{name}:1.0").symlink_to(interface)
    (root / "real" / "1-1" / "1-1:1.0" / "driver").mkdir()
    node = root / "class" / "usbmisc" / "lp0"
    node.mkdir(parents=True)
    (node / "device").symlink_to(root / "real" / "1-1" / "1-1:1.0")


def test_usb_printers_are_listed_with_and_without_a_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    usb_tree(tmp_path)
    taken, free = find_usb_printers(tmp_path)
    assert (taken.transport, taken.address, taken.title) == ("file", "/dev/usb/lp0", "EPSON")
    assert taken.confidence is Confidence.SURE
    assert (free.transport, free.address) == ("usb", "0fe6:811e")
    for item in (taken, free):
        assert item.config is not None
        get_model(item.config)


def test_no_usb_table_means_no_usb_printers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert find_usb_printers(tmp_path) == []


def test_camera_is_listed_once_without_its_metadata_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    for number, index in (("0", "0"), ("1", "1")):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "name").write_text("HD Webcam\n")
        (node / "index").write_text(f"{index}\n")
    (camera,) = find_cameras(tmp_path)
    assert (camera.address, camera.title) == ("0", "HD Webcam")
    assert camera.config is not None
    get_model(camera.config)


def test_elsewhere_libusb_lists_the_printers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Windows")
    monkeypatch.setattr(
        "drivers.transport.usb.list_usb_printers", lambda: [("04b8:0202", "TM-T88V")]
    )
    (found,) = find_usb_printers()
    assert (found.transport, found.address, found.title) == ("usb", "04b8:0202", "TM-T88V")
    assert found.confidence is Confidence.SURE


def test_elsewhere_cameras_are_found_by_opening_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frames:
        released = False

        def release(self) -> None:
            self.released = True

    frames = Frames()

    def open_frames(address: str, *, width: int, height: int) -> Frames:
        if address != "1":
            raise NotConnected(address)
        return frames

    monkeypatch.setattr("platform.system", lambda: "Windows")
    monkeypatch.setattr("drivers.scanners.vision.open_frames", open_frames)
    assert [item.address for item in find_cameras()] == ["1"]
    assert frames.released


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"devices": [{"vendor": "04b8"}]}',
     ('{"devices": [{"vendor": "04b8", "product": "*", "role": "toaster", "title": "x",'
     ' "model": "", "confidence": "sure", "options": {}}]}')],
)  # fmt: skip
def test_wrong_usb_table_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "usb_ids.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"usb_ids\.json"):
        load_usb_ids(path)


class Win32Print:
    """EnumPrinters with the fields of PRINTER_INFO_2."""

    def EnumPrinters(  # noqa: N802 - pywin32's name
        self, flags: int, name: str | None, level: int
    ) -> list[dict[str, Any]]:
        assert (flags, name, level) == (6, None, 2)
        return [
            {"pPrinterName": "XP-80C", "pDriverName": "XP-80", "pPortName": "USB001"},
            {"pPrinterName": "Бухгалтерия", "pDriverName": "HP LaserJet", "pPortName": None},
            {"pPrinterName": "Microsoft Print to PDF", "pDriverName": "", "pPortName": "x"},
        ]


def test_windows_queues_are_listed_without_those_that_print_no_paper() -> None:
    receipt, office = find_queues(Win32Print())
    assert (receipt.address, receipt.confidence) == ("XP-80C", Confidence.LIKELY)
    assert receipt.config is not None
    get_model(receipt.config)
    assert (office.confidence, office.config) == (Confidence.GUESS, None)


def test_spooler_is_not_asked_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.discovery.spooler.os", SimpleNamespace(name="posix"))
    assert find_queues() == []


def test_usb_table_is_whole_and_every_model_in_it_exists() -> None:
    for (vendor, product), guess in load_usb_ids().items():
        assert len(vendor) == 4
        assert vendor == vendor.lower()
        assert product == "*" or (len(product) == 4 and product == product.lower())
        assert guess.role in ROLES
        if guess.model:
            kind = guess.model.split(".")[0]
            address = "/dev/ttyACM0" if kind == "scanner" else "/dev/usb/lp0"
            transport = "serial" if kind == "scanner" else "file"
            get_model(
                DeviceConfig.from_json(
                    {
                        "id": "x", "kind": kind, "model": guess.model, "transport": transport,
                        "address": address, "options": guess.options,
                    }
                )
            )  # fmt: skip


@given(vendor=st.text(max_size=6), product=st.text(max_size=6))
def test_any_numbers_are_guessed_or_not(vendor: str, product: str) -> None:
    guess = guess_usb(vendor, product)
    assert guess is None or guess.role in ROLES


def thing(name: str) -> Found:
    return Found("scanner", name, "serial", name)


def test_search_that_hangs_or_breaks_cannot_hide_the_rest() -> None:
    release = threading.Event()

    def hang() -> list[Found]:
        release.wait(60)
        return [thing("late")]

    def break_down() -> list[Found]:
        raise ZeroDivisionError("broken library")

    def refuse() -> list[Found]:
        raise NotConnected("nobody")

    def miss() -> list[Found]:
        raise ModuleNotFoundError("No module named 'usb'", name="usb")

    result = discover(
        searches={
            "serial": hang, "usb": break_down, "spooler": refuse, "fiscal": miss,
            "cameras": lambda: [thing("good")],
        },
        timeout_s=2.0,
    )  # fmt: skip
    release.set()
    assert [item.address for item in result.found] == ["good"]
    told = {problem.search: problem for problem in result.problems}
    assert set(told) == {"serial", "usb", "spooler", "fiscal"}
    assert "не закончился вовремя" in told["serial"].words_ru
    assert "ZeroDivisionError" in told["usb"].words_en
    assert "Проверьте питание" in told["spooler"].words_ru
    assert told["fiscal"].words_ru.endswith("Нет библиотеки usb.")


def test_every_search_has_a_title() -> None:
    assert set(TITLES) == {*SEARCHES, "network"}


def test_command_tells_everything_as_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[Found]:
        raise NotConnected("x")

    monkeypatch.setattr(
        "drivers.discovery.search.SEARCHES", {"usb": lambda: [thing("a")], "cameras": fail}
    )
    assert main(["discover"]) == 0
    printed = capsys.readouterr()
    shown = json.loads(printed.out)
    assert [item["address"] for item in shown["found"]] == ["a"]
    assert shown["problems"][0]["search"] == "cameras"
    assert "Поиск камер не удался" in printed.err
