"""`python -m drivers terminal` with every driver, on simulators."""

import json
import sys
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, Health
from drivers.api.errors import ConfigurationError
from drivers.commands.simulate_payments import start_external, start_inpas, start_sberbank
from drivers.doctor import check_device
from drivers.registry import build_terminal, get_model, watch_terminal
from drivers.sim.sberbank import Plan, SberbankFolder

posix = pytest.mark.skipif(sys.platform == "win32", reason="program scripts are POSIX")


@posix
def test_sberbank_by_hand(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pad = SberbankFolder(tmp_path)
    pad.install()
    program = str(pad.program)
    base = ["terminal"]
    driver = ["--driver", "sberbank", "--notes", str(tmp_path), "--json"]
    assert main([*base, "pay", program, "12345", *driver]) == 0
    paid = json.loads(capsys.readouterr().out)
    assert (paid["outcome"], paid["amount_minor"]) == ("approved", 12345)
    pad.next(Plan("die-after"))
    assert main([*base, "pay", program, "777", "--operation", "op-9", *driver]) == 3
    assert "op-9" in capsys.readouterr().err
    assert main([*base, "find", program, "777", "--operation", "op-9", *driver]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["result"]["amount_minor"]) == ("found", 777)
    assert main([*base, "hold", program, "777", *driver]) == 1
    assert [item.amount_minor for item in pad.journal.all()] == [12345, 777]


def test_inpas_by_hand_over_tcp(capsys: pytest.CaptureFixture[str]) -> None:
    address, stop = start_inpas(0, "")
    try:
        options = ["--driver", "inpas", "--option", "ack_timeout_s=3", "--json"]
        assert main(["terminal", "status", address, *options]) == 0
        assert json.loads(capsys.readouterr().out)["ready"] is True
        assert main(["terminal", "pay", address, "500", *options]) == 0
        assert json.loads(capsys.readouterr().out)["amount_minor"] == 500
        assert main(["terminal", "last", address, *options]) == 0
        assert json.loads(capsys.readouterr().out)["amount_minor"] == 500
        assert main(["terminal", "close", address, *options]) == 0
        assert json.loads(capsys.readouterr().out)["total_minor"] == 500
        assert main(["terminal", "pay", address, "500", *options, "--option", "sale=x"]) == 1
        assert main(["terminal", "pay", address, "500", *options, "--option", "sale"]) == 1
        assert main(["terminal", "pay", address, *options]) == 1
        assert main(["terminal", "cancel", address, "500", *options]) == 1
    finally:
        stop()


@posix
def test_declined_card_ends_with_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    program, clean = start_external(0, "decline")
    try:
        assert main(["terminal", "pay", program, "500", "--driver", "external"]) == 1
        assert "declined" in capsys.readouterr().out
    finally:
        clean()


@posix
def test_doctor_and_supervisor_look_at_programs(tmp_path: Path) -> None:
    for model, start in (
        ("terminal.sberbank", start_sberbank),
        ("terminal.external", start_external),
    ):
        program, clean = start(0, "")
        try:
            config = DeviceConfig("card", DeviceKind.TERMINAL, model, "program", program)
            assert check_device(config).health is Health.ONLINE
            watched = watch_terminal(config, state_folder=tmp_path)
            assert watched.poll_every_s >= 600  # each look shows on the terminal
        finally:
            clean()


def test_settings_are_checked_by_the_table(tmp_path: Path) -> None:
    program = str(tmp_path / "program")

    def config(model: str, transport: str, address: str, **options: str | float) -> DeviceConfig:
        return DeviceConfig("card", DeviceKind.TERMINAL, model, transport, address, options)

    for wrong in (
        config("terminal.sberbank", "tcp", "10.0.0.1:1"),
        config("terminal.sberbank", "program", "sb_pilot"),
        config("terminal.sberbank", "program", program, encoding="ebcdic"),
        config("terminal.sberbank", "program", program, answer_timeout_s=1),
        config("terminal.inpas", "tcp", "10.0.0.1", sale="one"),
        config("terminal.external", "program", program, operations="fly"),
        config("terminal.external", "program", program, arguments="{sum}"),
        config("terminal.external", "program", program, arguments="'open"),
    ):
        with pytest.raises(ConfigurationError):
            build_terminal(wrong)
    assert get_model(config("terminal.inpas", "tcp", "10.0.0.1")).default_port == 8888
