"""A11: people register, sign in, refresh, are invited, and are refused when they should be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
import sqlalchemy as sa

from app.kernel.ids import SystemIds
from app.service.auth.registration import FREE, book_registration
from app.service.auth.signing import Claims, TokenUse, sign
from app.service.http.app import create_app
from app.service.kit.access import NOBODY
from app.service.kit.work import Work
from app.service.settings import ServiceSettings
from tests.service.auth_harness import AUTH, PASSWORD, Person, hire, log_in, register, seeded
from tests.service.harness import Service, open_client


def refresh(service: Service, token: str) -> tuple[int, dict[str, object]]:
    answer = service.client.post(AUTH + "refresh", json={"refreshToken": token})
    return answer.status_code, answer.json()


def actions(service: Service) -> list[str]:
    return [row[0] for row in service.rows("SELECT action FROM audit_log ORDER BY action")]


def test_registering_makes_a_company_with_owner_and_ready_sandbox(service: Service) -> None:
    owner = register(service)
    me = owner.ok("GET", AUTH + "me")
    assert (me["role"], me["isSandbox"], me["email"]) == ("owner", False, "owner@example.com")
    other = service.client.post(
        AUTH + "register",
        json={"companyName": "T", "name": "V", "email": "two@example.com", "password": PASSWORD},
    ).json()
    keys = other["sandbox"]
    assert keys["apiKey"].startswith("mlk_test_")
    found = service.ok("search-guest", {"code6Digit": "482913"}, api_key=keys["tillKey"])
    assert found["guest"]["totalBalance"] == 840
    assert found["guest"]["cardId"] != "card-gst-01"
    service.assert_clean()


def test_second_company_with_the_same_address_is_refused(service: Service) -> None:
    register(service)
    body = {"companyName": "T", "name": "V", "email": "OWNER@example.com", "password": PASSWORD}
    answer = service.client.post(AUTH + "register", json=body)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "DUPLICATE_EMAIL")


def test_companies_are_not_registered_by_the_hundred(service: Service) -> None:
    def book(connection: sa.Connection) -> None:
        work = Work(connection, service.clock.now(), service.ids, NOBODY)
        for _ in range(FREE - 1):
            book_registration(work, "testclient")

    service.runtime.database.write(book).result()
    register(service)
    body = {"companyName": "T", "name": "V", "email": "two@example.com", "password": PASSWORD}
    answer = service.client.post(AUTH + "register", json=body)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")


@pytest.mark.parametrize("password", ["short", "1234567890", "aaaaaaaaaaaa", "weakweakweak"])
def test_passwords_that_are_guessed_first_are_refused(service: Service, password: str) -> None:
    body = {"companyName": "T", "name": "V", "email": "weak@example.com", "password": password}
    answer = service.client.post(AUTH + "register", json=body)
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "WEAK_PASSWORD")


def test_signing_in_and_out(service: Service) -> None:
    owner = seeded(service)
    answer = log_in(service, owner.email.title(), owner.password)
    assert answer.headers["cache-control"] == "no-store"
    person = Person(service, answer.json())
    assert person.ok("GET", AUTH + "me")["role"] == "owner"
    assert len(person.ok("GET", AUTH + "sessions")["sessions"]) == 2
    person.ok("POST", AUTH + "logout")
    assert person.refused("GET", AUTH + "me") == "TOKEN_INVALID"
    assert refresh(service, person.session["refreshToken"])[1]["errorCode"] == "TOKEN_INVALID"
    assert actions(service) == ["sign_in.ended", "sign_in.succeeded", "sign_in.succeeded"]


def test_unknown_and_known_people_get_the_same_answer(service: Service) -> None:
    owner = seeded(service)
    said = []
    for email in (owner.email, "nobody@example.com"):
        for _ in range(6):
            answer = log_in(service, email, "a wrong password")
            body = answer.json()
            kept = {key: body[key] for key in ("errorCode", "detail", "detailRu", "title")}
            said.append((email, answer.status_code, answer.headers.get("retry-after"), kept))
    half = len(said) // 2
    assert [one[1:] for one in said[:half]] == [one[1:] for one in said[half:]]
    assert said[4][1] == 401
    assert said[5][1:3] == (429, "30")


def test_pauses_grow_and_survive_a_restart(service: Service) -> None:
    owner = seeded(service)
    for _ in range(5):
        assert log_in(service, owner.email, "a wrong password").status_code == 401
    settings = ServiceSettings(database_url=service.url, runs_jobs=False)
    again = create_app(settings, service.clock, SystemIds(service.clock))
    body = {"email": owner.email, "password": owner.password}
    with open_client(again) as client:
        locked = client.post(AUTH + "login", json=body)
        assert (locked.status_code, locked.json()["errorCode"]) == (429, "LOGIN_LOCKED")
    pauses = []
    for _ in range(9):
        pause = int(log_in(service, owner.email, owner.password).headers["retry-after"])
        pauses.append(pause)
        service.clock.advance(timedelta(seconds=pause))
        assert log_in(service, owner.email, "a wrong password").status_code == 401
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    service.clock.advance(timedelta(hours=1))
    assert log_in(service, owner.email, owner.password).status_code == 200
    assert log_in(service, owner.email, "a wrong password").status_code == 401


def test_guesses_at_once_are_no_more_than_guesses_in_turn(service: Service) -> None:
    owner = seeded(service)

    def guess(number: int) -> int:
        return log_in(service, owner.email, f"guess number {number}").status_code

    with ThreadPoolExecutor(12) as pool:
        said = sorted(pool.map(guess, range(12)))
    assert said == [401] * 5 + [429] * 7


def test_refreshing_at_once_gives_one_line_of_tokens(service: Service) -> None:
    token = seeded(service).session["refreshToken"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: refresh(service, token), range(4)))
    # One is the refresh, one the lost answer asked for again; the third ends them all.
    assert sorted(status for status, _ in answers) == [200, 200, 401, 401]
    for _, answer in answers:
        if "accessToken" in answer:
            assert Person(service, answer).refused("GET", AUTH + "me") == "TOKEN_INVALID"


def test_refresh_rotates_and_an_old_token_ends_the_family(service: Service) -> None:
    owner = seeded(service)
    first = owner.session["refreshToken"]
    status, second = refresh(service, first)
    assert status == 200
    status, third = refresh(service, str(second["refreshToken"]))
    assert status == 200
    status, refusal = refresh(service, first)
    assert (status, refusal["errorCode"]) == (401, "TOKEN_REUSED")
    assert refresh(service, str(third["refreshToken"]))[1]["errorCode"] == "TOKEN_INVALID"
    assert Person(service, third).refused("GET", AUTH + "me") == "TOKEN_INVALID"
    assert "session.token_reused" in actions(service)


def test_lost_answer_may_be_asked_for_once_more(service: Service) -> None:
    owner = seeded(service)
    first = owner.session["refreshToken"]
    _, lost = refresh(service, first)
    service.clock.advance(timedelta(seconds=9))
    status, again = refresh(service, first)
    assert status == 200
    assert refresh(service, str(again["refreshToken"]))[0] == 200
    # The lost answer was not lost but stolen: whoever shows it betrays himself.
    assert refresh(service, str(lost["refreshToken"]))[1]["errorCode"] == "TOKEN_REUSED"


@pytest.mark.parametrize("wait", [11, 3600])
def test_old_token_later_is_not_a_lost_answer(service: Service, wait: int) -> None:
    owner = seeded(service)
    refresh(service, owner.session["refreshToken"])
    service.clock.advance(timedelta(seconds=wait))
    assert refresh(service, owner.session["refreshToken"])[1]["errorCode"] == "TOKEN_REUSED"


def test_third_time_is_not_a_lost_answer(service: Service) -> None:
    owner = seeded(service)
    for status in (200, 200, 401):
        assert refresh(service, owner.session["refreshToken"])[0] == status


def test_access_is_over_after_a_quarter_of_an_hour(service: Service) -> None:
    owner = seeded(service)
    service.clock.advance(timedelta(minutes=14, seconds=59))
    owner.ok("GET", AUTH + "me")
    service.clock.advance(timedelta(seconds=1))
    assert owner.refused("GET", AUTH + "me") == "TOKEN_EXPIRED"
    assert refresh(service, owner.session["refreshToken"])[0] == 200


@pytest.mark.parametrize(("role", "step_h", "days"), [("cashier", 12, 1), ("manager", 144, 30)])
def test_cashier_is_signed_in_for_a_day_at_most_and_manager_for_a_month(
    service: Service, role: str, step_h: int, days: int
) -> None:
    token, hours, status = seeded(service, role).session["refreshToken"], 0, 200
    while status == 200:
        service.clock.advance(timedelta(hours=step_h))
        hours += step_h
        status, answer = refresh(service, token)
        token = str(answer.get("refreshToken"))
    assert hours == days * 24


def tampered(service: Service, token: str) -> list[str]:
    head, body, mark = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    stranger = claims | {"sub": "stf-02"}
    mine = jwt.encode(stranger, "k" * 32, algorithm="HS256", headers={"kid": kid})
    secret = service.rows("SELECT secret FROM signing_keys")[0][0]
    step_up = jwt.encode(
        claims | {"typ": "step-up"}, secret, algorithm="HS256", headers={"kid": kid}
    )
    hs512 = jwt.encode(claims, secret, algorithm="HS512", headers={"kid": kid})
    no_kid = jwt.encode(claims, secret, algorithm="HS256")
    no_session = {key: value for key, value in claims.items() if key != "sid"}
    return [
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        f"{head}.{body}.",
        f"{head}.{body}.{mark[:-4]}AAAA",
        f"{head}.{mine.split('.')[1]}.{mark}",
        mine,
        step_up,
        hs512,
        no_kid,
        jwt.encode(no_session, secret, algorithm="HS256", headers={"kid": kid}),
        jwt.encode(claims | {"exp": "never"}, secret, algorithm="HS256", headers={"kid": kid}),
        jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "another"}),
        "not.a.token",
        "x" * 9000,
    ]


def test_tokens_that_are_not_ours_are_refused(service: Service) -> None:
    owner = seeded(service)
    for token in tampered(service, owner.session["accessToken"]):
        thief = Person(service, owner.session | {"accessToken": token})
        assert thief.refused("GET", AUTH + "me") == "TOKEN_INVALID", token[:80]
    owner.ok("GET", AUTH + "me")


def test_signing_keys_are_rotated_and_old_ones_go_on_proving(service: Service) -> None:
    owner = seeded(service)
    service.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    early = Person(service, log_in(service, owner.email, owner.password).json())
    service.clock.advance(timedelta(seconds=2))
    late = Person(service, log_in(service, owner.email, owner.password).json())
    kids = {jwt.get_unverified_header(p.session["accessToken"])["kid"] for p in (early, late)}
    assert len(kids) == service.count("signing_keys") == 2
    early.ok("GET", AUTH + "me")
    late.ok("GET", AUTH + "me")


def test_inactive_people_are_refused_at_once(service: Service) -> None:
    owner = seeded(service)
    cashier = hire(owner, "cashier")
    statement = f"UPDATE staff SET is_active = false WHERE id = '{cashier.staff_id}'"  # noqa: S608 - names of our own
    service.runtime.database.write(lambda c: c.exec_driver_sql(statement)).result()
    assert cashier.refused("GET", AUTH + "me") == "STAFF_INACTIVE"
    assert refresh(service, cashier.session["refreshToken"])[1]["errorCode"] == "STAFF_INACTIVE"
    answer = log_in(service, cashier.email)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "STAFF_INACTIVE")
    assert "sign_in.failed" in actions(service)


def test_token_of_another_session_does_not_step_up(service: Service) -> None:
    owner = seeded(service)
    other = Person(service, log_in(service, owner.email, owner.password).json())

    def forge(connection: sa.Connection) -> str:
        said = jwt.decode(owner.session["accessToken"], options={"verify_signature": False})
        session = said["sid"]
        claims = Claims(owner.staff_id, session, owner.tenant_id)
        return sign(connection, service.ids, service.clock.now(), TokenUse.STEP_UP, claims)[0]

    other.step_up = service.runtime.database.write(forge).result()
    body = {"email": "a@example.com", "name": "A", "role": "admin"}
    assert other.refused("POST", AUTH + "invite", body) == "MFA_REQUIRED"
    owner.step_up = other.step_up
    owner.ok("POST", AUTH + "invite", body)


def test_invitation_works_once_and_for_72_hours(service: Service) -> None:
    owner = seeded(service)
    body = {"email": "c@example.com", "name": "C", "role": "cashier"}
    made = owner.ok("POST", AUTH + "invite", body)
    assert made["token"] not in str(service.rows("SELECT * FROM invitations"))
    take = {"token": made["token"], "password": PASSWORD}
    accept = AUTH + "accept-invitation"
    assert service.client.post(accept, json=take).status_code == 200
    again = service.client.post(accept, json=take)
    assert (again.status_code, again.json()["errorCode"]) == (410, "INVITATION_INVALID")
    late = owner.ok("POST", AUTH + "invite", body | {"email": "d@example.com"})
    service.clock.advance(timedelta(hours=72))
    answer = service.client.post(accept, json=take | {"token": late["token"]})
    assert answer.json()["errorCode"] == "INVITATION_INVALID"


def test_repeated_invitation_does_not_show_the_token_again(service: Service) -> None:
    owner = seeded(service)
    body = {"email": "c@example.com", "name": "C", "role": "cashier"}
    first = owner.ok("POST", AUTH + "invite", body, headers={"Idempotency-Key": "k1"})
    again = owner.ok("POST", AUTH + "invite", body, headers={"Idempotency-Key": "k1"})
    assert first["token"]
    assert "token" not in again
    assert again["alreadyProcessed"]
    assert again["invitation"] == first["invitation"]
    assert first["token"] not in str(service.rows("SELECT * FROM idempotency_keys"))


def test_revoked_invitation_is_over(service: Service) -> None:
    owner = seeded(service)
    body = {"email": "c@example.com", "name": "C", "role": "cashier"}
    made = owner.ok("POST", AUTH + "invite", body)
    owner.ok("DELETE", AUTH + f"invitations/{made['invitation']['id']}")
    take = {"token": made["token"], "password": PASSWORD}
    answer = service.client.post(AUTH + "accept-invitation", json=take)
    assert answer.json()["errorCode"] == "INVITATION_INVALID"


def test_nobody_gives_rights_he_does_not_have(service: Service) -> None:
    owner = seeded(service).prove()
    admin = hire(owner, "admin").prove()
    for body in (
        {"email": "x@example.com", "name": "X", "role": "owner"},
        {
            "email": "x@example.com",
            "name": "X",
            "role": "cashier",
            "permissions": ["tenant:manage"],
        },
    ):
        assert admin.refused("POST", AUTH + "invite", body) == "INSUFFICIENT_PERMISSIONS"


def test_new_password_ends_other_sessions(service: Service) -> None:
    owner = seeded(service)
    other = Person(service, log_in(service, owner.email, owner.password).json())
    wrong = {"currentPassword": "not the password", "newPassword": "another long word"}
    assert other.refused("POST", AUTH + "password", wrong) == "LOGIN_FAILED"
    other.ok("POST", AUTH + "password", wrong | {"currentPassword": owner.password})
    assert owner.refused("GET", AUTH + "me") == "TOKEN_INVALID"
    other.ok("GET", AUTH + "me")
    assert log_in(service, owner.email, owner.password).status_code == 401
    assert log_in(service, owner.email, "another long word").status_code == 200


def test_secrets_are_nowhere_in_the_database(service: Service) -> None:
    owner = seeded(service)
    tables = ("sessions", "refresh_tokens", "audit_log", "staff_accounts")
    everything = "".join(str(service.rows(f"SELECT * FROM {name}")) for name in tables)  # noqa: S608 - names of our own
    for secret in (owner.password, owner.session["refreshToken"], owner.session["accessToken"]):
        assert secret not in everything
