"""What anybody may ask without a key: health, readiness, and the pages of error codes."""

import asyncio

import sqlalchemy as sa
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.db.migrate import current_revision, newest_revision
from app.service.http.answering import error_page
from app.service.http.runtime import Runtime
from app.service.kit.problems import ProblemError


def public_router(runtime: Runtime) -> APIRouter:
    """Return the public routes, bound to a running service."""
    router = APIRouter(tags=["public"])
    newest = newest_revision()

    @router.get("/healthz")
    async def healthz() -> Response:
        """Tell that the process lives."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def readyz() -> Response:
        """Tell whether the database answers and is of the right revision."""
        try:
            revision = await asyncio.wrap_future(runtime.database.read(_revision))
        except sa.exc.SQLAlchemyError:
            return JSONResponse({"status": "unavailable", "database": "no answer"}, 503)
        if revision != newest:
            return JSONResponse({"status": "unavailable", "migrations": "pending"}, 503)
        return JSONResponse({"status": "ok", "revision": revision})

    @router.get("/errors/{code}")
    async def error(code: str) -> Response:
        """Explain an error code."""
        try:
            return error_page(ErrorCode(code))
        except ValueError as unknown:
            raise ProblemError(ErrorCode.NOT_FOUND) from unknown

    return router


def _revision(connection: Connection) -> str | None:
    connection.execute(sa.text("SELECT 1"))
    return current_revision(connection)
