"""The service as a process: it says where it listens, serves, and ends in order on SIGTERM."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.kernel.errors import InputError
from app.service import commands

RUN = "import sys; from app.service.commands import run_service; sys.exit(run_service('127.0.0.1', 0))"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX way to end a process")
def test_service_serves_from_its_home_and_ends_in_order(tmp_path: Path) -> None:
    environment = os.environ | {"MAXLOYALTY_HOME": str(tmp_path)}
    root = Path(commands.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        try:
            answer = httpx.get(f"{line['url']}/readyz")
            assert answer.json()["status"] == "ok"
        finally:
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert list(tmp_path.glob("service.sqlite3"))


def test_several_workers_are_refused_on_sqlite(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        commands.run_service("127.0.0.1", 0, f"sqlite:///{tmp_path / 'x.sqlite3'}", workers=2)
    assert refused.value.code == "WORKERS_NEED_POSTGRESQL"
