"""Sounds of the till: short WAV files, never blocking, silent where the machine has no audio.

Windows plays through `winsound`; elsewhere `paplay` or `aplay` is started if it is there. Volume is
0 (off) to 3; louder or softer copies of the files are made once, in the temporary folder.
"""

import contextlib
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import wave
from array import array
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Final

from app.kernel.resources import resource_path
from app.kernel.system import system_environment
from app.ui.bridge import Sound

log = logging.getLogger(__name__)

VOLUME_MAX: Final = 3
VOLUME_DEFAULT: Final = 2
#: Loudness of each step in percent of the file.
_LOUDNESS_PERCENT: Final = (0, 30, 65, 100)
_PLAYERS: Final = ("paplay", "aplay")
_PLAY_TIMEOUT_S: Final = 5
#: The end of the program waits so long for a sound.
_END_S: Final = 1


class Sounds:
    """Plays sounds on a thread of its own; `play` returns at once. Any thread may call it.

    Args:
        volume: 0 to 3.
    """

    def __init__(self, volume: int = VOLUME_DEFAULT) -> None:
        self._volume = 0
        self.set_volume(volume)
        self._folder = tempfile.TemporaryDirectory(
            prefix="maxloyalty-sounds-", ignore_cleanup_errors=True
        )
        self._wanted: Queue[tuple[Sound, int] | None] = Queue(maxsize=2)
        self._player = next((found for name in _PLAYERS if (found := shutil.which(name))), None)
        self._thread: threading.Thread | None = None

    @property
    def volume(self) -> int:
        """The loudness, 0 to 3."""
        return self._volume

    def set_volume(self, volume: int) -> None:
        """Set the loudness; 0 is off.

        Raises:
            ValueError: It is not 0 to 3.
        """
        if not 0 <= volume <= VOLUME_MAX:
            raise ValueError(f"volume is 0 to {VOLUME_MAX}, not {volume}")
        self._volume = volume

    def play(self, sound: Sound) -> None:
        """Play a sound; if two wait already, this one is dropped."""
        if self._volume == 0 or not self._can_play():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="sounds", daemon=True)
            self._thread.start()
        try:
            self._wanted.put_nowait((sound, self._volume))
        except Full:
            log.debug("sound %s dropped", sound)

    def close(self) -> None:
        """End the thread and remove the copies."""
        if self._thread is not None:
            with contextlib.suppress(Empty):
                while True:  # what was not begun is not played any more
                    self._wanted.get_nowait()
            self._wanted.put(None)
            self._thread.join(_END_S)
        self._folder.cleanup()

    def _can_play(self) -> bool:
        return sys.platform == "win32" or self._player is not None

    def _file(self, sound: Sound, volume: int) -> Path:
        source = resource_path("sounds", f"{sound.value}.wav")
        if volume == VOLUME_MAX:
            return source
        copy = Path(self._folder.name) / f"{sound.value}-{volume}.wav"
        if not copy.exists():
            scale_wave(source, copy, _LOUDNESS_PERCENT[volume])
        return copy

    def _work(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            try:
                self._play_file(self._file(*wanted))
            except (OSError, RuntimeError, subprocess.TimeoutExpired):
                log.warning("a sound could not be played", exc_info=True)

    def _play_file(self, file: Path) -> None:
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415 - exists on Windows only

            winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
        elif self._player is not None:
            subprocess.run(  # noqa: S603 - the player was found by its absolute path
                [self._player, str(file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PLAY_TIMEOUT_S,
                check=False,
                env=system_environment(),
            )


def scale_wave(source: Path, target: Path, percent: int) -> None:
    """Write a copy of a 16-bit WAV file at another loudness."""
    with wave.open(str(source), "rb") as reading:
        assert reading.getsampwidth() == 2, "the sounds are 16-bit"
        parameters = reading.getparams()
        samples = array("h", reading.readframes(reading.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    scaled = array("h", (sample * percent // 100 for sample in samples))
    if sys.byteorder == "big":
        scaled.byteswap()
    with wave.open(str(target), "wb") as writing:
        writing.setparams(parameters)
        writing.writeframes(scaled.tobytes())
