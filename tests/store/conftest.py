"""A fresh store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.store.engine import Store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "data", clock)
    yield opened
    opened.close()
