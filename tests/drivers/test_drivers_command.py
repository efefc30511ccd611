"""`python -m drivers` and the doctor: words and exit codes, never a traceback."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, Health, Probe
from drivers.api.printer import Paper
from drivers.commands.common import EXIT_FAILED, EXIT_UNKNOWN, guess_transport
from drivers.commands.read import is_live
from drivers.commands.status import guess_kind
from drivers.doctor import Finding, _run_all, examine
from drivers.registry import MODELS
from drivers.sim.camera import frame, write_pictures
from drivers.sim.printer import simulated_printer
from drivers.sim.scanner import ScannerSimulator
from drivers.sim.terminal import Act, Behaviour, TerminalSimulator

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def terminal() -> Iterator[TerminalSimulator]:
    simulator = TerminalSimulator()
    simulator.start()
    yield simulator
    simulator.stop()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return code, printed.out, printed.err


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.168.1.5:9100", ("tcp", "192.168.1.5:9100")),
        ("printer.local", ("tcp", "printer.local")),
        ("COM3", ("serial", "COM3")),
        ("/dev/ttyUSB0", ("serial", "/dev/ttyUSB0")),
        ("/dev/usb/lp0", ("file", "/dev/usb/lp0")),
        ("serial:/tmp/port", ("serial", "/tmp/port")),  # noqa: S108 - text only, nothing is opened
        ("C:\\out.bin", ("file", "C:\\out.bin")),
    ],
)
def test_transport_is_guessed_from_the_address(address: str, expected: tuple[str, str]) -> None:
    assert guess_transport(address) == expected


def test_list_names_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list")
    assert code == 0
    told = json.loads(out)
    assert [model["id"] for model in told["models"]] == list(MODELS)
    assert told["problems"] == []


def test_list_tells_the_address_that_outlives_the_socket(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ListPortInfo("/dev/ttyACM0")
    port.vid, port.pid, port.serial_number = 0x05F9, 0x4204, "7"
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    (found,) = [
        item
        for item in json.loads(run(capsys, "list")[1])["found"]
        if item["address"] == "/dev/ttyACM0"
    ]
    assert found["lasting"] == "usb:05f9:4204:7"


def test_test_page_goes_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paper = tmp_path / "paper.bin"
    code, out, _ = run(capsys, "print-test", f"file:{paper}", "--model", "generic-80")
    assert code == 0
    assert "Отправлено" in out
    assert "Проверка печати".encode("cp866") in paper.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("print-test", NOWHERE), "Устройство не найдено"),
        (("terminal", "status", NOWHERE), "Устройство не найдено"),
        (("--lang", "en", "print-test", NOWHERE), "Device not found"),
        (("read", "/dev/ttyNONE9"), "Устройство не найдено"),
        (("read", "77", "--seconds", "20"), "Устройство не найдено"),
        (("read", "0", "1.png"), "0 is read alone"),
        (("status", "x:y"), "must be host:port"),
        (("print-test", NOWHERE, "--model", "abacus"), "no printer profile 'abacus'"),
        (("terminal", "pay", NOWHERE), "the sum is missing"),
        (("terminal", "cancel", NOWHERE, "100"), "cancel needs --receipt"),
        (("doctor", "--config", "no/such.json"), "no/such.json"),
    ],
)
def test_trouble_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == EXIT_FAILED
    assert words in err.splitlines()[-1]


def test_terminal_commands(capsys: pytest.CaptureFixture[str], terminal: TerminalSimulator) -> None:
    address = f"127.0.0.1:{terminal.port}"
    assert run(capsys, "terminal", "status", address)[:2] == (0, "готов\n")
    assert run(capsys, "terminal", "last", address)[:2] == (0, "операций нет\n")
    code, out, err = run(capsys, "terminal", "pay", address, "12345")
    assert code == 0
    assert "approved: Одобрено" in out
    assert "insert_card" in err
    assert "receipt=0001" in run(capsys, "terminal", "last", address)[1]
    assert run(capsys, "terminal", "cancel", address, "12345", "--receipt", "1")[0] == 0
    assert run(capsys, "terminal", "refund", address, "100")[0] == 0
    assert "total_minor=0 count=3" in run(capsys, "terminal", "close", address)[1]
    terminal.next(Behaviour(Act.DECLINE, 0x71))
    code, out, _ = run(capsys, "terminal", "pay", address, "12345")
    assert code == EXIT_FAILED
    assert "Недостаточно средств" in out
    terminal.next(Behaviour(Act.LOSE_AFTER))
    code, _, err = run(capsys, "terminal", "pay", address, "12345")
    assert code == EXIT_UNKNOWN
    assert "Неизвестно, выполнена ли операция" in err


def test_status_is_one_json_object(
    capsys: pytest.CaptureFixture[str], terminal: TerminalSimulator, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "status", NOWHERE)
    told = json.loads(out)
    assert (code, told["kind"], told["health"]) == (EXIT_FAILED, "printer", "offline")
    assert told["code"] == "device.not_connected"
    assert told["words"] == {"ru": "Устройство не найдено", "en": "Device not found"}
    assert told["hint"]["en"] == "Check its power, cable and address."
    code, out, _ = run(capsys, "status", f"127.0.0.1:{terminal.port}", "--kind", "terminal")
    assert (code, json.loads(out)["health"]) == (0, "online")
    code, out, _ = run(capsys, "status", str(write_pictures(tmp_path / "frames", "LC:77", 2)))
    assert (code, json.loads(out)["kind"]) == (0, "camera")


def test_status_of_a_printer_tells_paper(capsys: pytest.CaptureFixture[str]) -> None:
    with simulated_printer() as printer:
        asked = ("status", printer.address, "--kind", "printer", "--model", "xprinter-xp80")
        assert json.loads(run(capsys, *asked)[1])["health"] == "online"
        printer.set_paper(Paper.NEAR_END)
        code, out, _ = run(capsys, *asked)
        assert (code, json.loads(out)["health"]) == (0, "degraded")
        printer.set_paper(Paper.OUT)
        code, out, _ = run(capsys, *asked)
        assert (code, json.loads(out)["code"]) == (EXIT_FAILED, "printer.paper_out")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("192.168.1.5:9100", "printer"),
        ("192.168.1.5:20007", "terminal"),
        ("COM3", "scanner"),
        ("0", "camera"),
        ("/dev/usb/lp0", "printer"),
    ],
)
def test_kind_is_guessed_from_the_address(address: str, kind: str) -> None:
    assert guess_kind(*guess_transport(address)) == kind


def test_pictures_give_a_line_each_and_trouble_ends_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = write_pictures(tmp_path / "frames", "LC:77", 1)
    good, empty, broken = folder / "frame-000.png", tmp_path / "пусто.png", tmp_path / "broken.png"
    empty.write_bytes(cv2.imencode(".png", frame(None))[1].tobytes())
    broken.write_bytes(b"no picture")
    missing = tmp_path / "no-such.png"
    files = [str(path) for path in (missing, good, broken, empty)]
    code, out, err = run(capsys, "read", *files)
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (EXIT_FAILED, "")
    assert [line["file"] for line in lines] == files
    assert [sorted(line) for line in lines] == [
        ["error", "file"],
        ["codes", "file", "ms"],
        ["error", "file"],
        ["codes", "file", "ms"],
    ]
    assert lines[1]["codes"] == [{"format": "qr", "text": "LC:77", "hex": b"LC:77".hex()}]
    assert lines[3]["codes"] == []
    assert run(capsys, "read", str(good), str(empty))[0] == 0


def test_folder_is_read_like_a_camera(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "frames", "LC:77", 2)
    code, out, _ = run(capsys, "read", f"camera:{folder}")
    told = json.loads(out)
    assert (code, told["kind"], told["value"]) == (0, "guest", "77")
    assert told["codes"] == [{"format": "qr", "text": "LC:77", "hex": b"LC:77".hex()}]


@pytest.mark.parametrize(
    ("source", "live"),
    [
        ("0", True),
        ("COM3", True),
        ("a.avi", True),
        ("file:x", True),
        ("a.tif", False),
        ("a", False),
    ],
)
def test_pictures_are_told_from_live_sources(source: str, *, live: bool) -> None:
    assert is_live(source) is live


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_serial_scanner_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Opening a port throws away what came before, so the guest goes on scanning until it is read."""
    simulator = ScannerSimulator()
    simulator.plug()
    done = threading.Event()

    def scan_on() -> None:
        while not done.wait(0.05):
            simulator.scan("123456")

    guest = threading.Thread(target=scan_on)
    guest.start()
    code, out, _ = run(capsys, "read", simulator.path, "--count", "2")
    done.set()
    guest.join()
    simulator.unplug()
    assert code == 0
    assert {json.loads(line)["kind"] for line in out.splitlines()} == {"guest_code"}


def test_doctor_tells_each_device_with_a_hint(
    capsys: pytest.CaptureFixture[str], terminal: TerminalSimulator, tmp_path: Path
) -> None:
    folder = write_pictures(tmp_path / "frames", "LC:77", 2)
    devices = [
        _entry("card", "terminal", "terminal.zvt", "tcp", f"127.0.0.1:{terminal.port}"),
        _entry("receipt", "printer", "printer.escpos", "tcp", NOWHERE),
        _entry("bar", "scanner", "scanner.serial", "serial", "/dev/ttyNONE9"),
        _entry("front", "camera", "camera.opencv", "camera", str(folder)),
        _entry("odd", "camera", "camera.unknown", "camera", "0"),
    ]
    config = tmp_path / "devices.json"
    config.write_text(json.dumps(devices), encoding="utf-8")

    code, out, _ = run(capsys, "doctor", "--config", str(config), "--json")
    findings = {item["name"]: item for item in json.loads(out) if item["configured"]}
    assert code == EXIT_FAILED
    assert {name: item["health"] for name, item in findings.items()} == {
        "card": "online",
        "receipt": "offline",
        "bar": "offline",
        "front": "online",
        "odd": "offline",
    }
    assert {name: item["verdict"] for name, item in findings.items()} == {
        "card": "ok.device",
        "receipt": "net.refused",
        "bar": findings["bar"]["verdict"],  # port.moved where this computer has other ports
        "front": "ok.device",
        "odd": "settings.wrong",
    }
    assert findings["bar"]["verdict"] in ("port.missing", "port.moved")
    assert findings["receipt"]["hint"]["ru"].startswith("Проверьте номер порта")
    assert "camera.unknown" in findings["odd"]["words"]["en"]

    _, text, _ = run(capsys, "doctor", "--config", str(config))
    assert "OK   terminal    card" in text
    assert "FAIL printer     receipt" in text


def _entry(name: str, kind: str, model: str, transport: str, address: str) -> dict[str, str]:
    return {
        "id": name,
        "kind": kind,
        "model": model,
        "transport": transport,
        "address": address,
    }


def test_driver_that_hangs_or_breaks_cannot_hide_the_rest() -> None:
    blank = Finding("camera", "x", "-", Probe(Health.OFFLINE, "не отвечает", "silent"))
    good = Finding("printer", "y", "-", Probe(Health.ONLINE, "готов", "ready"))
    release = threading.Event()

    def hang() -> list[Finding]:
        release.wait(60)
        return []

    def break_down() -> list[Finding]:
        raise ZeroDivisionError("broken library")

    found = _run_all([(blank, hang), (blank, break_down), (good, lambda: [good])], 1.0)
    release.set()
    assert found[0] == blank
    assert "broken library" in found[1].probe.words_en
    assert found[2] == good


def test_examine_without_discovery_asks_the_configured_only() -> None:
    config = DeviceConfig("p", DeviceKind.PRINTER, "printer.escpos", "tcp", NOWHERE)
    (finding,) = examine([config], discover=False)
    assert finding.probe.code == "device.not_connected"
