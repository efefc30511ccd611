"""Closing a check (L5, L6, L10): redeem what was held, earn on the money part, raise the level.

Everything happens in one transaction with the card's row locked. One closed check per installation and
order id, for ever: a second call gets the first one's answer.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.domain.loyalty import CheckItem, Level, LoyaltyRules, calculate
from app.kernel.money import percent_of
from app.service.db.prepared import Prepared
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.lots import Lot, PointKind, end_of, lots_to_text, negated, summed
from app.service.loyalty.cards import Card, level_at, lock_card, record_level, save_card
from app.service.loyalty.late_visits import restore_lapsed
from app.service.loyalty.models import loyalty_orders
from app.service.loyalty.shortfalls import record_shortfall
from app.service.loyalty.spending import Spent, take_held
from app.service.tenants.repository import RulesVersion, get_rules

_FIND: Final = Prepared(
    sa.select(loyalty_orders).where(
        loyalty_orders.c.installation_id == sa.bindparam("installation"),
        loyalty_orders.c.order_id == sa.bindparam("order"),
    )
)
# The base of refunds is fixed by the first refund.
_INSERT: Final = Prepared(
    sa.insert(loyalty_orders),
    [column.name for column in loyalty_orders.columns if column.name != "refund_base_minor"],
)


class ClosingAction(StrEnum):
    """What the check does to the card."""

    SPEND = "SPEND"
    EARN_ONLY = "EARN_ONLY"
    DISCOUNT = "DISCOUNT"


class Bonus(NamedTuple):
    """Promo points that a promotion gives for a check; they end on their own date, if they have one."""

    rule_id: str
    amount_minor: int
    ends_at: datetime | None = None


class Closing(NamedTuple):
    """A check that has been closed.

    `spend_minor` is what the till redeemed, if it says so. `is_past` means that the guest has left
    with goods and receipt (a synchronised sale): what is there is taken, whatever became of the
    reservation, as long as the sale itself fell within its time. `discount_included` means that the
    check is already reduced by the discount. `promotions` tells what promo points the check gets.
    """

    card_id: str
    order_id: str
    check_minor: int
    items: tuple[CheckItem, ...]
    action: ClosingAction
    occurred_at: datetime
    reservation_id: str | None = None
    spend_minor: int | None = None
    cashier_id: str | None = None
    is_past: bool = False
    discount_included: bool = False
    bonuses: tuple[Bonus, ...] = ()
    promotions: "Callable[[Work, GuestCheck], tuple[Bonus, ...]] | None" = None


class GuestCheck(NamedTuple):
    """What promotions are told of a check that closes; the card is locked and will be saved."""

    items: tuple[CheckItem, ...]
    occurred_at: datetime
    card: Card
    rules: LoyaltyRules
    level: Level
    spend_minor: int
    earns: bool


class _Outcome(NamedTuple):
    """What a closing comes to, before it is written."""

    version: RulesVersion
    level: Level
    level_after: Level
    spent: Spent
    discount_minor: int
    paid_minor: int
    earned_minor: int


def close_check(work: Work, closing: Closing) -> plugin.FinalizeResponse:
    """Apply a closed check to its card.

    Raises:
        ProblemError: The card or reservation is unknown or over, or the order is closed otherwise.
    """
    card = lock_card(work, closing.card_id)
    known = find_loyalty_order(work, closing.order_id)
    if known is not None:
        return _same_order(known, closing, card)
    restore_lapsed(work, card, closing.occurred_at)
    version = get_rules(work.connection, work.tenant_id, closing.occurred_at)
    if not version.rules.is_enabled and closing.reservation_id is None and not closing.is_past:
        raise ProblemError(ErrorCode.LOYALTY_SYSTEM_DISABLED)
    level = level_at(work, card, version.rules, closing.occurred_at)
    spent = take_held(
        work,
        card,
        order_id=closing.order_id,
        reservation_id=closing.reservation_id,
        wants_points=closing.action is ClosingAction.SPEND,
        wants_discount=closing.action is ClosingAction.DISCOUNT,
        limit_minor=sum(item.total_minor for item in closing.items if item.redeems_points),
        told_minor=closing.spend_minor,
        past_at=closing.occurred_at if closing.is_past else None,
    )
    outcome = _work_out(card, closing, version, level, spent)
    closing = _with_bonuses(work, card, closing, outcome)
    return _write(work, card, closing, outcome)


def _with_bonuses(work: Work, card: Card, closing: Closing, outcome: _Outcome) -> Closing:
    if closing.promotions is None:
        return closing
    check = GuestCheck(
        items=closing.items,
        occurred_at=closing.occurred_at,
        card=card,
        rules=outcome.version.rules,
        level=outcome.level,
        spend_minor=outcome.spent.wanted_minor,
        earns=closing.action is not ClosingAction.DISCOUNT,
    )
    given = closing.promotions(work, check)
    return closing._replace(bonuses=(*closing.bonuses, *given)) if given else closing


def _work_out(
    card: Card, closing: Closing, version: RulesVersion, level: Level, spent: Spent
) -> _Outcome:
    discount = 0
    if closing.action is ClosingAction.DISCOUNT and not closing.discount_included:
        discount = percent_of(closing.check_minor, spent.discount_bp)
    paid = closing.check_minor - spent.wanted_minor - discount
    result = calculate(
        version.rules,
        level,
        card.total_minor,
        closing.items,
        spend_minor=spent.wanted_minor,
        explains=False,
    )
    # A discount stands in place of points: such a check earns nothing.
    earned = 0 if closing.action is ClosingAction.DISCOUNT else result.points_to_earn_minor
    current = version.rules.level_by_id(card.level_id)
    after = version.rules.level_after_sale(current, card.lifetime_spent_minor + paid)
    return _Outcome(version, level, after, spent, discount, paid, earned)


def _write(work: Work, card: Card, closing: Closing, outcome: _Outcome) -> plugin.FinalizeResponse:
    upgraded = outcome.level_after.level_id != card.level_id
    redeem_id, earn_id = _post_entries(work, card, closing, outcome)
    bonus_lots = _post_bonuses(work, card, closing, outcome)
    card.lifetime_spent_minor += outcome.paid_minor
    card.visit_count += 1
    card.touch(closing.occurred_at)
    card.last_visit_at = max(card.last_visit_at or closing.occurred_at, closing.occurred_at)
    if upgraded:
        card.level_id = outcome.level_after.level_id
        record_level(
            work, card.card_id, card.level_id, closing.occurred_at, order_id=closing.order_id
        )
    save_card(work, card)
    row = _order_row(work, card, closing, outcome)
    row |= {"earn_entry_id": earn_id, "redeem_entry_id": redeem_id}
    row |= {"earned_lots": lots_to_text(bonus_lots)}
    _INSERT.run(work.connection, row)
    if outcome.spent.shortfall_minor:
        record_shortfall(
            work, card.card_id, closing.order_id, "REDEEM", outcome.spent.shortfall_minor
        )
    write_events(work, _events(card, closing, outcome, upgraded=upgraded))
    return _answer(row, again=False)


def _post_entries(
    work: Work, card: Card, closing: Closing, outcome: _Outcome
) -> tuple[str | None, str | None]:
    installation_id = work.caller.installation_id
    cause = _cause(work, closing, outcome)
    parts = outcome.spent.parts
    redeem_id = card.post(
        work,
        EntryKind.REDEEM,
        promo_minor=-parts.promo_minor,
        regular_minor=-parts.regular_minor,
        natural_key=f"REDEEM:{installation_id}:{closing.order_id}",
        cause=cause,
        dated=negated(parts.dated),
    )
    earn_id = card.post(
        work,
        EntryKind.EARN,
        promo_minor=0,
        regular_minor=outcome.earned_minor,
        natural_key=f"EARN:{installation_id}:{closing.order_id}",
        cause=cause,
    )
    return redeem_id, earn_id


def _post_bonuses(work: Work, card: Card, closing: Closing, outcome: _Outcome) -> tuple[Lot, ...]:
    """Post what promotions give; return the dated lots they made."""
    made: list[Lot] = []
    for bonus in closing.bonuses:
        dated = card.grant_promo(bonus.amount_minor, bonus.ends_at)
        card.post(
            work,
            EntryKind.PROMO,
            promo_minor=bonus.amount_minor,
            regular_minor=0,
            natural_key=f"BONUS:{work.caller.installation_id}:{closing.order_id}:{bonus.rule_id}",
            cause=_cause(work, closing, outcome)._replace(reason=bonus.rule_id),
            dated=dated,
        )
        if bonus.ends_at is not None:
            made.append(Lot(PointKind.PROMO, end_of(bonus.ends_at), bonus.amount_minor))
    return summed(made)


def _cause(work: Work, closing: Closing, outcome: _Outcome) -> Cause:
    return Cause(
        occurred_at=closing.occurred_at,
        order_id=closing.order_id,
        installation_id=work.caller.installation_id,
        cashier_id=closing.cashier_id,
        rules_id=outcome.version.rules_id,
        level_id=outcome.level.level_id,
    )


def _order_row(work: Work, card: Card, closing: Closing, outcome: _Outcome) -> dict[str, Any]:
    return {
        "id": work.ids.new(),
        "tenant_id": work.tenant_id,
        "installation_id": work.caller.installation_id,
        "order_id": closing.order_id,
        "card_id": card.card_id,
        "reservation_id": outcome.spent.reservation_id,
        "action": closing.action.value,
        "check_minor": closing.check_minor,
        "paid_minor": outcome.paid_minor,
        "spent_regular_minor": outcome.spent.parts.regular_minor,
        "spent_promo_minor": outcome.spent.parts.promo_minor,
        "spent_lots": outcome.spent.parts.text(),
        "shortfall_minor": outcome.spent.shortfall_minor,
        "earned_minor": outcome.earned_minor,
        "earned_promo_minor": sum(bonus.amount_minor for bonus in closing.bonuses),
        "discount_bp": outcome.spent.discount_bp,
        "discount_minor": outcome.discount_minor,
        "level_id": outcome.level.level_id,
        "rules_id": outcome.version.rules_id,
        "occurred_at": closing.occurred_at,
        "created_at": work.now,
        "regular_after_minor": card.regular_minor,
        "promo_after_minor": card.promo_minor,
        "level_name_after": outcome.level_after.name,
        "refunded_minor": 0,
    }


def _events(card: Card, closing: Closing, outcome: _Outcome, *, upgraded: bool) -> list[Event]:
    about = {"guestCardId": card.card_id, "guestId": card.guest_id, "orderId": closing.order_id}
    facts = []
    if outcome.spent.taken_minor:
        facts.append(Event("transaction.redeem", about | {"points": outcome.spent.taken_minor}))
    earned = outcome.earned_minor + sum(bonus.amount_minor for bonus in closing.bonuses)
    if earned:
        facts.append(Event("transaction.earn", about | {"points": earned}))
    if upgraded:
        facts.append(Event("level.upgraded", about | {"level": outcome.level_after.level_id}))
    return facts


def ask_order_ahead(connection: Connection, installation_id: str, order_id: str) -> None:
    """Begin to look for a closed check."""
    _FIND.ahead(connection, {"installation": installation_id, "order": order_id})


def find_loyalty_order(work: Work, order_id: str) -> "sa.Row[*tuple[Any, ...]] | None":
    """Return the closed check of the calling installation with this order id."""
    found: sa.Row[*tuple[Any, ...]] | None = _FIND.first(
        work.connection, {"installation": work.caller.installation_id, "order": order_id}
    )
    return found


def _same_order(
    known: "sa.Row[*tuple[Any, ...]]", closing: Closing, card: Card
) -> plugin.FinalizeResponse:
    same = (known.card_id, known.check_minor) == (card.card_id, closing.check_minor)
    if not same:
        raise ProblemError(ErrorCode.DUPLICATE_CHECK)
    return _answer(known._asdict(), again=True)


def _answer(row: dict[str, Any], *, again: bool) -> plugin.FinalizeResponse:
    is_discount = row["action"] == ClosingAction.DISCOUNT.value
    return plugin.FinalizeResponse(
        success=True,
        transaction_id=row["id"],
        points_spent=row["spent_regular_minor"] + row["spent_promo_minor"],
        points_earned=row["earned_minor"] + row["earned_promo_minor"],
        regular_balance=row["regular_after_minor"],
        promo_balance=row["promo_after_minor"],
        total_balance=row["regular_after_minor"] + row["promo_after_minor"],
        level_name=row["level_name_after"],
        discount_percent=row["discount_bp"] if is_discount else None,
        discount_amount=row["discount_minor"] if is_discount else None,
        already_processed=again,
        shortfall=row["shortfall_minor"] or None,
    )
