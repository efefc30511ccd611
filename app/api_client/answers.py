"""Answers of the service as typed messages."""

from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError

from app.api_client.errors import AnswerInvalidError
from app.contracts.base import MalformedJsonError, WireModel, parse_json

Answer = TypeVar("Answer", bound=WireModel)


def read_answer(response: httpx.Response, kind: type[Answer]) -> Answer:
    """Return the message in an answer.

    Raises:
        AnswerInvalidError: It is not what the contract says; `place` and `reason` say where.
    """
    raw: Any = None
    try:
        raw = parse_json(response.content)
        if not isinstance(raw, dict):
            raise AnswerInvalidError("not a JSON object")
    except MalformedJsonError as error:
        raise AnswerInvalidError(str(error)) from error
    return read_value(raw, kind)


def read_value(raw: dict[str, Any], kind: type[Answer]) -> Answer:
    """Return the message in a part of an answer.

    Raises:
        AnswerInvalidError: It is not what the contract says.
    """
    try:
        return kind.from_wire(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise AnswerInvalidError(first["msg"], _place(raw, first["loc"])) from error


def _place(raw: Any, path: Sequence[int | str]) -> str:  # noqa: ANN401 - JSON is anything
    """Return where in an answer something is wrong, with the name of the thing if it has one."""
    text, name, value = "", "", raw
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = None
        if isinstance(value, dict) and (named := value.get("name") or value.get("id")):
            name = str(named)
    return text.lstrip(".") + (f" («{name}»)" if name else "")
