"""A5: calls of signing in are answered once for each idempotency key, although nobody is known yet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.service.auth_harness import AUTH, PASSWORD, Person, register, seeded
from tests.service.harness import Service

COMPANY = {"companyName": "Second", "name": "Vera", "email": "v@example.com", "password": PASSWORD}


def post(service: Service, name: str, body: Any, key: str, **headers: str) -> httpx.Response:
    """Make a call of signing in under a key."""
    return service.client.post(
        AUTH + name, json=body, headers={"Idempotency-Key": key} | dict(headers)
    )


def again(first: httpx.Response, second: httpx.Response) -> None:
    """Prove that the second answer is the first one, marked as a repetition."""
    assert first.status_code == second.status_code, second.text
    assert not first.json()["alreadyProcessed"]
    assert second.json() == first.json() | {"alreadyProcessed": True}
    assert second.headers.get("cache-control") == first.headers.get("cache-control")


def credentials(service: Service, role: str = "owner") -> dict[str, str]:
    """Return what somebody of the seeded company signs in with."""
    person = next(one for one in service.seeded["staff"] if one["role"] == role)
    return {"email": person["email"], "password": person["password"]}


def test_company_is_registered_once(service: Service) -> None:
    before = service.count("tenants")
    again(post(service, "register", COMPANY, "k"), post(service, "register", COMPANY, "k"))
    assert service.count("tenants") == before + 2, "the company and its sandbox"
    other = post(service, "register", COMPANY | {"name": "Anna"}, "k")
    assert other.json()["errorCode"] == "IDEMPOTENCY_KEY_REUSED"
    refused = post(service, "register", COMPANY, "another")
    assert refused.json()["errorCode"] == "DUPLICATE_EMAIL"
    someone = COMPANY | {"email": "other@example.com"}
    assert post(service, "register", someone, "k").status_code == 201, "keys are each one's own"


def test_login_opens_one_session_and_asks_for_the_password_each_time(service: Service) -> None:
    body = credentials(service)
    first = post(service, "login", body, "k")
    for _ in range(10):
        again(first, post(service, "login", body, "k"))
    assert service.count("sessions") == 1
    wrong = post(service, "login", body | {"password": "wrong but long enough"}, "k")
    assert wrong.json()["errorCode"] == "LOGIN_FAILED"
    assert "accessToken" not in wrong.text
    person = Person(service, first.json(), body["email"], password=body["password"])
    new = {"currentPassword": body["password"], "newPassword": PASSWORD}
    person.ok("POST", AUTH + "password", new)
    assert post(service, "login", body, "k").json()["errorCode"] == "LOGIN_FAILED"


def test_refused_login_leaves_its_key_free(service: Service) -> None:
    body = credentials(service)
    assert post(service, "login", body | {"password": "wrong but long"}, "k").status_code == 401
    assert post(service, "login", body, "k").status_code == 200


def test_one_time_code_counts_once_for_a_repeated_login(service: Service) -> None:
    person = seeded(service)
    person.set_up_totp()
    service.forward(minutes=1)
    body = {"email": person.email, "password": person.password, "totpCode": person.code()}
    again(post(service, "login", body, "k"), post(service, "login", body, "k"))
    assert post(service, "login", body, "l").json()["errorCode"] == "MFA_CODE_WRONG"


def test_lost_answer_of_a_refresh_is_given_again_and_ends_no_family(service: Service) -> None:
    person = seeded(service)
    body = {"refreshToken": person.session["refreshToken"]}
    first = post(service, "refresh", body, "k")
    service.forward(minutes=5)
    again(first, post(service, "refresh", body, "k"))
    newer = {"refreshToken": first.json()["refreshToken"]}
    assert post(service, "refresh", newer, "k").status_code == 200, "another token, another key"
    assert post(service, "refresh", body, "other").json()["errorCode"] == "TOKEN_REUSED"


def test_invitation_is_accepted_once(service: Service) -> None:
    invited = {"email": "new@example.com", "name": "New", "role": "cashier"}
    body = {"token": seeded(service).ok("POST", AUTH + "invite", invited)["token"]}
    body["password"] = PASSWORD
    first = post(service, "accept-invitation", body, "k")
    again(first, post(service, "accept-invitation", body, "k"))
    late = post(service, "accept-invitation", body, "l")
    assert late.json()["errorCode"] == "INVITATION_INVALID"


def test_signing_out_is_answered_alike_when_the_session_is_over(service: Service) -> None:
    person = seeded(service)
    token = person.headers
    again(post(service, "logout", None, "k", **token), post(service, "logout", None, "k", **token))
    assert post(service, "logout", None, "l", **token).json()["errorCode"] == "TOKEN_INVALID"


def test_what_a_person_changes_of_himself_is_changed_once(service: Service) -> None:
    person = seeded(service)
    token = person.headers
    enrol = {"password": person.password}
    first = post(service, "totp/enrol", enrol, "1", **token)
    again(first, post(service, "totp/enrol", enrol, "1", **token))
    person.totp_secret = first.json()["secret"]
    code = {"code": person.code()}
    again(
        post(service, "totp/confirm", code, "2", **token),
        post(service, "totp/confirm", code, "2", **token),
    )
    service.forward(seconds=30)
    code = {"code": person.code()}
    again(
        post(service, "step-up", code, "3", **token), post(service, "step-up", code, "3", **token)
    )
    assert post(service, "step-up", code, "4", **token).json()["errorCode"] == "MFA_CODE_WRONG"
    change = {"currentPassword": person.password, "newPassword": PASSWORD}
    again(
        post(service, "password", change, "5", **token),
        post(service, "password", change, "5", **token),
    )
    other = change | {"newPassword": PASSWORD + "!"}
    assert post(service, "password", other, "5", **token).status_code == 409
    service.forward(seconds=30)
    off = {"code": person.code()}
    again(
        post(service, "totp/disable", off, "6", **token),
        post(service, "totp/disable", off, "6", **token),
    )


def test_two_that_come_at_once_open_one_session(service: Service) -> None:
    body = credentials(service, "manager")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post(service, "login", body, "k"), range(4)))
    assert {answer.status_code for answer in answers} == {200}, [a.text for a in answers]
    assert len({answer.json()["refreshToken"] for answer in answers}) == 1
    assert service.count("sessions") == 1


def test_nothing_that_opens_a_door_lies_open_among_what_is_kept(service: Service) -> None:
    made = post(service, "register", COMPANY, "k").json()
    [(fingerprint, answer)] = service.rows("SELECT fingerprint, answer FROM sign_in_answers")
    assert PASSWORD not in answer + fingerprint
    if service.url.startswith("sqlite"):
        for secret in (made["session"]["refreshToken"], made["sandbox"]["apiKey"]):
            assert secret not in answer


@pytest.mark.parametrize(("days", "is_kept"), [(6.9, True), (7.1, False)])
def test_answers_are_kept_a_week(service: Service, days: float, is_kept: bool) -> None:
    person = register(service)
    post(service, "login", {"email": person.email, "password": PASSWORD}, "k")
    service.clock.advance(timedelta(days=days))
    service.run_job("auth.prune")
    assert service.count("sign_in_answers") == is_kept


def test_key_that_is_none_is_refused(service: Service) -> None:
    for name, body in (("login", credentials(service)), ("register", COMPANY)):
        answer = post(service, name, body, "with space")
        assert answer.json()["errorCode"] == "IDEMPOTENCY_KEY_INVALID"
