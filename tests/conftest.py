"""What every test shares: Qt without a screen, a home folder of its own, hypothesis profiles.

The environment is set when this file is imported, before any test module can import Qt or the
application.
"""

import gc
import os
import tempfile

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that have slow tests, lest one worker ends with them while others rest."""
    slow = {item.path for item in items if any(map(item.get_closest_marker, ("slow", "e2e")))}
    items.sort(key=lambda item: item.path not in slow)


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
