"""`python -m drivers simulate`: every simulator of the table starts, tells its address and ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.commands.common import EXIT_USAGE
from drivers.commands.simulate import KINDS

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
