"""Finding fields of a body that no message knows, for requests that want to hear of them."""

from collections.abc import Mapping
from typing import Any, get_args

from app.contracts.base import WireModel

Path = tuple[str | int, ...]


def unknown_fields(model: type[WireModel], data: Mapping[str, Any]) -> list[Path]:
    """Return the paths of fields that a message does not have, in the order they were sent.

    Names may be written as on the wire or as in code, as reading takes both. `tenantId` is known
    everywhere: it is ignored by promise.
    """
    known: dict[str, Any] = {"tenantId": None, "tenant_id": None}
    for name, info in model.model_fields.items():
        known[name] = known[info.alias or name] = info.annotation
    found: list[Path] = []
    for name, value in data.items():
        if name not in known:
            found.append((name,))
        else:
            found += [(name, *path) for path in _unknown_in(known[name], value)]
    return found


def _unknown_in(annotation: Any, value: Any) -> list[Path]:  # noqa: ANN401 - any annotation, any JSON
    models = _models(annotation)
    if not models:
        return []
    if isinstance(value, list):
        return [
            (place, *path) for place, v in enumerate(value) for path in _unknown_in(annotation, v)
        ]
    if not isinstance(value, Mapping):
        return []
    # Of several messages it may be, the one it fits best.
    return min((unknown_fields(model, value) for model in models), key=len)


def _models(annotation: Any) -> list[type[WireModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, WireModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
