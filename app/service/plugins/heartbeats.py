"""Heartbeats: many at a time in one transaction, each still checked against its own key.

Ten thousand installations send 167 heartbeats a second. A transaction and a commit for each would
cost more than all else, so those of a third of a second are gathered: one statement finds the keys,
one writes how the installations are, one adds to the hour. A heartbeat is answered after the commit,
so what was acknowledged is kept. A lone heartbeat waits for nobody.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from app.contracts.plugin_life import HeartbeatRequest
from app.kernel.clock import Clock
from app.service.db.database import Database
from app.service.kit.problems import ProblemError
from app.service.kit.work import whole_millis
from app.service.plugins.beat_batch import Beat, Heard, run_batch
from app.service.plugins.identity import Identity

GATHER_S: Final = 0.3
_BATCH_MAX: Final = 500


class _Waiting(NamedTuple):
    beat: Beat
    answer: "asyncio.Future[Heard]"


class Heartbeats:
    """Gathers heartbeats and runs them; used on the thread of one event loop only.

    Args:
        database: Where they are written.
        clock: The time.
        gather_s: How long heartbeats are gathered after one that did not wait.
    """

    def __init__(self, database: Database, clock: Clock, gather_s: float = GATHER_S) -> None:
        self._database = database
        self._clock = clock
        self._gather_s = gather_s
        self._waiting: list[_Waiting] = []
        self._is_planned = False
        self._last_run_s = float("-inf")

    async def take(
        self, kind: str, secret: str, identity: Identity, message: HeartbeatRequest
    ) -> Heard:
        """Take a heartbeat and return whose it was and the answer, once it is kept.

        Raises:
            ProblemError: The key is unknown, over, of another kind, or of somebody else.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(Beat(kind, secret, identity, message), loop.create_future())
        self._waiting.append(waiting)
        if len(self._waiting) >= _BATCH_MAX:
            self._run()
        elif not self._is_planned:
            self._is_planned = True
            pause = self._last_run_s + self._gather_s - loop.time()
            loop.call_later(max(0.0, pause), self._run)
        return await waiting.answer

    def _run(self) -> None:
        loop = asyncio.get_running_loop()
        batch, self._waiting = self._waiting, []
        self._is_planned = False
        self._last_run_s = loop.time()
        if not batch:
            return
        now = whole_millis(self._clock.now())
        beats = [waiting.beat for waiting in batch]
        try:
            future = self._database.write(lambda connection: run_batch(connection, now, beats))
        except RuntimeError as error:  # the service is ending
            _fail(batch, error)
            return
        done = asyncio.wrap_future(future, loop=loop)
        done.add_done_callback(lambda ended: _tell(batch, ended))


def _tell(
    batch: Sequence[_Waiting],
    ended: "asyncio.Future[list[Heard | ProblemError]]",
) -> None:
    if ended.cancelled():
        _fail(batch, RuntimeError("the service is ending"))
        return
    error = ended.exception()
    if error is not None:
        _fail(batch, error)
        return
    for waiting, answer in zip(batch, ended.result(), strict=True):
        if waiting.answer.done():  # the caller went away
            continue
        if isinstance(answer, ProblemError):
            waiting.answer.set_exception(answer)
        else:
            waiting.answer.set_result(answer)


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
