"""The application of one of several worker processes, which know the database by the environment."""

import os
from typing import Final

from fastapi import FastAPI

from app.service.http.app import create_app
from app.service.settings import ServiceSettings

DATABASE_VARIABLE: Final = "MAXLOYALTY_DATABASE_URL"


def make_worker_app() -> FastAPI:
    """Make the application for a worker; called by the server in the worker's process."""
    return create_app(ServiceSettings(database_url=os.environ[DATABASE_VARIABLE]))
