"""What happens by schedule: tills learn of rules that have begun, subscribers of plans that ended."""

from typing import Final

from app.service.audit_log.service import system_caller
from app.service.jobs.job import Job, JobContext
from app.service.kit.work import Work
from app.service.tenants.rules import announce_rules
from app.service.tenants.subscriptions import expire_plans

_MINUTE_S = 60


def announce(context: JobContext) -> int:
    """Raise the configuration's version where rules have begun; return for how many versions."""
    now = context.now()
    return context.database.write(
        lambda connection: announce_rules(Work(connection, now, context.ids, system_caller("")))
    ).result()


def expire(context: JobContext) -> int:
    """Tell subscribers of plans that have ended; return of how many."""
    now = context.now()
    return context.database.write(
        lambda connection: expire_plans(Work(connection, now, context.ids, system_caller("")))
    ).result()


JOBS: Final = (
    Job("rules.announce", _MINUTE_S, announce),
    Job("plans.expire", _MINUTE_S, expire),
)
"""Periodic work of tenants."""
