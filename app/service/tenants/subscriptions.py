"""A company's plan with its end: setting it, ending it, and telling subscribers when it is over.

There is no billing here: whoever runs the service says what has been agreed (`maxloyalty plan`). A plan
without an end never runs out.
"""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.company import PlanLimitView, SubscriptionState, SubscriptionView
from app.contracts.webhook_events import SubscriptionData
from app.kernel.errors import InputError
from app.service.audit_log.service import record, system_caller
from app.service.kit.events import Event, write_events
from app.service.kit.work import Work
from app.service.limits.plans import PLANS
from app.service.limits.quotas import QUOTAS, in_use, limit_of
from app.service.tenants.company import require_own
from app.service.tenants.models import tenants

Row = sa.Row[*tuple[Any, ...]]
_ENDED_MAX: Final = 100


def get_subscription(work: Work, tenant_id: str) -> SubscriptionView:
    """Return the caller's plan, its end, and what it allows.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS for another company.
    """
    require_own(work, tenant_id)
    row = _row(work)
    limits = tuple(
        PlanLimitView(name=quota.name, limit=limit_of(quota, row.plan), used=in_use(work, quota))
        for quota in QUOTAS
    )
    return SubscriptionView(
        subscription_id=row.subscription_id,
        plan=row.plan,
        state=_state(row, work.now),
        period_end=row.plan_ends_at,
        cancelled_at=row.plan_cancelled_at,
        limits=limits,
    )


def set_plan(work: Work, plan: str, ends_at: datetime | None) -> SubscriptionView:
    """Give the work's company a plan until a moment; it is a new one, or the present one goes on.

    Args:
        work: The transaction, of the company.
        plan: standard, pro or ultimate.
        ends_at: Until when it is paid for; None means without an end.

    Raises:
        InputError: There is no such plan or company, or the end lies in the past.
    """
    if plan not in PLANS:
        known = ", ".join(PLANS)
        raise InputError("PLAN_UNKNOWN", f"Тарифы: {known}", f"The plans are {known}")
    if ends_at is not None and ends_at <= work.now:
        raise InputError("PLAN_END_PAST", "Срок тарифа уже прошёл", "The end lies in the past")
    row = _row(work)
    is_new = row.subscription_id is None or _state(row, work.now) is SubscriptionState.EXPIRED
    subscription_id = work.ids.new() if is_new else row.subscription_id
    _update(
        work,
        plan=plan,
        plan_ends_at=ends_at,
        subscription_id=subscription_id,
        plan_cancelled_at=None,
        plan_expired_at=None,
    )
    now_is = _data(work)
    event = (
        Event("subscription.created", now_is) if is_new else Event("subscription.renewed", now_is)
    )
    write_events(work, [event])
    details = {"plan": plan, "periodEnd": ends_at.isoformat() if ends_at else None}
    record(work, "subscription.set", "subscription", subscription_id, details)
    return get_subscription(work, work.tenant_id)


def cancel_plan(work: Work) -> SubscriptionView:
    """Note that the plan will not go on after its end; until then nothing changes.

    Raises:
        InputError: There is nothing that has an end and goes on.
    """
    row = _row(work)
    if row.plan_ends_at is None or _state(row, work.now) is not SubscriptionState.ACTIVE:
        raise InputError(
            "PLAN_NOT_RUNNING",
            "Нет тарифа со сроком, который можно отменить",
            "There is no plan with an end that could be cancelled",
        )
    _update(work, plan_cancelled_at=work.now)
    write_events(work, [Event("subscription.cancelled", _data(work))])
    record(work, "subscription.cancelled", "subscription", row.subscription_id or "")
    return get_subscription(work, work.tenant_id)


def expire_plans(work: Work) -> int:
    """Tell subscribers of plans whose end has passed, each once; return how many.

    Calls are refused from the end on, whether anybody has been told or not.
    """
    ended = (
        sa.select(tenants.c.id)
        .where(tenants.c.plan_ends_at <= work.now, tenants.c.plan_expired_at.is_(None))
        .order_by(tenants.c.id)
        .limit(_ENDED_MAX)
        .with_for_update(key_share=True)
    )
    ids = work.connection.execute(ended).scalars().all()
    for tenant_id in ids:
        own = Work(work.connection, work.now, work.ids, system_caller(tenant_id))
        _update(own, plan_expired_at=work.now)
        write_events(own, [Event("subscription.expired", _data(own))])
        record(own, "subscription.expired", "subscription", _row(own).subscription_id or "")
    return len(ids)


def _data(work: Work) -> dict[str, Any]:
    row = _row(work)
    # A plan that was there before anything was agreed on has no number.
    said = SubscriptionData(
        subscription_id=row.subscription_id or work.tenant_id,
        plan=row.plan,
        period_end=row.plan_ends_at,
    )
    return said.to_wire()


def _state(row: Row, now: datetime) -> SubscriptionState:
    if row.plan_ends_at is not None and row.plan_ends_at <= now:
        return SubscriptionState.EXPIRED
    if row.plan_cancelled_at is not None:
        return SubscriptionState.CANCELLED
    return SubscriptionState.ACTIVE


def _row(work: Work) -> Row:
    row = work.connection.execute(
        sa.select(
            tenants.c.plan,
            tenants.c.plan_ends_at,
            tenants.c.subscription_id,
            tenants.c.plan_cancelled_at,
        ).where(tenants.c.id == work.tenant_id)
    ).first()
    if row is None:
        raise InputError("TENANT_UNKNOWN", "Такой компании нет", "There is no such company")
    return row


def _update(work: Work, **values: object) -> None:
    work.connection.execute(
        sa.update(tenants).where(tenants.c.id == work.tenant_id).values(**values)
    )
