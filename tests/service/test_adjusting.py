"""L14: points by hand with a reason, transfers within limits, shortfalls that somebody settles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from app.contracts.adjustments import TransferRequest
from app.service.kit.work import Work
from app.service.loyalty.adjusting import transfer_points
from app.service.tills.keys import authenticate
from tests.service.harness import MARIA, Service, finalize

OTHER = "card-gst-02"
BASE = "/api/v1/loyalty/"


def post(service: Service, path: str, body: dict[str, Any], **headers: str) -> Any:
    """Call as the company's own program."""
    sent = {"X-API-Key": service.seeded["apiKey"], **headers}
    return service.client.post(BASE + path, json=body, headers=sent)


def ok(service: Service, path: str, body: dict[str, Any], **headers: str) -> Any:
    """Make a call that must succeed."""
    answer = post(service, path, body, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def transfer(service: Service, points: float, pair: tuple[str, str] = (MARIA, OTHER)) -> Any:
    """Move points, long enough after the last call that nobody is too quick."""
    service.clock.advance(timedelta(minutes=2))
    body = {"fromGuestCardId": pair[0], "toGuestCardId": pair[1], "points": points}
    return post(service, "transfer", body)


def code(answer: Any) -> str:
    """Return why a call was refused."""
    assert answer.status_code >= 400, answer.text
    return answer.json()["errorCode"]


def test_adjustment_is_booked_with_who_and_why(service: Service) -> None:
    body = {"guestCardId": MARIA, "points": 25.5, "reason": "остыл суп"}
    made = ok(service, "manual-adjustment", body, **{"Idempotency-Key": "k1"})
    again = ok(service, "manual-adjustment", body, **{"Idempotency-Key": "k1"})
    assert (made["totalBalance"], made["regularBalance"]) == (865.5, 715.5)
    assert again == made | {"alreadyProcessed": True}
    entry = service.rows(
        "SELECT kind, regular_delta_minor, reason FROM ledger_entries "
        "WHERE card_id = 'card-gst-01' AND card_seq = 3"
    )
    assert entry == [("MANUAL", 25_50, "остыл суп")]
    assert service.rows("SELECT action FROM audit_log WHERE subject_id = 'card-gst-01'") == [
        ("points.adjusted",)
    ]
    assert service.rows("SELECT count(*) FROM events WHERE type = 'transaction.manual'") == [(1,)]
    service.assert_clean()


def test_adjustment_may_end_by_itself(service: Service) -> None:
    ends = (service.clock.now() + timedelta(days=3)).isoformat()
    body = {"guestId": "gst-01", "points": 50, "kind": "PROMO", "expiresAt": ends, "reason": "x"}
    assert ok(service, "manual-adjustment", body)["promoBalance"] == 200
    service.clock.advance(timedelta(days=3))
    service.run_job("points.lapse")
    assert service.guest()["promoBalance"] == 150
    service.assert_clean()


def test_adjustment_is_refused_without_reason_points_or_balance(service: Service) -> None:
    body = {"guestCardId": MARIA, "points": -691, "reason": "x"}
    assert code(post(service, "manual-adjustment", body)) == "INSUFFICIENT_BALANCE"
    past = service.clock.now().isoformat()
    for wrong in (
        {"guestCardId": MARIA, "points": 1},
        {"guestCardId": MARIA, "points": 1, "reason": "  "},
        {"guestCardId": MARIA, "points": 0, "reason": "x"},
        {"points": 1, "reason": "x"},
        {"guestCardId": MARIA, "points": 1, "reason": "x", "expiresAt": past},
    ):
        assert code(post(service, "manual-adjustment", wrong)) == "VALIDATION_ERROR"
    till = service.client.post(
        BASE + "manual-adjustment", json=body, headers={"X-API-Key": service.seeded["tillKey"]}
    )
    assert code(till) == "INSUFFICIENT_PERMISSIONS"
    assert ok(service, "manual-adjustment", body | {"points": -690})["totalBalance"] == 150
    service.assert_clean()


def test_transfer_moves_regular_points_and_never_more_than_the_day_allows(service: Service) -> None:
    before = service.rows(f"SELECT regular_minor FROM cards WHERE id = '{OTHER}'")[0][0]  # noqa: S608 - a constant of the test
    assert transfer(service, 100).json()["fromBalance"] == 740
    assert code(transfer(service, 600)) == "INSUFFICIENT_BALANCE"
    for _ in range(2):
        assert transfer(service, 100).status_code == 200
    assert code(transfer(service, 100)) == "TRANSFER_LIMIT_EXCEEDED"
    after = service.rows(f"SELECT regular_minor FROM cards WHERE id = '{OTHER}'")[0][0]  # noqa: S608 - a constant of the test
    assert after == before + 300_00
    service.clock.advance(timedelta(hours=24))
    assert transfer(service, 100).status_code == 200
    service.assert_clean()


def test_transfer_is_limited_by_amount(service: Service) -> None:
    ok(service, "manual-adjustment", {"guestCardId": MARIA, "points": 5000, "reason": "x"})
    assert code(transfer(service, 1000.01)) == "TRANSFER_LIMIT_EXCEEDED"
    assert transfer(service, 1000).status_code == 200
    assert code(transfer(service, 1)) == "TRANSFER_LIMIT_EXCEEDED"
    assert code(transfer(service, 1, (MARIA, MARIA))) == "VALIDATION_ERROR"
    service.assert_clean()


def test_transfers_that_cross_do_not_wait_for_each_other(service: Service) -> None:
    body = {"guestCardId": OTHER, "points": 500, "reason": "x"}
    ok(service, "manual-adjustment", body)
    total = "SELECT sum(regular_minor + promo_minor) FROM cards"
    before = service.rows(total)
    pairs = [(MARIA, OTHER), (OTHER, MARIA)] * 3

    now = service.clock.now()

    def move(pair: tuple[str, str]) -> bool:
        def job(connection: Any) -> bool:
            caller = authenticate(connection, service.seeded["apiKey"], now)
            request = TransferRequest(
                from_guest_card_id=pair[0], to_guest_card_id=pair[1], points=10_00
            )
            return transfer_points(Work(connection, now, service.ids, caller), request).success

        return service.runtime.database.write(job).result()

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(move, pairs))
    assert service.rows(total) == before
    service.assert_clean()


def test_shortfalls_are_listed_until_somebody_settles_them(service: Service) -> None:
    reservation = service.reserve(200)
    service.forward(minutes=31)
    ok(service, "manual-adjustment", {"guestCardId": MARIA, "points": -690, "reason": "x"})
    assert service.ok("finalize-points", finalize(reservation))["shortfall"] == 50
    headers = {"X-API-Key": service.seeded["apiKey"]}

    def listed(query: str = "") -> Any:
        answer = service.client.get(f"{BASE}shortfalls{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    (found,) = listed("?isSettled=false")
    assert (found["kind"], found["points"], found["orderId"]) == ("REDEEM", 50, "o1")
    assert (found["guestCardId"], found["isSettled"]) == (MARIA, False)
    settled = ok(service, f"shortfalls/{found['id']}/settle", {"note": "списано кафе"})
    assert (settled["isSettled"], settled["note"]) == (True, "списано кафе")
    ok(service, f"shortfalls/{found['id']}/settle", {"note": "другое"})
    assert listed("?isSettled=false") == []
    assert listed()[0]["note"] == "списано кафе"
    missing = post(service, "shortfalls/none/settle", {"note": "x"})
    assert code(missing) == "NOT_FOUND"
    service.assert_clean()
