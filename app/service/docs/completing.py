"""The description completed for people: who may call, what may go wrong, examples, tags, events.

What the routes cannot say of themselves stands in `operations.json`, a line for each call: who may make
it, the refusals of its own, an example of body and answer. Tests hold every line against the service:
who is really let in, and that no answer any of them meets has a status or a code that is not told here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.contracts.base import WireModel
from app.contracts.errors import CATALOGUE, PROBLEM_MEDIA_TYPE, ErrorCode
from app.contracts.webhook_events import EVENT_TYPES, EventEnvelope
from app.service.docs.texts import INFO, SECURITY, TAGS, who_in_words

FILE: Final = Path(__file__).with_name("operations.json")
JSON: Final = "application/json"
_SCHEMA: Final = "#/components/schemas/"
_EXAMPLE: Final = "#/components/examples/"
_RESPONSE: Final = "#/components/responses/"
_C = ErrorCode
_ALWAYS: Final = (_C.RATE_LIMIT_EXCEEDED, _C.INTERNAL_ERROR, _C.SERVICE_UNAVAILABLE)
_WITH_KEY: Final = (
    _C.INVALID_API_KEY,
    _C.API_KEY_EXPIRED,
    _C.TOKEN_INVALID,
    _C.INSUFFICIENT_PERMISSIONS,
)
_WITH_TOKEN: Final = (_C.TOKEN_EXPIRED, _C.STAFF_INACTIVE)
_WITH_BODY: Final = (_C.MALFORMED_JSON, _C.VALIDATION_ERROR, _C.BODY_TOO_LARGE)
_CHANGING: Final = (_C.IDEMPOTENCY_KEY_INVALID, _C.IDEMPOTENCY_KEY_REUSED)
# Statuses that mean the same everywhere are described once.
_SHARED: Final = {"413": "TooLarge", "429": "TooMany", "500": "Fault", "503": "Unavailable"}
_KINDS: Final = {"till": "tillKey", "iiko": "iikoKey", "rkeeper": "rkeeperKey"}

Operation = dict[str, Any]


@cache
def facts() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each call, by `METHOD /path` as in the description."""
    known = json.loads(FILE.read_text("utf-8"))
    assert isinstance(known, dict)
    return known


def complete(description: dict[str, Any]) -> None:
    """Complete a description in place."""
    description["info"] |= INFO
    description["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = description["components"]
    components["securitySchemes"] = SECURITY
    components["examples"] = {code.value: _example(code) for code in sorted(ErrorCode)}
    components["responses"] = {
        name: _refusals(_codes_of(status, _ALWAYS + _WITH_BODY)) for status, name in _SHARED.items()
    }
    components["schemas"] = dict(sorted((components["schemas"] | _event_schemas()).items()))
    description["security"] = []
    names: dict[str, str] = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            where = f"{method.upper()} {path}"
            _name(operation, where, names)
            _complete(operation, facts().get(where, {}))
    description["webhooks"] = {name: _event(name) for name in EVENT_TYPES}


def codes_of(operation: Operation, known: Mapping[str, Any]) -> list[ErrorCode]:
    """Return every code that a call may be refused with, in the order of statuses."""
    who = known.get("who", ())
    found = {ErrorCode(code) for code in known.get("refusals", ())} | set(_ALWAYS)
    if _security(who):
        found |= set(_WITH_KEY)
    if any(one in _KINDS for one in who):
        found.add(_C.INSTALLATION_MISMATCH)
    if any(one.startswith("staff") for one in who):
        found |= set(_WITH_TOKEN)
    if "step-up" in who:
        found.add(_C.MFA_REQUIRED)
    if "requestBody" in operation:
        found |= set(_WITH_BODY)
    parameters = operation.get("parameters", ())
    if any(parameter["in"] == "query" for parameter in parameters):
        found.add(_C.VALIDATION_ERROR)
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        found |= set(_CHANGING)
    return sorted(found, key=lambda code: (CATALOGUE[code].status, code.value))


def _name(operation: Operation, where: str, names: dict[str, str]) -> None:
    """Give a call a name that programs can be made of, and a summary in words."""
    path = where.partition(" ")[2]
    raw = operation["operationId"]
    plain = re.sub(r"\W", "_", path).rstrip("_")
    if plain in raw:  # FastAPI's own: the function, the path, the method
        area = "pos" if path.startswith("/api/v1/pos/") else operation["tags"][0]
        raw = f"{area}-{raw.partition(plain)[0]}"
    name = raw.strip("_").replace("_", "-")
    assert names.setdefault(name, where) == where, f"{name} names two calls"
    operation["operationId"] = name
    operation["summary"] = _summary(operation, facts().get(where, {}))


def _summary(operation: Operation, known: Mapping[str, Any]) -> str:
    if "summary" in known:
        return str(known["summary"])
    said, title = operation.get("description", ""), operation["summary"].rstrip(".")
    words = title.replace("-", " ")
    if words.istitle():  # made of the function's name
        title = re.split(r"[;:]|\.(?:\s|$)", said)[0] if said else words.capitalize()
    return " ".join(title.split())


def _complete(operation: Operation, known: Mapping[str, Any]) -> None:
    who = known.get("who", ["anyone"])
    said = operation.get("description", "")
    inside = _inside(known.get("inside", ()))
    operation["description"] = "\n\n".join(filter(None, [said, inside, who_in_words(who)]))
    operation["security"] = _security(who)
    responses = operation["responses"]
    codes = codes_of(operation, known)
    for status in sorted({str(CATALOGUE[code].status) for code in codes}):
        own = _codes_of(status, codes)
        is_shared = status in _SHARED and own == _codes_of(status, _ALWAYS + _WITH_BODY)
        refusal = {"$ref": _RESPONSE + _SHARED[status]} if is_shared else _refusals(own)
        responses.setdefault(status, refusal)
    _put_example(operation.get("requestBody", {}), known.get("body"))
    for status, response in responses.items():
        if status.startswith("2"):
            _put_example(response, known.get("answer"))
    operation["responses"] = dict(sorted(responses.items()))


def _inside(codes: Iterable[str]) -> str:
    """Tell which codes parts of an answer may carry, though the call itself succeeds."""
    named = ", ".join(f"[`{code}`](/errors/{code})" for code in codes)
    return f"Parts of the answer may be refused alone: {named}." if named else ""


def _put_example(place: Operation, value: object) -> None:
    content = place.get("content", {}).get(JSON)
    if content is not None and value is not None:
        content["examples"] = {"example": {"value": value}}


def _security(who: Iterable[str]) -> list[dict[str, list[str]]]:
    """Return the ways in: any one of them is enough; rights are named beside the scheme."""
    found: list[dict[str, list[str]]] = []
    for one in who:
        name, _, right = one.partition(" ")
        if name in _KINDS:
            found.append({_KINDS[name]: []})
        elif name in {"key", "staff"}:
            scheme = "apiKey" if name == "key" else "staff"
            found.append({scheme: [right] if right else []})
    return found


def _codes_of(status: str, codes: Iterable[ErrorCode]) -> list[ErrorCode]:
    return [code for code in codes if str(CATALOGUE[code].status) == status]


def _refusals(codes: Iterable[ErrorCode]) -> Operation:
    codes = list(codes)
    lines = [f"[`{code}`](/errors/{code}): {CATALOGUE[code].title}." for code in codes]
    examples = {code.value: {"$ref": _EXAMPLE + code.value} for code in codes}
    schema = {"$ref": f"{_SCHEMA}ProblemDetails"}
    content = {PROBLEM_MEDIA_TYPE: {"schema": schema, "examples": examples}}
    return {"description": "\n\n".join(lines), "content": content}


def _example(code: ErrorCode) -> Operation:
    info = CATALOGUE[code]
    value = {
        "type": f"https://loyalty.example.com/errors/{code.value}",
        "title": info.title,
        "status": info.status,
        "errorCode": code.value,
        "detail": info.title,
        "detailRu": info.title_ru,
        "instance": "/api/v1/guests",
        "requestId": "req_01KB5YH3W8M1V0C6J9F2T4XQZD",
        "timestamp": "2026-11-20T09:01:00.000Z",
        "help": info.help_en,
    }
    return {"summary": info.title, "value": value}


def _event_schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    models: list[type[WireModel]] = [EventEnvelope, *(kind.model for kind in EVENT_TYPES.values())]
    for model in dict.fromkeys(models):
        schema = model.model_json_schema(by_alias=True, ref_template=_SCHEMA + "{model}")
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found


def _event(name: str) -> Operation:
    kind = EVENT_TYPES[name]
    envelope = {"$ref": _SCHEMA + EventEnvelope.__name__}
    data = {
        "properties": {"type": {"const": name}, "data": {"$ref": _SCHEMA + kind.model.__name__}}
    }
    example = {
        "id": "evt_01KB5YH3W8M1V0C6J9F2T4XQZD",
        "type": name,
        "apiVersion": "v1",
        "createdAt": "2026-11-20T09:01:00.000Z",
        "tenantId": "tenant-maxima",
        "data": dict(kind.example),
    }
    content = {
        "schema": {"allOf": [envelope, data]},
        "examples": {"example": {"value": example}},
    }
    operation = {
        "operationId": f"event-{name.replace('.', '-')}",
        "summary": kind.title_en,
        "description": f"{kind.title_en}. Signed as [Standard Webhooks](/docs/guides/webhooks) say.",
        "tags": ["webhooks"],
        "requestBody": {"required": True, "content": {JSON: content}},
        "responses": {"2XX": {"description": "Taken; anything else is tried again"}},
        "security": [],
    }
    return {"post": operation}
