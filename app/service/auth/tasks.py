"""What signing in leaves behind is forgotten: sessions, attempts, invitations, keys of tokens."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.auth.attempts import prune_attempts
from app.service.auth.models import invitations
from app.service.auth.once import prune_answers
from app.service.auth.sessions import prune_sessions
from app.service.auth.signing import prune_keys
from app.service.jobs.job import Job, JobContext

_HOUR_S: Final = 3_600
_PIECE: Final = 500
_INVITATIONS_KEPT: Final = timedelta(days=90)


def forget_sign_ins(context: JobContext) -> int:
    """Delete what is over, in bounded pieces; return how many rows."""
    total = 0
    while not context.stopping.is_set():
        forget = partial(prune_sessions, now=context.now(), batch=_PIECE)
        count = context.database.write(forget).result()
        total += count
        if count < _PIECE:
            break
    now = context.now()
    return total + context.database.write(lambda connection: _forget_rest(connection, now)).result()


def _forget_rest(connection: Connection, now: datetime) -> int:
    over = invitations.c.expires_at < now - _INVITATIONS_KEPT
    gone = connection.execute(sa.delete(invitations).where(over)).rowcount
    gone += prune_answers(connection, now)
    return gone + prune_attempts(connection, now) + prune_keys(connection, now)


JOBS: Final = (Job("auth.prune", _HOUR_S, forget_sign_ins),)
