"""The integrators' client: what it calls, what it repeats, and that it does so against a real service."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.api_client.errors import (
    InputRefusedError,
    NotConnectedError,
    RuleRefusedError,
    ServiceBusyError,
)
from app.api_client.integrator import ExportFailedError, LoyaltyClient
from app.api_client.rest import RetryPolicy
from app.contracts.exports import CreateExportRequest, ExportFormat, ExportKind
from app.contracts.gift_cards import (
    IssueGiftCardRequest,
    RedeemGiftCardRequest,
    RefundGiftCardRequest,
    TopUpGiftCardRequest,
)
from app.contracts.guests import ChangeGuestRequest, ErasedGuest
from app.contracts.transactions import EarnRequest, RedeemRequest
from app.contracts.webhooks import ChangeWebhookRequest, CreateWebhookRequest
from app.kernel.clock import ManualClock
from app.kernel.errors import AppError
from app.kernel.ids import SeededIds
from tests.api_client.service_process import ROOT, RunningService, running_service

Answering = Callable[[httpx.Request], httpx.Response]
DONE = httpx.Response(200, json={"id": "gst-1", "success": True})
BUSY = {"errorCode": "RATE_LIMIT_EXCEEDED", "detail": "later", "requestId": "req_1"}


class Script:
    """Answers one request after another and keeps what came."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client_of(answering: Answering, clock: ManualClock) -> LoyaltyClient:
    return LoyaltyClient(
        "http://service.test",
        "mlk_test_x",
        transport=httpx.MockTransport(answering),
        clock=clock,
        ids=SeededIds(),
    )


def erase(script: Script, clock: ManualClock) -> ErasedGuest:
    with client_of(script, clock) as client:
        return client.guests.delete("gst-1")


@pytest.mark.parametrize(
    "first",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(503),
        httpx.Response(429),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
    ids=repr,
)
def test_what_fails_in_passing_is_asked_again_with_the_same_key(
    first: httpx.Response | Exception,
) -> None:
    script, clock = Script(first, first, DONE), ManualClock()
    began = clock.monotonic()
    assert erase(script, clock).success
    assert len(script.keys) == 3
    assert len(set(script.keys)) == 1
    assert script.keys[0]
    # Half a second, then a second, each give or take a fifth.
    assert 1.2 <= clock.monotonic() - began <= 1.8


def test_retry_after_is_waited_for() -> None:
    script, clock = (
        Script(httpx.Response(429, json=BUSY, headers={"Retry-After": "7"}), DONE),
        ManualClock(),
    )
    began = clock.monotonic()
    erase(script, clock)
    assert clock.monotonic() - began == 7


def test_a_long_retry_after_is_told_instead_of_waited_for() -> None:
    script, clock = (
        Script(httpx.Response(429, json=BUSY, headers={"Retry-After": "900"})),
        ManualClock(),
    )
    with pytest.raises(ServiceBusyError) as refused:
        erase(script, clock)
    assert refused.value.retry_after_s == 900
    assert len(script.keys) == 1


def test_repetitions_end() -> None:
    script = Script(*[httpx.Response(503)] * 5)
    with pytest.raises(ServiceBusyError):
        erase(script, ManualClock())
    assert not script.answers


def test_no_repetition_is_made_when_none_is_wanted() -> None:
    script = Script(httpx.ConnectError("no"))
    transport = httpx.MockTransport(script)
    none = RetryPolicy(pauses_s=())
    with (
        LoyaltyClient("http://service.test", "k", retries=none, transport=transport) as client,
        pytest.raises(NotConnectedError),
    ):
        client.guests.get("gst-1")
    assert len(script.keys) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422])
def test_what_is_refused_for_a_reason_is_not_asked_again(status: int) -> None:
    script = Script(httpx.Response(status, json={"errorCode": "GUEST_NOT_FOUND"}))
    with pytest.raises(AppError) as refused:
        erase(script, ManualClock())
    assert refused.value.code == "GUEST_NOT_FOUND"
    assert len(script.keys) == 1


def test_each_call_draws_a_key_of_its_own_and_takes_yours() -> None:
    script = Script(DONE, DONE, DONE)
    with client_of(script, ManualClock()) as client:
        client.guests.delete("gst-1")
        client.guests.delete("gst-1")
        client.guests.delete("gst-1", key="mine")
    assert len(set(script.keys)) == 3
    assert script.keys[2] == "mine"


def test_the_client_needs_neither_service_nor_till() -> None:
    code = (
        "import sys, app.api_client.integrator; "
        "bad = [m for m in sys.modules if m.split('.')[0] in {'PySide6', 'sqlalchemy', 'fastapi', 'drivers'}"
        " or m.startswith(('app.service', 'app.till', 'app.store', 'app.ui'))]; sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def client(service: RunningService) -> Iterator[LoyaltyClient]:
    with LoyaltyClient(service.url, service.seeded["apiKey"]) as made:
        yield made


@pytest.mark.e2e
def test_a_guest_from_registration_to_deletion(client: LoyaltyClient) -> None:
    guest = client.guests.create("+7 999 555-00-31", first_name="Вера")
    assert client.guests.get(guest.id).card.id == guest.card.id
    renamed = client.guests.change(guest.id, ChangeGuestRequest(first_name="Вероника"))
    assert renamed.first_name == "Вероника"
    assert [found.id for found in client.guests.list(search="Вероника").data] == [guest.id]
    with pytest.raises(RuleRefusedError) as refused:
        client.guests.create("+7 999 555-00-31")
    assert refused.value.code == "DUPLICATE_PHONE"
    with pytest.raises(InputRefusedError):
        client.guests.create("12")
    assert client.guests.delete(guest.id).success


@pytest.mark.e2e
def test_points_are_earned_and_redeemed_once(client: LoyaltyClient) -> None:
    guest = client.guests.create("+7 999 555-00-32")
    earn = EarnRequest(guest_id=guest.id, order_id="client-1", check_amount=1_000_00)
    earned = client.loyalty.earn(earn, key="client-earn-1")
    assert earned.points_earned > 0
    assert client.loyalty.earn(earn, key="client-earn-1").already_processed
    redeem = RedeemRequest(
        guest_id=guest.id, order_id="client-2", check_amount=1_000_00, points=earned.points_earned
    )
    assert client.loyalty.redeem(redeem).points_spent == earned.points_earned
    closed = client.loyalty.transactions(guestId=guest.id)
    assert closed.total == 2
    assert {one.order_id for one in closed.data} == {"client-1", "client-2"}
    assert client.loyalty.transaction(closed.data[0].id) == closed.data[0]
    assert client.loyalty.movements(guestId=guest.id).total >= 2
    assert len(list(client.loyalty.walk_transactions(guestId=guest.id))) == 2
    assert client.loyalty.rules().current.rules.levels


@pytest.mark.e2e
def test_the_same_key_from_many_threads_books_once(client: LoyaltyClient) -> None:
    guest = client.guests.create("+7 999 555-00-33")
    earn = EarnRequest(guest_id=guest.id, order_id="crowd-1", check_amount=500_00)
    gate = threading.Barrier(4)

    def book(_: int) -> str:
        gate.wait(30)
        return client.loyalty.earn(earn, key="crowd").transaction_id

    with ThreadPoolExecutor(4) as crowd:
        assert len(set(crowd.map(book, range(4)))) == 1
    assert client.loyalty.transactions(guestId=guest.id).total == 1


@pytest.mark.e2e
def test_a_gift_card_pays_and_takes_back(client: LoyaltyClient) -> None:
    issued = client.gift_cards.issue(IssueGiftCardRequest(amount=500_00))
    card = issued.gift_card.id
    assert client.gift_cards.look_up(issued.code).gift_card.id == card
    paid = client.gift_cards.redeem(
        RedeemGiftCardRequest(gift_card_id=card, order_id="gift-1", amount=300_00)
    )
    assert paid.balance == 200_00
    refund = RefundGiftCardRequest(
        gift_card_id=card, order_id="gift-1", refund_id="back-1", amount=100_00
    )
    assert client.gift_cards.refund(refund).balance == 300_00
    topped = client.gift_cards.top_up(card, TopUpGiftCardRequest(amount=50_00))
    assert topped.gift_card.balance == 350_00
    assert client.gift_cards.get(card).gift_card.balance == 350_00
    assert client.gift_cards.list().total >= 1


@pytest.mark.e2e
def test_a_subscription_from_birth_to_end(client: LoyaltyClient) -> None:
    made = client.webhooks.create(
        CreateWebhookRequest(url="https://hooks.invalid/loyalty", events=("guest.created",))
    )
    assert made.secret
    assert client.webhooks.get(made.id).secret is None
    sent = client.webhooks.send_test(made.id)
    assert sent.id in {one.id for one in client.webhooks.deliveries(made.id).data}
    assert client.webhooks.change(made.id, ChangeWebhookRequest(state="PAUSED")).state == "PAUSED"
    client.webhooks.delete(made.id)
    assert made.id not in {one.id for one in client.webhooks.list().data}


@pytest.mark.e2e
def test_an_export_is_awaited_and_downloaded(client: LoyaltyClient) -> None:
    request = CreateExportRequest(
        kind=ExportKind.GUESTS, format=ExportFormat.JSON, filters={}, fields=("id",)
    )
    job = client.exports.wait(client.exports.start(request).id, longest_s=120)
    assert b"gst-01" in client.exports.download(job)
    assert job.id in {one.id for one in client.exports.list().data}


def test_a_failed_export_is_told() -> None:
    view = {
        "id": "exp-1",
        "kind": "GUESTS",
        "format": "CSV",
        "filters": {},
        "fields": [],
        "state": "FAILED",
        "error": "the disk is full",
        "createdAt": datetime(2026, 11, 20, tzinfo=UTC).isoformat(),
    }
    script = Script(httpx.Response(200, json=view))
    with (
        client_of(script, ManualClock()) as client,
        pytest.raises(ExportFailedError, match="disk is full"),
    ):
        client.exports.wait("exp-1")


@pytest.mark.e2e
def test_walking_meets_every_guest_once(client: LoyaltyClient, tmp_path: Path) -> None:
    met = [guest.id for guest in client.guests.walk()]
    assert len(met) == len(set(met)) == client.guests.list(limit=1).total
