"""A real service on a port of its own, for tests of clients."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.service import commands

ROOT: Final = Path(commands.__file__).parents[2]


@dataclass(frozen=True)
class RunningService:
    """Where it is and what its sandbox holds."""

    url: str
    seeded: dict[str, Any]


@contextmanager
def running_service(folder: Path) -> Iterator[RunningService]:
    """Run a service with a sandbox as a process of its own until the end of the block."""
    database = f"sqlite:///{(folder / 'service.sqlite3').as_posix()}"
    seeded = commands.seed(database, sandbox=True)
    command = ["service", "--host", "127.0.0.1", "--port", "0", "--database"]
    environment = os.environ | {"MAXLOYALTY_HOME": str(folder)}
    with (folder / "errors.log").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *command, database],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said, (folder / "errors.log").read_text("utf-8", "replace")
            yield RunningService(json.loads(said)["url"], seeded)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            finally:
                process.kill()
                process.stdout.close()
