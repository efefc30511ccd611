"""What is served as documentation is whole, true, and comes from nowhere else."""

import hashlib
import json
import re
from functools import cache
from typing import Any

import pytest

from app.contracts.errors import CATALOGUE, PROBLEM_MEDIA_TYPE, ErrorCode
from app.contracts.webhook_events import EVENT_TYPES
from app.kernel.resources import resource_path, resources_root
from app.service.docs.assets import ASSETS
from app.service.docs.completing import facts
from app.service.docs.guides import CHAPTERS, guide_names, guide_path, has_russian
from app.service.docs.markdown import render
from app.service.docs.snapshot import snapshots
from app.service.http.app import create_app
from app.service.http.runtime import Runtime
from app.service.settings import ServiceSettings
from tests.service.harness import Service

pytestmark = pytest.mark.only_on("sqlite", why="pages come from no database")
# Not of one call: the wrong method is answered where there is no call.
OF_NO_CALL = {"METHOD_NOT_ALLOWED"}
PAGES = ["/docs", "/docs/guides", "/docs/events", *(f"/docs/guides/{n}" for n in guide_names())]
OPEN = {"anyone", "signature", "link", "operator"}


@cache
def described() -> dict[str, Any]:
    app = create_app(ServiceSettings("sqlite://", runs_jobs=False, logs_requests=False))
    return app.openapi()


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in described()["paths"].items()
        for method, operation in item.items()
    }


def test_committed_description_and_collection_are_those_of_the_code() -> None:
    for place, text in snapshots().items():
        assert resources_root().joinpath(*place).read_text("utf-8") == text, (
            "run: python -m app.service.docs.snapshot"
        )


def test_messages_have_names_that_programs_can_use() -> None:
    """Two messages of one name in two modules would be told apart by the paths of our modules."""
    schemas = described()["components"]["schemas"]
    assert {name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)} == set()
    assert {name: schema.get("title", name) for name, schema in schemas.items()} == {
        name: name for name in schemas
    }
    assert "app__" not in json.dumps(described())


def test_every_call_has_its_line_and_the_reverse() -> None:
    assert set(facts()) == set(operations())


def test_every_call_says_what_it_does_and_who_may() -> None:
    tags = {tag["name"] for tag in described()["tags"]}
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    for where, operation in operations().items():
        assert set(operation["tags"]) <= tags, where
        assert operation["summary"][:1].isupper(), where
        assert "**Who may call:**" in operation["description"], where
        if "requestBody" in operation and "application/json" in operation["requestBody"]["content"]:
            content = operation["requestBody"]["content"]["application/json"]
            assert "examples" in content or where in NO_EXAMPLE, where


NO_EXAMPLE = {
    f"POST /api/v1/{cards}/holds/{{subject}}/{act}"
    for cards in ("gift-cards", "pos/finance/giftcards")
    for act in ("capture", "cancel")
}


def test_who_may_call_is_who_is_let_in(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, set[str]] = {}
    work = Runtime.work

    def watched(self: Runtime, connection: Any, shown: Any, access: Any, *more: Any) -> Any:
        request = more[0] if more else None
        if request is not None:
            route = f"{request.method} {request.scope['route'].path}"
            told = {"key" if kind == "api" else kind for kind in access.kinds}
            told |= {f"key {scope}" for scope in access.scopes}
            told |= {f"staff {permission}" for permission in access.permissions}
            told |= {"staff"} if access.any_staff else set()
            told |= {"step-up"} if access.needs_step_up else set()
            seen[route] = told
        return work(self, connection, shown, access, *more)

    monkeypatch.setattr(Runtime, "work", watched)
    headers = {"X-API-Key": service.seeded["tillKey"]}
    for where in operations():
        method, _, path = where.partition(" ")
        body = None if method == "GET" else {"nothing": 1}
        service.client.request(method, re.sub(r"\{.*?\}", "x", path), headers=headers, json=body)
    assert len(seen) > 150
    wrong = {
        where: (sorted(who), facts()[where]["who"])
        for where, who in seen.items()
        if where in facts() and who != set(facts()[where]["who"]) - OPEN
    }
    assert not wrong
    # Heartbeats are gathered, and each is checked by its own key.
    unseen = {where for where in facts() if where not in seen and not where.endswith("/heartbeat")}
    assert {where for where in unseen if not set(facts()[where]["who"]) & OPEN} == set()


def test_every_code_is_told_at_a_call_and_the_reverse() -> None:
    told: set[str] = set()
    shared = described()["components"]["responses"]
    for operation in operations().values():
        for status, response in operation["responses"].items():
            given = shared[response["$ref"].rsplit("/", 1)[1]] if "$ref" in response else response
            examples = given.get("content", {}).get(PROBLEM_MEDIA_TYPE, {}).get("examples", {})
            for code in examples:
                assert str(CATALOGUE[ErrorCode(code)].status) == status
            told |= set(examples)
    inside = {code for known in facts().values() for code in known.get("inside", ())}
    assert told | inside | OF_NO_CALL == {code.value for code in ErrorCode}
    assert set(described()["components"]["examples"]) == {code.value for code in ErrorCode}


def test_every_event_is_described_and_shown_and_the_reverse(service: Service) -> None:
    assert set(described()["webhooks"]) == set(EVENT_TYPES)
    page = service.client.get("/docs/events").text
    assert set(re.findall(r'<h2 id="[^"]*">([a-z.]+)</h2>', page)) == set(EVENT_TYPES)
    named = set(re.findall(r"#/components/schemas/[\w.]+", json.dumps(described())))
    known = {f"#/components/schemas/{name}" for name in described()["components"]["schemas"]}
    assert named <= known


def test_codes_that_guides_name_exist() -> None:
    for name in guide_names():
        text = guide_path(name).read_text("utf-8")
        named = set(re.findall(r"/errors/([A-Z_]+)", text))
        named |= set(re.findall(r'"errorCode": "([A-Z_]+)"', text))
        assert named <= {code.value for code in ErrorCode}, name


@pytest.mark.parametrize("page", PAGES)
def test_links_of_pages_lead_somewhere(service: Service, page: str) -> None:
    answer = service.client.get(page)
    assert answer.status_code == 200
    for target in set(re.findall(r'(?:href|src)="([^"]+)"', answer.text)):
        if target.startswith("https://"):
            continue
        url = answer.url.join(target.replace("&amp;", "&"))
        found = service.client.get(str(url.copy_with(fragment=None)))
        assert found.status_code == 200, f"{page}: {target}"
        if url.fragment:
            assert f'id="{url.fragment}"' in found.text, f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_pages_load_nothing_from_elsewhere(service: Service, page: str) -> None:
    answer = service.client.get(page)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|unsafe|\*", policy)
    assert not re.search(r'(?:src|<link[^>]*href)="(?:https?:)?//', answer.text)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)


def test_assets_are_the_pinned_files(service: Service) -> None:
    table = (resource_path("web", "explorer", "README.md")).read_text("utf-8")
    pinned = dict(re.findall(r"\| `([\w.-]+)` \| `([0-9a-f]{64})` \|", table))
    assert {"swagger-ui-bundle.js", "LICENSE", "NOTICE"} <= set(pinned)
    for name, digest in pinned.items():
        content = resource_path("web", "explorer", name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, name
    for name in ASSETS:
        answer = service.client.get(f"/docs/assets/{name}")
        assert answer.status_code == 200
        assert answer.content
    assert service.client.get("/docs/assets/explorer.html").status_code == 404
    assert service.client.get("/docs/guides/nothing").status_code == 404


def test_every_file_of_the_guides_is_a_guide() -> None:
    files = {path.stem for path in resource_path("docs", "integrator").glob("*.md")}
    assert files - {"changelog"} == set(guide_names())
    points_of_sale = next(c for c in CHAPTERS if "pos-iiko" in c.guides)
    assert all(has_russian(name) for name in points_of_sale.guides)


def test_both_languages_run_the_same_examples() -> None:
    for name in guide_names():
        if has_russian(name):
            english, russian = (
                re.findall(r"^```(\S+)", guide_path(one).read_text("utf-8"), re.MULTILINE)
                for one in (name, f"{name}.ru")
            )
            assert english == russian, name


@pytest.mark.parametrize("name", guide_names())
def test_guides_are_rendered_as_a_full_library_does(name: str) -> None:
    library = pytest.importorskip("markdown_it")
    source = guide_path(name).read_text("utf-8")
    expected = library.MarkdownIt("commonmark").enable("table").render(source)
    expected = re.sub(r'href="([a-z0-9.-]+)\.md', r'href="\1', expected)
    ours = re.sub(r' id="[^"]*"', "", render(source)).replace("&#x27;", "'")
    assert ours == expected


def test_nothing_of_a_source_reaches_the_page_unescaped() -> None:
    html = render('# <b>\n\n<script>`<i>`\n\n| <u> |\n| --- |\n| "x" |\n\n```js"><img>\n<a>\n```\n')
    assert not re.search(r"<(?:b|script|i|u|img|a)>", html)
    assert 'js"' not in html


def test_collection_has_every_call() -> None:
    collection = json.loads(
        resource_path("docs", "integrator", "postman_collection.json").read_bytes()
    )
    requests = [item for folder in collection["item"] for item in folder["item"]]
    assert len(requests) == len(operations())
    assert all(item["request"]["url"]["raw"].startswith("{{baseUrl}}/") for item in requests)
    assert {v["key"] for v in collection["variable"]} >= {"baseUrl", "apiKey", "tillKey"}
