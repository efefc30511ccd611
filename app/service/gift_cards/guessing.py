"""Guessing at codes is limited, for each caller and for the whole company.

Ten codes in a quarter of an hour that are well formed and belong to nobody lock a caller out for a
quarter of an hour, and twice as long each time it happens again within a day; two hundred an hour lock
all look-ups of the company. Counters are rows: a restart forgets nothing, and all processes count
together. A slip of the finger does not count, as the check digit tells it without looking anything up.
Only look-ups by code are locked: what is known by its id (holds, refunds) goes on.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.service.gift_cards.models import gift_card_guesses
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


def require_unlocked(work: Work) -> None:
    """Refuse a caller who has guessed too often.

    Raises:
        ProblemError: GIFT_CARD_GUESSING_LOCKED, with the seconds to wait.
    """
    end = work.connection.execute(
        sa.select(sa.func.max(gift_card_guesses.c.locked_until)).where(
            gift_card_guesses.c.tenant_id == work.tenant_id,
            gift_card_guesses.c.subject.in_((guesser(work), COMPANY)),
            gift_card_guesses.c.locked_until > work.now,
        )
    ).scalar()
    if end is not None:
        raise _locked(end, work.now)


def count_miss(work: Work) -> None:
    """Count a code that nobody has; the caller commits although it refuses."""
    _count(work, guesser(work), CALLER_LIMIT)
    _count(work, COMPANY, COMPANY_LIMIT)


def _locked(end: datetime, now: datetime) -> ProblemError:
    seconds = max(1, -((now - end) // timedelta(seconds=1)))
    return ProblemError(ErrorCode.GIFT_CARD_GUESSING_LOCKED, retry_after_s=seconds)


def _count(work: Work, subject: str, limit: GuessLimit) -> None:
    table = gift_card_guesses
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
