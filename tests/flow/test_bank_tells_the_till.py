"""The whole till without screens: a code, a guest who pays, and the bank's own call that ends the sale."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.core import Core
from app.bootstrap.watching import QR_KEY_VARIABLE
from app.domain.sale import Sale
from app.domain.tender import TenderKind
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import SyncState
from app.till.payment_states import Phase
from drivers.api.device import DeviceState
from drivers.api.scanner import Scan
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator, send_notice
from tests.till.bench import ANNA, COFFEE, PINS, Bench

WAIT_S = 60.0


class Ears:
    """Waits for what the till writes."""

    def __init__(self) -> None:
        self.changed = threading.Condition()

    def on_sync(self, state: SyncState) -> None:
        """Ignore it."""

    def on_device(self, state: DeviceState) -> None:
        """Ignore it."""

    def on_scan(self, scan: Scan) -> None:
        """Ignore it."""

    def on_change(self, topics: frozenset[Topic]) -> None:
        with self.changed:
            self.changed.notify_all()


@pytest.fixture
def bank() -> Iterator[SbpSimulator]:
    made = SbpSimulator()
    made.start()
    yield made
    made.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _last_sale(core: Core) -> Sale | None:
    assert core.store is not None
    with core.store.reader() as db:
        return db.sales.find_last()


def test_a_signed_notice_ends_the_sale_and_a_forged_one_does_not(
    tmp_path: Path, bank: SbpSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(QR_KEY_VARIABLE, SECRET_KEY)
    Bench(tmp_path).close()  # a till that has its menu and its people
    listening = _free_port()
    entry = {
        "id": "bank",
        "kind": "qr_payment",
        "model": "qr.sbp_raiffeisen",
        "transport": "https",
        "address": bank.url,
        "options": {"merchant_id": MERCHANT_ID, "notice_port": listening},
    }
    ears = Ears()
    core = Core(Settings(home=tmp_path, devices=(entry,), service_url="http://127.0.0.1:9"), ears)
    till = core.open()
    try:
        core.connect()
        till.recover()
        till.session.sign_in(ANNA, PINS[ANNA])
        till.shift.open(0)
        till.sale.tap(COFFEE)
        assert till.checkout.start_sbp().phase is Phase.CODE
        (code,) = bank.bank.codes
        bank.pay(code)
        body, signature = bank.notice(code)

        assert send_notice("127.0.0.1", listening, body, "f" * 64) == 403
        assert _last_sale(core) is None
        assert send_notice("127.0.0.1", listening, body, signature) == 200

        with ears.changed:
            assert ears.changed.wait_for(lambda: _last_sale(core) is not None, WAIT_S)
        assert send_notice("127.0.0.1", listening, body, signature) == 200, "it came twice"
        sale = _last_sale(core)
        assert sale is not None
        assert [tender.kind for tender in sale.tenders] == [TenderKind.SBP]
        assert bank.bank.taken_minor() == sale.due_minor
    finally:
        core.close()
