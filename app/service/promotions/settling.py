"""What a closed check does to promotions: uses are recorded, points are given.

A check that is being closed (finalise) is refused if a promotion it claims has no place left: the till
can still take it off. A check that was closed long ago (a synchronised sale) is a fact: what should not
have been is recorded with its fault and takes no place.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.contracts.errors import ErrorCode
from app.domain.loyalty import CheckItem, Level, LoyaltyRules
from app.domain.promotion.conditions import Reason, unmet
from app.domain.promotion.rules import Promotion
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import Card
from app.service.promotions.applying import require_places
from app.service.promotions.evaluation import Check, Evaluation, Goods, judge, look_up
from app.service.promotions.repository import find_promotion, parse
from app.service.promotions.uses import HELD, Use, put_fact, put_use, release_use

_log = logging.getLogger(__name__)

OFF = "OFF"
# What the counters decide, and not what the domain read of them before.
_COUNTED = frozenset({Reason.LIMIT, Reason.GUEST_LIMIT, Reason.CODE_NEEDED})


class Claims(NamedTuple):
    """What a till says of promotions on a check: the code, and what each has taken off."""

    order_id: str
    goods: tuple[Goods, ...] = ()
    code: str | None = None
    taken_off: Mapping[str, int] | None = None
    is_past: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether the till says nothing of promotions."""
        return self.code is None and not self.taken_off


class ClosedCheck(NamedTuple):
    """A check with its guest, if there is one; the card is locked and will be saved by the caller."""

    items: tuple[CheckItem, ...]
    occurred_at: datetime
    rules: LoyaltyRules
    level: Level
    card: Card | None = None
    spend_minor: int = 0
    earns: bool = True


@dataclass(frozen=True, slots=True)
class Granted:
    """Promo points that a check has got from a promotion, and when they end."""

    promotion_id: str
    points_minor: int
    ends_at: datetime


def settle(work: Work, claims: Claims, closed: ClosedCheck) -> tuple[Granted, ...]:
    """Record what a closed check has used, let go the rest that it held, and tell its points.

    Raises:
        ProblemError: A claimed promotion is unknown or has no place left, and the sale is not past.
    """
    check = Check(
        claims.order_id,
        closed.items,
        claims.goods,
        closed.occurred_at,
        claims.code,
        taken_off=claims.taken_off or {},
        is_guess=not claims.is_past,
    )
    found = look_up(work, check, card=closed.card, locks=True)
    if claims.is_empty and found.is_nothing:
        return ()
    evaluation = judge(
        work,
        check,
        found,
        rules=closed.rules,
        level=closed.level,
        card=closed.card,
        spend_minor=closed.spend_minor,
        explains=False,
    )
    return _Settling(work, claims, closed, evaluation).run()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A use that is to be recorded: claimed by the till, or points that the rules give."""

    promotion: Promotion
    discount_minor: int = 0
    points_minor: int = 0
    lapse_days: int = 0
    fault: str | None = None
    is_claim: bool = True


@dataclass(frozen=True, slots=True)
class _Settling:
    """One closing of one check."""

    work: Work
    claims: Claims
    closed: ClosedCheck
    evaluation: Evaluation

    def run(self) -> tuple[Granted, ...]:
        self._check_code()
        wanted = self._claimed() + self._earned()
        granted = []
        # One order for all, so that two checks never wait for each other in a circle.
        for one in sorted(wanted, key=lambda one: one.promotion.promotion_id):
            is_in = self._put(one)
            if is_in and one.points_minor:
                ends_at = self.closed.occurred_at + timedelta(days=one.lapse_days)
                granted.append(Granted(one.promotion.promotion_id, one.points_minor, ends_at))
        self._let_go({one.promotion.promotion_id for one in wanted})
        return tuple(granted)

    def _tell(self, wanted: _Wanted) -> None:
        """Write the event that a promotion took effect for a check."""
        card, code = self.closed.card, self.evaluation.code
        about: dict[str, Any] = {
            "promotionId": wanted.promotion.promotion_id,
            "name": wanted.promotion.name,
            "orderId": self.claims.order_id,
        }
        if card is not None:
            about |= {"guestCardId": card.card_id, "guestId": card.guest_id}
        if code is not None and self.evaluation.code_of(wanted.promotion):
            about["code"] = code.text
        if wanted.points_minor:
            about["points"] = wanted.points_minor
        write_events(self.work, [Event("promo.activated", about)])

    def _check_code(self) -> None:
        code = self.evaluation.code
        if code is None or code.fault is None:
            return
        if not self.claims.is_past and code.note is not None:
            raise ProblemError(code.fault, code.note.en, code.note.ru)
        _log.info("a past sale names promo code %s: %s", code.text, code.fault)

    def _claimed(self) -> list[_Wanted]:
        taken = dict(self.claims.taken_off or {})
        code = self.evaluation.code
        if code is not None and code.row is not None:
            taken.setdefault(code.row.promotion_id, 0)
        found = []
        for promotion_id, amount in taken.items():
            wanted = self._claim(promotion_id, amount)
            if wanted is not None and not wanted.promotion.gives_points:
                found.append(wanted)
        return found

    def _claim(self, promotion_id: str, amount: int) -> _Wanted | None:
        for promotion in self.evaluation.promotions:
            if promotion.promotion_id == promotion_id:
                return _Wanted(promotion, amount, fault=self._fault(promotion))
        row = find_promotion(self.work, promotion_id)
        if row is not None:
            return _Wanted(parse(row.id, row.body), amount, fault=OFF)
        if not self.claims.is_past:
            raise ProblemError(ErrorCode.PROMOTION_NOT_FOUND)
        _log.warning("a past sale claims promotion %s, which is not known", promotion_id)
        return None

    def _fault(self, promotion: Promotion) -> str | None:
        code = self.evaluation.code
        if code is not None and code.fault is not None and self.evaluation.code_of(promotion):
            return code.fault.value
        notes = unmet(promotion, self.evaluation.situation)
        return next((note.code for note in notes if note.code not in _COUNTED), None)

    def _earned(self) -> list[_Wanted]:
        if not self.closed.earns or self.closed.card is None:
            return []
        return [
            _Wanted(
                grant.promotion,
                points_minor=grant.points_minor,
                lapse_days=grant.lapse_days,
                is_claim=False,
            )
            for grant in self.evaluation.result.grants
        ]

    def _put(self, wanted: _Wanted) -> bool:
        """Record a use; tell whether it has its place."""
        work, promotion, card = self.work, wanted.promotion, self.closed.card
        known = self.evaluation.use_of(promotion)
        use = Use(
            promotion=promotion,
            order_id=self.claims.order_id,
            occurred_at=self.closed.occurred_at,
            card_id=card.card_id if card else None,
            code_id=self.evaluation.code_of(promotion),
            discount_minor=wanted.discount_minor,
            points_minor=wanted.points_minor,
            fault=wanted.fault,
        )
        places = put_use(work, use, known)
        if places.fault is None:
            self._tell(wanted)
            return True
        if wanted.is_claim:
            if not self.claims.is_past:
                require_places(places)
            put_fact(work, use, places.fault, known)
        return False

    def _let_go(self, used: set[str]) -> None:
        for row in self.evaluation.uses:
            if row.state == HELD and row.promotion_id not in used:
                release_use(self.work, row)
