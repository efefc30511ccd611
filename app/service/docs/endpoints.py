"""The documentation as the service serves it: open to everybody, without anything from elsewhere."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts.errors import ErrorCode
from app.kernel.resources import resource_path
from app.service.docs.assets import asset_answer, asset_path
from app.service.docs.guides import guide_names, read_guide
from app.service.docs.pages import events_page, explorer_page, guide_page, index_page
from app.service.docs.snapshot import POSTMAN
from app.service.http.answering import JSON
from app.service.kit.problems import ProblemError

_PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}


def docs_router() -> APIRouter:
    """Return the routes of the documentation."""
    router = APIRouter(prefix="/docs", tags=["public"])

    @router.get("", responses=_PAGE, include_in_schema=False)
    async def explorer() -> Response:
        """Show every call, to read and to try."""
        return explorer_page()

    @router.get("/assets/{name}", include_in_schema=False)
    async def asset(request: Request, name: str) -> Response:
        """Give a file that the pages load."""
        asset_path(name)
        return asset_answer(request, name)

    @router.get("/guides", include_in_schema=False)
    async def guides() -> Response:
        """List the guides."""
        return index_page()

    @router.get("/guides/{name}", include_in_schema=False)
    async def guide(name: str) -> Response:
        """Show a guide."""
        if name not in guide_names():
            raise ProblemError(ErrorCode.NOT_FOUND)
        return guide_page(read_guide(name))

    @router.get("/events", include_in_schema=False)
    async def events() -> Response:
        """List the types of events."""
        return events_page()

    @router.get("/postman_collection.json", include_in_schema=False)
    async def postman() -> Response:
        """Give the collection for Postman."""
        return Response(resource_path(*POSTMAN).read_bytes(), media_type=JSON)

    return router
