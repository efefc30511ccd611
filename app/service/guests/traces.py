"""What copies of a guest's data lie elsewhere, and taking them away when he is forgotten.

Kept answers to changing calls, events that wait or were sent, and logs may hold his phone or name. What
is kept for others stays as it is: the answer with its ids, the event with its type, the log's line. The
audit log, which nobody can change, names guests by their ids alone.
"""

import json
from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from app.service.kit.models import events, idempotency_keys
from app.service.kit.work import Work
from app.service.requests.models import request_logs
from app.service.tills.models import installations
from app.service.webhooks.models import webhook_deliveries

_NAMING: Final = frozenset({"name", "firstName", "phone"})
_LEFT_OUT: Final = frozenset({"birthDate"})
_LOGGED: Final = ("path", "query", "request_body", "response_body")


def forget_copies(work: Work, ids: Collection[str], phones: Collection[str]) -> None:
    """Take a person's phone and name out of everything that was kept of calls about him.

    Args:
        work: The transaction.
        ids: Of his guests and cards.
        phones: His phones as digits.
    """
    _scrub_answers(work, ids, phones)
    _scrub_events(work, ids, phones)
    for phone in phones:
        _forget_text(work, request_logs, _LOGGED, phone)
        _forget_text(work, webhook_deliveries, ("last_error",), phone)


def scrub(value: Any, ids: Collection[str], phones: Collection[str]) -> Any:  # noqa: ANN401 - any part of JSON
    """Return JSON without a person: his phones become empty, and so do names beside his ids."""
    if isinstance(value, dict):
        is_his = any(inner in ids for inner in value.values() if isinstance(inner, str))
        return {
            name: "" if is_his and name in _NAMING and inner else scrub(inner, ids, phones)
            for name, inner in value.items()
            if not (is_his and name in _LEFT_OUT)
        }
    if isinstance(value, list):
        return [scrub(inner, ids, phones) for inner in value]
    if isinstance(value, str):
        for phone in phones:
            value = value.replace(phone, "")
    return value


def _scrub_answers(work: Work, ids: Collection[str], phones: Collection[str]) -> None:
    own = sa.select(installations.c.id).where(installations.c.tenant_id == work.tenant_id)
    keys = idempotency_keys.c
    found = sa.select(keys.installation_id, keys.key, keys.answer).where(
        keys.installation_id.in_(own), _mentions(keys.answer, ids, phones)
    )
    for row in work.connection.execute(found).all():
        before = json.loads(row.answer)
        after = scrub(before, ids, phones)
        if after != before:
            work.connection.execute(
                sa.update(idempotency_keys)
                .where(keys.installation_id == row.installation_id, keys.key == row.key)
                .values(answer=json.dumps(after, ensure_ascii=False, separators=(",", ":")))
            )


def _scrub_events(work: Work, ids: Collection[str], phones: Collection[str]) -> None:
    data = events.c.data
    found = sa.select(events.c.id, data).where(
        events.c.tenant_id == work.tenant_id, _mentions(sa.cast(data, sa.Text), ids, phones)
    )
    for event_id, before in work.connection.execute(found).all():
        after = scrub(before, ids, phones)
        if after != before:
            work.connection.execute(
                sa.update(events).where(events.c.id == event_id).values(data=after)
            )


def _mentions(
    column: "sa.ColumnElement[str]", ids: Collection[str], phones: Collection[str]
) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.contains(word, autoescape=True) for word in (*ids, *phones)))


def _forget_text(work: Work, table: sa.Table, names: Collection[str], phone: str) -> None:
    for name in names:
        column = table.c[name]
        work.connection.execute(
            sa.update(table)
            .where(table.c.tenant_id == work.tenant_id, column.contains(phone, autoescape=True))
            .values({name: sa.func.replace(column, phone, "")})
        )
