"""Plain pages for people: one look, no scripts, nothing from elsewhere, in Russian and English."""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.contracts.errors import CATALOGUE, ErrorCode, ErrorInfo

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --paper: #fff;
  --mark: #0b6e4f; --code: #f4f6f8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #9aa7b6; --line: #323c49;
  --paper: #14181e; --mark: #5fd0a5; --code: #1d232b } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 1.25rem 1.25rem 4rem }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .95rem; margin-bottom: 1.5rem }
nav a { text-decoration: none }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; margin: 0 0 .5rem }
h2 { font-size: 1.15rem; margin: 2rem 0 .4rem }
p, ul { margin: .4rem 0 }
small, .soft { color: var(--soft) }
a { color: var(--mark) }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem;
  overflow-x: auto; font-size: .85rem }
code { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .92em }
table { border-collapse: collapse; width: 100% }
td { border-top: 1px solid var(--line); padding: .5rem .75rem .5rem 0; vertical-align: top }
section { border-top: 1px solid var(--line); margin-top: 1.5rem }
p, li { overflow-wrap: anywhere }
@media (max-width: 40rem) { tr { display: block; border-top: 1px solid var(--line); padding: .5rem 0 }
  td { display: inline-block; border: 0; padding: 0 .5rem 0 0; overflow-wrap: anywhere }
  td:last-child { display: block } }
"""

_WAYS: Final = (
    '<nav><a href="/docs">Explorer</a> <a href="/docs/guides">Guides</a> '
    '<a href="/docs/events">Events</a> <a href="/errors">Errors</a> '
    '<a href="/changelog">Changelog</a></nav>'
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Accept-Language",
}


def page(title: str, body: str, lang: str = "en", status: int = 200) -> HTMLResponse:
    """Return a page; the body is HTML that has been escaped."""
    text = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{html.escape(title)}</title><link rel="icon" href="/docs/assets/favicon-32x32.png">'
        f"<style>{_STYLE}</style></head><body><main>{_WAYS}{body}</main></body></html>"
    )
    return HTMLResponse(text, status, headers=dict(PAGE_HEADERS))


def wants_page(request: Request) -> bool:
    """Tell whether a person's browser asks and not a program."""
    return "text/html" in request.headers.get("accept", "")


def error_page(request: Request, code: ErrorCode) -> HTMLResponse:
    """Return the page that a problem's `type` leads to."""
    info, is_russian = CATALOGUE[code], _prefers_russian(request)
    russian = _section("ru", info.title_ru, "Что делать", info.help_ru)
    english = _section("en", info.title, "What to do", info.help_en)
    parts = (russian, english) if is_russian else (english, russian)
    body = (
        f"<h1><code>{code.value}</code></h1>"
        f'<p class="soft">HTTP {info.status} · <a href="/errors">all codes · все коды</a></p>'
        f"{parts[0]}{parts[1]}<section><h2>{'Пример' if is_russian else 'Example'}</h2>"
        f"<pre><code>{html.escape(_example(request, code, info))}</code></pre></section>"
    )
    return page(f"{code.value} · {info.title}", body, "ru" if is_russian else "en")


def error_index(request: Request) -> HTMLResponse:
    """Return the list of all codes."""
    is_russian = _prefers_russian(request)
    rows = "".join(
        f'<tr><td><a href="/errors/{code.value}"><code>{code.value}</code></a></td>'
        f"<td>{info.status}</td>"
        f"<td>{html.escape(info.title_ru if is_russian else info.title)}</td></tr>"
        for code, info in sorted(CATALOGUE.items())
    )
    title = "Коды ошибок" if is_russian else "Error codes"
    body = f"<h1>{title}</h1><table>{rows}</table>"
    return page(title, body, "ru" if is_russian else "en")


def unknown_code_page(request: Request) -> HTMLResponse:
    """Return the page for a code that does not exist."""
    russian = _section(
        "ru", "Такого кода ошибки нет", "Что делать", "Посмотрите список всех кодов."
    )
    english = _section(
        "en", "There is no such error code", "What to do", "See the list of all codes."
    )
    parts = (russian, english) if _prefers_russian(request) else (english, russian)
    body = f'<h1>404</h1><p><a href="/errors">all codes · все коды</a></p>{parts[0]}{parts[1]}'
    return page("404", body, status=404)


def _section(lang: str, title: str, label: str, text: str) -> str:
    return (
        f'<section lang="{lang}"><h2>{html.escape(title)}</h2>'
        f"<p><small>{label}:</small> {html.escape(text)}</p></section>"
    )


def _example(request: Request, code: ErrorCode, info: ErrorInfo) -> str:
    document = {
        "type": f"{request.base_url}errors/{code.value}",
        "title": info.title,
        "status": info.status,
        "errorCode": code.value,
        "detail": info.title,
        "instance": "/api/v1/…",
        "requestId": "req_01HF7YAT00QS7H4Z8M5V1W2X3Y",
        "timestamp": "2026-11-20T09:00:00.000Z",
        "help": info.help_en,
        "detailRu": info.title_ru,
    }
    head = f"HTTP/1.1 {info.status}\nContent-Type: application/problem+json\n\n"
    return head + json.dumps(document, ensure_ascii=False, indent=2)


def _prefers_russian(request: Request) -> bool:
    said = request.headers.get("accept-language", "").lower()
    places = {lang: said.find(lang) for lang in ("ru", "en")}
    return places["ru"] >= 0 and (places["en"] < 0 or places["ru"] < places["en"])
