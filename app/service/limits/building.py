"""Which counters a service takes: memory alone, shared on PostgreSQL, or Redis by its address."""

from limits.storage import Storage, storage_from_string

from app.kernel.clock import Clock
from app.service.db.engine import is_sqlite, make_engine
from app.service.limits.counters import ExactCounters, MemoryCounters, SharedCounters
from app.service.limits.guard import RateLimits


class Limiting:
    """The limits of a process, from the start of serving to its end.

    Args:
        clock: The service's time.
        counters_url: An address for the `limits` library (`redis://...`) that takes the counters.
    """

    def __init__(self, clock: Clock, counters_url: str | None = None) -> None:
        self._clock = clock
        self._counters_url = counters_url
        self._shared: SharedCounters | None = None
        self.limits = RateLimits(clock, MemoryCounters(clock))

    def start(self, database_url: str) -> None:
        """Begin with nothing counted here; on PostgreSQL processes share their counters."""
        if self._counters_url:
            made = storage_from_string(self._counters_url)
            assert isinstance(made, Storage), "an asynchronous storage cannot be used"
            self.limits.use(made)
        elif not database_url or is_sqlite(database_url):
            self.limits.use(MemoryCounters(self._clock))
        else:
            engine = make_engine(database_url, writes=True, pool_size=2)
            self._shared = SharedCounters(engine, self._clock)
            self.limits.use(self._shared, ExactCounters(engine, self._clock))
            self._shared.start()

    def stop(self) -> None:
        """Tell the others what is new, and end."""
        if self._shared is not None:
            self._shared.stop()
            self._shared = None
