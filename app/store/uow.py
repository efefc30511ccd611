"""The unit of work: one transaction with the repositories on it.

    with store.unit() as uow:      # a writer: BEGIN IMMEDIATE, one at a time
        ...
        uow.commit()               # without it everything is taken back

    with store.reader() as uow:    # a snapshot; never waits for a writer
        ...

A writer commits at most once. Operations added to the outbox are in the journal, on the disk, when
`commit` returns (see `journal`).
"""

import contextlib
import errno
import logging
import sqlite3
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.store.catalog import CatalogRepository
from app.store.drafts import DraftRepository
from app.store.errors import DamagedError, DiskError, translate
from app.store.fiscal import FiscalRepository
from app.store.guests import GuestRepository
from app.store.outbox import OutboxRepository, operation_to_entry
from app.store.payments import PaymentRepository
from app.store.print_jobs import PrintJobRepository
from app.store.sales import SaleRepository
from app.store.session import Session
from app.store.settings import SettingsRepository
from app.store.shifts import ShiftRepository
from app.store.staff import StaffRepository

if TYPE_CHECKING:
    from app.store.engine import Store

_log = logging.getLogger(__name__)


class UnitOfWork:
    """One transaction. Use it as a context manager, on one thread."""

    def __init__(self, store: "Store", *, write: bool, durable: bool) -> None:
        self._store = store
        self._write = write
        self._durable = durable
        self._open = False
        self._session: Session | None = None

    # -------------------------------------------------------------- life
    def __enter__(self) -> Self:
        """Begin.

        Raises:
            StoreBusyError: Another program holds the file.
            DamagedError: The file broke.
        """
        if self._write:
            self._store.take_write_lock()
        try:
            connection = self._store.connection(durable=self._durable)
            connection.execute("BEGIN IMMEDIATE" if self._write else "BEGIN")
        except BaseException as error:
            if self._write:
                self._store.free_write_lock()
            self._raise_translated(error)
            raise
        self._session = Session(connection, self._store.menu_reader)
        self._open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what was not committed and translate errors of the database."""
        if self._open:
            self._end()
        if error is not None:
            self._raise_translated(error)

    def commit(self) -> None:
        """Make it so, durably unless the unit was opened with `durable=False`.

        Raises:
            DiskError: Nothing was written.
        """
        assert self._write, "a reader has nothing to commit"
        assert self._open, "a unit of work commits once"
        session = self.session
        journal = self._store.journal
        if session.added:
            try:
                journal.begin([operation_to_entry(operation) for operation in session.added])
            except OSError as error:
                self._end()
                raise DiskError(full=error.errno == errno.ENOSPC) from error
        try:
            session.connection.execute("COMMIT")
        except BaseException as error:
            self._void(session)
            self._end()
            self._raise_translated(error)
            raise
        if session.added:
            self._finish_journal()
        if session.finished:
            with contextlib.suppress(OSError):  # losing the note does no harm
                journal.done(session.finished)
        self._end()
        self._store.tell(frozenset(session.changed))

    def _finish_journal(self) -> None:
        """Wait for the journal; the database has the operations, so a failure is not a refusal."""
        try:
            self._store.journal.finish()
        except OSError:
            _log.exception("the journal could not be written to the disk")
            self._store.mark_journal_weak()

    def _void(self, session: Session) -> None:
        """Take new operations back out of the journal; a correction that failed does no harm."""
        new = [op.operation_id for op in session.added if op.operation_id not in session.edited]
        with contextlib.suppress(OSError):
            if session.added:
                self._store.journal.finish()
            if new:
                self._store.journal.void(new)

    def _end(self) -> None:
        self._open = False
        connection = self.session.connection
        try:
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
        finally:
            if self._write:
                self._store.free_write_lock()

    def _raise_translated(self, error: BaseException) -> None:
        if not isinstance(error, sqlite3.Error):
            return
        ours = translate(error)
        if ours is None:
            return
        if isinstance(ours, DamagedError):
            self._store.mark_suspect()
        raise ours from error

    @property
    def session(self) -> Session:
        """Return what the repositories share."""
        assert self._session is not None, "a unit of work is used inside `with`"
        return self._session

    # -------------------------------------------------------------- repositories
    @cached_property
    def sales(self) -> SaleRepository:
        """Paid sales and refunds."""
        return SaleRepository(self.session)

    @cached_property
    def drafts(self) -> DraftRepository:
        """Orders that are not paid yet."""
        return DraftRepository(self.session)

    @cached_property
    def payments(self) -> PaymentRepository:
        """Money movements by devices."""
        return PaymentRepository(self.session)

    @cached_property
    def outbox(self) -> OutboxRepository:
        """What the service must be told."""
        return OutboxRepository(self.session)

    @cached_property
    def shifts(self) -> ShiftRepository:
        """Shifts and cash movements."""
        return ShiftRepository(self.session)

    @cached_property
    def guests(self) -> GuestRepository:
        """The cache of guests and the pool of card codes."""
        return GuestRepository(self.session)

    @cached_property
    def print_jobs(self) -> PrintJobRepository:
        """What is to be printed."""
        return PrintJobRepository(self.session)

    @cached_property
    def fiscal(self) -> FiscalRepository:
        """What the fiscal register is to do."""
        return FiscalRepository(self.session)

    @cached_property
    def catalog(self) -> CatalogRepository:
        """The menu."""
        return CatalogRepository(self.session)

    @cached_property
    def staff(self) -> StaffRepository:
        """People who sign in."""
        return StaffRepository(self.session)

    @cached_property
    def settings(self) -> SettingsRepository:
        """The venue's configuration, plain settings and counters."""
        return SettingsRepository(self.session)
