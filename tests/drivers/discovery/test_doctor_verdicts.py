"""The doctor's verdicts: every rule picks its row, every row says what to do, nothing is left unsaid."""

import errno
import inspect
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers import checkup, doctor
from drivers.api import errors
from drivers.api.device import DeviceConfig, DeviceKind, Health, OptionValue, Probe
from drivers.api.errors import DriverError
from drivers.api.scale import Overloaded, ScaleNeedsService, Weight, WeightUnstable
from drivers.discovery import facts as fact_sources
from drivers.discovery.diagnosis import diagnose, judge
from drivers.discovery.facts import Facts, holders_of
from drivers.discovery.found import Discovery, Found, Problem
from drivers.discovery.verdicts import VERDICTS
from drivers.doctor import Finding, examine
from drivers.scales import massak100
from drivers.sim.escpos_links import PtyLink, TcpLink
from drivers.sim.printer import simulated_printer
from drivers.sim.scale import ScaleFault, ScaleSimulator
from drivers.transport.serial import SerialTransport

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and /proc are POSIX")
HERE = Facts(
    exists=lambda _: True,
    holders=lambda _: (),
    group=lambda _: "",
    user=lambda: "kassa",
    ports=lambda: (),
    near=lambda _: True,
)


def device(transport: str = "tcp", kind: str = "printer", **options: OptionValue) -> DeviceConfig:
    address = {
        "tcp": "192.168.1.50:9100",
        "serial": "/dev/ttyUSB0",
        "file": "/dev/usb/lp0",
        "http": "http://192.168.9.9:16732",
        "https": "https://pay.example",
        "program": "C:/sc552/loadparm.exe",
    }
    model = {"printer": "printer.escpos", "scale": "scale.cas"}.get(kind, kind)
    return DeviceConfig(
        "x", DeviceKind(kind), model, transport, address.get(transport, "04b8:0202"), options
    )


def caused(error: DriverError, cause: BaseException) -> DriverError:
    error.__cause__ = cause
    return error


def with_facts(**changes: Any) -> Facts:
    fields = {name: getattr(HERE, name) for name in Facts.__slots__}
    return Facts(**{**fields, **changes})


CASES: list[tuple[str, DeviceConfig, DriverError, Facts, str]] = [
    ("usb.no_library", device("usb"), errors.UsbLibraryMissing("x"), HERE, "libusb"),
    (
        "usb.no_permission", device("usb"),
        errors.UsbAccessDenied('x; rule: SUBSYSTEM=="usb", TAG+="uaccess"'), HERE, "uaccess",
    ),
    (
        "port.no_permission", device("serial"), errors.AccessDenied("x"),
        with_facts(group=lambda _: "dialout"), "sudo usermod -aG dialout kassa",
    ),
    ("access.denied", device("serial"), errors.AccessDenied("x"), HERE, "/dev/ttyUSB0"),
    (
        "port.held", device("serial"), errors.PortBusy("x"),
        with_facts(holders=lambda _: ["1cv8 (pid 42)"]), "1cv8 (pid 42)",
    ),
    ("port.busy", device("serial"), errors.PortBusy("x"), HERE, "1С"),
    ("port.busy", device("tcp"), errors.PortBusy("x"), HERE, "1С"),
    (
        "port.missing", device("serial"), errors.NotConnected("x"),
        with_facts(exists=lambda _: False), "/dev/ttyUSB0",
    ),
    (
        "port.moved", device("serial"), errors.NotConnected("x"),
        with_facts(exists=lambda _: False, ports=lambda: ["/dev/ttyUSB1"]), "/dev/ttyUSB1",
    ),
    (
        "port.missing", device("file"), errors.NotConnected("x"),
        with_facts(exists=lambda _: False, ports=lambda: ["/dev/ttyUSB1"]), "/dev/usb/lp0",
    ),
    (
        "net.refused", device(), caused(errors.NotConnected("x"), ConnectionRefusedError()), HERE,
        "порта в настройках",
    ),
    ("net.silent", device(), caused(errors.NotConnected("x"), TimeoutError()), HERE, "брандмауэр"),
    (
        "net.other_network", device(), caused(errors.NotConnected("x"), TimeoutError()),
        with_facts(near=lambda _: False), "гостевому",
    ),
    (
        "net.unreachable", device(),
        caused(errors.NotConnected("x"), OSError(errno.ENETUNREACH, "x")), HERE, "кабель",
    ),
    ("net.no_name", device(), caused(errors.NotConnected("x"), socket.gaierror()), HERE, "IP"),
    (
        "vendor.no_server", device("http", "fiscal"),
        caused(errors.NotConnected("x"), ConnectionRefusedError()), HERE, "16732",
    ),
    (
        "net.other_network", device("http", "fiscal"),
        caused(errors.NotConnected("x"), TimeoutError()),
        with_facts(near=lambda host: host != "192.168.9.9"), "сети кассы",
    ),
    ("net.no_internet", device("https", "qr_payment"), errors.NotConnected("x"), HERE, "интернет"),
    ("net.no_internet", device("https", "qr_payment"), errors.Timeout("x"), HERE, "интернет"),
    (
        "vendor.no_program", device("program", "terminal"), errors.NotConnected("x"),
        with_facts(exists=lambda _: False), "C:/sc552/loadparm.exe",
    ),
    ("device.absent", device("program", "terminal"), errors.NotConnected("x"), HERE, "питание"),
    ("device.absent", device(), errors.NotConnected("x"), HERE, "Проверьте питание"),
    ("device.absent", device("usb"), errors.NotConnected("x"), HERE, "04b8:0202"),
    ("line.silent", device("serial", baud=19200), errors.Timeout("x"), HERE, "19200"),
    ("line.garbled", device("serial", baud=4800), errors.ProtocolError("x"), HERE, "4800"),
    ("device.silent", device(), errors.Timeout("x"), HERE, "модель"),
    ("device.garbled", device(), errors.ProtocolError("x"), HERE, "модель"),
    ("camera.silent", device("camera", "camera"), errors.Timeout("x"), HERE, "видеозвонки"),
    ("device.lost", device(), errors.ConnectionLost("x"), HERE, "оборвалась"),
    ("device.busy", device(), errors.DeviceBusy("x"), HERE, "Дождитесь"),
    ("device.refused", device(), errors.DeviceRefused("код 51"), HERE, "код 51"),
    ("device.refused", device(), errors.NotSupported("нет"), HERE, "нет"),
    ("device.not_ready", device("serial", "scale"), WeightUnstable("x"), HERE, "Вес не успокоился"),
    ("device.not_ready", device(), errors.OutcomeUnknown("x"), HERE, "не готово"),
    ("settings.wrong", device(), errors.ConfigurationError("no columns"), HERE, "no columns"),
    ("printer.paper_out", device(), errors.PaperOut("x"), HERE, "рулон"),
    ("printer.cover_open", device(), errors.CoverOpen("x"), HERE, "крышку"),
    ("printer.offline", device(), errors.DeviceOffline("x"), HERE, "кнопку"),
    ("printer.fault", device(), errors.DeviceFault("x"), HERE, "ножа"),
    ("scale.overload", device("serial", "scale"), Overloaded("x"), HERE, "Снимите"),
    ("scale.service", device("serial", "scale"), ScaleNeedsService("x"), HERE, "калибровка"),
    ("program.fault", device(), errors.WrongCallOrder("read before open"), HERE, "поддержку"),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "config", "error", "look", "said"), CASES)
def test_each_trouble_has_its_verdict_and_says_what_to_do(
    verdict: str, config: DeviceConfig, error: DriverError, look: Facts, said: str
) -> None:
    found = diagnose(config, error, look)
    assert found.verdict == verdict
    assert found.probe.code == error.code
    assert said in f"{found.probe.words_ru} {found.probe.hint_ru}"
    assert "{" not in f"{found.probe}"
    assert found.probe.hint_ru
    assert found.probe.hint_en


def all_errors(kind: type[DriverError] = DriverError) -> list[type[DriverError]]:
    """Every class of the tree that is made of a detail; some are made of a fault of a document."""
    needed = [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is inspect.Parameter.empty
    ]
    ours = kind.__module__.startswith("drivers.")
    made_of_detail = ours and needed in ([], ["detail"])
    rest = [found for child in kind.__subclasses__() for found in all_errors(child)]
    return [kind, *rest] if made_of_detail else rest


@pytest.mark.parametrize("transport", ["tcp", "serial", "file", "usb", "http", "https", "program"])
def test_no_error_of_any_kind_is_left_without_words(transport: str) -> None:
    """Errors of other rooms too, and those that come later: each has a verdict and a sentence."""
    for kind in DeviceKind:
        for error_class in all_errors():
            config = device(transport, str(kind))
            found = diagnose(config, error_class("detail"), HERE)
            assert found.verdict in VERDICTS
            assert found.probe.words_ru
            assert found.probe.words_en
            assert found.probe.health is not Health.ONLINE
            assert "{" not in str(found.probe)


QUEUE_WORDS = Probe(Health.DEGRADED, "очередь сообщает: нет бумаги", "the queue says: no paper")
OWN_WORDS = Probe(Health.DEGRADED, "смена открыта вчера", "the shift is old", code="fiscal.shift")


@pytest.mark.parametrize(
    ("verdict", "config", "probe"),
    [
        ("ok.printer", device(), Probe(Health.ONLINE, "готов", "ready")),
        ("ok.silent_road", device("spooler"), Probe(Health.ONLINE, "готов", "ready")),
        ("ok.scanner", device("serial", "scanner"), Probe(Health.ONLINE, "", "")),
        ("ok.display", device("serial", "display"), Probe(Health.ONLINE, "", "")),
        ("ok.device", device("serial", "scale"), Probe(Health.ONLINE, "готов", "ready")),
        ("printer.paper_low", device(), Probe(Health.DEGRADED, "мало", "low")),
        ("printer.queue_says", device("spooler"), QUEUE_WORDS),
        ("printer.paper_out", device(), Probe(Health.DEGRADED, "", "", code="printer.paper_out")),
        ("device.silent", device(), Probe(Health.OFFLINE, "нет ответа", "no answer")),
        ("line.silent", device("serial"), Probe(Health.OFFLINE, "нет ответа", "no answer")),
        ("device.not_ready", device("tcp", "fiscal"), OWN_WORDS),
    ],
)
def test_what_a_device_tells_of_itself_is_judged(
    verdict: str, config: DeviceConfig, probe: Probe
) -> None:
    found = judge(config, probe)
    assert found.verdict == verdict
    assert found.probe.words_ru
    if probe is QUEUE_WORDS:
        assert (found.probe.words_ru, found.probe.words_en) == (probe.words_ru, probe.words_en)
        assert found.probe.health is Health.DEGRADED
    if probe is OWN_WORDS:
        assert found.probe == probe


def test_verdicts_have_words_in_both_languages_and_a_hint_when_something_is_wrong() -> None:
    for code, row in VERDICTS.items():
        assert code == row.code
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", code)
        assert row.words_ru
        assert row.words_en
        assert bool(row.hint_ru) == bool(row.hint_en)
        assert row.hint_ru or row.health is Health.ONLINE
        gaps = [sorted(re.findall(r"{(\w+)}", text)) for text in (row.words_ru, row.words_en)]
        assert [name.replace("_ru", "_en") for name in gaps[0]] == gaps[1]


def test_every_verdict_is_given_by_something() -> None:
    """A row that nothing picks would be a promise of the guide that is never kept."""
    folder = Path(doctor.__file__).parent
    sources = [folder / "doctor.py", folder / "checkup.py", *(folder / "discovery").glob("*.py")]
    code = "".join(
        path.read_text(encoding="utf-8") for path in sources if path.name != "verdicts.py"
    )
    assert [code_ for code_ in VERDICTS if f'"{code_}"' not in code] == []


@posix
def test_program_that_holds_a_port_is_named(tmp_path: Path) -> None:
    proc, port = tmp_path / "proc", tmp_path / "ttyUSB0"
    port.touch()
    for pid, comm, target in (("41", "bash", "/dev/null"), ("42", "1cv8", str(port))):
        (proc / pid / "fd").mkdir(parents=True)
        (proc / pid / "comm").write_text(f"{comm}\n")
        (proc / pid / "fd" / "3").symlink_to(target)
    (proc / str(os.getpid()) / "fd").mkdir(parents=True)
    (proc / str(os.getpid()) / "fd" / "3").symlink_to(port)
    (proc / "43" / "fd").mkdir(parents=True)
    (proc / "43" / "fd" / "5").symlink_to(port)
    assert holders_of(str(port), proc) == ["1cv8 (pid 42)", "? (pid 43)"]


@posix
def test_facts_of_this_computer_are_told_without_a_fault(tmp_path: Path) -> None:
    assert fact_sources.group_of(str(tmp_path))
    assert fact_sources.group_of(str(tmp_path / "none")) == ""
    assert fact_sources.user_name()
    assert isinstance(fact_sources.serial_addresses(), list)


@posix
def test_port_held_by_another_driver_is_busy() -> None:
    link = PtyLink()
    holder = SerialTransport(link.address)
    holder.open()
    config = DeviceConfig("s", DeviceKind.SCANNER, "scanner.serial", "serial", link.address)
    (finding,) = examine([config], discover=False)
    holder.close()
    link.shut()
    assert finding.verdict in ("port.busy", "port.held")


class Speedy:
    """A scale that understands one line setting only."""

    asked: list[tuple[object, object]]

    def __init__(self, right: tuple[int, str], error: DriverError) -> None:
        self.asked = []
        self._right = right
        self._error = error

    def __call__(self, config: DeviceConfig) -> "Speedy":
        self.asked.append((config.options["baud"], config.options["parity"]))
        return self

    def open(self) -> None:
        """Nothing to take."""

    def close(self) -> None:
        """Nothing to let go of."""

    def read(self) -> Weight:
        if self.asked[-1] != self._right:
            raise self._error
        return Weight(0, stable=True)


@pytest.mark.parametrize(
    ("right", "error", "found", "tries"),
    [
        ((4800, "E"), errors.ProtocolError("x"), "4800 8E1", 3),
        ((300, "N"), errors.Timeout("x"), "", len(checkup.SPEEDS)),
        ((4800, "E"), errors.PortBusy("x"), "", 1),
    ],
)
def test_speed_of_a_scale_is_found_by_asking(
    monkeypatch: pytest.MonkeyPatch,
    right: tuple[int, str],
    error: DriverError,
    found: str,
    tries: int,
) -> None:
    speedy = Speedy(right, error)
    monkeypatch.setattr(checkup, "build_scale", speedy)
    assert checkup.find_speed(device("serial", "scale", baud=9600)) == found
    assert len(speedy.asked) == tries


@posix
@pytest.mark.parametrize(
    ("fault", "speed", "verdict"),
    [
        (ScaleFault.SILENT, "", "line.silent"),
        (ScaleFault.NOISE_ONLY, "", "line.garbled"),
        (ScaleFault.NOISE_ONLY, "4800 8E1", "line.other_speed"),
        (None, "", "ok.device"),
    ],
)
def test_scale_that_cannot_be_understood_is_explained(
    monkeypatch: pytest.MonkeyPatch, fault: ScaleFault | None, speed: str, verdict: str
) -> None:
    monkeypatch.setattr(doctor, "find_speed", lambda _: speed)
    simulator = ScaleSimulator("massak100")
    simulator.start()
    simulator.always(fault)
    config = DeviceConfig(
        "s", DeviceKind.SCALE, "scale.massak100", "serial", simulator.address,
        {"answer_s": {None: 20.0, ScaleFault.SILENT: 0.2}.get(fault, 1.0), "baud": 9600},
    )  # fmt: skip
    (finding,) = examine([config], discover=False, timeout_s=60)
    simulator.stop()
    assert finding.verdict == verdict
    if speed:
        assert "4800 8E1 вместо 9600" in finding.probe.hint_ru


def test_looking_changes_nothing() -> None:
    """No tare, no zero, no receipt, no pulse: the doctor only asks."""
    simulator = ScaleSimulator("massak100", TcpLink())
    simulator.start()
    scale = DeviceConfig("s", DeviceKind.SCALE, "scale.massak100", "tcp", simulator.address)
    with simulated_printer() as paper:
        printer = DeviceConfig(
            "p", DeviceKind.PRINTER, "printer.escpos", "tcp", paper.address,
            {"profile": "xprinter-xp80"},
        )  # fmt: skip
        found = examine([scale, printer], discover=False, timeout_s=60)
        assert paper.drawer_count == 0
        assert paper.receipts == []
    simulator.stop()
    assert {item.verdict for item in found} == {"ok.device", "ok.printer"}
    assert {data for way, data in simulator.journal if way == ">"} == {massak100.frame(b"\x23")}


def test_drawer_is_checked_through_its_printer() -> None:
    drawer = DeviceConfig("till", DeviceKind.DRAWER, "drawer.printer", "printer", "receipt")
    with simulated_printer() as simulator:
        printer = DeviceConfig(
            "receipt", DeviceKind.PRINTER, "printer.escpos", "tcp", simulator.address
        )
        found = {item.name: item for item in examine([printer, drawer], discover=False)}
    assert found["till"].verdict == "ok.device"
    assert found["receipt"].verdict == "ok.printer"
    (alone,) = examine([drawer], discover=False)
    assert alone.verdict == "settings.wrong"
    assert "receipt" in alone.probe.words_ru


def test_found_and_failed_searches_become_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    config = DeviceConfig("p", DeviceKind.PRINTER, "printer.escpos", "tcp", "127.0.0.1:9")
    found = Found(
        "printer", "127.0.0.1:9", "tcp", "XP-80", words_ru="Принтер.", words_en="A printer.",
        config=config,
    )  # fmt: skip
    port = Found("serial port", "/dev/ttyX", "serial", "X", words_ru="Порт.", words_en="A port.")
    problem = Problem("usb", "Поиск не удался.", "The search failed.")
    asked = []

    def search(*, network: bool, timeout_s: float) -> Discovery:
        asked.append((network, timeout_s > 0))
        return Discovery((found, port), (problem,))

    monkeypatch.setattr("drivers.discovery.search.discover", search)
    lines = {item.verdict: item for item in examine(network=True) if item.kind != "library"}
    assert asked == [(True, True)]
    assert set(lines) == {"found.device", "found.port", "search.failed"}
    assert lines["found.device"].to_json()["config"] == config.to_json()
    assert (
        lines["found.device"]
        .line("ru")
        .endswith("Подключите одним нажатием на экране «Устройства».")
    )
    assert lines["found.port"].config is None
    assert lines["search.failed"].probe.words_en == "The search failed"


def test_missing_library_is_told_with_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> object:
        raise ImportError(f"no {name}")

    monkeypatch.setattr("drivers.doctor.importlib.import_module", fail)
    found: dict[str, Finding] = {item.name: item for item in doctor.check_libraries()}
    assert found["serial"].verdict == "library.missing"
    assert found["pyzbar.pyzbar"].verdict == "library.optional"
    assert "no cv2" in found["cv2"].probe.hint_ru
