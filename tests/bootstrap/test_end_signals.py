"""A till that is asked to end by a signal ends as if its window had been closed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap.signals import EndSignals

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends programs otherwise")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_loop_and_the_handlers_come_back(
    qtbot: QtBot, number: signal.Signals
) -> None:
    # Whoever started the tests may have had the signal ignored (nohup, a job in the background).
    inherited = signal.signal(number, signal.default_int_handler)
    try:
        with EndSignals() as signals:
            with qtbot.waitSignal(signals.asked, timeout=60_000):
                os.kill(os.getpid(), number)
            with qtbot.waitSignal(signals.asked, timeout=60_000):
                os.kill(os.getpid(), number)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, inherited)


@posix
@pytest.mark.usefixtures("qapp")
def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with EndSignals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@posix
def test_another_signal_is_not_taken_for_the_end(qtbot: QtBot) -> None:
    noted = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: noted.set())
    try:
        with EndSignals() as signals, qtbot.assertNotEmitted(signals.asked):
            os.kill(os.getpid(), signal.SIGUSR1)
            qtbot.waitUntil(noted.is_set, timeout=60_000)
            qtbot.wait(50)
    finally:
        signal.signal(signal.SIGUSR1, before)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    end, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        pause.wait(0.05)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("connected", [False, True], ids=["at once", "with its service"])
def test_a_till_ended_by_sigterm_closes_its_store_and_its_service(
    tmp_path: Path, connected: bool
) -> None:
    log, service = tmp_path / "logs" / "till.log", tmp_path / "service.sqlite3"
    till = subprocess.Popen(
        [sys.executable, "-m", "app", "till"],
        cwd=ROOT,
        env={**os.environ, "MAXLOYALTY_HOME": str(tmp_path)},
    )
    try:
        wait_for(lambda: log.exists() and "the till is open" in log.read_text(), "the till")
        if connected:
            wait_for(lambda: service.exists() and has_till(service), "its service")
        till.send_signal(signal.SIGTERM)
        assert till.wait(60) == 0
    finally:
        till.kill()
        till.wait()
    text = log.read_text()
    assert "the till is closed" in text
    assert "Traceback" not in text
    # A store that was closed in order has nothing left in its journal.
    assert not list(tmp_path.glob("till*-wal"))


def has_till(service: Path) -> bool:
    """Tell whether the service knows the till that started it."""
    connection = sqlite3.connect(f"file:{service}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return bool(rows[0])
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
