"""Requests made up from the description of the service, and whether the answers are as described.

Every operation is asked by nobody, by an API key of all scopes, by tills and by an owner, with requests
that keep to the description and with requests that break it. An answer must have a status, a content type
and a form that the description names, and no answer may be a fault of ours. What is made up depends on
the seed alone; identities that exist are put into addresses and bodies now and then, so that the requests
get past "not found".
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - of test data, drawn from the run's seed
from typing import Any, Final

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.chaos.plausible import Plausible
from tests.service.auth_harness import Person
from tests.service.harness import START, Service, open_client

_BASE: Final = "http://127.0.0.1"
_OWNER: Final = "owner"
# Made-up credentials give way to real ones; the length is worked out again.
_REPLACED: Final = frozenset({"content-length", "x-api-key", "authorization", "x-step-up-token"})


@dataclass(frozen=True)
class Finding:
    """An answer that is not as described."""

    operation: str
    caller: str
    what: str

    def __str__(self) -> str:
        return f"{self.operation} as {self.caller}: {self.what}"


@dataclass
class Findings:
    """What a run has found; `statuses` counts the answers by operation, caller and status."""

    faults: dict[tuple[str, str], Finding] = field(default_factory=dict)
    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def add(self, finding: Finding, kind: str) -> None:
        """Note a fault, the first of its kind for each operation."""
        self.faults.setdefault((finding.operation, kind), finding)

    @property
    def requests(self) -> int:
        """Return how many answers were looked at."""
        return self.statuses.total()

    def operations(self, *, successful: bool = False) -> set[str]:
        """Return the operations that were asked, or those that have done something."""
        return {name for name, _, status in self.statuses if not successful or status < 400}

    def text(self) -> str:
        """Return the faults for a person."""
        return "\n\n".join(str(finding) for finding in self.faults.values())


@contextmanager
def fuzzed_service(folder: Path, url: str | None = None) -> Iterator[Service]:
    """Give a seeded service to try; limits of requests are off, they would answer most requests.

    Args:
        folder: For files.
        url: An empty database; SQLite in the folder if left out.
    """
    url = url or f"sqlite:///{folder / 'fuzzed.sqlite3'}"
    clock = ManualClock(START)
    seeded = commands.seed(url, sandbox=True, clock=clock)
    given_settings = ServiceSettings(
        url, runs_jobs=False, limits_rates=False, files_folder=folder / "files"
    )
    app = create_app(given_settings, clock, SystemIds(clock))
    with open_client(app) as client:
        clock.advance(timedelta(minutes=1))
        yield Service(client, clock, url, seeded, app.state.runtime)


class Fuzz:
    """One run over all operations.

    Args:
        service: Is asked, and changed a lot by it.
        examples: Requests for each operation, caller and way of making them up.
        seed: What is made up depends on it.
        strict: Whether "any other status" of the description is not good enough.
    """

    def __init__(self, service: Service, examples: int, seed: int, *, strict: bool = True) -> None:
        self.findings = Findings()
        self._service = service
        self._examples = examples
        self._seed = seed
        self._owner = self._sign_in()
        self._plausible = Plausible(Random(seed), self._identities())  # noqa: S311 - test data
        description = service.client.get("/openapi.json").json()
        if strict:
            _tell_one_by_one(description)
        self._description = description

    def promise_less(self, method: str, path: str, status: str) -> None:
        """Have a call described with another status than it answers, to try this module itself."""
        operation = self._description["paths"][path][method]
        operation["responses"] = {status: {"description": "never sent"}}

    def run(self, wanted: Callable[[str], bool] = lambda _name: True) -> Findings:
        """Ask every wanted operation (`GET /path`) and tell what was found."""
        self.findings = Findings()
        schema = schemathesis.openapi.from_dict(self._description)
        for result in schema.get_all_operations():
            assert isinstance(result, Ok), result
            operation = result.ok()
            name = f"{operation.method.upper()} {operation.path}"
            if not wanted(name):
                continue
            for mode in _modes(operation):
                self._try(operation, name, mode)
        return self.findings

    def _callers(self, path: str) -> dict[str, Mapping[str, str]]:
        seeded = self._service.seeded
        kind = next((one for one in ("iiko", "rkeeper") if f"-integration/{one}/" in path), "till")
        callers: dict[str, Mapping[str, str]] = {"nobody": {}}
        if not path.startswith("/api/"):
            return callers
        callers[kind] = {"X-API-Key": seeded[f"{kind}Key"]}
        if "/pos-integration/" not in path:
            callers["key"] = {"X-API-Key": seeded["apiKey"]}
            callers[_OWNER] = self._headers_of_owner()
        return callers

    def _try(self, operation: Any, name: str, mode: GenerationMode) -> None:
        def one(case: Any) -> None:
            self._make_plausible(case, name)
            for caller, headers in self._callers(operation.path).items():
                self._ask(case, name, caller, headers)

        test = settings(
            max_examples=self._examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )(hypothesis_seed(self._seed)(given(case=operation.as_strategy(generation_mode=mode))(one)))
        try:
            test()
        except Unsatisfiable:
            # Nothing can be made up this way: any text is right where only a name is asked for.
            return

    def _ask(self, case: Any, name: str, caller: str, headers: Mapping[str, str]) -> None:
        answer = self._send(case, headers)
        if answer is None:
            return
        self.findings.statuses[name, caller, answer.status_code] += 1
        if caller == _OWNER and answer.status_code == 401:
            self._owner = self._sign_in(
                self._owner.totp_secret
            )  # a request before this one has ended the session
        if answer.status_code >= 500 and not (name == "GET /readyz" and answer.status_code == 503):
            sent = f"{answer.request.url} {answer.request.content[:500]!r}"
            self._note(
                name, caller, "fault", f"{answer.status_code} {answer.text[:300]} for {sent}"
            )
            return
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                kind = f"{type(failure).__name__}: {answer.status_code}"
                self._note(name, caller, kind, f"{kind} {failure} for {answer.request.url}")

    def _note(self, name: str, caller: str, kind: str, what: str) -> None:
        self.findings.add(Finding(name, caller, what), kind)

    def _send(self, case: Any, headers: Mapping[str, str]) -> httpx.Response | None:
        client = self._service.client
        client.cookies.clear()
        try:
            made = requests.Request(**_sendable(case.as_transport_kwargs(base_url=_BASE))).prepare()
            carried = {
                key: value for key, value in made.headers.items() if key.lower() not in _REPLACED
            }
            content = made.body
            assert made.url is not None
            return client.request(
                str(made.method),
                made.url.removeprefix(_BASE),
                content=content.encode() if isinstance(content, str) else content,
                headers=carried | dict(headers),
                follow_redirects=False,
            )
        except (requests.RequestException, httpx.InvalidURL, UnicodeError):
            return None  # no client could send it

    def _make_plausible(self, case: Any, name: str) -> None:
        if not self._plausible.is_wanted():
            return
        for parameter in case.path_parameters or {}:
            case.path_parameters[parameter] = self._plausible.identity(parameter)
        example = self._example(name)
        if example is not None and self._plausible.is_wanted():
            case.body = deepcopy(example)
        self._plausible.put(case.body)

    def _example(self, name: str) -> Any:
        """Return the body that the description shows for a call, None if it shows none."""
        method, _, path = name.partition(" ")
        body = self._description["paths"][path][method.lower()].get("requestBody", {})
        shown = body.get("content", {}).get("application/json", {}).get("examples", {})
        return shown.get("example", {}).get("value")

    def _identities(self) -> dict[str, list[str]]:
        """Return what exists, by kind."""
        found: dict[str, list[str]] = {
            "guestcard": [guest["guestCardId"] for guest in self._service.seeded["guests"]],
            "tenant": [self._service.seeded["tenant"]["id"]],
        }
        for kind, path in _LISTS.items():
            answer = self._service.client.get(path, headers=self._headers_of_owner())
            assert answer.status_code == 200, answer.text
            data = answer.json().get("data", [])
            found[kind] = [one["id"] for one in data if isinstance(one.get("id"), str)][:10]
        return found

    def _sign_in(self, totp_secret: str = "") -> Person:
        seeded = self._service.seeded["staff"][0]
        body = {"email": seeded["email"], "password": seeded["password"]}
        owner = Person(self._service, {}, body["email"], totp_secret, password=body["password"])
        if totp_secret:
            self._service.clock.advance(timedelta(seconds=30))  # each code works once
            body["totpCode"] = owner.code()
        answer = self._service.client.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        owner.session = answer.json()
        return owner.prove()

    def _headers_of_owner(self) -> Mapping[str, str]:
        return self._owner.headers


_LISTS: Final = {
    "guest": "/api/v1/guests",
    "transaction": "/api/v1/transactions",
    "entry": "/api/v1/transactions",
    "register": "/api/v1/registers",
    "location": "/api/v1/locations",
    "installation": "/api/admin/plugin-installations",
    "promotion": "/api/v1/promotions",
    "code": "/api/v1/promo-codes",
    "giftcard": "/api/v1/gift-cards",
}


def _tell_one_by_one(description: dict[str, Any]) -> None:
    """Take "any other status" out of a description, which would allow everything."""
    for item in description["paths"].values():
        for operation in item.values():
            operation["responses"].pop("default", None)


def _modes(operation: Any) -> list[GenerationMode]:
    """Return how requests can be made up; nothing is wrong where any text is right."""
    asked = [*operation.query, *operation.headers, *operation.body]
    return (
        [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if asked else [GenerationMode.POSITIVE]
    )


def _sendable(kwargs: dict[str, Any]) -> dict[str, Any]:
    known = {"method", "url", "headers", "files", "data", "json", "params", "cookies"}
    return {name: value for name, value in kwargs.items() if name in known}


def _checks() -> list[Any]:
    from schemathesis import checks  # noqa: PLC0415 - they exist after the checks were loaded

    checks.load_all_checks()
    names = [
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    ]
    return list(checks.CHECKS.get_by_names(names))


_CHECKS: Final = _checks()
