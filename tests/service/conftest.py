"""A service on a real database made by the migrations, with a clock moved by hand.

The database is migrated and seeded once and copied for each test. It is SQLite; the URL of a
PostgreSQL server in MAXLOYALTY_TEST_POSTGRES runs the same tests there.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.service.harness import START, Service, open_client

POSTGRES = os.environ.get("MAXLOYALTY_TEST_POSTGRES")

Copies = Callable[[Path], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[Copies, dict[str, Any]]:
    """A migrated and seeded database, made once, and a way to copy it."""
    if POSTGRES:
        return _postgres_template(POSTGRES, f"template_{worker_id}_{os.getpid()}")
    path = tmp_path_factory.mktemp("service") / "template.sqlite3"
    seeded = commands.seed(f"sqlite:///{path}", sandbox=True, clock=ManualClock(START))

    @contextmanager
    def copies(folder: Path) -> Iterator[str]:
        copy = folder / "service.sqlite3"
        shutil.copy(path, copy)
        yield f"sqlite:///{copy}"

    return copies, seeded


def _postgres_template(server: str, name: str) -> tuple[Copies, dict[str, Any]]:
    def url(database: str) -> str:
        made = sa.make_url(server).set(database=database)
        return made.render_as_string(hide_password=False)

    def run(statement: str) -> None:
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    run(f"DROP DATABASE IF EXISTS {name}")
    run(f"CREATE DATABASE {name}")
    seeded = commands.seed(url(name), sandbox=True, clock=ManualClock(START))

    @contextmanager
    def copies(_folder: Path) -> Iterator[str]:
        run(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        try:
            yield url(f"{name}_copy")
        finally:
            run(f"DROP DATABASE {name}_copy WITH (FORCE)")

    return copies, seeded


@pytest.fixture
def service(template: tuple[Copies, dict[str, Any]], tmp_path: Path) -> Iterator[Service]:
    """A service of its own for each test."""
    copies, seeded = template
    with copies(tmp_path) as url:
        clock = ManualClock(START + timedelta(minutes=1))
        settings = ServiceSettings(database_url=url, runs_jobs=False)
        app = create_app(settings, clock, SystemIds(clock))
        with open_client(app) as client:
            yield Service(client, clock, url, seeded, app.state.runtime)
