"""Shorthand for tests that sign people in."""

from dataclasses import dataclass
from typing import Any

import httpx
import pyotp

from tests.service.harness import Service

PASSWORD = "correct horse battery"  # noqa: S105 - of made-up people
AUTH = "/api/v1/auth/"


@dataclass
class Person:
    """Somebody who is signed in."""

    service: Service
    session: dict[str, Any]
    email: str = ""
    totp_secret: str = ""
    step_up: str = ""
    password: str = PASSWORD

    @property
    def headers(self) -> dict[str, str]:
        """Return what his requests carry."""
        made = {"Authorization": f"Bearer {self.session['accessToken']}"}
        return made | ({"X-Step-Up-Token": self.step_up} if self.step_up else {})

    @property
    def staff_id(self) -> str:
        """Return who he is."""
        return str(self.session["person"]["staffId"])

    @property
    def tenant_id(self) -> str:
        """Return his company."""
        return str(self.session["person"]["tenantId"])

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Make a call in his name."""
        headers = self.headers | more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return self.service.client.request(method, path, headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Make a call that must succeed."""
        answer = self.call(method, path, body, **more)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> str:
        """Make a call that must be refused; return the code."""
        answer = self.call(method, path, body, **more)
        assert answer.status_code >= 400, answer.text
        return str(answer.json()["errorCode"])

    def code(self) -> str:
        """Return the present code of his authenticator."""
        return pyotp.TOTP(self.totp_secret).at(self.service.clock.now())

    def set_up_totp(self) -> list[str]:
        """Set one-time codes up and return the recovery codes."""
        enrolled = self.ok("POST", AUTH + "totp/enrol", {"password": self.password})
        self.totp_secret = enrolled["secret"]
        confirmed = self.ok("POST", AUTH + "totp/confirm", {"code": self.code()})
        return list(confirmed["recoveryCodes"])

    def prove(self) -> "Person":
        """Step up, setting codes up first if need be."""
        if not self.totp_secret:
            self.set_up_totp()
        self.service.forward(seconds=30)
        proof = self.ok("POST", AUTH + "step-up", {"code": self.code()})
        self.step_up = proof["stepUpToken"]
        return self


def register(service: Service, email: str = "owner@example.com", **more: str) -> Person:
    """Register a company and return its owner."""
    body = {"companyName": "Second", "name": "Vera", "email": email, "password": PASSWORD} | more
    answer = service.client.post(AUTH + "register", json=body)
    assert answer.status_code == 201, answer.text
    return Person(service, answer.json()["session"], email)


def log_in(service: Service, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    """Try to sign in."""
    body = {"email": email, "password": password} | more
    return service.client.post(AUTH + "login", json=body)


def seeded(service: Service, role: str = "owner") -> Person:
    """Sign in somebody of the seeded company."""
    found = next(person for person in service.seeded["staff"] if person["role"] == role)
    answer = log_in(service, found["email"], found["password"])
    assert answer.status_code == 200, answer.text
    return Person(service, answer.json(), found["email"], password=found["password"])


def hire(owner: Person, role: str, email: str | None = None) -> Person:
    """Invite somebody of a role and let him accept."""
    address = email or f"{role}@example.com"
    body = {"email": address, "name": role.title(), "role": role}
    token = owner.ok("POST", AUTH + "invite", body)["token"]
    answer = owner.service.client.post(
        AUTH + "accept-invitation", json={"token": token, "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    return Person(owner.service, answer.json(), address)
