"""What the till shows of its connection and its queue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Link(StrEnum):
    """ONLINE: the service answers. OFFLINE: it cannot be reached. TROUBLE: it answers and refuses."""

    ONLINE = "online"
    OFFLINE = "offline"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the screen in both languages, with a stable code."""

    code: str
    ru: str
    en: str

    def text(self, lang: str) -> str:
        """Return the sentence in "ru" or "en"."""
        return self.en if lang == "en" else self.ru


@dataclass(frozen=True, slots=True)
class SyncState:
    """Everything the status bar and the queue screen show; replaced whole with each change.

    Attributes:
        link: Whether the service is there.
        pending: Operations that wait or are being sent.
        conflicts: Operations that wait for a person.
        last_sync_at: When the service last took or gave something, None if never.
        notice: What is wrong just now, None if nothing is.
        clock_offset_ms: Add it to the till's clock to get the service's; None before the first
            answer.
        sent: Operations delivered in the drain that is going on.
        total: Of how many; 0 when none is going on.
        menu_notice: Why the newest menu was not taken, None if it was.
    """

    link: Link = Link.OFFLINE
    pending: int = 0
    conflicts: int = 0
    last_sync_at: datetime | None = None
    notice: Notice | None = None
    clock_offset_ms: int | None = None
    sent: int = 0
    total: int = 0
    menu_notice: Notice | None = None

    @property
    def is_clock_wrong(self) -> bool:
        """Tell whether the till's clock is so far off that its operations are marked (O10)."""
        return self.clock_offset_ms is not None and abs(self.clock_offset_ms) > CLOCK_WRONG_MS


CLOCK_WRONG_MS = 60_000
