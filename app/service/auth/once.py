"""Calls of signing in under an idempotency key: answered as before, although nobody is known yet.

What such a call answers are tokens, so its answer is kept sealed, for a week. Keys are told apart by
whom the call is about: the address that signs in, the token that is used up, the person who is
calling. The content is compared by a keyed digest: it holds passwords. Whoever shows the same key has
to show the same content, so a kept answer tells nobody what he could not have asked himself.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

import sqlalchemy as sa
from fastapi import Request
from sqlalchemy.engine import Connection

from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.service.auth.models import sign_in_answers
from app.service.kit.problems import ProblemError
from app.service.kit.signing import sign, signing_key
from app.service.kit.work import Work

KEPT: Final = timedelta(days=7)
_NAME: Final = "sign-in-key"
_CONTENT: Final = "sign-in-content"

Answered = TypeVar("Answered", bound=WireModel)


class Asked(NamedTuple):
    """What a call was asked under a key, and about whom; without a key nothing is kept."""

    key: str | None
    call: str
    content: str
    subject: str = ""

    def about(self, subject: str) -> "Asked":
        """Return the same, about somebody."""
        return self._replace(subject=subject)


def asked_for(request: Request, key: str | None, message: WireModel | None = None) -> Asked:
    """Return what a request asks."""
    content = message.to_wire_json() if message is not None else ""
    return Asked(key, f"{request.method} {request.url.path}", content)


def find_answer(work: Work, asked: Asked, model: type[Answered]) -> Answered | None:
    """Return the answer that the same call had before; None if it is the first.

    Raises:
        ProblemError: IDEMPOTENCY_KEY_REUSED: the key came with other content.
    """
    if asked.key is None:
        return None
    own = signing_key(work.connection)
    row = work.connection.execute(
        sa.select(sign_in_answers.c.fingerprint, sign_in_answers.c.answer).where(
            sign_in_answers.c.key_hash == _name(own, asked),
            sign_in_answers.c.created_at > work.now - KEPT,
        )
    ).first()
    if row is None:
        return None
    if row.fingerprint != sign(own, _CONTENT, asked.content):
        raise ProblemError(ErrorCode.IDEMPOTENCY_KEY_REUSED)
    return model.from_wire(row.answer).model_copy(update={"already_processed": True})


def answer_once(
    work: Work,
    asked: Asked,
    model: type[Answered],
    act: Callable[[], Answered | ProblemError],
) -> Answered | ProblemError:
    """Run a call and keep its answer, or give the answer it had; refusals are not kept.

    Raises:
        ProblemError: IDEMPOTENCY_KEY_REUSED, and what the call raises.
    """
    known = find_answer(work, asked, model)
    if known is not None:
        return known
    answer = act()
    if asked.key is not None and not isinstance(answer, ProblemError):
        _keep(work, asked, answer)
    return answer


def prune_answers(connection: Connection, now: datetime) -> int:
    """Forget answers of more than a week ago; return how many."""
    old = sign_in_answers.c.created_at <= now - KEPT
    return connection.execute(sa.delete(sign_in_answers).where(old)).rowcount


def _keep(work: Work, asked: Asked, answer: WireModel) -> None:
    own = signing_key(work.connection)
    name = _name(own, asked)
    # One of a week ago may still lie there.
    work.connection.execute(
        sa.delete(sign_in_answers).where(
            sign_in_answers.c.key_hash == name, sign_in_answers.c.created_at <= work.now - KEPT
        )
    )
    work.connection.execute(
        sa.insert(sign_in_answers).values(
            key_hash=name,
            fingerprint=sign(own, _CONTENT, asked.content),
            answer=answer.to_wire_json(),
            created_at=work.now,
        )
    )


def _name(own: bytes, asked: Asked) -> str:
    return sign(own, _NAME, f"{asked.call}\0{asked.subject}\0{asked.key}")
