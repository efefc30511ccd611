"""Changing calls on one resource of the address: with a body or without, answered once per key."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from app.contracts.base import WireModel
from app.service.http.runtime import Runtime
from app.service.kit.access import Access
from app.service.kit.idempotency import fingerprint, run_once
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work

Asked = TypeVar("Asked", bound=WireModel)
Answered = TypeVar("Answered", bound=WireModel)


class Nothing(WireModel):
    """The message of a call that takes no body."""


async def change(
    runtime: Runtime,
    request: Request,
    access: Access | str,
    body: type[Asked],
    answer: type[Answered],
    act: Callable[[Work, Asked], Answered],
) -> Answered:
    """Run a changing call; a repeated key is answered as before.

    The address is part of what the key stands for: the same body for another guest is another call.
    """
    raw = await read_body(request)
    scope = f"{request.method} {request.url.path}"

    def run(work: Work) -> Answered:
        # Read here, so that a stranger is refused before his body is judged.
        if isinstance(read, ProblemError):
            raise read
        key, message = read
        return run_once(work, key, fingerprint(scope, message), answer, lambda: act(work, message))

    read = _read(request, body, raw)
    if isinstance(read, ProblemError):
        return await runtime.read(request, access, run)
    return await runtime.write(request, access, run)


def _read(
    request: Request, body: type[Asked], raw: bytes
) -> tuple[str | None, Asked] | ProblemError:
    try:
        message = body() if body is Nothing else read_model(body, raw)
        return read_key(request), message
    except ProblemError as problem:
        return problem
