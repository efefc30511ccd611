"""What anybody may read without a key: the pages of error codes, and what has changed."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts.errors import ErrorCode
from app.service.http.changelog import changelog_feed, changelog_page
from app.service.http.pages import error_index, error_page, unknown_code_page, wants_page
from app.service.kit.problems import ProblemError

_PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}


def public_router() -> APIRouter:
    """Return the public routes."""
    router = APIRouter(tags=["public"])

    @router.get("/errors", responses=_PAGE)
    async def errors(request: Request) -> Response:
        """List all error codes."""
        return error_index(request)

    @router.get("/errors/{code}", responses=_PAGE)
    async def error(request: Request, code: str) -> Response:
        """Explain an error code."""
        if code in ErrorCode.__members__:
            return error_page(request, ErrorCode(code))
        if wants_page(request):
            return unknown_code_page(request)
        raise ProblemError(ErrorCode.NOT_FOUND)

    @router.get("/changelog", responses=_PAGE)
    async def changelog() -> Response:
        """Tell what has changed for integrators."""
        return changelog_page()

    @router.get("/changelog.rss", responses={200: {"content": {"application/rss+xml": {}}}})
    async def feed(request: Request) -> Response:
        """Tell the same as an RSS feed."""
        return changelog_feed(str(request.base_url))

    return router
