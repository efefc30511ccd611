"""Scans out of typed keys, the watchdog's honesty, sounds that never block."""

import os
import sys
import threading
import time
import wave
from pathlib import Path

import pytest
from PySide6.QtCore import QElapsedTimer, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.kernel.resources import resource_path
from app.ui import sounds as sounds_module
from app.ui.bridge import Sound
from app.ui.scan_input import ScanInput, Stroke, StrokeKind, Verdict
from app.ui.sounds import Sounds, scale_wave
from app.ui.watchdog import Watchdog


class EndsWithEnter:
    """A detector that takes everything before Enter as a scan."""

    def __init__(self) -> None:
        self.typed = ""
        self.strokes: list[Stroke] = []

    def feed(self, stroke: Stroke) -> Verdict:
        self.strokes.append(stroke)
        if stroke.kind is StrokeKind.END:
            typed, self.typed = self.typed, ""
            return Verdict(typed, swallow=True, leaked=typed)
        self.typed += stroke.text
        return Verdict()

    def reset(self) -> None:
        self.typed = ""


def key(text: str, code: Qt.Key = Qt.Key.Key_A, time_ms: int = 0) -> QKeyEvent:
    event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, text)
    event.setTimestamp(time_ms)
    return event


def test_scan_is_taken_out_of_the_field_that_had_the_focus(qtbot: QtBot) -> None:
    field = QLineEdit("мол")
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=60_000)
    edited: list[str] = []
    field.textEdited.connect(edited.append)
    scanner = ScanInput(EndsWithEnter(), lambda: None)
    scanned: list[str] = []
    scanner.scanned.connect(scanned.append)

    for sign in "460123":
        assert not scanner.feed(key(sign))
        field.insert(sign)
    assert scanner.feed(key("\r", Qt.Key.Key_Return))

    assert scanned == ["460123"]
    assert field.text() == "мол"
    assert edited[-1] == "мол"


@pytest.mark.usefixtures("qapp")
def test_what_leaked_without_a_field_is_taken_back_key_by_key() -> None:
    backspaces: list[int] = []
    scanner = ScanInput(EndsWithEnter(), lambda: backspaces.append(1))
    for sign in "4601234":
        scanner.feed(key(sign))
    scanner.feed(key("\r", Qt.Key.Key_Return))
    assert len(backspaces) == 7


@pytest.mark.usefixtures("qapp")
def test_detector_gets_kinds_and_the_time_of_the_event() -> None:
    detector = EndsWithEnter()
    scanner = ScanInput(detector, lambda: None)
    scanner.feed(key("а", Qt.Key.Key_A, 1_500))
    scanner.feed(key("", Qt.Key.Key_Shift, 1_510))
    scanner.feed(key("", Qt.Key.Key_F5, 1_520))
    scanner.feed(key("\t", Qt.Key.Key_Tab, 1_530))
    kinds = [stroke.kind for stroke in detector.strokes]
    assert kinds == [StrokeKind.CHARACTER, StrokeKind.SILENT, StrokeKind.OTHER, StrokeKind.END]
    assert [stroke.at_s for stroke in detector.strokes] == [1.5, 1.51, 1.52, 1.53]


def test_watchdog_sees_a_block_and_where_it_was(qtbot: QtBot) -> None:
    watchdog = Watchdog()
    watchdog.start()
    qtbot.waitUntil(lambda: watchdog.report().beats > 3, timeout=60_000)
    watchdog.reset()
    _block_for_ms(120)
    qtbot.waitUntil(lambda: watchdog.report().beats > 0, timeout=60_000)
    report = watchdog.stop()
    assert report.longest_ms >= 100
    assert report.blocks >= 1
    assert any("test_scan_and_sounds" in place for place in report.places)


def test_watchdog_counts_a_block_that_lasts_until_it_is_stopped(qtbot: QtBot) -> None:
    watchdog = Watchdog()
    watchdog.start()
    qtbot.waitUntil(lambda: watchdog.report().beats > 3, timeout=60_000)
    watchdog.reset()
    _block_for_ms(80)
    assert watchdog.stop().longest_ms >= 60


def test_watchdog_leaves_out_what_the_one_who_looks_spent_itself(qtbot: QtBot) -> None:
    watchdog = Watchdog()
    watchdog.start()
    qtbot.waitUntil(lambda: watchdog.report().beats > 3, timeout=60_000)
    watchdog.reset()
    _block_for_ms(300)
    watchdog.leave_out(0.3)
    _block_for_ms(60)
    assert 40 <= watchdog.stop().longest_ms < 300


def _block_for_ms(span_ms: int) -> None:
    timer = QElapsedTimer()
    timer.start()
    while timer.elapsed() < span_ms:
        pass


def test_softer_copy_keeps_length_and_halves_the_samples(tmp_path: Path) -> None:
    source = resource_path("sounds", "scan_ok.wav")
    target = tmp_path / "soft.wav"
    scale_wave(source, target, 50)
    with wave.open(str(source), "rb") as loud, wave.open(str(target), "rb") as soft:
        assert soft.getnframes() == loud.getnframes()
        first = memoryview(loud.readframes(loud.getnframes())).cast("h")
        second = memoryview(soft.readframes(soft.getnframes())).cast("h")
    assert max(second) == max(first) * 50 // 100


@pytest.mark.parametrize("sound", list(Sound))
def test_every_sound_has_its_file(sound: Sound) -> None:
    assert resource_path("sounds", f"{sound.value}.wav").exists()


def test_volume_is_refused_outside_its_range() -> None:
    sounds = Sounds()
    with pytest.raises(ValueError, match="0 to 3"):
        sounds.set_volume(4)
    sounds.set_volume(0)
    sounds.play(Sound.ERROR)
    sounds.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays without a program")
def test_whoever_taps_touches_no_file_and_waits_for_no_player(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The player that hangs is a real program; so is the thread that makes the softer copy."""
    player = tmp_path / "paplay"
    player.write_text(f"#!/bin/sh\necho $1 >> {tmp_path}/played\nexec sleep 3\n")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    made_on: list[int] = []

    def noted(source: Path, target: Path, percent: int) -> None:
        made_on.append(threading.get_ident())
        scale_wave(source, target, percent)

    monkeypatch.setattr(sounds_module, "scale_wave", noted)
    sounds = Sounds()
    for _ in range(5):  # one plays, two wait, the rest is dropped
        sounds.play(Sound.ERROR)
    played = tmp_path / "played"
    until = time.monotonic() + 60
    while not played.exists() and time.monotonic() < until:
        threading.Event().wait(0.01)
    monkeypatch.setattr(sounds_module, "_END_S", 0.01)
    sounds.close()

    assert played.read_text().split()[0].endswith("-2.wav")
    assert made_on
    assert threading.get_ident() not in made_on
