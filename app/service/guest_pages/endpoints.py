"""Codes of guests for apps, links to guests' pages, and the pages themselves."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.contracts import guest_pages as wire
from app.contracts.errors import ErrorCode
from app.contracts.guests import GuestQrResponse
from app.service.guest_pages.links import PAGE, find_link, make_link, revoke_links, with_token
from app.service.guest_pages.page import (
    ASSETS,
    asset,
    page_card,
    qr_png,
    qr_svg,
    render_gone,
    render_page,
)
from app.service.guest_pages.texts import pick_language
from app.service.guests.dynamic_qr import issue_qr
from app.service.http.answering import JSON, body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.permissions import Permission, Scope
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work, whole_millis

_READ: Final = by_key_or_staff(Scope.GUESTS_READ, Permission.GUESTS_READ)
_WRITE: Final = by_key_or_staff(Scope.GUESTS_WRITE, Permission.GUESTS_WRITE)
_SVG, _PNG = "image/svg+xml", "image/png"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def guest_page_router(runtime: Runtime) -> APIRouter:
    """Return the routes of guests' codes, links and pages, bound to a running service."""
    router = APIRouter()
    _add_codes(router, runtime)
    _add_links(router, runtime)
    _add_pages(router, runtime)
    return router


def _add_codes(router: APIRouter, runtime: Runtime) -> None:
    pictures: dict[str, dict[str, object]] = {_SVG: {}, _PNG: {}}

    @router.get(
        "/api/v1/guests/{guest_id}/qr",
        tags=["guests"],
        responses={200: {"model": GuestQrResponse, "content": pictures}},
    )
    async def guest_qr(request: Request, guest_id: str) -> Response:
        """Make a fresh code for the guest's phone: valid five minutes, accepted once.

        JSON, or a picture if `Accept` prefers `image/svg+xml` or `image/png`.
        """
        issued = await runtime.read(request, _READ, lambda work: issue_qr(work, guest_id))
        return _in_form(issued, preferred_form(request.headers.get("accept", "")))


def preferred_form(accepted: str) -> str:
    """Return which of our three forms an Accept header likes best; JSON if none is named."""
    best, weight = JSON, 0.0
    for part in accepted.split(",")[:20]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        form = _SVG if name == "image/*" else name
        quality = next((said[2:] for said in parameters if said.startswith("q=")), "1")
        value = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
        if form in (JSON, _SVG, _PNG) and value > weight:
            best, weight = form, value
    return best


def _in_form(issued: GuestQrResponse, form: str) -> Response:
    headers = {**_NO_STORE, "Vary": "Accept"}
    if form == JSON:
        return json_answer(issued, headers)
    headers["X-Expires-At"] = issued.to_wire()["expiresAt"]
    picture = qr_png(issued.qr) if form == _PNG else qr_svg(issued.qr).encode()
    return Response(picture, media_type=form, headers=headers)


def _add_links(router: APIRouter, runtime: Runtime) -> None:
    base = "/api/v1/guests/{guest_id}/qr-link"
    stopped: dict[int | str, dict[str, object]] = {200: {"model": wire.GuestLinksRevoked}}

    @router.post(
        base,
        tags=["guests"],
        responses={200: {"model": wire.GuestLinkMade}},
        openapi_extra=body_description(wire.MakeGuestLinkRequest),
    )
    async def qr_link(request: Request, guest_id: str) -> Response:
        """Make a link to the page that shows the guest's card; its address is told here only."""
        made = await change(
            runtime,
            request,
            _WRITE,
            wire.MakeGuestLinkRequest,
            wire.GuestLinkMade,
            lambda work, message: make_link(work, guest_id, message),
        )
        address = str(request.base_url)
        # Kept with the idempotency key is the answer without the token.
        whole = await runtime.read(request, _WRITE, lambda work: with_token(work, made, address))
        return json_answer(whole, _NO_STORE)

    async def revoke(request: Request, guest_id: str, link_id: str | None) -> Response:
        return json_answer(
            await change(
                runtime,
                request,
                _WRITE,
                Nothing,
                wire.GuestLinksRevoked,
                lambda work, _: revoke_links(work, guest_id, link_id),
            )
        )

    @router.delete(base, tags=["guests"], responses=stopped)
    async def revoke_all(request: Request, guest_id: str) -> Response:
        """Stop all links to the guest's page."""
        return await revoke(request, guest_id, None)

    @router.delete(f"{base}/{{link_id}}", tags=["guests"], responses=stopped)
    async def revoke_one(request: Request, guest_id: str, link_id: str) -> Response:
        """Stop one link to the guest's page."""
        return await revoke(request, guest_id, link_id)


def _add_pages(router: APIRouter, runtime: Runtime) -> None:
    @router.get(f"/{PAGE}/assets/{{name}}", include_in_schema=False)
    async def page_asset(name: str) -> Response:
        """Give a file that the page loads."""
        if name not in ASSETS:
            raise ProblemError(ErrorCode.NOT_FOUND)
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(asset(name), media_type=ASSETS[name], headers=headers)

    @router.get(
        f"/{PAGE}/{{token}}",
        tags=["public"],
        response_class=HTMLResponse,
        responses={404: {"description": "The link is over", "content": {"text/html": {}}}},
    )
    async def guest_page(request: Request, token: str) -> Response:
        """Show a guest his card with a fresh code."""
        language = pick_language(request.headers.get("accept-language", ""))
        card = await _card(runtime, token, language)
        if card is None:
            return HTMLResponse(render_gone(language), 404, headers=_PAGE_HEADERS)
        headers = {**_PAGE_HEADERS, "Content-Language": language}
        return HTMLResponse(render_page(card, language), headers=headers)

    @router.get(
        f"/{PAGE}/{{token}}/card", tags=["public"], responses={200: {"model": wire.GuestPageCard}}
    )
    async def guest_page_card(request: Request, token: str) -> Response:
        """Give the page what it shows, with a fresh code."""
        language = pick_language(request.headers.get("accept-language", ""))
        card = await _card(runtime, token, language)
        if card is None:
            raise ProblemError(ErrorCode.NOT_FOUND)
        return json_answer(card, {**_NO_STORE, "Vary": "Accept-Language"})


async def _card(runtime: Runtime, token: str, language: str) -> wire.GuestPageCard | None:
    def act(connection: Connection) -> wire.GuestPageCard | None:
        now = whole_millis(runtime.clock.now())
        link = find_link(connection, token, now)
        if link is None:
            return None
        caller = Caller(link.tenant_id, link.installation_id, "guest", None, None)
        try:
            return page_card(Work(connection, now, runtime.ids, caller), link, language)
        except ProblemError:
            return None  # the guest was deleted: for whoever holds the link it is the same

    return await asyncio.wrap_future(runtime.database.read(act))
