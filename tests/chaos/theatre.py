"""The stage of the demonstration with what chaos needs: a service that dies, a terminal that lies.

Used by the driver's thread alone.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, Self

from app.bootstrap.processes import Child
from app.demo.stage import Stage
from app.settings import Settings

ROOT: Final = Path(__file__).parents[2]
_END_TIMEOUT_S: Final = 10.0


class Nursery:
    """A process that gives birth to others; its words come one by one from `hear`.

    Args:
        errors: File for what it says when things go wrong.
        module: What it runs; by default it bears cashiers.
    """

    def __init__(self, errors: Path, module: str = "tests.chaos.nursery") -> None:
        self._errors = errors.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env={**os.environ, "MAXLOYALTY_HOME": str(errors.parent / "nobody")},
        )
        self._words: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="nursery", daemon=True)
        self._reader.start()

    def bear(self, settings: dict[str, Any], seed: int, job: str) -> None:
        """Start a cashier."""
        self.ask({"settings": settings, "seed": seed, "job": job})

    def ask(self, order: dict[str, Any]) -> None:
        """Ask for a birth."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def hear(self, timeout_s: float) -> dict[str, Any] | None:
        """Return the next word, None if none came in time.

        Raises:
            ChildProcessError: The nursery itself has ended.
        """
        try:
            word = self._words.get(timeout=max(0.0, timeout_s))
        except Empty:
            return None
        if word is None:
            raise ChildProcessError(Path(self._errors.name).read_text(encoding="utf-8")[-2_000:])
        return word

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_END_TIMEOUT_S)
        self._reader.join(_END_TIMEOUT_S)
        self._errors.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self._words.put(json.loads(line))
        self._words.put(None)


class Theatre:
    """A stage whose parts fail on demand. Use it as a context manager.

    Args:
        folder: For all files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stage = Stage(folder)
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            exits.enter_context(self.stage)
            self.service = self.stage.service
            self.nursery = Nursery(self.folder / "nursery.log")
            exits.callback(self.nursery.close)
            exits.callback(self._stop_service)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._exits.close()

    def settings(self) -> Settings:
        """Return the settings of the till: printer and terminal, no scanner, no camera."""
        whole = self.stage.settings()
        devices = tuple(each for each in whole.devices if each["id"] in ("receipt", "terminal"))
        return Settings(
            home=whole.home,
            service_url=whole.service_url,
            api_key=whole.api_key,
            restaurant_id=whole.restaurant_id,
            lock_after_s=0,
            volume=0,
            devices=devices,
        )

    def _stop_service(self) -> None:
        self.service.stop()  # the one that runs by then

    # -------------------------------------------------------------- what fails
    def terminal(self, order: str) -> dict[str, Any]:
        """Give the terminal's simulator an order and return its answer."""
        self.stage.terminal.tell(order)
        return self.stage.terminal.read_json()

    def kill_service(self) -> None:
        """End the service as a power cut would."""
        self.service.kill()

    def restart_service(self) -> None:
        """Start it again at the same address with the same key."""
        self.service.stop()
        environment = {"MAXLOYALTY_HOME": str(self.stage.service_home)}
        arguments = ("service", "--own", "--port", str(self.stage.service_port))
        self.service = Child("service", arguments, environment)
        self.service.tell(json.dumps({"apiKey": self.settings().api_key}))
        self.service.read_json()
        self.service.read_json()


def kill(pid: int) -> None:
    """SIGKILL a process that may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
