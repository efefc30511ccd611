"""`python -m drivers status` of every kind, against the simulators of the table."""

import json
import sys

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceKind
from drivers.commands.common import EXIT_FAILED
from drivers.commands.simulate import ALIASES, KINDS
from drivers.commands.status import fit_transport, guess_kind
from drivers.registry import MODELS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
NOWHERE = "127.0.0.1:1"
FIELDS = {"device", "kind", "model", "transport", "health", "code", "words", "hint"}


def status(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main(["status", *arguments])
    told = json.loads(capsys.readouterr().out)
    assert set(told) >= FIELDS
    assert all(told["words"][lang] for lang in ("ru", "en"))
    return code, told


@pytest.mark.parametrize(
    ("simulator", "fault", "arguments", "health"),
    [
        ("printer", "", ("--kind", "printer", "--model", "xprinter-xp80"), "online"),
        ("printer", "cover-open", ("--kind", "printer", "--model", "xprinter-xp80"), "degraded"),
        ("printer", "silent", ("--kind", "printer", "--model", "xprinter-xp80"), "offline"),
        ("terminal", "", ("--kind", "terminal"), "online"),
        ("inpas", "", ("--model", "terminal.inpas"), "online"),
        ("scanner", "", (), "online"),
        ("camera", "", ("--kind", "camera"), "online"),
        ("camera", "broken", ("--kind", "camera"), "offline"),
        ("scale-massak100", "", ("--kind", "scale"), "online"),
        ("scale-massak100", "silent", ("--kind", "scale"), "offline"),
        ("display-cd5220", "", ("--kind", "display"), "online"),
        ("fiscal", "", ("--kind", "fiscal"), "online"),
        ("fiscal", "silence", ("--kind", "fiscal"), "offline"),
    ],
)
def test_health_of_a_simulated_device(
    capsys: pytest.CaptureFixture[str],
    simulator: str,
    fault: str,
    arguments: tuple[str, ...],
    health: str,
) -> None:
    simulated = KINDS[simulator].start(0, fault)
    try:
        code, told = status(capsys, simulated.address, *arguments)
    finally:
        simulated.stop()
    assert told["health"] == health
    assert code == (0 if health == "online" else EXIT_FAILED)


@pytest.mark.parametrize("kind", ["printer", "terminal", "camera", "fiscal", "display", "scale"])
def test_absent_device_of_any_kind_is_offline_in_words(
    capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    code, told = status(capsys, NOWHERE, "--kind", kind)
    assert (code, told["kind"], told["health"]) == (EXIT_FAILED, kind, "offline")
    assert told["hint"]


@pytest.mark.parametrize(
    ("model", "given", "fitted"),
    [
        ("printer.escpos", ("tcp", "a:9100"), ("tcp", "a:9100")),
        ("fiscal.atol", ("tcp", "a:16732"), ("http", "http://a:16732")),
        ("scanner.serial", ("usb", "05f9:4204"), ("serial", "usb:05f9:4204")),
        ("scanner.serial", ("file", "/tmp/port"), ("serial", "/tmp/port")),  # noqa: S108 - text only
        ("camera.opencv", ("tcp", "0"), ("camera", "0")),
        ("terminal.sberbank", ("file", "/srv/sb"), ("program", "/srv/sb")),
        ("scanner.serial", ("tcp", "a:1"), ("tcp", "a:1")),
    ],
)
def test_road_fits_the_model(model: str, given: tuple[str, str], fitted: tuple[str, str]) -> None:
    assert fit_transport(MODELS[model], *given) == fitted


def test_register_is_guessed_by_its_port() -> None:
    assert guess_kind("tcp", "localhost:16732") is DeviceKind.FISCAL


def test_other_words_for_a_simulator_lead_to_one() -> None:
    assert set(ALIASES.values()) <= set(KINDS)
    assert not set(ALIASES) & set(KINDS)
