"""A till and a real service agree: what the till sends is taken, and both count the same points.

The service runs in this process on a migrated and seeded SQLite; calls go through the typed client.
Terminal and printer are fakes. After each story the queue is empty, without conflicts, the ledger's
audit is clean, and the balances are those that the till told the guest.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.bootstrap.codes import CodeReader
from app.bootstrap.gateway import ServiceLoyalty
from app.domain.catalog import Product
from app.domain.guest import GuestCard
from app.kernel.clock import ManualClock
from app.kernel.errors import InputError
from app.kernel.ids import SeededIds, StaffId, SystemIds
from app.service import commands
from app.service.db.sealing import KEY_SUFFIX
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from app.store.engine import Store
from app.store.rows import Operation
from app.sync.pull import Puller
from app.sync.push import Pusher
from app.till.devices import RECEIPT_PRINTER, Devices
from app.till.order import ScanOutcome
from app.till.refund_plan import RefundWish
from app.till.till import Parts, Till
from tests.fakes.printer import FakePrinter
from tests.fakes.terminal import FakeTerminal
from tests.service.harness import open_client

MARIA_PHONE = "9123456789"


@dataclass
class Meeting:
    """A till that really talks to a service."""

    till: Till
    store: Store
    pusher: Pusher
    url: str
    fetch_code: Callable[[str], str]
    online: bool = True

    def product(self, least: int) -> Product:
        """Return something on the menu that costs at least so much and needs no choice."""
        for tile in self.till.catalog.tiles(limit=400):
            if tile.price_minor >= least and not tile.needs_choice and not tile.is_stopped:
                product = self.till.catalog.product(tile.product_id)
                is_plain = not product.is_marked
                if is_plain and product.earns_points and product.redeems_points:
                    return product
        raise AssertionError("nothing on the menu costs that much")

    def maria(self) -> GuestCard:
        """Return Maria as the service knows her."""
        (hit,) = self.till.guests.search_phone(MARIA_PHONE).hits
        assert hit.age is None, "the service answered, not the cache"
        return hit.card

    def deliver(self) -> None:
        """Send everything; nothing may be refused."""
        for _ in range(20):
            if not self._unsent():
                break
            self.pusher.push()
        assert self._unsent() == []
        assert commands.audit(self.url)["ok"]

    def _unsent(self) -> list[Operation]:
        with self.store.reader() as db:
            unsent = list(db.outbox.list_unsent())
        refused = [x for x in unsent if x.error_code]
        assert not refused, [(x.type, x.error_code, x.error_en) for x in refused]
        return unsent


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A service's database, made once and copied for each story."""
    path = tmp_path_factory.mktemp("service") / "template.sqlite3"
    return path, commands.seed(f"sqlite:///{path}", sandbox=True, clock=ManualClock())


@pytest.fixture
def meeting(quick_folder: Path, seeded: tuple[Path, dict[str, Any]]) -> Iterator[Meeting]:
    clock, ids = ManualClock(), SeededIds(5)
    template, made = seeded
    url = f"sqlite:///{shutil.copy(template, quick_folder / 'service.sqlite3')}"
    shutil.copy(f"{template}{KEY_SUFFIX}", quick_folder / f"service.sqlite3{KEY_SUFFIX}")
    app = create_app(ServiceSettings(database_url=url, runs_jobs=False), clock, SystemIds(clock))
    with open_client(app) as web:
        settings = ClientSettings("http://testserver", made["tillKey"])
        client = ServiceClient(settings, transport=web._transport)
        store = Store.open(quick_folder / "till", clock)
        puller = Puller(store, client, clock, ids)
        puller.pull(puller.ping())

        def fetch_code(guest_id: str) -> str:
            """Return what the guest's phone shows now."""
            headers = {"X-API-Key": made["apiKey"]}
            return str(web.get(f"/api/v1/guests/{guest_id}/qr", headers=headers).json()["qr"])

        devices = Devices(FakeTerminal(), {RECEIPT_PRINTER: FakePrinter()})
        gateway = ServiceLoyalty(client, clock)
        till = Till(
            Parts(
                store,
                clock,
                ids,
                gateway,
                CodeReader(),
                devices,
                is_online=lambda: met.online,
            )
        )
        pusher = Pusher(store, client, clock, ids)
        met = Meeting(till, store, pusher, url, fetch_code)
        senior = next(person for person in made["staff"] if person["role"] == "manager")
        till.session.sign_in(StaffId(senior["id"]), senior["pin"])
        till.shift.open(5_000_00)
        yield met
        till.close()
        store.close()
        client.close()


def test_cash_card_and_discounts_are_taken(meeting: Meeting) -> None:
    till = meeting.till
    till.sale.tap(meeting.product(300_00).product_id, 3_000)
    till.sale.discount_order(percent_bp=700, reason="Акция")
    till.checkout.pay_exact_cash()
    till.sale.tap(meeting.product(100_00).product_id)
    till.checkout.pay_cash(50_00, part_minor=33_33)
    till.checkout.pay_card()
    till.shift.cash_in(100_00, "Размен")
    till.shift.cash_out(50_00, "Молоко")
    till.shift.close(5_000_00)

    meeting.deliver()


def test_a_guests_code_binds_once_and_offline_as_well(meeting: Meeting) -> None:
    till, maria = meeting.till, meeting.maria()
    till.sale.tap(meeting.product(100_00).product_id)
    code = meeting.fetch_code(maria.guest_id)
    scanned = till.sale.scan(code)
    assert scanned.outcome is ScanOutcome.GUEST
    bound = till.guests.bind_scanned(scanned.text).state.guest
    assert bound is not None
    assert bound.card_id == maria.card_id

    with pytest.raises(InputError, match="QR_REPLAYED") as error:
        till.guests.bind_scanned(code)
    assert error.value.ru.startswith("Этот код гостя уже использован. Попросите гостя обновить")
    till.guests.unbind()
    meeting.online = False
    till.reload()
    state = till.guests.bind_scanned(meeting.fetch_code(maria.guest_id)).state
    assert state.guest is not None
    till.checkout.pay_exact_cash()

    meeting.deliver()


def test_redeemed_and_earned_points_are_those_that_were_told(meeting: Meeting) -> None:
    till = meeting.till
    before = meeting.maria()
    till.sale.tap(meeting.product(300_00).product_id, 4_000)
    till.guests.bind(before)
    spend = till.guests.preview().max_spend_minor
    till.guests.redeem(spend - 100_00)
    state = till.guests.redeem(spend).state
    assert meeting.maria().reserved_minor == spend
    till.checkout.pay_cash(100_00, part_minor=100_00)
    done = till.checkout.pay_card().done
    assert done is not None
    assert done.earned_minor == state.earn_minor > 0

    meeting.deliver()

    after = meeting.maria()
    assert after.total_minor == before.total_minor - spend + done.earned_minor
    assert after.reserved_minor == 0
    assert after.visit_count == before.visit_count + 1


def test_an_order_that_became_smaller_redeems_less(meeting: Meeting) -> None:
    till = meeting.till
    before = meeting.maria()
    line = till.sale.tap(meeting.product(300_00).product_id, 4_000).state.cart.lines[0]
    till.guests.bind(before)
    till.guests.redeem(till.guests.preview().max_spend_minor)
    spend = till.sale.set_quantity(line.line_id, 1_000).order.spend_minor
    done = till.checkout.pay_exact_cash().done
    assert done is not None

    meeting.deliver()

    assert meeting.maria().total_minor == before.total_minor - spend + done.earned_minor


def test_a_guest_let_go_has_everything_back(meeting: Meeting) -> None:
    till = meeting.till
    before = meeting.maria()
    till.sale.tap(meeting.product(300_00).product_id, 4_000)
    till.guests.bind(before)
    till.guests.redeem(100_00)
    meeting.online = False
    till.guests.unbind()
    till.checkout.pay_exact_cash()

    meeting.online = True
    meeting.deliver()

    assert meeting.maria().total_minor == before.total_minor


def test_offline_registration_and_earning_arrive_once(meeting: Meeting) -> None:
    till = meeting.till
    meeting.online = False
    made = till.guests.register("9991112233", "Пётр")
    earned = 0
    for _ in range(2):
        till.sale.tap(meeting.product(300_00).product_id, 2_000)
        till.guests.bind(made.card)
        done = till.checkout.pay_exact_cash().done
        assert done is not None
        earned += done.earned_minor

    meeting.online = True
    meeting.deliver()

    (hit,) = till.guests.search_phone("9991112233").hits
    assert hit.card.total_minor == earned > 0
    assert hit.card.code6 == made.card.code6
    assert hit.card.visit_count == 2


def test_refunds_give_back_what_the_rehearsal_said(meeting: Meeting) -> None:
    till = meeting.till
    before = meeting.maria()
    line = till.sale.tap(meeting.product(300_00).product_id, 3_000).state.cart.lines[0]
    till.sale.tap(meeting.product(100_00).product_id)
    till.guests.bind(before)
    till.guests.redeem(200_00)
    done = till.checkout.pay_card().done
    assert done is not None
    meeting.deliver()
    sold = meeting.maria()
    part = RefundWish(done.sale.sale_id, "Остыл", {line.line_id: 1_000})
    first = till.refunds.rehearse(part).points
    till.refunds.refund(part)
    meeting.deliver()
    returned = first.returned_promo_minor + first.returned_regular_minor
    assert meeting.maria().total_minor == sold.total_minor + returned - first.earned_back_minor

    till.refunds.refund(RefundWish(done.sale.sale_id, "Остальное"))
    meeting.deliver()

    assert meeting.maria().total_minor == before.total_minor


def test_a_sale_and_its_refund_made_offline_arrive_in_order(meeting: Meeting) -> None:
    till = meeting.till
    before = meeting.maria()
    meeting.online = False
    till.sale.tap(meeting.product(300_00).product_id, 2_000)
    till.guests.bind(before)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    till.refunds.refund(RefundWish(done.sale.sale_id, "Передумал"))

    meeting.online = True
    meeting.deliver()

    assert meeting.maria().total_minor == before.total_minor


def test_marked_goods_of_the_service_ask_for_their_codes(meeting: Meeting) -> None:
    till = meeting.till
    tiles = till.catalog.tiles(limit=400)
    assert "Вода «Сенежская» 0,5 л" in {tile.name for tile in tiles if tile.is_marked}
    assert not any(tile.is_marked for tile in tiles if tile.name.startswith("Круассан"))
    water = till.catalog.product(next(tile.product_id for tile in tiles if tile.is_marked))
    result = till.sale.scan(f"010{water.barcodes[0]}215Jg0000000001\x1d93Mdk5")
    assert result.is_mark
    till.marks.check()
    till.checkout.pay_exact_cash()

    meeting.deliver()
