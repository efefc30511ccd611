"""A store, a service in memory, and a worker between them that is stepped by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.kernel.clock import ManualClock
from app.kernel.ids import SeededIds
from app.store.engine import Store
from app.sync.worker import SyncWorker
from tests.sync.fake_service import FakeService


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "data", clock)
    yield opened
    opened.close()


@pytest.fixture
def service(clock: ManualClock) -> FakeService:
    return FakeService(clock)


@pytest.fixture
def client(service: FakeService) -> Iterator[ServiceClient]:
    settings = ClientSettings("http://127.0.0.1:1", "tlk_test_1")
    with ServiceClient(settings, transport=service.transport) as made:
        yield made


@pytest.fixture
def worker(store: Store, client: ServiceClient, clock: ManualClock) -> SyncWorker:
    return SyncWorker(store, client, clock, SeededIds())
