"""Opening, repairing and sharing the till's database.

`Store.open` does, in this order: take the lock (one till for one database); look at the header
(a newer or foreign file is refused untouched); open; check the small tables that every start reads,
after an unclean stop those that hold money, after a reported fault the whole file; put a damaged file aside, make a new one and
bring back what can be read and the unsent operations of the journal; migrate; put operations that
were in flight back in the queue; write the journal anew, at once if the last run ended badly.
"""

import errno
import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from app.domain.catalog import Menu
from app.kernel.clock import Clock
from app.store import health
from app.store.errors import DamagedError, DiskError, FolderError, translate
from app.store.journal import Journal, read_journal
from app.store.lock import TillLock
from app.store.menu_check import check_menu
from app.store.menu_file import MenuFiles, MenuReader
from app.store.migrations import migrate
from app.store.outbox import operation_to_entry, restore_operations, unsent_operations
from app.store.salvage import salvage
from app.store.session import Topic
from app.store.uow import UnitOfWork

_log = logging.getLogger(__name__)

DATABASE_NAME: Final = "till.db"
JOURNAL_NAME: Final = "outbox.journal"
LOCK_NAME: Final = "till.lock"
_BUSY_TIMEOUT_S: Final = 5.0
_STATEMENTS_CACHED: Final = 256
_DELIVERED_KEPT: Final = timedelta(days=30)
_PRINTED_KEPT: Final = timedelta(days=14)

Listener = Callable[[frozenset[Topic]], None]


@dataclass(frozen=True, slots=True)
class StoreEvent:
    """Something the cashier should know about the start.

    `code` is DATABASE_DAMAGED, OPERATIONS_RECOVERED or MENU_DAMAGED.
    """

    code: str
    ru: str
    en: str


class Store:
    """The open database. One for a process; any thread may use it.

    Attributes:
        events: What happened while opening; empty on an ordinary start.
        journal: The journal of unsent operations.
    """

    def __init__(self, folder: Path, clock: Clock, lock: TillLock) -> None:
        self._path = folder / DATABASE_NAME
        self._folder = folder
        self._clock = clock
        self._lock = lock
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._all_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._writer: int | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._suspect = False
        self._journal_weak = False
        self._menu = MenuFiles(folder)
        self.events: tuple[StoreEvent, ...] = ()
        self.journal: Journal

    @classmethod
    def open(cls, folder: Path, clock: Clock) -> Self:
        """Open the store in a folder, which is made if it is missing.

        Raises:
            AlreadyRunningError: Another till uses it.
            NewerDatabaseError: Written by a newer program; nothing was touched.
            ForeignDatabaseError: A database of another program; nothing was touched.
            FolderError: The folder cannot be made or written.
            DiskError: The disk is full or fails.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = TillLock(folder / LOCK_NAME)
        except OSError as error:
            raise FolderError(folder) from error
        store = cls(folder, clock, lock)
        try:
            store._start()
        except BaseException as error:
            store._close_connections()
            lock.release(clean=lock.was_clean)
            if isinstance(error, sqlite3.Error) and (ours := translate(error)):
                raise ours from error
            if isinstance(error, OSError):
                raise DiskError(full=error.errno == errno.ENOSPC) from error
            raise
        return store

    # -------------------------------------------------------------- start
    def _start(self) -> None:
        state = health.look_at_header(self._path)
        if state is not health.FileState.DAMAGED and self._opens_well(state):
            try:
                self._begin(aside=None)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
            else:
                return
        self._close_connections()
        aside = health.put_aside(self._path, self._clock.now())
        self._note(
            "DATABASE_DAMAGED",
            f"База кассы была повреждена и отложена: {aside.name}. Создана новая",
            f"The till's database was damaged and put aside: {aside.name}. A new one was made",
        )
        self._begin(aside)

    def _begin(self, aside: Path | None) -> None:
        """Open the database, make it if it is missing, and bring back what is unsent.

        Args:
            aside: The damaged database that a new one takes the place of.
        """
        connection = self.connection(durable=True)
        is_new = migrate(connection) == 0
        if aside is not None:
            salvage(connection, aside)
        if is_new:
            self._recover(connection)
        connection.execute("UPDATE outbox SET state = 'pending' WHERE state = 'in_flight'")
        connection.execute("UPDATE print_jobs SET state = 'queued' WHERE state = 'printing'")
        self.journal = Journal(self._folder / JOURNAL_NAME)
        if self._lock.was_clean and not is_new:
            # Both agree, so writing a long journal anew can wait for a quiet moment.
            self._journal_weak = True
        else:
            self._renew_journal(connection)
        if self._lock.was_suspect:
            self._check_menu(connection)
        self._menu.remove_leftovers(self._menu_name(connection))

    def _renew_journal(self, connection: sqlite3.Connection) -> None:
        """Write the journal anew. The old one, which may only hold too much, does until it works."""
        try:
            unsent = unsent_operations(connection)
            self.journal.rewrite(operation_to_entry(operation) for operation in unsent)
        except OSError:
            _log.exception("the journal could not be written anew")
            self._journal_weak = True

    def _opens_well(self, state: health.FileState) -> bool:
        if state is not health.FileState.SOUND:
            return True
        tables = health.START_TABLES if self._lock.was_clean else health.MONEY_TABLES
        try:
            return health.is_sound(
                self.connection(durable=True), () if self._lock.was_suspect else tables
            )
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            return False

    def _check_menu(self, connection: sqlite3.Connection) -> None:
        """Drop a damaged menu: the service gives it out again."""
        name = self._menu_name(connection)
        if name is None or self._menu.is_sound(name):
            return
        self._menu.close()
        connection.execute("DELETE FROM settings WHERE name = 'menu_file'")
        self._note(
            "MENU_DAMAGED",
            "Файл меню был повреждён. Меню загрузится заново при связи с сервисом",
            "The menu file was damaged. The menu is fetched again from the service",
        )

    def _recover(self, connection: sqlite3.Connection) -> None:
        found = read_journal(self._folder / JOURNAL_NAME)
        count = restore_operations(connection, found.operations)
        if not count:
            return
        self._note(
            "OPERATIONS_RECOVERED",
            f"Восстановлено неотправленных операций: {count}",
            f"Unsent operations recovered: {count}",
        )

    def _note(self, code: str, ru: str, en: str) -> None:
        self.events = (*self.events, StoreEvent(code, ru, en))

    # -------------------------------------------------------------- use
    def unit(self, *, durable: bool = True) -> UnitOfWork:
        """Return a writing unit of work.

        Args:
            durable: Wait for the disk at commit, so that it survives a power cut. False survives
                the death of the process only: enough for drafts.
        """
        return UnitOfWork(self, write=True, durable=durable)

    def reader(self) -> UnitOfWork:
        """Return a reading unit of work: a snapshot that waits for no writer."""
        return UnitOfWork(self, write=False, durable=True)

    def subscribe(self, listener: Listener) -> None:
        """Have a function called after each commit, on the thread that committed.

        It must be quick and must not open a unit of work.
        """
        self._listeners = (*self._listeners, listener)

    def tell(self, topics: frozenset[Topic]) -> None:
        """Call the listeners."""
        if topics:
            for listener in self._listeners:
                listener(topics)

    # -------------------------------------------------------------- menu
    def replace_menu(self, menu: Menu) -> None:
        """Check a new menu, write it beside the old one and take it into use at once.

        Sales go on meanwhile. The stop-list starts anew from the menu's own.

        Raises:
            MenuRefusedError: It contradicts itself; the old one stays.
            DiskError: It could not be written; the old one stays.
        """
        check_menu(menu)
        with self.unit() as uow:
            name = f"menu-{uow.settings.next_number('menu_file'):06d}.db"
            uow.commit()
        try:
            self._menu.build(menu, name)
        except sqlite3.Error as error:
            raise translate(error) or error from error
        with self.unit() as uow:
            uow.settings.put("menu_file", name)
            uow.catalog.forget_stops()
            uow.commit()
        self._menu.remove_leftovers(name)

    # -------------------------------------------------------------- upkeep
    def tidy(self) -> None:
        """Move the write-ahead log into the file and trim the journal; call it when it is quiet."""
        self.connection(durable=True).execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        if self.journal.wants_trim or self._journal_weak:
            self.trim_journal()

    def forget_old(self) -> int:
        """Remove what was delivered or printed long ago; return how many rows. Once a day is enough.

        Sales, refunds and shifts stay, and so does what a person gave up.
        """
        now = self._clock.now()
        with self.unit(durable=False) as uow:
            count = uow.outbox.trim(now - _DELIVERED_KEPT)
            count += uow.print_jobs.trim(now - _PRINTED_KEPT)
            count += uow.fiscal.trim(now - _DELIVERED_KEPT)
            uow.commit()
        return count

    def trim_journal(self) -> None:
        """Write the journal anew from what is unsent. Takes the write lock.

        Raises:
            DiskError: The disk is full or fails; the old journal stays.
        """
        self.take_write_lock()
        try:
            unsent = unsent_operations(self.connection(durable=True))
            self.journal.rewrite(operation_to_entry(operation) for operation in unsent)
            self._journal_weak = False
        except OSError as error:
            raise DiskError(full=error.errno == errno.ENOSPC) from error
        finally:
            self.free_write_lock()

    def check(self) -> bool:
        """Look at every page; False makes the next start repair. Slow, for a quiet moment."""
        sound = health.is_sound(self.connection(durable=True))
        if not sound:
            self.mark_suspect()
        return sound

    def mark_journal_weak(self) -> None:
        """Have `tidy` write the journal anew: a part of it may not have reached the disk."""
        self._journal_weak = True

    def mark_suspect(self) -> None:
        """Note that a damaged page was met: the next start looks at all of them."""
        self._suspect = True
        self._lock.mark_suspect()

    def close(self) -> None:
        """Close everything; the caller has stopped the threads that use the store."""
        self.take_write_lock()
        try:
            self.journal.close()
            self._menu.close()
            self._close_connections()
            self._lock.release(clean=not self._suspect)
        finally:
            self.free_write_lock()

    # -------------------------------------------------------------- connections
    def connection(self, *, durable: bool) -> sqlite3.Connection:
        """Return this thread's connection, set to wait for the disk or not."""
        local = self._local
        found: sqlite3.Connection | None = getattr(local, "connection", None)
        if found is None:
            found = self._connect()
            local.connection = found
        if getattr(local, "durable", None) is not durable:
            found.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            local.durable = durable
        return found

    def menu_reader(self) -> MenuReader | None:
        """Return this thread's view of the current menu, None before the first menu."""
        name = self._menu_name(self._local.connection)
        return None if name is None else self._menu.reader(name)

    def _menu_name(self, connection: sqlite3.Connection) -> str | None:
        row = connection.execute("SELECT value FROM settings WHERE name = 'menu_file'").fetchone()
        return None if row is None else str(row[0])

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_CACHED,
        )
        with self._all_lock:
            self._all.append(connection)
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Moving the log into the file is left to `tidy`, so that no sale waits for it; the
        # limit here only keeps the log from growing for ever.
        connection.execute("PRAGMA wal_autocheckpoint = 8000").fetchall()
        connection.execute("PRAGMA journal_size_limit = 67108864").fetchall()
        connection.execute("PRAGMA temp_store = MEMORY")
        # Some builds of SQLite overwrite deleted rows with zeros; only time is gained by not doing so.
        connection.execute("PRAGMA secure_delete = OFF").fetchall()
        return connection

    def _close_connections(self) -> None:
        with self._all_lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    # -------------------------------------------------------------- writers
    def take_write_lock(self) -> None:
        """Wait until no other thread writes."""
        me = threading.get_ident()
        assert self._writer != me, "units of work that write do not nest"
        self._write_lock.acquire()
        self._writer = me

    def free_write_lock(self) -> None:
        """Let the next thread write."""
        self._writer = None
        self._write_lock.release()


def _is_damage(error: sqlite3.Error) -> bool:
    return isinstance(translate(error), DamagedError)
