"""The explicit table of all periodic jobs; each noun lists its own in its `tasks` module."""

from typing import Final

from app.service.auth import tasks as auth
from app.service.exports import tasks as exports
from app.service.gift_cards import tasks as gift_cards
from app.service.guests import tasks as guests
from app.service.jobs.job import Job
from app.service.kit import tasks as kit
from app.service.limits import tasks as limits
from app.service.loyalty import tasks as loyalty
from app.service.plugins import tasks as plugins
from app.service.privacy import tasks as privacy
from app.service.promotions import tasks as promotions
from app.service.requests import tasks as requests
from app.service.tenants import tasks as tenants
from app.service.webhooks import tasks as webhooks

JOBS: Final[tuple[Job, ...]] = (
    *loyalty.JOBS,
    *kit.JOBS,
    *guests.JOBS,
    *plugins.JOBS,
    *tenants.JOBS,
    *limits.JOBS,
    *requests.JOBS,
    *gift_cards.JOBS,
    *promotions.JOBS,
    *webhooks.JOBS,
    *exports.JOBS,
    *auth.JOBS,
    *privacy.JOBS,
)
