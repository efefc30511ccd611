"""A shorter way for the few calls that come thousands of times a minute.

The router tries one route after another, and the library puts layers of its own around every request:
together they cost more than a heartbeat itself. Calls whose address has no variable part are found here
by one look. They pass our own layers, as all do, and none of the library's; they are routes too, for the
description.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, TypeVar, overload

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from app.contracts.errors import ErrorCode
from app.service.kit.headers import first_headers
from app.service.kit.problems import ProblemError

Endpoint = Callable[[Request], Awaitable[Response]]
Layers = Callable[[ASGIApp], ASGIApp]

T = TypeVar("T")

_POST: Final = "POST"


class _Route(NamedTuple):
    """What the layers around ask a route for: its template."""

    path: str


class StraightApp(FastAPI):
    """The application with the shorter way in front; without `go_straight` all go the long one."""

    _straight: ASGIApp | None = None
    _straight_paths: frozenset[str] = frozenset()

    def go_straight(self, endpoints: Mapping[str, Endpoint], layers: Layers) -> None:
        """Answer `POST` to some paths the shorter way.

        Args:
            endpoints: What answers, by path.
            layers: Puts our own layers around it.
        """
        self._straight_paths = frozenset(endpoints)
        self._straight = layers(Straight(endpoints))

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        straight = self._straight
        if (
            straight is not None
            and scope["type"] == "http"
            and scope["path"] in self._straight_paths
            and scope["method"] == _POST
        ):
            scope["app"] = self
            await straight(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


class _Headers(Headers):
    """Headers that are looked up a dozen times: the first of a name counts, as everywhere."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first = first_headers(scope)

    @override
    def __getitem__(self, key: str) -> str:
        return self._first[key.lower()]

    @override
    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._first

    @overload
    def get(self, key: str, /) -> str | None: ...

    @overload
    def get(self, key: str, /, default: T) -> str | T: ...

    @override
    def get(self, key: str, /, default: T | None = None) -> str | T | None:
        return self._first.get(key.lower(), default)


class _Request(Request):
    """A request whose headers are read once."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._headers: Headers = _Headers(scope)

    @property
    @override
    def headers(self) -> Headers:
        """Return the headers."""
        return self._headers


class Straight:
    """Answers `POST` to known paths; stands below the layer that answers for refusals.

    Args:
        endpoints: What answers, by path.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path: str = scope["path"]
        scope["route"] = _Route(path)
        try:
            response = await self._endpoints[path](_Request(scope, receive))
        except OperationalError as error:
            raise ProblemError(ErrorCode.SERVICE_UNAVAILABLE, retry_after_s=1) from error
        await response(scope, receive, send)
