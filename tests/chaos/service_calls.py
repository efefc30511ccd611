"""Customers of a service that dies: what they ask, what they were told, and what must be true then.

Each customer is one till at work on guests and gift cards of its own, and on one guest that all of
them share. It only asks what must be granted, so that every refusal is a fault. A call that got no
answer stays open until somebody asks again with the same key and the same body.
"""

import json
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import httpx

from app.kernel.clock import SystemClock, to_iso
from app.kernel.ids import SeededIds

_PLUGIN: Final = "/api/pos-integration/till"
_GIFTS: Final = "/api/v1/pos/finance/giftcards"
_SYNC: Final = "/api/v1/pos/sync/batch"
_TIMEOUT_S: Final = 60.0
# Made once: each would read all certificates of the world.
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
Marks = tuple[tuple[str, str], ...]
Json = dict[str, Any]


@dataclass(eq=False)
class Call:
    """A changing call. Each group of marks is in the database once and whole, or not at all."""

    kind: str
    path: str
    body: Json
    key: str | None
    groups: tuple[Marks, ...]
    moves: Callable[[Json], Iterable[tuple[str, int]]]
    answer: Json | None = None

    def content(self, answer: Json) -> Json:
        """Return what of an answer is the same for ever."""
        if "results" in answer:
            return {"results": [_lasting(result) for result in answer["results"]]}
        return _lasting(answer)


def _lasting(answer: Json) -> Json:
    return {name: value for name, value in answer.items() if name != "alreadyProcessed"}


def was_processed(answer: Json) -> bool:
    """Tell whether an answer says that all of it had been done before."""
    results = answer.get("results")
    return all(one.get("alreadyProcessed") for one in results or [answer])


def minor(value: Any) -> int:
    """Return hundredths of a number on the wire; what is left out is zero."""
    return int(Decimal(str(value or 0)) * 100)


Step = tuple[Call, Callable[[Json], None]]


class NoAnswerError(Exception):
    """Nobody knows whether the call was done."""


class FaultError(Exception):
    """The service answered what it must not."""


class Line:
    """A connection to a service as one of its tills."""

    def __init__(self, url: str, api_key: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"X-API-Key": api_key},
            timeout=_TIMEOUT_S,
            trust_env=False,
            verify=_NO_TLS,
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def ask(self, call: Call) -> Json:
        """Make a call.

        Raises:
            NoAnswerError: The connection broke, or the service says that it failed.
            FaultError: It was refused.
        """
        headers = {"Idempotency-Key": call.key} if call.key else {}
        try:
            answer = self._client.post(call.path, json=call.body, headers=headers)
        except httpx.TransportError as error:
            raise NoAnswerError(type(error).__name__) from error
        if answer.status_code >= 500:
            raise NoAnswerError(f"{answer.status_code} {answer.text[:300]}")
        if answer.status_code >= 300:
            raise FaultError(f"{call.kind} {call.body}: {answer.status_code} {answer.text}")
        found: Json = json.loads(answer.text, parse_float=Decimal)
        failed = [one for one in found.get("results", ()) if one["status"] != "success"]
        if any(one.get("errorCode") == "INTERNAL_ERROR" for one in failed):
            raise NoAnswerError(str(failed))
        if failed:
            raise FaultError(f"{call.kind} {call.body}: {failed}")
        return found


@dataclass
class _Hold:
    reservation: str
    card: str
    order: str
    check: int
    points: int


@dataclass
class _Order:
    card: str
    order: str
    check: int
    left: int


@dataclass
class _Gift:
    card: str
    balance: int
    paid: dict[str, int] = field(default_factory=dict)


class Customer:
    """A till that asks until nobody answers; `live` begins another life.

    Args:
        number: Of this customer.
        seed: Of all chances.
        installation: Id of its installation.
        shared: The card that all customers earn on.
    """

    def __init__(self, number: int, seed: int, installation: str, shared: str) -> None:
        self._ids = SeededIds(seed * 1_000 + number)
        self._clock = SystemClock()
        self._name = f"c{number}"
        self._installation = installation
        self._shared = shared
        self._numbers = 0
        self.calls: list[Call] = []
        self.open: Call | None = None
        self.faults: list[str] = []
        self.broke: Counter[str] = Counter()
        self._free: dict[str, int] = {}
        self._holds: list[_Hold] = []
        self._orders: list[_Order] = []
        self._gifts: list[_Gift] = []
        self._settled: Callable[[Json], None] = _nothing

    # -------------------------------------------------------------- a life
    def live(self, line: Line, stop: threading.Event) -> None:
        """Ask one thing after another until the service is gone or the time is over."""
        while not stop.is_set():
            call, settled = self._next()
            self.open, self._settled = call, settled
            try:
                self.settle(line.ask(call))
            except NoAnswerError as error:
                self.broke[str(error).partition(" ")[0]] += 1
                return
            except FaultError as error:
                self.faults.append(str(error))
                self.open = None
                return

    def settle(self, answer: Json) -> None:
        """Take the answer of the open call."""
        call = self.open
        assert call is not None
        call.answer, self.open = answer, None
        self.calls.append(call)
        for card, points in call.moves(answer):
            if card in self._free:
                self._free[card] += points
        self._settled(answer)

    # -------------------------------------------------------------- what it asks
    def _next(self) -> Step:
        if not self._free or (len(self._free) < 3 and self._chance(10)):
            return self._guest()
        ways = (
            self._earn, self._reserve, self._reserve, self._close, self._close, self._cancel,
            self._refund, self._issue, self._pay, self._pay, self._give_back, self._top_up, self._push,
        )  # fmt: skip
        while True:
            made = ways[self._ids.below(len(ways))]()
            if made is not None:
                return made

    def _guest(self) -> Step:
        phone = f"79{int(self._name[1:]):03d}{len(self.calls):06d}"
        body = {"phone": phone, "firstName": "Гость"}

        def settled(answer: Json) -> None:
            self._free[answer["guestCardId"]] = 0

        key = self._new("k")
        call = Call(
            "guest", f"{_PLUGIN}/create-guest", body, key, _marks(key, ("guest", phone)), _none
        )
        return call, settled

    def _earn(self) -> Step:
        card = self._shared if self._chance(25) else self._card()
        order, check = self._new("o"), 50_00 + self._ids.below(9_000_00)
        return self._closing(card, order, check, None, {"action": "EARN_ONLY"})

    def _reserve(self) -> Step | None:
        card = self._card()
        check = 500_00 + self._ids.below(9_000_00)
        most = min(self._free[card], check * 30 // 100) // 100
        if not most:
            return None
        order, points = self._new("o"), (1 + self._ids.below(most)) * 100
        body = {"guestCardId": card, "orderId": order, "pointsToSpend": points / 100}
        body["checkAmount"] = check / 100

        def settled(answer: Json) -> None:
            self._free[card] -= points
            self._holds.append(_Hold(answer["reservationId"], card, order, check, points))

        key = self._new("k")
        call = Call(
            "reserve", f"{_PLUGIN}/reserve-points", body, key, _marks(key, ("hold", order)), _none
        )
        return call, settled

    def _close(self) -> Step | None:
        hold = self._taken(self._holds)
        if hold is None:
            return None
        more = {"action": "SPEND", "reservationId": hold.reservation}
        return self._closing(hold.card, hold.order, hold.check, hold, more)

    def _closing(self, card: str, order: str, check: int, hold: _Hold | None, more: Json) -> Step:
        body = {"guestCardId": card, "orderId": order, "checkAmount": check / 100, **more}
        key = self._new("k")
        # So much that some point is earned; and whoever held points has some redeemed.
        facts = [("check", order), ("entry", f"EARN:{self._installation}:{order}")]
        if hold:
            facts += [("entry", f"REDEEM:{self._installation}:{order}"), ("finalized", order)]

        def settled(_answer: Json) -> None:
            if hold:
                self._free[card] += hold.points
            if card != self._shared:
                self._orders.append(_Order(card, order, check, check))

        moves = _moves(card, {"pointsEarned": 1, "pointsSpent": -1})
        kind = "finalize" if hold else "earn"
        return Call(
            kind, f"{_PLUGIN}/finalize-points", body, key, _marks(key, *facts), moves
        ), settled

    def _cancel(self) -> Step | None:
        hold = self._taken(self._holds) if self._chance(30) else None
        if hold is None:
            return None
        key = self._new("k")

        def settled(_answer: Json) -> None:
            self._free[hold.card] += hold.points

        body = {"reservationId": hold.reservation}
        marks = _marks(key, ("cancelled", hold.order))
        return Call("cancel", f"{_PLUGIN}/cancel-reservation", body, key, marks, _none), settled

    def _refund(self) -> Step | None:
        order = self._one(self._orders)
        if order is None:
            return None
        amount = max(1, order.left * (1 + self._ids.below(100)) // 100)
        order.left -= amount
        if not order.left:
            self._orders.remove(order)
        refund, key = self._new("r"), self._new("k")
        body = {"guestCardId": order.card, "orderId": order.order, "refundId": refund}
        body |= {"refundAmount": amount / 100, "originalAmount": order.check / 100}
        moves = _moves(order.card, {"pointsReturned": 1, "pointsReversed": -1})
        marks = _marks(key, ("refund", refund))
        return Call("refund", f"{_PLUGIN}/finalize-refund", body, key, marks, moves), _nothing

    # -------------------------------------------------------------- gift cards
    def _issue(self) -> Step | None:
        if len(self._gifts) > 3 and not self._chance(10):
            return None
        name, key, amount = self._new("g"), self._new("k"), 100_00 + self._ids.below(5_000_00)
        body = {"amount": amount / 100, "operationId": name, "note": name}

        def settled(answer: Json) -> None:
            self._gifts.append(_Gift(answer["giftCard"]["id"], amount))

        facts = (("gift", name), ("gift-entry", f"ISSUE:{self._installation}:{name}"))

        def moves(answer: Json) -> list[tuple[str, int]]:
            return [(f"gift {answer['giftCard']['id']}", amount)]

        return Call("gift issue", _GIFTS, body, key, _marks(key, *facts), moves), settled

    def _pay(self) -> Step | None:
        gift = self._one([gift for gift in self._gifts if gift.balance])
        if gift is None:
            return None
        order, key = self._new("o"), self._new("k")
        amount = 1 + self._ids.below(gift.balance)
        body = {"giftCardId": gift.card, "orderId": order, "amount": amount / 100}

        def settled(_answer: Json) -> None:
            gift.balance -= amount
            gift.paid[order] = amount

        fact = ("gift-entry", f"REDEEM:{gift.card}:{self._installation}:{order}")
        moves = _moves(f"gift {gift.card}", {"redeemedAmount": -1})
        return Call("gift redeem", f"{_GIFTS}/redeem", body, key, _marks(key, fact), moves), settled

    def _give_back(self) -> Step | None:
        gift = self._one([gift for gift in self._gifts if gift.paid])
        if gift is None:
            return None
        order, paid = next(iter(gift.paid.items()))
        amount = 1 + self._ids.below(paid)
        refund, key = self._new("r"), self._new("k")
        body = {"orderId": order, "refundId": refund, "amount": amount / 100}

        def settled(_answer: Json) -> None:
            gift.balance += amount
            gift.paid[order] -= amount
            if not gift.paid[order]:
                del gift.paid[order]

        moves = _moves(f"gift {gift.card}", {"refundedAmount": 1})
        marks = _marks(key, ("gift-refund", refund))
        return Call("gift refund", f"{_GIFTS}/refund", body, key, marks, moves), settled

    def _top_up(self) -> Step | None:
        gift = self._one(self._gifts) if self._chance(40) else None
        if gift is None:
            return None
        name, key, amount = self._new("t"), self._new("k"), 1 + self._ids.below(300_00)

        def settled(_answer: Json) -> None:
            gift.balance += amount

        body = {"amount": amount / 100, "operationId": name}
        marks = _marks(key, ("gift-entry", f"TOP_UP:{self._installation}:{name}"))
        moves = _constant(f"gift {gift.card}", amount)
        return Call("gift top-up", f"{_GIFTS}/{gift.card}/top-up", body, key, marks, moves), settled

    # -------------------------------------------------------------- a batch
    def _push(self) -> Step:
        operations: list[Json] = []
        groups: list[Marks] = []
        for _ in range(1 + self._ids.below(4)):
            sale, key, total = self._new("s"), self._new("k"), (100 + self._ids.below(5_000)) * 100
            operations.append(self._sale(sale, key, total))
            facts = (("check", sale), ("order", sale), ("line", sale), ("payment", sale))
            groups += _marks(f"sync:{key}", *facts, ("entry", f"EARN:{self._installation}:{sale}"))

        def moves(answer: Json) -> list[tuple[str, int]]:
            earned = sum(minor(result["pointsEarned"]) for result in answer["results"])
            return [(self._shared, earned)]

        call = Call("sync", _SYNC, {"operations": operations}, None, tuple(groups), moves)
        return call, _nothing

    def _sale(self, sale: str, key: str, total: int) -> Json:
        now, amount = to_iso(self._clock.now()), total / 100
        line = {
            "lineId": f"{sale}-1", "productId": "prd-kapuchino", "name": "Капучино",
            "quantityMilli": 1000, "unitPrice": amount, "modifiers": [], "gross": amount,
            "discount": 0, "pointsShare": 0, "total": amount, "taxId": "tax-general",
            "taxPercentBp": 2200, "taxAmount": 0,
        }  # fmt: skip
        tender = {"paymentId": f"{sale}-p", "kind": "cash", "amount": amount, "received": amount}
        payload = {
            "saleId": sale, "orderNumber": "1", "shiftId": f"shift-{self._name}",
            "cashierId": "stf-04", "occurredAt": now, "clockOffsetMs": 0, "lines": [line],
            "totals": {"gross": amount, "points": 0, "due": amount}, "tenders": [tender],
            "loyalty": {"guestCardId": self._shared, "action": "EARN_ONLY"},
        }  # fmt: skip
        return {
            "operationId": sale, "idempotencyKey": key, "type": "sale", "occurredAt": now,
            "payload": payload,
        }  # fmt: skip

    # -------------------------------------------------------------- chances
    def _new(self, letter: str) -> str:
        self._numbers += 1
        return f"{letter}-{self._name}-{self._numbers}"

    def _chance(self, percent: int) -> bool:
        return self._ids.below(100) < percent

    def _card(self) -> str:
        return list(self._free)[self._ids.below(len(self._free))]

    def _one(self, things: list[Any]) -> Any:
        return things[self._ids.below(len(things))] if things else None

    def _taken(self, things: list[Any]) -> Any:
        return things.pop(self._ids.below(len(things))) if things else None


def _marks(key: str, *facts: tuple[str, str]) -> tuple[Marks, ...]:
    return ((("key", key), *facts),)


def _moves(card: str, signs: dict[str, int]) -> Callable[[Json], list[tuple[str, int]]]:
    return lambda answer: [(card, sum(sign * minor(answer[name]) for name, sign in signs.items()))]


def _constant(card: str, amount: int) -> Callable[[Json], list[tuple[str, int]]]:
    return lambda _answer: [(card, amount)]


def _none(_answer: Json) -> list[tuple[str, int]]:
    return []


def _nothing(_answer: Json) -> None:
    """Remember nothing more."""
