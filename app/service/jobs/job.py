"""What a periodic job is, and what it is given when it runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.db.database import Database
from app.service.kit.work import whole_millis


@dataclass(frozen=True, slots=True)
class JobContext:
    """The parts of a running service that a job works with.

    A job that takes long looks at `stopping` between its pieces and returns early; it is run again
    when the service is back.
    """

    database: Database
    clock: Clock
    ids: Ids
    stopping: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """Return the present moment as the database keeps it, in whole milliseconds."""
        return whole_millis(self.clock.now())


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic work.

    `name` is kept in the database and names the lock: it never changes. `interval_s` is the pause
    from the end of one run to the beginning of the next. `run` is called on a thread of the
    runner's own, does its work in transactions of bounded size (`context.database.write`), and may
    raise: the failure is logged and the job is tried again soon. A job `in_each_process` runs in
    every process, without lock and without memory of earlier runs.
    """

    name: str
    interval_s: float
    run: Callable[[JobContext], object]
    in_each_process: bool = False
