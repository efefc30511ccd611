"""What a use case is given: the open transaction, the time, ids, and who is calling."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.engine import Connection

from app.kernel.ids import Ids


class Caller(NamedTuple):
    """Who is calling. `kind` is api, till, iiko or rkeeper for keys, staff for people.

    A person's installation is the office of his company, so that what he writes has one too. A key that
    is ending has been revoked or replaced and works a little longer.
    """

    tenant_id: str
    installation_id: str
    kind: str
    location_id: str | None
    register_id: str | None
    scopes: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    staff_id: str | None = None
    key_id: str | None = None
    is_sandbox: bool = False
    plan: str = "standard"
    role: str = ""
    session_id: str | None = None
    is_stepped_up: bool = False
    plan_ends_at: datetime | None = None
    is_ending: bool = False


class Work(NamedTuple):
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
