"""Events reach their subscribers: signed, again after failures, and at most where they may go.

Receivers are real servers on this machine; the clock is moved by hand, so that a day of tries takes
no time.
"""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import standardwebhooks.webhooks
import svix.webhooks
from standardwebhooks.webhooks import Webhook as StandardVerifier
from svix.webhooks import Webhook as SvixVerifier

from app.contracts.webhook_events import EVENT_TYPES
from app.service.webhooks import outbox, sending, settling
from app.service.webhooks.dispatcher import DispatcherThread
from app.service.webhooks.targets import TargetRules
from app.service.webhooks.tasks import JOBS
from tests.service.harness import Service, finalize
from tests.service.webhook_receiver import LOCAL, FakeResolver, Receiver, deliver, open_receiver

DAY = timedelta(hours=24)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as made:
        yield made


@pytest.fixture
def hooked(make_service: Any) -> Service:
    """A service that may call this machine."""
    made = make_service(webhook_targets=LOCAL)
    assert isinstance(made, Service)
    return made


def api(service: Service, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
    headers = {"X-API-Key": service.seeded["apiKey"], **more.pop("headers", {})}
    return service.client.request(
        method, f"/api/v1/webhooks{path}", json=body, headers=headers, **more
    )


def subscribe(service: Service, url: str, *events: str) -> dict[str, Any]:
    answer = api(service, "POST", "", {"url": url, "events": list(events)})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def log_of(service: Service, webhook: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    answer = api(service, "GET", f"/{webhook['id']}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def earn(service: Service, order: str = "o1") -> None:
    service.ok("finalize-points", finalize(None, order))


def set_verifiers_clock(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    """Let the verifiers judge the age by the clock of the test."""

    class Told(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return service.clock.now()

    for module in (standardwebhooks.webhooks, svix.webhooks):
        monkeypatch.setattr(module, "datetime", Told, raising=False)


def test_event_of_a_sale_arrives_signed_for_both_verifiers(
    hooked: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_verifiers_clock(monkeypatch, hooked)
    webhook = subscribe(hooked, f"{receiver.url}/hook?of=us", "transaction.earn")
    earn(hooked)
    assert deliver(hooked) == 1
    (request,) = receiver.requests
    assert request.path == "/hook?of=us"
    secret = webhook["secret"]
    assert secret.startswith("whsec_")
    for verifier in (StandardVerifier(secret), SvixVerifier(secret)):
        verifier.verify(request.body, dict(request.headers))
        with pytest.raises(Exception, match="No matching signature"):
            verifier.verify(request.body + b" ", dict(request.headers))
    envelope = json.loads(request.body)
    assert envelope["id"] == request.headers["webhook-id"]
    assert envelope["type"] == "transaction.earn"
    assert envelope["apiVersion"] == "v1"
    assert envelope["tenantId"] == hooked.rows("SELECT tenant_id FROM events")[0][0]
    assert envelope["restaurantId"]
    assert envelope["data"]["orderId"] == "o1"
    assert envelope["data"]["points"] == 100, "points travel in units"
    (line,) = log_of(hooked, webhook)
    assert (line["state"], line["attempts"], line["statusCode"]) == ("DELIVERED", 1, 200)
    assert "nextTryAt" not in line


def test_subscription_gets_only_what_it_asked_for_and_only_since_then(
    hooked: Service, receiver: Receiver
) -> None:
    earn(hooked, "before")
    hooked.clock.advance(timedelta(seconds=1))
    subscribe(hooked, f"{receiver.url}/some", "guest.created")
    subscribe(hooked, f"{receiver.url}/all")
    earn(hooked)
    hooked.ok("create-guest", {"phone": "+7 999 111-22-33"})
    deliver(hooked)
    arrived = sorted((r.path, json.loads(r.body)["type"]) for r in receiver.requests)
    assert arrived == [
        ("/all", "guest.created"),
        ("/all", "transaction.earn"),
        ("/some", "guest.created"),
    ]


def test_nobody_comes_for_events_to_which_nobody_subscribes(
    hooked: Service, receiver: Receiver
) -> None:
    def waiting() -> list[tuple[Any, ...]]:
        asked = "SELECT type FROM events WHERE fanned_out_at IS NULL ORDER BY type"
        return list(hooked.rows(asked))

    earn(hooked, "nobody")
    assert hooked.rows("SELECT count(*) FROM events WHERE type = 'transaction.earn'") == [(1,)]
    assert waiting() == []
    hooked.clock.advance(timedelta(seconds=1))
    webhook = subscribe(hooked, receiver.url)
    assert api(hooked, "POST", f"/{webhook['id']}/pause").status_code == 200
    earn(hooked, "paused")
    assert waiting() == [("transaction.earn",)], "it waits for the subscription to go on"
    deliver(hooked)
    assert api(hooked, "POST", f"/{webhook['id']}/resume").status_code == 200
    deliver(hooked)
    assert [json.loads(r.body)["data"]["orderId"] for r in receiver.requests] == ["paused"]
    api(hooked, "DELETE", f"/{webhook['id']}")
    earn(hooked, "gone")
    assert waiting() == []


def test_refused_change_sends_nothing(hooked: Service, receiver: Receiver) -> None:
    subscribe(hooked, receiver.url)
    hooked.refused("finalize-points", finalize("no-such-reservation"))
    assert deliver(hooked) == 0


def test_six_tries_in_six_and_a_half_minutes_then_hourly_then_failed(
    hooked: Service, receiver: Receiver
) -> None:
    receiver.always = 500
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    began, times = hooked.clock.now(), []
    while True:
        deliver(hooked)
        (line,) = log_of(hooked, webhook)
        times.append((hooked.clock.now() - began).total_seconds())
        if line["state"] == "FAILED":
            break
        due = sa_moment(line["nextTryAt"])
        hooked.clock.advance(due - hooked.clock.now())
    assert line["attempts"] == len(times) == len(receiver.requests)
    assert 390 * 0.8 - 0.1 <= times[5] <= 390 * 1.2 + 0.1, "six tries"
    # Sums of fractions of a second: the outermost pauses may miss their bound by the last digit.
    assert all(2879.9 <= b - a <= 4320.1 for a, b in pairwise(times[5:]))
    assert 22 * 3600 <= times[-1] <= DAY.total_seconds()
    assert line["statusCode"] == 500
    assert "500" in line["lastError"]
    assert len(set(receiver.ids)) == 1, "every try has the same id"


def sa_moment(text: str) -> Any:
    from app.kernel.clock import from_iso  # noqa: PLC0415 - used by this helper alone

    return from_iso(text)


def test_receiver_that_recovers_gets_the_event(hooked: Service, receiver: Receiver) -> None:
    receiver.answers = [500, 404, 200]
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    for _ in range(3):
        deliver(hooked)
        hooked.clock.advance(timedelta(minutes=2))
    (line,) = log_of(hooked, webhook)
    assert (line["state"], line["attempts"]) == ("DELIVERED", 3)
    assert "lastError" not in line
    assert "failingSince" not in api(hooked, "GET", f"/{webhook['id']}").json()


def test_retry_after_is_heeded_within_reason(hooked: Service, receiver: Receiver) -> None:
    receiver.always, receiver.headers = 503, {"Retry-After": "86400"}
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    deliver(hooked)
    (line,) = log_of(hooked, webhook)
    assert sa_moment(line["nextTryAt"]) - hooked.clock.now() == timedelta(seconds=10)


def test_gone_pauses_the_subscription_and_tells_the_owner(
    hooked: Service, receiver: Receiver
) -> None:
    receiver.always = 410
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    deliver(hooked)
    found = api(hooked, "GET", f"/{webhook['id']}").json()
    assert (found["state"], found["pauseReason"]) == ("PAUSED", "GONE")
    assert log_of(hooked, webhook)[0]["state"] == "FAILED"
    (notice,) = api(hooked, "GET", "/notices").json()["data"]
    assert (notice["webhookId"], notice["reason"]) == (webhook["id"], "GONE")
    actions = [row[0] for row in hooked.rows("SELECT action FROM audit_log ORDER BY created_at")]
    assert "webhook.paused" in actions


def test_receiver_failing_for_days_is_paused(hooked: Service, receiver: Receiver) -> None:
    receiver.always = 500
    webhook = subscribe(hooked, receiver.url)
    for day in range(5):
        earn(hooked, f"o{day}")
        deliver(hooked)
        hooked.clock.advance(DAY)
    found = api(hooked, "GET", f"/{webhook['id']}").json()
    assert (found["state"], found["pauseReason"]) == ("PAUSED", "FAILING")
    assert api(hooked, "GET", "/notices").json()["pagination"]["total"] == 1
    again = api(hooked, "POST", f"/{webhook['id']}/resume").json()
    assert again["state"] == "ACTIVE"
    assert "failingSince" not in again


@pytest.mark.parametrize("where", ["http://127.0.0.1:1/", "http://169.254.169.254/latest"])
def test_redirects_are_not_followed(hooked: Service, receiver: Receiver, where: str) -> None:
    receiver.always, receiver.headers = 302, {"Location": where}
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    deliver(hooked)
    (line,) = log_of(hooked, webhook)
    assert (line["state"], line["statusCode"]) == ("PENDING", 302)
    assert "redirects are not followed" in line["lastError"]


def test_name_that_moves_to_a_private_address_is_not_called(
    hooked: Service, receiver: Receiver
) -> None:
    """DNS rebinding: the number is judged on each connection, and the judged one is called."""
    port = receiver.url.rpartition(":")[2]
    webhook = subscribe(hooked, f"http://hooks.example.com:{port}/")
    earn(hooked)
    strict = TargetRules(allow_http=True, ports=None)
    for addresses in (
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
    ):
        resolver = FakeResolver(addresses)
        deliver(hooked, strict, resolver)
        assert resolver.asked == ["hooks.example.com"], "asked once"
        hooked.clock.advance(timedelta(hours=1))
    assert receiver.requests == []
    (line,) = log_of(hooked, webhook)
    assert "private or reserved" in line["lastError"]
    hooked.clock.advance(timedelta(hours=1))
    deliver(hooked, LOCAL, FakeResolver(["127.0.0.1"], ["10.0.0.1"]))
    assert receiver.requests[0].headers["host"] == f"hooks.example.com:{port}"


def _stall(handler: Any) -> None:
    handler.server.receiver.ended.wait(20)
    handler.close_connection = True


def _slow_body(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not handler.server.receiver.ended.wait(0.05):
        handler.wfile.write(b"x")


def _endless_body(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _rubbish(handler: Any) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    handler.close_connection = True


def _cut(handler: Any) -> None:
    handler.close_connection = True


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        (_stall, "PENDING", "no answer within"),
        (_rubbish, "PENDING", "not HTTP"),
        (_cut, "PENDING", "closed before an answer"),
        (_slow_body, "DELIVERED", None),
        (_endless_body, "DELIVERED", None),
    ],
)
def test_receivers_that_misbehave_hold_nothing_up(
    hooked: Service,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    answer: Any,
    state: str,
    said: str | None,
) -> None:
    if answer is _stall:
        monkeypatch.setattr(sending, "TOTAL_S", 0.5)
    monkeypatch.setattr(sending, "BODY_S", 0.2)
    receiver.always = answer
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    deliver(hooked)
    (line,) = log_of(hooked, webhook)
    assert line["state"] == state
    assert said is None or said in line["lastError"]


def test_stalling_receiver_does_not_keep_others_waiting(
    hooked: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One receiver answers nothing until the other has got everything."""
    monkeypatch.setattr(sending, "TOTAL_S", 60.0)
    count, all_arrived, waited = 40, threading.Event(), []

    def answer(handler: Any) -> None:
        if len(receiver.requests) == count:
            all_arrived.set()
        _ok(handler)

    def stall(handler: Any) -> None:
        waited.append(all_arrived.wait(50))
        _ok(handler)

    receiver.always = answer
    with open_receiver() as bad:
        bad.always = stall
        subscribe(hooked, bad.url)
        subscribe(hooked, receiver.url)
        for number in range(count):
            earn(hooked, f"o{number}")
        deliver(hooked)
        assert len(bad.requests) == len(receiver.requests) == count
    assert all(waited)


def _ok(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_connections_are_used_again(hooked: Service, receiver: Receiver) -> None:
    subscribe(hooked, receiver.url)
    for number in range(40):
        earn(hooked, f"o{number}")
    deliver(hooked)
    assert len(receiver.requests) == 40
    assert len({request.connection for request in receiver.requests}) < 20


def test_connection_closed_while_idle_is_no_failed_try(hooked: Service, receiver: Receiver) -> None:
    def answer_and_close(handler: Any) -> None:
        _ok(handler)
        handler.close_connection = True

    receiver.always = answer_and_close
    webhook = subscribe(hooked, receiver.url)
    for number in range(12):
        earn(hooked, f"o{number}")
    deliver(hooked)
    assert {(one["state"], one["attempts"]) for one in log_of(hooked, webhook)} == {
        ("DELIVERED", 1)
    }


def test_several_deliverers_send_each_event_once(hooked: Service, receiver: Receiver) -> None:
    webhook = subscribe(hooked, receiver.url)
    for number in range(80):
        earn(hooked, f"o{number}")
    threads = [threading.Thread(target=deliver, args=(hooked,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver(hooked)
    assert len(receiver.requests) == len(set(receiver.ids)) == 80
    assert len(log_of(hooked, webhook, state="DELIVERED", limit=100)) == 80


def test_what_a_killed_process_held_is_sent_again_with_the_same_id(
    hooked: Service, receiver: Receiver
) -> None:
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)

    def hold(connection: sa.Connection) -> list[outbox.Claimed]:
        outbox.fan_out(connection, hooked.clock.now(), hooked.ids)
        return outbox.claim(connection, hooked.clock.now(), "lost", {webhook["id"]: 10})

    (held,) = hooked.runtime.database.write(hold).result()
    assert deliver(hooked) == 0, "held by another process"
    assert "nextTryAt" not in log_of(hooked, webhook)[0]
    hooked.clock.advance(outbox.LEASE)
    assert deliver(hooked) == 1
    assert receiver.ids == [held.event_id]
    late = settling.Outcome(
        held.delivery_id, "lost", held.tenant_id, held.endpoint_id, hooked.clock.now(), 1,
        500, "late", delivered=False, gone=False, next_try_at=None,
    )  # fmt: skip
    hooked.runtime.database.write(
        lambda connection: settling.settle(connection, hooked.ids, [late])
    ).result()
    assert log_of(hooked, webhook)[0]["state"] == "DELIVERED", "the late word changes nothing"


def test_what_waits_is_given_up_after_a_day_and_the_log_ends_after_a_month(
    hooked: Service, receiver: Receiver
) -> None:
    webhook = subscribe(hooked, receiver.url)
    api(hooked, "POST", f"/{webhook['id']}/pause")
    earn(hooked)
    assert deliver(hooked) == 0
    hooked.clock.advance(DAY + timedelta(minutes=1))
    run_jobs(hooked)
    (line,) = log_of(hooked, webhook)
    assert (line["state"], line["lastError"]) == ("FAILED", "not sent within 24 hours")
    hooked.clock.advance(timedelta(days=31))
    run_jobs(hooked)
    assert log_of(hooked, webhook) == []
    assert hooked.count("events") == 0


def run_jobs(service: Service) -> None:
    from app.service.jobs.job import JobContext  # noqa: PLC0415 - used by this helper alone

    context = JobContext(service.runtime.database, service.clock, service.ids)
    for job in JOBS:
        job.run(context)


def test_what_happens_while_paused_is_sent_on_resume(hooked: Service, receiver: Receiver) -> None:
    webhook = subscribe(hooked, receiver.url)
    paused = api(hooked, "PATCH", f"/{webhook['id']}", {"state": "PAUSED"}).json()
    assert (paused["state"], paused["pauseReason"]) == ("PAUSED", "OWNER")
    earn(hooked)
    deliver(hooked)
    assert receiver.requests == []
    hooked.clock.advance(timedelta(hours=1))
    api(hooked, "POST", f"/{webhook['id']}/resume")
    deliver(hooked)
    assert len(receiver.requests) == 1


def test_replay_sends_again_one_or_all_that_failed(hooked: Service, receiver: Receiver) -> None:
    receiver.always = 410
    webhook = subscribe(hooked, receiver.url)
    for number in range(3):
        earn(hooked, f"o{number}")
    deliver(hooked)
    receiver.always = 200
    receiver.requests.clear()
    api(hooked, "POST", f"/{webhook['id']}/resume")
    deliver(hooked)  # what was still waiting when the receiver said it was gone
    receiver.requests.clear()
    failed = log_of(hooked, webhook, state="FAILED")
    assert failed
    first = failed[0]
    path = f"/{webhook['id']}/deliveries/{first['id']}/replay"
    again = api(hooked, "POST", path, headers={"Idempotency-Key": "k1"})
    assert again.status_code == 202
    assert again.json()["state"] == "PENDING"
    twice = api(hooked, "POST", path, headers={"Idempotency-Key": "k1"})
    assert twice.json()["alreadyProcessed"] is True
    assert api(hooked, "POST", path).json()["errorCode"] == "DELIVERY_PENDING"
    deliver(hooked)
    assert receiver.ids == [first["eventId"]]
    rest = api(hooked, "POST", f"/{webhook['id']}/deliveries/replay-failed").json()
    assert rest["replayed"] == len(failed) - 1
    assert rest["hasMore"] is False
    deliver(hooked)
    assert log_of(hooked, webhook, state="FAILED") == []
    line = api(hooked, "GET", f"/{webhook['id']}/deliveries/{first['id']}").json()
    assert (line["state"], line["attempts"]) == ("DELIVERED", 2)


def test_both_secrets_sign_until_the_overlap_is_over(
    hooked: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_verifiers_clock(monkeypatch, hooked)
    webhook = subscribe(hooked, receiver.url)
    path = f"/{webhook['id']}/rotate-secret"
    rotated = api(hooked, "POST", path, {"overlapHours": 1}).json()
    assert rotated["secret"] != webhook["secret"]
    earn(hooked, "o1")
    deliver(hooked)
    for secret in (rotated["secret"], webhook["secret"]):
        verifier = StandardVerifier(secret)
        verifier.verify(receiver.requests[0].body, dict(receiver.requests[0].headers))
    hooked.clock.advance(timedelta(hours=1))
    earn(hooked, "o2")
    deliver(hooked)
    during, after = (request.headers["webhook-signature"] for request in receiver.requests)
    assert (len(during.split()), len(after.split())) == (2, 1)


def test_test_event_goes_to_one_subscription_alone(hooked: Service, receiver: Receiver) -> None:
    webhook = subscribe(hooked, f"{receiver.url}/one", "guest.created")
    subscribe(hooked, f"{receiver.url}/other")
    sent = api(hooked, "POST", f"/{webhook['id']}/test", {"type": "transaction.earn"})
    assert sent.status_code == 202
    assert sent.json()["isTest"] is True
    deliver(hooked)
    (request,) = receiver.requests
    envelope = json.loads(request.body)
    assert (request.path, envelope["isTest"], envelope["data"]["points"]) == ("/one", True, 45.5)


def test_secret_is_shown_once_and_deleted_ones_are_gone(
    hooked: Service, receiver: Receiver
) -> None:
    webhook = subscribe(hooked, receiver.url)
    assert "secret" not in api(hooked, "GET", f"/{webhook['id']}").json()
    listed = api(hooked, "GET", "").json()["data"]
    assert [one["id"] for one in listed] == [webhook["id"]]
    assert "secret" not in listed[0]
    earn(hooked)
    assert api(hooked, "DELETE", f"/{webhook['id']}").json()["success"] is True
    deliver(hooked)
    assert receiver.requests == []
    assert api(hooked, "GET", f"/{webhook['id']}").json()["errorCode"] == "WEBHOOK_NOT_FOUND"
    assert api(hooked, "GET", "").json()["data"] == []


def test_keys_without_the_scope_are_refused(hooked: Service) -> None:
    answer = hooked.client.get("/api/v1/webhooks", headers={"X-API-Key": hooked.seeded["tillKey"]})
    assert answer.json()["errorCode"] == "INSUFFICIENT_PERMISSIONS"


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://10.0.0.1/", "https://user@example.com/", "https://[::1]/"],
)
def test_forbidden_addresses_cannot_be_subscribed(service: Service, url: str) -> None:
    answer = api(service, "POST", "", {"url": url})
    assert answer.status_code == 422
    assert answer.json()["errorCode"] == "WEBHOOK_URL_REFUSED"


def test_event_types_are_told_with_examples(service: Service) -> None:
    listed = api(service, "GET", "/event-types").json()["data"]
    assert {one["type"] for one in listed} == set(EVENT_TYPES)
    assert all(one["example"]["type"] == one["type"] for one in listed)
    refused = api(service, "POST", "", {"url": "https://example.com", "events": ["no.such"]})
    assert refused.json()["errorCode"] == "VALIDATION_ERROR"


def test_thread_of_a_service_delivers_until_it_is_stopped(
    hooked: Service, receiver: Receiver
) -> None:
    arrived = threading.Event()

    def answer(handler: Any) -> None:
        _ok(handler)
        arrived.set()

    receiver.always = answer
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    runtime = hooked.runtime
    thread = DispatcherThread(runtime.database, hooked.clock, hooked.ids, LOCAL)
    thread.start()
    assert arrived.wait(60)
    thread.stop()
    assert log_of(hooked, webhook)[0]["state"] == "DELIVERED", "written down before the end"
    earn(hooked, "o2")
    assert len(receiver.requests) == 1
    DispatcherThread(runtime.database, hooked.clock, hooked.ids, LOCAL).stop()


def test_other_companies_see_nothing_of_a_subscription(hooked: Service, receiver: Receiver) -> None:
    webhook = subscribe(hooked, receiver.url)
    earn(hooked)
    deliver(hooked)
    (line,) = log_of(hooked, webhook)
    engine = sa.create_engine(hooked.url)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO tenants (id, name, currency, qr_secret, created_at)"
                " VALUES ('other', 'Other', 'RUB', '', 0)"
            )
        )
        for table in ("webhook_endpoints", "webhook_deliveries"):
            connection.execute(sa.text(f"UPDATE {table} SET tenant_id = 'other'"))  # noqa: S608 - our tables
    engine.dispose()
    assert api(hooked, "GET", "").json()["data"] == []
    assert log_of(hooked, webhook) == []
    path = f"/{webhook['id']}"
    for method, rest in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test")):
        body: dict[str, Any] | None = {} if method in ("PATCH", "POST") else None
        answer = api(hooked, method, f"{path}{rest}", body)
        assert answer.json()["errorCode"] == "WEBHOOK_NOT_FOUND"
    answer = api(hooked, "GET", f"{path}/deliveries/{line['id']}")
    assert answer.json()["errorCode"] == "DELIVERY_NOT_FOUND"
