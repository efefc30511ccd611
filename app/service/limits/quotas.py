"""How many of a thing a company may have by its plan, and refusing one more (TENANT_LIMIT_REACHED).

What is there stays, also when a plan becomes a smaller one: a limit only keeps more from coming.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits.plans import PLANS
from app.service.staff.models import staff
from app.service.tenants.models import tenants
from app.service.tills.models import api_keys, installations, locations, registers


@dataclass(frozen=True, slots=True)
class Quota:
    """How many there may be by plan; None where it is not limited.

    Attributes:
        name: As it is told to callers.
        most: By plan.
        count: The statement that counts what a company has now, given the transaction.
        ru: What it is called.
    """

    name: str
    most: Mapping[str, int | None]
    count: Callable[[Work], "sa.Select[int]"]
    ru: str


def _most(*numbers: int | None) -> Mapping[str, int | None]:
    return dict(zip(PLANS, numbers, strict=True))


def _locations(work: Work) -> "sa.Select[int]":
    return _rows(locations, work).where(locations.c.closed_at.is_(None))


def _registers(work: Work) -> "sa.Select[int]":
    return _rows(registers, work).where(registers.c.closed_at.is_(None))


def _staff(work: Work) -> "sa.Select[int]":
    return _rows(staff, work).where(staff.c.is_active)


def _keys(work: Work) -> "sa.Select[int]":
    # A key that has been rotated lives on for a day beside its successor: it counts no more.
    return (
        _rows(api_keys, work)
        .join(installations, installations.c.id == api_keys.c.installation_id)
        .where(
            installations.c.kind == "api",
            api_keys.c.revoked_at.is_(None),
            api_keys.c.replaced_by.is_(None),
            sa.or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > work.now),
        )
    )


def _rows(table: sa.Table, work: Work) -> "sa.Select[int]":
    counted = sa.select(sa.func.count()).select_from(table)
    return counted.where(table.c.tenant_id == work.tenant_id)


LOCATIONS: Final = Quota("locations", _most(3, 30, None), _locations, "торговых точек")
REGISTERS: Final = Quota("registers", _most(10, 150, None), _registers, "касс")
STAFF: Final = Quota("staff", _most(50, 1_000, None), _staff, "сотрудников")
API_KEYS: Final = Quota("apiKeys", _most(20, 100, None), _keys, "ключей API")
QUOTAS: Final = (LOCATIONS, REGISTERS, STAFF, API_KEYS)
"""Every limit of numbers there is."""


def limit_of(quota: Quota, plan: str) -> int | None:
    """Return how many a plan allows; an unknown plan counts as the smallest."""
    return quota.most[plan if plan in PLANS else PLANS[0]]


def in_use(work: Work, quota: Quota) -> int:
    """Return how many the caller's company has."""
    return work.connection.execute(quota.count(work)).scalar_one()


def require_room(work: Work, quota: Quota) -> None:
    """Refuse one more where the company has as many as its plan allows.

    The company's row is locked until the end of the transaction, so that two who add at once do not
    both take the last place.

    Raises:
        ProblemError: TENANT_LIMIT_REACHED.
    """
    plan = work.connection.execute(
        sa.select(tenants.c.plan)
        .where(tenants.c.id == work.tenant_id)
        .with_for_update(key_share=True)
    ).scalar_one()
    most = limit_of(quota, plan)
    if most is None or in_use(work, quota) < most:
        return
    raise ProblemError(
        ErrorCode.TENANT_LIMIT_REACHED,
        f"The plan {plan} allows {most} ({quota.name})",
        f"Тариф {plan}: не больше {most} {quota.ru}",
    )
