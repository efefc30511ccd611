"""Writing work that never waits: everything it asks has been asked before it begins.

Such work needs no thread. What it will ask is sent at once; when the answers are there it runs from its
beginning to its end without a stop, and what it writes is sent with the commit. If it turns out to
ask something else, `WouldWaitError` ends it: it has written nothing, and is run on a thread instead.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from sqlalchemy.engine import Connection, Dialect
from typing_extensions import override

Given = tuple[bytes | None, ...]
Row = tuple[Any, ...]


class WouldWaitError(Exception):
    """The work asks what nobody has asked ahead."""


class Statement(NamedTuple):
    """A statement as PostgreSQL prepares it: a name that no other has, and the text with `$1`."""

    name: bytes
    text: bytes


class Asked(NamedTuple):
    """A statement with its values."""

    statement: Statement
    given: Given


class QuietConnection(Connection):
    """What such work is given for its connection: prepared statements run on it, nothing else does.

    Args:
        dialect: Of the database behind it.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.asked: list[Asked] = []
        self.written: list[Asked] = []
        self._answers: dict[Asked, deque[list[Row]]] = {}

    def learn(self, answers: Sequence[list[Row]]) -> None:
        """Take the rows that answer what was asked, in its order."""
        for asked, rows in zip(self.asked, answers, strict=True):
            self._answers.setdefault(asked, deque()).append(rows)
        self.asked = []

    def rows(self, asked: Asked) -> list[Row]:
        """Return what a statement has been answered; each answer is good once.

        Raises:
            WouldWaitError: It was not asked ahead.
        """
        found = self._answers.get(asked)
        if not found:
            raise WouldWaitError(asked.statement.text.decode())
        return found.popleft()

    def forget(self) -> NoReturn:
        """Give up: what was asked was asked before something that it depends on was locked.

        Raises:
            WouldWaitError: Always.
        """
        raise WouldWaitError("asked again behind another lock")

    @override
    def execute(self, statement: Any, *_: Any, **__: Any) -> NoReturn:
        """Refuse: a statement that is not prepared has to be waited for."""
        raise WouldWaitError(str(type(statement)))

    @override
    def exec_driver_sql(self, statement: str, *_: Any, **__: Any) -> NoReturn:
        """Refuse in the same way."""
        raise WouldWaitError(statement)

    def __getattr__(self, name: str) -> NoReturn:
        # Whatever else a real connection has: this one was never opened.
        raise WouldWaitError(name)
