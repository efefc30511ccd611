"""A till without a service starts its own: a real process that is started again when it dies."""

import contextlib
import threading
import time
from pathlib import Path

import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.bootstrap.own_service import OwnService, ServiceAddress
from app.kernel.errors import AppError

pytestmark = pytest.mark.slow


def wait_for_ping(client: ServiceClient, seconds: float) -> bool:
    """Ask until the service answers or the time is up."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < end:
        try:
            client.ping()
        except AppError:
            pause.wait(0.1)
        else:
            return True
    return False


def test_the_own_service_serves_the_demo_cafe_and_survives_its_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAXLOYALTY_HOME", str(tmp_path))
    ready = threading.Event()
    addresses: list[ServiceAddress] = []

    def note(address: ServiceAddress) -> None:
        addresses.append(address)
        ready.set()

    service = OwnService(note)
    service.start()
    stack = contextlib.ExitStack()
    try:
        assert ready.wait(60)
        address = addresses[0]
        client = stack.enter_context(ServiceClient(ClientSettings(address.url, address.api_key)))
        answer = client.menu()
        assert answer is not None
        assert len(answer.menu.products) >= 300
        child = service.child
        assert child is not None
        child.kill()
        assert wait_for_ping(client, 60), "the restarted service has the same address and key"
        assert len(addresses) == 1
        child = service.child
        assert child is not None
    finally:
        stack.close()
        service.stop()
    assert not child.is_running
    log = (tmp_path / "logs" / "service.log").read_text() if (tmp_path / "logs").exists() else ""
    assert address.api_key not in log
