"""L9 under a crowd: two hundred callers at one card and one key; nothing twice, never below zero."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.service.harness import MARIA, Service, finalize

CALLERS = 200


def crowd(act: Callable[[int], Any]) -> list[Any]:
    """Let all callers call at once."""
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(act, range(CALLERS)))


def test_a_crowd_spends_the_points_of_a_card_once(service: Service) -> None:
    """840 points, two hundred reservations of 100: eight hold, and each is closed once."""

    def reserve(number: int) -> str | None:
        key = service.seeded["tillKeys"][number % 2]
        order = {"guestCardId": MARIA, "orderId": f"crowd-{number}", "checkAmount": 3000}
        answer = service.call("reserve-points", order | {"pointsToSpend": 100}, api_key=key)
        if answer.status_code != 200:
            assert answer.json()["errorCode"] == "INSUFFICIENT_BALANCE", answer.text
            return None
        return f"{number} {answer.json()['reservationId']}"

    held = [one.split() for one in crowd(reserve) if one]
    assert len(held) == 8

    def close(number: int) -> bool:
        order, reservation = held[number % 8]
        answer = service.ok(
            "finalize-points",
            finalize(reservation, f"crowd-{order}", 3000),
            key=f"close-{number}",
            api_key=service.seeded["tillKeys"][int(order) % 2],
        )
        return bool(answer["alreadyProcessed"])

    assert crowd(close).count(False) == 8
    assert service.count("loyalty_orders") == 8
    assert service.guest()["reservedBalance"] == 0
    service.assert_clean()


def test_a_crowd_with_one_key_takes_effect_once(service: Service) -> None:
    answers = crowd(lambda _: service.ok("finalize-points", finalize(None), key="same"))
    assert [answer["alreadyProcessed"] for answer in answers].count(False) == 1
    assert len({answer["transactionId"] for answer in answers}) == 1
    assert service.guest()["totalBalance"] == 940
    service.assert_clean()


def test_a_crowd_on_two_cards_in_both_orders_does_not_wait_in_a_circle(service: Service) -> None:
    """Every call locks its card first; cards are reached from both ends at once."""
    cards = [MARIA, "card-gst-02"]

    def earn(number: int) -> int:
        body = finalize(None, f"both-{number}", 100) | {"guestCardId": cards[number % 2]}
        return service.call("finalize-points", body, key=f"b{number}").status_code

    assert crowd(earn) == [200] * CALLERS
    assert service.count("loyalty_orders") == CALLERS
    service.assert_clean()
