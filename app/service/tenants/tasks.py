"""What happens by schedule: tills learn of rules that have begun."""

from typing import Final

from app.service.audit_log.service import system_caller
from app.service.jobs.job import Job, JobContext
from app.service.kit.work import Work
from app.service.tenants.rules import announce_rules

_MINUTE_S = 60


def announce(context: JobContext) -> int:
    """Raise the configuration's version where rules have begun; return for how many versions."""
    now = context.now()
    return context.database.write(
        lambda connection: announce_rules(Work(connection, now, context.ids, system_caller("")))
    ).result()


JOBS: Final = (Job("rules.announce", _MINUTE_S, announce),)
"""Periodic work of tenants."""
