"""What the repositories of one unit of work share."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.store.menu_file import MenuReader
from app.store.rows import Operation


class Topic(StrEnum):
    """What changed, for those who show it."""

    OUTBOX = "outbox"
    DRAFTS = "drafts"
    SALES = "sales"
    PAYMENTS = "payments"
    SHIFTS = "shifts"
    PRINT_JOBS = "print_jobs"
    FISCAL = "fiscal"
    GUESTS = "guests"
    STAFF = "staff"
    CONFIG = "config"
    MENU = "menu"
    STOPS = "stops"


@dataclass(slots=True)
class Session:
    """One transaction: its connections, what it changed, what it wants to be sent.

    `menu` returns this thread's view of the current menu, or None before the first menu. `edited`
    are operations of `added` that were in the queue before.
    """

    connection: sqlite3.Connection
    menu: Callable[[], MenuReader | None]
    changed: set[Topic] = field(default_factory=set)
    added: list[Operation] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)
    finished: list[str] = field(default_factory=list)

    def touch(self, topic: Topic) -> None:
        """Note that something of this kind was changed."""
        self.changed.add(topic)
