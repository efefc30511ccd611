"""A service on a real database made by the migrations, with a clock moved by hand.

The database is migrated and seeded once and copied for each test.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.service.harness import START, Service, TestClient


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A migrated and seeded database, made once."""
    path = tmp_path_factory.mktemp("service") / "template.sqlite3"
    seeded = commands.seed(f"sqlite:///{path}", sandbox=True, clock=ManualClock(START))
    return path, seeded


@pytest.fixture
def service(template: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Service]:
    """A service of its own for each test."""
    source, seeded = template
    copy = tmp_path / "service.sqlite3"
    shutil.copy(source, copy)
    url = f"sqlite:///{copy}"
    clock = ManualClock(START + timedelta(minutes=1))
    settings = ServiceSettings(database_url=url, sweep_interval_s=0)
    app = create_app(settings, clock, SystemIds(clock))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Service(client, clock, url, seeded, app.state.runtime)
