"""The whole till with two screens: the guest's display opens on the second one and follows a sale."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.gui, pytest.mark.slow]

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.settings import Settings
from app.ui.app import make_application

app = make_application(sys.argv)
relay = Relay()
settings = Settings.load()
core = Core(settings, relay)
core.open()
program = TillProgram(core, relay, settings)
program.start()

def tell() -> None:
    if program.customer is None or not program.customer.shown.screen:
        QTimer.singleShot(50, tell)
        return
    window = program.customer.window
    place = window.geometry()
    picture = window.grab()
    picture.save(sys.argv[1])
    print(program.customer.shown, [place.x(), place.width(), place.height()], bool(window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus))
    app.quit()

QTimer.singleShot(0, tell)
QTimer.singleShot(60_000, lambda: app.exit(3))
status = app.exec()
program.close()
raise SystemExit(status)
"""


def test_display_opens_on_the_second_screen(tmp_path: Path) -> None:
    screens = {
        "screens": [
            {"name": "till", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96},
            {"name": "guest", "x": 1366, "y": 0, "width": 1024, "height": 600, "logicalDpi": 96},
        ]
    }
    config = tmp_path / "screens.json"
    config.write_text(json.dumps(screens), encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "till.json").write_text(
        json.dumps({"service_url": "http://127.0.0.1:9", "advert_title": "Завтрак на двоих"}),
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "MAXLOYALTY_HOME": str(home),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "guest.png")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "screen='guest', width=1024, height=600, in_window=False" in done.stdout
    assert "[1366, 1024, 600] True" in done.stdout, "it must not take the focus from the till"
    assert (tmp_path / "guest.png").stat().st_size > 2_000
