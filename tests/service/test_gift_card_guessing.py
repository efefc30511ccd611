"""L13: guessing at codes is limited for each caller and for the company, and a restart changes nothing."""

from datetime import timedelta
from typing import Any

import httpx

from app.contracts.gift_card_codes import complete_code
from app.kernel.ids import SystemIds
from app.service.gift_cards.tasks import end_gift_cards
from app.service.http.app import create_app
from app.service.jobs.job import JobContext
from app.service.kit.guessing import CALLER_LIMIT, COMPANY_LIMIT
from app.service.settings import ServiceSettings
from tests.service.harness import Service, open_client

TILL = "/api/v1/pos/finance/giftcards"


def ask(service: Service, code: str, client: Any = None) -> httpx.Response:
    headers = {"X-API-Key": service.seeded["tillKey"]}
    return (client or service.client).post(f"{TILL}/lookup", json={"code": code}, headers=headers)


def guess(service: Service, number: int) -> httpx.Response:
    return ask(service, complete_code(f"{number:015d}"))


def issued(service: Service) -> str:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    made = service.client.post("/api/v1/gift-cards", json={"amount": 100}, headers=headers)
    return made.json()["code"]


def lock_out(service: Service) -> httpx.Response:
    for number in range(CALLER_LIMIT.misses):
        assert guess(service, number).status_code == 404
    return guess(service, 0)


def test_ten_unknown_codes_lock_the_till_out_for_a_while(service: Service) -> None:
    code = issued(service)
    locked = lock_out(service)
    assert locked.status_code == 429
    assert locked.json()["errorCode"] == "GIFT_CARD_GUESSING_LOCKED"
    assert locked.headers["retry-after"] == "900"
    service.clock.advance(timedelta(minutes=14, seconds=59, milliseconds=500))
    answer = ask(service, code)  # a right code tells nothing while the lock holds
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    service.clock.advance(timedelta(seconds=1))
    assert ask(service, code).status_code == 200


def test_each_lock_of_a_day_is_twice_as_long(service: Service) -> None:
    waits = []
    for _ in range(3):
        waits.append(int(lock_out(service).headers["retry-after"]))
        service.clock.advance(timedelta(seconds=waits[-1]))
    assert waits == [900, 1800, 3600]
    service.clock.advance(timedelta(days=1))
    assert lock_out(service).headers["retry-after"] == "900"


def test_slips_and_known_codes_are_no_guesses(service: Service) -> None:
    code = issued(service)
    slip = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(2 * CALLER_LIMIT.misses):
        assert ask(service, slip).json()["errorCode"] == "GIFT_CARD_CODE_INVALID"
        assert ask(service, code).status_code == 200
    assert service.count("gift_card_guesses") == 0


def test_misses_spread_over_time_lock_nobody(service: Service) -> None:
    for number in range(3 * CALLER_LIMIT.misses):
        assert guess(service, number).status_code == 404
        service.clock.advance(CALLER_LIMIT.within / (CALLER_LIMIT.misses - 1))


def test_paying_by_code_counts_too_and_what_has_an_id_goes_on(service: Service) -> None:
    code = issued(service)
    headers = {"X-API-Key": service.seeded["tillKey"]}

    def redeem(said: str, order: str, *, hold: bool) -> httpx.Response:
        body = {"code": said, "orderId": order, "amount": 10, "hold": hold}
        return service.client.post(f"{TILL}/redeem", json=body, headers=headers)

    hold = redeem(code, "o1", hold=True).json()["holdId"]
    for number in range(CALLER_LIMIT.misses):
        unknown = complete_code(f"{number:015d}")
        assert redeem(unknown, f"x{number}", hold=False).status_code == 404
    assert redeem(code, "o2", hold=False).status_code == 429
    captured = service.client.post(f"{TILL}/holds/{hold}/capture", json={}, headers=headers)
    assert captured.json()["redeemedAmount"] == 10


def test_a_restart_forgets_no_lock(service: Service) -> None:
    code = issued(service)
    lock_out(service)
    settings = ServiceSettings(database_url=service.url, runs_jobs=False)
    again = create_app(settings, service.clock, SystemIds(service.clock))
    with open_client(again) as client:
        assert ask(service, code, client).status_code == 429


def test_many_callers_together_lock_the_company(service: Service) -> None:
    code = issued(service)

    def spend(connection: Any) -> None:
        connection.exec_driver_sql(
            "UPDATE gift_card_guesses SET misses = "  # noqa: S608 - a constant of ours
            f"{COMPANY_LIMIT.misses - 1} WHERE subject = '*'"
        )

    assert guess(service, 1).status_code == 404
    service.runtime.database.write(spend).result()
    assert guess(service, 2).status_code == 404
    assert ask(service, code).status_code == 429
    other = {"X-API-Key": service.seeded["apiKey"]}
    by_program = service.client.post(
        "/api/v1/gift-cards/lookup", json={"code": code}, headers=other
    )
    assert by_program.status_code == 429


def test_old_guesses_are_forgotten(service: Service) -> None:
    lock_out(service)
    context = JobContext(service.runtime.database, service.clock, service.ids)
    end_gift_cards(context)
    assert service.count("gift_card_guesses") == 2
    service.clock.advance(timedelta(days=3))
    end_gift_cards(context)
    assert service.count("gift_card_guesses") == 0
