"""A24, M3, M4: heartbeats are kept and answered, commands come with them and are answered once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Connection

from app.contracts.plugin_life import CommandType, HeartbeatRequest
from app.service.auth.callers import Shown
from app.service.jobs.job import JobContext
from app.service.kit.access import by_installation
from app.service.plugins.command_queue import AGAIN_AFTER, LIFETIME, enqueue
from app.service.plugins.heartbeats import Heartbeats
from app.service.plugins.identity import Identity
from app.service.plugins.tasks import lapse
from tests.service.harness import Service

BEAT = {
    "version": "1.2.0",
    "osVersion": "Windows 10.0.19045",
    "metrics": {
        "queueSize": 3,
        "cpuUsage": 12.3456,
        "memoryMb": 211.7,
        "transactionsToday": 84,
        "latencyP95": 180.4,
    },
}


def headers(service: Service, kind: str = "till", **more: str) -> dict[str, str]:
    return {"X-API-Key": service.seeded[f"{kind}Key"], **more}


def own_id(service: Service, kind: str = "till") -> str:
    rows = service.rows("SELECT kind, id FROM installations ORDER BY id")
    return next(found for found_kind, found in rows if found_kind == kind)


def command(service: Service, kind: CommandType = CommandType.SHOW_MESSAGE, **payload: str) -> str:
    """Put a command in the queue of the till."""
    target = own_id(service)

    def act(connection: Connection) -> str:
        work = service.runtime.work(
            connection, Shown(key=service.seeded["tillKey"]), by_installation("till")
        )
        return enqueue(work, target, kind, payload)

    return service.runtime.database.write(act).result()


def ack(service: Service, command_id: str, kind: str = "till", **body: str) -> httpx.Response:
    path = f"/api/pos-integration/{kind}/commands/{command_id}/ack"
    return service.client.post(path, json=body, headers=headers(service, kind))


@pytest.mark.parametrize("kind", ["till", "iiko", "rkeeper"])
def test_heartbeat_is_kept_and_answered_for_each_kind(service: Service, kind: str) -> None:
    answer = service.ok("heartbeat", BEAT, kind=kind)
    assert answer["acknowledged"] is True
    assert answer["commands"] == []
    assert answer["criticalUpdateAvailable"] is False
    assert answer["serverTime"].startswith("2026-11-20T09:01")
    assert service.rows(
        "SELECT version, os_version, queue_size, cpu_centi, memory_mb, transactions_today,"
        " latency_p95_ms FROM plugin_states"
    ) == [("1.2.0", "Windows 10.0.19045", 3, 1235, 212, 84, 180)]


def test_a_days_heartbeats_are_one_state_and_a_row_an_hour(service: Service) -> None:
    for load in (10, 30, 20):
        service.ok("heartbeat", BEAT | {"metrics": {"queueSize": load, "cpuUsage": load}})
        service.clock.advance(timedelta(minutes=1))
    service.clock.advance(timedelta(hours=1))
    service.ok("heartbeat", BEAT)
    assert service.count("plugin_states") == 1
    hours = service.rows("SELECT beats, queue_max, cpu_centi_sum FROM plugin_hours ORDER BY hour")
    assert hours == [(3, 30, 6000), (1, 3, 1235)]


def test_heartbeat_touches_no_card(service: Service) -> None:
    before = service.rows("SELECT * FROM cards ORDER BY id")
    service.ok("heartbeat", BEAT)
    assert service.rows("SELECT * FROM cards ORDER BY id") == before
    assert service.count("idempotency_keys") == 0


def test_a_stranger_is_refused_before_his_body_is_judged(service: Service) -> None:
    assert service.refused("heartbeat", {"metrics": 7}, api_key="tlk_nonsense") == "INVALID_API_KEY"
    assert service.refused("heartbeat", BEAT, api_key="x" * 5000) == "INVALID_API_KEY"
    key = service.seeded["iikoKey"]
    assert service.refused("heartbeat", BEAT, api_key=key) == "INSUFFICIENT_PERMISSIONS"
    assert service.count("plugin_states") == 0


@pytest.mark.parametrize(
    "metrics",
    [{"queueSize": -1}, {"cpuUsage": "hot"}, {"memoryMb": 10**40}, {"latencyP95": True}, 5],
)
def test_wrong_readings_are_a_documented_problem(service: Service, metrics: object) -> None:
    assert service.refused("heartbeat", {"version": "1", "metrics": metrics}) == "VALIDATION_ERROR"
    assert service.count("plugin_states") == 0


@pytest.mark.parametrize("header", ["X-Installation-Id", "X-Restaurant-Id"])
def test_headers_of_another_installation_are_refused(service: Service, header: str) -> None:
    path = "/api/pos-integration/till/heartbeat"
    wrong = headers(service, **{header: "somebody-else"})
    answer = service.client.post(path, json=BEAT, headers=wrong)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "INSTALLATION_MISMATCH")
    assert service.count("plugin_states") == 0


def test_own_headers_are_taken_and_recorded(service: Service) -> None:
    place = service.rows("SELECT location_id FROM installations WHERE kind = 'till'")[0][0]
    named = {
        "X-Installation-Id": own_id(service),
        "X-Restaurant-Id": place,
        "X-Terminal-Id": "Терминал 2".encode().decode("latin-1"),
        "X-Plugin-Version": "1.9.9",
    }
    path = "/api/pos-integration/till/heartbeat"
    sent = [(n.encode(), v.encode("latin-1")) for n, v in headers(service, **named).items()]
    answer = service.client.post(path, json={"metrics": {}}, headers=sent)
    assert answer.status_code == 200, answer.text
    ((version, terminal),) = service.rows("SELECT version, terminal_id FROM plugin_states")
    assert version == "1.9.9"
    assert terminal


def test_command_comes_with_the_heartbeat_until_it_is_answered(service: Service) -> None:
    given = command(service, text="Касса закрывается в 23:00")
    (first,) = service.ok("heartbeat", BEAT)["commands"]
    assert first["commandId"] == given
    assert first["type"] == "SHOW_MESSAGE"
    assert first["payload"] == {"text": "Касса закрывается в 23:00"}
    assert service.ok("heartbeat", BEAT)["commands"] == []
    service.clock.advance(AGAIN_AFTER)
    assert [c["commandId"] for c in service.ok("heartbeat", BEAT)["commands"]] == [given]
    assert ack(service, given, status="ACKNOWLEDGED").json()["status"] == "ACKNOWLEDGED"
    service.clock.advance(AGAIN_AFTER)
    assert service.ok("heartbeat", BEAT)["commands"] == []


def test_command_is_answered_once(service: Service) -> None:
    given = command(service)
    service.ok("heartbeat", BEAT)
    done = ack(service, given, status="COMPLETED", detail="показано")
    assert done.json() == {
        "success": True,
        "commandId": given,
        "status": "COMPLETED",
        "alreadyProcessed": False,
    }
    assert ack(service, given, status="COMPLETED").json()["alreadyProcessed"] is True
    assert ack(service, given).json()["status"] == "COMPLETED"
    assert ack(service, given, status="FAILED").json()["errorCode"] == "COMMAND_ANSWERED"
    assert service.rows("SELECT status, detail FROM plugin_commands") == [("COMPLETED", "показано")]


def test_command_of_another_installation_cannot_be_answered(service: Service) -> None:
    given = command(service)
    answer = ack(service, given, kind="iiko")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "COMMAND_NOT_FOUND")
    assert service.ok("heartbeat", BEAT, kind="iiko")["commands"] == []


def test_old_command_is_never_delivered_and_cannot_be_answered(service: Service) -> None:
    given = command(service)
    service.clock.advance(LIFETIME)
    assert service.ok("heartbeat", BEAT)["commands"] == []
    assert ack(service, given).json()["errorCode"] == "COMMAND_EXPIRED"
    runtime = service.runtime
    assert lapse(JobContext(runtime.database, runtime.clock, runtime.ids)) == 1
    assert service.rows("SELECT status FROM plugin_commands") == [("EXPIRED",)]
    assert ack(service, given).json()["errorCode"] == "COMMAND_EXPIRED"


def test_waiting_request_to_reload_is_not_doubled(service: Service) -> None:
    first = command(service, CommandType.RELOAD_CONFIG)
    assert command(service, CommandType.RELOAD_CONFIG) == first
    service.ok("heartbeat", BEAT)
    assert command(service, CommandType.RELOAD_CONFIG) != first


def test_heartbeat_is_counted_for_its_installation_and_not_for_its_address(
    service: Service,
) -> None:
    """A restaurant's tills share an address, and must not use up what strangers may ask."""
    sent = service.call("heartbeat", BEAT)
    assert sent.headers["x-ratelimit-tier"] != "anonymous"
    wrong = service.call("heartbeat", BEAT, api_key="tlk_wrong")
    assert wrong.headers["x-ratelimit-tier"] == "anonymous"


def test_heartbeats_of_a_moment_share_a_transaction_and_fail_alone(service: Service) -> None:
    """One bad key among many spoils nothing; each is answered as if it were alone."""
    commits: list[int] = []
    plain = service.runtime.database.write

    class Counting:
        def write(self, job: Any) -> Any:
            commits.append(1)
            return plain(job)

    async def storm() -> list[object]:
        heartbeats = Heartbeats(Counting(), service.clock)  # type: ignore[arg-type] # it only writes
        message = HeartbeatRequest(version="1.0")
        secrets = [service.seeded["tillKey"], "tlk_wrong", service.seeded["tillKey"]] * 20
        tasks = [heartbeats.take("till", secret, Identity(), message) for secret in secrets]
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(storm())
    good = [answer for answer in answers if hasattr(answer, "answer")]
    bad = [getattr(answer, "code", "") for answer in answers if isinstance(answer, Exception)]
    assert len(good) == 40
    assert bad == ["INVALID_API_KEY"] * 20
    assert len(commits) <= 2
    assert service.rows("SELECT beats FROM plugin_hours") == [(40,)]
