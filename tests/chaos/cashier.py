"""A cashier without screens who sells until killed: a real till, devices, service and store.

    {"settings": {...}, "seed": 7, "job": "sell" | "finish"}   the order, one JSON object

Everything that a person would have seen is said as one JSON line at the moment it was seen: `sold`
and `refunded` are acknowledgements, which nothing may take back; `at` tells what is about to happen,
so that whoever kills this process can choose the moment.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from app.bootstrap.core import Core
from app.domain.sale import SaleState
from app.kernel.errors import AppError
from app.kernel.ids import SeededIds, StaffId
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import SyncState
from app.till.payment_states import CheckoutState, Phase
from app.till.refund_plan import RefundBy, RefundWish
from app.till.refunds import RefundPhase
from app.till.till import Till
from drivers.api.device import DeviceState
from drivers.api.scanner import Scan

MANAGER: Final = StaffId("stf-03")
MANAGER_PIN: Final = "7204"
FLOAT_MINOR: Final = 50_000_00
_FIRST_MENU_S: Final = 40.0
_FINISH_S: Final = 90.0
_ASKS_MAX: Final = 40
_REDEEM_MAX_MINOR: Final = 40_00

Say = Callable[..., None]


class Nobody:
    """Listens to nothing."""

    def on_sync(self, state: SyncState) -> None:
        """The connection or the queue changed."""

    def on_device(self, state: DeviceState) -> None:
        """A device changed its state."""

    def on_scan(self, scan: Scan) -> None:
        """A serial scanner read a code."""

    def on_change(self, topics: frozenset[Topic]) -> None:
        """Something was committed to the store."""


def say(**fact: Any) -> None:
    """Tell a fact in one write, which a kill cannot tear."""
    os.write(1, json.dumps(fact).encode() + b"\n")


def settings_to_json(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON."""
    values = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    return values | {"home": str(settings.home), "devices": list(settings.devices)}


def settings_from_json(values: dict[str, Any]) -> Settings:
    """Return the settings again."""
    return Settings(
        **(values | {"home": Path(values["home"]), "devices": tuple(values["devices"])})
    )


def run(order: dict[str, Any]) -> None:
    """Open the till, resolve what the last run left, then sell or finish."""
    core = Core(settings_from_json(order["settings"]), Nobody())
    till = core.open()
    events = core.store.events if core.store else ()
    say(opened=True, events=[event.code for event in events])
    core.connect()
    cashier = Cashier(core, till, SeededIds(order["seed"]))
    cashier.begin()
    if order["job"] == "finish":
        cashier.finish()
        core.close()
        return
    while True:
        cashier.serve()


class Cashier:
    """Somebody who sells at one till.

    Args:
        core: Open and connected.
        till: Its use cases.
        ids: Chance.
    """

    def __init__(self, core: Core, till: Till, ids: SeededIds) -> None:
        self._core = core
        self._till = till
        self._ids = ids
        self._products: list[Any] = []
        self._phones: list[str] = []

    def _chance(self, percent: int) -> bool:
        return self._ids.below(100) < percent

    # -------------------------------------------------------------- the start
    def begin(self) -> None:
        """Recover, sign in, open the shift if there is none."""
        till = self._till
        self._wait_for_menu()
        till.reload()
        self._say_orders("restored")
        recovered = till.recover()
        for sale in recovered.finished:
            say(sold=sale.sale_id, due=sale.due_minor, note=sale.note, how="recovered")
        till.session.sign_in(MANAGER, MANAGER_PIN)
        if till.shift.current is None:
            till.shift.open(FLOAT_MINOR)
        self._settle_refund()
        self._settle_payment(recovered.checkout)
        say(ready=True)
        self._products = [
            tile
            for tile in till.catalog.tiles(limit=120)
            if not (tile.needs_choice or tile.is_stopped or tile.is_marked) and tile.price_minor > 0
        ]
        self._phones = ["9123456789", "9000003369", "9000002283", "9000008896", "9000007754"]

    def _wait_for_menu(self) -> None:
        until = time.monotonic() + _FIRST_MENU_S
        while not (self._till.catalog.count() and self._till.session.people()):
            if time.monotonic() > until:
                raise TimeoutError("the menu did not come")
            time.sleep(0.05)  # noqa: TID251 - a real process waits for another

    def _say_orders(self, word: str) -> None:
        """Tell how many lines each kept order has."""
        assert self._core.store is not None
        with self._core.store.reader() as db:
            drafts = {
                draft.sale_id: len(draft.history.cart.lines) for draft in db.drafts.list_all()
            }
            sold = [head.sale_id for head in db.sales.list_heads(limit=3)]
        say(**{word: drafts, "last_sold": sold})

    def _settle_refund(self) -> None:
        for _ in range(_ASKS_MAX):
            if self._till.refunds.pending() is None:
                return
            try:
                result = self._till.refunds.resolve()
            except AppError as error:
                say(error=error.code, where="refund")
                time.sleep(0.1)  # noqa: TID251 - the terminal is a real process
                continue
            if result.phase is RefundPhase.UNKNOWN:
                time.sleep(0.1)  # noqa: TID251 - the terminal is a real process
            elif result.refund is not None:
                say(refunded=result.refund.refund_id, amount=result.refund.amount_minor)
        say(stuck="refund")

    def _settle_payment(self, state: CheckoutState | None) -> None:
        """Do what a cashier does who finds a payment half done."""
        checkout = self._till.checkout
        state = state or checkout.state()
        for _ in range(_ASKS_MAX):
            if state.done is not None:
                self._sold(state)
                return
            order = state.order.order
            if order.state is not SaleState.PAYING and state.pending is None:
                if not order.points_lost_minor:
                    return
                state = checkout.accept_lost_points()
                continue
            try:
                if state.pending is not None:
                    if state.phase is Phase.UNKNOWN:
                        time.sleep(0.05)  # noqa: TID251 - the terminal is a real process
                    state = checkout.resolve_payment()
                elif state.remaining_minor:
                    state = checkout.pay_exact_cash()
                else:
                    state = checkout.go_on()
            except AppError as error:
                say(error=error.code, where="payment")
                time.sleep(0.1)  # noqa: TID251 - the terminal is a real process
                state = checkout.state()
        say(stuck="payment", phase=state.phase.value)

    # -------------------------------------------------------------- the day
    def serve(self) -> None:
        """Serve one guest, or give money back."""
        try:
            if self._chance(12):
                self._refund()
            else:
                self._sell()
        except AppError as error:
            say(error=error.code, where="serve", ru=error.ru)
            self._settle_refund()
            self._settle_payment(None)

    def _sell(self) -> None:
        till = self._till
        if self._chance(8) and till.sale.held():
            till.sale.recall(till.sale.held()[0].sale_id)
        for _ in range(1 + self._ids.below(5)):
            tile = self._products[self._ids.below(len(self._products))]
            state = till.sale.tap(tile.product_id).state
            say(draft=state.order.sale_id, lines=len(state.cart.lines))
        if not till.desk.order.cart.note:
            till.sale.set_order_note(f"basket {self._ids.new()} {os.getpid()}")
        if self._chance(50):
            self._bind_guest()
        if self._chance(5):
            till.sale.hold(f"table {self._ids.below(20)}")
            return
        if self._chance(4):
            say(dropping=till.desk.order.sale_id)
            till.sale.cancel("the guest left")
            return
        self._pay()

    def _bind_guest(self) -> None:
        till = self._till
        if self._chance(25):
            phone = f"9{700_000_000 + self._ids.below(99_999_999)}"
            card = till.guests.register(phone, "Гость").card
            self._phones.append(phone)
        else:
            phone = self._phones[self._ids.below(len(self._phones))]
            hits = till.guests.search_phone(phone).hits
            if not hits:
                return
            card = hits[0].card
        state = till.guests.bind(card).state
        preview = state.preview
        if preview is None or not preview.max_spend_minor or not self._chance(60):
            return
        say(at="reserve")
        amount = min(preview.max_spend_minor, _REDEEM_MAX_MINOR)
        try:
            till.guests.redeem(amount - amount % 100)
        except AppError as error:
            say(error=error.code, where="redeem", ru=error.ru)

    def _pay(self) -> None:
        checkout = self._till.checkout
        state = checkout.start()
        if state.phase is Phase.ASK_POINTS:
            state = checkout.accept_lost_points()
        way = self._ids.below(100)
        if way < 45:
            say(at="cash")
            state = checkout.pay_exact_cash()
        elif way < 75:
            say(at="card")
            state = checkout.pay_card()
        else:
            state = self._pay_by_parts(state)
        if state.done is not None:
            self._sold(state)
        else:
            self._settle_payment(state)
            if self._till.desk.order.state is SaleState.OPEN and self._till.desk.state().can_pay:
                say(at="cash")
                state = checkout.pay_exact_cash()
                self._sold(state)

    def _pay_by_parts(self, state: CheckoutState) -> CheckoutState:
        checkout = self._till.checkout
        part = 1 + self._ids.below(max(1, state.remaining_minor - 1))
        say(at="mixed")
        if self._chance(50):
            state = checkout.pay_cash(part, part_minor=part)
            return checkout.pay_card() if state.done is None else state
        state = checkout.pay_card(part)
        if state.phase is not Phase.TAKING or not state.order.order.tenders:
            return state
        if self._chance(30):
            say(at="return")
            return checkout.remove_part(state.order.order.tenders[0].payment_id)
        return checkout.pay_card() if self._chance(40) else checkout.pay_exact_cash()

    def _sold(self, state: CheckoutState) -> None:
        if state.done is None:
            return
        sale = state.done.sale
        say(sold=sale.sale_id, due=sale.due_minor, note=sale.note, how="paid")
        self._till.checkout.dismiss()

    def _refund(self) -> None:
        refunds = self._till.refunds
        heads = refunds.sales(limit=15)
        if not heads:
            return
        head = heads[self._ids.below(len(heads))]
        rest = refunds.look(head.sale_id).rest_minor
        if rest <= 0:
            return
        amount = None if self._chance(40) else 1 + self._ids.below(rest)
        by = RefundBy.CASH if self._chance(20) else RefundBy.AS_PAID
        say(at="refund")
        result = refunds.refund(RefundWish(head.sale_id, "вернули", amount_minor=amount, by=by))
        if result.refund is not None:
            say(refunded=result.refund.refund_id, amount=result.refund.amount_minor)
        elif result.phase is RefundPhase.UNKNOWN:
            self._settle_refund()

    # -------------------------------------------------------------- the end
    def finish(self) -> None:
        """Cancel what is not paid, wait until everything is delivered, and say how the till stands."""
        till = self._till
        while True:
            if not till.desk.order.is_blank:
                till.sale.cancel("the end of the day")
            held = till.sale.held()
            if not held:
                break
            till.sale.recall(held[0].sale_id)
        until = time.monotonic() + _FINISH_S
        self._core.sync_now()
        while (counts := till.queue.counts()).pending or counts.in_flight:
            if time.monotonic() > until:
                break
            time.sleep(0.1)  # noqa: TID251 - the service is a real process
        totals = till.shift.totals()
        say(
            finished=True,
            pending=counts.pending + counts.in_flight,
            conflicts=[
                {"type": row.type, "code": row.error_code, "en": row.error_en}
                for row in self._unsent()
            ],
            cash=totals.expected_cash_minor,
        )

    def _unsent(self) -> list[Any]:
        assert self._core.store is not None
        with self._core.store.reader() as db:
            return [row for row in db.outbox.list_unsent(500) if row.error_code]
