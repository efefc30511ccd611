"""The `fields` parameter: which fields of a message are wanted, by dotted paths."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from app.contracts.base import WireModel

FIELDS_MAX = 100

Wanted = Mapping[str, "Wanted | None"]
"""A tree of names; None below a name means all of it."""


@cache
def field_paths(model: type[WireModel]) -> frozenset[str]:
    """Return every dotted path of a message: `card`, `card.totalBalance`, ..."""
    paths: set[str] = set()
    for name, info in model.model_fields.items():
        wire_name = info.alias or name
        paths.add(wire_name)
        for inner in _models_in(info.annotation):
            paths |= {f"{wire_name}.{path}" for path in field_paths(inner)}
    return frozenset(paths)


def _models_in(annotation: Any) -> Iterable[type[WireModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, WireModel):
        return (annotation,)
    if get_origin(annotation) in (Union, UnionType, tuple, list):
        return [model for part in get_args(annotation) for model in _models_in(part)]
    return ()


def wanted_tree(paths: Iterable[str]) -> Wanted:
    """Return the tree of some paths; a whole object wins over parts of it."""
    tree: dict[str, Any] = {}
    for path in paths:
        *above, last = path.split(".")
        branch: dict[str, Any] | None = tree
        for name in above:
            branch = None if branch is None else branch.setdefault(name, {})
        if branch is not None:
            branch[last] = None
    return tree


def pick(value: Any, wanted: Wanted) -> Any:  # noqa: ANN401 - JSON is anything
    """Return the wanted part of a JSON value; objects that end up empty are left out."""
    if isinstance(value, list):
        return [pick(item, wanted) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, below in wanted.items():
        if name not in value:
            continue
        part = value[name] if below is None else pick(value[name], below)
        if below is None or part != {}:
            result[name] = part
    return result
