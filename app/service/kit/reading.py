"""Reading requests: the body within its limit, strict JSON, the contract's fields, the keys."""

import re
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from app.contracts.base import MalformedJsonError, WireModel, parse_json
from app.contracts.errors import ErrorCode, FieldProblem
from app.service.kit.headers import first_headers
from app.service.kit.problems import ProblemError
from app.service.kit.strictness import unknown_fields

BODY_MAX = 1_000_000
_KEY = re.compile(r"[\x21-\x7e]{1,300}")
_FIELDS_MAX = 50

Model = TypeVar("Model", bound=WireModel)

STRICT: Final[ContextVar[bool]] = ContextVar("strict", default=False)
"""Whether the request under way wants to hear of fields that we do not know; the edge sets it, so
that no call can forget to ask."""


def asks_strict(scope: MutableMapping[str, Any]) -> bool:
    """Tell whether a request asks for it: `X-Strict: true` or `?strict=true`."""
    if first_headers(scope).get("x-strict", "").lower() == "true":
        return True
    query: bytes = scope["query_string"]
    return bool(query) and b"strict=true" in query.split(b"&")


async def read_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        ProblemError: BODY_TOO_LARGE, before more than the limit has been read.
    """
    declared = first_headers(request.scope).get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_MAX:
        raise ProblemError(ErrorCode.BODY_TOO_LARGE)
    chunks: list[bytes] = []
    size, is_more = 0, True
    while is_more:
        # As the library's stream does it, without a generator for the one piece that most bodies are.
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, is_more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > BODY_MAX:
            raise ProblemError(ErrorCode.BODY_TOO_LARGE)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def read_model(model: type[Model], body: bytes) -> Model:
    """Return the message in a body.

    Raises:
        ProblemError: MALFORMED_JSON or VALIDATION_ERROR.
    """
    try:
        data = parse_json(body)
    except MalformedJsonError as error:
        raise ProblemError(
            ErrorCode.MALFORMED_JSON, f"The body is not valid JSON: {error}"
        ) from error
    if not isinstance(data, dict):
        raise ProblemError(ErrorCode.MALFORMED_JSON, "The body must be a JSON object")
    message = check_model(model, data)
    if STRICT.get():
        _refuse_unknown(model, data)
    return message


def _refuse_unknown(model: type[WireModel], data: Mapping[str, Any]) -> None:
    paths = unknown_fields(model, data)
    if not paths:
        return
    fields = tuple(
        FieldProblem(
            pointer="/" + "/".join(_escape(part) for part in path),
            code="unknown_field",
            detail="there is no such field",
        )
        for path in paths[:_FIELDS_MAX]
    )
    said = "; ".join(f"{field.pointer}: {field.detail}" for field in fields[:3])
    raise ProblemError(ErrorCode.VALIDATION_ERROR, said, errors=fields)


def check_model(model: type[Model], data: Mapping[str, Any]) -> Model:
    """Return the message that parsed JSON holds.

    Raises:
        ProblemError: VALIDATION_ERROR with a pointer to each wrong field.
    """
    try:
        return model.from_wire(data)
    except ValidationError as error:
        raise validation_problem(error) from error


def validation_problem(error: ValidationError) -> ProblemError:
    """Turn pydantic's list of faults into a problem."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    fields = tuple(
        FieldProblem(
            pointer="/" + "/".join(_escape(part) for part in fault["loc"]),
            code=fault["type"],
            detail=fault["msg"],
        )
        for fault in faults[:_FIELDS_MAX]
    )
    said = "; ".join(f"{field.pointer}: {field.detail}" for field in fields[:3])
    return ProblemError(ErrorCode.VALIDATION_ERROR, said, errors=fields)


def _escape(part: int | str) -> str:
    # RFC 6901: ~ and / inside a name.
    return str(part).replace("~", "~0").replace("/", "~1")


def read_key(request: Request) -> str | None:
    """Return the idempotency key of a request, if it has one.

    Raises:
        ProblemError: IDEMPOTENCY_KEY_INVALID.
    """
    headers = first_headers(request.scope)
    key, other = headers.get("idempotency-key"), headers.get("x-idempotency-key")
    if key is None:
        key = other
    elif other is not None and other != key:
        raise ProblemError(ErrorCode.IDEMPOTENCY_KEY_INVALID, "Two different keys were sent")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise ProblemError(ErrorCode.IDEMPOTENCY_KEY_INVALID)
    return key
