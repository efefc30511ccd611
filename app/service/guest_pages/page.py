"""Making the guest's page: one small document that shows the code before any script has run."""

import hashlib
import html
import io
from collections.abc import Mapping
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Final

from app.contracts.guest_pages import GuestPageCard
from app.kernel.late import LateModule
from app.kernel.resources import resource_path
from app.kernel.text import NARROW_SPACE, format_amount
from app.service.guest_pages.links import Link
from app.service.guest_pages.texts import TEXTS
from app.service.guests.dynamic_qr import issue_qr
from app.service.guests.repository import find_by_card
from app.service.kit.work import Work

if TYPE_CHECKING:
    import segno
else:
    # Few processes ever draw a code.
    segno = LateModule("segno")

ASSETS: Final[Mapping[str, str]] = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}
_QUIET_ZONE: Final = 4  # modules around the code, ISO/IEC 18004, 5.3.8
_PNG_SCALE: Final = 10


def page_card(work: Work, link: Link, language: str) -> GuestPageCard:
    """Return what the page shows now, with a fresh code.

    Raises:
        ProblemError: GUEST_NOT_FOUND if the guest is no longer there.
    """
    issued = issue_qr(work, link.guest_id)
    guest = find_by_card(work, issued.card_id)
    assert guest is not None, "the code was made for the card"
    balance = format_amount(guest.total_balance, kopecks=False)
    return GuestPageCard(
        svg=qr_svg(issued.qr),
        name=guest.name or "",
        level=guest.level_name,
        balance=balance if language == "ru" else _english(balance),
        code=guest.code6_digit,
        valid_ms=int((issued.expires_at - work.now).total_seconds() * 1000),
    )


def qr_svg(text: str) -> str:
    """Return a code as an SVG picture that grows to its place; black on white whatever the page."""
    out = io.BytesIO()
    _code(text).save(
        out, kind="svg", border=_QUIET_ZONE, xmldecl=False, omitsize=True, light="#fff", nl=False
    )
    return out.getvalue().decode()


def qr_png(text: str) -> bytes:
    """Return a code as a PNG picture."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", border=_QUIET_ZONE, scale=_PNG_SCALE)
    return out.getvalue()


def render_page(card: GuestPageCard, language: str) -> str:
    """Return the document."""
    words = {name: html.escape(text) for name, text in TEXTS[language].items()}
    minutes, seconds = divmod(card.valid_ms // 1000, 60)
    return _template("page.html").substitute(
        words,
        lang=language,
        name=html.escape(card.name),
        level=html.escape(card.level),
        balance=card.balance,
        code_shown=f"{card.code[:3]}{NARROW_SPACE}{card.code[3:]}",
        svg=card.svg,
        valid_ms=card.valid_ms,
        left=f"{minutes}:{seconds:02d}",
        css=asset_tag("page.css"),
        js=asset_tag("page.js"),
    )


def render_gone(language: str) -> str:
    """Return the document that a link leads to when it no longer works."""
    words = {name: html.escape(text) for name, text in TEXTS[language].items()}
    return _template("gone.html").substitute(words, lang=language, css=asset_tag("page.css"))


@cache
def asset(name: str) -> bytes:
    """Return one of the files that the page loads."""
    return resource_path("web", "guest", name).read_bytes()


@cache
def asset_tag(name: str) -> str:
    """Return what tells one version of a file from another."""
    return hashlib.sha256(asset(name)).hexdigest()[:12]


@cache
def _template(name: str) -> Template:
    return Template(resource_path("web", "guest", name).read_text(encoding="utf-8"))


def _code(text: str) -> "segno.QRCode":
    # The lowest level of correction makes the largest dots; segno raises it where it costs nothing.
    return segno.make_qr(text, error="l", boost_error=True)


def _english(balance: str) -> str:
    return balance.replace(",", ".").replace(NARROW_SPACE, ",")
