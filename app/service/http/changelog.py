"""What has changed for integrators: `resources/docs/integrator/changelog.md` as a page and as RSS 2.0.

The file has a heading for each change, `## 2026-11-21 Title`, with a list below it.
"""

import html
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from fastapi.responses import HTMLResponse, Response

from app.kernel.resources import resource_path
from app.service.http.pages import PAGE_HEADERS, page

_HEADING = re.compile(r"## (\d{4}-\d{2}-\d{2}) (.+)")
_ITEM: Final = "- "
_CODE = re.compile(r"`([^`]+)`")
RSS: Final = "application/rss+xml"


class Change(NamedTuple):
    """One entry: its day, title and points."""

    day: datetime
    title: str
    points: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Return what names the entry on the page."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{self.day:%Y-%m-%d}-{words}"


def read_changes(path: Path) -> tuple[Change, ...]:
    """Read the file; entries come newest first, as they stand there."""
    changes: list[Change] = []
    points: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        heading = _HEADING.fullmatch(line.strip())
        if heading is not None:
            points = []
            day = datetime.fromisoformat(heading[1]).replace(tzinfo=UTC)
            changes.append(Change(day, heading[2], ()))
        elif changes and line.startswith(_ITEM):
            points.append(line.removeprefix(_ITEM).strip())
        elif points and line.startswith("  "):
            points[-1] += f" {line.strip()}"
        if changes:
            changes[-1] = changes[-1]._replace(points=tuple(points))
    return tuple(changes)


@cache
def _changes() -> tuple[Change, ...]:
    return read_changes(resource_path("docs", "integrator", "changelog.md"))


def changelog_page() -> HTMLResponse:
    """Return the page."""
    sections = "".join(
        f'<section id="{change.anchor}"><h2>{_inline(change.title)}</h2>'
        f"<p><small>{change.day:%Y-%m-%d}</small></p>{_list(change)}</section>"
        for change in _changes()
    )
    body = f'<h1>Changelog</h1><p><a href="/changelog.rss">RSS</a></p>{sections}'
    return page("Changelog", body)


def changelog_feed(base_url: str) -> Response:
    """Return the feed; its links begin with the service's own address."""
    items = "".join(_feed_item(change, f"{base_url}changelog") for change in _changes())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Max Loyalty API changelog</title><link>{escape(base_url)}changelog</link>"
        f"<description>What has changed for integrators</description>{items}</channel></rss>\n"
    )
    headers = {"X-Content-Type-Options": PAGE_HEADERS["X-Content-Type-Options"]}
    return Response(text, media_type=RSS, headers=headers)


def _feed_item(change: Change, address: str) -> str:
    link = escape(f"{address}#{change.anchor}")
    return (
        f"<item><title>{escape(change.title)}</title><link>{link}</link>"
        f'<guid isPermaLink="true">{link}</guid><pubDate>{format_datetime(change.day)}</pubDate>'
        f"<description>{escape(_list(change))}</description></item>"
    )


def _list(change: Change) -> str:
    return "<ul>" + "".join(f"<li>{_inline(point)}</li>" for point in change.points) + "</ul>"


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", html.escape(text))
