"""Exports hold every row once, in each format, through a link that works for an hour; memory stays flat."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.base import WireModel
from app.contracts.exports import ExportFormat
from app.service.exports import building, repository, writers
from app.service.exports.kinds import SOURCES, columns_of, leaf_paths
from app.service.exports.tasks import build, prune
from app.service.jobs.job import JobContext
from app.service.orders.models import orders
from tests.service.harness import Service, finalize


def api(service: Service, method: str, path: str = "", body: Any = None) -> httpx.Response:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    return service.client.request(method, f"/api/v1/exports{path}", json=body, headers=headers)


def order(service: Service, kind: str, form: str, **more: Any) -> str:
    answer = api(service, "POST", "", {"kind": kind, "format": form, **more})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "PENDING"
    return str(answer.json()["id"])


def context_of(service: Service) -> JobContext:
    return JobContext(service.runtime.database, service.clock, service.ids)


def made(service: Service, kind: str, form: str, **more: Any) -> bytes:
    """Order a file, have it written, open its link without a key."""
    export_id = order(service, kind, form, **more)
    assert build(context_of(service)) == 1
    ready = api(service, "GET", f"/{export_id}").json()
    assert ready["state"] == "READY", ready
    answer = service.client.get(ready["url"])
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == ready["byteCount"]
    assert answer.headers["content-type"] == writers.MEDIA_TYPES[ExportFormat(form)]
    return answer.content


def test_csv_has_every_guest_once_and_opens_in_a_spreadsheet(service: Service) -> None:
    content = made(service, "GUESTS", "CSV")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["id"] for row in rows} == {row[0] for row in service.rows("SELECT id FROM guests")}
    assert "card.totalBalance" in rows[0]


def test_json_is_an_array_of_what_the_list_shows(service: Service) -> None:
    rows = json.loads(made(service, "GUESTS", "JSON"))
    headers = {"X-API-Key": service.seeded["apiKey"]}
    listed = service.client.get("/api/v1/guests?limit=100", headers=headers).json()["data"]
    by_id = {row["id"]: row for row in rows}
    assert by_id == {row["id"]: row for row in listed}


def test_sheet_has_names_then_rows_with_numbers_as_numbers(service: Service) -> None:
    content = made(service, "GUESTS", "XLSX", fields=["phone", "card.totalBalance"])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("phone", "card.totalBalance")
    assert len(rows) == 1 + service.count("guests")
    assert all(isinstance(row[0], str) and isinstance(row[1], int | float) for row in rows[1:])


def test_long_table_goes_on_in_the_next_sheet(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "SHEET_ROWS_MAX", 5)
    book = openpyxl.load_workbook(io.BytesIO(made(service, "GUESTS", "XLSX", fields=["id"])))
    count = service.count("guests")
    assert len(book.sheetnames) == -(-count // 4)
    ids = [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(ids) == len(set(ids)) == count


@pytest.mark.parametrize(
    "kind", ["TRANSACTIONS", "MOVEMENTS", "ORDERS", "GIFT_CARDS", "SHORTFALLS"]
)
def test_every_kind_can_be_written(service: Service, kind: str) -> None:
    service.ok("finalize-points", finalize(None))
    rows = json.loads(made(service, kind, "JSON"))
    assert isinstance(rows, list)
    if kind == "TRANSACTIONS":
        assert [row["orderId"] for row in rows] == ["o1"]


def test_filters_and_fields_are_those_of_the_list(service: Service) -> None:
    rows = json.loads(
        made(service, "GUESTS", "JSON", filters={"minBalance": 500}, fields=["id", "card.levelId"])
    )
    assert rows
    assert all(set(row) == {"id", "card"} and set(row["card"]) == {"levelId"} for row in rows)
    for wrong in ({"filters": {"nonsense": "1"}}, {"filters": {"limit": 5}}, {"fields": ["no"]}):
        answer = api(service, "POST", "", {"kind": "GUESTS", "format": "CSV", **wrong})
        assert answer.json()["errorCode"] == "VALIDATION_ERROR"
    assert service.count("exports") == 1


def test_link_opens_for_an_hour_and_only_as_it_was_made(service: Service) -> None:
    export_id = order(service, "GUESTS", "CSV")
    other = order(service, "GUESTS", "JSON")
    waiting = api(service, "GET", f"/{export_id}").json()
    assert "url" not in waiting
    build(context_of(service))
    url = api(service, "GET", f"/{export_id}").json()["url"]
    assert service.client.get(url).status_code == 200
    for wrong in (
        url.replace(export_id, other),
        url.replace("expires=", "expires=9"),
        url[:-2],
        url.partition("?")[0],
        f"{url}x",
    ):
        assert service.client.get(wrong).json()["errorCode"] == "EXPORT_LINK_INVALID"
    service.clock.advance(timedelta(hours=1))
    assert service.client.get(url).json()["errorCode"] == "EXPORT_LINK_INVALID"
    fresh = api(service, "GET", f"/{export_id}").json()["url"]
    assert service.client.get(fresh).status_code == 200


def test_file_is_deleted_after_a_week_and_the_job_after_a_month(service: Service) -> None:
    export_id = order(service, "GUESTS", "CSV")
    build(context_of(service))
    service.clock.advance(timedelta(days=7, seconds=-5))
    url = api(service, "GET", f"/{export_id}").json()["url"]
    service.clock.advance(timedelta(seconds=4))
    assert service.client.get(url).status_code == 200
    service.clock.advance(timedelta(seconds=2))
    assert prune(context_of(service)) == 1
    assert service.count("export_pieces") == 0
    found = api(service, "GET", f"/{export_id}").json()
    assert (found["state"], "url" in found) == ("DELETED", False)
    service.clock.advance(timedelta(days=31))
    prune(context_of(service))
    assert api(service, "GET", f"/{export_id}").json()["errorCode"] == "EXPORT_NOT_FOUND"


def test_job_of_a_killed_process_is_begun_anew_by_another(service: Service) -> None:
    export_id = order(service, "GUESTS", "JSON")
    database, clock = service.runtime.database, service.clock

    def half(connection: sa.Connection) -> None:
        assert repository.claim_export(connection, clock.now(), "lost") is not None
        repository.add_piece(connection, export_id, "lost", 0, b"[half", clock.now())

    database.write(half).result()
    assert build(context_of(service)) == 0, "it is believed to live"
    assert api(service, "GET", f"/{export_id}").json()["state"] == "RUNNING"
    clock.advance(repository.LEASE)
    assert build(context_of(service)) == 1
    with pytest.raises(repository.LeaseLostError):
        database.write(
            lambda connection: repository.add_piece(
                connection, export_id, "lost", 1, b"other half", clock.now()
            )
        ).result()
    ready = api(service, "GET", f"/{export_id}").json()
    assert len(json.loads(service.client.get(ready["url"]).content)) == service.count("guests")


def test_job_that_kills_its_process_each_time_fails_in_the_end(service: Service) -> None:
    export_id = order(service, "GUESTS", "CSV")
    for number in range(repository.ATTEMPTS_MAX + 1):
        service.runtime.database.write(
            lambda connection, token=f"t{number}": repository.claim_export(
                connection, service.clock.now(), token
            )
        ).result()
        service.clock.advance(repository.LEASE)
    found = api(service, "GET", f"/{export_id}").json()
    assert (found["state"], found["error"]) == ("FAILED", "interrupted too often")


def test_stopping_service_gives_the_job_back(service: Service) -> None:
    export_id = order(service, "GUESTS", "CSV")
    context = context_of(service)
    context.stopping.set()
    assert building.build_next(context) is False
    assert api(service, "GET", f"/{export_id}").json()["state"] == "PENDING"
    assert service.count("export_pieces") == 0
    assert build(context_of(service)) == 1


def test_fault_while_writing_fails_the_job_and_leaves_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no disk")

    export_id = order(service, "GUESTS", "CSV")
    monkeypatch.setattr(building, "items_of", broken)
    with caplog.at_level("CRITICAL"):
        build(context_of(service))
    found = api(service, "GET", f"/{export_id}").json()
    assert (found["state"], found["error"]) == ("FAILED", "the file could not be made")


def test_too_many_waiting_jobs_are_refused(service: Service) -> None:
    for _ in range(10):
        order(service, "GUESTS", "CSV")
    answer = api(service, "POST", "", {"kind": "GUESTS", "format": "CSV"})
    assert answer.status_code == 429
    assert answer.json()["errorCode"] == "EXPORT_LIMIT_REACHED"


def test_one_key_orders_one_file(service: Service) -> None:
    headers = {"X-API-Key": service.seeded["apiKey"], "Idempotency-Key": "k"}
    body = {"kind": "GUESTS", "format": "CSV"}
    first, second = (
        service.client.post("/api/v1/exports", json=body, headers=headers).json() for _ in range(2)
    )
    assert first["id"] == second["id"]
    assert second["alreadyProcessed"] is True


def test_till_key_exports_nothing(service: Service) -> None:
    answer = service.client.get("/api/v1/exports", headers={"X-API-Key": service.seeded["tillKey"]})
    assert answer.json()["errorCode"] == "INSUFFICIENT_PERMISSIONS"


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    safe = writers.safe_text(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe in (text, f"'{text}")


def test_columns_are_known_fields_in_a_fixed_order() -> None:
    for kind, source in SOURCES.items():
        model: type[WireModel] = source.listing.model
        every = leaf_paths(model)
        assert len(every) == len(set(every)) > 3
        assert columns_of(kind, every[::-1]) == every[::-1]
    assert columns_of(next(iter(SOURCES)), ["card"])[0].startswith("card.")


MEMORY = """
import resource, sys
from app.contracts.exports import ExportFormat
from app.service.exports.writers import open_writer
size = 0
def emit(data):
    global size
    size += len(data)
item = {"id": "card-000001", "phone": "+79990000000", "card": {"totalBalance": 12.5, "level": "gold"}}
columns = ["id", "phone", "card.totalBalance", "card.level"]
peaks = []
with open_writer(ExportFormat(sys.argv[1]), columns, emit) as writer:
    for part in range(int(sys.argv[2])):
        writer.add([item] * 500)
        if part in (10, int(sys.argv[2]) - 1):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    writer.end()
peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(size, *peaks)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
@pytest.mark.parametrize(("form", "parts"), [("CSV", 200), ("JSON", 200), ("XLSX", 50)])
def test_memory_does_not_grow_with_rows(form: str, parts: int) -> None:
    """100 000 rows (25 000 in a sheet) take the memory that 5 000 take, give or take a little."""
    root = Path(writers.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, form, str(parts)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    size, early, late, ended = (int(number) for number in done.stdout.split())
    assert size > 100_000
    assert late - early < 3_000, "kilobytes"
    assert ended - early < 4_000, "kilobytes"


def test_rows_come_through_a_cursor_of_the_database(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8 000 sales are exported while Python holds a few batches of them at a time."""
    import tracemalloc  # noqa: PLC0415 - this test alone measures

    monkeypatch.setattr(building, "PIECE_BYTES", 200_000)
    _many_sales(service, 8_000)
    order(service, "ORDERS", "CSV")
    tracemalloc.start()
    try:
        assert build(context_of(service)) == 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000
    (rows, size) = service.rows("SELECT row_count, byte_count FROM exports")[0]
    assert rows == service.count("orders")
    assert size > building.PIECE_BYTES
    assert service.count("export_pieces") > 1


def _many_sales(service: Service, count: int) -> None:
    """Write many sales as rows."""
    (tenant_id,), (installation_id,) = (
        service.rows("SELECT id FROM tenants LIMIT 1")[0],
        service.rows("SELECT id FROM installations WHERE kind = 'till' LIMIT 1")[0],
    )
    at = service.clock.now()
    engine = sa.create_engine(service.url)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(orders),
            [
                {
                    "id": f"sale-{number:06}",
                    "tenant_id": tenant_id,
                    "installation_id": installation_id,
                    "order_number": str(number),
                    "shift_id": "shift",
                    "cashier_id": "cashier",
                    "occurred_at": at,
                    "clock_offset_ms": 0,
                    "due_minor": number,
                    "note": "=1+1",
                    "fingerprint": "",
                    "created_at": at,
                }
                for number in range(count)
            ],
        )
    engine.dispose()
