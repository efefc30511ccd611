"""Runs a vendor's program that talks to a terminal: one at a time, with a limit, never killed lightly.

A program that runs out of time is left alone: it may be in the middle of a card operation, and killing
it there is what makes money disappear. As long as it lives the next call finds the terminal busy.
"""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drivers.api.errors import AccessDenied, DeviceBusy, NotConnected

OUTPUT_MAX = 1024 * 1024
_POLL_S = 0.05
_CHUNK = 65536
_JOIN_S = 5.0
_KILLED_S = 1.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended.

    Attributes:
        exit_code: of the program (negative: a signal on POSIX); None when the limit came first.
        output: what it wrote to its standard output, at most `OUTPUT_MAX` bytes.
    """

    exit_code: int | None
    output: bytes


class ProgramRunner:
    """Starts programs one after another. `run` on the device's thread, `kill` on any.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a program still works, also one that was given up."""
        running = self._running
        return running is not None and running.poll() is None

    def run(
        self, argv: Sequence[str], *, folder: Path | None, timeout_s: float, request: bytes = b""
    ) -> Finished:
        """Start a program and wait for its end.

        Args:
            argv: program and arguments; no shell is involved.
            folder: where it works.
            timeout_s: limit; the program is then left running.
            request: its standard input.

        Raises:
            DeviceBusy: the one before has not ended. NotConnected, AccessDenied: it cannot be
                started. In all three cases nothing has happened.
        """
        if self.is_running:
            raise DeviceBusy(f"{argv[0]}: the operation before has not ended")
        process = _start(argv, folder)
        self._running = process
        assert process.stdin is not None
        assert process.stdout is not None
        reader = _Reader(process.stdout)
        writer = threading.Thread(target=_feed, args=(process.stdin, request), daemon=True)
        writer.start()
        end_s = self._clock() + timeout_s
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_POLL_S)
                # A grandchild may hold the pipe open: what came until now is the answer.
                return Finished(code, reader.take(_JOIN_S))
            if self._clock() >= end_s:
                return Finished(None, reader.take(0.0))

    def kill(self) -> None:
        """End a program by force; only when a person insists. Any thread."""
        running = self._running
        if running is not None:
            running.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(_KILLED_S)


class _Reader:
    """Collects the output on a thread of its own, so that a talkative program never blocks."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._taken = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True, name="program-output")
        self._thread.start()

    def take(self, timeout_s: float) -> bytes:
        """Return what came; waits for the end of the output first."""
        self._thread.join(timeout_s)
        return bytes(self._taken[:OUTPUT_MAX])

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._stream:
            while chunk := self._stream.read(_CHUNK):
                if len(self._taken) < OUTPUT_MAX:
                    self._taken += chunk


def _start(argv: Sequence[str], folder: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the command line is the administrator's setting
            list(argv),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Its window must not take the keyboard from the till.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            bufsize=0,
        )
    except PermissionError as error:
        raise AccessDenied(f"{argv[0]}: {error}") from error
    except (OSError, ValueError) as error:
        raise NotConnected(f"{argv[0]}: {error}") from error


def _feed(stream: IO[bytes], request: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):
        stream.write(request)
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def check_program(path: str) -> Path:
    """Return the program as a path.

    Raises:
        NotConnected: there is no such file. AccessDenied: it may not be started.
    """
    program = Path(path)
    if not program.is_file():
        raise NotConnected(f"{path}: no such program")
    if os.name == "posix" and not os.access(program, os.X_OK):
        raise AccessDenied(f"{path} may not be started")
    return program
