"""Answers: messages as JSON, refusals as problem documents."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from app.contracts.base import WireModel
from app.contracts.errors import CATALOGUE, PROBLEM_MEDIA_TYPE, ProblemDetails
from app.kernel.clock import Clock
from app.service.kit.idempotency import Told
from app.service.kit.problems import ProblemError

JSON = "application/json"
UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "Nothing has changed since the `ETag` in `If-None-Match`"}
}
"""What a call that may answer 304 says of it, for its `responses`."""
REQUEST_ID = "maxloyalty.request_id"
STARTED = "maxloyalty.started"
CALLER = "maxloyalty.caller"
ERROR_CODE = "maxloyalty.error_code"


_described: dict[str, type[WireModel]] = {}


def json_answer(
    message: WireModel, headers: dict[str, str] | None = None, status: int = 200
) -> Response:
    """Return a message as an answer."""
    if headers is None:
        return _JsonAnswer(message.to_wire_json().encode(), status)
    return Response(message.to_wire_json(), status, media_type=JSON, headers=headers)


def told_answer(told: Told[WireModel]) -> Response:
    """Return a message as an answer; its JSON is not made twice."""
    text = told.answer.to_wire_json() if told.text is None else told.text
    return _JsonAnswer(text.encode(), 200)


class _JsonAnswer(Response):
    """An answer with nothing but its JSON, which most are: its headers need no making.

    Args:
        body: The JSON.
        status: Of HTTP.
    """

    def __init__(self, body: bytes, status: int) -> None:
        self.body = body
        self.status_code = status
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"application/json"),
        ]


def body_description(model: type[WireModel]) -> dict[str, object]:
    """Return what the description says of a body that we read ourselves, and note its model."""
    _described[model.__name__] = model
    reference = f"#/components/schemas/{model.__name__}"
    content = {JSON: {"schema": {"$ref": reference}}}
    return {"requestBody": {"required": True, "content": content}}


def described_bodies() -> list[type[WireModel]]:
    """Return the models of all bodies that the routes made so far have described."""
    return list(_described.values())


def request_id(request: Request) -> str:
    """Return the id that the edge gave this request."""
    value = request.scope.get(REQUEST_ID, "")
    return value if isinstance(value, str) else ""


def response_time_ms(request: Request, clock: Clock) -> float:
    """Return the milliseconds since the request came, with tenths."""
    started = request.scope.get(STARTED)
    if not isinstance(started, float):
        return 0.0
    return round((clock.monotonic() - started) * 1000, 1)


def problem_answer(
    request: Request, clock: Clock, problem: ProblemError, headers: dict[str, str] | None = None
) -> Response:
    """Return a refusal as a problem document (RFC 9457)."""
    info = CATALOGUE[problem.error_code]
    request.scope[ERROR_CODE] = problem.error_code.value
    if problem.retry_after_s is not None:
        headers = {"Retry-After": str(problem.retry_after_s), **(headers or {})}
    body = ProblemDetails(
        type=f"{request.base_url}errors/{problem.error_code.value}",
        title=info.title,
        status=info.status,
        error_code=problem.error_code.value,
        detail=problem.en,
        detail_ru=problem.ru,
        instance=request.url.path,
        request_id=request_id(request),
        timestamp=clock.now(),
        help=info.help_en,
        errors=problem.errors,
    )
    return Response(
        body.to_wire_json(), status_code=info.status, media_type=PROBLEM_MEDIA_TYPE, headers=headers
    )
