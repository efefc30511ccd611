"""Prepared statements do what SQLAlchemy's do, also where PostgreSQL sends them without a wait."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.service.db.prepared import Prepared
from app.service.kit.models import events
from app.service.loyalty.models import cards
from tests.service.harness import MARIA, START, Service

WRITE = Prepared(sa.insert(events), ("id", "tenant_id", "type", "data", "created_at"))
READ = Prepared(sa.select(events).where(events.c.id == sa.bindparam("event")))
BALANCE = Prepared(
    sa.select(cards.c.regular_minor, cards.c.last_visit_at).where(
        cards.c.id == sa.bindparam("card")
    )
)


def an_event(number: int, **more: Any) -> dict[str, Any]:
    about = {"id": f"evt-{number}", "tenant_id": "tenant-maxima", "type": "guest.created"}
    return {**about, "data": {"n": number, "имя": "Анна"}, "created_at": START, **more}


def write(service: Service, job: Any) -> Any:
    return service.runtime.database.write(job).result()


def test_values_go_in_and_come_out_by_the_types_of_the_columns(service: Service) -> None:
    def job(connection: Connection) -> Any:
        WRITE.run(connection, an_event(1))
        return READ.first(connection, {"event": "evt-1"})

    row = write(service, job)
    assert (row.data, row.created_at, row.restaurant_id) == ({"n": 1, "имя": "Анна"}, START, None)


def test_what_was_sent_without_a_wait_is_seen_by_whoever_asks(service: Service) -> None:
    def job(connection: Connection) -> list[int]:
        for number in range(3):
            WRITE.run(connection, an_event(number))
        plain = connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one()
        changed = connection.execute(sa.update(events).values(type="guest.updated")).rowcount
        return [plain, changed, len(READ.all(connection, {"event": "evt-2"}))]

    before = service.count("events")
    assert write(service, job) == [before + 3, before + 3, 1]


def test_a_refused_write_is_told_at_the_commit_and_leaves_nothing(service: Service) -> None:
    before = service.count("events")

    def job(connection: Connection) -> None:
        WRITE.run(connection, an_event(1))
        WRITE.run(connection, an_event(2, tenant_id="nobody"))
        WRITE.run(connection, an_event(3))

    with pytest.raises(IntegrityError):
        write(service, job)
    assert service.count("events") == before
    assert write(service, lambda c: BALANCE.first(c, {"card": MARIA}).regular_minor) == 69_000


def test_what_was_read_ahead_is_used_once(service: Service) -> None:
    """The second time the database is asked again, and sees what was written in between."""

    def job(connection: Connection) -> list[Any]:
        BALANCE.ahead(connection, {"card": MARIA})
        connection.execute(sa.update(cards).where(cards.c.id == MARIA).values(last_visit_at=START))
        first = BALANCE.first(connection, {"card": MARIA})
        again = BALANCE.first(connection, {"card": MARIA})
        return [first.regular_minor, again.last_visit_at]

    assert write(service, job) == [69_000, START]


def test_what_was_read_ahead_and_never_asked_for_harms_nobody(service: Service) -> None:
    def job(connection: Connection) -> str:
        BALANCE.ahead(connection, {"card": "nobody"})
        BALANCE.ahead(connection, {"card": MARIA})
        return "done"

    assert write(service, job) == "done"
    assert write(service, lambda c: BALANCE.first(c, {"card": "nobody"})) is None


def test_lists_of_any_length_cannot_be_prepared(service: Service) -> None:
    many = Prepared(sa.select(cards.c.id).where(cards.c.id.in_([MARIA, "other"])))
    with pytest.raises(AssertionError):
        service.runtime.database.read(lambda c: many.all(c, {})).result()
