"""A till on the bench, closed after each test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.till.till import Till
from tests.till.bench import Bench
from tests.till.fiscal_bench import FiscalBench
from tests.till.kitchen_bench import KitchenBench

#: A folder in memory, where there is one: hundreds of waits for a disk would prove nothing more.
MEMORY = "/dev/shm"  # noqa: S108 -- a folder of its own is made in it


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder that is gone after the test, in memory if possible."""
    base = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(
        prefix="maxloyalty-till-", dir=base, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@pytest.fixture
def make_bench(quick_folder: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**options: Any) -> Bench:
        made.append(Bench(quick_folder / f"till-{len(made)}", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def till(bench: Bench) -> Till:
    """A till with a cashier and an open shift."""
    return bench.ready()


@pytest.fixture
def make_kitchen(quick_folder: Path) -> Iterator[Callable[..., KitchenBench]]:
    made: list[KitchenBench] = []

    def make(**options: Any) -> KitchenBench:
        made.append(KitchenBench(quick_folder / f"kitchen-{len(made)}", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def make_fiscal(quick_folder: Path) -> Iterator[Callable[..., FiscalBench]]:
    made: list[FiscalBench] = []

    def make(**options: Any) -> FiscalBench:
        made.append(FiscalBench(quick_folder / f"till-{len(made)}", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def fiscal(make_fiscal: Callable[..., FiscalBench]) -> FiscalBench:
    """A till with a fiscal register, a cashier and an open shift on both."""
    made = make_fiscal()
    made.ready()
    return made
