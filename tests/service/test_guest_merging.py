"""L1, L14: two guests become one with both histories; a guest is forgotten and the ledger stays."""

from datetime import timedelta
from typing import Any

import pytest

from app.contracts.guests import MergeGuestsRequest
from app.kernel.clock import to_iso
from app.service.guests.erasure import erase_guest
from app.service.guests.merge import merge_guests
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.loyalty.cards import lock_card, save_card
from app.service.tills.keys import authenticate
from tests.service.harness import MARIA, Service, finalize

GUEST = "gst-01"
PHONE = "+7 999 555-44-33"


def run(service: Service, act: Any) -> Any:
    """Run a use case in a transaction of its own."""
    now = service.clock.now()

    def job(connection: Any) -> Any:
        caller = authenticate(connection, service.seeded["apiKey"], now)
        return act(Work(connection, now, service.ids, caller))

    return service.runtime.database.write(job).result()


def other(service: Service) -> dict[str, Any]:
    """Register a second guest who is Maria too."""
    service.ok("create-guest", {"phone": PHONE, "firstName": "Маша"})
    return service.ok("search-guest", {"phone": PHONE})["guest"]


def grant(service: Service, card: str, promo: int, days: int, key: str) -> None:
    """Give promo points that end so many days from now."""

    def act(work: Work) -> None:
        locked = lock_card(work, card)
        dated = locked.grant_promo(promo, work.now + timedelta(days=days))
        cause = Cause(occurred_at=work.now)
        locked.post(
            work,
            EntryKind.PROMO,
            promo_minor=promo,
            regular_minor=0,
            natural_key=key,
            cause=cause,
            dated=dated,
        )
        save_card(work, locked)

    run(service, act)


def merge(service: Service, source: str, into: str = GUEST) -> Any:
    """Join a guest into another."""
    return run(service, lambda w: merge_guests(w, into, MergeGuestsRequest(source_guest_id=source)))


def test_everything_of_the_old_card_leads_to_the_one_that_stays(service: Service) -> None:
    old = other(service)
    card = old["cardId"]
    earn = {"guestCardId": card, "orderId": "m1", "checkAmount": 4000, "action": "EARN_ONLY"}
    assert service.ok("finalize-points", earn)["pointsEarned"] == 200
    grant(service, card, 50_00, 10, "g1")
    before = service.guest()
    service.reserve(100, "m2", card=card)
    answer = merge(service, old["guestId"])
    assert (answer.id, answer.card.reserved_balance) == (GUEST, 100_00)
    after = service.guest()
    assert after["totalBalance"] == before["totalBalance"] + 150
    assert after["visitCount"] == before["visitCount"] + 1
    assert after["lifetimeSpent"] == before["lifetimeSpent"] + 4000
    for asked in ({"phone": PHONE}, {"code6Digit": old["code6Digit"]}):
        assert service.ok("search-guest", asked)["guest"]["cardId"] == MARIA
    service.assert_clean()


def test_open_checks_of_the_old_card_are_closed_on_the_new_one(service: Service) -> None:
    old = other(service)
    card = old["cardId"]
    grant(service, card, 300_00, 10, "g1")
    reservation = service.reserve(100, "m2", card=card)
    merge(service, old["guestId"])
    # The till still knows the old card.
    body = finalize(reservation, "m2") | {"guestCardId": card}
    assert service.ok("finalize-points", body)["pointsSpent"] == 100
    assert service.ok("finalize-points", body)["alreadyProcessed"]
    refund = {"orderId": "m2", "refundId": "r1", "refundAmount": 1000, "originalAmount": 1000}
    back = service.ok("finalize-refund", refund | {"guestCardId": card})
    assert back["pointsReturned"] == 100
    service.assert_clean()


def test_checks_from_before_the_merge_can_be_refunded(service: Service) -> None:
    old = other(service)
    card = old["cardId"]
    earn = {"guestCardId": card, "orderId": "m1", "checkAmount": 4000, "action": "EARN_ONLY"}
    service.ok("finalize-points", earn)
    merge(service, old["guestId"])
    refund = {"orderId": "m1", "refundId": "r1", "refundAmount": 4000, "originalAmount": 4000}
    assert service.ok("finalize-refund", refund | {"guestCardId": MARIA})["pointsReversed"] == 200
    service.assert_clean()


def test_merging_again_changes_nothing_and_chains_lead_to_the_end(service: Service) -> None:
    old = other(service)
    merge(service, old["guestId"])
    assert merge(service, old["guestId"]).already_processed
    with pytest.raises(ProblemError) as refused:
        merge(service, "gst-02", into=old["guestId"])
    assert refused.value.code == "GUEST_ALREADY_MERGED"
    merge(service, GUEST, into="gst-02")
    found = service.ok("search-guest", {"phone": PHONE})["guest"]
    assert found["cardId"] == "card-gst-02"
    service.assert_clean()
    types = [row[0] for row in service.rows("SELECT type FROM events ORDER BY id")]
    assert types.count("guest.merged") == 2


def test_merging_is_refused_for_strangers_and_for_oneself(service: Service) -> None:
    for source, code in (("nobody", "GUEST_NOT_FOUND"), (GUEST, "VALIDATION_ERROR")):
        with pytest.raises(ProblemError) as refused:
            merge(service, source)
        assert refused.value.code == code


def test_merging_is_no_visit(service: Service) -> None:
    old = other(service)
    earn = {"guestCardId": old["cardId"], "orderId": "m1", "checkAmount": 4000}
    service.ok("finalize-points", earn | {"action": "EARN_ONLY"})
    service.ok("finalize-points", finalize(None, "m3"))
    visited = service.rows("SELECT active_at FROM cards WHERE id = 'card-gst-01'")
    service.forward(days=100)
    merge(service, old["guestId"])
    assert service.rows("SELECT active_at FROM cards WHERE id = 'card-gst-01'") == visited


def test_forgotten_guest_leaves_a_ledger_without_a_name(service: Service) -> None:
    old = other(service)
    merge(service, old["guestId"])
    service.ok("finalize-points", finalize(None, "m1"))
    entries = service.count("ledger_entries")
    answer = run(service, lambda work: erase_guest(work, GUEST))
    assert answer.success
    assert run(service, lambda work: erase_guest(work, GUEST)).already_processed
    assert service.count("ledger_entries") == entries + 1
    assert not service.ok("search-guest", {"code6Digit": "482913"})["found"]
    assert not service.ok("search-guest", {"phone": PHONE})["found"]
    everything = str(service.rows("SELECT * FROM guests")) + str(
        service.rows("SELECT * FROM cards")
    )
    assert "79995554433" not in everything
    assert "Маша" not in everything
    # The phone is free again, and the refund of an old check still goes through.
    assert service.ok("create-guest", {"phone": PHONE})["success"]
    refund = {"orderId": "m1", "refundId": "r1", "refundAmount": 1000, "originalAmount": 1000}
    assert service.ok("finalize-refund", refund | {"guestCardId": MARIA})["success"]
    service.assert_clean()


def test_guest_with_an_open_check_is_not_forgotten_yet(service: Service) -> None:
    service.reserve(100)
    with pytest.raises(ProblemError) as refused:
        run(service, lambda work: erase_guest(work, GUEST))
    assert refused.value.code == "GUEST_HAS_RESERVATION"
    service.forward(minutes=31)
    assert run(service, lambda work: erase_guest(work, GUEST)).success
    service.assert_clean()


def test_a_sale_with_a_hold_of_the_old_card_comes_after_hold_and_card_are_gone(
    service: Service,
) -> None:
    """The guest left with his discount in time; the till tells of it when all has changed."""
    old = other(service)
    grant(service, old["cardId"], 50_00, 10, "g1")
    hold = service.reserve(40, "m1", check=500, card=old["cardId"])
    sold_at = to_iso(service.clock.now() + timedelta(minutes=5))
    service.forward(hours=3)
    merge(service, old["guestId"])
    asked = finalize(hold, "m1", 500, guestCardId=old["cardId"])
    assert service.refused("finalize-points", asked) == "RESERVATION_EXPIRED"
    loyalty = {"guestCardId": old["cardId"], "action": "SPEND", "pointsSpent": 40}
    payload = sale(service, "m1", 500, 40, loyalty=loyalty | {"reservationId": hold})
    result = service.sync(operation("m1", payload | {"occurredAt": sold_at}))["results"][0]
    assert (result["status"], result["pointsSpent"]) == ("success", 40)
    service.assert_clean()


def operation(sale_id: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return a sale as a till pushes it."""
    names = {"operationId": sale_id, "idempotencyKey": sale_id, "type": "sale"}
    return names | {"occurredAt": payload["occurredAt"], "payload": payload}


def sale(service: Service, sale_id: str, total: float, points: float, **more: Any) -> Any:
    """Return a sale of one line, paid in cash, with points as a discount on it."""
    due = total - points
    line: dict[str, Any] = {"lineId": "1", "productId": "prd-kapuchino", "name": "Капучино"}
    line |= {"taxId": "tax-general", "quantityMilli": 1000}
    line |= {"unitPrice": total, "gross": total, "total": due}
    tender = {"paymentId": f"{sale_id}-p", "kind": "cash", "amount": due, "received": due}
    return {
        "saleId": sale_id,
        "orderNumber": "17",
        "shiftId": "shift-1",
        "cashierId": "stf-04",
        "occurredAt": to_iso(service.clock.now()),
        "clockOffsetMs": 0,
        "lines": [line | {"pointsShare": points}],
        "totals": {"gross": total, "points": points, "due": due},
        "tenders": [tender],
    } | more
