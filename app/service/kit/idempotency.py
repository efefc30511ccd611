"""The same key with the same content is answered as before; with other content it is refused.

The key is written in the same transaction as the effect. A refused call writes nothing, so it may be
tried again with its key. Keys are kept 30 days; what must never happen twice has a unique key of its
own in the tables of its noun.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.base import ShownOnce, WireModel
from app.contracts.errors import ErrorCode
from app.service.db.prepared import Prepared
from app.service.kit.models import idempotency_keys
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

KEPT = timedelta(days=30)
PRUNE_MAX = 5_000

Answer = TypeVar("Answer", bound=WireModel)


_KNOWN: Final = Prepared(
    sa.select(idempotency_keys.c.fingerprint, idempotency_keys.c.answer).where(
        idempotency_keys.c.installation_id == sa.bindparam("installation_id"),
        idempotency_keys.c.key == sa.bindparam("key"),
    )
)
_KEEP: Final = Prepared(
    sa.insert(idempotency_keys), ("installation_id", "key", "fingerprint", "answer", "created_at")
)


def fingerprint(scope: str, message: WireModel) -> str:
    """Return a digest of what is asked: the name of the call and the fields that we read."""
    content = f"{scope}\n{message.to_wire_json()}"
    return hashlib.sha256(content.encode()).hexdigest()


def ask_ahead(connection: Connection, installation_id: str, key: str) -> None:
    """Begin to look up the key of an installation's call."""
    _KNOWN.ahead(connection, {"installation_id": installation_id, "key": key})


class Told(NamedTuple, Generic[Answer]):
    """An answer, and its JSON if that was made already."""

    answer: Answer
    text: str | None = None


def run_once(
    work: Work, key: str | None, mark: str, answer_type: type[Answer], act: Callable[[], Answer]
) -> Answer:
    """Run a changing call, or give the answer it had; see `tell_once`."""
    return tell_once(work, key, mark, answer_type, act).answer


def tell_once(
    work: Work, key: str | None, mark: str, answer_type: type[Answer], act: Callable[[], Answer]
) -> Told[Answer]:
    """Run a changing call, or give the answer it had.

    Args:
        work: The transaction.
        key: The caller's key; None means that only natural keys protect.
        mark: Digest of the content.
        answer_type: The model that the kept answer is read back with; it has `already_processed`.
        act: What to do the first time.

    Raises:
        ProblemError: IDEMPOTENCY_KEY_REUSED.
    """
    if key is None:
        return Told(act())
    key = _own_key(work, key)
    named = {"installation_id": work.caller.installation_id, "key": key}
    known = _KNOWN.first(work.connection, named)
    if known is not None:
        if known.fingerprint != mark:
            raise ProblemError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        before = answer_type.from_wire(known.answer)
        return Told(before.model_copy(update={"already_processed": True}))
    answer = act()
    kept = _kept(answer)
    _KEEP.run(
        work.connection, {**named, "fingerprint": mark, "answer": kept, "created_at": work.now}
    )
    return Told(answer, None if isinstance(answer, ShownOnce) else kept)


def _own_key(work: Work, key: str) -> str:
    # People share the office of their company, yet not their keys.
    person = work.caller.staff_id
    if person is None:
        return key
    return "staff:" + hashlib.sha256(f"{person}\n{key}".encode()).hexdigest()


def _kept(answer: WireModel) -> str:
    # What is shown once is shown once: a repeated call gets the answer without it.
    if not isinstance(answer, ShownOnce):
        return answer.to_wire_json()
    return answer.model_copy(update=dict.fromkeys(answer.SECRETS)).to_wire_json()


def prune(connection: Connection, now: datetime) -> int:
    """Forget keys older than they must be kept, a bounded number at a time; return how many."""
    old = (
        sa.select(idempotency_keys.c.installation_id, idempotency_keys.c.key)
        .where(idempotency_keys.c.created_at < now - KEPT)
        .limit(PRUNE_MAX)
    )
    rows = connection.execute(old).all()
    for row in rows:
        connection.execute(
            sa.delete(idempotency_keys).where(
                idempotency_keys.c.installation_id == row.installation_id,
                idempotency_keys.c.key == row.key,
            )
        )
    return len(rows)
