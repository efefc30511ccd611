"""Whatever tills and offices do in whatever order, cards are what a simple book says (L1 to L16).

    python -m tests.chaos.loyalty_model --steps 5000 --seed 7 [--database sqlite|postgresql|URL]

The service is asked over HTTP by two tills and an office; `loyalty_book` is asked the same. Answers,
refusals and, after every step, balances, holds, lots and levels must agree; calls are repeated with
their keys, with the same and with other content. A contradiction of the test is shrunk
to a short history; a long run tells the history as it was.
"""

import argparse
import contextlib
import itertools
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    precondition,
    rule,
)

from app.contracts.guests import MergeGuestsRequest
from app.kernel.clock import ManualClock, SystemClock, to_iso
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.guests.merge import merge_guests
from app.service.http.app import create_app
from app.service.kit.work import Work
from app.service.settings import ServiceSettings
from app.service.tills.keys import authenticate
from tests.chaos.kill_service import fresh_database
from tests.chaos.loyalty_book import DAY, MINUTE, Book, Card, Hold, Order, RefusedError, total
from tests.chaos.proof import LEVELS
from tests.chaos.service_calls import minor
from tests.service.harness import START, Service, open_client
from tests.service.postgres import QUICK

GIFTS: Final = "/api/v1/pos/finance/giftcards"
KEYS_LIVE: Final = 29 * DAY
STEPS: Final = 40
PICK = st.integers(0, 1_000)
CHECKS = st.one_of(st.integers(40_00, 5_000_00), st.integers(5_000_00, 60_000_00))
PERCENT = st.integers(1, 115)
TILLS = st.integers(0, 1)
BOOLS = st.booleans()
AGES = st.one_of(
    st.just(0), st.integers(1, 200 * MINUTE), st.integers(1, 500).map(lambda days: days * DAY)
)
_PHONES = itertools.count(79_660_000_000)
_NUMBERS = itertools.count(1)
Json = dict[str, Any]


class LoyaltyMachine(RuleBasedStateMachine):
    """Two tills and an office at work on three cards and some gift cards."""

    service: ClassVar[Service]
    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.calls: list[tuple[int, str, Json, Json, dict[str, Any]]] = []
        self.gifts: dict[str, int] = {}
        self.paid: dict[str, list[Any]] = {}
        self.pushed: set[str] = set()

    # -------------------------------------------------------------- asking
    @property
    def now(self) -> int:
        """Return the service's time."""
        return _millis(self.service.clock.now())

    def tick(self, name: str) -> int:
        """Begin a step."""
        self.done[name] += 1
        self.book.now = self.now
        return self.book.now

    def send(self, path: str, body: Json, **more: Any) -> Any:
        """Call the service as a till or as the office."""
        service = self.service
        if service.runtime.limits is not None:
            service.runtime.limits.forget()
        api_key = more.get("api_key") or service.seeded["tillKeys"][more.get("till", 0)]
        headers = {"X-API-Key": api_key, "Idempotency-Key": more["key"]}
        method = "PUT" if path.endswith("update-reservation") else "POST"
        return service.client.request(method, path, json=body, headers=headers)

    def ask(self, path: str, body: Json, model: Callable[[], Json], **more: Any) -> Json | None:
        """Ask book and service the same; return the answer, or None if both refuse."""
        path = path if path.startswith("/") else f"/api/pos-integration/till/{path}"
        more["key"] = _new("key")
        try:
            expected, refusal = model(), ""
        except RefusedError as refused:
            expected, refusal = {}, refused.code
        answer = self.send(path, body, **more)
        if refusal:
            assert answer.status_code >= 400, f"the book refuses {refusal}: {answer.text}"
            assert answer.json()["errorCode"] == refusal, answer.text
            self.done[f"refused: {refusal}"] += 1
            return None
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        told = {name: _like(value, found.get(name)) for name, value in expected.items()}
        assert told == expected, f"{path} {body}"
        self.calls.append((self.book.now, path, body, found, more))
        return found

    def card(self, number: int) -> Card:
        """Return one of the cards, also one that was joined to another."""
        return self.book.cards[number % len(self.book.cards)]

    def hold(self, number: int) -> Hold | None:
        """Return one of the holds, the younger ones more often."""
        holds = self.book.holds[-5:] if number % 3 else self.book.holds
        return holds[number % len(holds)] if holds else None

    @initialize(count=st.integers(2, 3))
    def begin(self, count: int) -> None:
        """Register guests."""
        self.tick("guests")
        for _ in range(count):
            phone = str(next(_PHONES))
            made = self.ask("create-guest", {"phone": phone, "firstName": "Гость"}, dict)
            assert made is not None
            found = self.service.ok("search-guest", {"phone": phone})["guest"]
            self.book.add_card(made["guestCardId"], found["guestId"])

    # -------------------------------------------------------------- tills
    @rule(number=PICK, check=CHECKS, age=AGES, till=TILLS)
    def earn(self, number: int, check: int, age: int, till: int) -> None:
        """Close a check that only earns, perhaps long after the sale."""
        now, card, order = self.tick("earn"), self.card(number), _new("order")
        self.finish(card, till, order, check, now - age, None, None)

    def finish(
        self,
        card: Card,
        till: int,
        order: str,
        check: int,
        at: int,
        hold: Hold | None,
        told: int | None,
    ) -> None:
        """Close a check, and tell so again without a key."""
        body: Json = {"guestCardId": card.card_id, "orderId": order, "checkAmount": check / 100}
        is_points = hold is None or hold.is_points
        name = "finalize-points" if is_points else "finalize-discount"
        if hold is not None:
            body["reservationId"] = hold.reservation
        if is_points:
            body["action"] = "SPEND" if hold is not None else "EARN_ONLY"
        if told is not None:
            body["pointsToSpend"] = told / 100
        if at != self.book.now:
            body["occurredAt"] = _iso(at)

        def model() -> Json:
            made = self.book.close(card, till, order, check, at, hold, told)
            return _closed(made)

        answer = self.ask(name, body, model, till=till)
        if answer is None:
            return
        again = self.send(f"/api/pos-integration/till/{name}", body, till=till, key=_new("key"))
        assert again.json() == answer | {"alreadyProcessed": True}
        other = body | {"checkAmount": (check + 100) / 100}
        refused = self.send(f"/api/pos-integration/till/{name}", other, till=till, key=_new("key"))
        assert refused.json()["errorCode"] == "DUPLICATE_CHECK"

    @rule(number=PICK, check=CHECKS, percent=PERCENT, till=TILLS)
    def reserve(self, number: int, check: int, percent: int, till: int) -> None:
        """Hold points for an order."""
        self.tick("reserve")
        card, order = self.card(number), _new("order")
        most = min(card.top.total, check * 30 // 100) // 100 * 100
        points = max(1, most * percent // 100)
        body = {"guestCardId": card.card_id, "orderId": order, "pointsToSpend": points / 100}
        body["checkAmount"] = check / 100
        self.make_hold("reserve-points", body, card, till, points, check)

    @rule(number=PICK, check=CHECKS, percent=st.integers(1, 20_00), till=TILLS)
    def fix_discount(self, number: int, check: int, percent: int, till: int) -> None:
        """Fix a percentage for an order."""
        self.tick("reserve discount")
        card, order = self.card(number), _new("order")
        body = {"guestCardId": card.card_id, "orderId": order, "discountPercent": percent / 100}
        body["checkAmount"] = check / 100
        self.make_hold("reserve-discount", body, card, till, percent, check)

    def make_hold(
        self, name: str, body: Json, card: Card, till: int, amount: int, check: int
    ) -> None:
        """Reserve, and reserve the same without the key."""
        made: list[Hold] = []
        is_points = name == "reserve-points"

        def model() -> Json:
            order = body["orderId"]
            made.append(self.book.reserve(card, till, order, amount, check, is_points=is_points))
            return {}

        answer = self.ask(name, body, model, till=till)
        if answer is None:
            return
        made[0].reservation = answer["reservationId"]
        again = self.send(f"/api/pos-integration/till/{name}", body, till=till, key=_new("key"))
        assert again.json() == answer | {"alreadyProcessed": True}

    @precondition(lambda self: self.book.holds)
    @rule(number=PICK, percent=PERCENT)
    def update(self, number: int, percent: int) -> None:
        """Change what is held."""
        self.tick("update")
        hold = self.hold(number)
        if hold is None:
            return
        most = 15_00
        if hold.is_points:
            free = hold.card.top.total + hold.held
            most = min(free, hold.check * 30 // 100) // 100 * 100
        amount = max(1, most * percent // 100)
        body = {"reservationId": hold.reservation, "amount": amount / 100}
        model = lambda: {"amount": self.book.update(hold, amount)}  # noqa: E731 - said once
        self.ask("update-reservation", body, model, till=hold.till)

    @precondition(lambda self: self.book.holds)
    @rule(number=PICK, till=TILLS)
    def cancel(self, number: int, till: int) -> None:
        """Let go what is held."""
        self.tick("cancel")
        hold = self.hold(number)
        if hold is None:
            return
        body = {"reservationId": hold.reservation}

        def model() -> Json:
            return {"alreadyProcessed": not self.book.cancel(hold)}

        self.ask("cancel-reservation", body, model, till=till)

    @precondition(lambda self: self.book.holds)
    @rule(number=PICK, part=st.integers(0, 130), less=st.integers(0, 60), age=st.integers(0, 100))
    def finalize(self, number: int, part: int, less: int, age: int) -> None:
        """Close a check that has a hold, in time or late, with less of it or less to pay."""
        now = self.tick("finalize")
        hold = self.hold(number)
        if hold is None or (hold.till, hold.order) in self.book.orders:
            return
        check = max(1_00, hold.check - less * hold.check // 100 if less < 40 else hold.check)
        told = None if part > 100 or not hold.is_points else hold.amount * part // 100
        at = now - (age * MINUTE if age > 80 else 0)
        self.finish(hold.card, hold.till, hold.order, check, at, hold, told)

    @precondition(lambda self: self.book.orders)
    @rule(number=PICK, part=st.integers(1, 120), till=TILLS)
    def refund(self, number: int, part: int, till: int) -> None:
        """Give back a part of an order."""
        self.tick("refund")
        order = self.order(number)
        if order is None:
            return
        amount = max(1, (order.check - order.refunded) * part // 100)
        body: Json = {
            "guestCardId": order.card.card_id,
            "orderId": order.order,
            "refundId": _new("refund"),
        }
        body |= {"refundAmount": amount / 100, "originalAmount": order.check / 100}
        if amount > order.check:
            return

        def model() -> Json:
            returned, taken, missing = self.book.refund(order, amount)
            order.returned += returned
            order.taken_back += taken + missing
            balance = order.card.top.total
            told = {"pointsReturned": returned, "pointsReversed": taken, "shortfall": missing}
            return told | {"newBalance": balance}

        answer = self.ask("finalize-refund", body, model, till=till)
        if answer is None:
            return
        if order.refunded == order.check:
            assert (order.returned, order.taken_back) == (order.spent, order.earned)
        path = "/api/pos-integration/till/finalize-refund"
        again = self.send(path, body, till=till, key=_new("key"))
        assert again.json() == answer | {"alreadyProcessed": True}

    def order(self, number: int) -> Order | None:
        """Return one of the closed checks."""
        orders = list(self.book.orders.values())
        return orders[number % len(orders)] if orders else None

    # -------------------------------------------------------------- batches
    @rule(
        sales=st.lists(st.tuples(PICK, CHECKS, AGES, st.integers(0, 120)), min_size=1, max_size=4),
        till=TILLS,
    )
    def push(self, sales: list[tuple[int, int, int, int]], till: int) -> None:
        """Push sales that happened before, with holds or without; one of them twice."""
        now = self.tick("batch")
        operations: list[Json] = []
        expected: list[Json] = []
        for number, check, age, part in sales:
            operation, result = self.sale(till, number, check, now - age, part)
            operations.append(operation)
            expected.append(result)
        if expected[0]["status"] == "success":
            operations.append(operations[0])
            expected.append(expected[0] | {"alreadyProcessed": True})
        answer = self.service.sync(*operations, api_key=self.service.seeded["tillKeys"][till])
        for operation, result, wanted in zip(operations, answer["results"], expected, strict=True):
            told = {name: _like(value, result.get(name)) for name, value in wanted.items()}
            assert told == wanted, f"{told} but {wanted}: {operation['payload']}"
        for view in answer.get("updatedGuests", ()):
            (card,) = [card for card in self.book.cards if card.card_id == view["cardId"]]
            assert minor(view["totalBalance"]) == card.total

    def sale(self, till: int, number: int, check: int, at: int, part: int) -> tuple[Json, Json]:
        """Return a sale as a till pushes it, and what is to be answered."""
        hold = self.hold(number)
        points = 0
        loyalty: Json = {"guestCardId": self.card(number).card_id, "action": "EARN_ONLY"}
        if (
            hold is not None
            and hold.is_points
            and hold.till == till
            and part < 90
            and hold.order not in self.pushed
        ):
            order, check, card = hold.order, hold.check, hold.card
            at = min(max(at, hold.made_at), self.book.now)
            points = min(check, hold.amount * (part + 20) // 100)
            loyalty = {"guestCardId": card.card_id, "action": "SPEND", "pointsSpent": points / 100}
            loyalty["reservationId"] = hold.reservation
        else:
            hold, order, card = None, _new("order"), self.card(number)
        payload = _payload(order, check, points, _iso(at), loyalty)
        operation = {
            "operationId": _new("operation"), "idempotencyKey": _new("key"), "type": "sale",
            "occurredAt": _iso(at), "payload": payload,
        }  # fmt: skip
        if (till, order) in self.book.orders:
            return operation, self.known_sale(self.book.orders[till, order], check)
        try:
            made = self.book.close(card, till, order, check, at, hold, points, is_past=True)
        except RefusedError as refused:
            self.done[f"refused: {refused.code}"] += 1
            return operation, {"status": "conflict", "errorCode": refused.code}
        self.pushed.add(order)
        closed = _closed(made)
        del closed["totalBalance"]
        return operation, {"status": "success", "serverId": order} | closed

    def known_sale(self, order: Order, check: int) -> Json:
        """Return what a sale answers whose check was closed before it came."""
        if order.check != check:
            return {"status": "conflict", "errorCode": "DUPLICATE_CHECK"}
        self.pushed.add(order.order)
        return {"status": "success", "pointsSpent": order.spent, "pointsEarned": order.earned}

    # -------------------------------------------------------------- the office
    def office(self, path: str, body: Json, model: Callable[[], None]) -> Json | None:
        """Ask as the company's own program."""

        def as_answer() -> Json:
            model()
            return {}

        api_key = self.service.seeded["apiKey"]
        return self.ask(f"/api/v1/loyalty/{path}", body, as_answer, api_key=api_key)

    @rule(number=PICK, points=st.integers(-300_00, 600_00), days=st.integers(-5, 40), promo=BOOLS)
    def adjust(self, number: int, points: int, days: int, promo: bool) -> None:
        """Give or take points by hand; what is given may end on a date."""
        now, card = self.tick("adjust"), self.card(number)
        if not points:
            return
        body: Json = {"guestCardId": card.card_id, "points": points / 100, "reason": "так"}
        body["kind"] = "PROMO" if promo else "REGULAR"
        end = now + days * DAY if days > 0 and points > 0 else None
        if end is not None:
            body["expiresAt"] = _iso(end)
        self.office(
            "manual-adjustment", body, lambda: self.book.adjust(card, points, end, is_promo=promo)
        )

    @rule(giver=PICK, taker=PICK, points=st.integers(1, 700_00))
    def transfer(self, giver: int, taker: int, points: int) -> None:
        """Move points between cards."""
        self.tick("transfer")
        one, two = self.card(giver), self.card(taker)
        body = {
            "fromGuestCardId": one.card_id,
            "toGuestCardId": two.card_id,
            "points": points / 100,
        }
        self.office("transfer", body, lambda: self.book.transfer(one, two, points))

    @rule(into=PICK, source=PICK, rarely=st.integers(0, 5))
    def merge(self, into: int, source: int, rarely: int) -> None:
        """Join two guests; at least one card stays, and others lead to it."""
        one, two = self.card(into).top, self.card(source).top
        if one is two or rarely:
            return
        self.tick("merge")
        service, now = self.service, self.service.clock.now()

        def job(connection: Any) -> Any:
            caller = authenticate(connection, service.seeded["apiKey"], now)
            work = Work(connection, now, service.ids, caller)
            return merge_guests(
                work, one.guest_id, MergeGuestsRequest(source_guest_id=two.guest_id)
            )

        for _ in range(2):
            service.runtime.database.write(job).result()
        self.book.merge(one, two)

    # -------------------------------------------------------------- gift cards
    @precondition(lambda self: len(self.gifts) < 3)
    @rule(amount=st.integers(1, 5_000_00), till=TILLS)
    def issue_gift(self, amount: int, till: int) -> None:
        """Sell a gift card."""
        self.tick("gift issue")
        answer = self.ask(GIFTS, {"amount": amount / 100}, dict, till=till)
        assert answer is not None
        self.gifts[answer["giftCard"]["id"]] = amount

    @precondition(lambda self: self.gifts)
    @rule(number=PICK, percent=PERCENT, till=TILLS)
    def pay_with_gift(self, number: int, percent: int, till: int) -> None:
        """Pay with a gift card."""
        self.tick("gift redeem")
        if not self.gifts:
            return
        gift, order = list(self.gifts)[number % len(self.gifts)], _new("order")
        amount = max(1, self.gifts[gift] * percent // 100)
        body = {"giftCardId": gift, "orderId": order, "amount": amount / 100}

        def model() -> Json:
            if amount > self.gifts[gift]:
                raise RefusedError("GIFT_CARD_BALANCE_TOO_LOW")
            self.gifts[gift] -= amount
            self.paid[order] = [gift, amount, till]
            return {"redeemedAmount": amount, "balance": self.gifts[gift]}

        self.ask(f"{GIFTS}/redeem", body, model, till=till)

    @precondition(lambda self: self.paid)
    @rule(number=PICK, percent=PERCENT)
    def refund_gift(self, number: int, percent: int) -> None:
        """Give money of an order back to its gift card."""
        self.tick("gift refund")
        if not self.paid:
            return
        order = list(self.paid)[number % len(self.paid)]
        gift, left, till = self.paid[order]
        amount = max(1, left * percent // 100)
        body = {"orderId": order, "refundId": _new("refund"), "amount": amount / 100}

        def model() -> Json:
            if amount > left:
                raise RefusedError("REFUND_EXCEEDS_ORDER")
            self.gifts[gift] += amount
            self.paid[order][1] -= amount
            return {"refundedAmount": amount, "balance": self.gifts[gift]}

        self.ask(f"{GIFTS}/refund", body, model, till=till)

    # -------------------------------------------------------------- time, and again
    @rule(minutes=st.integers(1, 70), sweeps=BOOLS)
    def wait(self, minutes: int, sweeps: bool) -> None:
        """Let minutes go by."""
        self.pass_time(timedelta(minutes=minutes), sweeps=sweeps, lapses=False)

    @rule(days=st.one_of(st.integers(1, 40), st.integers(100, 400)), sweeps=BOOLS, lapses=BOOLS)
    def wait_long(self, days: int, sweeps: bool, lapses: bool) -> None:
        """Let days go by."""
        self.pass_time(timedelta(days=days), sweeps=sweeps, lapses=lapses)

    def pass_time(self, span: timedelta, *, sweeps: bool, lapses: bool) -> None:
        """Move the clock; the jobs may have run at the end, or not."""
        self.service.clock.advance(span)
        self.tick("wait")
        if sweeps:
            self.service.sweep()
            self.book.sweep()
        if lapses:
            self.service.run_job("points.lapse")
            self.book.lapse()

    @rule(number=PICK, is_same=BOOLS)
    def repeat(self, number: int, is_same: bool) -> None:
        """Make a call again with its key."""
        now = self.tick("repeat")
        if not self.calls:
            return
        at, path, body, before, more = self.calls[number % len(self.calls)]
        if now - at > KEYS_LIVE:
            return
        if is_same:
            answer = self.send(path, body, **more)
            assert answer.status_code == 200, answer.text
            again = answer.json()
            if path == GIFTS:  # its code is told again, but not kept
                again["code"] = before["code"]
            assert again == before | {"alreadyProcessed": True}
            return
        changed = body | {"phone": "79990000000"} if "phone" in body else _changed(body)
        answer = self.send(path, changed, **more)
        assert (answer.status_code, answer.json()["errorCode"]) == (409, "IDEMPOTENCY_KEY_REUSED")

    # -------------------------------------------------------------- what must be
    def check_invariants(self, *arguments: Any, **named: Any) -> None:
        """Compare all cards after every step."""
        super().check_invariants(*arguments, **named)
        if self.book.cards:
            self.compare()

    def compare(self) -> None:
        """The rows of the cards say what the book says."""
        now = self.now
        for card in self.book.cards:
            card.drop(now)
        names = ", ".join(f"'{card.card_id}'" for card in self.book.cards)
        rows = self.service.rows(
            "SELECT id, regular_minor, promo_minor, reserved_minor, level_id, lifetime_spent_minor,"  # noqa: S608 - ids of ours
            f" visit_count, lots FROM cards WHERE id IN ({names})"
        )
        found = {row[0]: _seen(row, now) for row in rows}
        assert found == {card.card_id: self.told(card) for card in self.book.cards}
        if self.gifts:
            names = ", ".join(f"'{gift}'" for gift in self.gifts)
            query = f"SELECT id, balance_minor FROM gift_cards WHERE id IN ({names})"  # noqa: S608 - ids of ours
            assert dict(self.service.rows(query)) == self.gifts

    def told(self, card: Card) -> tuple[Any, ...]:
        """Return what the book says of a card."""
        held = sum(hold.held for hold in self.book.holds if hold.card.top is card)
        dated = {("R", end): n for end, n in card.regular.items() if end is not None}
        dated |= {("P", end): n for end, n in card.promo.items() if end is not None}
        sums = (total(card.regular), total(card.promo), held)
        return (*sums, LEVELS[card.level][1], card.lifetime, card.visits, dated)

    def teardown(self) -> None:
        """Prove the ledger."""
        self.done["examples"] += 1
        if self.done["examples"] % 10 == 0:
            self.service.assert_clean()


def _seen(row: tuple[Any, ...], now: int) -> tuple[Any, ...]:
    """Return what a card's row says, without what has ended."""
    _, regular, promo, reserved, level, lifetime, visits, text = row
    lots = {(str(kind)[0].upper(), end): amount for kind, end, amount in json.loads(text)}
    ended = {place: amount for place, amount in lots.items() if place[1] <= now}
    regular -= sum(amount for (kind, _), amount in ended.items() if kind == "R")
    promo -= sum(amount for (kind, _), amount in ended.items() if kind == "P")
    alive = {place: amount for place, amount in lots.items() if place not in ended}
    return (regular, promo, reserved, level, lifetime, visits, alive)


def _closed(order: Order) -> Json:
    told = {"pointsSpent": order.spent, "pointsEarned": order.earned, "shortfall": order.shortfall}
    return told | {"totalBalance": order.card.total}


def _payload(order: str, check: int, points: int, at: str, loyalty: Json) -> Json:
    gross, share, due = check / 100, points / 100, (check - points) / 100
    line = {
        "lineId": f"{order}-1", "productId": "prd-kapuchino", "name": "Капучино",
        "quantityMilli": 1000, "unitPrice": gross, "modifiers": [], "gross": gross, "discount": 0,
        "pointsShare": share, "total": due, "taxId": "tax-general", "taxPercentBp": 2200,
        "taxAmount": 0,
    }  # fmt: skip
    tender = {"paymentId": f"{order}-p", "kind": "cash", "amount": due, "received": due}
    return {
        "saleId": order, "orderNumber": "1", "shiftId": "shift-1", "cashierId": "stf-04",
        "occurredAt": at, "clockOffsetMs": 0, "lines": [line], "tenders": [tender],
        "totals": {"gross": gross, "points": share, "due": due}, "loyalty": loyalty,
    }  # fmt: skip


def _changed(body: Json) -> Json:
    for name in ("checkAmount", "refundAmount", "amount", "points"):
        if name in body:
            return body | {name: round(body[name] + 1, 2)}
    return body | {"reason": "другая"}


def _like(wanted: Any, value: Any) -> Any:
    is_sum = isinstance(wanted, int) and not isinstance(wanted, bool)
    return minor(value) if is_sum else value


def _new(kind: str) -> str:
    return f"{kind}-{next(_NUMBERS)}"


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000)


def _iso(millis: int) -> str:
    return to_iso(datetime.fromtimestamp(millis / 1_000, UTC))


def prove_histories(
    service: Service, examples: int, seed_number: int | None = None
) -> Counter[str]:
    """Let hypothesis make histories; return what was done in them."""
    done: Counter[str] = Counter()
    machine = type("Bound", (LoyaltyMachine,), {"service": service, "done": done})
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    if seed_number is not None:
        how = settings(how, database=None, phases=(Phase.generate,))
    test = get_state_machine_test(machine, settings=how)
    (test if seed_number is None else seed(seed_number)(test))()
    service.assert_clean()
    return done


@contextlib.contextmanager
def _service(database: str) -> Iterator[Service]:
    with (
        tempfile.TemporaryDirectory(prefix="maxloyalty-model-") as folder,
        fresh_database(database, Path(folder), QUICK) as (url, _),
    ):
        clock = ManualClock(START)
        seeded = commands.seed(url, sandbox=True, clock=clock)
        clock.advance(timedelta(minutes=1))
        how = ServiceSettings(url, runs_jobs=False, logs_requests=False, limits_rates=False)
        app = create_app(how, clock, SystemIds(clock))
        with open_client(app) as client:
            yield Service(client, clock, url, seeded, app.state.runtime)


def main() -> int:
    """Run by the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=SystemIds(SystemClock()).below(10**6))
    parser.add_argument("--database", default="sqlite")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.database}", flush=True)  # noqa: T201 - a program for people
    steps, examples = 0, 0
    with _service(options.database) as service:
        while steps < options.steps:
            # In portions, so that a long run can be told about.
            done = prove_histories(service, 10, options.seed + examples)
            examples += done.pop("examples")
            steps += sum(n for name, n in done.items() if not name.startswith("refused"))
            print(f"  {steps} steps, {dict(done)}", flush=True)  # noqa: T201 - a program for people
    return 0


if __name__ == "__main__":
    sys.exit(main())
