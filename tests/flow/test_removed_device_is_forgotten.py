"""A device that was taken out of the settings is no longer told of when signing in or opening a shift."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.settings import Settings
from app.ui.app import make_application
from drivers.api.device import DeviceKind, DeviceState, Health, Probe

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]


def test_removed_device_is_told_of_nowhere(qapp: QApplication, tmp_path: Path) -> None:
    assert make_application([]) is qapp
    entry = {
        "id": "bar", "kind": "printer", "model": "printer.escpos", "transport": "tcp",
        "address": "127.0.0.1:9",
    }  # fmt: skip
    settings = Settings(home=tmp_path, service_url="http://127.0.0.1:9", devices=(entry,))
    relay = Relay()
    core = Core(settings, relay)
    core.open()
    program = TillProgram(core, relay, settings)
    silent = Probe(Health.OFFLINE, "не отвечает", "does not answer")
    program._on_device(DeviceState("bar", DeviceKind.PRINTER, "printer.escpos", silent))
    assert [fact.words.ru for fact in program._health()] == ["Принтер чеков: не отвечает"]
    assert len(program._checks()) == 1

    core.rig.remove("bar")
    assert program._health() == ()
    assert program._checks() == ()
    program.close()
