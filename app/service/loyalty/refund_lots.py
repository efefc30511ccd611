"""Which lots a refund returns redeemed points to, and from which it takes earned points back.

Redeemed points go back to the lots they came from. A lot that has ended meanwhile cannot take them:
they come back with a short new life (decision 0019). Earned points leave the lot they made; what is
gone from there is made up from other points, regular ones first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.domain.loyalty import RefundShare
from app.kernel.money import share_of_whole
from app.service.ledger.lots import (
    Lot,
    Lots,
    Parts,
    PointKind,
    end_of,
    negated,
    slice_back,
)
from app.service.loyalty.cards import Card

Row = sa.Row[*tuple[Any, ...]]


def returned_parts(
    card: Card, order: Row, amount_minor: int, base_minor: int, now: datetime, life: timedelta
) -> Parts:
    """Return what comes back to a card with a refund, and into which lots.

    Args:
        card: Locked.
        order: The closed check, before this refund.
        amount_minor: Money of this refund.
        base_minor: The whole that all refunds of the order are a part of.
        now: When.
        life: How long points live whose lot has ended.
    """
    spent = Parts.of_text(order.spent_promo_minor, order.spent_regular_minor, order.spent_lots)
    amounts: dict[PointKind, int] = {}
    grants: list[Lot] = []
    for kind, whole in (
        (PointKind.PROMO, spent.promo_minor),
        (PointKind.REGULAR, spent.regular_minor),
    ):
        begin = share_of_whole(order.refunded_minor, 0, base_minor, whole)
        amounts[kind] = share_of_whole(amount_minor, order.refunded_minor, base_minor, whole)
        for end_ms, part in slice_back(spent, kind, begin, begin + amounts[kind]):
            if end_ms is not None:
                is_over = end_ms <= end_of(now)
                grants.append(Lot(kind, end_of(now + life) if is_over else end_ms, part))
    dated = card.lots.grant_all(grants)
    return Parts(amounts[PointKind.PROMO], amounts[PointKind.REGULAR], dated)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What leaves a card with a refund, and how much was gone."""

    parts: Parts
    missing_minor: int


def taken_back(
    card: Card, order: Row, share: RefundShare, base_minor: int, now: datetime
) -> TakenBack:
    """Return what leaves a card with a refund: what its share of earned points made, or the like.

    Bonus points whose lot has ended left with it: nobody has them any more, so they are not missing.
    """
    rest = _Rest(card)
    wanted = share.earned_back_minor + share.earned_promo_back_minor
    made = Parts.of_text(order.earned_promo_minor, 0, order.earned_lots)
    begin = share_of_whole(order.refunded_minor, 0, base_minor, made.promo_minor)
    end = begin + share.earned_promo_back_minor
    for end_ms, part in slice_back(made, PointKind.PROMO, begin, end):
        if end_ms is not None and end_ms <= end_of(now):
            wanted -= part
        else:
            rest.take_promo_of(end_ms, part)
    rest.take_regular(share.earned_back_minor)
    rest.take_regular(wanted - rest.taken.total_minor)
    rest.take_promo(wanted - rest.taken.total_minor)
    return TakenBack(rest.taken, wanted - rest.taken.total_minor)


class _Rest:
    """What is still on a card while a reversal is put together."""

    def __init__(self, card: Card) -> None:
        self.taken = Parts()
        self._promo = card.promo_minor
        self._regular = card.regular_minor
        self._lots = Lots(card.lots.open())

    def take_promo_of(self, end_ms: int | None, amount_minor: int) -> None:
        """Take from the lot with this end, or from promo points without a date."""
        if end_ms is None:
            there = self._promo - self._lots.dated_minor(PointKind.PROMO)
            self._take(Parts(promo_minor=min(there, amount_minor)))
            return
        for lot in self._lots.open():
            if (lot.kind, lot.end_ms) == (PointKind.PROMO, end_ms):
                part = min(lot.amount_minor, amount_minor)
                self._take(Parts(part, 0, (lot._replace(amount_minor=part),)))

    def take_regular(self, amount_minor: int) -> None:
        """Take regular points, those without a date first."""
        amount = min(amount_minor, self._regular)
        dated = self._lots.pick_last(PointKind.REGULAR, amount, self._regular)
        self._take(Parts(0, amount, dated))

    def take_promo(self, amount_minor: int) -> None:
        """Take promo points, those that end soonest first."""
        amount = min(amount_minor, self._promo)
        self._take(Parts(amount, 0, self._lots.pick(PointKind.PROMO, amount)))

    def _take(self, parts: Parts) -> None:
        self._promo -= parts.promo_minor
        self._regular -= parts.regular_minor
        self._lots.apply(negated(parts.dated))
        self.taken += parts
