"""Serving: `maxloyalty service`, in one process or in several that share a socket."""

import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.supervisors import Multiprocess

from app.kernel.errors import FinalError, InputError
from app.service.commands import database_address
from app.service.db.engine import is_sqlite
from app.service.db.migrate import migrate_database
from app.service.http.app import create_app
from app.service.http.gathering import GatheringProtocol
from app.service.operation.environment import DATABASE_VARIABLE, read_settings
from app.service.operation.metrics import FOLDER_VARIABLE
from app.service.operation.process import settle_process
from app.service.settings import ServiceSettings

_BACKLOG = 2048
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run_service(host: str, port: int, database_url: str | None = None, workers: int = 1) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is under way; return the exit status.

    Prints one line of JSON with the address once requests are taken; port 0 picks a free one.

    Raises:
        InputError: Several workers were asked for on SQLite, which has one writer.
        FinalError: The database cannot be used, or the address is taken.
    """
    url = database_address(database_url)
    if workers != 1 and is_sqlite(url):
        raise InputError(
            "WORKERS_NEED_POSTGRESQL",
            "Несколько процессов возможны только с PostgreSQL",
            "Several workers need PostgreSQL; SQLite has one writer",
        )
    settings = read_settings(url)
    migrate_database(url)
    listener = _listen(host, port)
    if workers > 1:
        return _run_workers(settings, listener, workers)
    server = _AnnouncingServer(_config(create_app(settings), settings.grace_s))
    settle_process()
    with _quiet_signals():
        server.run(sockets=[listener])
    return 0 if server.started else 1


def _config(app: FastAPI | str, grace_s: int, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        # The server's own lines go where ours go.
        log_config=None,
        log_level=None,
        access_log=False,
        timeout_graceful_shutdown=grace_s,
        backlog=_BACKLOG,
        server_header=False,
        http=GatheringProtocol,
        lifespan="on",
    )


def _run_workers(settings: ServiceSettings, listener: socket.socket, workers: int) -> int:
    """Serve with several processes on one socket; a worker that dies is replaced."""
    os.environ[DATABASE_VARIABLE] = settings.database_url
    config = _config("app.service.http.worker:make_worker_app", settings.grace_s, workers)
    # Listening begins here, so that whoever reads the line is answered by the first worker up.
    listener.listen(_BACKLOG)
    _announce(listener)
    with _quiet_signals(), _common_figures():
        _Workers(config, [listener]).run()
    return 0


@contextmanager
def _common_figures() -> Iterator[None]:
    """Give the workers a folder in which they add up what they count."""
    with tempfile.TemporaryDirectory(prefix="maxloyalty-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """Let an orderly end be an end with status 0.

    uvicorn raises the signal it was stopped by once more when it is done, for whoever had a handler
    before; without one that would kill the process after all its work.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _ignore) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: object) -> None:
    """Do nothing: the service has ended already."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named so that asyncio switches Nagle's algorithm off on its connections.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise FinalError(
            "ADDRESS_NOT_AVAILABLE",
            f"Адрес {host}:{port} занят или недоступен",
            f"The address {host}:{port} is taken or not available",
        ) from error
    return listener


class _Workers(Multiprocess):
    """Stops taking connections at once when the end begins, as a single process does."""

    @override
    def terminate_all(self) -> None:
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


class _AnnouncingServer(uvicorn.Server):
    """Says where it listens as soon as it does."""

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not sockets or not self.started:
            return
        _announce(sockets[0])


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    address = f"[{host}]" if ":" in host else host
    line = {"event": "listening", "host": host, "port": port, "url": f"http://{address}:{port}"}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
