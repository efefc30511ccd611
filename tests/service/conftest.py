"""A service on a real database made by the migrations, with a clock moved by hand.

Every test that asks for `service` runs on SQLite and on PostgreSQL. One that needs a certain one says so
and why: `@pytest.mark.only_on("sqlite", why="...")`. The database is migrated and seeded once for each
kind and is as new for each test (see `back_ends`). One application serves all tests of a kind.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import seed
from app.service.auth import passwords
from app.service.db.database import Database
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.service.back_ends import NAMES, BackEnd, SwitchedDatabase, make_back_end
from tests.service.harness import START, Service, open_client

MakeService = Callable[..., Service]


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of this folder."""
    config.addinivalue_line("markers", "only_on(name, why): needs this kind of database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a test does not want."""
    left_out = [item for item in items if _is_unwanted(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def _is_unwanted(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("only_on")
    if mark is None or not isinstance(item, pytest.Function):
        return False
    assert mark.kwargs.get("why"), f"{item.nodeid} says why it needs {mark.args[0]}"
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("back_end", mark.args[0]) != mark.args[0]


class _Shared:
    """A back end with the application that all its tests use.

    Nothing runs in it beside the requests, so that a test leaves nothing that would write into the
    next one's database: no periodic jobs and no request log. Who tests those makes a service alone.
    """

    def __init__(self, back_end: BackEnd) -> None:
        self.back_end = back_end
        self.clock = ManualClock(START)
        self.database = SwitchedDatabase()
        settings = ServiceSettings("sqlite://", runs_jobs=False, logs_requests=False)
        app = create_app(settings, self.clock, SystemIds(self.clock), database=self.database)
        self.client = open_client(app)
        self.client.__enter__()
        self.runtime = app.state.runtime

    def begin(self, url: str, database: Database) -> Service:
        """Serve a test: its database, the time of the start, nothing counted or remembered."""
        self.database.switch(database)
        self.clock.set(START + timedelta(minutes=1))
        self.client.cookies.clear()
        self.runtime.uses.forget()
        if self.runtime.limits is not None:
            self.runtime.limits.forget()
        return Service(self.client, self.clock, url, self.back_end.seeded, self.runtime)

    def close(self) -> None:
        """End the application and remove the databases."""
        self.client.__exit__(None, None, None)
        self.back_end.close()


@pytest.fixture(scope="session")
def _shared(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str], _Shared]]:
    made: dict[str, _Shared] = {}

    def get(name: str) -> _Shared:
        if name not in made:
            made[name] = _Shared(make_back_end(name, tmp_path_factory.mktemp(name), worker_id))
        return made[name]

    yield get
    for shared in made.values():
        shared.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Make digests of PINs and passwords with the least work: tests make hundreds of them."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", quick)
        patch.setattr(seed, "_HASHER", quick)
        yield


@pytest.fixture(params=NAMES)
def back_end(request: pytest.FixtureRequest, _shared: Callable[[str], _Shared]) -> BackEnd:
    """Each kind of database in turn."""
    return _shared(request.param).back_end


@pytest.fixture
def empty_url(back_end: BackEnd, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each kind."""
    with back_end.empty(tmp_path) as url:
        yield url


@pytest.fixture
def service(
    back_end: BackEnd, _shared: Callable[[str], _Shared], tmp_path: Path
) -> Iterator[Service]:
    """A service with a database as new for each test."""
    shared = _shared(back_end.name)
    with back_end.open(tmp_path) as (url, database):
        yield shared.begin(url, database)


@pytest.fixture
def make_service(back_end: BackEnd, tmp_path: Path) -> Iterator[MakeService]:
    """A way to a service with settings of its own: `make_service(some_setting=...)`, once a test."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Service:
            url, database = stack.enter_context(back_end.open(tmp_path))
            clock = ManualClock(START + timedelta(minutes=1))
            given = replace(ServiceSettings(url, runs_jobs=False, logs_requests=False), **settings)
            standing = SwitchedDatabase()
            standing.switch(database)
            app = create_app(given, clock, SystemIds(clock), database=standing)
            client = stack.enter_context(open_client(app))
            return Service(client, clock, url, back_end.seeded, app.state.runtime)

        yield make
