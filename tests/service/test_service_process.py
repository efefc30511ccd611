"""The service as a process: it says where it listens, serves, and ends in order on SIGTERM."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.kernel.errors import FinalError, InputError
from app.service import commands, serving

RUN = (
    "import sys; from app.service.serving import run_service; sys.exit(run_service('127.0.0.1', 0))"
)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX way to end a process")
def test_service_serves_from_its_home_and_ends_in_order(tmp_path: Path) -> None:
    environment = os.environ | {"MAXLOYALTY_HOME": str(tmp_path)}
    root = Path(serving.__file__).parents[2]
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
        _, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    assert list(tmp_path.glob("service.sqlite3"))


def test_several_workers_are_refused_on_sqlite(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        serving.run_service("127.0.0.1", 0, f"sqlite:///{tmp_path / 'x.sqlite3'}", workers=2)
    assert refused.value.code == "WORKERS_NEED_POSTGRESQL"


@pytest.mark.parametrize("url", ["nonsense", "nonsense://x", "mysql://localhost/x", ""])
def test_unusable_url_is_told_in_words(url: str) -> None:
    for act in (commands.migrate, commands.seed, commands.audit):
        with pytest.raises(InputError) as refused:
            act(url or "://")
        assert refused.value.code == "DATABASE_URL_INVALID"


def test_audit_creates_no_database(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite3"
    with pytest.raises(FinalError) as refused:
        commands.audit(f"sqlite:///{path}")
    assert refused.value.code == "DATABASE_MISSING"
    assert not path.exists()


def test_what_is_no_database_of_ours_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    path.write_bytes(b"not a database, but long enough to look like a file" * 100)
    with pytest.raises(FinalError) as refused:
        commands.audit(f"sqlite:///{path}")
    assert refused.value.code == "DATABASE_UNREADABLE"
    with pytest.raises(FinalError) as refused:
        commands.migrate(f"sqlite:///{path}")
    assert refused.value.code == "DATABASE_UNREADABLE"
    path.write_bytes(b"")
    with pytest.raises(FinalError) as refused:
        commands.audit(f"sqlite:///{path}")
    assert refused.value.code == "DATABASE_NOT_MIGRATED"


def test_taken_address_is_told_in_words(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(FinalError) as refused:
            serving.run_service(
                "127.0.0.1", other.getsockname()[1], f"sqlite:///{tmp_path / 'x.sqlite3'}"
            )
    assert refused.value.code == "ADDRESS_NOT_AVAILABLE"
