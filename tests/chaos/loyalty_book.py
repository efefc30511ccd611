"""Loyalty as simple sums: what a careful bookkeeper would write down (L1 to L11, L14).

Nothing here uses the service's code. Amounts are hundredths, moments are milliseconds. A purse is a
plain dictionary from the moment at which points end (or None) to how many of them there are.
"""

from dataclasses import dataclass, field
from typing import Final

from tests.chaos.proof import LEVELS

MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
TTL: Final = 30 * MINUTE
GRACE: Final = 60 * MINUTE
LAPSE: Final = 365 * DAY
RETURNED_LIFE: Final = 30 * DAY
_MIN_CHECK: Final = 50_00
_TRANSFERS_PER_DAY: Final = 3
_TRANSFER_PER_DAY: Final = 1_000_00

End = int | None
Purse = dict[End, int]


class RefusedError(Exception):
    """What was asked is refused with this code, and nothing has changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def total(purse: Purse) -> int:
    """Count."""
    return sum(purse.values())


def give(purse: Purse, parts: Purse) -> None:
    """Put points in."""
    for end, amount in parts.items():
        purse[end] = purse.get(end, 0) + amount


def _take(purse: Purse, wanted: int, ends: list[End]) -> Purse:
    taken: Purse = {}
    for end in ends:
        part = min(purse[end], wanted)
        if part:
            taken[end] = part
            purse[end] -= part
            wanted -= part
        if not purse[end]:
            del purse[end]
    assert not wanted, "asked for no more than is there"
    return taken


def take_soonest(purse: Purse, wanted: int) -> Purse:
    """Take points: those that end soonest first, those without an end last."""
    dated = sorted(end for end in purse if end is not None)
    return _take(purse, wanted, [*dated, *([None] if None in purse else [])])


def take_endless(purse: Purse, wanted: int) -> Purse:
    """Take points: those without an end first, then those that end soonest."""
    dated = sorted(end for end in purse if end is not None)
    return _take(purse, wanted, [*([None] if None in purse else []), *dated])


def slice_of(parts: Purse, begin: int, end: int) -> Purse:
    """Return what lies between two marks if the endless stand first and the soonest end last."""
    dated = sorted((at for at in parts if at is not None), reverse=True)
    found: Purse = {}
    passed = 0
    for at in (*([None] if None in parts else []), *dated):
        inside = min(end, passed + parts[at]) - max(begin, passed)
        if inside > 0:
            found[at] = inside
        passed += parts[at]
    return found


@dataclass(eq=False)
class Card:
    """A guest's card. `level` is a place in LEVELS."""

    card_id: str
    guest_id: str
    made_at: int
    regular: Purse = field(default_factory=dict)
    promo: Purse = field(default_factory=dict)
    active_at: int | None = None
    level: int = 0
    levels: list[tuple[int, int]] = field(default_factory=list)
    lifetime: int = 0
    visits: int = 0
    lapses: list[tuple[int, int]] = field(default_factory=list)
    transfers: list[tuple[int, int]] = field(default_factory=list)
    merged_into: "Card | None" = None

    @property
    def top(self) -> "Card":
        """Return the card that this one leads to."""
        return self.merged_into.top if self.merged_into else self

    @property
    def total(self) -> int:
        """Return what may be used now."""
        return total(self.regular) + total(self.promo)

    def touch(self, at: int) -> None:
        """Note a visit, or points that came."""
        self.active_at = at if self.active_at is None else max(self.active_at, at)

    def drop(self, now: int) -> None:
        """Let go what has ended."""
        for purse in (self.regular, self.promo):
            for end in [end for end in purse if end is not None and end <= now]:
                del purse[end]

    def level_at(self, at: int, now: int) -> int:
        """Return the highest level reached by a moment, or the first one."""
        if at >= now:
            return self.level
        first = min(when for when, _ in self.levels)
        reached = [level for when, level in self.levels if when <= at]
        return (
            max(reached) if reached else min(level for when, level in self.levels if when == first)
        )

    def raise_level(self, level: int, at: int) -> None:
        """Note a higher level."""
        if level > self.level:
            self.level = level
            self.levels.append((at, level))

    def percent(self, level: int | None = None) -> int:
        """Return what a level gives, in hundredths of a per cent."""
        return LEVELS[self.level if level is None else level][2]


def level_for(lifetime: int) -> int:
    """Return the level that a sum has reached."""
    return max(place for place, level in enumerate(LEVELS) if lifetime >= level[0])


@dataclass(eq=False)
class Hold:
    """Points or a percentage held for an order."""

    card: Card
    till: int
    order: str
    amount: int
    check: int
    made_at: int
    is_points: bool = True
    state: str = "ACTIVE"
    promo: Purse = field(default_factory=dict)
    regular: Purse = field(default_factory=dict)
    reservation: str = ""

    @property
    def held(self) -> int:
        """Return how many points it holds now."""
        return total(self.promo) + total(self.regular)


@dataclass(eq=False)
class Order:
    """A closed check."""

    card: Card
    till: int
    order: str
    check: int
    paid: int
    promo: Purse
    regular: Purse
    earned: int
    shortfall: int
    refunded: int = 0
    returned: int = 0
    taken_back: int = 0

    @property
    def spent(self) -> int:
        """Return the points it took."""
        return total(self.promo) + total(self.regular)


class Book:
    """All cards, holds and orders. `now` is set by whoever moves the clock."""

    def __init__(self) -> None:
        self.now = 0
        self.cards: list[Card] = []
        self.holds: list[Hold] = []
        self.orders: dict[tuple[int, str], Order] = {}

    def add_card(self, card_id: str, guest_id: str) -> Card:
        """Note a new guest."""
        card = Card(card_id, guest_id, self.now, levels=[(self.now, 0)])
        self.cards.append(card)
        return card

    # -------------------------------------------------------------- holds
    def _release(self, hold: Hold) -> None:
        give(hold.card.top.promo, hold.promo)
        give(hold.card.top.regular, hold.regular)
        hold.promo, hold.regular = {}, {}

    def _pick(self, card: Card, wanted: int) -> tuple[Purse, Purse]:
        promo = min(wanted, total(card.promo))
        return take_soonest(card.promo, promo), take_soonest(card.regular, wanted - promo)

    def _check(self, card: Card, amount: int, check: int, free: int, *, is_points: bool) -> None:
        if check < _MIN_CHECK:
            raise RefusedError("MIN_CHECK_AMOUNT")
        if not is_points:
            if amount > card.percent():
                raise RefusedError("DISCOUNT_LIMIT_EXCEEDED")
        elif amount > free:
            raise RefusedError("INSUFFICIENT_BALANCE")
        elif amount > min(free, check * 30 // 100) // 100 * 100:
            raise RefusedError("REDEEM_LIMIT_EXCEEDED")

    def reserve(
        self, card: Card, till: int, order: str, amount: int, check: int, *, is_points: bool = True
    ) -> Hold:
        """Hold points, or fix a percentage."""
        card = card.top
        card.drop(self.now)
        if (till, order) in self.orders:
            raise RefusedError("DUPLICATE_CHECK")
        self._check(card, amount, check, card.total, is_points=is_points)
        hold = Hold(card, till, order, amount, check, self.now, is_points)
        if is_points:
            hold.promo, hold.regular = self._pick(card, amount)
        self.holds.append(hold)
        return hold

    def update(self, hold: Hold, amount: int) -> int:
        """Change what is held."""
        if hold.state in {"FINALIZED", "CANCELLED"}:
            raise RefusedError("RESERVATION_NOT_ACTIVE")
        if hold.state != "ACTIVE" or self.now >= hold.made_at + TTL:
            raise RefusedError("RESERVATION_EXPIRED")
        card = hold.card.top
        card.drop(self.now)
        free = card.total + hold.held
        self._check(card, amount, hold.check, free, is_points=hold.is_points)
        self._release(hold)
        hold.amount = amount
        if hold.is_points:
            # What ended while it was held may be held on.
            hold.promo, hold.regular = self._pick(card, amount)
        card.drop(self.now)
        return amount

    def cancel(self, hold: Hold) -> bool:
        """Give back what is held; tell whether there was something to be done."""
        if hold.state == "FINALIZED":
            raise RefusedError("RESERVATION_NOT_ACTIVE")
        if hold.state != "ACTIVE":
            return False
        self._close_hold(hold, "CANCELLED")
        return True

    def _close_hold(self, hold: Hold, state: str) -> None:
        hold.card.top.drop(self.now)
        self._release(hold)
        hold.card.top.drop(self.now)
        hold.state = state

    def sweep(self) -> None:
        """Do what the sweep of every minute does."""
        for hold in self.holds:
            if hold.state == "ACTIVE" and self.now >= hold.made_at + TTL:
                self._close_hold(hold, "EXPIRED")
            if hold.state == "EXPIRED" and self.now >= hold.made_at + TTL + GRACE:
                hold.state = "AUTO_CANCELLED"

    def lapse(self) -> None:
        """Do what the daily pass does."""
        for card in self.cards:
            card.drop(self.now)
            ends = (card.made_at if card.active_at is None else card.active_at) + LAPSE
            if card.regular.get(None) and ends <= self.now:
                card.lapses.append((ends, card.regular.pop(None)))

    # -------------------------------------------------------------- checks
    def close(
        self,
        card: Card,
        till: int,
        order: str,
        check: int,
        at: int,
        hold: Hold | None = None,
        told: int | None = None,
        *,
        is_past: bool = False,
    ) -> Order:
        """Close a check. A past one has been paid already, whatever became of its hold."""
        card = card.top
        if hold is not None:
            self._check_hold(hold, at, is_past=is_past)
        card.drop(self.now)
        self._restore(card, at)
        level = card.level_at(at, self.now)
        wanted, off = self._settle(card, till, order, check, hold, told, is_past=is_past)
        promo, regular = self._pick(card, min(wanted, card.total))
        paid = check - wanted - off
        earns = check >= _MIN_CHECK and (hold is None or hold.is_points)
        earned = (check - wanted) * card.percent(level) // 10_000 // 100 * 100 if earns else 0
        if earned:
            give(card.regular, {None: earned})
        card.touch(at)
        card.lifetime += paid
        card.visits += 1
        card.raise_level(level_for(card.lifetime), at)
        card.drop(self.now)
        shortfall = wanted - total(promo) - total(regular)
        made = Order(card, till, order, check, paid, promo, regular, earned, shortfall)
        self.orders[till, order] = made
        return made

    def _check_hold(self, hold: Hold, at: int, *, is_past: bool) -> None:
        if hold.state == "FINALIZED" or (hold.state == "CANCELLED" and not is_past):
            raise RefusedError("RESERVATION_NOT_ACTIVE")
        if (at if is_past else self.now) >= hold.made_at + TTL + GRACE:
            raise RefusedError("RESERVATION_EXPIRED")

    def _settle(
        self,
        card: Card,
        till: int,
        order: str,
        check: int,
        hold: Hold | None,
        told: int | None,
        *,
        is_past: bool,
    ) -> tuple[int, int]:
        """Close the hold of a check; return the points wanted and the discount in money."""
        if hold is None:
            for other in self.holds:
                if (other.till, other.order, other.state) == (till, order, "ACTIVE"):
                    self._release(other)
                    other.state = "CANCELLED"
            return 0, 0
        self._release(hold)
        if hold.state in {"ACTIVE", "EXPIRED"}:
            is_over = self.now >= hold.made_at + TTL + GRACE
            hold.state = "AUTO_CANCELLED" if is_over else "FINALIZED"
        if not hold.is_points:
            return 0, (2 * check * hold.amount + 10_000) // 20_000
        wanted = hold.amount if told is None else told
        return min(wanted if is_past else min(wanted, hold.amount), check), 0

    def _restore(self, card: Card, at: int) -> None:
        """A visit that becomes known late undoes the last lapse after it."""
        if at >= self.now:
            return
        late = [place for place, (ended, _) in enumerate(card.lapses) if ended > at]
        if late:
            give(card.regular, {None: card.lapses.pop(late[-1])[1]})
            card.touch(at)

    def refund(self, order: Order, amount: int) -> tuple[int, int, int]:
        """Give an order back in part; return points returned, taken back, and missing."""
        before, after = order.refunded, order.refunded + amount
        if after > order.check:
            raise RefusedError("REFUND_EXCEEDS_ORDER")
        card = order.card.top
        card.drop(self.now)

        def share(whole: int) -> tuple[int, int]:
            return whole * before // order.check, whole * after // order.check

        returned = 0
        for purse, parts in ((card.promo, order.promo), (card.regular, order.regular)):
            back = slice_of(parts, *share(total(parts)))
            for end, points in back.items():
                is_over = end is not None and end <= self.now
                give(purse, {self.now + RETURNED_LIFE if is_over else end: points})
            returned += total(back)
            if purse is card.regular and back:
                card.touch(self.now)
        begin, stop = share(order.earned)
        regular = min(stop - begin, total(card.regular))
        take_endless(card.regular, regular)
        promo = min(stop - begin - regular, total(card.promo))
        take_soonest(card.promo, promo)
        begin_paid, stop_paid = share(order.paid)
        card.lifetime = max(0, card.lifetime - (stop_paid - begin_paid))
        order.refunded = after
        return returned, regular + promo, stop - begin - regular - promo

    # -------------------------------------------------------------- by hand
    def adjust(self, card: Card, points: int, end: End, *, is_promo: bool) -> None:
        """Give or take points."""
        card = card.top
        card.drop(self.now)
        purse = card.promo if is_promo else card.regular
        if total(purse) + points < 0:
            raise RefusedError("INSUFFICIENT_BALANCE")
        if points < 0:
            take_soonest(purse, -points)
            return
        give(purse, {end: points})
        if not is_promo:
            card.touch(self.now)

    def transfer(self, giver: Card, taker: Card, points: int) -> None:
        """Move regular points."""
        giver, taker = giver.top, taker.top
        if giver is taker:
            raise RefusedError("VALIDATION_ERROR")
        giver.drop(self.now)
        taker.drop(self.now)
        if total(giver.regular) < points:
            raise RefusedError("INSUFFICIENT_BALANCE")
        lately = [moved for at, moved in giver.transfers if at > self.now - DAY]
        if len(lately) >= _TRANSFERS_PER_DAY or sum(lately) + points > _TRANSFER_PER_DAY:
            raise RefusedError("TRANSFER_LIMIT_EXCEEDED")
        giver.transfers.append((self.now, points))
        if not total(taker.regular):
            taker.touch(self.now)
        give(taker.regular, take_endless(giver.regular, points))

    def merge(self, into: Card, source: Card) -> None:
        """Join two cards; neither has been joined to another one."""
        for card in (into, source):
            card.drop(self.now)
        give(into.promo, source.promo)
        give(into.regular, source.regular)
        source.promo, source.regular = {}, {}
        source.merged_into = into
        visits = [at for at in (into.active_at, source.active_at) if at is not None]
        into.active_at = max(visits, default=None)
        into.lifetime += source.lifetime
        into.visits += source.visits
        source.lifetime = source.visits = 0
        into.raise_level(max(source.level, level_for(into.lifetime)), self.now)
