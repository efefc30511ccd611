"""Administration of installations and versions for people, and for programs with the scope `admin`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from fastapi import APIRouter, Request, Response

from app.contracts import plugin_admin as wire
from app.contracts.base import WireModel
from app.contracts.lists import ListAnswer
from app.contracts.plugin_life import UiSettings
from app.service.http.answering import body_description, json_answer
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.idempotency import fingerprint, run_once
from app.service.kit.permissions import Permission, Scope
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work
from app.service.plugins import administering, publishing
from app.service.plugins.files import VersionFiles
from app.service.plugins.log_pieces import read_log
from app.service.plugins.watching import INSTALLATIONS, installation_details

T = TypeVar("T", bound=WireModel)

# Updates and stolen machines do not wait for a plan.
_MANAGE: Final = by_key_or_staff(Scope.ADMIN, Permission.PLUGINS_MANAGE).after_plan()
_NO_STORE: Final = {"Cache-Control": "no-store"}
_INSTALLATIONS: Final = "/api/admin/plugin-installations"
_VERSIONS: Final = "/api/admin/plugin-versions"


class _Change(NamedTuple):
    """A changing call on something named in the path."""

    path: str
    name: str
    request: type[WireModel]
    answer: type[WireModel]
    act: Callable[[Work, str, Any], Any]
    method: str = "POST"


_CHANGES: Final = (
    _Change(
        f"{_INSTALLATIONS}/{{subject}}/revoke",
        "revoke-installation",
        wire.RevokeRequest,
        wire.RevokeResponse,
        administering.revoke,
    ),
    _Change(
        f"{_INSTALLATIONS}/{{subject}}/commands",
        "queue-command",
        wire.CommandRequest,
        wire.CommandQueuedResponse,
        administering.queue_command,
    ),
    _Change(
        f"{_INSTALLATIONS}/{{subject}}/force-update",
        "force-update",
        wire.ForceUpdateRequest,
        wire.CommandQueuedResponse,
        administering.force_update,
    ),
    _Change(
        f"{_INSTALLATIONS}/{{subject}}/ui-settings",
        "put-ui-settings",
        UiSettings,
        wire.UiSettingsResponse,
        administering.put_settings,
        "PUT",
    ),
    _Change(
        _VERSIONS,
        "create-plugin-version",
        wire.CreateVersionRequest,
        wire.VersionResponse,
        lambda work, _subject, message: publishing.create_version(work, message),
    ),
    _Change(
        f"{_VERSIONS}/{{subject}}/publish",
        "publish-plugin-version",
        wire.PublishRequest,
        wire.VersionResponse,
        publishing.publish,
    ),
    _Change(
        f"{_VERSIONS}/{{subject}}/withdraw",
        "withdraw-plugin-version",
        wire.EmptyRequest,
        wire.VersionResponse,
        publishing.withdraw,
    ),
)

BODIES: Final[tuple[type[WireModel], ...]] = (
    wire.CreateInstallationRequest,
    *dict.fromkeys(change.request for change in _CHANGES),
)
"""The bodies that are read here, for the description."""


def plugin_admin_router(runtime: Runtime, files_folder: Callable[[], Path]) -> APIRouter:
    """Return the routes, bound to a running service.

    Args:
        runtime: The service.
        files_folder: Tells where the installers of versions are kept.
    """
    router = APIRouter(tags=["admin"])
    for change in _CHANGES:
        _add_change(router, runtime, change)
    _add_keys(router, runtime)
    _add_reading(router, runtime)
    _add_upload(router, runtime, VersionFiles(files_folder))
    return router


def _add_change(router: APIRouter, runtime: Runtime, change: _Change) -> None:
    async def endpoint(request: Request) -> Response:
        return json_answer(await _run(runtime, request, change))

    named = [{"name": "subject", "in": "path", "required": True, "schema": {"type": "string"}}]
    parameters = {"parameters": named} if "{subject}" in change.path else {}
    router.add_api_route(
        change.path,
        endpoint,
        methods=[change.method],
        name=change.name,
        operation_id=change.name,
        responses={200: {"model": change.answer}},
        openapi_extra={**body_description(change.request), **parameters},
    )


async def _run(runtime: Runtime, request: Request, change: _Change) -> WireModel:
    subject = request.path_params.get("subject", "")
    body = await read_body(request)

    def act(work: Work) -> WireModel:
        message, key = read_model(change.request, body or b"{}"), read_key(request)
        mark = fingerprint(f"{change.name}/{subject}", message)
        return run_once(work, key, mark, change.answer, lambda: change.act(work, subject, message))

    return await runtime.write(request, _MANAGE, act)


def _add_keys(router: APIRouter, runtime: Runtime) -> None:
    answers: dict[int | str, dict[str, Any]] = {200: {"model": wire.KeyIssuedResponse}}

    @router.post(
        _INSTALLATIONS,
        name="create-installation",
        operation_id="create-installation",
        responses=answers,
        openapi_extra=body_description(wire.CreateInstallationRequest),
    )
    async def create(request: Request) -> Response:
        """Make an installation; its key is shown this once."""
        body = await read_body(request)

        def act(work: Work) -> wire.KeyIssuedResponse:
            message = read_model(wire.CreateInstallationRequest, body)
            mark = fingerprint("create-installation", message)
            return _with_key(
                work,
                read_key(request),
                mark,
                lambda: administering.create_installation(work, message),
            )

        return json_answer(await runtime.write(request, _MANAGE, act), _NO_STORE)

    @router.post(
        f"{_INSTALLATIONS}/{{installation_id}}/regenerate-key",
        name="regenerate-key",
        operation_id="regenerate-key",
        responses=answers,
    )
    async def regenerate(request: Request, installation_id: str) -> Response:
        """Give an installation a new key, shown this once; the old one works 30 minutes more."""

        def act(work: Work) -> wire.KeyIssuedResponse:
            return _with_key(
                work,
                read_key(request),
                fingerprint(f"regenerate-key/{installation_id}", wire.EmptyRequest()),
                lambda: administering.regenerate_key(work, installation_id),
            )

        return json_answer(await runtime.write(request, _MANAGE, act), _NO_STORE)


def _with_key(
    work: Work, key: str | None, mark: str, make: Callable[[], wire.KeyIssuedResponse]
) -> wire.KeyIssuedResponse:
    """Issue a key once; what is kept for repetitions is without the secret."""
    secret: str | None = None

    def act() -> wire.KeyIssuedResponse:
        nonlocal secret
        issued = make()
        secret = issued.api_key
        return issued.model_copy(update={"api_key": None})

    return run_once(work, key, mark, wire.KeyIssuedResponse, act).model_copy(
        update={"api_key": secret}
    )


def _add_reading(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        _INSTALLATIONS,
        name="list-installations",
        responses={200: {"model": ListAnswer[wire.InstallationView]}},
        openapi_extra=list_description(INSTALLATIONS),
    )
    async def installations(request: Request) -> Response:
        """List the company's tills and plugins with their health."""
        return await list_answer(runtime, request, _MANAGE, INSTALLATIONS)

    @router.get(
        f"{_INSTALLATIONS}/{{installation_id}}",
        name="installation-details",
        responses={200: {"model": wire.InstallationDetails}},
    )
    async def details(request: Request, installation_id: str) -> Response:
        """Give everything about an installation."""
        found = await runtime.read(
            request, _MANAGE, lambda work: installation_details(work, installation_id)
        )
        return json_answer(found)

    @router.get(
        f"{_INSTALLATIONS}/{{installation_id}}/logs/{{log_id}}",
        name="installation-log",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def log(request: Request, installation_id: str, log_id: str) -> Response:
        """Give the text of an uploaded log."""
        text = await runtime.read(
            request, _MANAGE, lambda work: read_log(work, installation_id, log_id)
        )
        return Response(text, media_type="text/plain; charset=utf-8", headers=_NO_STORE)

    @router.get(
        _VERSIONS,
        name="list-plugin-versions",
        responses={200: {"model": ListAnswer[wire.VersionView]}},
        openapi_extra=list_description(publishing.VERSIONS),
    )
    async def versions(request: Request) -> Response:
        """List versions of plugins."""
        return await list_answer(runtime, request, _MANAGE, publishing.VERSIONS)


def _add_upload(router: APIRouter, runtime: Runtime, files: VersionFiles) -> None:
    @router.put(
        f"{_VERSIONS}/{{version_id}}/file",
        name="upload-plugin-version",
        responses={200: {"model": wire.VersionResponse}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
                },
            }
        },
    )
    async def upload(request: Request, version_id: str) -> Response:
        """Take a version's file; size and digest must be as announced."""

        def find(work: Work) -> tuple[str, str, int]:
            row = publishing.get_version_row(work, version_id)
            return work.tenant_id, row.sha256, row.size_bytes

        tenant_id, sha256, size = await runtime.read(request, _MANAGE, find)
        await files.keep(tenant_id, request.stream(), sha256, size, runtime.ids.new())
        return json_answer(
            await runtime.write(
                request, _MANAGE, lambda work: publishing.note_upload(work, version_id)
            )
        )
