"""JSON schemas (draft 2020-12) of receipt documents and templates, made from their types and docstrings.

``python -m drivers.receipts.schema FOLDER`` writes both files; a test holds those under ``resources/docs``.
"""

import dataclasses
import enum
import inspect
import json
import re
import sys
import types
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from drivers.api.limits import Shaped, Sized, Within
from drivers.api.receipt import ReceiptDocument
from drivers.receipts.reading import MOMENT, hints_of, to_json
from drivers.receipts.template import ReceiptTemplate

Schema = dict[str, Any]
"""A part of a JSON schema."""
FILES: Final[dict[str, type]] = {
    "receipt-document.schema.json": ReceiptDocument,
    "receipt-template.schema.json": ReceiptTemplate,
}
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n      .+)*)", re.MULTILINE)
_MARKUP = re.compile(r"`+")


def schema_of(kind: type) -> Schema:
    """Return the whole schema of a dataclass, with the dataclasses within it as definitions."""
    definitions: dict[str, Schema] = {}
    whole = _record(kind, definitions)
    found = {"$schema": _DIALECT, "title": kind.__name__, **whole}
    return {**found, "$defs": dict(sorted(definitions.items()))} if definitions else found


def schema_text(kind: type) -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=2) + "\n"


def _record(kind: type, definitions: dict[str, Schema]) -> Schema:
    documented = _documented(kind)
    properties: dict[str, Schema] = {}
    required = []
    for field in dataclasses.fields(kind):
        own = _annotation(hints_of(kind)[field.name], definitions)
        if field.name in documented:
            own = {"description": documented[field.name], **own}
        default = _default(field)
        if default is dataclasses.MISSING:
            required.append(field.name)
        elif default is not None and field.name != "type":
            own = {**own, "default": to_json(default)}
        properties[field.name] = own
    if "type" in properties:
        required.append("type")
    return {
        "description": _clean(inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        **({"required": required} if required else {}),
    }


def _default(field: "dataclasses.Field[Any]") -> object:
    factory = field.default_factory
    return field.default if factory is dataclasses.MISSING else factory()


def _documented(kind: type) -> dict[str, str]:
    """What the docstring says of each attribute."""
    _, _, attributes = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    return {name: " ".join(_clean(text).split()) for name, text in _ATTRIBUTE.findall(attributes)}


def _clean(text: str) -> str:
    return _MARKUP.sub("", text)


def _annotation(annotation: Any, definitions: dict[str, Schema]) -> Schema:  # noqa: ANN401 - see reading
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        found = _annotation(arguments[0], definitions)
        for limit in arguments[1:]:
            found = {**found, **_limit(limit, found)}
        return found
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_annotation(option, definitions) for option in arguments]}
    if origin is Literal:
        return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _annotation(arguments[0], definitions)}
    if origin is not None and issubclass(origin, Mapping):
        values = _annotation(arguments[1], definitions)
        return {"type": "object", "additionalProperties": values}
    return _plain(annotation, definitions)


def _plain(kind: type, definitions: dict[str, Schema]) -> Schema:
    if dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _record(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if issubclass(kind, enum.Enum):
        return {"enum": [member.value for member in kind]}
    return dict(_PLAIN[kind])


_PLAIN: Final[dict[type, Schema]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    datetime: {"type": "string", "pattern": f"^{MOMENT}$"},
    types.NoneType: {"type": "null"},
}


def _limit(limit: object, found: Schema) -> Schema:
    match limit:
        case Within(low, high):
            return {"minimum": low, "maximum": high}
        case Sized(least, most):
            unit = "Items" if found.get("type") == "array" else "Length"
            return {f"min{unit}": least, f"max{unit}": most}
        case Shaped(pattern):
            return {"pattern": f"^(?:{pattern})$"}
        case _:
            return {}


def write_schemas(folder: Path) -> list[Path]:
    """Write both schemas into a folder and return their paths."""
    paths = []
    for name, kind in FILES.items():
        (folder / name).write_text(schema_text(kind), encoding="utf-8")
        paths.append(folder / name)
    return paths


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
