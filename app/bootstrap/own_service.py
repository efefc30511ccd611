"""The service that a till without a service starts for itself, and starts again when it dies."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.bootstrap.processes import Child
from app.kernel.errors import AppError

log = logging.getLogger(__name__)

_CHECK_EVERY_S: Final = 0.5
_RESTART_PAUSE_S: Final = 1.0
_JOIN_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where a service is and how this till is known to it."""

    url: str
    api_key: str
    installation_id: str
    restaurant_id: str


class OwnService:
    """Runs the service as a child process. Order: `start`, then `stop`.

    Args:
        on_ready: Told the address once, on its own thread. A restarted service has the same.
    """

    def __init__(self, on_ready: Callable[[ServiceAddress], None]) -> None:
        self._on_ready = on_ready
        self._stopping = threading.Event()
        self._child: Child | None = None
        self._address: ServiceAddress | None = None
        self._thread = threading.Thread(target=self._keep_running, name="own-service", daemon=True)

    @property
    def child(self) -> Child | None:
        """The running process, for tests that kill it."""
        return self._child

    def start(self) -> None:
        """Start it in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End the process and the thread that looks after it."""
        self._stopping.set()
        if self._child is not None:
            self._child.give_up()  # it may be starting still, and is waited for
        if self._thread.ident is not None:
            self._thread.join(_JOIN_TIMEOUT_S)
        if self._child is not None:
            self._child.stop()

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_once()
            except (AppError, OSError):
                if not self._stopping.is_set():
                    log.exception("the own service failed")
            if self._child is not None:
                self._child.stop()
            self._stopping.wait(_RESTART_PAUSE_S)

    def _run_once(self) -> None:
        before = self._address
        port = before.url.rpartition(":")[2] if before else "0"
        child = self._child = Child("service", ("service", "--own", "--port", port))
        child.tell(json.dumps({"apiKey": before.api_key if before else ""}))
        key = child.read_json()
        address = child.read_json()
        if before is None:
            self._address = ServiceAddress(
                url=str(address["url"]),
                api_key=str(key["apiKey"]),
                installation_id=str(key["installationId"]),
                restaurant_id=str(key["restaurantId"]),
            )
            self._on_ready(self._address)
        while child.is_running and not self._stopping.wait(_CHECK_EVERY_S):
            pass
