"""How tasks reach an ATOL register: what the driver needs of the Web server and of the library alike."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.api.waiting import WaitHandler
from drivers.fiscal.exact import JsonValue
from drivers.fiscal.tasks import Task

JsonObject = Mapping[str, JsonValue]


class Phase(enum.Enum):
    """Where a task stands.

    ABSENT: the server does not know its key. WAITING: queued or running. BLOCKED: the server itself
    does not know its outcome and the queue stands. DONE and FAILED: finished. LOST: this road cannot
    tell, the fiscal storage has to be asked.
    """

    ABSENT = "absent"
    WAITING = "waiting"
    BLOCKED = "blocked"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a road knows of one task.

    Attributes:
        phase: where it stands.
        code: of the register's error.
        text: the register's own words.
        result: of a task that is done.
        reason: why the queue stands: 'paperError', 'connectionError', 'fnError', or ''.
        repeated: the key was known before this call: the result is of an earlier call.
    """

    phase: Phase
    code: int = 0
    text: str = ""
    result: JsonObject = field(default_factory=dict)
    reason: str = ""
    repeated: bool = False


class Road(Protocol):
    """A way to one register. One thread; every call opens what it needs.

    Order of calls: ``open -> { ask | run | find }* -> close``.

    Attributes:
        on_wait: told what a call waits for that lasts; see `drivers.api.waiting`.
    """

    on_wait: WaitHandler

    @property
    def name(self) -> str:
        """Where it leads, for messages."""
        ...

    @property
    def is_synchronous(self) -> bool:
        """Whether a task has ended for good when `run` returns; a queue may go on by itself."""
        ...

    def open(self) -> None:
        """Connect, as far as there is a connection to keep. Repeatable."""
        ...

    def close(self) -> None:
        """Let go. Repeatable, never raises."""
        ...

    def ask(self, task: Task) -> JsonObject:
        """Carry out a task that changes nothing, and return its result.

        Raises:
            DriverError: it could not be asked, or said no.
        """
        ...

    def run(self, key: str, task: Task) -> Outcome:
        """Hand over a task once and follow it as long as the limit allows. Never hands it over twice.

        Raises:
            DriverError: it did not reach the register.
        """
        ...

    def find(self, key: str) -> Outcome:
        """Tell where a task stands, without waiting for its end.

        Raises:
            DriverError: nobody could be asked.
        """
        ...

    def follow(self, key: str) -> Outcome:
        """Wait for a task's end as long as the limits allow, and tell where it stands then."""
        ...

    def claim(self, key: str) -> Outcome:
        """Make sure that a task which is absent stays absent, however late its posting may arrive.

        Returns:
            ABSENT: nothing can be made under this key any more; anything else: it is there after all.

        Raises:
            DriverError: that cannot be made sure now.
        """
        ...

    def blocked(self) -> str:
        """Return why the queue stands, '' if it works or there is none."""
        ...
