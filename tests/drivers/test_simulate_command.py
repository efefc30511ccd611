"""`python -m drivers simulate`: every simulator of the table starts, tells its address and ends."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.commands.common import EXIT_FAILED, EXIT_USAGE
from drivers.commands.simulate import KINDS
from drivers.scanners.calibration import FIRST_CODE, SECOND_CODE
from drivers.sim.scanner import ScannerSimulator

ROOT = Path(__file__).parents[2]
EVERY_FAULT = [(name, fault) for name, kind in KINDS.items() for fault in ("", *kind.faults)]
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


@POSIX_ONLY
@pytest.mark.parametrize(("name", "fault"), EVERY_FAULT)
def test_every_simulator_starts_with_every_fault(
    name: str, fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing = tmp_path / "input"
    nothing.touch()
    with nothing.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        simulated = KINDS[name].start(0, fault)
        try:
            assert simulated.address
        finally:
            simulated.stop()


@pytest.mark.slow
@POSIX_ONLY
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_program_tells_its_address_and_ends_by_a_signal(end: signal.Signals) -> None:
    command = [sys.executable, "-m", "drivers", "simulate", "scanner", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        told = json.loads(program.stdout.readline())
        assert (told["kind"], told["fault"]) == ("scanner", "")
        assert told["address"].startswith("/dev/")
        program.send_signal(end)
        assert program.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("toaster",), "printer, "), (("printer", "--fault", "hunger"), "paper-out, ")],
)
def test_unknown_names_list_the_known_ones(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["simulate", *arguments]) == EXIT_USAGE
    assert words in capsys.readouterr().err


def test_calibration_sheet_is_written_and_read_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["calibrate", "--sheet", str(sheet)]) == 0
    assert main(["read", str(sheet)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {code["text"] for code in told["codes"]} == {FIRST_CODE, SECOND_CODE}


@POSIX_ONLY
def test_serial_scanner_is_calibrated_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    simulator = ScannerSimulator(prefix=b"~", suffix=b"\r\n")
    simulator.plug()
    done = threading.Event()

    def scan_on() -> None:
        """A guest who scans the sheet's codes in turn, slowly enough for a pause between them."""
        while not done.wait(0.5):
            simulator.scan(FIRST_CODE)
            if not done.wait(0.5):
                simulator.scan(SECOND_CODE)

    guest = threading.Thread(target=scan_on)
    guest.start()
    try:
        code = main(["--lang", "en", "calibrate", simulator.path, "--seconds", "60"])
    finally:
        done.set()
        guest.join()
        simulator.unplug()
    printed = capsys.readouterr()
    assert code == 0
    assert json.loads(printed.out)["options"] == {
        "baud": 9600,
        "prefix": "~",
        "suffix": "",
        "separator": "",
    }
    assert "Scan the second code." in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a serial port, or --sheet"),
        (("127.0.0.1:1",), "is no serial port"),
        (("/dev/ttyNONE9",), "Device not found"),
        (("--sheet", "no/such/sheet.png"), "no/such/sheet.png"),
    ],
)
def test_trouble_of_calibration_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["--lang", "en", "calibrate", *arguments]) == EXIT_FAILED
    assert words in capsys.readouterr().err.splitlines()[-1]
