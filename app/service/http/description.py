"""The description (OpenAPI): what the routes say of themselves, and what is the same for all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from app.contracts.base import WireModel
from app.contracts.errors import PROBLEM_MEDIA_TYPE, ProblemDetails
from app.service.docs.completing import complete
from app.service.http.answering import described_bodies
from app.service.http.deprecations import Deprecations

_REFERENCE: Final = "#/components/schemas/{model}"
_PROBLEM: Final[dict[str, Any]] = {
    "description": "A refusal as a problem document (RFC 9457); its `type` leads to a page about it",
    "content": {
        PROBLEM_MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model=ProblemDetails.__name__)}}
    },
}
_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same content is answered as before",
    "schema": {"type": "string", "minLength": 1, "maxLength": 300, "pattern": "^[!-~]+$"},
}
_CHANGING: Final = frozenset({"post", "put", "patch", "delete"})


def describe_requests(
    app: FastAPI, models: Iterable[type[WireModel]], deprecations: Deprecations
) -> None:
    """Add what FastAPI cannot know: bodies that we read ourselves, problems, keys, endings.

    Args:
        app: The application with all its routes.
        models: Messages that no route describes itself.
        deprecations: What goes away.
    """
    plain = app.openapi
    known: list[type[WireModel]] = [*models, *described_bodies(), ProblemDetails]

    @cache
    def described() -> dict[str, Any]:
        description = plain()
        components = description.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name, body in _schemas(dict.fromkeys(known)).items():
            schemas.setdefault(name, body)
        # FastAPI's own form of refusals, which we never send.
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path, item in description.get("paths", {}).items():
            for method, operation in item.items():
                _complete(path, method, operation)
        complete(description)
        deprecations.mark(description)
        return _named_by_titles(description)

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way to extend it


def _named_by_titles(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with messages under the names that their models bear.

    What pydantic names them by is not for people: `ListAnswer_GuestView_`, and the path of our module
    where two models have one name, which is a fault.
    """
    schemas = description["components"]["schemas"]
    titles = {name: schema.get("title", name) for name, schema in schemas.items()}
    twice = [title for title, count in Counter(titles.values()).items() if count > 1]
    assert not twice, f"two messages have one name: {twice}"
    named: dict[str, Any] = _pointing(
        description, {_at(name): _at(title) for name, title in titles.items()}
    )
    named["components"]["schemas"] = {
        titles[name]: schema for name, schema in named["components"]["schemas"].items()
    }
    return named


def _at(name: str) -> str:
    return _REFERENCE.format(model=name)


def _pointing(part: Any, addresses: Mapping[str, str]) -> Any:  # noqa: ANN401 - a part of a description
    """Return a copy whose references lead to other addresses."""
    if isinstance(part, dict):
        return {name: _pointing(inner, addresses) for name, inner in part.items()}
    if isinstance(part, list):
        return [_pointing(inner, addresses) for inner in part]
    return addresses.get(part, part) if isinstance(part, str) else part


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    responses.setdefault("default", _PROBLEM)
    if method not in _CHANGING or not path.startswith("/api/"):
        return
    parameters = operation.setdefault("parameters", [])
    if not any(known["name"].lower() == "idempotency-key" for known in parameters):
        parameters.append(_KEY)


def _schemas(models: Iterable[type[WireModel]]) -> dict[str, Any]:
    _, schema = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, ref_template=_REFERENCE
    )
    found = schema["$defs"]
    assert isinstance(found, dict)
    return found
