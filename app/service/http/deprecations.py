"""The one table of what goes away: from when on it is not to be used, and when it ends.

Answers of such an endpoint carry `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to what is
to be done; the description marks it. At least half a year lies between the two moments.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, NamedTuple

SPAN_MIN: Final = timedelta(days=180)


class Deprecation(NamedTuple):
    """One endpoint that goes away; `path` is written as in the description."""

    method: str
    path: str
    since: datetime
    sunset: datetime
    link: str = "/changelog"


DEPRECATED: Final[tuple[Deprecation, ...]] = ()
"""Endpoints that go away. Nothing does at present."""

Headers = tuple[tuple[bytes, bytes], ...]


class Deprecations:
    """Headers of what goes away, by method and path template."""

    def __init__(self, table: Iterable[Deprecation] = DEPRECATED) -> None:
        self._table = {(row.method, row.path): row for row in table}
        for row in self._table.values():
            assert row.sunset - row.since >= SPAN_MIN, f"{row.path} ends too soon"
        self._headers = {place: _headers(row) for place, row in self._table.items()}

    def headers(self, method: str, path: str) -> Headers:
        """Return the headers of an endpoint's answers; none if it stays."""
        return self._headers.get((method, path), ())

    def mark(self, description: dict[str, Any]) -> None:
        """Mark in the description what goes away."""
        for row in self._table.values():
            operation = description.get("paths", {}).get(row.path, {}).get(row.method.lower())
            if operation is not None:
                operation["deprecated"] = True


def _headers(row: Deprecation) -> Headers:
    return (
        (b"deprecation", f"@{int(row.since.timestamp())}".encode()),
        (b"sunset", format_datetime(row.sunset, usegmt=True).encode()),
        (b"link", f'<{row.link}>; rel="deprecation"'.encode()),
    )
