"""L2, L5, L8, L9, L10: levels, earning late, repeating, and giving back."""

import itertools
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.clock import to_iso
from tests.service.harness import MARIA, Service, finalize

ALEXEY = "card-gst-02"  # silver 7 %, 23 460 spent
ORDERS = itertools.count()


def refund(amount: float, refund_id: str = "r1", order: str = "o1", check: float = 1000) -> dict:
    return {
        "guestCardId": MARIA,
        "orderId": order,
        "refundId": refund_id,
        "refundAmount": amount,
        "originalAmount": check,
    }


def test_level_rises_at_once_and_is_kept(service: Service) -> None:
    body = {"guestCardId": ALEXEY, "orderId": "big", "checkAmount": 30_000, "action": "EARN_ONLY"}
    answer = service.ok("finalize-points", body)
    assert answer["pointsEarned"] == 2100
    assert answer["levelName"] == "Золото"
    assert ("level.upgraded",) in service.rows("SELECT type FROM events")
    next_one = body | {"orderId": "next", "checkAmount": 1000}
    assert service.ok("finalize-points", next_one)["pointsEarned"] == 100


def test_late_earn_uses_the_level_of_its_day(service: Service) -> None:
    then = to_iso(service.clock.now())
    service.clock.advance(timedelta(hours=1))
    body = {"guestCardId": ALEXEY, "orderId": "big", "checkAmount": 30_000, "action": "EARN_ONLY"}
    service.ok("finalize-points", body)
    service.clock.advance(timedelta(hours=1))
    late = body | {"orderId": "late", "checkAmount": 1000, "occurredAt": then}
    assert service.ok("finalize-points", late)["pointsEarned"] == 70
    assert service.ok("finalize-points", late)["alreadyProcessed"]
    service.assert_clean()


def test_sale_from_the_future_counts_as_now(service: Service) -> None:
    ahead = to_iso(service.clock.now() + timedelta(days=3))
    service.ok("finalize-points", finalize(None, occurredAt=ahead))
    now = service.rows("SELECT occurred_at - created_at FROM loyalty_orders")
    assert now == [(0,)]


def test_small_check_is_closed_without_points(service: Service) -> None:
    answer = service.ok("finalize-points", finalize(None, check=49))
    assert answer["pointsEarned"] == 0
    assert service.guest()["visitCount"] == 88


def test_order_is_closed_once_whatever_the_keys(service: Service) -> None:
    first = service.ok("finalize-points", finalize(None), key="a")
    again = service.ok("finalize-points", finalize(None), key="b")
    assert again == first | {"alreadyProcessed": True}
    assert service.refused("finalize-points", finalize(None, check=900)) == "DUPLICATE_CHECK"
    body = {"guestCardId": MARIA, "orderId": "o1", "pointsToSpend": 10, "checkAmount": 1000}
    assert service.refused("reserve-points", body) == "DUPLICATE_CHECK"
    assert service.guest()["totalBalance"] == 940


def test_same_order_id_of_another_till_is_another_order(service: Service) -> None:
    service.ok("finalize-points", finalize(None))
    other = service.ok("finalize-points", finalize(None), api_key=service.seeded["tillKeys"][1])
    assert not other["alreadyProcessed"]


def close_with_points(service: Service) -> None:
    service.ok("finalize-points", finalize(service.reserve(200)))


def test_full_refund_undoes_everything(service: Service) -> None:
    before = service.guest()
    close_with_points(service)
    answer = service.ok("finalize-refund", refund(1000))
    assert (answer["pointsReversed"], answer["pointsReturned"]) == (80, 200)
    after = service.guest()
    names = ("regularBalance", "promoBalance", "totalBalance", "lifetimeSpent")
    assert [after[name] for name in names] == [before[name] for name in names]
    linked = service.rows(
        "SELECT count(*) FROM ledger_entries WHERE kind = 'REFUND' AND reverses_id IS NOT NULL"
    )
    assert linked == [(2,)]
    service.assert_clean()


def test_refund_never_exceeds_the_order(service: Service) -> None:
    close_with_points(service)
    service.ok("finalize-refund", refund(600))
    code = service.refused("finalize-refund", refund(400.01, "r2"))
    assert code == "REFUND_EXCEEDS_ORDER"
    service.ok("finalize-refund", refund(400, "r3"))
    service.assert_clean()


def test_refund_is_booked_once(service: Service) -> None:
    close_with_points(service)
    first = service.ok("finalize-refund", refund(500), key="x")
    again = service.ok("finalize-refund", refund(500), key="y")
    assert again == first | {"alreadyProcessed": True}
    assert service.refused("finalize-refund", refund(400)) == "DUPLICATE_REFUND"


def test_refund_must_match_its_order(service: Service) -> None:
    close_with_points(service)
    assert service.refused("finalize-refund", refund(10, check=5000)) == "REFUND_MISMATCH"
    other = refund(10) | {"guestCardId": ALEXEY}
    assert service.refused("finalize-refund", other) == "REFUND_MISMATCH"


def test_order_without_loyalty_is_a_success_with_nothing(service: Service) -> None:
    answer = service.ok("finalize-refund", refund(10, order="unknown"))
    assert (answer["pointsReversed"], answer["pointsReturned"]) == (0, 0)
    assert answer["newBalance"] == 840


def test_earned_points_that_are_gone_are_recorded(service: Service) -> None:
    service.ok("finalize-points", finalize(None, "earned", check=10_000))
    spent = service.reserve(1840, "spent", check=30_000)
    answer = service.ok("finalize-refund", refund(10_000, order="earned", check=10_000))
    assert (answer["pointsReversed"], answer["shortfall"]) == (0, 1000)
    assert service.rows("SELECT kind, amount_minor FROM shortfalls") == [("REFUND", 100_000)]
    service.ok("cancel-reservation", {"reservationId": spent})
    service.assert_clean()


def test_partial_refunds_sum_exactly_to_the_full_one(service: Service) -> None:
    """However an order is given back in parts, card and lifetime end where they began."""

    @settings(max_examples=15)
    @given(check=st.integers(5_000, 300_000), cuts=st.lists(st.integers(1, 299_999), max_size=4))
    def prove(check: int, cuts: list[int]) -> None:
        before = service.guest()
        order = f"parts-{next(ORDERS)}"
        points = min(check * 3 // 10, int(before["totalBalance"] * 100)) // 100
        held = service.reserve(points, order, check / 100) if points else None
        service.ok("finalize-points", finalize(held, order, check / 100))
        edges = [0, *sorted({cut for cut in cuts if cut < check}), check]
        for number, (low, high) in enumerate(itertools.pairwise(edges)):
            body = refund((high - low) / 100, f"{order}-{number}", order, check / 100)
            service.ok("finalize-refund", body)
        after = service.guest()
        for name in ("regularBalance", "promoBalance", "reservedBalance", "lifetimeSpent"):
            assert after[name] == before[name], name

    prove()
    service.assert_clean()
