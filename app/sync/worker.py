"""The sync thread: when to ping, push and pull (O3, O5).

Everything that is due is done by `step`, which returns the seconds until something is due again;
the thread is a loop of steps and waits that a wake-up cuts short. It is woken by each commit that
puts something in the queue, by calls of others that cast doubt on the link, and by `sync_now`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.api_client.client import ServiceClient
from app.api_client.errors import ServiceProblem
from app.contracts.pos import PingResponse
from app.kernel.clock import Clock
from app.kernel.errors import AppError, BugError
from app.kernel.ids import Ids
from app.store.engine import Store
from app.store.session import Topic
from app.sync.backoff import Backoff
from app.sync.connectivity import FAILURES_FOR_OFFLINE, PING_EVERY_S, Connectivity
from app.sync.pull import Puller
from app.sync.push import Pusher
from app.sync.state import Link, Notice, SyncState

_log = logging.getLogger(__name__)

SYNC_EVERY_S: Final = 300.0
WATCH_EVERY_S: Final = 1.0
TIDY_EVERY_S: Final = 30.0
FORGET_EVERY_S: Final = 3_600.0
STOP_WAIT_S: Final = 2.0
_STEP_MIN_S: Final = 0.05

OnChange = Callable[[SyncState], None]


class SyncWorker:
    """Keeps the till and the service alike on a thread of its own.

    Allowed order: `start`, then anything, then `stop`. `step` is for tests, without `start`.

    Args:
        store: The till's memory.
        client: Calls the service; its other calls are listened to as well.
        clock: Tells the time.
        ids: Source of jitter and keys.
        on_change: Told each new state, never twice at once, on a thread of the worker (hand it over to the screen's thread).
    """

    def __init__(
        self,
        store: Store,
        client: ServiceClient,
        clock: Clock,
        ids: Ids,
        on_change: OnChange = lambda _state: None,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._on_change = on_change
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._me: int | None = None
        self._link = Connectivity()
        self._pusher = Pusher(store, client, clock, ids, self._stopping.is_set)
        self._puller = Puller(store, client, clock, ids, self._stopping.is_set)
        self._push_backoff = Backoff(ids)
        self._pull_backoff = Backoff(ids)
        self._ping_at = 0.0
        self._sync_at = 0.0
        self._tidy_at = clock.monotonic() + TIDY_EVERY_S
        self._forget_at = clock.monotonic() + FORGET_EVERY_S
        self._push_wanted = True
        self._full_wanted = False
        self._mismatch = False
        self._last_sync_at: datetime | None = None
        self._drain = (0, 0)
        self._seen_link = Link.OFFLINE
        self._busy_since: float | None = None
        self._state = SyncState()
        self._state_lock = threading.Lock()
        client.subscribe(self._on_call)
        store.subscribe(self._on_commit)

    # -------------------------------------------------------------- any thread
    @property
    def state(self) -> SyncState:
        """Return the latest state."""
        return self._state

    def start(self) -> None:
        """Start the thread."""
        assert self._thread is None, "started once"
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()
        threading.Thread(target=self._watch, name="sync-watch", daemon=True).start()

    def wake(self) -> None:
        """Have the thread look at once whether something is due."""
        self._wake.set()

    def sync_now(self) -> None:
        """Send and fetch everything at once, without waiting for pauses."""
        self._full_wanted = True
        self._ping_at = 0.0
        self._wake.set()

    def stop(self) -> bool:
        """Stop the thread; return whether it ended in time.

        A call that is under way may outlast it; its result is dropped, the operations in it are
        sent again at the next start.
        """
        self._stopping.set()
        self._wake.set()
        if self._thread is None:
            return True
        self._thread.join(STOP_WAIT_S)
        return not self._thread.is_alive()

    def _on_call(self, error: AppError | None) -> None:
        before = self._link.link
        if self._link.note(error) or self._link.link is not before:
            self._wake.set()

    def _on_commit(self, topics: frozenset[Topic]) -> None:
        if Topic.OUTBOX in topics and threading.get_ident() != self._me:
            self._push_wanted = True
            self._wake.set()

    # -------------------------------------------------------------- the thread
    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            self._busy_since = self._clock.monotonic()
            try:
                delay = self.step()
            except Exception as error:  # noqa: BLE001 - the edge of the thread: nothing may end it
                if self._stopping.is_set():
                    return
                _log.exception("sync step failed")
                self._show_bug(error)
                delay = PING_EVERY_S
            finally:
                self._busy_since = None
            self._wake.wait(max(delay, _STEP_MIN_S))

    def _watch(self) -> None:
        """Ping while a long call keeps the sync thread busy, so that a cut is seen in time."""
        while not self._stopping.wait(WATCH_EVERY_S):
            since = self._busy_since
            if since is None or self._clock.monotonic() - since < WATCH_EVERY_S:
                continue
            for _ in range(FAILURES_FOR_OFFLINE):
                try:
                    self._client.ping()
                except AppError:
                    continue  # the link has heard of it; one failing call may be chance
                break
            if not self._stopping.is_set():
                self._show(replace(self._state, link=self._link.link, notice=self._link.notice))

    def step(self) -> float:
        """Do all that is due; return the seconds until something is due again."""
        self._me = threading.get_ident()
        try:
            if self._full_wanted:
                self._forget_pauses()
            self._ping_and_pull()
            self._note_reconnection()
            self._push_all()
            self._tidy()
            self._publish()
            return self._delay()
        finally:
            self._me = None

    def _forget_pauses(self) -> None:
        self._full_wanted = False
        self._sync_at = 0.0
        self._push_backoff.reset()
        self._pull_backoff.reset()
        with self._store.unit(durable=False) as uow:
            uow.outbox.retry_all()
            uow.commit()
        self._push_wanted = True

    def _note_reconnection(self) -> None:
        """Send everything at once when the service is back, whoever noticed it."""
        was, self._seen_link = self._seen_link, self._link.link
        if was is not Link.ONLINE and self._seen_link is Link.ONLINE:
            self._forget_pauses()

    # -------------------------------------------------------------- ping and pull
    def _ping_and_pull(self) -> None:
        doubt = self._link.take_probe()
        if not doubt and self._clock.monotonic() < self._ping_at:
            return
        versions = self._try_ping()
        if versions is None and self._link.take_probe():
            versions = self._try_ping()  # one failing call does not flip the state
        self._ping_at = self._clock.monotonic() + PING_EVERY_S
        if versions is None or self._stopping.is_set():
            return
        self._try_pull(versions)

    def _try_ping(self) -> PingResponse | None:
        try:
            return self._puller.ping()
        except AppError as error:
            _log.debug("ping failed: %s", error.code)
            return None

    def _try_pull(self, versions: PingResponse) -> None:
        now = self._clock.monotonic()
        if now < self._pull_backoff.due_at:
            return
        try:
            if self._puller.pull(versions):
                self._last_sync_at = self._clock.now()
        except ServiceProblem as error:
            self._pull_backoff.fail(now, error.retry_after_s)
        except AppError as error:
            _log.warning("pull failed: %s", error)
            self._pull_backoff.fail(now)
        else:
            self._pull_backoff.reset()

    # -------------------------------------------------------------- push
    def _push_all(self) -> None:
        """Send batch after batch until nothing is ready or one fails."""
        now = self._clock.monotonic()
        due = self._push_wanted or now >= self._sync_at
        if not due or now < self._push_backoff.due_at or self._link.link is Link.OFFLINE:
            return
        self._push_wanted = False
        self._sync_at = now + SYNC_EVERY_S
        sent, total = 0, self._count_pending()
        while not self._stopping.is_set():
            self._drain = (sent, total)
            result = self._pusher.push()
            if result.error is not None:
                retry_after = getattr(result.error, "retry_after_s", None)
                self._push_backoff.fail(self._clock.monotonic(), retry_after)
                self._push_wanted = True
                break
            if result.sent == 0:
                self._push_backoff.reset()
                break
            self._mismatch = result.mismatch
            if result.mismatch:
                _log.error("the service answered for other operations than it was sent")
            sent += result.done + result.conflicts
            self._last_sync_at = self._clock.now()
            self._publish()
        self._drain = (0, 0)

    def _count_pending(self) -> int:
        with self._store.reader() as uow:
            return uow.outbox.counts().pending

    def _tidy(self) -> None:
        now = self._clock.monotonic()
        if now >= self._tidy_at and not self._stopping.is_set():
            self._tidy_at = now + TIDY_EVERY_S
            self._store.tidy()
        if now >= self._forget_at and not self._stopping.is_set():
            self._forget_at = now + FORGET_EVERY_S
            self._store.forget_old()

    # -------------------------------------------------------------- state
    def _publish(self) -> None:
        if self._stopping.is_set():
            return
        with self._store.reader() as uow:
            counts = uow.outbox.counts()
        fresh = SyncState(
            link=self._link.link,
            pending=counts.pending + counts.in_flight,
            conflicts=counts.conflicts,
            last_sync_at=self._last_sync_at,
            notice=self._link.notice or (_MISMATCH if self._mismatch else None),
            clock_offset_ms=self._puller.offset_ms,
            sent=self._drain[0],
            total=self._drain[1],
            menu_notice=self._puller.menu_notice,
        )
        self._show(fresh)

    def _show_bug(self, error: Exception) -> None:
        ours = error if isinstance(error, AppError) else BugError(repr(error))
        self._show(replace(self._state, notice=Notice(ours.code, ours.ru, ours.en)))

    def _show(self, fresh: SyncState) -> None:
        with self._state_lock:
            if fresh == self._state:
                return
            self._state = fresh
            self._on_change(fresh)

    def _delay(self) -> float:
        """Return the seconds until the next ping, push or timed operation."""
        now = self._clock.monotonic()
        due = [self._ping_at, self._tidy_at]
        if self._link.link is not Link.OFFLINE:
            if self._push_wanted:
                due.append(self._push_backoff.due_at)
            with self._store.reader() as uow:
                timed = uow.outbox.next_time()
            if timed is not None:
                left = (timed - self._clock.now()).total_seconds()
                due.append(max(now + left, self._push_backoff.due_at))
                self._push_wanted = True
        return max(0.0, min(due) - now)


_MISMATCH: Final = Notice(
    "BATCH_MISMATCH",
    "Сервис подтвердил не все операции. Они уйдут ещё раз",
    "The service did not confirm all operations. They will be sent again",
)
