"""What a use case is given: the open transaction, the time, ids, and who is calling."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from app.kernel.ids import Ids


@dataclass(frozen=True, slots=True)
class Caller:
    """The installation behind a key. `kind` is api, till, iiko or rkeeper."""

    tenant_id: str
    installation_id: str
    kind: str
    location_id: str | None
    register_id: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """One request or operation: one transaction of one caller at one moment."""

    connection: Connection
    now: datetime
    ids: Ids
    caller: Caller

    @property
    def tenant_id(self) -> str:
        """Return whose data this is."""
        return self.caller.tenant_id

    def business_time(self, told: datetime | None, offset_ms: int = 0) -> datetime:
        """Return when something happened: the till's time put right, never in the future.

        Args:
            told: The till's own clock; None means now.
            offset_ms: The service's time less the till's, as the till measured it.
        """
        if told is None:
            return self.now
        return min(told + timedelta(milliseconds=offset_ms), self.now)


def whole_millis(moment: datetime) -> datetime:
    """Cut a moment to milliseconds, which is what the database keeps."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
