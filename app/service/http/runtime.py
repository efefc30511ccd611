"""What every endpoint needs: database, clock, ids; and the one way from a request to a use case."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from fastapi import Request
from sqlalchemy.engine import Connection

from app.contracts.base import WireModel
from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.api_keys.uses import KeyUses
from app.service.auth.callers import Shown, identify, shown_by
from app.service.db.database import Database
from app.service.http.answering import CALLER
from app.service.http.calls import Call
from app.service.kit.access import NOBODY, Access, as_access, require_plan
from app.service.kit.headers import first_headers
from app.service.kit.idempotency import Told, fingerprint, tell_once
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Caller, Work, whole_millis
from app.service.limits.guard import RateLimits
from app.service.loyalty.ahead import Expected, expect
from app.service.plugins.identity import check_identity, read_identity

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of a running service."""

    database: Database
    clock: Clock
    ids: Ids

    limits: RateLimits | None = None
    uses: KeyUses = field(default_factory=KeyUses)

    def work(
        self,
        connection: Connection,
        shown: Shown,
        access: Access,
        request: Request | None = None,
        now: datetime | None = None,
    ) -> Work:
        """Open the unit of work for whoever is calling.

        Args:
            connection: The open transaction.
            shown: What the request shows of its sender.
            access: Who may make the call.
            request: Counted against the caller's limits, and written down as his.
            now: The present moment if it has been taken already.

        Raises:
            ProblemError: The key or token is unknown or over, may not do this, or not so often.
        """
        now = now or whole_millis(self.clock.now())
        caller = NOBODY if access.is_open else identify(connection, shown, now)
        if request is not None:
            self.count(request, caller)
        access.check(caller)
        if request is not None:
            check_identity(caller, read_identity(first_headers(request.scope)))
        self.uses.note(self.database, caller.key_id, now)
        return Work(connection, now, self.ids, caller)

    def count(self, request: Request, caller: Caller) -> None:
        """Note whose request it is and count it against his limits; once for each request.

        `work` does it for whoever shows a key or a token; who proves himself otherwise is told here.

        Raises:
            ProblemError: RATE_LIMIT_EXCEEDED.
        """
        if not caller.tenant_id:
            return
        request.scope[CALLER] = caller
        if self.limits is not None:
            self.limits.count(request.scope, caller)

    async def read(self, request: Request, access: Access | str, act: Callable[[Work], T]) -> T:
        """Run reading work for a request."""
        allowed = as_access(access)
        shown = shown_by(request, allowed)
        future = self.database.read(
            lambda connection: act(self.work(connection, shown, allowed, request))
        )
        return await asyncio.wrap_future(future)

    async def write(self, request: Request, access: Access | str, act: Callable[[Work], T]) -> T:
        """Run writing work for a request; the answer comes after the commit."""
        allowed = as_access(access)
        shown = shown_by(request, allowed)

        def change(connection: Connection) -> T:
            work = self.work(connection, shown, allowed, request)
            # Taking away is never refused: keys, people, webhooks, a guest who wants to be forgotten.
            if request.method != "DELETE":
                allowed.check_plan(work)
            return act(work)

        return await asyncio.wrap_future(self.database.write(change))

    async def run(self, request: Request, kind: Access | str, call: Call) -> Told[WireModel]:
        """Run a call of the table for a request; return its answer, as JSON too if that is there."""
        allowed = as_access(kind)
        shown = shown_by(request, allowed)  # nobody's body is read
        body = await read_body(request)
        try:
            message = read_model(call.request, body)
            key = read_key(request)
        except ProblemError as problem:
            return await self.read(request, kind, _refusal(problem))
        if call.afterwards is None:
            return await self._answer(request, allowed, shown, call, message, key)
        outcome: Told[WireModel] | ProblemError
        try:
            outcome = await self._answer(request, allowed, shown, call, message, key)
        except ProblemError as problem:
            outcome = problem
        note = call.afterwards(
            message, outcome if isinstance(outcome, ProblemError) else outcome.answer
        )
        if note is not None:
            await self.write(request, allowed.after_plan(), note)
        if isinstance(outcome, ProblemError):
            raise outcome
        return outcome

    async def _answer(
        self,
        request: Request,
        allowed: Access,
        shown: Shown,
        call: Call,
        message: WireModel,
        key: str | None,
    ) -> Told[WireModel]:
        if not call.changes(message):
            return await self.read(request, allowed, lambda work: Told(call.act(work, message)))
        mark = fingerprint(call.name, message)

        def change(connection: Connection, now: datetime) -> Told[WireModel]:
            work = self.work(connection, shown, allowed, request, now)
            if call.begins(message):
                require_plan(work)
            return tell_once(work, key, mark, call.answer, lambda: call.act(work, message))

        def expected(connection: Connection) -> Expected:
            now = whole_millis(self.clock.now())
            return Expected(connection, shown.key, now, key, message)

        def foreseen(connection: Connection) -> Callable[[Connection], Told[WireModel]] | None:
            call_expected = expected(connection)
            is_all = expect(call_expected)
            return partial(change, now=call_expected.now) if is_all else None

        def usual(connection: Connection) -> Told[WireModel]:
            call_expected = expected(connection)
            expect(call_expected)
            return change(connection, call_expected.now)

        return await self.database.write_foreseen(shown.key, foreseen, usual)


def _refusal(problem: ProblemError) -> Callable[[Work], Told[WireModel]]:
    # The key is looked at before the body is judged: a stranger only learns that he is one.
    def refuse(_work: Work) -> Told[WireModel]:
        raise problem

    return refuse
