"""One stage for all tests of stories: service, terminal and printer as processes, real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.demo.stage import Stage
from tests.flow.open_tills import OpenTill, Tills


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage that all tests share; the network is whole again for each, and tills are its own."""
    with Stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def tills(stage: Stage, tmp_path: Path) -> Iterator[Tills]:
    """Opens tills on the stage, each in a folder of its own; closed after the test."""
    stage.network.restore()
    made = Tills(stage, tmp_path)
    yield made
    made.close()
    stage.network.restore()


@pytest.fixture
def open_till(tills: Tills) -> Callable[..., OpenTill]:
    return tills.open
