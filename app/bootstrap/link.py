"""The way to the service: typed client, loyalty port and sync thread; loaded after the first screen."""

from typing import TYPE_CHECKING

from typing_extensions import override

from app.api_client.client import ClientSettings, ServiceClient
from app.bootstrap.gateway import ServiceLoyalty
from app.bootstrap.own_service import ServiceAddress
from app.sync.worker import SyncWorker

if TYPE_CHECKING:
    from app.bootstrap.core import Core


class Link(SyncWorker):
    """A sync worker that closes its client when it stops."""

    @override
    def stop(self) -> bool:
        """Stop the thread and close the connections."""
        ended = super().stop()
        self._client.close()
        return ended


def make_link(
    core: "Core", address: ServiceAddress, terminal_id: str
) -> tuple[SyncWorker, ServiceLoyalty]:
    """Make the client of a service and start the sync over it."""
    client = ServiceClient(
        ClientSettings(
            base_url=address.url,
            api_key=address.api_key,
            restaurant_id=address.restaurant_id,
            installation_id=address.installation_id,
            terminal_id=terminal_id,
        )
    )
    assert core.store is not None
    worker = Link(core.store, client, core.clock, core.ids, core.on_sync)
    worker.start()
    return worker, ServiceLoyalty(client, core.clock)
