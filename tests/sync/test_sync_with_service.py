"""The till's sync against the real service over a real socket: what goes out is in its ledger.

One service process on SQLite, seeded with the demo cafe; a worker stepped by hand.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.domain.cart import Cart, make_line
from app.domain.guest import GuestCard
from app.domain.pricing import price_cart
from app.domain.sale import Refund, RefundLine, Sale, SaleLoyalty
from app.domain.tender import Tender, TenderKind
from app.kernel.clock import SystemClock
from app.kernel.ids import (
    CardId,
    GuestId,
    LineId,
    PaymentId,
    RefundId,
    SaleId,
    ShiftId,
    SystemIds,
)
from app.service import commands
from app.store.engine import Store
from app.store.rows import Operation, Shift, StaffMember
from app.sync.state import Link
from app.sync.worker import SyncWorker
from app.till.operations import Operations

ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()
IDS = SystemIds(CLOCK)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: where it is, and what its seed told."""

    url: str
    seed: dict[str, Any]
    database: str

    def audit(self) -> dict[str, Any]:
        """Prove its ledger."""
        return commands.audit(self.database)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    database = f"sqlite:///{folder / 'service.db'}"
    seed = commands.seed(database, sandbox=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "service", "--port", "0", "--database", database],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "MAXLOYALTY_HOME": str(folder)},
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    yield Served(told["url"], seed, database)
    process.terminate()
    process.wait(60)
    process.stdout.close()


@dataclass(slots=True)
class Till:
    """A store with a worker, and the operations it would write."""

    store: Store
    worker: SyncWorker
    client: ServiceClient
    operations: Operations
    shift: Shift

    def cashier(self) -> StaffMember:
        """Return somebody who works here."""
        with self.store.reader() as uow:
            return uow.staff.list_all()[0]

    def write(self, *operations: Operation) -> None:
        """Put operations in the queue and send everything."""
        with self.store.unit() as uow:
            for operation in operations:
                uow.outbox.add(operation)
            uow.commit()
        self.send()

    def send(self) -> None:
        """Step until nothing waits."""
        for _ in range(20):
            self.worker.sync_now()
            self.worker.step()
            if self.worker.state.pending == 0:
                return

    def troubles(self) -> list[str]:
        """Return what was not taken, with the reasons."""
        with self.store.reader() as uow:
            return [
                f"{o.type} {o.state} {o.error_code} {o.error_en}" for o in uow.outbox.list_unsent()
            ]

    def sale(self, number: int, guest: GuestCard | None = None) -> Sale:
        """Return a sale of the two most popular products for cash."""
        with self.store.reader() as uow:
            tiles = [tile for tile in uow.catalog.list_tiles() if not tile.is_stopped][:2]
            products = [uow.catalog.get_product(tile.product_id) for tile in tiles]
            rates = uow.catalog.tax_rates(CLOCK.now().date())
        cart = Cart()
        for product in products:
            cart = cart.add(make_line(LineId(IDS.new()), product, variant=product.default_variant))
        priced = price_cart(cart, rates)
        cashier = self.cashier()
        return Sale(
            sale_id=SaleId(IDS.new()),
            number=number,
            shift_id=self.shift.shift_id,
            cashier_id=cashier.staff_id,
            cashier_name=cashier.name,
            paid_at=CLOCK.now(),
            lines=cart.lines,
            priced=priced,
            rounding_minor=0,
            tenders=(
                Tender(PaymentId(IDS.new()), TenderKind.CASH, priced.due_minor, priced.due_minor),
            ),
            loyalty=SaleLoyalty(guest) if guest else None,
        )


def refund_of(sale: Sale) -> Refund:
    """Return the refund of the first line."""
    line, amount = sale.lines[0], sale.priced.lines[0].total_minor
    return Refund(
        refund_id=RefundId(IDS.new()),
        sale_id=sale.sale_id,
        shift_id=sale.shift_id,
        cashier_id=sale.cashier_id,
        cashier_name=sale.cashier_name,
        refunded_at=CLOCK.now(),
        reason="Ошибка",
        lines=(RefundLine(line.line_id, line.name, line.quantity_milli, amount),),
        amount_minor=amount,
        tenders=(Tender(PaymentId(IDS.new()), TenderKind.CASH, amount, amount),),
    )


@pytest.fixture(scope="module")
def till(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    store = Store.open(tmp_path_factory.mktemp("till"), CLOCK)
    settings = ClientSettings(
        served.url, served.seed["tillKey"], installation_id="ins-till-1", terminal_id="t"
    )
    with ServiceClient(settings) as client:
        worker = SyncWorker(store, client, CLOCK, IDS)
        worker.step()
        assert worker.state.link is Link.ONLINE
        assert worker.state.menu_notice is None
        with store.reader() as uow:
            cashier = uow.staff.list_all()[0]
        shift = Shift(ShiftId(IDS.new()), 1, cashier.staff_id, cashier.name, CLOCK.now(), 500_00)
        made = Till(store, worker, client, Operations(IDS.new), shift)
        made.write(made.operations.shift_open(shift))
        assert made.troubles() == []
        yield made
    store.close()


pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_first_contact_brings_menu_staff_guests_and_codes(till: Till) -> None:
    with till.store.reader() as uow:
        assert uow.catalog.count_tiles() >= 300
        assert len(uow.catalog.list_categories()) >= 12
        config = uow.settings.find_config()
        assert config is not None
        assert config.rules.levels
        assert uow.guests.count() >= 10
        assert uow.guests.count_codes() >= 20
    offset = till.worker.state.clock_offset_ms
    assert offset is not None
    assert abs(offset) < 5_000


def test_a_sale_with_a_guest_earns_once_however_often_it_is_sent(
    till: Till, served: Served
) -> None:
    with till.store.reader() as uow:
        known = uow.guests.find_by_card(CardId(served.seed["guests"][0]["guestCardId"]))
    assert known is not None
    operation = till.operations.sale(till.sale(1, known))
    till.write(operation)
    assert till.troubles() == []
    with till.store.reader() as uow:
        after = uow.guests.find_by_card(known.card_id)
    assert after is not None
    assert after.regular_minor > known.regular_minor
    with till.store.unit() as uow:
        uow.outbox.retry(operation.operation_id)
        uow.commit()
    till.send()
    with till.store.reader() as uow:
        again = uow.guests.find_by_card(known.card_id)
    assert again is not None
    assert again.regular_minor == after.regular_minor
    assert served.audit()["ok"] is True


def test_an_offline_guest_his_sale_and_its_refund_go_through(till: Till, served: Served) -> None:
    with till.store.unit() as uow:
        code = uow.guests.take_code()
        uow.commit()
    assert code is not None
    fresh = IDS.new()
    local = GuestCard(
        CardId(f"local-{fresh}"), GuestId(f"local-{fresh}"), "Вера", "79995550101", code, "", ""
    )
    sale = till.sale(2, local)
    with till.store.unit() as uow:
        uow.guests.put([local], CLOCK.now())
        uow.commit()
    till.write(
        till.operations.guest_register(local, CLOCK.now()),
        till.operations.sale(sale),
        till.operations.refund(refund_of(sale), sale),
    )
    assert till.troubles() == []
    with till.store.reader() as uow:
        card_id = uow.guests.resolve(local.card_id)
        card = uow.guests.find_by_card(card_id)
    assert card is not None
    assert not card.is_local
    assert (card.phone, card.code6) == (local.phone, code)
    assert served.audit()["ok"] is True


def test_a_refused_operation_waits_for_a_person_with_words(till: Till) -> None:
    sale = till.sale(3)
    good = till.operations.sale(sale)
    payload = json.loads(json.dumps(good.payload))
    payload["totals"]["due"] += 1
    till.write(replace(good, payload=payload))
    with till.store.unit() as uow:
        conflict = uow.outbox.get(good.operation_id)
        assert conflict.state == "conflict"
        assert conflict.error_code == "TOTALS_MISMATCH"
        assert conflict.error_ru
        uow.outbox.edit(good.operation_id, good.payload, f"{good.idempotency_key}_edit")
        uow.commit()
    till.send()
    assert till.troubles() == []


def test_a_conflict_can_be_sent_again_with_the_same_key(till: Till) -> None:
    sale = till.sale(4)
    early = replace(till.operations.refund(refund_of(sale), sale), order_key="")
    till.write(early)
    assert [text.split()[:3] for text in till.troubles()] == [
        ["refund", "conflict", "ORDER_NOT_FOUND"]
    ]
    till.write(till.operations.sale(sale))
    with till.store.unit() as uow:
        uow.outbox.retry(early.operation_id)
        uow.commit()
    till.send()
    assert till.troubles() == []


def test_a_closed_shift_ends_with_its_sums(till: Till) -> None:
    own = replace(till.shift, shift_id=ShiftId(IDS.new()), number=2)
    closed = replace(
        own, closed_at=CLOCK.now(), expected_cash_minor=500_00, counted_cash_minor=500_00
    )
    with till.store.reader() as uow:
        totals = uow.sales.totals(own.shift_id)
    till.write(
        till.operations.shift_open(own),
        till.operations.shift_close(closed, totals, own.cashier_id),
    )
    assert till.troubles() == []
