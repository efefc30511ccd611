"""Asking the domain what a check gets: reads what its conditions look at, and only that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from app.contracts import plugin
from app.contracts.promotions import PromotionClaim
from app.domain.catalog import above
from app.domain.loyalty import CheckItem, Explanation, Level, LoyaltyRules
from app.domain.promotion.check import CheckResult, work_out
from app.domain.promotion.rules import Promotion
from app.domain.promotion.situation import Buyer, CheckLine, PromoCode, Situation
from app.service.kit.work import Work
from app.service.loyalty.cards import Card
from app.service.promotions.codes import NamedCode, find_code, switched_off
from app.service.promotions.guessing import PROMO_CODES, card_subject
from app.service.promotions.repository import (
    LIVE,
    Row,
    asks_for_categories,
    birthday_of,
    categories_of,
    load_promotions,
    parents_of_categories,
    used_by_guest,
    used_in_all,
    uses_of_order,
    venue_zone,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """What a line sells, for conditions on products."""

    product_id: str
    quantity_milli: int
    category_id: str | None = None


class Check(NamedTuple):
    """A check that promotions are asked about.

    Attributes:
        order_id: The till's id of the order.
        items: The lines as the arithmetic of points takes them.
        goods: What the first of those lines sell; lines beyond are sums without goods.
        at: When it was sold.
        code: What the guest named.
        named: Promotions that are asked for by id, so that they are told of even if they need a code.
        taken_off: What promotions have taken off the lines already; None if nobody has asked yet.
        is_guess: Whether a code that nobody has counts against who names it.
    """

    order_id: str
    items: tuple[CheckItem, ...]
    goods: tuple[Goods, ...]
    at: datetime
    code: str | None = None
    named: tuple[str, ...] = ()
    taken_off: Mapping[str, int] | None = None
    is_guess: bool = True


class Found(NamedTuple):
    """What there is for a check to be judged by."""

    promotions: list[Promotion]
    code: NamedCode | None
    uses: Sequence[Row]

    @property
    def is_nothing(self) -> bool:
        """Tell whether no promotion is on, none was, and no code is named."""
        return not (self.promotions or self.uses or self.code)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a check gets, with what it was judged by."""

    check: Check
    result: CheckResult
    code: NamedCode | None
    promotions: tuple[Promotion, ...]
    situation: Situation
    uses: Sequence[Row] = ()

    def use_of(self, promotion: Promotion) -> Row | None:
        """Return what the order holds of a promotion or had of it."""
        for row in self.uses:
            if row.promotion_id == promotion.promotion_id:
                return row
        return None

    def code_of(self, promotion: Promotion) -> str | None:
        """Return the id of the code if it belongs to a promotion."""
        code = self.code
        if code is None or code.row is None or code.row.promotion_id != promotion.promotion_id:
            return None
        return str(code.row.id)

    def explanation(self) -> tuple[Explanation, ...]:
        """Return every step; a code that is not good comes first."""
        first = (self.code.note,) if self.code and self.code.note else ()
        return (*first, *self.result.explanation)


def evaluate(
    work: Work,
    check: Check,
    *,
    rules: LoyaltyRules,
    level: Level,
    card: Card | None,
    spend_minor: int = 0,
    locks: bool = False,
) -> Evaluation:
    """Tell what a check gets from promotions and points.

    Args:
        work: The transaction.
        check: What is asked about.
        rules: Rules of points at that moment.
        level: The guest's tier at that moment.
        card: The guest's card; None for a check without a guest.
        spend_minor: Points to be redeemed.
        locks: Whether what the order holds is to be changed.
    """
    found = look_up(work, check, card=card, locks=locks)
    return judge(
        work,
        check,
        found,
        rules=rules,
        level=level,
        card=card,
        spend_minor=spend_minor,
        explains=True,
    )


def look_up(work: Work, check: Check, *, card: Card | None, locks: bool) -> Found:
    """Read what is on for a check, its code, and what its order holds of promotions."""
    promotions = [] if check.code else load_promotions(work, check.at, _named(check))
    # Nothing is held where nothing is on; who changes what is held has to look all the same.
    uses = (
        uses_of_order(work, check.order_id, lock=locks) if promotions or check.code or locks else []
    )
    code = None
    if check.code:
        held = [row for row in uses if row.state in LIVE]
        own = [row.code_id for row in held if row.code_id]
        if check.is_guess and not own:
            beside = (card_subject(card.card_id),) if card is not None else ()
            PROMO_CODES.require_unlocked(work, *beside)
        code = find_code(work, check.code, check.at, own)
        promotions = load_promotions(work, check.at, _named(check, code))
        code = _with_promotion(code, promotions)
    return Found(promotions, code, uses)


def judge(
    work: Work,
    check: Check,
    found: Found,
    *,
    rules: LoyaltyRules,
    level: Level,
    card: Card | None,
    spend_minor: int,
    explains: bool,
) -> Evaluation:
    """Tell what a check gets from what was found; the arguments are those of `evaluate`.

    `explains` says whether somebody will read the explanation.
    """
    promotions, code, uses = found
    held = [row for row in uses if row.state in LIVE]
    situation = _situation(work, check, promotions, level, card, code, held)
    balance = card.total_minor if card is not None else 0
    result = work_out(rules, level, balance, situation, promotions, spend_minor, explains=explains)
    return Evaluation(check, result, code, tuple(promotions), situation, uses)


def _named(check: Check, code: NamedCode | None = None) -> set[str]:
    named = {*check.named, *(check.taken_off or {})}
    if code is not None and code.is_good and code.row is not None:
        named.add(code.row.promotion_id)
    return named


def _with_promotion(code: NamedCode, promotions: list[Promotion]) -> NamedCode:
    if not code.is_good or code.row is None:
        return code
    is_on = any(one.promotion_id == code.row.promotion_id for one in promotions)
    return code if is_on else switched_off(code)


def _situation(
    work: Work,
    check: Check,
    promotions: list[Promotion],
    level: Level,
    card: Card | None,
    code: NamedCode | None,
    held: list[Row],
) -> Situation:
    own_total = [row.promotion_id for row in held if row.counts_total]
    own_guest = [row.promotion_id for row in held if row.counts_guest]
    by_guest = used_by_guest(work, promotions, card.card_id, own_guest) if card else {}
    zone = venue_zone(work) if promotions else UTC
    return Situation(
        at=check.at.astimezone(zone),
        lines=_lines(work, check, promotions),
        channel=work.caller.kind,
        buyer=_buyer(work, card, level, promotions) if card else None,
        code=_good_code(code),
        used_in_all=used_in_all(work, promotions, own_total),
        used_by_guest=by_guest,
        taken_off=check.taken_off,
    )


def _good_code(code: NamedCode | None) -> PromoCode | None:
    if code is None or not code.is_good or code.row is None:
        return None
    return PromoCode(code.text, code.row.promotion_id)


def _buyer(work: Work, card: Card, level: Level, promotions: list[Promotion]) -> Buyer:
    asks = any(one.conditions.birthday for one in promotions)
    born = birthday_of(work, card.guest_id) if asks else None
    return Buyer(level.level_id, level.name, card.visit_count, born)


def _lines(work: Work, check: Check, promotions: list[Promotion]) -> tuple[CheckLine, ...]:
    groups: Mapping[str, frozenset[str]] = {}
    parents: Mapping[str, str | None] = {}
    if asks_for_categories(promotions):
        parents = parents_of_categories(work)
        groups = categories_of(work, {goods.product_id for goods in check.goods})
    lines = []
    for place, item in enumerate(check.items):
        goods = check.goods[place] if place < len(check.goods) else Goods("", 1_000)
        lines.append(
            CheckLine(
                name=item.name,
                total_minor=item.total_minor,
                quantity_milli=goods.quantity_milli,
                product_id=goods.product_id,
                category_ids=groups.get(goods.product_id, frozenset())
                | above(goods.category_id, parents),
                earns_points=item.earns_points,
                redeems_points=item.redeems_points,
            )
        )
    return tuple(lines)


def goods_of(items: Sequence[plugin.CheckItem] | None) -> tuple[Goods, ...]:
    """Return what the lines of a plugin's check sell."""
    return tuple(Goods(item.product_id, item.quantity, item.category_id) for item in items or ())


def sums_of(told: Sequence[PromotionClaim] | None) -> Mapping[str, int] | None:
    """Return claims by promotion; one that stands there twice has taken off both sums."""
    if told is None:
        return None
    sums: dict[str, int] = {}
    for claim in told:
        sums[claim.promotion_id] = sums.get(claim.promotion_id, 0) + claim.discount
    return sums
