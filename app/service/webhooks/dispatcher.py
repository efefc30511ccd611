"""The delivering loop of one process, on a thread and an event loop of its own.

Each turn is one short transaction: what came out of attempts is written down, waiting events get their
deliveries, and what is due is claimed. Attempts run between and during the turns. Any number of
processes may do this on PostgreSQL; on SQLite there is one.
"""

import asyncio
import logging
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.engine import Connection

from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.db.database import Database
from app.service.kit.work import whole_millis
from app.service.webhooks.attempts import Attempts
from app.service.webhooks.lanes import Lanes
from app.service.webhooks.outbox import (
    ENDPOINTS_MAX,
    EVENTS_MAX,
    Claimed,
    claim,
    due_endpoints,
    fan_out,
    has_waiting_events,
    release,
)
from app.service.webhooks.sending import TOTAL_S, Resolver, Sender, SystemResolver
from app.service.webhooks.settling import Outcome, settle
from app.service.webhooks.targets import TargetRules

_log = logging.getLogger(__name__)

IDLE_S: Final = 0.25
_GATHER_S: Final = 0.01
_TROUBLE_S: Final = 2.0
_END_S: Final = 5.0
_SPARE_S: Final = TOTAL_S + 5


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a transaction of the loop brought."""

    events: int
    claimed: list[Claimed]
    after: str


class Dispatcher:
    """Delivers until it is stopped.

    Args:
        database: Where events and deliveries are.
        clock: Says what is due.
        ids: Draws ids.
        rules: Which addresses may be called.
        resolver: Finds the numbers behind names.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: Ids, rules: TargetRules, resolver: Resolver
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._lanes = Lanes()
        self._sender = Sender(rules, resolver)
        self._attempts = Attempts(self._sender, rules, clock, ids)
        self._outcomes: list[Outcome] = []
        self._unsent: list[Claimed] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._after = ""

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until told to stop, then finish what is under way within a few seconds."""
        while not stopping.is_set():
            try:
                busy = await self._turn()
            except Exception:  # noqa: BLE001 - the edge of the loop: it goes on after a pause
                _log.exception("deliveries have to wait")
                busy = False
                await _wait(stopping, _TROUBLE_S)
            self._sender.close_idle()
            await self._rest(busy=busy)
        await self._finish()

    def wake(self) -> None:
        """Look again soon; called on the loop."""
        self._wake.set()

    async def drain(self) -> int:
        """Deliver all that is due now, retries of later not; return how many attempts were made."""
        made = 0
        while True:
            busy = await self._turn()
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            made += len(self._outcomes)
            if not (busy or self._tasks or self._outcomes or self._unsent):
                self._sender.close_idle(all_of_them=True)
                return made

    async def _rest(self, *, busy: bool) -> None:
        await asyncio.sleep(_GATHER_S)
        if busy:
            return
        try:
            async with asyncio.timeout(IDLE_S):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _turn(self) -> bool:
        """Run one transaction, if there is anything to do; tell whether there may be more."""
        self._wake.clear()
        self._lanes.forget_idle()
        if not (self._outcomes or self._unsent) and not await self._has_work():
            return False
        outcomes, self._outcomes = self._outcomes, []
        unsent, self._unsent = self._unsent, []
        try:
            turn = await asyncio.wrap_future(
                # What was tried and is forgotten would be sent again; what is only to be tried is tried.
                self._database.write(
                    lambda connection: self._write(connection, outcomes, unsent),
                    may_be_lost=not outcomes,
                )
            )
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            self._unsent = unsent + self._unsent
            raise
        self._after = turn.after
        for claimed in turn.claimed:
            self._lanes.add(claimed)
        self._start()
        # The events were fanned out before deliveries were claimed: a batch that was not full was all.
        return turn.events >= EVENTS_MAX or bool(turn.claimed)

    async def _has_work(self) -> bool:
        now = whole_millis(self._clock.now())

        def look(connection: Connection) -> list[str] | None:
            return None if has_waiting_events(connection) else self._due(connection, now)

        due = await asyncio.wrap_future(self._database.read(look))
        return due is None or any(self._lanes.room(endpoint) for endpoint in due)

    def _due(self, connection: Connection, now: datetime) -> list[str]:
        """Return subscriptions with something due, those first that come behind the last turn's."""
        due = due_endpoints(connection, now, self._after)
        if self._after and len(due) < ENDPOINTS_MAX:
            due += [one for one in due_endpoints(connection, now) if one <= self._after]
        return due[:ENDPOINTS_MAX]

    def _write(
        self, connection: Connection, outcomes: list[Outcome], unsent: list[Claimed]
    ) -> _Turn:
        now = whole_millis(self._clock.now())
        if outcomes:
            settle(connection, self._ids, outcomes)
        if unsent:
            release(connection, now, unsent)
        events = fan_out(connection, now, self._ids)
        due = self._due(connection, now)
        room = {endpoint: self._lanes.room(endpoint) for endpoint in due}
        wanted = {endpoint: count for endpoint, count in room.items() if count}
        claimed = claim(connection, now, self._ids.new(), wanted) if wanted else []
        return _Turn(events, claimed, due[-1] if len(due) == ENDPOINTS_MAX else "")

    def _start(self) -> None:
        while (claimed := self._lanes.start_next()) is not None:
            task = asyncio.get_running_loop().create_task(self._work(claimed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, first: Claimed) -> None:
        """Attempt one delivery, then the next of the same subscription while there are any."""
        loop = asyncio.get_running_loop()
        claimed: Claimed | None = first
        while claimed is not None:
            endpoint_id = claimed.endpoint_id
            if (claimed.lease_ends - self._clock.now()).total_seconds() < _SPARE_S:
                # Waited here for too long: another process may soon take it.
                self._unsent.append(claimed)
                self._lanes.end_unsent(endpoint_id)
            else:
                began = loop.time()
                outcome = await self._attempts.make(claimed)
                self._outcomes.append(outcome)
                answered = outcome.status_code is not None
                self._lanes.end(endpoint_id, loop.time() - began, answered=answered)
            self._wake.set()
            claimed = self._lanes.start_again(endpoint_id)
        self._start()

    async def _finish(self) -> None:
        self._unsent += self._lanes.take_waiting()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_S)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._sender.close_idle(all_of_them=True)
        outcomes, unsent, now = self._outcomes, self._unsent, whole_millis(self._clock.now())

        def write(connection: Connection) -> None:
            if outcomes:
                settle(connection, self._ids, outcomes)
            release(connection, now, unsent)

        if outcomes or unsent:
            await asyncio.wrap_future(self._database.write(write))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


class DispatcherThread:
    """A dispatcher on a thread of its own; starting and stopping may be called once each."""

    def __init__(self, database: Database, clock: Clock, ids: Ids, rules: TargetRules) -> None:
        self._parts = (database, clock, ids, rules)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """End, giving what is under way a few seconds, and wait for that."""
        if not self._thread.is_alive():
            return
        self._ready.wait()
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    def _end(self) -> None:
        assert self._stopping is not None
        self._stopping.set()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(self._deliver())
        except Exception:  # noqa: BLE001 - the edge of the thread
            _log.exception("deliveries have stopped")
        finally:
            self._ready.set()

    async def _deliver(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        resolver = SystemResolver()
        try:
            await Dispatcher(*self._parts, resolver).run(self._stopping)
        finally:
            resolver.close()


def new_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop that deliveries run on: uvloop, where there is one."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop()
