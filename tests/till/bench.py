"""A whole till over a real store in a temporary folder, with fake devices and a fake service."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from app.bootstrap.codes import CodeReader
from app.contracts.guest_qr import key_text, public_key_of
from app.domain.catalog import Category, Menu, ModifierGroup, ModifierOption, Product, Unit, Variant
from app.domain.guest import GuestCard
from app.domain.loyalty import LoyaltyRules
from app.domain.sale import Sale
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.clock import ManualClock
from app.kernel.ids import (
    CardId,
    CategoryId,
    GuestId,
    Ids,
    OptionId,
    ProductId,
    SeededIds,
    StaffId,
    VariantId,
)
from app.store.rows import Operation, PrintJob, StaffMember, VenueConfig
from app.till.devices import RECEIPT_PRINTER, Devices
from app.till.house import TillSettings
from app.till.recovery import Recovered
from app.till.till import Parts, Till
from tests.fakes.fuse import Fuse, FusedStore
from tests.fakes.loyalty import FakeLoyalty
from tests.fakes.printer import FakePrinter
from tests.fakes.terminal import FakeTerminal

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ANNA, BORIS, VERA = StaffId("anna"), StaffId("boris"), StaffId("vera")
QR_KEY = key_text(bytes(32))
PINS = {ANNA: "1111", BORIS: "2222", VERA: "3333"}
_HASHES = {who: CHEAP_HASHER.hash(pin) for who, pin in PINS.items()}

COFFEE, CAKE, CHEESE, LATTE, SOUP, STOPPED = map(
    ProductId, ("coffee", "cake", "cheese", "latte", "soup", "stopped")
)
MILK = ModifierGroup(
    "milk",
    "Молоко",
    1,
    1,
    (
        ModifierOption(OptionId("cow"), "Обычное", is_default=True),
        ModifierOption(OptionId("oat"), "Овсяное", 60_00),
        ModifierOption(OptionId("soy"), "Соевое", 50_00, is_stopped=True),
    ),
)
KITCHEN = CategoryId("kitchen")


def _product(product_id: ProductId, name: str, price: int, **more: Any) -> Product:
    return Product(product_id, KITCHEN, name, f"SKU-{product_id}", price, "vat20", **more)


MENU = Menu(
    "m1",
    (Category(KITCHEN, "Кухня", "soup", 1, 1),),
    (
        _product(COFFEE, "Кофе", 200_00, barcodes=("4600000000015",)),
        _product(CAKE, "Торт", 333_33, barcodes=("4600000000022", "00124")),
        _product(CHEESE, "Сыр", 1_000_00, unit=Unit.WEIGHT, barcodes=("00123", "2210001000000")),
        _product(
            LATTE,
            "Латте",
            250_00,
            variants=(
                Variant(VariantId("s"), "250 мл", 250_00, is_default=True),
                Variant(VariantId("l"), "400 мл", 320_00, barcodes=("4600000000039",)),
            ),
            modifier_groups=(MILK,),
        ),
        _product(SOUP, "Суп", 500_00, earns_points=False, redeems_points=False),
        _product(STOPPED, "Булочка", 90_00, is_stopped=True, barcodes=("4600000000046",)),
    ),
    TaxTable((Tax("vat20", "НДС 20 %", (TaxPeriod(date(2019, 1, 1), 2000),)),)),
)


@dataclass
class Bench:
    """A till that can die and come back.

    Attributes:
        wakes: How often the sync was woken.
        codes: Tells codes apart.
    """

    folder: Path
    rules: LoyaltyRules = field(default_factory=LoyaltyRules)
    settings: TillSettings = field(default_factory=TillSettings)
    clock: ManualClock = field(default_factory=ManualClock)
    fuse: Fuse = field(default_factory=Fuse)
    terminal: FakeTerminal = field(default_factory=FakeTerminal)
    printer: FakePrinter = field(default_factory=FakePrinter)
    has_terminal: bool = True
    has_printer: bool = True
    online: bool = True
    wakes: int = 0
    codes: CodeReader = field(default_factory=CodeReader)

    def __post_init__(self) -> None:
        self.ids: Ids = SeededIds(7)
        self.terminal.fuse = self.fuse
        self.service = FakeLoyalty(self.clock)
        self.start()
        self._fill()
        self.till.reload()

    def start(self) -> None:
        """Start the program."""
        self.store = FusedStore.open(self.folder, self.clock)
        self.store.fuse = self.fuse
        self.till = Till(
            Parts(
                store=self.store,
                clock=self.clock,
                ids=self.ids,
                gateway=self.service,
                classify=self.codes,
                devices=self._devices(),
                is_online=lambda: self.online,
                wake_sync=self._wake,
                settings=self.settings,
                hasher=CHEAP_HASHER,
            )
        )

    def _devices(self) -> Devices:
        printers = {RECEIPT_PRINTER: self.printer} if self.has_printer else {}
        return Devices(self.terminal if self.has_terminal else None, printers)

    def _wake(self) -> None:
        self.wakes += 1

    def _fill(self) -> None:
        self.store.replace_menu(MENU)
        with self.store.unit() as uow:
            uow.staff.replace_all(
                [
                    StaffMember(ANNA, "Анна", "cashier", _HASHES[ANNA]),
                    StaffMember(BORIS, "Борис", "manager", _HASHES[BORIS]),
                    StaffMember(VERA, "Вера", "waiter", _HASHES[VERA]),
                ]
            )
            uow.settings.put_config(
                VenueConfig(
                    version="c1", tenant_id="t", tenant_name="Кофейня", location_id="loc-1",
                    location_name="Кофейня", address="Ленина, 1", legal_name="ООО", taxpayer_id="77",
                    timezone="Europe/Moscow", register_id="r", register_name="Касса 1",
                    register_number=1, rules=self.rules,
                    guest_qr_public_key=public_key_of(QR_KEY),
                )
            )  # fmt: skip
            uow.guests.add_codes(["482913", "482914"], self.clock.now())
            uow.commit()

    def sign_in(self, who: StaffId = ANNA) -> None:
        """Sign a person in."""
        self.till.session.sign_in(who, PINS[who])

    def ready(self, cash: int = 1_000_00) -> Till:
        """Sign Anna in and open a shift."""
        self.sign_in()
        self.till.shift.open(cash)
        return self.till

    def restart(self) -> Recovered:
        """The process died; start anew and recover."""
        self.fuse.burn_at = 0
        self.store.die()
        self.start()
        return self.till.recover()

    def close(self) -> None:
        """End the program."""
        self.till.close()
        self.store.close()

    # -------------------------------------------------------------- looking
    def sales(self) -> tuple[Sale, ...]:
        """Return all sales, the oldest first."""
        with self.store.reader() as db:
            heads = db.sales.list_heads()
            return tuple(db.sales.get(head.sale_id) for head in reversed(heads))

    def operations(self, kind: str = "sale") -> list[Operation]:
        """Return the unsent operations of one kind."""
        with self.store.reader() as db:
            return [x for x in db.outbox.list_unsent() if x.type == kind]

    def jobs(self) -> tuple[PrintJob, ...]:
        """Return the print jobs that wait."""
        with self.store.reader() as db:
            return db.print_jobs.list_waiting()

    def drafts(self) -> int:
        """Return how many orders are kept."""
        with self.store.reader() as db:
            return len(db.drafts.list_all())


def guest(number: int = 1, points: int = 500_00, level: str = "bronze", **more: Any) -> GuestCard:
    """Return a guest whom the service knows."""
    return GuestCard(
        CardId(f"c{number}"), GuestId(f"g{number}"), f"Гость{number}", f"7912345678{number}",
        f"77100{number}", level, level, regular_minor=points, **more,
    )  # fmt: skip
