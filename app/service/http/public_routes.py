"""What anybody may ask without a key: the pages of error codes."""

from fastapi import APIRouter, Response

from app.contracts.errors import ErrorCode
from app.service.http.answering import error_page
from app.service.kit.problems import ProblemError


def public_router() -> APIRouter:
    """Return the public routes."""
    router = APIRouter(tags=["public"])

    @router.get("/errors/{code}")
    async def error(code: str) -> Response:
        """Explain an error code."""
        try:
            return error_page(ErrorCode(code))
        except ValueError as unknown:
            raise ProblemError(ErrorCode.NOT_FOUND) from unknown

    return router
