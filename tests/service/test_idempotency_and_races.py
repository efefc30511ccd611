"""L9, A5: repeating is harmless, also in parallel; two tills cannot spend the same points."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.service.harness import MARIA, Service, finalize

THREADS = 8


def in_parallel(act: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """Run something on several threads at once."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(act, range(times)))


def reserve_body(order: str, points: float) -> dict[str, Any]:
    return {"guestCardId": MARIA, "orderId": order, "pointsToSpend": points, "checkAmount": 3000}


def test_same_key_same_body_gets_the_same_answer(service: Service) -> None:
    first = service.ok("reserve-points", reserve_body("o1", 100), key="k")
    again = service.ok("reserve-points", reserve_body("o1", 100), key="k")
    assert not first["alreadyProcessed"]
    assert again == first | {"alreadyProcessed": True}
    assert service.guest()["reservedBalance"] == 100


def test_order_of_fields_and_unknown_ones_make_no_other_body(service: Service) -> None:
    body = reserve_body("o1", 100)
    service.ok("reserve-points", body, key="k")
    shuffled = dict(reversed(body.items())) | {"somethingNew": 1, "checkAmount": 3000.00}
    assert service.ok("reserve-points", shuffled, key="k")["alreadyProcessed"]


def test_same_key_other_body_is_refused(service: Service) -> None:
    service.ok("reserve-points", reserve_body("o1", 100), key="k")
    code = service.refused("reserve-points", reserve_body("o2", 100), key="k")
    assert code == "IDEMPOTENCY_KEY_REUSED"
    assert service.refused("finalize-points", finalize(None), key="k") == "IDEMPOTENCY_KEY_REUSED"
    assert service.count("reservations") == 1


def test_refused_call_may_be_repeated_with_its_key(service: Service) -> None:
    assert service.refused("reserve-points", reserve_body("o1", 901), key="k")
    service.ok("reserve-points", reserve_body("o1", 800), key="k")


def test_both_names_of_the_header_are_read(service: Service) -> None:
    path = "/api/pos-integration/till/create-guest"
    headers = {"X-API-Key": service.seeded["tillKey"], "X-Idempotency-Key": "k"}
    body = {"phone": "+79990001122"}
    first = service.client.post(path, json=body, headers=headers).json()
    again = service.ok("create-guest", body, key="k")
    assert again == first | {"alreadyProcessed": True}


@pytest.mark.parametrize("key", ["", "a b", "k" * 301])
def test_unusable_key_is_refused(service: Service, key: str) -> None:
    code = service.refused("create-guest", {"phone": "+79990001122"}, key=key)
    assert code == "IDEMPOTENCY_KEY_INVALID"
    assert service.count("guests") == 10


def test_keys_of_one_till_are_not_those_of_another(service: Service) -> None:
    service.ok("create-guest", {"phone": "+79990001122"}, key="k")
    other = service.seeded["tillKeys"][1]
    answer = service.ok("create-guest", {"phone": "+79990001133"}, key="k", api_key=other)
    assert not answer["alreadyProcessed"]


def test_keys_outlive_a_week_and_are_forgotten_later(service: Service) -> None:
    service.ok("create-guest", {"phone": "+79990001122"}, key="k")
    service.forward(days=8)
    assert service.ok("create-guest", {"phone": "+79990001122"}, key="k")["alreadyProcessed"]
    service.forward(days=23)
    assert service.count("idempotency_keys") == 0


def test_parallel_duplicates_take_effect_once(service: Service) -> None:
    answers = in_parallel(lambda _: service.ok("finalize-points", finalize(None), key="same"))
    assert [answer["alreadyProcessed"] for answer in answers].count(False) == 1
    assert {answer["transactionId"] for answer in answers} == {answers[0]["transactionId"]}
    assert service.guest()["totalBalance"] == 940
    service.assert_clean()


def test_parallel_calls_with_different_keys_close_an_order_once(service: Service) -> None:
    answers = in_parallel(lambda n: service.ok("finalize-points", finalize(None), key=f"k{n}"))
    assert [answer["alreadyProcessed"] for answer in answers].count(False) == 1
    assert service.count("loyalty_orders") == 1


def test_two_tills_cannot_redeem_the_same_points(service: Service) -> None:
    """840 points, eight calls of two tills for 300 each: exactly two succeed."""

    def reserve(number: int) -> str:
        key = service.seeded["tillKeys"][number % 2]
        answer = service.call("reserve-points", reserve_body(f"race-{number}", 300), api_key=key)
        return "ok" if answer.status_code == 200 else answer.json()["errorCode"]

    results = in_parallel(reserve)
    assert results.count("ok") == 2
    assert set(results) == {"ok", "INSUFFICIENT_BALANCE"}
    card = service.guest()
    assert (card["totalBalance"], card["reservedBalance"]) == (240, 600)
    service.assert_clean()


def test_one_phone_registered_by_many_is_one_guest(service: Service) -> None:
    def register(number: int) -> int:
        return service.call("create-guest", {"phone": "+79990001122"}, key=f"g{number}").status_code

    assert sorted(in_parallel(register)) == [200] + [409] * (THREADS - 1)
    assert service.count("guests") == 11


def test_one_failing_write_spoils_no_other_of_its_group(service: Service) -> None:
    def call(number: int) -> int:
        points = 10 if number % 2 else 5000
        return service.call("reserve-points", reserve_body(f"mix-{number}", points)).status_code

    assert sorted(in_parallel(call)) == [200] * 4 + [422] * 4
    assert service.guest()["reservedBalance"] == 40
    service.assert_clean()
