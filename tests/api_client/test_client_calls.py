"""Amounts are units on the wire and hundredths in code, on every call; a real socket is used once."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import httpx
import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.api_client.convert import guest_from_summary, guest_from_view, to_menu
from app.contracts import plugin, pos, sync
from tests.sync.fake_service import guest_wire, menu_wire

GUEST = {
    "cardId": "c1",
    "guestId": "g1",
    "name": "Анна",
    "phone": "79123456789",
    "code6Digit": "482913",
    "levelId": "silver",
    "levelName": "Серебро",
    "regularBalance": 300.5,
    "promoBalance": 10,
    "totalBalance": 310.5,
    "reservedBalance": 0,
}
RESERVED = {
    "success": True,
    "reservationId": "res-1",
    "expiresAt": "2026-11-20T09:30:00Z",
    "gracePeriodEnd": "2026-11-20T10:30:00Z",
}
FINALIZED = {
    "success": True,
    "transactionId": "t1",
    "pointsSpent": 50,
    "pointsEarned": 7.25,
    "regularBalance": 1,
    "promoBalance": 0,
    "totalBalance": 1,
    "levelName": "Серебро",
}

CALLS: list[tuple[str, str, dict[str, Any], dict[str, Any], Callable[[ServiceClient], Any]]] = [
    (
        "POST",
        "search-guest",
        {"code6Digit": "482913"},
        {"found": True, "guest": GUEST},
        lambda c: c.search_guest(code6="482913"),
    ),
    (
        "POST",
        "create-guest",
        {"phone": "79123456789"},
        {"success": True, "guestCardId": "c1", "code6Digit": "482913"},
        lambda c: c.create_guest("79123456789", key="k"),
    ),
    (
        "POST",
        "calculate",
        {"guestCardId": "c1", "orderId": "o1", "checkAmount": 500.5},
        {
            "benefitType": "POINTS",
            "regularBalance": 1,
            "promoBalance": 0,
            "maxAllowedToSpend": 150,
            "pointsToEarn": 35,
        },
        lambda c: c.calculate(
            plugin.CalculateRequest(guest_card_id="c1", order_id="o1", check_amount=500_50)
        ),
    ),
    (
        "POST",
        "reserve-points",
        {"guestCardId": "c1", "orderId": "o1", "pointsToSpend": 100, "checkAmount": 500},
        RESERVED,
        lambda c: c.reserve_points(
            plugin.ReservePointsRequest(
                guest_card_id="c1", order_id="o1", points_to_spend=100_00, check_amount=500_00
            ),
            key="k",
        ),
    ),
    (
        "POST",
        "reserve-discount",
        {"guestCardId": "c1", "orderId": "o1", "discountPercent": 7.5, "checkAmount": 500},
        RESERVED,
        lambda c: c.reserve_discount(
            plugin.ReserveDiscountRequest(
                guest_card_id="c1", order_id="o1", discount_percent=750, check_amount=500_00
            ),
            key="k",
        ),
    ),
    (
        "PUT",
        "update-reservation",
        {"reservationId": "res-1", "amount": 50},
        {"success": True, "amount": 50},
        lambda c: c.update_reservation(
            plugin.UpdateReservationRequest(reservation_id="res-1", amount=50_00), key="k"
        ),
    ),
    (
        "POST",
        "finalize-points",
        {"guestCardId": "c1", "orderId": "o1", "checkAmount": 500, "action": "EARN_ONLY"},
        FINALIZED,
        lambda c: c.finalize_points(
            plugin.FinalizePointsRequest(
                guest_card_id="c1",
                order_id="o1",
                check_amount=500_00,
                action=plugin.FinalizeAction.EARN_ONLY,
            ),
            key="k",
        ),
    ),
    (
        "POST",
        "finalize-discount",
        {"reservationId": "res-1", "guestCardId": "c1", "orderId": "o1", "checkAmount": 500},
        FINALIZED,
        lambda c: c.finalize_discount(
            plugin.FinalizeDiscountRequest(
                reservation_id="res-1", guest_card_id="c1", order_id="o1", check_amount=500_00
            ),
            key="k",
        ),
    ),
    (
        "POST",
        "finalize-refund",
        {
            "guestCardId": "c1",
            "orderId": "o1",
            "refundId": "f1",
            "refundAmount": 0.01,
            "originalAmount": 500,
        },
        {"success": True, "pointsReversed": 1, "pointsReturned": 0, "newBalance": -3.5},
        lambda c: c.finalize_refund(
            plugin.FinalizeRefundRequest(
                guest_card_id="c1",
                order_id="o1",
                refund_id="f1",
                refund_amount=1,
                original_amount=500_00,
            ),
            key="k",
        ),
    ),
]


@pytest.mark.parametrize(("method", "name", "sent", "answer", "call"), CALLS)
def test_loyalty_calls_speak_units_outside_and_hundredths_inside(
    method: str,
    name: str,
    sent: dict[str, Any],
    answer: dict[str, Any],
    call: Callable[[ServiceClient], Any],
) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=answer)

    settings = ClientSettings("http://127.0.0.1:1", "k")
    with ServiceClient(settings, transport=httpx.MockTransport(handle)) as client:
        result = call(client)
    request = seen[0]
    assert (request.method, request.url.path) == (method, f"/api/pos-integration/till/{name}")
    assert json.loads(request.content) == sent
    read_only = name in {"search-guest", "calculate"}
    assert request.headers.get("Idempotency-Key") == (None if read_only else "k")
    again = result.to_wire()
    assert all(again[field] == value for field, value in answer.items() if field not in MOMENTS)


MOMENTS = {"expiresAt", "gracePeriodEnd", "guest"}


def test_guests_and_menu_become_words_of_the_domain() -> None:
    summary = guest_from_summary(plugin.GuestSummary.from_wire(GUEST))
    assert (summary.regular_minor, summary.promo_minor) == (300_50, 10_00)
    assert (summary.level_id, summary.code6) == ("silver", "482913")
    card = guest_from_view(pos.GuestCardView.from_wire(guest_wire("c9")))
    assert (card.card_id, card.regular_minor, card.lifetime_spent_minor) == ("c9", 12_50, 100_00)
    menu = to_menu(pos.MenuResponse.from_wire(menu_wire(excludedFromEarning=True)))
    product = menu.products[0]
    assert (product.price_minor, product.earns_points) == (250_50, False)
    assert menu.taxes.taxes[0].periods[0].percent_bp == 2000


def test_an_unchanged_menu_is_not_sent_again() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.headers.get("If-None-Match") == '"m1"':
            return httpx.Response(304)
        return httpx.Response(200, json=menu_wire(), headers={"ETag": 'W/"m1"'})

    settings = ClientSettings("http://127.0.0.1:1", "k")
    with ServiceClient(settings, transport=httpx.MockTransport(handle)) as client:
        answer = client.menu()
        assert answer is not None
        assert answer.etag == "m1"
        assert client.menu(answer.etag) is None


class Quiet(BaseHTTPRequestHandler):
    """Answers a batch over a real socket."""

    bodies: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.bodies.append(body)
        ids = [operation["operationId"] for operation in body["operations"]]
        results = [{"operationId": item, "status": "success"} for item in ids]
        answer = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_batch_goes_over_a_real_socket(address: str) -> None:
    operation = sync.SyncOperation(
        operation_id="op-1",
        idempotency_key="k-1",
        type="sale",
        occurred_at="2026-11-20T09:00:00Z",  # type: ignore[arg-type]  # text is read as a moment
        payload={"saleId": "s1", "amount": 12.5},
    )
    with ServiceClient(ClientSettings(address, "k")) as client:
        answer = client.sync_batch([operation])
    assert answer.results[0].status is sync.SyncStatus.SUCCESS
    assert Quiet.bodies[-1]["operations"][0]["payload"] == {"saleId": "s1", "amount": 12.5}
