"""The explicit table of all periodic jobs; each noun lists its own in its `tasks` module."""

from typing import Final

from app.service.gift_cards import tasks as gift_cards
from app.service.guests import tasks as guests
from app.service.jobs.job import Job
from app.service.kit import tasks as kit
from app.service.loyalty import tasks as loyalty
from app.service.plugins import tasks as plugins
from app.service.tenants import tasks as tenants

JOBS: Final[tuple[Job, ...]] = (
    *loyalty.JOBS,
    *kit.JOBS,
    *guests.JOBS,
    *plugins.JOBS,
    *tenants.JOBS,
    *gift_cards.JOBS,
)
