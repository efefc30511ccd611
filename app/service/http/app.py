"""The application: routes, the edge that gives each request an id, problems for everything that fails.

Order of a request: the edge gives it an id; the key is looked up; the body is read within its limit,
parsed strictly and checked; the use case runs in one transaction; the answer leaves after the commit.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from app.contracts import sync
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.kernel.clock import Clock, SystemClock
from app.kernel.ids import Ids, SystemIds
from app.kernel.version import VERSION
from app.service.api_keys.endpoints import api_key_router
from app.service.audit_log.endpoints import audit_router
from app.service.auth.endpoints import auth_router
from app.service.auth.invitation_endpoints import invitation_router
from app.service.auth.totp_endpoints import totp_router
from app.service.db.database import Database, open_database
from app.service.docs.endpoints import docs_router
from app.service.exports.endpoints import export_router
from app.service.gift_cards.endpoints import gift_card_router
from app.service.guessing.endpoints import guessing_router
from app.service.guest_pages.endpoints import guest_page_router
from app.service.guests.endpoints import guests_router
from app.service.http.answering import problem_answer
from app.service.http.calls import CARD_CODES_CALL, PLUGIN_CALLS
from app.service.http.deprecations import Deprecations
from app.service.http.description import describe_requests
from app.service.http.edge import Edge
from app.service.http.plugin_routes import plugin_router, straight_endpoints
from app.service.http.pos_routes import pos_router
from app.service.http.public_routes import public_router
from app.service.http.runtime import Runtime
from app.service.http.straight import StraightApp
from app.service.jobs.job import JobContext
from app.service.jobs.runner import JobRunner
from app.service.jobs.table import JOBS
from app.service.kit.problems import ProblemError
from app.service.limits.building import Limiting
from app.service.loyalty.adjusting_endpoints import adjusting_router
from app.service.loyalty.endpoints import transactions_router
from app.service.operation.endpoints import Figures, MetricsDoor, operation_router
from app.service.operation.logs import AccessLog
from app.service.operation.metrics import ServiceMetrics
from app.service.operation.observer import Observer
from app.service.plugins.admin_endpoints import BODIES as PLUGIN_ADMIN_BODIES
from app.service.plugins.admin_endpoints import plugin_admin_router
from app.service.plugins.endpoints import BODIES as PLUGIN_LIFE_BODIES
from app.service.plugins.endpoints import heartbeat_endpoints, plugin_life_router
from app.service.pos_checks.endpoints import pos_check_router
from app.service.privacy.endpoints import privacy_router
from app.service.promotions.endpoints import promotion_router
from app.service.requests.endpoints import requests_router
from app.service.requests.recorder import RequestRecorder
from app.service.settings import ServiceSettings
from app.service.staff.endpoints import staff_router
from app.service.tenants.company_endpoints import tenant_router
from app.service.tenants.endpoints import rules_router
from app.service.tills.endpoints import places_router
from app.service.webhooks.dispatcher import DispatcherThread
from app.service.webhooks.endpoints import webhook_router

_log = logging.getLogger(__name__)

# Bodies that are described by a table and not where they are read.
_OTHER_BODIES: Final[tuple[type[WireModel], ...]] = (
    *(call.request for call in (*PLUGIN_CALLS, CARD_CODES_CALL)),
    sync.SyncBatchRequest,
    *sync.PAYLOADS.values(),
    *PLUGIN_LIFE_BODIES,
    *PLUGIN_ADMIN_BODIES,
)
_STATUS_CODES = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.METHOD_NOT_ALLOWED}


def create_app(
    settings: ServiceSettings,
    clock: Clock | None = None,
    ids: Ids | None = None,
    database: Database | None = None,
) -> FastAPI:
    """Make the application; its database is open until the lifespan ends.

    Args:
        settings: What the process was started with.
        clock: The machine's if left out.
        ids: Drawn from the machine's randomness if left out.
        database: Opened by the URL in the settings if left out.
    """
    clock = clock or SystemClock()
    ids = ids or SystemIds(clock)
    database = database or open_database(settings.database_url)
    limiting = Limiting(clock, settings.rate_limit_url)
    limits = limiting.limits if settings.limits_rates else None
    runtime = Runtime(database, clock, ids, limits)
    recorder = RequestRecorder(runtime.database) if settings.logs_requests else None
    deprecations = Deprecations()
    metrics = ServiceMetrics()
    figures = Figures(runtime, metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        runner = JobRunner(JobContext(runtime.database, clock, ids), JOBS)
        dispatcher = DispatcherThread(runtime.database, clock, ids, settings.webhook_targets)
        if settings.runs_jobs:
            runner.start()
            dispatcher.start()
        limiting.start(database.url)
        sampling = asyncio.create_task(figures.sample_always())
        if recorder is not None:
            recorder.start()
        try:
            yield
        finally:
            sampling.cancel()
            dispatcher.stop()
            runner.stop()
            limiting.stop()
            if recorder is not None:
                recorder.stop()
            runtime.database.close()

    app = StraightApp(
        title="Max Loyalty",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    _include_routers(app, runtime, settings)
    door = MetricsDoor(settings.metrics_token, settings.metrics_networks)
    app.include_router(operation_router(runtime, figures, door))
    app.state.runtime = runtime
    app.state.recorder = recorder
    _handle_failures(app, clock)
    describe_requests(app, _OTHER_BODIES, deprecations)
    edge: dict[str, Any] = {
        "clock": clock,
        "ids": ids,
        "limits": limits,
        "recorder": recorder,
        "deprecations": deprecations,
    }
    around: dict[str, Any] = {
        "clock": clock,
        "metrics": metrics,
        "access": AccessLog(settings.access_log_share),
    }
    app.add_middleware(Edge, **edge)
    app.add_middleware(Observer, **around)
    app.go_straight(
        heartbeat_endpoints(runtime) | straight_endpoints(runtime),
        lambda inner: Observer(Edge(inner, **edge), **around),
    )
    return app


def _include_routers(app: FastAPI, runtime: Runtime, settings: ServiceSettings) -> None:
    """Name every router of the service."""
    app.include_router(plugin_router(runtime))
    app.include_router(plugin_life_router(runtime, settings.plugin_files))
    app.include_router(plugin_admin_router(runtime, settings.plugin_files))
    app.include_router(pos_router(runtime))
    app.include_router(guest_page_router(runtime))
    app.include_router(guests_router(runtime))
    app.include_router(transactions_router(runtime))
    app.include_router(adjusting_router(runtime))
    app.include_router(rules_router(runtime))
    app.include_router(requests_router(runtime))
    app.include_router(gift_card_router(runtime))
    app.include_router(promotion_router(runtime))
    app.include_router(auth_router(runtime))
    app.include_router(totp_router(runtime))
    app.include_router(invitation_router(runtime))
    app.include_router(api_key_router(runtime))
    app.include_router(tenant_router(runtime))
    app.include_router(privacy_router(runtime))
    app.include_router(places_router(runtime))
    app.include_router(staff_router(runtime))
    app.include_router(audit_router(runtime))
    app.include_router(guessing_router(runtime))
    app.include_router(webhook_router(runtime, settings.webhook_targets))
    app.include_router(export_router(runtime))
    app.include_router(pos_check_router(runtime))
    app.include_router(public_router())
    app.include_router(docs_router())


def database_of(app: FastAPI) -> Database:
    """Return the database of an application."""
    runtime = app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime.database


def _handle_failures(app: FastAPI, clock: Clock) -> None:
    @app.exception_handler(ProblemError)
    async def refused(request: Request, error: ProblemError) -> Response:
        return problem_answer(request, clock, error)

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        code = _STATUS_CODES.get(error.status_code, ErrorCode.NOT_FOUND)
        headers = dict(error.headers) if error.headers else None
        return problem_answer(request, clock, ProblemError(code), headers)

    @app.exception_handler(OperationalError)
    async def unavailable(request: Request, error: OperationalError) -> Response:
        _log.error("the database does not answer: %s", error)
        problem = ProblemError(ErrorCode.SERVICE_UNAVAILABLE)
        return problem_answer(request, clock, problem, {"Retry-After": "1"})
