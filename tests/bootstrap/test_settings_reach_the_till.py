"""What `till.json` says holds from the start of the till on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap.core import Core
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import SyncState
from app.till.till import Till
from drivers.api.device import DeviceState
from drivers.api.scanner import Scan


class Deaf:
    """A listener that does not care."""

    def on_sync(self, state: SyncState) -> None:
        """Ignore it."""

    def on_device(self, state: DeviceState) -> None:
        """Ignore it."""

    def on_scan(self, scan: Scan) -> None:
        """Ignore it."""

    def on_change(self, topics: frozenset[Topic]) -> None:
        """Ignore it."""


@contextmanager
def opened(settings: Settings) -> Iterator[Till]:
    core = Core(settings, Deaf())
    try:
        yield core.open()
    finally:
        core.close()


@pytest.mark.parametrize("pin_only", [True, False])
def test_pin_only_follows_the_setting_at_each_start(tmp_path: Path, pin_only: bool) -> None:
    with opened(Settings(home=tmp_path, pin_only=not pin_only)) as till:
        assert till.session.is_pin_only is not pin_only
    with opened(Settings(home=tmp_path, pin_only=pin_only)) as till:
        assert till.session.is_pin_only is pin_only
