"""Pages of the documentation: the explorer, the guides, the catalogue of events."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from string import Template
from typing import Final

from fastapi.responses import HTMLResponse

from app.contracts.webhook_events import API_VERSION, EVENT_TYPES, EventType
from app.kernel.resources import resource_path
from app.service.docs.assets import asset_address
from app.service.docs.guides import (
    CHAPTERS,
    ENGLISH,
    RUSSIAN,
    Guide,
    other_language,
    read_guide,
)
from app.service.docs.markdown import render

_COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
GUIDE_HEADERS: Final[Mapping[str, str]] = _COMMON | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
}
EXPLORER_HEADERS: Final[Mapping[str, str]] = _COMMON | {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
_NAMES: Final = {ENGLISH: "English", RUSSIAN: "По-русски"}


_REFERENCE: Final = """\
- [Explorer](../docs): every call, to read and to try.
- [Events](events): every type of event with an example.
- [Error codes](../errors): every code and what to do about it.
- [Changelog](../changelog), also as [RSS](../changelog.rss).
- [OpenAPI description](../openapi.json) and [Postman collection](postman_collection.json)."""
_EVENTS: Final = (
    "What subscribers are sent (see [the guide](guides/webhooks)). The body of a delivery is the "
    f"envelope; `data` depends on `type`. Version of the messages: `{API_VERSION}`."
)


def explorer_page() -> HTMLResponse:
    """Return the explorer; it reads the description from the service that serves it."""
    template = Template(resource_path("web", "docs", "explorer.html").read_text("utf-8"))
    text = template.substitute(
        favicon=_asset("favicon-32x32.png", "docs/"),
        swagger_css=_asset("swagger-ui.css", "docs/"),
        swagger_js=_asset("swagger-ui-bundle.js", "docs/"),
        site_css=_asset("site.css", "docs/"),
        start_js=_asset("explorer.js", "docs/"),
    )
    return HTMLResponse(text, headers=dict(EXPLORER_HEADERS))


def index_page() -> HTMLResponse:
    """Return the list of all guides."""
    parts = [
        "# Guides",
        "How to connect to Max Loyalty: every example is run against the service by a test.",
    ]
    for chapter in CHAPTERS:
        parts += [f"## {chapter.title_en}", *map(_entry, chapter.guides)]
    parts += [
        "## Reference",
        _REFERENCE,
    ]
    body = render("\n\n".join(parts))
    return _page("Guides", body, ENGLISH, "", _navigation("", ENGLISH, "guides/"), ())


def guide_page(guide: Guide) -> HTMLResponse:
    """Return a guide with its contents and the way to the others."""
    other = other_language(guide.name)
    switch = f'<p class="soft"><a href="{other}">{_other(guide.language)}</a></p>' if other else ""
    contents = [(h.text, h.anchor) for h in guide.headings if h.level == 2]
    navigation = _navigation(guide.name, guide.language, "")
    return _page(guide.title, switch + guide.html, guide.language, "../", navigation, contents)


def events_page() -> HTMLResponse:
    """Return the catalogue of events: what each says, its fields, an example."""
    parts = [
        "# Events",
        _EVENTS,
        *(_event(name, kind) for name, kind in EVENT_TYPES.items()),
    ]
    contents = [(name, name.replace(".", "-")) for name in EVENT_TYPES]
    body = render("\n\n".join(parts))
    return _page("Events", body, ENGLISH, "", _navigation("", ENGLISH, "guides/"), contents)


def _entry(name: str) -> str:
    guide = read_guide(name)
    other = other_language(name)
    russian = f" · [по-русски](guides/{other})" if other else ""
    summary = re.sub(r"\]\(([a-z0-9.-]+)\.md", r"](guides/\1", guide.summary)
    return f"- [{guide.title}](guides/{name}){russian}: {summary}"


def _event(name: str, kind: EventType) -> str:
    example = json.dumps(dict(kind.example), ensure_ascii=False, indent=2)
    schema = kind.model.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    rows = "\n".join(
        f"| `{field}` | {'always' if field in required else 'where there is one'} |"
        for field in schema["properties"]
    )
    is_sent = kind.source == "service"
    sent = "" if is_sent else " Not sent yet: it is for billing, which the service does not have."
    return (
        f"## {name}\n\n{kind.title_en}. {kind.title_ru}.{sent}\n\n"
        f"| field of `data` | given |\n| --- | --- |\n{rows}\n\n```json\n{example}\n```"
    )


def _navigation(current: str, language: str, base: str) -> str:
    parts = []
    for chapter in CHAPTERS:
        title = chapter.title_ru if language == RUSSIAN else chapter.title_en
        links = "".join(_link(name, current, language, base) for name in chapter.guides)
        parts.append(f"<h2>{html.escape(title)}</h2><ul>{links}</ul>")
    return "".join(parts)


def _link(name: str, current: str, language: str, base: str) -> str:
    translated = other_language(name) if language == RUSSIAN else None
    shown = translated or name
    mark = ' aria-current="page"' if shown == current else ""
    return f'<li><a href="{base}{shown}"{mark}>{html.escape(read_guide(shown).title)}</a></li>'


def _page(
    title: str,
    body: str,
    language: str,
    base: str,
    navigation: str,
    contents: Iterable[tuple[str, str]],
) -> HTMLResponse:
    """Return a page; `base` leads from it to `/docs/`."""
    items = "".join(
        f'<li><a href="#{anchor}">{html.escape(text)}</a></li>' for text, anchor in contents
    )
    here = f"<h2>{_here(language)}</h2><ul>{items}</ul>" if items else ""
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} · Max Loyalty API</title>"
        f'<link rel="icon" href="{_asset("favicon-32x32.png", base)}">'
        f'<link rel="stylesheet" href="{_asset("site.css", base)}"></head><body>'
        '<header class="bar"><strong>Max Loyalty API</strong><nav>'
        f'<a href="{base}../docs">Explorer</a> <a href="{base}guides">Guides</a> '
        f'<a href="{base}events">Events</a> <a href="{base}../errors">Errors</a> '
        f'<a href="{base}../changelog">Changelog</a></nav></header>'
        f'<div class="columns"><main><article>{body}</article></main>'
        f'<aside class="side"><nav>{here}{navigation}</nav></aside></div></body></html>'
    )
    return HTMLResponse(text, headers=dict(GUIDE_HEADERS))


def _here(language: str) -> str:
    return "На этой странице" if language == RUSSIAN else "On this page"


def _other(language: str) -> str:
    return _NAMES[ENGLISH if language == RUSSIAN else RUSSIAN]


def _asset(name: str, base: str) -> str:
    return html.escape(base + asset_address(name))
