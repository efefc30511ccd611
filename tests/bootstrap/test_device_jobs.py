"""`maxloyalty simulate` and `maxloyalty doctor` know what `python -m drivers` knows."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.__main__ import main
from app.bootstrap import doctor
from app.bootstrap.simulate import SIMULATORS
from drivers.api.device import DeviceConfig
from drivers.commands.simulate import ALIASES, KINDS

ROOT = Path(__file__).parents[2]


def test_without_a_device_every_simulator_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate"]) == 0
    named = capsys.readouterr().out.strip().split(", ")
    assert named == sorted({*SIMULATORS, *KINDS, *ALIASES})
    assert {"atol-online", "marking", "drawer", "scale", "star", "display", "sbp"} <= set(named)


def test_unknown_device_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "toaster"]) == 2
    told = capsys.readouterr().err
    assert "'toaster'" in told
    assert "atol-online" in told


def test_wrong_fault_of_a_device_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "marking", "--fault", "hunger"]) == 2
    assert "emergency-203" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="ended by a signal of POSIX")
def test_kinds_of_the_drivers_run_until_they_are_ended() -> None:
    command = [sys.executable, "-m", "app", "simulate", "atol-online", "--fault", "slow"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        told = program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0
    assert '"atol-online"' in told
    assert "/possystem/v5" in told


@pytest.mark.parametrize(("arguments", "searched"), [((), False), (("--network",), True)])
def test_doctor_searches_the_network_only_when_asked(
    arguments: tuple[str, ...], searched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def examine(_configs: Sequence[DeviceConfig], *, network: bool = False) -> tuple[()]:
        asked.append(network)
        return ()

    monkeypatch.setattr(doctor, "examine", examine)
    assert main(["doctor", *arguments]) == 0
    assert asked == [searched]
