"""The till: one door to all its use cases.

    ui presenters -> Till.{session, shift, sale, guests, checkout, refunds, printing, orders, queue,
                          catalog}

Every method is plain and synchronous and returns frozen values; the caller chooses the lane:
changes of the order on TILL, reads on QUERY, `guests` on NET, whatever asks the terminal on DEVICE.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.store.engine import Store
from app.store.session import Topic
from app.till import steps
from app.till.card import CardDesk
from app.till.catalog import Catalog
from app.till.checkout import Checkout
from app.till.codes import Classifier
from app.till.customer_display import CustomerDesk
from app.till.desk import Desk
from app.till.devices import Devices
from app.till.fiscal_queue import FiscalParts
from app.till.fiscalisation import Fiscalisation
from app.till.guests import Guests
from app.till.house import House, TillSettings
from app.till.kitchen import Kitchen
from app.till.kitchen_trouble import KitchenTrouble
from app.till.loyalty_gateway import LoyaltyGateway
from app.till.marks import MarkDesk
from app.till.money_tools import MoneyTools
from app.till.operations import Operations
from app.till.orders import Orders
from app.till.payment_states import Completed, Progress
from app.till.printing import Printing
from app.till.qr_desk import QrDesk
from app.till.qr_late import LateMoney
from app.till.qr_watch import LateMoneyWatch
from app.till.queue import Queue
from app.till.recovery import Recovered, Recovery
from app.till.refunds import Refunds
from app.till.register_book import RegisterBook
from app.till.sale import SaleDesk
from app.till.session import Session
from app.till.shift import ShiftDesk

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def _nothing() -> None:
    """Do nothing: without a sync there is nobody to wake."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Parts:
    """What a till is made of.

    Attributes:
        store: The till's memory, open.
        clock: The time.
        ids: Draws ids.
        gateway: The loyalty service.
        classify: Tells scanned codes apart.
        devices: Terminal and printers.
        is_online: Tells whether the service answered lately (O5).
        wake_sync: Called after something was put into the outbox.
        settings: Of this till.
        hasher: Checks PINs.
    """

    store: Store
    clock: Clock
    ids: Ids
    gateway: LoyaltyGateway
    classify: Classifier
    devices: Devices = field(default_factory=Devices)
    is_online: Callable[[], bool] = _never
    wake_sync: Callable[[], None] = _nothing
    settings: TillSettings = field(default_factory=TillSettings)
    hasher: "PasswordHasher | None" = None


class Till:
    """All use cases of one till, wired to each other.

    Call `recover` once before anybody signs in, then `printing.start`; `close` at the end.
    """

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self.operations = Operations(parts.ids.new)
        self.house = House(parts.store, parts.clock, parts.settings)
        self.operations.restaurant_id = self.house.restaurant_id
        self.session = Session(parts.store, parts.clock, parts.hasher)
        self.catalog = Catalog(parts.store, self.session)
        self.kitchen = Kitchen(
            store=parts.store,
            clock=parts.clock,
            ids=parts.ids,
            house=self.house,
            catalog=self.catalog,
            devices=parts.devices,
        )
        self.desk = Desk(
            store=parts.store,
            clock=parts.clock,
            ids=parts.ids,
            session=self.session,
            house=self.house,
            operations=self.operations,
            kitchen=self.kitchen,
            wake_sync=parts.wake_sync,
        )
        self.desk.stopped = self.catalog.stopped
        self.printing = Printing(
            store=parts.store,
            clock=parts.clock,
            ids=parts.ids,
            house=self.house,
            devices=parts.devices,
        )
        self.printing.kitchen.on_job = self.kitchen.note_job
        self.kitchen_trouble = KitchenTrouble(parts.store, self.printing)
        self.card = CardDesk(parts.devices, parts.settings.currency)
        self.fiscal = Fiscalisation(
            self.session,
            FiscalParts(
                store=parts.store,
                clock=parts.clock,
                ids=parts.ids,
                house=self.house,
                devices=parts.devices,
                printing=self.printing,
            ),
        )
        self.shift = ShiftDesk(self.desk, self.printing, self.fiscal)
        self.marks = MarkDesk(self.desk, self.catalog, parts.classify, parts.devices)
        self.sale = SaleDesk(self.desk, self.catalog, parts.classify, self.marks)
        self.sale.wake_printers = self.printing.wake
        self.guests = Guests(self.desk, parts.gateway, parts.is_online)
        self.qr = QrDesk(parts.devices, parts.clock)
        money = MoneyTools(self.desk, self.shift, self.card, self.printing, self.fiscal, self.qr)
        self.checkout = Checkout(money)
        self.customer = CustomerDesk(self.house, parts.is_online)
        self.checkout.on_completed = self.customer.completed
        self.checkout.on_code = self.customer.show_phone_code
        self.refunds = Refunds(money)
        self.orders = Orders(self.desk, self.fiscal)
        self.register = RegisterBook(parts.store, self.fiscal)
        self.queue = Queue(self.desk, self.printing, self.fiscal)
        late = LateMoney(parts.store, self.qr, parts.clock.now)
        self.late_money = LateMoneyWatch(
            late, parts.clock, is_free=lambda: not self.checkout.is_by_phone_open
        )
        self.checkout.on_given_up = self.late_money.wake
        self._recovery = Recovery(
            desk=self.desk,
            checkout=self.checkout,
            refunds=self.refunds,
            card=self.card,
            qr=self.qr,
            late=late,
        )

    def recover(self, *, asks_terminal: bool = True) -> Recovered:
        """Go on where the last run ended; see `Recovery.run`. It may ask the terminal."""
        self.fiscal.recover()
        return self._recovery.run(asks_terminal=asks_terminal)

    def reload(self) -> None:
        """Take over a new menu or configuration; call it after a pull, not from a listener."""
        self.house.reload()
        self.operations.restaurant_id = self.house.restaurant_id

    def wants_reload(self, topics: frozenset[Topic]) -> bool:
        """Tell whether a change of the store concerns what `reload` keeps at hand."""
        return bool(topics & {Topic.MENU, Topic.CONFIG})

    def set_clock_offset(self, offset_ms: int) -> None:
        """Note how far the till's clock differs from the service's, for what is sent (O10)."""
        self.operations.clock_offset_ms = offset_ms

    def progress(self, done: Completed) -> Progress:
        """Return how far a finished sale has come in the queues; on the query lane."""
        return steps.progress(self._store, self.fiscal, self.kitchen_trouble, done)

    def close(self) -> None:
        """End the till's threads; the store is closed by whoever opened it."""
        self.late_money.stop()
        self.fiscal.stop()
        self.printing.stop()
