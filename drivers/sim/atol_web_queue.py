"""The queue of ATOL's Web server: keys, tasks in their order, and what it does when one breaks.

Before a fiscal task the last document's number is read. A task that breaks on the link, on the storage or
on paper after that is `blocked` with its queue, until the number tells what became of it.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.fiscal.exact import JsonValue
from drivers.sim.atol_web_register import FISCAL_TASKS, RegisterMachine
from drivers.sim.atol_web_rules import Json, TaskError

CONNECTION_CODES = frozenset({1, 2, 3, 4, 241})
FN_CODES = frozenset({115, 116, 159, 166, 177})
PAPER_CODES = frozenset({44, 45, 46, 114})


@dataclass(slots=True)
class Entry:
    """One request in the queue."""

    key: str
    tasks: list[Json]
    states: list[dict[str, JsonValue]] = field(default_factory=list)
    next_task: int = 0
    hidden_polls: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether no task of it waits or works any more."""
        return bool(self.states) and not any(
            state["status"] in ("wait", "inProgress", "blocked") for state in self.states
        )


@dataclass(slots=True)
class _Block:
    entry: Entry
    reason: str
    before: int | None
    failure: TaskError | None


class TaskQueue:
    """Carries out requests one after the other. One thread at a time.

    Args:
        machine: the register.
        blocks_on_paper: setting `blockQueueOnPrintErrors`.
    """

    def __init__(self, machine: RegisterMachine, *, blocks_on_paper: bool = True) -> None:
        self.blocks_on_paper = blocks_on_paper
        self._machine = machine
        self._entries: dict[str, Entry] = {}
        self._waiting: deque[Entry] = deque()
        self._block: _Block | None = None

    def find(self, key: str) -> Entry | None:
        """Return the request with this key."""
        return self._entries.get(key)

    def add(self, entry: Entry) -> None:
        """Take a request, and carry out what can be."""
        entry.states = [make_state("wait") for _ in entry.tasks]
        self._entries[entry.key] = entry
        self._waiting.append(entry)
        self._pump()

    def forget(self) -> None:
        """Lose everything, as a server that was installed anew."""
        self._entries.clear()
        self._waiting.clear()
        self._block = None

    def status(self) -> dict[str, JsonValue]:
        """Answer getRequestsQueueStatus."""
        done = sum(entry.is_finished for entry in self._entries.values())
        number = len(self._waiting) + (self._block is not None)
        return {"number": number, "ready": done, "canceled": 0, **self.block_info()}

    def block_info(self) -> dict[str, JsonValue]:
        """Return why the queue stands, as each answer tells it."""
        block = self._block
        return {
            "isBlocked": block is not None,
            "blockedUUID": block.entry.key if block else "",
            "blockReason": block.reason if block else "",
        }

    def _pump(self) -> None:
        while self._waiting and self._block is None:
            self._work(self._waiting.popleft())

    def _work(self, entry: Entry) -> None:
        """Carry out the rest of a request's tasks, until one fails or blocks the queue."""
        while entry.next_task < len(entry.tasks):
            index, task = entry.next_task, entry.tasks[entry.next_task]
            entry.next_task += 1
            before: int | None = None
            try:
                if task.get("type") in FISCAL_TASKS:
                    before = self._document_number()
                result = self._machine.process(task)
            except TaskError as failure:
                self._fail(entry, index, before, failure)
                return
            entry.states[index] = make_state("ready", result=result)
            if _is_unprinted(result) and self.blocks_on_paper:
                self._block = _Block(entry, "paperError", None, None)
                return

    def _fail(self, entry: Entry, index: int, before: int | None, failure: TaskError) -> None:
        reason = self._block_reason(failure.code) if before is not None else ""
        status = "blocked" if reason else "error"
        entry.states[index] = make_state(status, failure.code, failure.description)
        if reason:
            self._block = _Block(entry, reason, before, failure)
            return
        for later in range(index + 1, len(entry.tasks)):
            words = "Выполнение прервано из-за предыдущих ошибок"
            entry.states[later] = make_state("interrupted", 502, words)
        entry.next_task = len(entry.tasks)

    def _block_reason(self, code: int) -> str:
        if code in CONNECTION_CODES:
            return "connectionError"
        if code in FN_CODES:
            return "fnError"
        return "paperError" if code in PAPER_CODES and self.blocks_on_paper else ""

    def recover(self) -> None:
        """Try to free the queue, as the real server does every three seconds."""
        block = self._block
        if block is None or not self._machine.is_linked:
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
            result = self._machine.last_result()
            result["warnings"] = {"recovered": True}
            block.entry.states[index] = make_state("ready", result=result)
        self._machine.unprinted = 0
        self._work(block.entry)
        self._pump()

    def _fail_after_all(self, block: _Block, index: int) -> None:
        assert block.failure is not None
        failure = block.failure
        block.entry.states[index] = make_state("error", failure.code, failure.description)
        for later in range(index + 1, len(block.entry.tasks)):
            block.entry.states[later] = make_state("interrupted", 502, "Прервано")
        block.entry.next_task = len(block.entry.tasks)

    def _can_print(self) -> bool:
        return self._machine.has_paper and not self._machine.is_cover_open

    def _document_number(self) -> int:
        self._machine.process({"type": "getFnStatus"})
        return len(self._machine.documents)


def make_state(
    status: str, code: int = 0, words: str = "Ошибок нет", result: Json | None = None
) -> dict[str, JsonValue]:
    """Return one result as the server tells it."""
    state: dict[str, JsonValue] = {"status": status, "error": {"code": code, "description": words}}
    return state if result is None else {**state, "result": result}


def _is_unprinted(result: Json) -> bool:
    warnings = result.get("warnings")
    return isinstance(warnings, Mapping) and warnings.get("notPrinted") is True
