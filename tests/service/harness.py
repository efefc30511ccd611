"""A running service for tests, and shorthand for talking to it as one of its tills."""

import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.engine import Connection

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.jobs.job import JobContext
from app.service.jobs.table import JOBS
from app.service.loyalty.sweeper import sweep
from tests.service.described import check_answer

with warnings.catch_warnings():
    # Starlette asks for httpx2, which it alone uses; our client and its tests stay with httpx.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MARIA = "card-gst-01"  # gold 10 %, 690 regular and 150 promo points
PLUGIN = "/api/pos-integration/till/"


@dataclass
class Service:
    """A running service and shorthand for talking to it as one of its tills."""

    client: TestClient
    clock: ManualClock
    url: str
    seeded: dict[str, Any]
    runtime: Any
    ids: SystemIds = field(init=False)

    def __post_init__(self) -> None:
        self.ids = SystemIds(self.clock)

    def call(self, name: str, body: dict[str, Any], **more: Any) -> httpx.Response:
        """Make a loyalty call; `key`, `kind`, `api_key` and `method` may be given."""
        kind = more.get("kind", "till")
        headers = {"X-API-Key": more.get("api_key", self.seeded[f"{kind}Key"])}
        if "key" in more:
            headers["Idempotency-Key"] = more["key"]
        method = "PUT" if name == "update-reservation" else "POST"
        path = f"/api/pos-integration/{kind}/{name}"
        return self.client.request(method, path, json=body, headers=headers)

    def ok(self, name: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Make a loyalty call that must succeed."""
        answer = self.call(name, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, name: str, body: dict[str, Any], **more: Any) -> str:
        """Make a loyalty call that must be refused, and return the code."""
        answer = self.call(name, body, **more)
        assert answer.status_code >= 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.json()["errorCode"]

    def pos(self, path: str, **more: Any) -> httpx.Response:
        """Read something of the till's own addresses."""
        headers = {"X-API-Key": self.seeded["tillKey"], **more.pop("headers", {})}
        return self.client.get(f"/api/v1/pos/{path}", headers=headers, **more)

    def sync(self, *operations: dict[str, Any], api_key: str | None = None) -> dict[str, Any]:
        """Push a batch."""
        answer = self.client.post(
            "/api/v1/pos/sync/batch",
            json={"operations": list(operations)},
            headers={"X-API-Key": api_key or self.seeded["tillKey"]},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reserve(
        self, points: float = 200, order: str = "o1", check: float = 1000, **more: Any
    ) -> str:
        """Hold points of Maria's and return the reservation."""
        body = {
            "guestCardId": more.pop("card", MARIA),
            "orderId": order,
            "pointsToSpend": points,
            "checkAmount": check,
            **more.pop("fields", {}),
        }
        return self.ok("reserve-points", body, **more)["reservationId"]

    def guest(self, code: str = "482913") -> dict[str, Any]:
        """Return a guest as search shows him; Maria by default."""
        return self.ok("search-guest", {"code6Digit": code})["guest"]

    def forward(self, **span: float) -> None:
        """Move the clock and sweep."""
        self.clock.advance(timedelta(**span))
        self.sweep()

    def run_job(self, name: str) -> object:
        """Run one of the service's periodic jobs now."""
        (job,) = (job for job in JOBS if job.name == name)
        return job.run(JobContext(self.runtime.database, self.clock, self.ids))

    def sweep(self) -> int:
        """Sweep now, and forget what is old; return how many reservations changed."""
        changed = sweep(self.runtime.database, self.clock.now(), self.ids)
        for name in ("idempotency.prune", "guest-qr.prune"):
            self.run_job(name)
        return changed

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database."""

        def look(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

        found: list[tuple[Any, ...]] = self.runtime.database.read(look).result()
        return found

    def count(self, table: str) -> int:
        """Count a table's rows."""
        return self.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - names of our tables

    def assert_clean(self) -> None:
        """Prove the ledger."""
        result = commands.audit(self.url)
        assert result["ok"], result


def open_client(app: FastAPI) -> TestClient:
    """Return a client that runs the application and shows its error answers.

    An answer that the description does not tell of fails the test that meets it (see `described`).
    """
    client = TestClient(app, raise_server_exceptions=False)
    client.event_hooks = {"request": [], "response": [check_answer]}
    return client


def finalize(reservation: str | None, order: str = "o1", check: float = 1000, **more: Any) -> Any:
    """Return the body of finalize-points for Maria."""
    action = "SPEND" if reservation else "EARN_ONLY"
    body = {"guestCardId": MARIA, "orderId": order, "checkAmount": check, "action": action}
    if reservation:
        body["reservationId"] = reservation
    return body | more
