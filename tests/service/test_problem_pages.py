"""A2, A9: every code that is raised has its page and every page its code; changes are told as RSS."""

import ast
import json
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import app.contracts.guest_qr
from app.contracts.errors import CATALOGUE, ErrorCode
from app.service.http.changelog import read_changes
from app.service.http.deprecations import Deprecation, Deprecations
from tests.service.harness import START, Service

ROOT = Path(__file__).resolve().parents[2]
# Named by the reader of codes, which the till shares: the service answers with what it says.
BY_NAME = {app.contracts.guest_qr.EXPIRED}


def used_codes() -> dict[str, set[str]]:
    """Return every `ErrorCode.X` in the program with the modules that use it."""
    used: dict[str, set[str]] = {}
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.name == "errors.py" and path.parent.name == "contracts":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "ErrorCode"
                and node.attr.isupper()
            ):
                used.setdefault(node.attr, set()).add(str(path.relative_to(ROOT)))
    return used


def test_every_code_in_the_source_is_in_the_catalogue_and_the_reverse() -> None:
    used = used_codes()
    assert set(used) <= {code.value for code in CATALOGUE}
    unused = {code.value for code in CATALOGUE} - set(used) - BY_NAME
    assert not unused, f"nobody answers with {sorted(unused)}"
    assert set(CATALOGUE) == set(ErrorCode)


def test_each_code_says_in_both_languages_what_to_do() -> None:
    for code, info in CATALOGUE.items():
        assert 400 <= info.status <= 599, code
        for text in (info.title, info.help_en, info.title_ru, info.help_ru):
            assert text.strip() == text != "", code
        assert re.search("[а-яё]", info.title_ru + info.help_ru), code
        assert not re.search("[а-яё]", (info.title + info.help_en).lower()), code


@pytest.mark.only_on("sqlite", why="pages come from no database")
def test_each_page_explains_its_code_with_an_example(service: Service) -> None:
    for code, info in CATALOGUE.items():
        page = service.client.get(f"/errors/{code.value}")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert f"HTTP {info.status}" in page.text
        assert '<section lang="ru">' in page.text
        assert '<section lang="en">' in page.text
        assert "<script" not in page.text
        found = re.search(r"\n\n(\{.*\})</code></pre>", page.text, re.DOTALL)
        assert found
        example = json.loads(found[1].replace("&quot;", '"').replace("&#x27;", "'"))
        assert (example["errorCode"], example["status"]) == (code.value, info.status)


@pytest.mark.only_on("sqlite", why="pages come from no database")
def test_pages_speak_the_readers_language(service: Service) -> None:
    russian = service.client.get("/errors/NOT_FOUND", headers={"Accept-Language": "ru,en;q=0.5"})
    assert '<html lang="ru">' in russian.text
    assert russian.text.index("Что делать") < russian.text.index("What to do")
    english = service.client.get("/errors/NOT_FOUND", headers={"Accept-Language": "en-GB"})
    assert english.text.index("What to do") < english.text.index("Что делать")
    index = service.client.get("/errors").text
    assert all(f"/errors/{code.value}" in index for code in ErrorCode)


@pytest.mark.only_on("sqlite", why="pages come from no database")
def test_unknown_code_has_a_page_for_people_and_a_problem_for_programs(service: Service) -> None:
    person = service.client.get("/errors/NO_SUCH", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (person.status_code, person.headers["content-type"]) == (404, "text/html; charset=utf-8")
    program = service.client.get("/errors/%3Cscript%3E")
    assert program.status_code == 404
    assert program.json()["errorCode"] == "NOT_FOUND"


@pytest.mark.only_on("sqlite", why="pages come from no database")
def test_changes_are_a_page_and_a_feed(service: Service) -> None:
    page = service.client.get("/changelog")
    assert page.status_code == 200
    feed = service.client.get("/changelog.rss")
    assert feed.headers["content-type"].startswith("application/rss+xml")
    channel = ET.fromstring(feed.text).find("channel")  # noqa: S314 - our own feed
    assert channel is not None
    items = channel.findall("item")
    changes = read_changes(ROOT / "resources" / "docs" / "integrator" / "changelog.md")
    assert len(items) == len(changes) >= 2
    days = []
    for item, change in zip(items, changes, strict=True):
        assert item.findtext("title") == change.title
        assert f'id="{change.anchor}"' in page.text
        assert (item.findtext("link") or "").endswith(f"/changelog#{change.anchor}")
        days.append(parsedate_to_datetime(item.findtext("pubDate") or ""))
        assert change.points
    assert days == sorted(days, reverse=True)
    assert len({item.findtext("guid") for item in items}) == len(items)


def test_what_goes_away_says_so_in_headers_and_description() -> None:
    sunset = START.replace(year=2027, month=12)
    gone = Deprecations([Deprecation("GET", "/api/v1/old/{id}", START, sunset)])
    assert dict(gone.headers("GET", "/api/v1/old/{id}")) == {
        b"deprecation": f"@{int(START.timestamp())}".encode(),
        b"sunset": b"Mon, 20 Dec 2027 09:00:00 GMT",
        b"link": b'</changelog>; rel="deprecation"',
    }
    assert gone.headers("POST", "/api/v1/old/{id}") == ()
    description: dict[str, Any] = {"paths": {"/api/v1/old/{id}": {"get": {}, "post": {}}}}
    gone.mark(description)
    assert description["paths"]["/api/v1/old/{id}"] == {"get": {"deprecated": True}, "post": {}}
    with pytest.raises(AssertionError, match="too soon"):
        Deprecations([Deprecation("GET", "/x", START, START)])


@pytest.mark.only_on("sqlite", why="the table decides, not the database")
def test_answers_of_what_goes_away_carry_the_headers(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Deprecations([Deprecation("GET", "/api/v1/pos/ping", START, START.replace(year=2028))])
    said = gone.headers
    monkeypatch.setattr(Deprecations, "headers", lambda _self, *place: said(*place))
    answer = service.pos("ping")
    assert answer.headers["deprecation"].startswith("@")
    assert "sunset" in answer.headers
    assert "deprecation" not in service.pos("menu").headers
