"""Wrong attempts: counted in the database before they are judged, with pauses that grow.

An attempt is booked as wrong before the password is looked at, and forgotten when it was right: a
hundred guesses at once are a hundred bookings, and no restart gives new ones. What is tried is kept as
a digest, the same for names that exist and those that do not.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.auth.models import login_attempts
from app.service.kit.problems import ProblemError

FREE: Final = 5
_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=1)
FORGOTTEN: Final = timedelta(days=1)


def subject_of(kind: str, name: str) -> str:
    """Return under what attempts are counted: `email` and the address, `totp` and the person."""
    return hashlib.sha256(f"{kind}:{name.casefold()}".encode()).hexdigest()


def book_attempt(connection: Connection, subject: str, now: datetime, *, free: int = FREE) -> None:
    """Count an attempt that is about to be judged.

    Args:
        connection: A writing transaction.
        subject: What is tried, from `subject_of`.
        now: The moment.
        free: After how many attempts the pauses begin.

    Raises:
        ProblemError: LOGIN_LOCKED with the seconds to wait; nothing is counted then.
    """
    row = connection.execute(
        sa.select(login_attempts).where(login_attempts.c.subject == subject).with_for_update()
    ).first()
    if row is None:
        connection.execute(
            sa.insert(login_attempts).values(subject=subject, failures=1, last_at=now)
        )
        return
    if row.locked_until is not None and row.locked_until > now:
        seconds = -int(-(row.locked_until - now).total_seconds() // 1)
        raise ProblemError(ErrorCode.LOGIN_LOCKED, retry_after_s=max(seconds, 1))
    failures = 1 if now - row.last_at >= FORGOTTEN else row.failures + 1
    connection.execute(
        sa.update(login_attempts)
        .where(login_attempts.c.subject == subject)
        .values(failures=failures, last_at=now, locked_until=_lock_end(failures - free, now))
    )


def forget_attempts(connection: Connection, subject: str) -> None:
    """Begin anew: the attempt was right."""
    connection.execute(sa.delete(login_attempts).where(login_attempts.c.subject == subject))


def prune_attempts(connection: Connection, now: datetime) -> int:
    """Forget attempts of long ago; return how many subjects."""
    old = login_attempts.c.last_at <= now - FORGOTTEN
    return connection.execute(sa.delete(login_attempts).where(old)).rowcount


def _lock_end(beyond: int, now: datetime) -> datetime | None:
    if beyond < 0:
        return None
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(beyond, 10)
    return now + min(doubled, _LONGEST_PAUSE)
