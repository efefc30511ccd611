"""Guessing at codes is limited, for each caller and for the whole company.

So many misses within a span lock whoever guesses out for a while, and twice as long each time it
happens again within a day. Counters are rows: a restart forgets nothing, and all processes count
together. An administrator may lift a lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

COMPANY: Final = "*"
_LOCKS_MAX: Final = 6  # doubled at most so often: 16 hours
_FORGIVEN_AFTER: Final = timedelta(days=1)

Row = sa.Row[*tuple[Any, ...]]


class GuessLimit(NamedTuple):
    """So many misses within a span lock for a while."""

    misses: int
    within: timedelta
    lock: timedelta


CALLER_LIMIT: Final = GuessLimit(10, timedelta(minutes=15), timedelta(minutes=15))
COMPANY_LIMIT: Final = GuessLimit(200, timedelta(hours=1), timedelta(minutes=15))


def guesser(work: Work) -> str:
    """Return whom misses are counted for: a person, or an installation whatever its key."""
    caller = work.caller
    if caller.staff_id is not None:
        return f"staff:{caller.staff_id}"
    return f"installation:{caller.installation_id}"


@dataclass(frozen=True, slots=True)
class Guessing:
    """Counts misses at one kind of code.

    Attributes:
        kind: What the codes are, as it is told to administrators.
        table: The counters, by company and subject.
        refusal: What a caller who is locked out is told.
    """

    kind: str
    table: sa.Table
    refusal: ErrorCode

    def require_unlocked(self, work: Work, *beside: str) -> None:
        """Refuse a caller who has guessed too often.

        Args:
            work: The transaction.
            beside: Whom misses are counted for beside the caller, like a guest's card.

        Raises:
            ProblemError: The kind's refusal, with the seconds to wait.
        """
        columns = self.table.c
        end = work.connection.execute(
            sa.select(sa.func.max(columns.locked_until)).where(
                columns.tenant_id == work.tenant_id,
                columns.subject.in_((guesser(work), COMPANY, *beside)),
                columns.locked_until > work.now,
            )
        ).scalar()
        if end is not None:
            seconds = max(1, -((work.now - end) // timedelta(seconds=1)))
            raise ProblemError(self.refusal, retry_after_s=seconds)

    def count_miss(self, work: Work, *beside: str) -> None:
        """Count a code that nobody has; the caller commits although it refuses."""
        # One order for all, so that two who miss at once never wait for each other in a circle.
        for subject in sorted({guesser(work), *beside}):
            self._count(work, subject, CALLER_LIMIT)
        self._count(work, COMPANY, COMPANY_LIMIT)

    def locked(self, work: Work) -> Sequence[Row]:
        """Return who is locked out now, who for longest first."""
        columns = self.table.c
        found = sa.select(columns.subject, columns.locked_until, columns.locks).where(
            columns.tenant_id == work.tenant_id, columns.locked_until > work.now
        )
        return work.connection.execute(found.order_by(columns.locked_until.desc())).all()

    def lift(self, work: Work, subject: str) -> bool:
        """End a lock and forget the misses behind it; tell whether there was one."""
        columns = self.table.c
        gone = work.connection.execute(
            sa.delete(self.table).where(
                columns.tenant_id == work.tenant_id,
                columns.subject == subject,
                columns.locked_until > work.now,
            )
        )
        return gone.rowcount > 0

    def _count(self, work: Work, subject: str, limit: GuessLimit) -> None:
        table = self.table
        where = (table.c.tenant_id == work.tenant_id, table.c.subject == subject)
        row = work.connection.execute(sa.select(table).where(*where).with_for_update()).first()
        values = _after_miss(row, limit, work.now)
        if row is not None:
            work.connection.execute(sa.update(table).where(*where).values(values))
            return
        # Two that miss for the first time at once: the database lets one in, the other runs again.
        work.connection.execute(
            sa.insert(table).values(tenant_id=work.tenant_id, subject=subject, **values)
        )


def _after_miss(row: Row | None, limit: GuessLimit, now: datetime) -> dict[str, Any]:
    misses, locks, begun, until = 0, 0, now, None
    if row is not None:
        misses, locks, begun, until = row.misses, row.locks, row.counted_from, row.locked_until
    if until is not None and now >= until + _FORGIVEN_AFTER:
        locks = 0
    if now >= begun + limit.within:
        misses, begun = 0, now
    misses += 1
    if misses >= limit.misses:
        until = now + limit.lock * 2 ** min(locks, _LOCKS_MAX)
        misses, locks, begun = 0, locks + 1, now
    return {"misses": misses, "locks": locks, "counted_from": begun, "locked_until": until}
