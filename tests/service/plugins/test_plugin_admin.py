"""M1, M4, M5, M10: people make, command, watch and end installations of their own company."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.contracts.plugin_admin import RevokeReason
from app.service.plugins.administering import GRACE
from tests.service.harness import Service

BEAT = {"version": "1.0.0", "osVersion": "Windows 10", "metrics": {"queueSize": 11}}
HEARTBEAT = "/api/pos-integration/till/heartbeat"


def admin(service: Service, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"X-API-Key": service.seeded["apiKey"], **more.pop("headers", {})}
    return service.client.request(
        method, f"/api/admin/plugin-installations{path}", headers=headers, **more
    )


def own_id(service: Service, kind: str = "till") -> str:
    rows = service.rows("SELECT kind, id FROM installations ORDER BY id")
    return next(found for found_kind, found in rows if found_kind == kind)


def beat(service: Service, key: str) -> int:
    return service.client.post(HEARTBEAT, json=BEAT, headers={"X-API-Key": key}).status_code


def test_health_follows_the_last_heartbeat(service: Service) -> None:
    service.ok("heartbeat", BEAT)

    def shown() -> dict[str, Any]:
        return admin(service, "GET", f"/{own_id(service)}").json()["installation"]

    assert (shown()["health"], shown()["alerts"]) == ("ONLINE", ["QUEUE_LARGE"])
    service.clock.advance(timedelta(minutes=2))
    assert shown()["health"] == "WARNING"
    service.clock.advance(timedelta(minutes=9))
    assert (shown()["health"], shown()["alerts"]) == ("OFFLINE", ["QUEUE_LARGE", "OFFLINE"])


def test_list_shows_the_companys_installations(service: Service) -> None:
    service.ok("heartbeat", BEAT)
    everything = admin(service, "GET", "").json()
    assert {item["kind"] for item in everything["data"]} == {"till", "iiko", "rkeeper"}
    tills = admin(service, "GET", "?kind=till&sortBy=lastSeenAt&sortOrder=desc").json()["data"]
    assert tills[0]["version"] == "1.0.0"
    assert admin(service, "GET", "?kind=fridge").json()["errorCode"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("kind", ["till", "iiko"])
def test_installations_themselves_may_not_administrate(service: Service, kind: str) -> None:
    key = {"X-API-Key": service.seeded[f"{kind}Key"]}
    answer = admin(service, "GET", "", headers=key)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "INSUFFICIENT_PERMISSIONS")


def test_new_key_works_at_once_and_the_old_one_for_half_an_hour(service: Service) -> None:
    old = service.seeded["tillKey"]
    made = admin(service, "POST", f"/{own_id(service)}/regenerate-key").json()
    assert beat(service, made["apiKey"]) == beat(service, old) == 200
    service.clock.advance(timedelta(minutes=30))
    assert (beat(service, made["apiKey"]), beat(service, old)) == (200, 401)
    assert made["apiKey"] not in str(service.rows("SELECT key_hash, key_hint FROM api_keys"))


@pytest.mark.parametrize("reason", list(GRACE))
def test_key_of_a_revoked_installation_works_as_long_as_the_reason_says(
    service: Service, reason: RevokeReason
) -> None:
    key, grace = service.seeded["tillKey"], GRACE[reason]
    path = f"/{own_id(service)}"
    answer = admin(service, "POST", f"{path}/revoke", json={"reason": reason}).json()
    assert answer["status"] == ("REVOKING" if grace else "REVOKED")
    if grace:
        service.clock.advance(grace - timedelta(seconds=1))
        assert beat(service, key) == 200
        service.clock.advance(timedelta(seconds=1))
    assert beat(service, key) == 401
    service.run_job("plugins.lapse")
    assert admin(service, "GET", path).json()["installation"]["status"] == "REVOKED"
    again = admin(service, "POST", f"{path}/regenerate-key")
    assert again.json()["errorCode"] == "INSTALLATION_ENDED"


def test_second_revocation_never_lengthens_the_grace(service: Service) -> None:
    path = f"/{own_id(service)}/revoke"
    first = admin(service, "POST", path, json={"reason": "MANUAL"}).json()
    second = admin(service, "POST", path, json={"reason": "PLANNED_ROTATION"}).json()
    assert second["endsAt"] == first["endsAt"]
    third = admin(service, "POST", path, json={"reason": "KEY_COMPROMISED"}).json()
    assert third["status"] == "REVOKED"
    assert beat(service, service.seeded["tillKey"]) == 401


def test_command_goes_from_people_to_the_till_and_back(service: Service) -> None:
    path = f"/{own_id(service)}/commands"
    body = {"type": "REQUEST_LOGS", "payload": {"date": "2026-11-20", "lines": 500}}
    headers = {"Idempotency-Key": "c1"}
    queued = admin(service, "POST", path, json=body, headers=headers).json()
    again = admin(service, "POST", path, json=body, headers=headers).json()
    assert again["commandId"] == queued["commandId"]
    (told,) = service.ok("heartbeat", BEAT)["commands"]
    assert told["payload"] == body["payload"]
    till = {"X-API-Key": service.seeded["tillKey"]}
    upload = f"/api/pos-integration/till/upload-logs?commandId={told['commandId']}"
    assert service.client.post(upload, content=b"line", headers=till).status_code == 200
    ack = f"/api/pos-integration/till/commands/{told['commandId']}/ack"
    service.client.post(ack, json={"status": "COMPLETED"}, headers=till)
    shown = admin(service, "GET", f"/{own_id(service)}").json()
    assert [(c["status"], c["deliveries"]) for c in shown["commands"]] == [("COMPLETED", 1)]
    assert shown["logs"][0]["commandId"] == told["commandId"]


def test_what_people_do_is_in_the_audit_log(service: Service) -> None:
    admin(service, "POST", f"/{own_id(service)}/regenerate-key")
    admin(service, "POST", f"/{own_id(service)}/revoke", json={"reason": "MANUAL"})
    actions = {row[0] for row in service.rows("SELECT action FROM audit_log")}
    assert {"plugin_installation.key_regenerated", "plugin_installation.revoked"} <= actions


@pytest.mark.parametrize("what", ["", "/revoke", "/regenerate-key", "/commands", "/force-update"])
def test_unknown_installation_is_not_found(service: Service, what: str) -> None:
    bodies = {"/revoke": {"reason": "MANUAL"}, "/commands": {"type": "RESYNC"}}
    answer = admin(service, "POST" if what else "GET", f"/nobody{what}", json=bodies.get(what, {}))
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "INSTALLATION_NOT_FOUND")
