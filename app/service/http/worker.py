"""The application of one of several worker processes, which know everything by the environment."""

import os

from fastapi import FastAPI

from app.service.http.app import create_app
from app.service.operation.environment import DATABASE_VARIABLE, read_settings
from app.service.operation.logs import set_up_logs
from app.service.operation.process import settle_process


def make_worker_app() -> FastAPI:
    """Make the application for a worker; called by the server in the worker's process."""
    settings = read_settings(os.environ[DATABASE_VARIABLE])
    set_up_logs(settings.log_level, settings.log_format)
    app = create_app(settings)
    settle_process()
    return app
