"""Tills without screens over the real core, for tests that need the real parts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from app.bootstrap.core import Core
from app.demo.stage import Stage
from app.domain.catalog import Product
from app.kernel.ids import StaffId
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import SyncState
from app.till.till import Till
from drivers.api.device import DeviceState
from drivers.api.scanner import Scan

MANAGER: Final = (StaffId("stf-03"), "7204")
_WAIT_S: Final = 90.0


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for another thread or process."""
    until = time.monotonic() + _WAIT_S
    while not is_so():
        assert time.monotonic() < until, f"waited for {what}"
        time.sleep(0.02)  # noqa: TID251 - other processes work meanwhile


@dataclass
class Ears:
    """Listens to a core and keeps the sync states."""

    states: list[SyncState] = field(default_factory=list)

    def on_sync(self, state: SyncState) -> None:
        """The connection or the queue changed."""
        self.states.append(state)

    def on_device(self, state: DeviceState) -> None:
        """A device changed its state."""

    def on_scan(self, scan: Scan) -> None:
        """A serial scanner read a code."""

    def on_change(self, topics: frozenset[Topic]) -> None:
        """Something was committed to the store."""


@dataclass
class OpenTill:
    """A till that runs."""

    core: Core
    ears: Ears

    @property
    def till(self) -> Till:
        """The use cases."""
        return self.core.till

    @property
    def events(self) -> list[str]:
        """The codes of what was told at the start."""
        assert self.core.store is not None
        return [event.code for event in self.core.store.events]

    def meet_service(self) -> None:
        """Wait until menu and staff have come and the service answers."""
        wait_until(lambda: self.core.is_online and self.till.catalog.count() > 0, "the menu")
        self.till.reload()

    def ready(self) -> Till:
        """Return the till with a manager signed in and the shift open."""
        self.till.recover()
        self.till.session.sign_in(*MANAGER)
        if self.till.shift.current is None:
            self.till.shift.open(5_000_00)
        return self.till

    def product(self, least_minor: int = 1) -> Product:
        """Return something that costs at least so much and needs no choice."""
        for tile in self.till.catalog.tiles(limit=400):
            if tile.price_minor >= least_minor and not tile.needs_choice and not tile.is_stopped:
                product = self.till.catalog.product(tile.product_id)
                is_plain = not product.is_marked
                if is_plain and product.earns_points and product.redeems_points:
                    return product
        raise AssertionError("nothing on the menu costs that much")

    def deliver(self) -> None:
        """Wait until the queue is empty; nothing may be refused."""
        self.core.sync_now()
        wait_until(lambda: self.till.queue.counts().unsent == 0, "the queue to drain")

    def close(self) -> None:
        """Close it as at the end of the day."""
        self.core.close()


class Tills:
    """Opens tills.

    Args:
        stage: What stands around them.
        folder: For their data.
    """

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self._open: list[OpenTill] = []

    def settings(self, name: str = "till", *, api_key: str = "", url: str = "") -> Settings:
        """Return the settings of a till with printer and terminal."""
        whole = self.stage.settings()
        devices = tuple(each for each in whole.devices if each["id"] in ("receipt", "terminal"))
        return replace(
            whole,
            home=self.folder / name,
            devices=devices,
            customer_screen="auto",
            api_key=api_key or whole.api_key,
            service_url=url or whole.service_url,
        )

    def open(
        self, name: str = "till", *, api_key: str = "", url: str = "", connects: bool = True
    ) -> OpenTill:
        """Open a till; it is closed after the test."""
        ears = Ears()
        core = Core(self.settings(name, api_key=api_key, url=url), ears)
        opened = OpenTill(core, ears)
        self._open.append(opened)
        core.open()
        if connects:
            core.connect()
            opened.meet_service()
        return opened

    def close(self) -> None:
        """Close all."""
        for each in self._open:
            each.close()
        self._open.clear()
