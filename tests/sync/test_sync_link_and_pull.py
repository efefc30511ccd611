"""The state of the link, and what is fetched when the service has something new."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import httpx
import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.api_client.errors import NotConnectedError
from app.kernel.clock import ManualClock, SystemClock
from app.kernel.ids import SeededIds
from app.store.engine import Store
from app.sync.backoff import DELAYS_S, delay_s
from app.sync.connectivity import Connectivity
from app.sync.state import Link, SyncState
from app.sync.worker import SyncWorker
from tests.store.store_makers import make_operation
from tests.sync.fake_service import FakeService, config_wire, guest_wire, menu_wire


def test_one_failing_call_does_not_flip_the_state() -> None:
    link = Connectivity()
    states = []
    for error in (None, NotConnectedError(), None, NotConnectedError(), NotConnectedError()):
        wants_ping = link.note(error)
        states.append((link.link, wants_ping))
    assert states == [
        (Link.ONLINE, False),
        (Link.ONLINE, True),
        (Link.ONLINE, False),
        (Link.ONLINE, True),
        (Link.OFFLINE, False),
    ]
    assert link.notice is not None


def test_cut_and_return_are_seen_within_five_seconds(
    worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    for down, expected in ((False, Link.ONLINE), (True, Link.OFFLINE), (False, Link.ONLINE)):
        service.down = down
        begin = clock.monotonic()
        while worker.state.link is not expected:
            clock.advance(timedelta(seconds=worker.step()))
        assert clock.monotonic() - begin < 5


def test_a_portal_of_the_network_is_not_taken_for_the_service(
    worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    service.portal = True
    clock.advance(timedelta(seconds=3))
    worker.step()
    assert worker.state.link is Link.OFFLINE
    assert worker.state.notice is not None
    assert worker.state.notice.code == "ANSWER_INVALID"


def test_everything_waiting_goes_out_on_reconnection(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    service.down = True
    for _ in range(40):  # long enough for the pauses to have grown
        clock.advance(timedelta(seconds=worker.step() + 1))
    with store.unit() as uow:
        uow.outbox.add(make_operation())
        uow.commit()
    worker.step()
    assert worker.state.pending == 1
    service.down = False
    begin = clock.monotonic()
    while not service.effects:
        clock.advance(timedelta(seconds=worker.step()))
    assert clock.monotonic() - begin < 5


def test_first_contact_brings_everything(
    store: Store, worker: SyncWorker, service: FakeService
) -> None:
    service.guests = [guest_wire("card-1")]
    worker.step()
    with store.reader() as uow:
        assert uow.catalog.version() == "m1"
        assert uow.catalog.list_tiles()[0].price_minor == 250_50
        config = uow.settings.find_config()
        assert config is not None
        assert (config.location_id, config.register_number) == ("r1", 1)
        assert config.halls[0].tables[0].name == "1"
        assert [member.name for member in uow.staff.list_all()] == ["Ольга"]
        assert uow.guests.search_phone("6789")[0].regular_minor == 12_50
        assert uow.guests.count_codes() == 50
    assert worker.state.last_sync_at is not None
    assert worker.state.clock_offset_ms == 0


def test_only_what_changed_is_fetched_again(
    worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    service.calls.clear()
    clock.advance(timedelta(seconds=3))
    worker.step()
    assert service.calls == ["ping"]
    service.config = config_wire("c2")
    clock.advance(timedelta(seconds=3))
    worker.step()
    assert service.calls == ["ping", "ping", "config"]


def test_a_wrong_menu_is_refused_with_its_reason_and_the_old_one_stays(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    worker.step()
    wrongs: list[dict[str, Any]] = [
        {"price": "дорого"},
        {"taxId": "none"},
        {"modifierGroupIds": ["none"]},
        {"price": 1.005},
    ]
    for number, wrong in enumerate(wrongs):
        service.menu = menu_wire(f"wrong-{number}", **wrong)
        service.calls.clear()
        for _ in range(3):
            clock.advance(timedelta(seconds=3))
            worker.step()
        assert service.calls.count("menu") == 1
        notice = worker.state.menu_notice
        assert notice is not None
        assert "Латте" in notice.ru
        with store.reader() as uow:
            assert uow.catalog.version() == "m1"
    service.menu = menu_wire("m2")
    clock.advance(timedelta(seconds=3))
    worker.step()
    assert worker.state.menu_notice is None
    with store.reader() as uow:
        assert uow.catalog.version() == "m2"


def test_codes_are_asked_for_once_though_the_answer_was_lost(
    store: Store, worker: SyncWorker, service: FakeService, clock: ManualClock
) -> None:
    lost: list[str] = []
    answer = service._answer

    def lose_the_first(path: str, request: httpx.Request) -> httpx.Response:
        response = answer(path, request)
        if path == "card-codes" and not lost:
            lost.append(path)
            raise ConnectionError
        return response

    worker.step()
    with store.unit() as uow:
        while uow.guests.take_code():
            pass
        uow.commit()
    first = len(service.codes_by_key)
    service._answer = lose_the_first  # type: ignore[method-assign]  # a fault for this test alone
    clock.advance(timedelta(seconds=3))
    try:
        worker.step()
    except ConnectionError:
        clock.advance(timedelta(seconds=3))
        worker.step()
    assert len(service.codes_by_key) == first + 1
    with store.reader() as uow:
        assert uow.guests.count_codes() == 50


def test_pauses_double_up_to_a_minute_with_jitter() -> None:
    source = SeededIds()
    for attempt in range(1, 12):
        base = DELAYS_S[min(attempt, len(DELAYS_S)) - 1]
        for _ in range(20):
            assert base * 0.8 <= delay_s(attempt, source) <= base * 1.2
    assert delay_s(1, source, retry_after_s=30) == 30


def test_the_thread_sends_at_once_after_a_sale_and_stops_in_time(
    store: Store, client: ServiceClient, service: FakeService
) -> None:
    seen: list[SyncState] = []
    arrived = threading.Event()

    def on_change(state: SyncState) -> None:
        seen.append(state)
        if state.link is Link.ONLINE and service.effects and state.pending == 0:
            arrived.set()

    worker = SyncWorker(store, client, SystemClock(), SeededIds(), on_change)
    worker.start()
    with store.unit() as uow:
        uow.outbox.add(make_operation())
        uow.commit()
    assert arrived.wait(60)
    assert worker.stop() is True
    assert service.effect_ids() == ["op-0001"]
    assert worker.state == seen[-1]


class Stalling(BaseHTTPRequestHandler):
    """Answers pings until a batch comes, then nothing any more, as a line that went dead does."""

    is_dead: ClassVar[threading.Event] = threading.Event()
    release: ClassVar[threading.Event] = threading.Event()

    def answer(self) -> None:
        if self.path.endswith("sync/batch"):
            self.is_dead.set()
        if self.is_dead.is_set():
            self.release.wait(60)
            return
        fields: dict[str, Any] = {
            "serverTime": "2026-11-20T09:00:00Z",
            "version": "1",
            "menuVersion": "",
            "configVersion": "c1",
        }
        fields = {"config": config_wire(), "guests": {"guests": []}}.get(
            self.path.rpartition("/")[2].partition("?")[0], fields
        )
        if self.path.endswith("card-codes"):
            fields = {"codes": ["100001"]}
        content = json.dumps(fields).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = answer  # noqa: N815 - the name that http.server wants
    do_POST = answer  # noqa: N815 - the name that http.server wants

    def log_message(self, *_args: object) -> None:
        """Keep the output of the tests clean."""


@pytest.mark.slow
def test_a_dead_line_is_seen_while_a_batch_hangs_on_it(store: Store) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stalling)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    online, offline = threading.Event(), threading.Event()

    def on_change(state: SyncState) -> None:
        (online if state.link is Link.ONLINE else offline).set()

    settings = ClientSettings(f"http://127.0.0.1:{server.server_port}", "k")
    client = ServiceClient(settings)
    worker = SyncWorker(store, client, SystemClock(), SeededIds(), on_change)
    worker.start()
    assert online.wait(60)
    offline.clear()
    with store.unit() as uow:
        uow.outbox.add(make_operation())
        uow.commit()
    assert offline.wait(25)  # the batch itself would hang for 30 s
    assert Stalling.is_dead.is_set()
    assert worker.stop() is False  # the batch still hangs; its result will be dropped
    Stalling.release.set()
    assert worker._thread is not None
    worker._thread.join(60)
    with store.reader() as uow:
        assert uow.outbox.counts().in_flight == 1
    client.close()
    server.shutdown()
    serving.join()
    server.server_close()
