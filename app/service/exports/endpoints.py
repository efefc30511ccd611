"""Bulk exports under `/api/v1/exports`; the file itself by a signed link without a key."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.contracts.exports import (
    CreateExportRequest,
    ExportFormat,
    ExportKind,
    ExportState,
    ExportView,
)
from app.contracts.lists import ListAnswer
from app.service.exports.kinds import ANY_EXPORT
from app.service.exports.models import exports
from app.service.exports.repository import read_piece
from app.service.exports.service import (
    ExportFile,
    create_export,
    export_view,
    get_export,
    open_link,
)
from app.service.exports.writers import MEDIA_TYPES
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import anyone
from app.service.kit.lists import ListColumn, Listing, Row, dated_column
from app.service.kit.work import Work

_NO_STORE: Final = {"Cache-Control": "no-store"}


def _views(_work: Work, rows: Sequence[Row]) -> list[ExportView]:
    return [export_view(row) for row in rows]


EXPORTS: Final = Listing(
    name="exports",
    model=ExportView,
    statement=sa.select(exports),
    tenant=exports.c.tenant_id,
    identity=exports.c.id,
    sort="createdAt",
    views=_views,
    columns=(
        dated_column("createdAt", exports.c.created_at),
        ListColumn(
            name="kind",
            column=exports.c.kind,
            filters=True,
            choices=tuple(kind.value for kind in ExportKind),
        ),
        ListColumn(
            name="format",
            column=exports.c.format,
            filters=True,
            choices=tuple(form.value for form in ExportFormat),
        ),
        ListColumn(
            name="state",
            column=exports.c.state,
            filters=True,
            choices=tuple(state.value for state in ExportState),
        ),
    ),
)
"""The exports of a company."""


def export_router(runtime: Runtime) -> APIRouter:
    """Return the routes of exports, bound to a running service."""
    router = APIRouter(prefix="/api/v1/exports", tags=["exports"])
    _add_jobs(router, runtime)
    _add_file(router, runtime)
    return router


def _add_jobs(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "",
        responses={200: {"model": ListAnswer[ExportView]}},
        openapi_extra=list_description(EXPORTS),
    )
    async def list_exports(request: Request) -> Response:
        """List the jobs, newest first, without links."""
        return await list_answer(runtime, request, ANY_EXPORT, EXPORTS)

    @router.post(
        "",
        status_code=202,
        responses={202: {"model": ExportView}},
        openapi_extra=body_description(CreateExportRequest),
    )
    async def create(request: Request) -> Response:
        """Order a file of everything of a kind; ask for the job until it is READY."""
        made = await change(
            runtime,
            request,
            ANY_EXPORT.after_plan(),
            CreateExportRequest,
            ExportView,
            create_export,
        )
        return json_answer(made, {"Location": f"/api/v1/exports/{made.id}"}, status=202)

    @router.get("/{export_id}", responses={200: {"model": ExportView}})
    async def export(request: Request, export_id: str) -> Response:
        """Read a job; READY comes with a link that opens without a key for one hour."""
        address = str(request.base_url).rstrip("/")
        found = await runtime.read(
            request, ANY_EXPORT, lambda work: get_export(work, export_id, address)
        )
        return json_answer(found, _NO_STORE)


def _add_file(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/{export_id}/file",
        response_class=Response,
        responses={200: {"content": {media: {} for media in MEDIA_TYPES.values()}}},
    )
    async def file(
        request: Request, export_id: str, expires: str = "", signature: str = ""
    ) -> Response:
        """Give the file out; the link is the only key."""
        found = await runtime.read(
            request,
            anyone(),
            lambda work: open_link(work.connection, work.now, export_id, expires, signature),
        )
        name = (
            f"{found.kind.value.lower()}-{found.created_at:%Y-%m-%d}.{found.format.value.lower()}"
        )
        headers = _NO_STORE | {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(found.byte_count),
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(
            _pieces(runtime, found), headers=headers, media_type=MEDIA_TYPES[found.format]
        )


async def _pieces(runtime: Runtime, file: ExportFile) -> AsyncIterator[bytes]:
    sent = seq = 0
    while sent < file.byte_count:
        number = seq
        piece = await asyncio.wrap_future(
            runtime.database.read(
                lambda connection: read_piece(connection, file.export_id, file.token, number)  # noqa: B023 - awaited before it changes
            )
        )
        if piece is None:
            # Deleted while it is read: a short answer is an error that every client sees.
            return
        yield piece
        sent, seq = sent + len(piece), seq + 1
