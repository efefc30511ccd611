"""A24, M1, M2, M6-M9: first connection, configuration, metrics, logs, updates, for each kind."""

import gzip
import hashlib
import itertools
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.plugins.connecting import is_junk, is_same_machine
from app.service.plugins.log_pieces import PLAIN_MAX, unpack
from app.service.plugins.metric_points import percentile_95_ms
from app.service.plugins.releases import Release, is_rolled_out
from app.service.plugins.version_numbers import is_newer
from tests.service.harness import Service

KINDS = ["till", "iiko", "rkeeper"]
MACHINE = {"biosUuid": "4C4C4544-0035", "diskSerial": "S3Z8NB0K", "hostName": "KASSA-1"}
FILE = b"MZ" + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAXLOYALTY_HOME", str(tmp_path))


def call(
    service: Service, method: str, name: str, kind: str = "till", **more: Any
) -> httpx.Response:
    """Make a call of an installation."""
    headers = {"X-API-Key": more.pop("api_key", service.seeded[f"{kind}Key"])}
    headers |= more.pop("headers", {})
    path = f"/api/pos-integration/{kind}/{name}"
    return service.client.request(method, path, headers=headers, **more)


def admin(service: Service, method: str, path: str, **more: Any) -> httpx.Response:
    """Make a call of the administration."""
    headers = {"X-API-Key": service.seeded["apiKey"], **more.pop("headers", {})}
    return service.client.request(method, f"/api/admin/{path}", headers=headers, **more)


def own_id(service: Service, kind: str = "till") -> str:
    rows = service.rows("SELECT kind, id FROM installations ORDER BY id")
    return next(found for found_kind, found in rows if found_kind == kind)


def announced(service: Service, version: str, **more: Any) -> str:
    """Announce a version and return its id."""
    body = {
        "kind": "till",
        "version": version,
        "fileName": f"maxloyalty-{version}.exe",
        "sha256": hashlib.sha256(FILE).hexdigest(),
        "sizeBytes": len(FILE),
    }
    answer = admin(service, "POST", "plugin-versions", json=body | more)
    assert answer.status_code == 200, answer.text
    return answer.json()["version"]["id"]


def published(service: Service, version: str, **more: Any) -> str:
    """Announce, upload and publish a version."""
    version_id = announced(service, version, **more)
    upload = admin(service, "PUT", f"plugin-versions/{version_id}/file", content=FILE)
    assert upload.status_code == 200, upload.text
    answer = admin(service, "POST", f"plugin-versions/{version_id}/publish", json={})
    assert answer.json()["version"]["status"] == "PUBLISHED"
    return version_id


def latest(service: Service, version: str, kind: str = "till") -> dict[str, Any]:
    answer = call(service, "GET", "latest-version", kind, headers={"X-Plugin-Version": version})
    assert answer.status_code == 200, answer.text
    return answer.json()


# ------------------------------------------------------------------ first connection


@pytest.mark.parametrize("kind", KINDS)
def test_first_connect_binds_the_machine_and_may_be_repeated(service: Service, kind: str) -> None:
    body = {"machine": MACHINE, "version": "1.0.0", "osVersion": "Windows 11"}
    first = service.ok("first-connect", body, kind=kind)
    assert (first["status"], first["kind"], first["alreadyProcessed"]) == ("ACTIVE", kind, False)
    assert first["installationId"] == own_id(service, kind)
    assert service.ok("first-connect", body, kind=kind)["alreadyProcessed"] is True
    kept = service.rows("SELECT machine FROM plugin_installations WHERE machine IS NOT NULL")
    assert "KASSA-1" not in str(kept)


def test_two_of_three_marks_are_the_same_machine(service: Service) -> None:
    def connect(**changed: str) -> httpx.Response:
        body = {"machine": MACHINE | changed, "version": "1.0.0"}
        return call(service, "POST", "first-connect", json=body)

    assert connect().status_code == 200
    assert connect(diskSerial="NEW-DISK-1").status_code == 200
    assert connect(diskSerial="NEW-DISK-1", hostName="KASSA-2").status_code == 200
    moved = connect(biosUuid="another", diskSerial="another", hostName="KASSA-2")
    assert (moved.status_code, moved.json()["errorCode"]) == (409, "MACHINE_MISMATCH")


def test_junk_tells_no_machine_from_others(service: Service) -> None:
    junk = {"biosUuid": "00000000-0000", "diskSerial": "To be filled by O.E.M.", "hostName": ""}
    body = {"machine": junk, "version": "1.0.0"}
    assert service.refused("first-connect", body) == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "mark",
    ["", " ", "0000", "FFFFFFFF-FFFF", "03000200-0400-0500-0006-000700080009", "Default string"],
)
def test_known_junk_is_junk(mark: str) -> None:
    assert is_junk(mark)


@given(st.dictionaries(st.sampled_from("abc"), st.text(min_size=1), min_size=1))
def test_a_machine_is_the_same_as_itself(machine: dict[str, str]) -> None:
    assert is_same_machine(machine, machine)
    assert not is_same_machine(machine, {})


def test_new_installation_waits_for_its_first_connection(service: Service) -> None:
    place, register = service.rows(
        "SELECT location_id, register_id FROM installations WHERE kind = 'till'"
    )[0]
    body = {"kind": "till", "name": "Касса 7", "restaurantId": place, "registerId": register}
    made = admin(
        service, "POST", "plugin-installations", json=body, headers={"Idempotency-Key": "k1"}
    ).json()
    path = f"plugin-installations/{made['installationId']}"
    shown = admin(service, "GET", path).json()["installation"]
    assert (shown["status"], shown["health"]) == ("PENDING_INSTALLATION", "NEVER")
    connected = call(
        service,
        "POST",
        "first-connect",
        api_key=made["apiKey"],
        json={"machine": MACHINE, "version": "1"},
    )
    assert connected.json()["status"] == "ACTIVE"
    again = admin(
        service, "POST", "plugin-installations", json=body, headers={"Idempotency-Key": "k1"}
    ).json()
    assert again["installationId"] == made["installationId"]
    assert "apiKey" not in again
    assert again["alreadyProcessed"] is True
    assert made["apiKey"] not in str(service.rows("SELECT answer FROM idempotency_keys"))


# ------------------------------------------------------------------ configuration


@pytest.mark.parametrize("kind", KINDS)
def test_config_is_given_once_and_again_when_it_changes(service: Service, kind: str) -> None:
    first = call(service, "GET", "config", kind)
    assert first.status_code == 200, first.text
    assert first.json()["kind"] == kind
    assert first.json()["heartbeatIntervalS"] == 60
    known = {"If-None-Match": first.headers["etag"]}
    assert call(service, "GET", "config", kind, headers=known).status_code == 304
    path = f"plugin-installations/{own_id(service, kind)}/ui-settings"
    wanted = {"buttonPosition": "TOP_LEFT", "buttonOpacity": 0.5, "devices": {"printer": "ESC/POS"}}
    assert admin(service, "PUT", path, json=wanted).status_code == 200
    beat = service.ok("heartbeat", {"version": "1.0", "metrics": {}}, kind=kind)
    assert [command["type"] for command in beat["commands"]] == ["RELOAD_CONFIG"]
    second = call(service, "GET", "config", kind, headers=known)
    assert second.status_code == 200
    assert second.json()["uiSettings"]["buttonOpacity"] == 0.5
    assert second.json()["version"] == beat["configVersion"] != first.json()["version"]


@pytest.mark.parametrize("opacity", [0.29, 1.01, 0.333])
def test_settings_are_held_within_limits(service: Service, opacity: float) -> None:
    path = f"plugin-installations/{own_id(service)}/ui-settings"
    answer = admin(service, "PUT", path, json={"buttonOpacity": opacity})
    assert answer.json()["errorCode"] == "VALIDATION_ERROR"


# ------------------------------------------------------------------ metrics


def points(name: str, *values: float, **more: str) -> list[dict[str, Any]]:
    return [{"name": name, "value": value, **more} for value in values]


def test_points_become_an_hour_with_its_percentile(service: Service) -> None:
    search = points("loyalty.search.duration_ms", *[80] * 96, 250, 260, 2000, 2500)
    body = {"points": [*search, *points("somebody.elses", 1)]}
    answer = service.ok("metrics", body, key="m1")
    assert (answer["accepted"], answer["ignored"]) == (100, 1)
    assert service.ok("metrics", body, key="m1")["alreadyProcessed"] is True
    service.ok("metrics", {"points": points("loyalty.search.duration_ms", 90)}, key="m2")
    shown = admin(service, "GET", f"plugin-installations/{own_id(service)}").json()["metrics"]
    assert [(m["name"], m["count"], m["percentile95"]) for m in shown] == [
        ("loyalty.search.duration_ms", 101, 100)
    ]


def test_late_points_count_for_their_hour_and_a_clock_ahead_for_now(service: Service) -> None:
    name = "loyalty.error.network"
    body = {
        "points": [
            *points(name, 1, at="2026-11-20T07:30:00Z"),
            *points(name, 1, at="2026-11-21T07:30:00Z"),
            *points(name, 1, at="2026-10-20T07:30:00Z"),
        ]
    }
    assert service.ok("metrics", body)["ignored"] == 1
    assert service.rows("SELECT count FROM plugin_metric_hours ORDER BY hour") == [(1,), (1,)]


@pytest.mark.parametrize("value", [-1, "1", True, 10**12])
def test_wrong_points_are_refused(service: Service, value: object) -> None:
    body = {"points": [{"name": "loyalty.error.network", "value": value}]}
    assert service.refused("metrics", body) == "VALIDATION_ERROR"
    assert service.refused("metrics", {"points": []}) == "VALIDATION_ERROR"


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=200))
def test_percentile_is_an_upper_bound(values: list[int]) -> None:
    at_most = {bound: sum(v <= bound for v in values) for bound in (100, 300, 500, 1000, 3000)}
    told = percentile_95_ms(len(values), max(values) * 1000, at_most)
    assert sum(value <= told for value in values) * 100 >= len(values) * 95


# ------------------------------------------------------------------ logs


LOG = (
    "2026-11-20 12:00 INFO guest +7 999 123-45-67\n2026-11-20 12:01 ERROR key tlk_ABCDEFGHJK12345\n"
)


@pytest.mark.parametrize("kind", KINDS)
def test_log_is_kept_masked(service: Service, kind: str) -> None:
    answer = call(
        service,
        "POST",
        "upload-logs",
        kind,
        content=gzip.compress(LOG.encode()),
        headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["lines"] == 2
    path = f"plugin-installations/{own_id(service, kind)}/logs/{answer.json()['logId']}"
    text = admin(service, "GET", path).text
    assert "ERROR key" in text
    assert "123-45-67" not in text
    assert "ABCDEFGHJK12345" not in text


def test_log_keeps_its_end_and_json_lines_are_read(service: Service) -> None:
    lines = [f"line {number}" for number in range(1_500)]
    answer = call(service, "POST", "upload-logs", json={"lines": lines})
    assert (answer.json()["lines"], answer.json()["isTruncated"]) == (1_000, True)
    path = f"plugin-installations/{own_id(service)}/logs/{answer.json()['logId']}"
    assert admin(service, "GET", path).text.splitlines()[-1] == "line 1499"


def test_log_that_unfolds_without_end_is_refused(service: Service) -> None:
    bomb = gzip.compress(b"a" * (PLAIN_MAX + 1))
    assert len(bomb) < 10_000
    answer = call(
        service, "POST", "upload-logs", content=bomb, headers={"Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "BODY_TOO_LARGE")
    assert service.count("plugin_logs") == 0


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (b"x", "br", "UNSUPPORTED_ENCODING"),
        (b"not gzip", "gzip", "UNSUPPORTED_ENCODING"),
        (gzip.compress(b"x" * 100, mtime=0)[:-4], "gzip", "UNSUPPORTED_ENCODING"),
    ],
    ids=["brotli", "not gzip", "cut off"],
)
def test_unreadable_log_is_told_in_words(
    service: Service, body: bytes, encoding: str, code: str
) -> None:
    answer = call(
        service, "POST", "upload-logs", content=body, headers={"Content-Encoding": encoding}
    )
    assert answer.json()["errorCode"] == code


def test_log_answers_only_a_command_of_its_own(service: Service) -> None:
    answer = call(service, "POST", "upload-logs?commandId=cmd_x", content=b"x")
    assert answer.json()["errorCode"] == "COMMAND_NOT_FOUND"


def test_only_the_newest_logs_are_kept(service: Service) -> None:
    for number in range(22):
        assert call(service, "POST", "upload-logs", content=f"{number}".encode()).status_code == 200
        service.clock.advance(timedelta(seconds=1))
    assert service.count("plugin_logs") == 20
    service.clock.advance(timedelta(days=8))
    service.run_job("plugins.forget")
    assert service.count("plugin_logs") == 0


@given(st.binary(max_size=2_000))
def test_unpacking_gives_what_was_packed(content: bytes) -> None:
    assert unpack(gzip.compress(content), "gzip") == content


@given(st.binary(max_size=200))
def test_unpacking_anything_is_told_in_words(content: bytes) -> None:
    try:
        unpack(content, "gzip")
    except ProblemError as problem:
        assert problem.error_code is ErrorCode.UNSUPPORTED_ENCODING  # noqa: PT017 - either may come
    except zlib.error:  # pragma: no cover - what must not happen
        raise


# ------------------------------------------------------------------ versions and updates


def test_update_from_announcement_to_report(service: Service) -> None:
    version_id = announced(service, "1.3.0")
    assert latest(service, "1.2.0") == {"updateAvailable": False}
    early = admin(service, "POST", f"plugin-versions/{version_id}/publish", json={})
    assert early.json()["errorCode"] == "VERSION_FILE_MISSING"
    assert published(service, "1.4.0")
    found = latest(service, "1.2.0")
    assert (found["updateAvailable"], found["version"], found["isCritical"]) == (
        True,
        "1.4.0",
        False,
    )
    link = call(
        service, "POST", "generate-download-url", headers={"X-Plugin-Version": "1.2.0"}
    ).json()
    assert link["sha256"] == hashlib.sha256(FILE).hexdigest()
    got = service.client.get(link["url"])
    assert got.content == FILE
    assert "maxloyalty-1.4.0.exe" in got.headers["content-disposition"]
    part = service.client.get(link["url"], headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, FILE[2:6])
    result = {"fromVersion": "1.2.0", "toVersion": "1.4.0", "status": "SUCCESS", "durationMs": 9}
    assert service.ok("report-update-result", result, key="u1")["success"] is True
    assert latest(service, "1.4.0") == {"updateAvailable": False}


def test_link_holds_an_hour_and_only_as_it_was_made(service: Service) -> None:
    published(service, "2.0.0")
    url = call(service, "POST", "generate-download-url", json={}).json()["url"]
    forged = service.client.get(url[:-2] + ("AA" if url[-2:] != "AA" else "BB"))
    assert (forged.status_code, forged.json()["errorCode"]) == (403, "LINK_INVALID")
    service.clock.advance(timedelta(minutes=59))
    assert service.client.get(url).status_code == 200
    service.clock.advance(timedelta(minutes=1))
    over = service.client.get(url)
    assert (over.status_code, over.json()["errorCode"]) == (410, "LINK_EXPIRED")


def test_link_ends_with_the_version_and_with_the_installation(service: Service) -> None:
    version_id = published(service, "2.0.0")
    url = call(service, "POST", "generate-download-url").json()["url"]
    admin(service, "POST", f"plugin-versions/{version_id}/withdraw", json={})
    assert service.client.get(url).json()["errorCode"] == "VERSION_NOT_FOUND"
    admin(service, "POST", f"plugin-versions/{version_id}/publish", json={})
    path = f"plugin-installations/{own_id(service)}/revoke"
    admin(service, "POST", path, json={"reason": "KEY_COMPROMISED"})
    assert service.client.get(url).json()["errorCode"] == "LINK_INVALID"


def test_file_that_is_not_the_announced_one_is_refused(service: Service, tmp_path: Path) -> None:
    version_id = announced(service, "3.0.0")
    for content in (FILE[:-1], FILE + b"x", FILE[:-1] + b"x"):
        answer = admin(service, "PUT", f"plugin-versions/{version_id}/file", content=content)
        assert answer.json()["errorCode"] == "FILE_MISMATCH"
    again = {"kind": "till", "version": "3.0.0", "fileName": "a.exe", "sizeBytes": 1}
    doubled = admin(service, "POST", "plugin-versions", json=again | {"sha256": "0" * 64})
    assert doubled.json()["errorCode"] == "DUPLICATE_VERSION"


def test_critical_update_is_told_by_heartbeat_even_behind_a_newer_one(service: Service) -> None:
    published(service, "1.3.0", isCritical=True, criticalReason="Неверный чек возврата")
    published(service, "1.4.0")
    beat = {"version": "1.2.0", "metrics": {}}
    assert service.ok("heartbeat", beat)["criticalUpdateAvailable"] is True
    found = latest(service, "1.2.0")
    assert (found["version"], found["isCritical"]) == ("1.4.0", True)
    assert found["criticalReason"] == "Неверный чек возврата"
    assert service.ok("heartbeat", beat | {"version": "1.3.0"})["criticalUpdateAvailable"] is False
    assert service.ok("heartbeat", beat, kind="iiko")["criticalUpdateAvailable"] is False


def test_what_is_below_the_least_version_must_update(service: Service) -> None:
    published(service, "2.0.0", minimumVersion="1.5.0")
    assert latest(service, "1.4.9")["isCritical"] is True
    assert latest(service, "1.5.0")["isCritical"] is False


def test_beta_is_for_its_channel_alone(service: Service) -> None:
    published(service, "9.0.0-beta.1", channel="beta")
    assert latest(service, "1.0.0") == {"updateAvailable": False}


def test_administrator_takes_an_installation_back_to_an_older_version(service: Service) -> None:
    old = published(service, "1.0.0", rolloutPercent=0)
    bad = published(service, "1.1.0")
    path = f"plugin-installations/{own_id(service)}/force-update"
    queued = admin(service, "POST", path, json={"versionId": old})
    assert queued.status_code == 200, queued.text
    (told,) = service.ok("heartbeat", {"version": "1.1.0", "metrics": {}})["commands"]
    assert (told["type"], told["payload"]["version"]) == ("FORCE_UPDATE", "1.0.0")
    assert latest(service, "1.1.0")["version"] == "1.0.0"
    result = {"fromVersion": "1.1.0", "toVersion": "1.0.0", "status": "SUCCESS"}
    service.ok("report-update-result", result)
    assert latest(service, "1.0.0") == {"updateAvailable": False}
    admin(service, "POST", f"plugin-versions/{bad}/withdraw", json={})
    assert latest(service, "1.0.0") == {"updateAvailable": False}


def test_failed_update_is_an_alert(service: Service) -> None:
    result = {"fromVersion": "1.0.0", "toVersion": "1.1.0", "status": "ROLLED_BACK"}
    service.ok("report-update-result", result)
    shown = admin(service, "GET", f"plugin-installations/{own_id(service)}").json()
    assert shown["installation"]["alerts"] == ["FAILED_UPDATE"]
    assert shown["updates"][0]["status"] == "ROLLED_BACK"


ORDER = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.0.1 1.9 1.10"


def test_versions_are_ordered_as_semver_says() -> None:
    versions = ORDER.split()
    for low, high in itertools.pairwise(versions):
        assert is_newer(high, low)
        assert not is_newer(low, high)
    assert not is_newer("1.0+build.5", "1.0.0")
    assert is_newer("0.0.1", "nonsense")


def _release(percent: int) -> Release:
    return Release("v", "t", "till", "1", "stable", False, "", "0", "", "", "", "", percent, "", "", 1, None)  # fmt: skip


def test_rollout_grows_and_leaves_nobody_out_again() -> None:
    ids = [f"till-{number}" for number in range(2_000)]
    before: set[str] = set()
    for percent in (0, 10, 50, 100):
        now = {one for one in ids if is_rolled_out(_release(percent), one)}
        assert before <= now
        assert abs(len(now) - len(ids) * percent / 100) < len(ids) * 0.05
        before = now
    assert len(before) == len(ids)
