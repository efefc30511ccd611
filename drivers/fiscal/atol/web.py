"""The road through the local Web server of ATOL's driver ("Web Requests"), version 2 or 1 of its API.

The server keeps a queue by keys (uuid) of ours. A task is posted once. When the answer to that is lost,
the server is asked about the key: it says where the task stands, or that it never came. In that case a
harmless question is posted under the key: the posting may still be under way, and a key is taken once.
409 means that the key is known, or that the register is not connected, so the key is asked then as well.
"""

import base64
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    DriverError,
    Language,
    NotConnected,
    NotSupported,
    ProtocolError,
    Timeout,
    TransportError,
)
from drivers.api.fiscal_errors import FiscalDataRefused, RegisterNotReady
from drivers.api.waiting import WaitHandler, nobody
from drivers.fiscal.atol.answers import as_object, flag, read_error, read_outcome, text
from drivers.fiscal.atol.errors import error_of
from drivers.fiscal.atol.road import JsonObject, Outcome, Phase
from drivers.fiscal.exact import JsonValue, dump, load
from drivers.fiscal.tasks import SHIFT_STATUS, Task
from drivers.transport.http import HttpLink

# Operations beside the queue, by the type of the task that asks the same.
OPERATIONS: Mapping[str, str] = {
    "getDeviceStatus": "queryDeviceStatus",
    "getDeviceInfo": "queryDeviceInfo",
    "getShiftStatus": "queryShiftStatus",
    "getShiftTotals": "queryShiftTotals",
    "getFnInfo": "queryFnInfo",
    "getFnStatus": "queryFnStatus",
    "ofdExchangeStatus": "queryOfdExchangeStatus",
}
FIRST_POLL_S, LAST_POLL_S, POLL_GROWTH = 0.06, 0.5, 1.5
SERVER_ERROR_CODE = 505
_REFUSALS: Mapping[int, Callable[[str], DriverError]] = {
    401: AccessDenied,
    403: AccessDenied,
    404: ConfigurationError,  # no such register, or none by default
    405: NotSupported,
    409: NotConnected,
    501: NotSupported,
}
_TAKEN = (200, 201, 202)
_ENDED = (Phase.DONE, Phase.FAILED, Phase.ABSENT)


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Settings of the road.

    Attributes:
        user: of HTTP Basic, '' for none.
        password: of HTTP Basic.
        device_id: which register of the server, '' for its default one.
        api: 'v2', or 'v1' for drivers before 10.7.
        connect_timeout_s: for the connection of one exchange.
        request_timeout_s: for one exchange.
        answer_limit_s: how long a task is followed while the server answers.
        reach_limit_s: how long it is followed while the server does not.
        tell_after_s: a wait that lasts longer is told.
        blocked_limit_s: how long a standing queue is waited for before somebody is told.
        settle_s: pause before asking again about a request whose answer was lost.
        loss_limit_s: how long they are asked.
    """

    user: str = ""
    password: str = ""
    device_id: str = ""
    api: str = "v2"
    connect_timeout_s: float = 3.0
    request_timeout_s: float = 5.0
    answer_limit_s: float = 90.0
    reach_limit_s: float = 8.0
    tell_after_s: float = 2.0
    blocked_limit_s: float = 3.0
    settle_s: float = 1.0
    loss_limit_s: float = 8.0

    def __post_init__(self) -> None:
        if self.api not in ("v1", "v2"):
            raise ConfigurationError(f"api {self.api!r} of the Web server is neither v1 nor v2")


def pause_for(seconds: float) -> None:
    """Wait on the device's thread."""
    threading.Event().wait(seconds)


def make_key() -> str:
    """Make a key for a task that changes nothing, so that no two are alike."""
    return str(uuid.uuid1())


class WebRoad:
    """`Road` through the Web server.

    Args:
        link: to its base address, e.g. ``http://localhost:16732``.
        options: settings.
        clock: monotonic seconds.
        pause: waits.
        new_key: makes keys for questions.
    """

    def __init__(
        self,
        link: HttpLink,
        options: WebOptions | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = pause_for,
        new_key: Callable[[], str] = make_key,
    ) -> None:
        self._link = link
        self._options = options or WebOptions()
        self._clock = clock
        self._pause = pause
        self._new_key = new_key
        #: Told what a call waits for; see `drivers.api.waiting`.
        self.on_wait: WaitHandler = nobody

    is_synchronous = False

    @property
    def name(self) -> str:
        """Host and port of the server."""
        return self._link.name

    def open(self) -> None:
        """Nothing to keep open: each exchange has a connection of its own."""

    def close(self) -> None:
        """Nothing to let go."""

    def ask(self, task: Task) -> JsonObject:
        """Ask an operation beside the queue, or the queue where the server has no such operation."""
        operation = OPERATIONS.get(str(task["type"]))
        if operation is None or self._options.api == "v1":
            return self._ask_queue(task)
        path = f"/api/v2/operations/{operation}{self._device('?')}"
        status, body = self._exchange("POST", path, "{}")
        if status in (404, 405, 501):
            return self._ask_queue(task)
        if status != 200:
            raise self._refusal(status, body)
        return as_object(body)

    def run(self, key: str, task: Task) -> Outcome:
        """Post a task once, then follow it by its key."""
        body = dump({"uuid": key, "request": [task]})
        try:
            status, answer = self._exchange("POST", f"{self._requests()}{self._device('?')}", body)
        except TransportError as error:
            if error.sent_bytes == 0:
                raise
            return self._after_loss(key, error)
        except ProtocolError as error:
            return self._after_loss(key, error)
        if status in _TAKEN:
            return self.follow(key, is_blocked=flag(as_object(answer), "isBlocked") is True)
        if status == 409:
            return self._after_conflict(key, answer)
        refusal = self._refusal(status, answer)
        if status >= 500:
            return self._after_loss(key, refusal)
        raise refusal

    def find(self, key: str) -> Outcome:
        """Ask the server about a key."""
        path = f"{self._requests()}/{quote(key, safe='')}{self._device('?')}"
        status, body = self._exchange("GET", path)
        if status == 404:
            return Outcome(Phase.ABSENT, text=read_error(body)[1])
        if status != 200:
            raise self._refusal(status, body)
        return read_outcome(body, key)

    def follow(self, key: str, *, is_blocked: bool = False) -> Outcome:
        """Ask until the task has ended, its queue stands for too long, or a limit is reached."""
        begun = heard = self._clock()
        wait_s = FIRST_POLL_S
        while True:
            lost: TransportError | None = None
            try:
                last = self.find(key)
            except TransportError as error:
                last, lost = Outcome(Phase.WAITING, text=error.detail), error
            except (ProtocolError, RegisterNotReady) as error:
                last = Outcome(Phase.WAITING, text=error.detail)  # the key alone can tell
            if last.phase in _ENDED:
                return last
            now = self._clock()
            heard = heard if lost is not None else now
            if lost is not None and now - heard >= self._options.reach_limit_s:
                return last  # nobody is there: to be asked about when somebody is
            is_blocked = is_blocked or last.phase is Phase.BLOCKED
            if now - begun >= self._limit_s(is_blocked=is_blocked):
                return self._with_reason(last) if is_blocked else last
            self._tell_waiting(lost, now - (begun if lost is None else heard))
            self._pause(wait_s)
            wait_s = min(wait_s * POLL_GROWTH, LAST_POLL_S)

    def _limit_s(self, *, is_blocked: bool) -> float:
        return self._options.blocked_limit_s if is_blocked else self._options.answer_limit_s

    def _tell_waiting(self, lost: DriverError | None, for_s: float) -> None:
        """Tell what is waited for once that lasts for more than a moment."""
        if for_s >= self._options.tell_after_s:
            self.on_wait(lost)

    def claim(self, key: str) -> Outcome:
        """Post a harmless question under the key: the server takes a key once, so it is spent then."""
        body = dump({"uuid": key, "request": [SHIFT_STATUS]})
        status, answer = self._exchange("POST", f"{self._requests()}{self._device('?')}", body)
        if status in _TAKEN:
            return Outcome(Phase.ABSENT)
        if status != 409:
            raise self._refusal(status, answer)
        found = self.find(key)
        if found.phase is Phase.ABSENT:
            raise NotConnected(f"{self.name}: {read_error(answer)[1]}")
        return found

    def blocked(self) -> str:
        """Ask why the queue stands; the old API cannot tell."""
        if self._options.api == "v1":
            return ""
        path = f"/api/v2/getRequestsQueueStatus{self._device('?')}"
        status, body = self._exchange("GET", path)
        if status in (404, 405, 501):
            return ""
        if status != 200:
            raise self._refusal(status, body)
        queue = as_object(body)
        return (text(queue, "blockReason") or "unknown") if flag(queue, "isBlocked") else ""

    def _ask_queue(self, task: Task) -> JsonObject:
        outcome = self.run(self._new_key(), task)
        if outcome.phase is Phase.DONE:
            return outcome.result
        if outcome.phase is Phase.FAILED:
            raise error_of(outcome.code, outcome.text)
        raise Timeout(f"{self.name}: {task['type']} is {outcome.phase.value}: {outcome.text}")

    def _after_conflict(self, key: str, answer: JsonValue) -> Outcome:
        """Tell a key that is known from a register that is not connected."""
        try:
            known = self.find(key).phase is not Phase.ABSENT
        except (TransportError, ProtocolError, RegisterNotReady) as error:
            return self._after_loss(key, error)
        if not known:
            raise NotConnected(f"{self.name}: {read_error(answer)[1]}")
        return replace(self.follow(key), repeated=True)

    def _after_loss(self, key: str, error: DriverError) -> Outcome:
        """Ask about a task whose posting was not answered; one that never came is kept from coming."""
        begun = self._clock()
        if isinstance(error, Timeout):
            self.on_wait(error)  # that was a wait already
        while True:
            try:
                found = self.find(key)
                if found.phase is Phase.ABSENT:
                    found = self.claim(key)
            except (TransportError, ProtocolError, RegisterNotReady) as failure:
                self._tell_waiting(failure, self._clock() - begun)
                if self._clock() - begun >= self._options.loss_limit_s:
                    return Outcome(Phase.WAITING, text=error.detail)  # it may be in the queue
                self._pause(self._options.settle_s)
                continue
            if found.phase is Phase.ABSENT:
                return Outcome(Phase.ABSENT, text=error.detail)
            return self.follow(key)

    def _with_reason(self, last: Outcome) -> Outcome:
        try:
            return replace(last, reason=self.blocked())
        except DriverError:
            return last

    def _requests(self) -> str:
        return "/api/v2/requests" if self._options.api == "v2" else "/requests"

    def _device(self, mark: str) -> str:
        wanted = self._options.device_id
        return f"{mark}deviceID={quote(wanted, safe='')}" if wanted else ""

    def _exchange(self, method: str, path: str, body: str = "") -> tuple[int, JsonValue]:
        """Exchange JSON; a body that is none counts only where there had to be one.

        Raises:
            ProtocolError: a good status with a body that is no JSON.
        """
        answer = self._link.exchange(
            method,
            path,
            timeout_s=self._options.request_timeout_s,
            connect_timeout_s=self._options.connect_timeout_s,
            headers=self._headers(),
            body=body.encode(),
        )
        try:
            return answer.status, load(answer.body)
        except ProtocolError:
            if answer.status < 300:
                raise
            return answer.status, None

    def _headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
        if self._options.user:
            pair = f"{self._options.user}:{self._options.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
        return headers

    def _refusal(self, status: int, body: JsonValue) -> DriverError:
        """Return the error for an HTTP status that is no success."""
        code, words = read_error(body)
        detail = f"{self.name}: HTTP {status} {code} {words}".rstrip()
        common = _REFUSALS.get(status)
        if common is not None:
            return common(detail)
        if code and code != SERVER_ERROR_CODE:
            return error_of(code, words)
        if "связи" in words.lower():
            return NotConnected(detail)
        told: dict[Language, str] = {"ru": words, "en": words} if words else {}
        if status == 400 and "поле" in words.lower():
            return FiscalDataRefused(detail, words=told)
        return RegisterNotReady(detail, words=told)
