"""JSON <-> frozen dataclasses, strictly, by their annotations; errors say where and why.

Understood: text, whole numbers, yes/no, moments (ISO 8601), enumerations, literals, optional values, lists
(``tuple[X, ...]``), mappings with text keys, dataclasses, and unions of dataclasses told apart by their
``type``. Limits come from `Within`, `Sized` and `Shaped`. Nothing is converted: ``"5"`` and ``5.0`` are no
whole numbers, an unknown field is an error.
"""

import dataclasses
import difflib
import enum
import functools
import json
import re
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from drivers.api.limits import Shaped, Sized, Within
from drivers.api.receipt import BadReceipt, ReceiptDocument

T = TypeVar("T")
Path = tuple[str | int, ...]
Reader = Callable[[object, Path], Any]  # Any: the reader of a type gives that type
MOMENT: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_SHOWN_MAX = 40


def document_from_text(text: str | bytes) -> ReceiptDocument:
    """Read a receipt document from the text of a JSON file.

    Raises:
        BadReceipt: it is no JSON or no receipt document.
    """
    return from_text(ReceiptDocument, text)


def from_text(kind: type[T], text: str | bytes) -> T:
    """Read a dataclass from JSON text.

    Raises:
        BadReceipt: it is no JSON, or not what the class wants.
    """
    try:
        value = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise BadReceipt(
            "", f"это не JSON: строка и знак {where}", f"not JSON: line and column {where}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadReceipt(
            "", "это не JSON в кодировке UTF-8", f"not JSON in UTF-8: {error}"
        ) from error
    return from_json(kind, value)


def from_json(kind: type[T], value: object) -> T:
    """Read a dataclass from parsed JSON.

    Raises:
        BadReceipt: with the pointer of what is wrong.
    """
    annotation: Any = kind
    found: T = reader_of(annotation)(value, ())
    return found


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON may be anything
    """Return a dataclass as JSON values; fields that have their default are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_json(own)
            for field in dataclasses.fields(value)
            if (own := getattr(value, field.name)) != field.default or field.name == "type"
        }
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


@functools.cache
def hints_of(kind: type) -> dict[str, Any]:
    """Return the annotations of a dataclass, with their limits."""
    return get_type_hints(kind, include_extras=True)


@functools.cache
def reader_of(annotation: Any) -> Reader:  # noqa: ANN401, PLR0911 - anything; one return a kind
    """Return the function that reads values of an annotation.

    Raises:
        TypeError: the annotation is none of those understood: a mistake of the program.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _limited(reader_of(arguments[0]), arguments[1:])
    if origin in {Union, types.UnionType}:
        return _choice(arguments)
    if origin is Literal:
        return functools.partial(_literal, arguments)
    if origin is tuple:
        return functools.partial(_list, reader_of(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return functools.partial(_mapping, reader_of(arguments[1]))
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return functools.partial(_record, annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return functools.partial(_member, annotation)
    return _PLAIN[annotation]


def _record(kind: type, value: object, path: Path) -> object:
    if not isinstance(value, dict):
        raise _wrong(path, "нужен объект", "an object is expected", value)
    hints = hints_of(kind)
    for key in value:
        if key not in hints:
            near = difflib.get_close_matches(str(key), hints, 1)
            ru = f"неизвестное поле{f', похоже на {near[0]!r}' if near else ''}"
            en = f"unknown field{f', did you mean {near[0]!r}' if near else ''}"
            raise BadReceipt(pointer_of((*path, key)), ru, en)
    for field in dataclasses.fields(kind):
        if field.name not in value and _is_required(field):
            ru, en = f"нет поля {field.name!r}", f"field {field.name!r} is missing"
            raise BadReceipt(pointer_of(path), ru, en)
    read = {key: reader_of(hints[key])(item, (*path, key)) for key, item in value.items()}
    try:
        return kind(**read)
    except ValueError as error:
        raise BadReceipt(pointer_of(path), str(error), str(error)) from error


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _text(value: object, path: Path) -> str:
    if not isinstance(value, str):
        raise _wrong(path, "нужен текст", "text is expected", value)
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise BadReceipt(
            pointer_of(path), "в тексте половина знака", "half a character in the text"
        )
    return value


def _whole(value: object, path: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(path, "нужно целое число", "a whole number is expected", value)
    return value


def _flag(value: object, path: Path) -> bool:
    if not isinstance(value, bool):
        raise _wrong(path, "нужно true или false", "true or false is expected", value)
    return value


def _moment(value: object, path: Path) -> datetime:
    ru, en = "нужен момент вида 2026-11-20T14:32:00+03:00", "a moment as 2026-11-20T14:32:00+03:00"
    if not isinstance(value, str) or not re.fullmatch(MOMENT, value):
        raise _wrong(path, ru, f"{en} is expected", value)
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong(path, ru, f"{en} is expected", value) from error


_PLAIN: dict[Any, Reader] = {str: _text, int: _whole, bool: _flag, datetime: _moment}


def _literal(options: tuple[object, ...], value: object, path: Path) -> object:
    for option in options:
        if type(option) is type(value) and option == value:
            return option
    raise _one_of(path, [str(option) for option in options], value)


def _member(kind: type[enum.Enum], value: object, path: Path) -> enum.Enum:
    for member in kind:
        if member.value == value:
            return member
    raise _one_of(path, [str(member.value) for member in kind], value)


def _list(item: Reader, value: object, path: Path) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(path, "нужен список", "a list is expected", value)
    return tuple(item(each, (*path, index)) for index, each in enumerate(value))


def _mapping(item: Reader, value: object, path: Path) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _wrong(path, "нужен объект", "an object is expected", value)
    return {str(key): item(each, (*path, str(key))) for key, each in value.items()}


def _choice(options: tuple[Any, ...]) -> Reader:
    """Return the reader of ``X | None`` or of dataclasses told apart by their ``type``."""
    kinds = [option for option in options if option is not types.NoneType]
    inner = reader_of(kinds[0]) if len(kinds) == 1 else functools.partial(_tagged, tuple(kinds))
    if len(kinds) == len(options):
        return inner
    return lambda value, path: None if value is None else inner(value, path)


def _tagged(kinds: tuple[type, ...], value: object, path: Path) -> object:
    if not isinstance(value, dict):
        raise _wrong(path, "нужен объект", "an object is expected", value)
    by_tag = {get_args(hints_of(kind)["type"])[0]: kind for kind in kinds}
    if "type" not in value:
        raise BadReceipt(pointer_of(path), "нет поля 'type'", "field 'type' is missing")
    tag = value["type"]
    if not isinstance(tag, str) or tag not in by_tag:
        raise _one_of((*path, "type"), list(by_tag), tag)
    return _record(by_tag[tag], value, path)


def _limited(inner: Reader, limits: tuple[object, ...]) -> Reader:
    def read(value: object, path: Path) -> Any:  # noqa: ANN401 - see Reader
        found = inner(value, path)
        for limit in limits:
            _check(limit, found, path)
        return found

    return read


def _check(limit: object, found: Any, path: Path) -> None:  # noqa: ANN401 - what a reader gave
    match limit:
        case Within(low, high) if not low <= found <= high:
            ru, en = f"нужно число от {low} до {high}", f"a number from {low} to {high} is expected"
            raise _wrong(path, ru, en, found)
        case Sized(least, most) if not least <= len(found) <= most:
            ru = f"нужно от {least} до {most} знаков или строк, а здесь {len(found)}"
            en = f"{least} to {most} characters or items are expected, here are {len(found)}"
            raise BadReceipt(pointer_of(path), ru, en)
        case Shaped() if not limit.fits(found):
            raise _wrong(path, f"нужно: {limit.ru}", f"expected: {limit.en}", found)
        case _:
            pass


def _one_of(path: Path, options: list[str], value: object) -> BadReceipt:
    listed = ", ".join(options)
    return _wrong(path, f"нужно одно из: {listed}", f"one of {listed} is expected", value)


def _wrong(path: Path, ru: str, en: str, value: object) -> BadReceipt:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= _SHOWN_MAX else f"{shown[:_SHOWN_MAX]}…"
    return BadReceipt(pointer_of(path), f"{ru}, а здесь {shown}", f"{en}, here is {shown}")


def pointer_of(path: Path) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
