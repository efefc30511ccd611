"""What every test shares: Qt without a screen, a home folder of its own, hypothesis profiles.

The environment is set when this file is imported, before any test module can import Qt or the
application.
"""

import gc
import os
import tempfile
from itertools import chain, islice
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts=false")
# The user's real data must never be touched: each test process gets a home of its own.
_HOME = tempfile.TemporaryDirectory(prefix="maxloyalty-tests-", ignore_cleanup_errors=True)
os.environ["MAXLOYALTY_HOME"] = _HOME.name

import pytest  # noqa: E402 - the environment above comes first
from hypothesis import HealthCheck, settings  # noqa: E402 - the environment above comes first

settings.register_profile(
    "dev",
    max_examples=50,
    deadline=None,  # timed assertions fail on a busy machine
)
settings.register_profile(
    "ci",
    parent=settings.get_profile("dev"),
    max_examples=100,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly",
    parent=settings.get_profile("ci"),
    max_examples=5000,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


#: More than a test leaves: modules that were imported late, or an application that many tests share.
_MANY_OBJECTS = 100_000
# Collected between the tests only: a thread that collects would destroy widgets away from theirs.
gc.disable()


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: while a test waits for a device, another one works."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the modules with slow tests out to the workers, lest one ends with them while others rest.

    A worker gets a stretch of the list, as long as that of any other, and begins at its beginning.
    """
    slow: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if any(map(item.get_closest_marker, ("slow", "e2e"))):
            slow[item.path] = []
    quick: list[pytest.Item] = []
    for item in items:
        slow.get(item.path, quick).append(item)
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    programs_first = sorted(slow, key=lambda path: not any(map(_starts_programs, slow[path])))
    for number, path in enumerate(programs_first):
        hands[number % workers] += slow[path]
    rest = iter(quick)
    for hand in hands:
        hand.extend(islice(rest, max(len(items) // workers - len(hand), 0)))
    items[:] = [*chain.from_iterable(hands), *rest]


def _starts_programs(item: pytest.Item) -> bool:
    return item.get_closest_marker("e2e") is not None


def pytest_collection_finish() -> None:
    """Set aside what all tests share: looking through it after each would take half of the time."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Collect what the test has left, now and then all."""
    if gc.get_count()[2] <= 10:
        gc.collect(1)
        return
    gc.collect()
    if len(gc.get_objects()) > _MANY_OBJECTS:
        gc.freeze()


def pytest_unconfigure() -> None:
    """Remove the temporary home when the test process ends, and find what lives on in vain."""
    gc.unfreeze()
    _HOME.cleanup()
