"""The daily deletion by schedule."""

from typing import Final

from app.service.jobs.job import Job
from app.service.privacy.retention import apply_retention

_DAY_S: Final = 86_400

JOBS: Final = (Job("privacy.retention", _DAY_S, apply_retention),)
