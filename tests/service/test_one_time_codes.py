"""A11: one-time codes and the step up; people who come from Telegram."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pyotp
import pytest

from app.service.auth.telegram import AGE_MAX, derive_secret
from tests.service.auth_harness import AUTH, Person, log_in, register, seeded
from tests.service.harness import Service

BOT = "123456789:AAF-made-up-token-of-a-bot-for-tests"


def answers(answer: httpx.Response) -> str:
    return "" if answer.status_code == 200 else str(answer.json()["errorCode"])


def test_code_works_once(service: Service) -> None:
    owner = seeded(service)
    owner.set_up_totp()
    used = owner.code()
    assert owner.refused("POST", AUTH + "step-up", {"code": used}) == "MFA_CODE_WRONG"
    service.clock.advance(timedelta(seconds=30))
    fresh = owner.code()
    owner.ok("POST", AUTH + "step-up", {"code": fresh})
    assert owner.refused("POST", AUTH + "step-up", {"code": fresh}) == "MFA_CODE_WRONG"
    # Nor does one that is older than the last accepted, though its half minute is near.
    assert owner.refused("POST", AUTH + "step-up", {"code": used}) == "MFA_CODE_WRONG"


def test_code_shown_many_times_at_once_works_once(service: Service) -> None:
    owner = seeded(service)
    owner.set_up_totp()
    proof = {"code": later(owner)}

    def show(_: int) -> int:
        return owner.call("POST", AUTH + "step-up", proof).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(show, range(4))) == [200, 401, 401, 401]


@pytest.mark.parametrize(
    ("drift", "is_taken"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_clocks_may_differ_by_half_a_minute(
    service: Service, drift: int, *, is_taken: bool
) -> None:
    owner = seeded(service)
    owner.set_up_totp()
    service.clock.advance(timedelta(minutes=10))
    code = pyotp.TOTP(owner.totp_secret).at(service.clock.now() + timedelta(seconds=drift))
    answer = owner.call("POST", AUTH + "step-up", {"code": code})
    assert (answer.status_code == 200) is is_taken


def test_codes_are_guessed_five_times_and_then_wait(service: Service) -> None:
    owner = seeded(service)
    owner.set_up_totp()
    service.clock.advance(timedelta(seconds=30))
    wrong = "000000" if owner.code() != "000000" else "111111"
    for _ in range(5):
        assert owner.refused("POST", AUTH + "step-up", {"code": wrong}) == "MFA_CODE_WRONG"
    assert owner.refused("POST", AUTH + "step-up", {"code": owner.code()}) == "LOGIN_LOCKED"
    service.clock.advance(timedelta(seconds=30))
    owner.ok("POST", AUTH + "step-up", {"code": owner.code()})


def test_recovery_codes_work_once_each_and_are_kept_as_digests(service: Service) -> None:
    owner = seeded(service)
    codes = owner.set_up_totp()
    assert len(set(codes)) == 10
    assert codes[0] not in str(service.rows("SELECT * FROM recovery_codes"))
    proof = {"recoveryCode": codes[0].lower().replace("-", " ")}
    owner.ok("POST", AUTH + "step-up", proof)
    assert owner.refused("POST", AUTH + "step-up", proof) == "MFA_CODE_WRONG"
    owner.ok("POST", AUTH + "totp/disable", {"recoveryCode": codes[1]})
    assert not owner.ok("GET", AUTH + "me")["hasTotp"]
    assert owner.refused("POST", AUTH + "step-up", {"code": "123456"}) == "MFA_NOT_SET_UP"


def test_secret_is_in_force_only_when_confirmed(service: Service) -> None:
    owner = seeded(service)
    assert owner.refused("POST", AUTH + "totp/enrol", {"password": "no"}) == "LOGIN_FAILED"
    enrolled = owner.ok("POST", AUTH + "totp/enrol", {"password": owner.password})
    assert enrolled["uri"].startswith("otpauth://totp/")
    assert log_in(service, owner.email, owner.password).status_code == 200
    assert owner.refused("POST", AUTH + "totp/confirm", {"code": "000000"}) == "MFA_CODE_WRONG"
    owner.totp_secret = enrolled["secret"]
    owner.ok("POST", AUTH + "totp/confirm", {"code": owner.code()})
    again = owner.refused("POST", AUTH + "totp/enrol", {"password": owner.password})
    assert again == "MFA_ALREADY_SET_UP"


def test_signing_in_asks_for_the_code_and_steps_up(service: Service) -> None:
    owner = seeded(service)
    owner.set_up_totp()
    service.clock.advance(timedelta(seconds=30))
    assert answers(log_in(service, owner.email, owner.password)) == "MFA_REQUIRED"
    wrong = log_in(service, owner.email, owner.password, totpCode="000000")
    assert answers(wrong) == "MFA_CODE_WRONG"
    answer = log_in(service, owner.email, owner.password, totpCode=owner.code()).json()
    person = Person(service, answer, step_up=answer["stepUpToken"])
    person.ok("POST", "/api/v1/api-keys", {"name": "k", "scopes": ["guests:read"]})


def test_lost_authenticator_is_reset_by_another_owner(service: Service) -> None:
    admin = seeded(service, "admin")
    admin.set_up_totp()
    owner = seeded(service)
    path = f"/api/v1/staff/{admin.staff_id}/totp"
    assert owner.refused("DELETE", path) == "MFA_REQUIRED"
    owner.prove().ok("DELETE", path)
    assert log_in(service, admin.email, admin.password).status_code == 200


def later(person: Person) -> str:
    """Return the code of the next half minute."""
    person.service.clock.advance(timedelta(seconds=30))
    return person.code()


def init_data(service: Service, user: int = 777, bot: str = BOT, **more: Any) -> str:
    """Return what Telegram would give a mini app, signed as its documentation says."""
    fields = {
        "query_id": "AAF",
        "user": json.dumps({"id": user, "first_name": "Анна", "is_premium": True}),
        "auth_date": str(int(service.clock.now().timestamp())),
        "signature": "made_by_another_key",
    } | {name: str(value) for name, value in more.items()}
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", bot.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields)


def come(service: Service, data: str) -> httpx.Response:
    return service.client.post(AUTH + "telegram", json={"initData": data})


@pytest.fixture
def cashier(service: Service) -> Person:
    """A cashier who is linked to Telegram user 777 by the company's bot."""
    owner = seeded(service).prove()
    owner.ok("POST", AUTH + "totp/disable", {"code": later(owner)})
    owner.ok("PUT", f"/api/v1/tenants/{owner.tenant_id}/telegram-bot", {"botToken": BOT})
    person = seeded(service, "cashier")
    path = f"/api/v1/staff/{person.staff_id}/telegram"
    owner.ok("PUT", path, {"telegramUserId": 777})
    return person


def test_cashier_comes_from_telegram(service: Service, cashier: Person) -> None:
    session = come(service, init_data(service)).json()
    assert session["person"]["staffId"] == cashier.staff_id
    Person(service, session).ok("GET", AUTH + "me")
    ends = datetime.fromisoformat(session["refreshExpiresAt"])
    assert ends <= service.clock.now() + timedelta(hours=24)
    assert BOT not in str(service.rows("SELECT * FROM tenants"))


@pytest.mark.usefixtures("cashier")
def test_what_telegram_did_not_sign_is_refused(service: Service) -> None:
    good = init_data(service)
    old = int((service.clock.now() - AGE_MAX).timestamp()) - 1
    ahead = int(service.clock.now().timestamp()) + 120
    for data in (
        init_data(service, bot="987654321:another-bot-of-somebody-else"),
        good.replace("777", "778"),
        good.replace("first_name", "last_name"),
        init_data(service, user=778),
        init_data(service, auth_date=old),
        init_data(service, auth_date=ahead),
        init_data(service, auth_date="soon"),
        init_data(service, user_extra="1").replace("user_extra=1&", ""),
        good + "&user=%7B%22id%22%3A777%7D",
        good.split("&hash=")[0],
        "",
        "&&&",
    ):
        answer = come(service, data)
        assert answers(answer) in {"TELEGRAM_INVALID", "VALIDATION_ERROR"}, data
    assert come(service, good).status_code == 200


def test_switched_off_cashier_does_not_come_from_telegram(
    service: Service, cashier: Person
) -> None:
    seeded(service).ok("DELETE", f"/api/v1/staff/{cashier.staff_id}")
    assert answers(come(service, init_data(service))) == "STAFF_INACTIVE"


def test_person_links_himself_and_one_user_is_one_person(service: Service, cashier: Person) -> None:
    manager = seeded(service, "manager")
    link = AUTH + "telegram/link"
    assert manager.refused("POST", link, {"initData": init_data(service)}) == "IN_USE"
    manager.ok("POST", link, {"initData": init_data(service, user=888)})
    session = come(service, init_data(service, user=888)).json()
    assert session["person"]["staffId"] == manager.staff_id != cashier.staff_id


@pytest.mark.usefixtures("cashier")
def test_bot_that_signed_tells_which_company_is_meant(service: Service) -> None:
    other = register(service).prove()
    bot = "555555555:the-bot-of-the-second-company"
    other.ok("PUT", f"/api/v1/tenants/{other.tenant_id}/telegram-bot", {"botToken": bot})
    other.ok("PUT", f"/api/v1/staff/{other.staff_id}/telegram", {"telegramUserId": 777})
    session = come(service, init_data(service, bot=bot)).json()
    assert session["person"]["tenantId"] == other.tenant_id
    session = come(service, init_data(service)).json()
    assert session["person"]["tenantId"] == "tenant-maxima"


def test_derived_secret_is_telegrams_own() -> None:
    made = hmac.new(b"WebAppData", BOT.encode(), hashlib.sha256).hexdigest()
    assert derive_secret(BOT) == made
