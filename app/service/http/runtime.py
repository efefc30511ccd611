"""What every endpoint needs: database, clock, ids; and the one way from a request to a use case."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from sqlalchemy.engine import Connection

from app.contracts.base import WireModel
from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.auth.callers import Shown, identify, shown_by
from app.service.db.database import Database
from app.service.http.calls import Call
from app.service.kit.access import NOBODY, Access, as_access
from app.service.kit.idempotency import fingerprint, run_once
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work, whole_millis

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of a running service."""

    database: Database
    clock: Clock
    ids: Ids

    def work(self, connection: Connection, shown: Shown, access: Access) -> Work:
        """Open the unit of work for whoever is calling.

        Raises:
            ProblemError: The key or token is unknown or over, or may not do this.
        """
        now = whole_millis(self.clock.now())
        caller = NOBODY if access.is_open else identify(connection, shown, now)
        access.check(caller)
        return Work(connection, now, self.ids, caller)

    async def read(self, request: Request, access: Access | str, act: Callable[[Work], T]) -> T:
        """Run reading work for a request."""
        allowed = as_access(access)
        shown = shown_by(request, allowed)
        future = self.database.read(lambda connection: act(self.work(connection, shown, allowed)))
        return await asyncio.wrap_future(future)

    async def write(self, request: Request, access: Access | str, act: Callable[[Work], T]) -> T:
        """Run writing work for a request; the answer comes after the commit."""
        allowed = as_access(access)
        shown = shown_by(request, allowed)
        future = self.database.write(lambda connection: act(self.work(connection, shown, allowed)))
        return await asyncio.wrap_future(future)

    async def run(self, request: Request, kind: Access | str, call: Call) -> WireModel:
        """Run a call of the table for a request."""
        shown_by(request, as_access(kind))
        body = await read_body(request)
        try:
            message = read_model(call.request, body)
            key = read_key(request)
        except ProblemError as problem:
            return await self.read(request, kind, _refusal(problem))
        if not call.changes(message):
            return await self.read(request, kind, lambda work: call.act(work, message))
        mark = fingerprint(call.name, message)
        return await self.write(
            request,
            kind,
            lambda work: run_once(work, key, mark, call.answer, lambda: call.act(work, message)),
        )


def _refusal(problem: ProblemError) -> Callable[[Work], WireModel]:
    # The key is looked at before the body is judged: a stranger only learns that he is one.
    def refuse(_work: Work) -> WireModel:
        raise problem

    return refuse
