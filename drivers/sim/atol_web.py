"""ATOL's local Web server over a simulated register: queue, keys, blocking, both versions of its API.

Behaviour as measured on Web Requests 1.0.4 (see the reference of the driver): a key is taken once (409),
an unknown one is 404; before a fiscal task the last document's number is read, and a task that breaks on
the link or the storage after that is `blocked` with its queue until the number tells what became of it.

Beside the server's own routes it takes orders: ``POST /sim/fault {"next": "answer-lost"}``,
``POST /sim/state {"paper": true, "link": true, "cover": false}``, ``GET /sim/journal``.
"""

import base64
import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from drivers.api.errors import ProtocolError
from drivers.fiscal.exact import JsonValue, dump, load
from drivers.sim.atol_web_register import FISCAL_TASKS, RegisterMachine, wall_clock
from drivers.sim.atol_web_rules import Json, TaskError
from drivers.sim.http_server import HttpSimulator, Reply, Request

CONNECTION_CODES = frozenset({1, 2, 3, 4, 241})
FN_CODES = frozenset({115, 116, 159, 166, 177})
PAPER_CODES = frozenset({44, 45, 46, 114})
SERVER_CODE = 505
OPERATIONS = {
    "queryDeviceStatus": "getDeviceStatus",
    "queryDeviceInfo": "getDeviceInfo",
    "queryShiftStatus": "getShiftStatus",
    "queryShiftTotals": "getShiftTotals",
    "queryFnInfo": "getFnInfo",
    "queryFnStatus": "getFnStatus",
    "queryOfdExchangeStatus": "ofdExchangeStatus",
}
SILENCE_S = 30.0
#: Faults of the register, for its next fiscal task, and of the server, for the next posting of a document
#: or of cash ('unauthorised': of anything).
MACHINE_FAULTS = (
    "link-before",
    "link-after",
    "fn-before",
    "fn-after",
    "paper-before",
    "paper-after",
)
WIRE_FAULTS = (
    "answer-lost",
    "silence",
    "slow",
    "garbage",
    "no-http",
    "unauthorised",
    "server-error",
)
STATES = ("no-paper", "cover-open", "fn-expired", "fn-full", "unsent", "shift-expired", "unlinked")
FAULTS = (*MACHINE_FAULTS, *WIRE_FAULTS, *STATES)


@dataclass(slots=True)
class _Entry:
    """One request in the queue."""

    key: str
    tasks: list[Json]
    states: list[dict[str, JsonValue]] = field(default_factory=list)
    next_task: int = 0
    hidden_polls: int = 0

    @property
    def is_finished(self) -> bool:
        return bool(self.states) and not any(
            state["status"] in ("wait", "inProgress", "blocked") for state in self.states
        )


@dataclass(slots=True)
class _Block:
    entry: _Entry
    reason: str
    before: int | None
    failure: TaskError | None


class AtolWebSimulator:
    """The server on 127.0.0.1. Order: ``start -> stop``, repeatable; orders from any thread.

    Args:
        port: 0 takes a free one, see `port` after `start`.
        machine: the register; one with the wall clock if none is given.
        user: of HTTP Basic, '' for none.
        password: of HTTP Basic.
        hidden_polls: how many questions a task that is done still answers with 'inProgress'.
        blocks_on_paper: setting `blockQueueOnPrintErrors`.
        slow_s: how late a slow answer is.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        machine: RegisterMachine | None = None,
        user: str = "",
        password: str = "",
        hidden_polls: int = 1,
        blocks_on_paper: bool = True,
        slow_s: float = 2.0,
        clock: Callable[[], dt.datetime] = wall_clock,
    ) -> None:
        self.machine = machine or RegisterMachine(clock=clock)
        self.wire_faults: deque[str] = deque()
        self.standing_fault = ""  # of the wire, for every request
        self.cut_after_bytes: int | None = None
        self.posts: list[str] = []
        self.answers_whole_queue = False
        self._auth = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self._hidden_polls = hidden_polls
        self._blocks_on_paper = blocks_on_paper
        self._slow_s = slow_s
        self._entries: dict[str, _Entry] = {}
        self._waiting: deque[_Entry] = deque()
        self._block: _Block | None = None
        self.http = HttpSimulator(self._handle, port)

    @property
    def url(self) -> str:
        """Base address."""
        return self.http.url

    @property
    def port(self) -> int:
        """Port, once it is started."""
        return self.http.port

    def start(self) -> None:
        """Listen."""
        self.http.start()

    def stop(self) -> None:
        """Stop listening; queue and register stay."""
        self.http.stop()

    def forget(self) -> None:
        """Lose the queue, as a server that was installed anew."""
        self._entries.clear()
        self._waiting.clear()
        self._block = None

    def misbehave(self, fault: str) -> None:
        """Do one of `FAULTS` next, ``error N`` or ``drop N`` (cut the next answer after N bytes).

        Raises:
            ValueError: there is no such fault.
        """
        machine = self.machine
        states: Mapping[str, tuple[str, object]] = {
            "no-paper": ("has_paper", False),
            "cover-open": ("is_cover_open", True),
            "fn-expired": ("is_fn_expired", True),
            "fn-full": ("is_fn_full", True),
            "unsent": ("unsent", 7),
            "unlinked": ("is_linked", False),
        }
        verb, _, number = fault.partition(" ")
        if fault in WIRE_FAULTS:
            self.wire_faults.append(fault)
        elif fault in MACHINE_FAULTS or (verb == "error" and number.isdigit()):
            machine.faults.append(fault)
        elif verb == "drop" and number.isdigit():
            self.cut_after_bytes = int(number)
        elif fault == "shift-expired":
            machine.age_shift()
        elif fault in states:
            setattr(machine, *states[fault])
        else:
            raise ValueError(f"no such fault: {fault}")

    def _handle(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        if path.startswith("/sim/"):
            return self._obey(request, path)
        is_document = _posts_document(request, path)
        fault = self.standing_fault
        if self.wire_faults and (is_document or self.wire_faults[0] == "unauthorised"):
            fault = self.wire_faults.popleft()
        if fault == "unauthorised" or (
            self._auth and request.headers.get("authorization") != f"Basic {self._auth}"
        ):
            return Reply(401, b"", {"WWW-Authenticate": "Basic"})
        if fault == "server-error":
            return _error(500, "Внутренняя ошибка")
        reply = self._spoil(self._route(request, path), fault)
        if self.cut_after_bytes is None or not is_document:
            return reply
        cut, self.cut_after_bytes = self.cut_after_bytes, None
        return replace(reply, bytes_max=cut)

    def _spoil(self, reply: Reply, fault: str) -> Reply:
        if fault == "answer-lost":
            return replace(reply, bytes_max=0)
        if fault == "silence":
            return replace(reply, bytes_max=0, delay_s=SILENCE_S)
        if fault == "slow":
            return replace(reply, delay_s=self._slow_s)
        if fault == "garbage":
            return replace(reply, body=b"<html>\xff{")
        if fault == "no-http":
            return replace(reply, raw=b"\x00\x01\x02 not http at all\r\n\r\n")
        return reply

    def _route(self, request: Request, path: str) -> Reply:
        self._recover()
        version = "v1" if path.startswith("/requests") else "v2"
        local = path.removeprefix("/api/v2")
        if request.method == "POST" and local == "/requests":
            return self._post(request)
        if request.method == "GET" and local.startswith("/requests/"):
            return self._get(unquote(local.removeprefix("/requests/")), version)
        if local == "/getRequestsQueueStatus":
            return _json(self._queue_status())
        if request.method == "POST" and local.startswith("/operations/"):
            return self._operation(local.removeprefix("/operations/"))
        return _error(404, "Неизвестный путь")

    def _post(self, request: Request) -> Reply:
        body = _load(request.body)
        key = body.get("uuid")
        tasks = body.get("request")
        listed = [tasks] if isinstance(tasks, Mapping) else tasks
        if not isinstance(key, str) or not key:
            return _error(400, "Поле 'uuid' не задано")
        if not isinstance(listed, list) or not listed:
            return _error(400, "Поле 'request' не задано или пустое")
        if key in self._entries:
            words = f"Не удалось добавить задание с UUID [{key}], задание с таким UUID уже есть"
            return _error(409, words)
        entry = _Entry(key, [item for item in listed if isinstance(item, Mapping)])
        entry.states = [_state("wait") for _ in entry.tasks]
        entry.hidden_polls = self._hidden_polls
        self._entries[key] = entry
        self._waiting.append(entry)
        self.posts.append(key)
        self._pump()
        return _json({"uuid": key, "number": len(self._entries), **self._block_info()}, 201)

    def _get(self, key: str, version: str) -> Reply:
        entry = self._entries.get(key)
        if entry is None:
            return _error(404, f"Задание с UUID [{key}] для устройства [1] не найдено")
        states = entry.states
        if entry.is_finished and entry.hidden_polls > 0:
            entry.hidden_polls -= 1
            states = [_state("inProgress") for _ in states]
        if version == "v1":
            states = [_as_v1(state) for state in states]
        if self.answers_whole_queue:
            other: dict[str, JsonValue] = {"uuid": "other", "results": [_state("wait")]}
            return _json([other, {"uuid": key, "results": states}])
        return _json({"results": states})

    def _operation(self, name: str) -> Reply:
        kind = OPERATIONS.get(name)
        if kind is None:
            return _error(501, "Операция не поддерживается")
        try:
            return _json(self.machine.process({"type": kind}))
        except TaskError as failure:
            return _error(400, failure.description)

    def _queue_status(self) -> dict[str, JsonValue]:
        done = sum(entry.is_finished for entry in self._entries.values())
        number = len(self._waiting) + (self._block is not None)
        return {"number": number, "ready": done, "canceled": 0, **self._block_info()}

    def _block_info(self) -> dict[str, JsonValue]:
        block = self._block
        return {
            "isBlocked": block is not None,
            "blockedUUID": block.entry.key if block else "",
            "blockReason": block.reason if block else "",
        }

    def _pump(self) -> None:
        while self._waiting and self._block is None:
            self._work(self._waiting.popleft())

    def _work(self, entry: _Entry) -> None:
        """Carry out the rest of a request's tasks, until one fails or blocks the queue."""
        while entry.next_task < len(entry.tasks):
            index, task = entry.next_task, entry.tasks[entry.next_task]
            entry.next_task += 1
            before: int | None = None
            try:
                if task.get("type") in FISCAL_TASKS:
                    before = self._document_number()
                result = self.machine.process(task)
            except TaskError as failure:
                self._fail(entry, index, before, failure)
                return
            entry.states[index] = _state("ready", result=result)
            if _is_unprinted(result) and self._blocks_on_paper:
                self._block = _Block(entry, "paperError", None, None)
                return

    def _fail(self, entry: _Entry, index: int, before: int | None, failure: TaskError) -> None:
        reason = self._block_reason(failure.code) if before is not None else ""
        status = "blocked" if reason else "error"
        entry.states[index] = _state(status, failure.code, failure.description)
        if reason:
            self._block = _Block(entry, reason, before, failure)
            return
        for later in range(index + 1, len(entry.tasks)):
            words = "Выполнение прервано из-за предыдущих ошибок"
            entry.states[later] = _state("interrupted", 502, words)
        entry.next_task = len(entry.tasks)

    def _block_reason(self, code: int) -> str:
        if code in CONNECTION_CODES:
            return "connectionError"
        if code in FN_CODES:
            return "fnError"
        return "paperError" if code in PAPER_CODES and self._blocks_on_paper else ""

    def _recover(self) -> None:
        """Try to free the queue, as the real server does every three seconds."""
        block = self._block
        if block is None or not self.machine.is_linked:
            return
        if block.reason == "paperError" and not self._can_print():
            return
        self._block = None
        index = block.entry.next_task - 1
        if block.before is not None and block.failure is not None:
            if self._document_number() == block.before:
                self._fail_after_all(block, index)
                self._pump()
                return
            result = self.machine.last_result()
            result["warnings"] = {"recovered": True}
            block.entry.states[index] = _state("ready", result=result)
        self.machine.unprinted = 0
        self._work(block.entry)
        self._pump()

    def _fail_after_all(self, block: _Block, index: int) -> None:
        assert block.failure is not None
        failure = block.failure
        block.entry.states[index] = _state("error", failure.code, failure.description)
        for later in range(index + 1, len(block.entry.tasks)):
            block.entry.states[later] = _state("interrupted", 502, "Прервано")
        block.entry.next_task = len(block.entry.tasks)

    def _can_print(self) -> bool:
        return self.machine.has_paper and not self.machine.is_cover_open

    def _document_number(self) -> int:
        self.machine.process({"type": "getFnStatus"})
        return len(self.machine.documents)

    def _obey(self, request: Request, path: str) -> Reply:
        order = _load(request.body)
        if path == "/sim/journal":
            return _json({"documents": [_journal_line(item) for item in self.machine.documents]})
        if path == "/sim/fault":
            try:
                self.misbehave(str(order.get("next", "")))
            except ValueError as error:
                return _error(400, str(error))
            return _json({"ok": True})
        if path == "/sim/state":
            self.machine.has_paper = order.get("paper", self.machine.has_paper) is True
            self.machine.is_linked = order.get("link", self.machine.is_linked) is True
            self.machine.is_cover_open = order.get("cover", self.machine.is_cover_open) is True
            return _json({"ok": True})
        return _error(404, f"no such order: {path}")


def _state(
    status: str, code: int = 0, words: str = "Ошибок нет", result: Json | None = None
) -> dict[str, JsonValue]:
    state: dict[str, JsonValue] = {"status": status, "error": {"code": code, "description": words}}
    return state if result is None else {**state, "result": result}


def _as_v1(state: dict[str, JsonValue]) -> dict[str, JsonValue]:
    error = state["error"]
    assert isinstance(error, Mapping)
    return {
        "status": state["status"],
        "errorCode": error["code"],
        "errorDescription": error["description"],
        "result": state.get("result"),
    }


def _posts_document(request: Request, path: str) -> bool:
    """Whether a request posts a document or cash, rather than a question."""
    if request.method != "POST" or not path.endswith("/requests"):
        return False
    tasks = _load(request.body).get("request")
    listed = [tasks] if isinstance(tasks, Mapping) else tasks
    kinds = {
        item.get("type")
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, Mapping)
    }
    return bool(kinds & {*FISCAL_TASKS, "cashIn", "cashOut"})


def _is_unprinted(result: Json) -> bool:
    warnings = result.get("warnings")
    return isinstance(warnings, Mapping) and warnings.get("notPrinted") is True


def _journal_line(stored: object) -> dict[str, JsonValue]:
    names = ("number", "kind", "made_at", "shift_number", "receipt_number", "sign", "total")
    return {name: getattr(stored, name) for name in names}


def _load(body: bytes) -> Json:
    try:
        value = load(body)
    except ProtocolError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _json(content: JsonValue, status: int = 200) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, dump(content).encode(), headers)


def _error(status: int, words: str) -> Reply:
    return _json({"error": {"code": SERVER_CODE, "description": words}}, status)
