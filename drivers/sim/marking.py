"""The services that answer about marking codes, misbehaving on demand.

One server plays all: the list of hosts and the hosts themselves (``/h1``, ``/h2``, ...), the local module
and ТС ПИоТ. Every code that can be read is good until a test says otherwise.
"""

import base64
import binascii
import enum
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drivers.api.marking import MarkUnreadable
from drivers.fiscal.marking.codes import parse_mark
from drivers.sim.http_server import HttpSimulator, Reply, Request, reply_json

FIRST_TIME_MS = 1_763_700_000_000
_SLOW_S = 3.0
_TRUE_API = "/api/v4/true-api"


class MarkingFault(enum.StrEnum):
    """What a service does instead of answering well."""

    SLOW = "slow"
    SILENT = "silent"
    DROP = "drop"
    CUT = "cut"
    ERROR_500 = "error-500"
    BUSY_429 = "busy-429"
    EMERGENCY_203 = "emergency-203"
    GARBAGE = "garbage"
    WRONG_SHAPE = "wrong-shape"
    OTHER_CODE = "other-code"
    SERVICE_ERROR = "service-error"
    WRONG_KEY = "wrong-key"


# Faults of the code itself: what the system says of it.
CODE_FAULTS: Mapping[str, Mapping[str, object]] = {
    "unknown-code": {"found": False, "valid": True, "verified": False},
    "not-applied": {"utilised": False, "realizable": False},
    "bad-signature": {"verified": False},
    "sold": {"sold": True, "realizable": False},
    "blocked": {"isBlocked": True},
    "not-realizable": {"realizable": False},
    "grey-zone": {"realizable": False, "grayZone": True},
    "expired": {"expireDate": "2020-01-31T00:00:00.000Z"},
    "wrong-owner": {"isOwner": False},
    "dear": {"smp": 10**9},
}
FAULTS = (*MarkingFault, *CODE_FAULTS)


@dataclass(frozen=True, slots=True)
class _Service:
    """A place that can be broken: 'list', 'h1', 'h2', ..., 'module', 'piot'."""

    fault: MarkingFault | None = None
    average_ms: int = 50


class MarkingSimulator:
    """The services on 127.0.0.1. Order: ``start -> (break_ | next | set_code | spoil)* -> stop``.

    Args:
        port: 0 takes a free one, see `port` after `start`.
        hosts: number of hosts in the network.
        api_key: that the network accepts, '' for any.
        password: of the local module as ``login:password``, '' for any.
    """

    def __init__(
        self, port: int = 0, *, hosts: int = 2, api_key: str = "", password: str = ""
    ) -> None:
        self._http = HttpSimulator(self._handle, port)
        self._services: dict[str, _Service] = {
            "list": _Service(),
            **{f"h{number}": _Service(average_ms=10 * number) for number in range(1, hosts + 1)},
            "module": _Service(),
            "piot": _Service(),
        }
        self._next: deque[MarkingFault | None] = deque()
        self._codes: dict[str, dict[str, object]] = {}
        self._spoiled: dict[str, object] = {}
        self._api_key = api_key
        self._basic = f"Basic {base64.b64encode(password.encode()).decode()}" if password else ""
        self._count = 0
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.requests: list[Request] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._http.port

    @property
    def url(self) -> str:
        """Address of the list, the module and ПИоТ."""
        return self._http.url

    def start(self) -> None:
        """Listen."""
        self._http.start()

    def stop(self) -> None:
        """Stop. Repeatable."""
        self._http.stop()

    def break_(self, fault: str, *services: str) -> None:
        """Misbehave from now on at the services named (all without a name); '' repairs them."""
        if fault in CODE_FAULTS:
            self._spoiled = dict(CODE_FAULTS[fault])
            return
        chosen = MarkingFault(fault) if fault else None
        if chosen is None:
            self._spoiled = {}
        for name in services or tuple(self._services):
            self._services[name] = replace(self._services[name], fault=chosen)

    def next(self, *faults: MarkingFault | None) -> None:
        """Misbehave in the next questions about codes, one each; None is a good answer."""
        self._next.extend(faults)

    def set_code(self, identity: str, **said: object) -> None:
        """Say this of one code, e.g. ``sold=True``."""
        self._codes.setdefault(identity, {}).update(said)

    def set_speed(self, host: str, average_ms: int) -> None:
        """Change what a host tells of its speed."""
        self._services[host] = replace(self._services[host], average_ms=average_ms)

    def _handle(self, request: Request) -> Reply:
        self.requests.append(request)
        path = request.path
        routes: Mapping[str, tuple[str, Callable[[Request, str], Reply]]] = {
            f"{_TRUE_API}/cdn/info": ("list", self._list),
            "/api/v2/status": ("module", self._status),
            "/api/v1/status": ("module", self._status),
            "/api/v2/cis/outCheck": ("module", self._out_check),
            "/api/v1/cis/outCheck": ("module", self._out_check),
            "/api/v2/codes/check": ("piot", self._check),
        }
        for host in self._services:
            routes = {
                **routes,
                f"/{host}{_TRUE_API}/cdn/health/check": (host, self._health),
                f"/{host}{_TRUE_API}/codes/check": (host, self._check),
            }
        found = routes.get(path)
        if found is None:
            return reply_json({"error_message": "not found"}, 404)
        service, answer = found
        reply = answer(request, service)
        return self._spoil(service, reply, is_question="heck" in path and "health" not in path)

    def _spoil(self, service: str, reply: Reply, *, is_question: bool) -> Reply:
        fault = self._services[service].fault
        if is_question and self._next:
            fault = self._next.popleft()
        spoiled: Mapping[MarkingFault, Reply] = {
            MarkingFault.SLOW: replace(reply, delay_s=_SLOW_S),
            MarkingFault.SILENT: replace(reply, delay_s=60.0),
            MarkingFault.DROP: replace(reply, bytes_max=0),
            MarkingFault.CUT: replace(reply, bytes_max=len(reply.encoded()) // 2),
            MarkingFault.ERROR_500: Reply(500, b"<html>Internal Server Error</html>"),
            MarkingFault.BUSY_429: Reply(429, b"{}"),
            MarkingFault.EMERGENCY_203: Reply(203, b"{}"),
            MarkingFault.GARBAGE: Reply(200, b"\x00\xff{]"),
            MarkingFault.WRONG_SHAPE: reply_json({"code": 0, "codes": {"cis": 7}, "hosts": "x"}),
            MarkingFault.OTHER_CODE: reply_json(
                {"code": 0, "codes": [{"cis": "0", "found": True}]}
            ),
            MarkingFault.SERVICE_ERROR: reply_json({"code": 5000, "description": "try later"}),
            MarkingFault.WRONG_KEY: reply_json({"error_message": "unauthorized"}, 401),
        }
        return reply if fault is None else spoiled[fault]

    def _list(self, request: Request, _service: str) -> Reply:
        if not self._knows_key(request):
            return reply_json({"error_message": "unauthorized"}, 401)
        hosts = [name for name in self._services if name[1:].isdigit()]
        return reply_json({"code": 0, "hosts": [{"host": f"{self.url}/{name}"} for name in hosts]})

    def _health(self, _request: Request, service: str) -> Reply:
        return reply_json({"code": 0, "avgTimeMs": self._services[service].average_ms})

    def _status(self, request: Request, _service: str) -> Reply:
        if not self._knows_password(request):
            return reply_json({"error": "unauthorized"}, 401)
        return reply_json({"status": "ready", "operationMode": "active", "version": "2.1.0"})

    def _check(self, request: Request, service: str) -> Reply:
        if service != "piot" and not self._knows_key(request):
            return reply_json({"error_message": "unauthorized"}, 401)
        codes = _texts(request, "codes")
        if service == "piot":
            codes = [_decoded(code) for code in codes]
        if not codes:
            return reply_json({"code": 4010, "description": "no codes"}, 400)
        return reply_json(self._said(service, codes))

    def _out_check(self, request: Request, service: str) -> Reply:
        if not self._knows_password(request):
            return reply_json({"error": "unauthorized"}, 401)
        codes = _texts(request, "cis_list")
        said = self._said(service, codes)
        extra = {"inst": "sim-module", "version": "2.1.0"}
        return reply_json({"code": 0, "description": "ok", "results": [{**said, **extra}]})

    def _said(self, service: str, codes: list[str]) -> dict[str, object]:
        self._count += 1
        self.asked.append((service, tuple(codes)))
        return {
            "code": 0,
            "description": "ok",
            "codes": [self._say(code) for code in codes],
            "reqId": f"5f2c1e9a-0000-4000-8000-{self._count:012d}",
            "reqTimestamp": FIRST_TIME_MS + self._count,
        }

    def _say(self, text: str) -> dict[str, object]:
        try:
            code = parse_mark(text)
        except MarkUnreadable:
            return {"cis": text, "found": False, "valid": False, "verified": False, "errorCode": 1}
        good: dict[str, object] = {
            "cis": code.identity,
            "gtin": code.gtin,
            "found": True,
            "valid": True,
            "verified": True,
            "realizable": True,
            "utilised": True,
            "sold": False,
            "isBlocked": False,
            "grayZone": False,
            "isOwner": True,
            "errorCode": 0,
            "groupIds": [13],
            "expireDate": "2099-12-31T00:00:00.000Z",
        }
        return {**good, **self._spoiled, **self._codes.get(code.identity, {})}

    def _knows_key(self, request: Request) -> bool:
        key = request.headers.get("x-api-key", "")
        return bool(key) and self._api_key in ("", key)

    def _knows_password(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return given.startswith("Basic ") and self._basic in ("", given)


def _texts(request: Request, name: str) -> list[str]:
    """Take the list of codes out of a body; entries are texts or objects with `cis`."""
    content = request.json()
    entries = content.get(name) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        return []
    return [
        str(entry.get("cis", "")) if isinstance(entry, dict) else str(entry) for entry in entries
    ]


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return json.dumps(text)
