"""A25: live, ready with reasons, and figures whose labels have few values."""

import asyncio
import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from app.kernel.errors import InputError
from app.service.db.database import Database, open_database
from app.service.kit.problems import ProblemError
from app.service.operation.endpoints import MetricsDoor
from app.service.operation.environment import VARIABLES, read_listening, read_settings
from app.service.operation.health import look
from app.service.operation.metrics import FOLDER_VARIABLE, read_process
from app.service.settings import LOOPBACK
from app.service.webhooks.targets import (
    ALLOW_HTTP_VARIABLE,
    ALLOW_NETWORKS_VARIABLE,
    ALLOW_PORTS_VARIABLE,
)
from tests.service.conftest import MakeService
from tests.service.harness import Service

TOKEN = "a-token-of-sufficient-length"  # noqa: S105 - of the test
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ROOT = Path(__file__).parents[3]


def figures(answer: httpx.Response) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


# ------------------------------------------------------------------ ready


def readiness(url: str) -> Any:
    database = open_database(url)
    try:
        return asyncio.run(look(database))
    finally:
        database.close()


def test_database_without_tables_is_not_ready_and_says_what_to_do(empty_url: str) -> None:
    found = readiness(empty_url)
    assert [reason.code for reason in found.reasons] == ["MIGRATIONS_PENDING"]
    assert "maxloyalty migrate" in found.reasons[0].text


def test_answer_of_a_service_that_cannot_work_has_reasons(service: Service) -> None:
    def forget(connection: sa.Connection) -> None:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))

    service.runtime.database.write(forget).result()
    answer = service.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0]["code"] == "MIGRATIONS_PENDING"
    assert answer.json()["revision"] == "0001"
    assert service.client.get("/healthz").status_code == 200


def test_database_that_does_not_answer_is_a_reason() -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1"
    assert [reason.code for reason in readiness(url).reasons] == ["DATABASE_UNREACHABLE"]


# ------------------------------------------------------------------ figures


def test_figures_tell_requests_by_template_queues_and_process(make_service: MakeService) -> None:
    service = make_service(metrics_token=TOKEN)
    service.reserve(100)
    service.ok("heartbeat", {"version": "1", "metrics": {}})
    for number in range(5):
        service.client.get(f"/errors/CODE_{number}")
        service.client.get(f"/nowhere/{number}")
    found = figures(service.client.get("/metrics", headers=BEARER))
    name = "maxloyalty_requests_total"
    labels = (("method", "GET"), ("route", "/errors/{code}"), ("status", "404"))
    assert found[(name, labels)] == 5
    assert found[(name, (("method", "GET"), ("route", "none"), ("status", "404")))] == 5
    route = "/api/pos-integration/till/reserve-points"
    assert found[("maxloyalty_request_seconds_count", (("method", "POST"), ("route", route)))] == 1
    assert found[("maxloyalty_reservations_open", (("state", "active"),))] == 1
    assert found[("maxloyalty_installations", (("health", "online"), ("kind", "till")))] == 1
    assert found[("maxloyalty_database_up", ())] == 1
    assert found[("maxloyalty_requests_under_way", ())] == 1
    assert found[("maxloyalty_processes", ())] == 1
    assert found[("maxloyalty_database_connections_open", ())] >= 1
    if sys.platform.startswith("linux"):
        assert found[("maxloyalty_process_resident_bytes", ())] > 10_000_000


def test_methods_that_are_none_are_one_label(make_service: MakeService) -> None:
    service = make_service(metrics_token=TOKEN)
    for number in range(3):
        service.client.request(f"WHAT{number}", "/healthz")
    found = figures(service.client.get("/metrics", headers=BEARER))
    methods = {value for _, labels in found for key, value in labels if key == "method"}
    assert methods <= {"GET", "POST", "OTHER"}


def _request(host: str, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "client": (host, 1)})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "10.1.2.3"])
def test_known_networks_may_look(host: str) -> None:
    MetricsDoor("", (*LOOPBACK, ip_network("10.0.0.0/8"))).check(_request(host))


@pytest.mark.parametrize(
    "request_",
    [
        _request("192.0.2.1"),
        _request("not an address"),
        _request("127.0.0.1", x_forwarded_for="192.0.2.1"),
        _request("127.0.0.1", forwarded="for=192.0.2.1"),
        _request("192.0.2.1", authorization="Bearer wrong"),
        _request("192.0.2.1", authorization="Bearer "),
    ],
)
def test_strangers_may_not_look(request_: Request) -> None:
    for door in (MetricsDoor("", LOOPBACK), MetricsDoor(TOKEN, LOOPBACK)):
        with pytest.raises(ProblemError):
            door.check(request_)


def test_token_opens_from_anywhere() -> None:
    MetricsDoor(TOKEN, ()).check(_request("192.0.2.1", authorization=f"Bearer {TOKEN}"))


PROCESS = """
import sys
from app.service.db.database import DatabaseLoad
from app.service.operation.metrics import ServiceMetrics
from app.service.operation.queues import QueueCollector
metrics = ServiceMetrics()
for _ in range(int(sys.argv[1])):
    metrics.begin()
    metrics.end("GET", "/a/{b}", 200, 0.01)
metrics.sample(DatabaseLoad(1, 2, 3, 4))
if sys.argv[2] == "show":
    print(metrics.render(QueueCollector(None)).decode())
"""


def test_processes_add_up_and_the_dead_leave_only_their_counters(tmp_path: Path) -> None:
    environment = os.environ | {FOLDER_VARIABLE: str(tmp_path)}

    def run(count: int, what: str) -> str:
        command = [sys.executable, "-c", PROCESS, str(count), what]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    run(3, "hide")
    text = run(4, "show")
    assert 'maxloyalty_requests_total{method="GET",route="/a/{b}",status="200"} 7.0' in text
    # The first process is no more: only the second one's gauges are left.
    assert "maxloyalty_processes 1.0" in text
    assert "maxloyalty_database_writes_waiting 2.0" in text
    assert "maxloyalty_database_up 0.0" in text


def test_process_can_be_read() -> None:
    resident, cpu, files = read_process()
    assert cpu > 0
    if sys.platform.startswith("linux"):
        assert resident > 1_000_000
        assert files > 2


def test_load_is_told_while_work_waits(service: Service) -> None:
    load = service.runtime.database.load()
    assert load.writes_waiting >= 0
    assert load.connections_open >= load.connections_used
    assert isinstance(service.runtime.database, Database)


# ------------------------------------------------------------------ settings


def test_settings_come_from_the_environment() -> None:
    settings = read_settings(
        "sqlite://",
        {
            "MAXLOYALTY_LOG_LEVEL": "WARNING",
            "MAXLOYALTY_LOG_FORMAT": "text",
            "MAXLOYALTY_LOG_ACCESS": "0.1",
            "MAXLOYALTY_METRICS_TOKEN": TOKEN,
            "MAXLOYALTY_METRICS_ALLOW": "10.0.0.0/8, 192.0.2.7",
            "MAXLOYALTY_GRACE_S": "30",
            "MAXLOYALTY_JOBS": "0",
            "MAXLOYALTY_RATE_LIMIT_URL": "",
        },
    )
    assert (settings.log_level, settings.log_format, settings.grace_s) == ("warning", "text", 30)
    assert settings.metrics_networks == (ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32"))
    assert (settings.runs_jobs, settings.access_log_share) == (False, 0.1)
    assert settings.rate_limit_url is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MAXLOYALTY_LOG_LEVEL", "loud"),
        ("MAXLOYALTY_LOG_FORMAT", "xml"),
        ("MAXLOYALTY_LOG_ACCESS", "2"),
        ("MAXLOYALTY_LOG_ACCESS", "nan"),
        ("MAXLOYALTY_METRICS_TOKEN", "short"),
        ("MAXLOYALTY_METRICS_ALLOW", "everybody"),
        ("MAXLOYALTY_GRACE_S", "0"),
        ("MAXLOYALTY_GRACE_S", "-5"),
        ("MAXLOYALTY_JOBS", "maybe"),
    ],
)
def test_wrong_setting_is_refused_by_name_and_without_its_value(variable: str, value: str) -> None:
    with pytest.raises(InputError, match=variable) as refused:
        read_settings("sqlite://", {variable: value})
    assert refused.value.code == "SETTING_INVALID"
    assert "short" not in refused.value.en


def test_where_to_listen_comes_from_the_environment() -> None:
    assert read_listening({}) == ("127.0.0.1", 8720, 1)
    named = {"MAXLOYALTY_HOST": "::", "MAXLOYALTY_PORT": "80", "MAXLOYALTY_WORKERS": "4"}
    assert read_listening(named) == ("::", 80, 4)
    with pytest.raises(InputError, match="MAXLOYALTY_PORT"):
        read_listening({"MAXLOYALTY_PORT": "99999"})


def test_every_setting_is_in_the_guide() -> None:
    guide = (ROOT / "resources/docs/service.md").read_text(encoding="utf-8")
    webhooks = (ALLOW_NETWORKS_VARIABLE, ALLOW_HTTP_VARIABLE, ALLOW_PORTS_VARIABLE)
    for variable in (*VARIABLES, *webhooks):
        assert f"`{variable}`" in guide
