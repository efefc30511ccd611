"""Many rows go in at once as one by one, and what may be lost does not wait for the disk."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db.bulk import BulkInsert
from app.service.requests.models import request_logs
from tests.service.harness import START, Service

_TEXTS = ("", "plain", 'a "quoted" text', "Кофе ☕ 'и' чай", "back\\slash\nand line", "null", "[]")


def a_row(number: int, text: str, more: int | None) -> dict[str, Any]:
    return {
        "id": f"req-{number}",
        "tenant_id": "tenant-maxima",
        "installation_id": f"ins-{text}"[:100],
        "key_id": None if more is None else f"key-{more}",
        "staff_id": None,
        "method": "POST",
        "path": f"/{text}",
        "endpoint": text,
        "query": text,
        "status": 200 + number,
        "error_code": None if number % 2 else text,
        "duration_us": 9_007_199_254_740_993 if more is None else more,
        "user_agent": text,
        "request_body": None if more is None else text,
        "response_body": text,
        "created_at": START + timedelta(milliseconds=number),
    }


def test_rows_come_out_as_they_went_in(service: Service) -> None:
    given = [
        a_row(2 * at + bool(more), text, more)
        for at, text in enumerate(_TEXTS)
        for more in (None, at + 1)
    ]

    def job(connection: Connection) -> list[dict[str, Any]]:
        connection.execute(sa.delete(request_logs))
        BulkInsert(request_logs).run(connection, given)
        found = connection.execute(sa.select(request_logs).order_by(request_logs.c.created_at))
        return [dict(row) for row in found.mappings()]

    assert service.runtime.database.write(job).result() == given


def test_one_bad_row_refuses_all_of_them(service: Service) -> None:
    given = [a_row(1, "good", 1), a_row(2, "bad", 2) | {"tenant_id": "nobody"}]
    with pytest.raises(sa.exc.IntegrityError):
        service.runtime.database.write(
            lambda connection: BulkInsert(request_logs).run(connection, given)
        ).result()
    assert service.rows("SELECT id FROM request_logs WHERE id LIKE 'req-_'") == []


@pytest.mark.only_on("postgresql", why="SQLite has one commit for all that waits")
def test_only_what_may_be_lost_does_not_wait_for_the_disk(service: Service) -> None:
    # Whether the server itself waits is its own setting; who said it last is told with it.
    query = sa.text("SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'")

    def asked(connection: Connection) -> tuple[Any, ...]:
        return tuple(connection.execute(query).one())

    database = service.runtime.database
    assert database.write(asked, may_be_lost=True).result() == ("off", "session")
    setting, source = database.write(asked).result()
    assert source != "session", f"the next one on the connection is {setting} as the server is"
