"""Places within limits: taken and given back by counters that no two can take at once.

A counter is raised by one statement that says "if there is room": the database lets two that come at
the same time go one after the other, and the second finds no room. Where there is no limit nobody
counts, so that all checks of a busy hour do not wait for one row. The order is always the same
(promotion, guest, code), so that two never wait for each other in a circle.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.promotion.conditions import Reason
from app.domain.promotion.rules import Promotion
from app.service.kit.work import Work
from app.service.promotions.models import promo_codes, promotion_guest_uses, promotions


@dataclass(frozen=True, slots=True)
class Places:
    """Which counters a use stands in, or which one had no room; then it stands in none."""

    in_total: bool = False
    of_guest: bool = False
    of_code: bool = False
    fault: str | None = None

    def columns(self) -> dict[str, object]:
        """Return the columns of a use."""
        return {
            "counts_total": self.in_total,
            "counts_guest": self.of_guest,
            "counts_code": self.of_code,
            "fault": self.fault,
        }


CODE_USED = "CODE_USED"


def take_places(
    work: Work, promotion: Promotion, card_id: str | None, code_id: str | None
) -> Places:
    """Take a place in every counter, or in none if one has no room."""
    in_total = of_guest = False
    if promotion.limits.in_all is not None:
        if not _take_total(work, promotion.promotion_id):
            return Places(fault=Reason.LIMIT.value)
        in_total = True
    if promotion.limits.per_guest is not None and card_id is not None:
        if not _take_guest(work, promotion, card_id):
            give_back(work, promotion.promotion_id, card_id, code_id, Places(in_total))
            return Places(fault=Reason.GUEST_LIMIT.value)
        of_guest = True
    if code_id is not None and not _take_code(work, code_id):
        give_back(work, promotion.promotion_id, card_id, code_id, Places(in_total, of_guest))
        return Places(fault=CODE_USED)
    return Places(in_total, of_guest, code_id is not None)


def _take_total(work: Work, promotion_id: str) -> bool:
    table = promotions.c
    room = sa.or_(table.max_uses.is_(None), table.used_count < table.max_uses)
    raised = work.connection.execute(
        sa.update(promotions)
        .where(table.id == promotion_id, room)
        .values(used_count=table.used_count + 1)
    )
    return raised.rowcount == 1


def _take_guest(work: Work, promotion: Promotion, card_id: str) -> bool:
    table = promotion_guest_uses.c
    of_guest = (table.promotion_id == promotion.promotion_id, table.card_id == card_id)
    raised = work.connection.execute(
        sa.update(promotion_guest_uses)
        .where(*of_guest, table.used_count < promotion.limits.per_guest)
        .values(used_count=table.used_count + 1)
    )
    if raised.rowcount == 1:
        return True
    known = work.connection.execute(sa.select(table.used_count).where(*of_guest)).first()
    if known is not None:
        return False
    # Two first uses at once: the database lets one in, the other runs again and finds the row.
    work.connection.execute(
        sa.insert(promotion_guest_uses).values(
            promotion_id=promotion.promotion_id, card_id=card_id, used_count=1
        )
    )
    return True


def _take_code(work: Work, code_id: str) -> bool:
    table = promo_codes.c
    room = sa.or_(table.max_uses.is_(None), table.used_count < table.max_uses)
    raised = work.connection.execute(
        sa.update(promo_codes)
        .where(table.id == code_id, room)
        .values(used_count=table.used_count + 1)
    )
    return raised.rowcount == 1


def give_back(
    work: Work, promotion_id: str, card_id: str | None, code_id: str | None, places: Places
) -> None:
    """Give places back."""
    if places.in_total:
        total = promotions.c
        work.connection.execute(
            sa.update(promotions)
            .where(total.id == promotion_id)
            .values(used_count=total.used_count - 1)
        )
    if places.of_guest:
        guest = promotion_guest_uses.c
        work.connection.execute(
            sa.update(promotion_guest_uses)
            .where(guest.promotion_id == promotion_id, guest.card_id == card_id)
            .values(used_count=guest.used_count - 1)
        )
    if places.of_code:
        code = promo_codes.c
        work.connection.execute(
            sa.update(promo_codes).where(code.id == code_id).values(used_count=code.used_count - 1)
        )
