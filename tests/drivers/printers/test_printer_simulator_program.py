"""The simulator as a program: address out, commands in, receipts in a folder."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.api.errors import PaperOut
from drivers.api.printer import Cut, PrintDocument, Text
from drivers.printers.build import network_printer
from drivers.printers.profiles import get_profile
from drivers.sim.escpos_console import HELP, main, obey
from drivers.sim.printer import PrinterSimulator

XP80 = get_profile("xprinter-xp80")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """``python -m drivers.sim.printer`` on a free port."""
    arguments = [sys.executable, "-m", "drivers.sim.printer", "--out", str(tmp_path)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        process.kill()


def test_program_prints_obeys_and_ends(program: subprocess.Popen[str], tmp_path: Path) -> None:
    assert program.stdin is not None
    assert program.stdout is not None
    host, port = program.stdout.readline().strip().split(":")
    printer = network_printer("Касса", XP80, host, int(port))
    assert printer.print(PrintDocument([Text("Привет"), Cut()])).confirmed
    program.stdin.write("paper out\n")
    program.stdin.flush()
    assert program.stdout.readline() == "ok\n"
    with pytest.raises(PaperOut):
        printer.print(PrintDocument([Text("нет")]))
    program.stdin.write("nonsense\nquit\n")
    program.stdin.flush()
    assert program.stdout.readline() == "unknown command 'nonsense', try help\n"
    assert program.wait(60) == 0
    assert (tmp_path / "receipt-0001.txt").read_text(encoding="utf-8").startswith("Привет")


def test_program_ends_with_whoever_started_it(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdout.readline()

    program.stdin.close()

    assert program.wait(60) == 0


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        ("paper near_end", "paper", "near_end"),
        ("cover open", "cover_open", True),
        ("cutter error", "cutter_error", True),
        ("head hot", "head_hot", True),
        ("offline on", "offline", True),
        ("silent on", "silent", True),
        ("slow 0.5", "line_delay_s", 0.5),
    ],
)
def test_console_turns_each_switch(line: str, attribute: str, value: object) -> None:
    with PrinterSimulator(XP80) as simulator:
        assert obey(simulator, line) == "ok"
        assert getattr(simulator.state, attribute) == value
        assert attribute in obey(simulator, "state")


def test_console_refuses_nonsense_and_helps() -> None:
    with PrinterSimulator(XP80) as simulator:
        for line in ("paper gone", "slow much", "unplug after dinner", "cover"):
            with pytest.raises(ValueError, match=r"\w"):
                obey(simulator, line)
        assert obey(simulator, "help") == HELP.rstrip()


def test_port_in_use_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with PrinterSimulator(XP80) as simulator:
        assert main(["--port", str(simulator.port)]) == 2
    assert "in use" in capsys.readouterr().err
