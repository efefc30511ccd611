"""What every view of a card tells of its level and balances."""

from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa

from app.domain.loyalty import LoyaltyRules


class CardState(TypedDict):
    """The fields that the views of a card share; amounts in kopecks, points in hundredths."""

    code6_digit: str
    level_id: str
    level_name: str
    regular_balance: int
    promo_balance: int
    total_balance: int
    reserved_balance: int
    lifetime_spent: int
    visit_count: int
    last_visit_at: datetime | None


def card_state(rules: LoyaltyRules, row: sa.Row[*tuple[Any, ...]]) -> CardState:
    """Return the shared fields of a row that holds these columns of `cards`."""
    return CardState(
        code6_digit=row.code6,
        level_id=row.level_id,
        level_name=rules.level_by_id(row.level_id).name,
        regular_balance=row.regular_minor,
        promo_balance=row.promo_minor,
        total_balance=row.regular_minor + row.promo_minor,
        reserved_balance=row.reserved_minor,
        lifetime_spent=row.lifetime_spent_minor,
        visit_count=row.visit_count,
        last_visit_at=row.last_visit_at,
    )
