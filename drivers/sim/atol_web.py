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
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from drivers.api.errors import ProtocolError
from drivers.fiscal.exact import JsonValue, dump, load
from drivers.sim.atol_web_queue import Entry, TaskQueue, make_state
from drivers.sim.atol_web_register import FISCAL_TASKS, RegisterMachine, wall_clock
from drivers.sim.atol_web_rules import Json, TaskError
from drivers.sim.http_server import HttpSimulator, Reply, Request

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
        self.queue = TaskQueue(self.machine, blocks_on_paper=blocks_on_paper)
        self._slow_s = slow_s
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
        self.queue.forget()

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

    def journal(self) -> dict[str, JsonValue]:
        """Return every document of the fiscal storage, and the cash in the register's drawer."""
        with self.http.lock:
            documents = [_journal_line(item) for item in self.machine.documents]
            return {"documents": documents, "drawer": self.machine.drawer}

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
        self.queue.recover()
        version = "v1" if path.startswith("/requests") else "v2"
        local = path.removeprefix("/api/v2")
        if request.method == "POST" and local == "/requests":
            return self._post(request)
        if request.method == "GET" and local.startswith("/requests/"):
            return self._get(unquote(local.removeprefix("/requests/")), version)
        if local == "/getRequestsQueueStatus":
            return _json(self.queue.status())
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
        if self.queue.find(key) is not None:
            words = f"Не удалось добавить задание с UUID [{key}], задание с таким UUID уже есть"
            return _error(409, words)
        entry = Entry(key, [item for item in listed if isinstance(item, Mapping)])
        entry.hidden_polls = self._hidden_polls
        self.posts.append(key)
        self.queue.add(entry)
        return _json({"uuid": key, "number": len(self.posts), **self.queue.block_info()}, 201)

    def _get(self, key: str, version: str) -> Reply:
        entry = self.queue.find(key)
        if entry is None:
            return _error(404, f"Задание с UUID [{key}] для устройства [1] не найдено")
        states = entry.states
        if entry.is_finished and entry.hidden_polls > 0:
            entry.hidden_polls -= 1
            states = [make_state("inProgress") for _ in states]
        if version == "v1":
            states = [_as_v1(state) for state in states]
        if self.answers_whole_queue:
            other: dict[str, JsonValue] = {"uuid": "other", "results": [make_state("wait")]}
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

    def _obey(self, request: Request, path: str) -> Reply:
        order = _load(request.body)
        if path == "/sim/journal":
            return _json(self.journal())
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


def _journal_line(stored: object) -> dict[str, JsonValue]:
    names = (
        "number", "kind", "made_at", "shift_number", "receipt_number", "sign", "total", "content",
    )  # fmt: skip
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
