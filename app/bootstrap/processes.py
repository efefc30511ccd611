"""Other processes of this program: the till's own service, simulators of the demonstration.

A child's standard input is a pipe that its parent holds: when the parent dies, however it dies, the
pipe ends and the child stops by itself. Its first lines of output are JSON and say where it is.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from app.kernel.errors import TemporaryError

log = logging.getLogger(__name__)

_START_TIMEOUT_S: Final = 120.0
_STOP_TIMEOUT_S: Final = 5.0
_NICENESS: Final = 5
_FLAGS: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)


def program_command(*arguments: str) -> list[str]:
    """Return the command that runs this program again, from the source tree or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "app", *arguments]


def _working_folder() -> Path | None:
    """Return where `python -m app` finds the program; a frozen one needs no folder."""
    return None if getattr(sys, "frozen", False) else Path(__file__).resolve().parents[2]


def _go_second(pid: int) -> None:
    """Let the window go first where both want the processor; Windows does it by a flag."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS)


class Child:
    """A child process that talks by lines; it goes behind its parent for the processor.

    Args:
        name: For the log.
        arguments: Of the program.
        environment: Added to this process's own.

    Any thread may use it, one at a time.
    """

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 -- our own program with our own arguments
            program_command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            bufsize=1,
            cwd=_working_folder(),
            env={**os.environ, **(environment or {})},
            creationflags=_FLAGS,
        )
        _go_second(self._process.pid)
        self._reader = threading.Thread(target=self._read, name=f"{name}-output", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.poll() is None

    def read_line(self, timeout_s: float = _START_TIMEOUT_S) -> str:
        """Return its next line.

        Raises:
            TemporaryError: It ended or said nothing in time.
        """
        try:
            line = self._lines.get(timeout=timeout_s)
        except Empty:
            line = None
        if line is None:
            raise TemporaryError(
                "CHILD_SILENT",
                f"Служба «{self.name}» не запустилась",
                f"{self.name} did not start (exit status {self._process.poll()})",
            )
        return line

    def read_json(self, timeout_s: float = _START_TIMEOUT_S) -> dict[str, Any]:
        """Return its next line as a JSON object.

        Raises:
            TemporaryError: It ended, said nothing in time, or said something else.
        """
        line = self.read_line(timeout_s)
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise TemporaryError(
                "CHILD_SILENT",
                f"Служба «{self.name}» ответила непонятно",
                f"{self.name} said something that is no JSON object",
            )
        return value

    def tell(self, line: str) -> None:
        """Write it a line.

        Raises:
            TemporaryError: It has ended.
        """
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(f"{line}\n")
            pipe.flush()
        except OSError as error:
            raise TemporaryError(
                "CHILD_ENDED", f"Служба «{self.name}» остановлена", f"{self.name} has ended"
            ) from error

    def give_up(self) -> None:
        """Let who waits for a line wait no longer; any thread, at any time."""
        self._lines.put(None)

    def stop(self) -> None:
        """End it: close its input, then ask, then insist. Repeatable."""
        pipe = self._process.stdin
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()
        for end in (None, self._process.terminate, self._process.kill):
            if end is not None:
                end()
            try:
                self._process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                continue
            self._reader.join(_STOP_TIMEOUT_S)
            return

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self._process.wait(_STOP_TIMEOUT_S)
        self.stop()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with contextlib.suppress(ValueError, OSError), stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)
