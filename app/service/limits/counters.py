"""Where hits are counted: storages for the `limits` library, in memory and on PostgreSQL.

Windows are aligned to the clock, so that every process means the same window without asking.
"""

import json
import logging
import threading
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from limits.storage import Storage
from sqlalchemy.engine import Engine
from typing_extensions import override

from app.kernel.clock import Clock

_log = logging.getLogger(__name__)

_SWEEP_EVERY_S: Final = 30
_EXCHANGE_EVERY_S: Final = 0.25
_ROWS_MAX: Final = 500


# One text for any number of rows: the server and SQLAlchemy know it after the first time.
_ADD: Final = sa.text(
    "INSERT INTO rate_counters (key, window_end, count) "
    "SELECT r ->> 0, (r ->> 1)::bigint, (r ->> 2)::bigint "
    "FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS r "
    "ON CONFLICT (key, window_end) DO UPDATE SET count = rate_counters.count + excluded.count "
    "RETURNING key, window_end, count"
)


class _Window:
    """One counter: the end of its window, all hits known of, and those not told to others yet."""

    __slots__ = ("count", "end", "untold")

    def __init__(self, end: int) -> None:
        self.end = end
        self.count = 0
        self.untold = 0


class MemoryCounters(Storage):
    """Counters of one process. Any thread may call; what is over is thrown away."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._sweep_at = 0

    @property
    @override
    def base_exceptions(self) -> type[Exception]:
        return RuntimeError

    @override
    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self.hit(key, expiry, amount)[0]

    def hit(self, key: str, expiry: int, amount: int = 1) -> tuple[int, int]:
        """Count and return all hits known of, with the end of their window as a Unix time."""
        with self._lock:
            window = self._window(key, expiry)
            window.count += amount
            window.untold += amount
            return window.count, window.end

    @override
    def get(self, key: str) -> int:
        with self._lock:
            window = self._windows.get(key)
            return window.count if window is not None and window.end > self._now() else 0

    @override
    def get_expiry(self, key: str) -> float:
        with self._lock:
            window = self._windows.get(key)
            return float(window.end if window is not None else self._now())

    @override
    def check(self) -> bool:
        return True

    @override
    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    @override
    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _window(self, key: str, expiry: int) -> _Window:
        now = self._now()
        end = (now // expiry + 1) * expiry
        window = self._windows.get(key)
        if window is None or window.end != end:
            if now >= self._sweep_at:
                self._sweep(now)
            window = self._windows[key] = _Window(end)
        return window

    def _sweep(self, now: int) -> None:
        self._sweep_at = now + _SWEEP_EVERY_S
        over = [key for key, window in self._windows.items() if window.end <= now]
        for key in over:
            del self._windows[key]


class SharedCounters(MemoryCounters):
    """Counters that processes share through PostgreSQL, without a wait in any request.

    A hit is counted in memory. Every quarter of a second a thread adds what is new to the common
    counters in one statement and learns the sums. So a process may let through, beyond a limit, what
    reaches it within one such exchange, and no more. If the database does not answer, each process
    counts alone until it does.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        super().__init__(clock)
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="rate-counters", daemon=True)

    def start(self) -> None:
        """Begin to exchange."""
        self._thread.start()

    def stop(self) -> None:
        """End, after a last exchange."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._engine.dispose()

    def exchange(self) -> None:
        """Tell the others what is new here, and learn the sums."""
        with self._lock:
            fresh = [(key, w.end, w.untold) for key, w in self._windows.items() if w.untold]
            for key, _, _ in fresh:
                self._windows[key].untold = 0
        # In one order everywhere, so that two processes never wait for each other.
        fresh.sort()
        for start in range(0, len(fresh), _ROWS_MAX):
            part = fresh[start : start + _ROWS_MAX]
            sums: Sequence[tuple[str, int, int | None]]
            try:
                sums = add_hits(self._engine, part)
            except sa.exc.SQLAlchemyError as error:
                _log.warning("rate limits are counted alone, the database failed: %s", error)
                sums = [(key, end, None) for key, end, _ in part]
            self._learn({key: hits for key, _, hits in part}, sums)

    def _learn(self, told: dict[str, int], sums: Sequence[tuple[str, int, int | None]]) -> None:
        with self._lock:
            for key, end, total in sums:
                window = self._windows.get(key)
                if window is None or window.end != end:
                    continue
                if total is None:
                    window.untold += told[key]
                else:
                    window.count = total + window.untold

    def _loop(self) -> None:
        while not self._stop.wait(_EXCHANGE_EVERY_S):
            self.exchange()
        self.exchange()


class ExactCounters(MemoryCounters):
    """Counters on PostgreSQL that ask the database at each hit: for small limits of rare calls."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        super().__init__(clock)
        self._engine = engine

    @override
    def hit(self, key: str, expiry: int, amount: int = 1) -> tuple[int, int]:
        alone, end = super().hit(key, expiry, amount)
        try:
            [(_, _, total)] = add_hits(self._engine, [(key, end, amount)])
        except sa.exc.SQLAlchemyError as error:
            _log.warning("a rate limit is counted alone, the database failed: %s", error)
            return alone, end
        with self._lock:
            window = self._windows.get(key)
            if window is not None and window.end == end:
                window.count = max(window.count, total)
        return total, end


def add_hits(engine: Engine, hits: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Add hits to the common counters in one statement; return key, window's end and sum of each."""
    rows = [[key, end * 1_000, count] for key, end, count in hits]
    # One statement is a transaction without being told so: two waits less.
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        found = connection.execute(_ADD, {"rows": json.dumps(rows)}).all()
    # By place: a row is a tuple, whose own `count` hides the column.
    return [(key, end // 1_000, total) for key, end, total in found]
