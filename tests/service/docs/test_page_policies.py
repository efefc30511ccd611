"""Browsers show every page under the policy that comes with it; proven here without a browser.

What a browser would block or fetch is read out of the page itself: inline styles and scripts, the files it
names, what those files name in turn. Each must be allowed by the page's own Content-Security-Policy, lie on
the service and have the type that it is asked for as.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest

from app.contracts.errors import ErrorCode
from app.kernel.resources import resource_path
from app.service.docs.guides import guide_names
from tests.service.harness import Service

pytestmark = pytest.mark.only_on("sqlite", why="pages come from no database")

BROWSER = {"Accept": "text/html"}
OPEN = [
    "/docs",
    "/docs/guides",
    "/docs/events",
    *(f"/docs/guides/{name}" for name in guide_names()),
    "/errors",
    "/errors/NO_SUCH_CODE",
    "/changelog",
    "/guest/nothing",
]
TYPES = {"script-src": "text/javascript", "style-src": "text/css", "img-src": "image/"}
DIRECTIVES = {"script": "script-src", "img": "img-src", "iframe": "frame-src"}


class Wants(HTMLParser):
    """What a page asks its browser for: files by directive, inline parts, and what no policy of ours allows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.files: list[tuple[str, str]] = []
        self.inline: list[tuple[str, str]] = []
        self.forbidden: list[str] = []
        self.has_viewport = False
        self._inside: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.forbidden += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        if tag in {"base", "object", "embed", "form"}:
            self.forbidden.append(tag)
        self.has_viewport |= tag == "meta" and given.get("name") == "viewport"
        if tag == "link":
            directive = {"stylesheet": "style-src", "icon": "img-src"}.get(given["rel"], "none")
            self.files.append((directive, given["href"]))
        elif tag in DIRECTIVES and "src" in given:
            self.files.append((DIRECTIVES[tag], given["src"]))
        elif tag in {"script", "style"}:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.inline.append((f"{self._inside}-src", data))


def policy_of(answer: httpx.Response) -> dict[str, set[str]]:
    parts = answer.headers["content-security-policy"].split(";")
    return {name: set(sources) for name, *sources in (part.split() for part in parts)}


def allowed(policy: dict[str, set[str]], directive: str) -> set[str]:
    return policy.get(directive, policy["default-src"])


def blocked(page: str, policy: dict[str, set[str]]) -> list[str]:
    """Return what of a page its policy would block."""
    wants = Wants(page)
    found = list(wants.forbidden)
    for directive, text in wants.inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        if f"'sha256-{digest}'" not in allowed(policy, directive):
            found.append(f"{directive} inline {text[:40]!r}")
    for directive, address in wants.files:
        source = "data:" if address.startswith("data:") else "'self'"
        if source not in allowed(policy, directive):
            found.append(f"{directive} {address}")
    return found


def outside(css: str, policy: dict[str, set[str]]) -> Iterator[str]:
    """Give what a style sheet fetches beyond pictures within itself that the policy allows."""
    yield from re.findall(r"@import[^;]*", css)
    for address in re.findall(r"url\(\s*[\"']?([^)\"']*)", css):
        if not address.startswith("data:image/") or "data:" not in allowed(policy, "img-src"):
            yield address


def look_at(service: Service, address: str) -> None:
    """Prove a page and everything that it loads."""
    answer = service.client.get(address, headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/html"), address
    policy = policy_of(answer)
    assert policy["default-src"] == {"'none'"}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set().union(*policy.values())
    assert blocked(answer.text, policy) == [], address
    wants = Wants(answer.text)
    assert wants.has_viewport, address
    for directive, name in wants.files:
        if name.startswith("data:"):
            continue
        assert not name.startswith(("//", "http:", "https:")), name
        file = service.client.get(str(answer.url.join(name)))
        assert file.status_code == 200, name
        # Under "nosniff" a browser takes a script or a style of its own type only.
        assert file.headers["content-type"].startswith(TYPES[directive]), name
        if directive == "style-src":
            assert list(outside(file.text, policy)) == [], name


@pytest.mark.parametrize("address", OPEN)
def test_a_page_keeps_to_the_policy_it_comes_with(service: Service, address: str) -> None:
    look_at(service, address)


def test_pages_of_codes_keep_to_their_policy(service: Service) -> None:
    for code in ErrorCode:
        look_at(service, f"/errors/{code.value}")


def test_the_page_of_a_guest_keeps_to_its_policy(service: Service) -> None:
    headers = {"X-API-Key": service.seeded["apiKey"]}
    made = service.client.post("/api/v1/guests/gst-01/qr-link", json={}, headers=headers).json()
    page = service.client.get(made["url"])
    assert page.status_code == 200
    look_at(service, str(page.url))
    assert allowed(policy_of(page), "connect-src") == {"'self'"}  # it fetches the next code


def test_the_explorer_may_call_the_service_and_nothing_else(service: Service) -> None:
    policy = policy_of(service.client.get("/docs"))
    assert allowed(policy, "connect-src") == {"'self'"}
    start = service.client.get("/docs/assets/explorer.js").text
    assert 'url: "openapi.json"' in start
    assert "validatorUrl: null" in start
    assert not re.search(r"https?://", start)


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("<p style='color: red'>", "p style"),
        ("<p onclick='go()'>", "p onclick"),
        ("<style>p { color: red }</style>", "style-src inline"),
        ("<script>go()</script>", "script-src inline"),
        ("<img src='picture.png'>", "img-src picture.png"),
        ("<link rel='preload' href='more.css'>", "none more.css"),
        ("<base href='/'>", "base"),
    ],
)
def test_what_a_browser_would_block_is_found(page: str, named: str) -> None:
    (found,) = blocked(page, {"default-src": {"'none'"}})
    assert found.startswith(named)


def selectors(css: str) -> list[str]:
    """Return the selectors of a style sheet, those within `@media` too."""
    plain = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", css, flags=re.DOTALL)
    return [part.strip() for part in re.findall(r"([^{}]+)\{", plain)]


def test_the_style_of_the_guides_leaves_the_explorer_alone() -> None:
    """Its rules for code and tables once made the explorer's version unreadable: white on white."""
    css = resource_path("web", "docs", "site.css").read_text("utf-8")
    ours = r"(article|body|html|:root|\.(bar|note|columns|side|soft)|a$|\*$)"
    found = selectors(css)
    assert len(found) > 20
    assert [one for one in found if not re.match(ours, one)] == []


def test_rows_of_the_list_of_codes_stand_below_each_other_on_a_phone(service: Service) -> None:
    """The longest code beside its title is wider than a phone: the page went out of the screen."""
    page = service.client.get("/errors", headers=BROWSER).text
    narrow = re.search(r"@media \(max-width: 40rem\) \{(.*?\}) \}", page, re.DOTALL)
    assert narrow is not None
    assert re.search(r"\btr \{ display: block", narrow[1])
    assert re.search(r"td:last-child \{ display: block", narrow[1])


def test_the_text_of_a_guide_comes_before_the_way_to_the_others(service: Service) -> None:
    """A phone shows what comes first: links to all pages stood above every text."""
    page = service.client.get("/docs/guides/errors").text
    assert page.index("<article>") < page.index('class="side"')
