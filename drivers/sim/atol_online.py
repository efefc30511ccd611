"""A cloud of rented tills that speaks ATOL Online v4 and v5 and misbehaves when told.

Source: public clients of ATOL Online. Documents are numbered like those of a fiscal storage, each
external id is kept once, tokens grow old, results come by question and by callback.
"""

import enum
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from drivers.api.errors import DriverError
from drivers.fiscal.exact import JsonValue, dump
from drivers.sim.atol_online_rules import (
    OPERATIONS_V4,
    OPERATIONS_V5,
    BadBodyError,
    DriverFault,
    check_form,
    find_fault,
    marks_of,
    read_body,
    total_of,
)
from drivers.sim.http_server import HttpSimulator, Reply, Request
from drivers.transport.http import HttpLink

LOGIN, PASSWORD, GROUP = "cafe-login", "cafe-password", "cafe-group_1"  # of the simulator alone
TOKEN_LIFE_S = 24 * 3600.0
_SLOW_S = 2.0
_CALLBACK_TRIES = 5
_CALLBACK_PAUSE_S = 0.05
_CALLBACK_TIMEOUT_S = 5.0
_MARK_GOOD = 15  # tag 2106: checked and right in every way
_STAMP = "21.11.2026 13:45:00"


class CloudFault(enum.StrEnum):
    """What the cloud does with the next document instead of making it well."""

    ANSWER_LOST = "answer-lost"  # accepted, then the connection breaks
    ANSWER_CUT = "answer-cut"  # accepted, half of the answer comes
    REQUEST_LOST = "request-lost"  # the connection breaks before anything is accepted
    ERROR_500_AFTER = "error-500-after"
    ERROR_500 = "error-500"
    SLOW = "slow"
    SILENT = "silent"
    GARBAGE = "garbage"
    WRONG_SHAPE = "wrong-shape"
    NO_TILL = "no-till"  # code 1 with the result
    NO_TILL_AT_ONCE = "no-till-at-once"  # code 1 as the answer
    DRIVER_ERROR = "driver-error"  # a negative code with the result
    OUT_OF_ORDER = "out-of-order"  # code 50
    BLOCKED = "blocked"  # code 14
    STUCK = "stuck"  # waits for ever
    WRONG_TOTAL = "wrong-total"  # the report names another sum


FAULTS = (*CloudFault, "token-expired", "report-500", "report-garbage", "callback-refused")


@dataclass(slots=True)
class CloudDocument:
    """One document that was accepted; `number` is 0 until it is made."""

    uuid: str
    external_id: str
    operation: str
    version: str
    body: Mapping[str, JsonValue]
    polls_left: int
    ready_at: float
    fate: CloudFault | None = None
    status: str = "wait"
    error: DriverFault | None = None
    error_type: str = "driver"
    number: int = 0
    callbacks: list[int] = field(default_factory=list)


class AtolOnlineSimulator:
    """The cloud on 127.0.0.1. Order: ``start -> (next | always | break_)* -> stop``; any thread.

    Args:
        port: 0 takes a free one, see `url_of` after `start`.
        wait_polls: questions that are answered with "wait" before a document is made.
        work_s: seconds before it is made.
        callbacks: whether results are posted to the address in the document.
        clock: monotonic seconds, for tokens and `work_s`.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        wait_polls: int = 1,
        work_s: float = 0.0,
        callbacks: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = HttpSimulator(self._handle, port)
        self._wait_polls = wait_polls
        self._work_s = work_s
        self._callbacks = callbacks
        self._clock = clock
        self._lock = threading.RLock()
        self._tokens: dict[str, float] = {}
        self._token_count = 0
        self._queue: deque[CloudFault | None] = deque()
        self._standing: CloudFault | None = None
        self._report_fault = ""
        self._threads: list[threading.Thread] = []
        self.accounts = {LOGIN: (PASSWORD, GROUP)}
        self.documents: dict[str, CloudDocument] = {}
        self.by_external_id: dict[str, str] = {}
        self.requests: list[Request] = []
        self.last_number = 777
        self.fn_number = "9999078900001234"
        self.shift_number = 34

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._http.port

    def url_of(self, version: str) -> str:
        """Return the base address of v4 or v5."""
        return f"{self._http.url}/possystem/{version}"

    @property
    def made(self) -> list[CloudDocument]:
        """Documents with a fiscal number, in its order."""
        with self._lock:
            made = [document for document in self.documents.values() if document.number]
        return sorted(made, key=lambda document: document.number)

    def start(self) -> None:
        """Listen."""
        self._http.start()

    def stop(self) -> None:
        """Stop, and end what calls back. Repeatable."""
        self._http.stop()
        for thread in self._threads:
            thread.join(_CALLBACK_TIMEOUT_S * 2)
        self._threads.clear()

    def next(self, *faults: CloudFault | None) -> None:
        """Misbehave with the next documents, one each; None makes one well."""
        self._queue.extend(faults)

    def always(self, fault: CloudFault | None) -> None:
        """Misbehave with every document that nothing is queued for."""
        self._standing = fault

    def break_(self, fault: str) -> None:
        """Misbehave from now on; '' repairs. Takes every name of `FAULTS`."""
        self._report_fault = fault if fault.startswith(("report-", "callback-")) else ""
        if fault == "token-expired":
            self.expire_tokens()
        named = fault in set(CloudFault)
        self._standing = CloudFault(fault) if named else None

    def expire_tokens(self) -> None:
        """Make every token old."""
        with self._lock:
            self._tokens = dict.fromkeys(self._tokens, float("-inf"))

    def finish(self, uuid: str) -> None:
        """Make a document now, whatever it waits for."""
        with self._lock:
            document = self.documents[uuid]
            document.polls_left, document.ready_at = 0, float("-inf")
            self._work_on(document)

    def _handle(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            parts = request.path.strip("/").split("/")
            if len(parts) < 3 or parts[0] != "possystem" or parts[1] not in ("v4", "v5"):
                return Reply(404, b"<html>Not found</html>")
            version, rest = parts[1], parts[2:]
            if rest == ["getToken"]:
                return self._give_token(request)
            refused = self._check_token(request, rest[0])
            if refused is not None:
                return refused
            if len(rest) == 3 and rest[1] == "report" and request.method == "GET":
                return self._tell(rest[2])
            if len(rest) == 2 and request.method == "POST":
                return self._take(version, rest[1], request)
        return _fail(31, "Операция не поддерживается")

    def _give_token(self, request: Request) -> Reply:
        content = request.json()
        fields = content if isinstance(content, dict) else {}
        known = self.accounts.get(str(fields.get("login")))
        if known is None or known[0] != fields.get("pass"):
            return _fail(12, "Неверный логин или пароль", status=401)
        self._token_count += 1
        token = f"simulated-token-{self._token_count}-{fields['login']}"
        self._tokens[token] = self._clock() + TOKEN_LIFE_S
        return _reply({"token": token, "timestamp": _STAMP, "error": None})

    def _check_token(self, request: Request, group: str) -> Reply | None:
        token = request.headers.get("token", "")
        if token not in self._tokens:
            return _fail(10, "Не передан токен", status=401)
        if self._tokens[token] <= self._clock():
            return _fail(11, "Срок действия токена истёк", status=401)
        groups = {known_group for _, known_group in self.accounts.values()}
        if group not in groups:
            return _fail(21, "Группа не найдена")
        if self.accounts[token.split("-", 3)[3]][1] != group:
            return _fail(20, "Токен не соответствует группе")
        return None

    def _take(self, version: str, operation: str, request: Request) -> Reply:
        fault = self._queue.popleft() if self._queue else self._standing
        early = _EARLY.get(fault) if fault is not None else None
        if early is not None:
            return early
        if operation not in (OPERATIONS_V5 if version == "v5" else OPERATIONS_V4):
            return _fail(31, f"Операция {operation} не поддерживается")
        try:
            body = read_body(request.body)
            check_form(version, operation, body)
        except BadBodyError as error:
            return _fail(32, f"Ошибка валидации: {error}")
        external_id = str(body["external_id"])
        first = self.by_external_id.get(external_id)
        if first is not None:
            exists = _fail(33, "Документ с таким external_id уже существует", uuid=first)
            return _late(fault, exists)
        document = self._accept(version, operation, external_id, body, fault)
        answer = {"uuid": document.uuid, "timestamp": _STAMP, "status": "wait", "error": None}
        return _late(fault, _reply(answer))

    def _accept(
        self,
        version: str,
        operation: str,
        external_id: str,
        body: Mapping[str, JsonValue],
        fault: CloudFault | None,
    ) -> CloudDocument:
        uuid = f"4355e9ea-0000-4000-8000-{len(self.documents) + 1:012d}"
        ready_at = self._clock() + self._work_s
        document = CloudDocument(
            uuid, external_id, operation, version, body, self._wait_polls, ready_at, fault
        )
        self.documents[uuid] = document
        self.by_external_id[external_id] = uuid
        service = body.get("service")
        url = service.get("callback_url") if isinstance(service, Mapping) else None
        if self._callbacks and isinstance(url, str):
            thread = threading.Thread(target=self._call_back, args=(document, url), daemon=True)
            self._threads.append(thread)
            thread.start()
        return document

    def _tell(self, uuid: str) -> Reply:
        if self._report_fault == "report-500":
            return Reply(502, b"<html>Bad gateway</html>")
        if self._report_fault == "report-garbage":
            return Reply(200, b"\x00{]")
        document = self.documents.get(uuid)
        if document is None:
            return _fail(34, "Состояние чека не найдено", state="wait")
        if document.polls_left > 0:
            document.polls_left -= 1
        else:
            self._work_on(document)
        return _reply(self._report(document))

    def _work_on(self, document: CloudDocument) -> None:
        """Make a document that is due: done with the next number, or failed."""
        stuck = document.fate is CloudFault.STUCK
        if document.status != "wait" or stuck or self._clock() < document.ready_at:
            return
        if document.fate is CloudFault.NO_TILL:
            document.error, document.error_type = DriverFault(1, "Таймаут обработки"), "timeout"
        elif document.fate is CloudFault.DRIVER_ERROR:
            document.error = DriverFault(-3822, "Смена превысила 24 часа")
        else:
            document.error = find_fault(document.body)
        if document.error is not None:
            document.status = "fail"
            return
        self.last_number += 1
        document.status, document.number = "done", self.last_number

    def _report(self, document: CloudDocument) -> dict[str, JsonValue]:
        error: JsonValue = None
        if document.error is not None:
            code, text = document.error.code, document.error.text
            error = {"error_id": "e-1", "code": code, "text": text, "type": document.error_type}
        elif document.status == "wait":
            error = {"error_id": "e-1", "code": 34, "text": "Нет результата", "type": "system"}
        report: dict[str, JsonValue] = {
            "uuid": document.uuid,
            "timestamp": _STAMP,
            "group_code": GROUP,
            "daemon_code": "sim",
            "device_code": "KSR-1",
            "external_id": document.external_id,
            "callback_url": "",
            "status": document.status,
            "error": error,
            "payload": self._payload(document) if document.number else None,
        }
        return report

    def _payload(self, document: CloudDocument) -> dict[str, JsonValue]:
        total = total_of(document.body)
        return {
            "fiscal_receipt_number": document.number - 766,
            "shift_number": self.shift_number,
            "receipt_datetime": _STAMP,
            "total": 0 if document.fate is CloudFault.WRONG_TOTAL else total,
            "fn_number": self.fn_number,
            "ecr_registration_number": "0000000001234567",
            "fiscal_document_number": document.number,
            "fiscal_document_attribute": 3_449_555_941 + document.number,
            "fns_site": "www.nalog.gov.ru",
            "ofd_inn": "7709364346",
            "ofd_receipt_url": f"https://ofd.example/r/{document.number}",
            "marks_result": [
                {"position": place, "mark_code": "", "result": _MARK_GOOD}
                for place in marks_of(document.body)
            ],
        }

    def _call_back(self, document: CloudDocument, url: str) -> None:
        """Make the document and post its result until somebody takes it."""
        if self._http.stopping.wait(self._work_s):
            return
        self.finish(document.uuid)
        with self._lock:
            body = dump(self._report(document)).encode()
        for _ in range(_CALLBACK_TRIES):
            if self._report_fault == "callback-refused":
                return
            try:
                link = HttpLink(url)
                answer = link.exchange("POST", "", timeout_s=_CALLBACK_TIMEOUT_S, body=body)
                document.callbacks.append(answer.status)
                if answer.status == 200:
                    return
            except DriverError:
                document.callbacks.append(0)
            if self._http.stopping.wait(_CALLBACK_PAUSE_S):
                return


def _reply(content: Mapping[str, JsonValue], status: int = 200) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, dump(content).encode(), headers)


def _fail(code: int, text: str, *, status: int = 400, uuid: str = "", state: str = "fail") -> Reply:
    error: JsonValue = {"error_id": "e-1", "code": code, "text": text, "type": "system"}
    content: dict[str, JsonValue] = {"timestamp": _STAMP, "status": state, "error": error}
    if uuid:
        content["uuid"] = uuid
    return _reply(content, status)


def _late(fault: CloudFault | None, reply: Reply) -> Reply:
    """Spoil the answer to a document that is accepted, now or before."""
    whole = len(reply.encoded())
    spoiled: Mapping[CloudFault | None, Reply] = {
        CloudFault.ANSWER_LOST: replace(reply, bytes_max=0),
        CloudFault.ANSWER_CUT: replace(reply, bytes_max=whole - len(reply.body) // 2),
        CloudFault.ERROR_500_AFTER: Reply(500, b"<html>Internal Server Error</html>"),
        CloudFault.SLOW: replace(reply, delay_s=_SLOW_S),
        CloudFault.SILENT: replace(reply, delay_s=120.0),
        CloudFault.GARBAGE: Reply(200, b"\x00\xff{]"),
        CloudFault.WRONG_SHAPE: Reply(200, b'{"status": 7, "uuid": []}'),
    }
    return spoiled.get(fault, reply)


_EARLY: Mapping[CloudFault, Reply] = {
    CloudFault.REQUEST_LOST: Reply(bytes_max=0),
    CloudFault.ERROR_500: Reply(503, b"<html>Service Unavailable</html>"),
    CloudFault.NO_TILL_AT_ONCE: _fail(1, "Таймаут обработки"),
    CloudFault.OUT_OF_ORDER: _fail(50, "Ошибка конфигурации сервера"),
    CloudFault.BLOCKED: _fail(14, "Пользователь заблокирован"),
}
