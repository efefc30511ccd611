"""The calls by which tills and plugins live (A24): the same for each kind of installation.

Beside these, the loyalty calls are in the table of `app.service.http.calls`.
"""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from app.contracts import plugin_life as wire
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.service.http.answering import UNCHANGED, body_description, json_answer, told_answer
from app.service.http.calls import KINDS, Call
from app.service.http.runtime import Runtime
from app.service.http.straight import Endpoint
from app.service.kit.idempotency import run_once
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work
from app.service.plugins.command_queue import acknowledge
from app.service.plugins.configuring import get_plugin_config
from app.service.plugins.connecting import first_connect
from app.service.plugins.files import VersionFiles
from app.service.plugins.heartbeats import Heartbeats
from app.service.plugins.identity import read_identity
from app.service.plugins.log_pieces import keep_piece, read_piece
from app.service.plugins.metric_points import take_metrics
from app.service.plugins.updating import (
    LINK_PATH,
    latest_version,
    make_link,
    open_link,
    report_result,
)

T = TypeVar("T")

BODIES: Final[tuple[type[WireModel], ...]] = (
    wire.HeartbeatRequest,
    wire.CommandAckRequest,
    wire.DownloadUrlRequest,
    wire.MetricsRequest,
    wire.FirstConnectRequest,
    wire.UpdateResultRequest,
)
"""The bodies that are read here, for the description."""

_CALLS: Final = (
    Call(
        "metrics",
        wire.MetricsRequest,
        wire.MetricsResponse,
        take_metrics,
        "Send a batch of measured points",
    ),
    Call(
        "first-connect",
        wire.FirstConnectRequest,
        wire.FirstConnectResponse,
        first_connect,
        "Bind the key to this machine",
    ),
    Call(
        "report-update-result",
        wire.UpdateResultRequest,
        wire.UpdateResultResponse,
        report_result,
        "Tell how an update went",
    ),
)
_LOG_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["lines"],
                    "properties": {"lines": {"type": "array", "items": {"type": "string"}}},
                }
            },
        },
    },
    "parameters": [
        {
            "name": "commandId",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "maxLength": 100},
        }
    ],
}


def plugin_life_router(runtime: Runtime, files_folder: Callable[[], Path]) -> APIRouter:
    """Return the routes, bound to a running service.

    Args:
        runtime: The service.
        files_folder: Tells where the installers of published versions are.
    """
    router = APIRouter()
    heartbeats = Heartbeats(runtime.database, runtime.clock)
    for kind in KINDS:
        router.include_router(_kind_router(runtime, kind, heartbeats))
    router.include_router(_download_router(runtime, VersionFiles(files_folder)))
    return router


def _kind_router(runtime: Runtime, kind: str, heartbeats: Heartbeats) -> APIRouter:
    router = APIRouter(prefix=f"/api/pos-integration/{kind}", tags=[kind])
    _add_heartbeat(router, runtime, kind, heartbeats)
    for call in _CALLS:
        _add_call(router, runtime, kind, call)
    _add_ack(router, runtime, kind)
    _add_reading(router, runtime, kind)
    _add_download_url(router, runtime, kind)
    _add_upload_logs(router, runtime, kind)
    return router


def _named(kind: str, name: str, answer: type[WireModel]) -> dict[str, Any]:
    told = f"{kind}-{name}"
    return {"name": told, "operation_id": told, "responses": {200: {"model": answer}}}


def heartbeat_endpoints(runtime: Runtime) -> dict[str, Endpoint]:
    """Return what answers heartbeats, by path."""
    heartbeats = Heartbeats(runtime.database, runtime.clock)
    return {
        f"/api/pos-integration/{kind}/heartbeat": _heartbeat(runtime, kind, heartbeats)
        for kind in KINDS
    }


def _heartbeat(runtime: Runtime, kind: str, heartbeats: Heartbeats) -> Endpoint:
    async def heartbeat(request: Request) -> Response:
        """Tell how the installation is; hear what it is to do."""
        secret = request.headers.get("x-api-key")
        if not secret:
            raise ProblemError(ErrorCode.INVALID_API_KEY)
        body = await read_body(request)
        try:
            message = read_model(wire.HeartbeatRequest, body)
        except ProblemError as problem:
            await _check_key_first(runtime, request, kind)
            raise problem from None
        identity = read_identity(request.headers)
        heard = await heartbeats.take(kind, secret, identity, message)
        runtime.count(request, heard.caller)
        return json_answer(heard.answer)

    return heartbeat


def _add_heartbeat(router: APIRouter, runtime: Runtime, kind: str, heartbeats: Heartbeats) -> None:
    router.add_api_route(
        "/heartbeat",
        _heartbeat(runtime, kind, heartbeats),
        methods=["POST"],
        **_named(kind, "heartbeat", wire.HeartbeatResponse),
        openapi_extra=body_description(wire.HeartbeatRequest),
    )


async def _check_key_first(runtime: Runtime, request: Request, kind: str) -> None:
    """Refuse a stranger before his body is judged."""
    await runtime.read(request, kind, lambda _work: None)


def _add_call(router: APIRouter, runtime: Runtime, kind: str, call: Call) -> None:
    async def endpoint(request: Request) -> Response:
        return told_answer(await runtime.run(request, kind, call))

    router.add_api_route(
        f"/{call.name}",
        endpoint,
        methods=[call.method],
        summary=call.summary,
        openapi_extra=body_description(call.request),
        **_named(kind, call.name, call.answer),
    )


def _add_ack(router: APIRouter, runtime: Runtime, kind: str) -> None:
    @router.post(
        "/commands/{command_id}/ack",
        **_named(kind, "command-ack", wire.CommandAckResponse),
        openapi_extra=body_description(wire.CommandAckRequest),
    )
    async def ack(request: Request, command_id: str) -> Response:
        """Answer a command: understood, done, or failed."""
        call = Call(
            f"command-ack/{command_id}",
            wire.CommandAckRequest,
            wire.CommandAckResponse,
            lambda work, message: acknowledge(work, command_id, message),
            "",
        )
        return told_answer(await runtime.run(request, kind, call))


def _add_reading(router: APIRouter, runtime: Runtime, kind: str) -> None:
    told = _named(kind, "config", wire.PluginConfigResponse)
    told["responses"] |= UNCHANGED

    @router.get("/config", **told)
    async def config(request: Request) -> Response:
        """Give the configuration, or 304 if the installation has it already."""
        answer = await runtime.read(request, kind, get_plugin_config)
        tag = f'"{hashlib.sha256(answer.to_wire_json().encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        known = request.headers.get("if-none-match", "")
        if tag in {name.strip().removeprefix("W/") for name in known.split(",")}:
            return Response(status_code=304, headers=headers)
        return json_answer(answer, headers)

    @router.get("/latest-version", **_named(kind, "latest-version", wire.LatestVersionResponse))
    async def latest(request: Request) -> Response:
        """Tell the version that this installation should go to."""
        told = read_identity(request.headers).plugin_version
        return json_answer(
            await runtime.read(request, kind, lambda work: latest_version(work, told))
        )


def _add_download_url(router: APIRouter, runtime: Runtime, kind: str) -> None:
    @router.post(
        "/generate-download-url",
        **_named(kind, "generate-download-url", wire.DownloadUrlResponse),
        openapi_extra=body_description(wire.DownloadUrlRequest),
    )
    async def generate(request: Request) -> Response:
        """Give a link to a version's file, for this installation and an hour."""
        body = await read_body(request)
        told = read_identity(request.headers).plugin_version

        def act(work: Work) -> wire.DownloadUrlResponse:
            message = read_model(wire.DownloadUrlRequest, body or b"{}")
            return make_link(work, message, str(request.base_url), told)

        return json_answer(await runtime.read(request, kind, act))


def _add_upload_logs(router: APIRouter, runtime: Runtime, kind: str) -> None:
    @router.post(
        "/upload-logs",
        **_named(kind, "upload-logs", wire.UploadLogsResponse),
        openapi_extra=_LOG_BODY,
    )
    async def upload(request: Request) -> Response:
        """Keep the end of a log: text or JSON lines, plain or gzip; personal data is masked."""
        await _check_key_first(runtime, request, kind)
        body = await read_body(request)
        headers = request.headers
        # Unfolding and masking take a while: the loop goes on meanwhile.
        piece = await asyncio.to_thread(
            read_piece,
            body,
            headers.get("content-encoding", ""),
            headers.get("content-type", ""),
        )
        key, command_id = read_key(request), request.query_params.get("commandId")
        mark = hashlib.sha256(f"upload-logs\n{command_id}\n".encode() + body).hexdigest()

        def act(work: Work) -> wire.UploadLogsResponse:
            return run_once(
                work,
                key,
                mark,
                wire.UploadLogsResponse,
                lambda: keep_piece(work, piece, command_id),
            )

        return json_answer(await runtime.write(request, kind, act))


def _download_router(runtime: Runtime, files: VersionFiles) -> APIRouter:
    router = APIRouter(tags=["downloads"])

    @router.get(
        LINK_PATH + "{word}",
        name="plugin-download",
        response_class=FileResponse,
        responses={
            200: {"content": {"application/octet-stream": {}}},
            206: {
                "description": "The part that `Range` asks for",
                "content": {"application/octet-stream": {}},
            },
            416: {"description": "`Range` lies outside of the file"},
        },
    )
    async def download(word: str) -> Response:
        """Give the file behind a link; parts of it may be asked for."""
        now = runtime.clock.now()
        found = await asyncio.wrap_future(
            runtime.database.read(lambda connection: open_link(connection, word, now))
        )
        path = files.find(found.tenant_id, found.sha256)
        if path is None:
            raise ProblemError(ErrorCode.VERSION_FILE_MISSING)
        return FileResponse(
            path,
            filename=found.file_name,
            media_type="application/octet-stream",
            headers={"Cache-Control": "private, no-store", "X-Checksum-Sha256": found.sha256},
        )

    return router
