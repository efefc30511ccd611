"""L17: a guest's code as JSON and picture, and the page that shows it on a phone."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image

from app.contracts.guest_qr import VALID_FOR
from app.service.guest_pages.endpoints import preferred_form
from app.service.guest_pages.texts import TEXTS, pick_language
from app.service.guests.models import guests
from tests.service.harness import MARIA, Service

GUEST = "gst-01"
QR = f"/api/v1/guests/{GUEST}/qr"
LINK = f"/api/v1/guests/{GUEST}/qr-link"


def api(service: Service, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"X-API-Key": service.seeded["apiKey"], **more.pop("headers", {})}
    return service.client.request(method, path, headers=headers, **more)


def link(service: Service, **body: Any) -> dict[str, Any]:
    answer = api(service, "POST", LINK, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(service: Service, address: str, language: str = "ru") -> httpx.Response:
    return service.client.get(address, headers={"Accept-Language": language})


def code_in(picture: bytes) -> str:
    """Read a QR as a scanner does."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    return found.text


def drawn(svg: str) -> bytes:
    """Draw the squares of our SVG: runs of modules as segno writes them."""
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])  # type: ignore[index] # our own SVG has it
    path = re.search(r'stroke="#000" d="([^"]+)"', svg)[1]  # type: ignore[index] # our own SVG has it
    image = Image.new("L", (size, size), 255)
    x, y = 0.0, 0.0
    for kind, said in re.findall(r"([MmhH])([^MmhH]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", said)]
        if kind == "M":
            x, y = numbers
        elif kind == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            for step in range(int(numbers[0])):
                image.putpixel((int(x) + step, int(y)), 0)
            x += numbers[0]
    out = BytesIO()
    image.resize((size * 8, size * 8), Image.Resampling.NEAREST).save(out, "png")
    return out.getvalue()


def test_a_code_comes_as_json_or_as_a_picture(service: Service) -> None:
    told = api(service, "GET", QR).json()
    assert (told["cardId"], told["type"]) == (MARIA, "card")
    png = api(service, "GET", QR, headers={"Accept": "image/png"})
    svg = api(service, "GET", QR, headers={"Accept": "image/svg+xml, image/*;q=0.5"})
    for answer, kind in ((png, "image/png"), (svg, "image/svg+xml")):
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Accept"
        assert answer.headers["x-expires-at"] == told["expiresAt"]
    for picture in (png.content, drawn(svg.text)):
        found = service.ok("search-guest", {"qr": code_in(picture)})
        assert found["guest"]["cardId"] == MARIA


@pytest.mark.parametrize(
    ("accepted", "form"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("image/*", "image/svg+xml"),
        ("image/png", "image/png"),
        ("image/avif,image/webp,image/svg+xml;q=0.8,image/png;q=0.9", "image/png"),
        ("application/json;q=0.1, image/svg+xml;q=0.2", "image/svg+xml"),
        ("image/png;q=0", "application/json"),
        ("image/png;q=nan, ;;q, text/html", "application/json"),
    ],
)
def test_the_form_is_what_accept_likes_best(accepted: str, form: str) -> None:
    assert preferred_form(accepted) == form


def test_the_page_shows_card_and_code_before_any_script(service: Service) -> None:
    shown = page(service, link(service)["url"])
    assert shown.status_code == 200
    guest = service.guest()
    for text in (guest["name"], guest["levelName"], "840", "482\u202f913", ">5:00<"):
        assert text in shown.text
    svg = re.search(r"<svg.*?</svg>", shown.text, re.DOTALL)
    assert svg is not None
    found = service.ok("search-guest", {"qr": code_in(drawn(svg[0]))})
    assert found["guest"]["cardId"] == MARIA


def test_the_page_loads_nothing_from_elsewhere(service: Service) -> None:
    shown = page(service, link(service)["url"])
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["cache-control"] == "no-store"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', shown.text)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", shown.text)
    for name in re.findall(r'(?:src|href)="(assets/[^"]+)"', shown.text):
        got = service.client.get(f"/guest/{name}")
        assert got.status_code == 200
        assert "immutable" in got.headers["cache-control"]
        assert "http" not in got.text
    assert len(shown.content) < 15_000
    assert service.client.get("/guest/assets/page.html").status_code == 404


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_speaks_the_phones_language(service: Service, language: str) -> None:
    shown = page(service, link(service)["url"], f"{language}-XX,fr;q=0.9")
    assert f'<html lang="{language}">' in shown.text
    assert shown.headers["content-language"] == language
    for word in ("hint", "points", "code_label", "valid", "refresh"):
        assert f">{TEXTS[language][word]}<" in shown.text
    assert "$" not in shown.text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ru"),
        ("de", "ru"),
        ("en", "en"),
        ("EN-us;q=0.8, ru;q=0.7", "en"),
        ("ru;q=0.7,en;q=0.6", "ru"),
        ("en;q=junk", "ru"),
        ("fr, en;q=0.1", "en"),
    ],
)
def test_the_language_is_what_the_phone_likes_best(accepted: str, language: str) -> None:
    assert pick_language(accepted) == language


def test_both_languages_have_all_words() -> None:
    assert TEXTS["ru"].keys() == TEXTS["en"].keys()


def test_the_page_renews_its_code(service: Service) -> None:
    address = link(service)["url"]
    first, second = (page(service, f"{address}/card").json() for _ in range(2))
    assert first["svg"] != second["svg"]
    assert first["validMs"] == VALID_FOR.total_seconds() * 1000
    assert (first["balance"], first["code"]) == ("840", "482913")
    service.clock.advance(timedelta(milliseconds=400))
    assert page(service, f"{address}/card").json()["validMs"] == 299_600


def test_a_name_is_only_text(service: Service) -> None:
    name = "<script>alert(1)</script>&\"'"
    rename = sa.update(guests).where(guests.c.id == GUEST).values(first_name=name)
    service.runtime.database.write(lambda connection: connection.execute(rename)).result()
    shown = page(service, link(service)["url"])
    assert "<script>alert" not in shown.text
    assert "&lt;script&gt;alert(1)" in shown.text


def test_a_link_is_told_once_and_kept_nowhere(service: Service) -> None:
    headers = {"Idempotency-Key": "l1"}
    first = api(service, "POST", LINK, json={}, headers=headers).json()
    again = api(service, "POST", LINK, json={}, headers=headers).json()
    assert again["url"] == first["url"] == f"http://testserver/guest/{first['token']}"
    assert again["alreadyProcessed"] is True
    for table in ("guest_page_links", "idempotency_keys", "audit_log"):
        assert first["token"] not in str(service.rows(f"SELECT * FROM {table}"))  # noqa: S608 - our tables


def test_links_are_revoked_one_by_one_or_all(service: Service) -> None:
    one, two, three = (link(service) for _ in range(3))
    stopped = api(service, "DELETE", f"{LINK}/{one['link']['id']}").json()
    assert stopped["revoked"] == 1
    assert page(service, one["url"]).status_code == 404
    assert page(service, f"{one['url']}/card").json()["errorCode"] == "NOT_FOUND"
    assert page(service, two["url"]).status_code == 200
    assert api(service, "DELETE", LINK).json()["revoked"] == 2
    for gone in (two, three):
        shown = page(service, gone["url"])
        assert shown.status_code == 404
        assert TEXTS["ru"]["gone"] in shown.text
    assert api(service, "DELETE", f"{LINK}/none").status_code == 404


def test_a_link_ends_when_it_was_told_to(service: Service) -> None:
    made = link(service, validDays=2)
    assert made["link"]["expiresAt"] == "2026-11-22T09:01:00.000Z"
    service.clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert page(service, made["url"]).status_code == 200
    service.clock.advance(timedelta(seconds=1))
    assert page(service, made["url"]).status_code == 404
    assert api(service, "POST", LINK, json={"validDays": 0}).status_code == 422


def test_forged_tokens_open_nothing(service: Service) -> None:
    token = link(service)["token"]
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        spoilt = token[:place] + other + token[place + 1 :]
        assert page(service, f"/guest/{spoilt}").status_code == 404
    for strange in ("x", token[:-1], token + "A", "%00", "ю"):
        assert page(service, f"/guest/{strange}").status_code == 404


def test_only_who_may_change_guests_makes_links(service: Service) -> None:
    till = {"X-API-Key": service.seeded["tillKey"]}
    assert service.client.post(LINK, json={}, headers=till).status_code == 403
    assert service.client.post(LINK, json={}).status_code == 401
    nobody = api(service, "POST", "/api/v1/guests/nobody/qr-link", json={})
    assert nobody.json()["errorCode"] == "GUEST_NOT_FOUND"
