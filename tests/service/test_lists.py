"""A3: lists take paging, sorting, filters, ranges, search and fields; what is unknown is refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from app.contracts.guests import GuestView
from app.service.guests.models import guests
from app.service.kit import lists
from app.service.kit.fields import field_paths, pick, wanted_tree
from app.service.kit.signing import seal, sign, unseal
from app.service.loyalty.models import cards
from tests.service.harness import MARIA, START, Service

GUESTS = "/api/v1/guests"


def get(service: Service, path: str, **parameters: Any) -> Any:
    answer = service.client.get(
        path, params=parameters, headers={"X-API-Key": service.seeded["apiKey"]}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def pointer(service: Service, path: str, query: str) -> str:
    answer = service.client.get(f"{path}?{query}", headers={"X-API-Key": service.seeded["apiKey"]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errorCode"] == "VALIDATION_ERROR"
    return answer.json()["errors"][0]["pointer"]


def test_page_tells_where_it_lies(service: Service) -> None:
    page = get(service, GUESTS, limit=4, offset=4)
    assert len(page["data"]) == 4
    assert page["pagination"] == {
        "total": 10,
        "totalIsExact": True,
        "limit": 4,
        "offset": 4,
        "hasNext": True,
        "hasPrev": True,
        "nextOffset": 8,
        "prevOffset": 0,
    }
    assert page["meta"]["requestId"].startswith("req_")
    assert page["meta"]["responseTime"] >= 0
    last = get(service, GUESTS, limit=4, offset=8)["pagination"]
    assert (last["hasNext"], last["nextOffset"], last["prevOffset"]) == (False, None, 4)
    first = get(service, GUESTS)["pagination"]
    assert (first["limit"], first["hasNext"], first["hasPrev"]) == (50, False, False)
    assert (first["nextOffset"], first["prevOffset"]) == (None, None)
    beyond = get(service, GUESTS, offset=100)
    assert (beyond["data"], beyond["pagination"]["total"]) == ([], 10)


def totals(service: Service, **parameters: Any) -> tuple[int, bool, bool]:
    page = get(service, GUESTS, **parameters)["pagination"]
    return page["total"], page["totalIsExact"], page["hasNext"]


def test_large_lists_are_counted_so_far_and_say_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "TOTAL_MAX", 6)
    assert totals(service, limit=3) == (6, False, True)
    assert totals(service, limit=3, exactTotal="true") == (10, True, True)
    assert totals(service, limit=3, exactTotal="false") == (6, False, True)
    # Never less than what has been seen; the last page knows without counting.
    assert totals(service, limit=3, offset=6) == (10, False, True)
    assert totals(service, limit=3, offset=7) == (10, True, False)
    assert totals(service, limit=3, offset=9) == (10, True, False)
    assert totals(service, limit=3, offset=10) == (6, False, False)
    assert totals(service, limit=3, offset=10, exactTotal="true") == (10, True, False)
    # Filters of the guest and of the card are counted alike.
    assert totals(service, limit=3, sortBy="phone", minBalance="0") == (6, False, True)
    monkeypatch.setattr(lists, "TOTAL_MAX", 10)
    assert totals(service, limit=3) == (10, True, True)
    assert pointer(service, GUESTS, "exactTotal=perhaps") == "?exactTotal"
    assert pointer(service, "/api/v2/guests", "exactTotal=true") == "?exactTotal"


def test_fields_are_picked_by_dotted_paths(service: Service) -> None:
    page = get(service, GUESTS, fields="id,card.totalBalance,,card.lastVisitAt", search="482913")
    assert page["data"] == [{"id": page["data"][0]["id"], "card": {"totalBalance": 840}}]
    whole = get(service, GUESTS, fields="card,card.totalBalance", search="482913")["data"][0]
    assert whole["card"]["id"] == MARIA
    assert set(whole) == {"card"}
    assert "birthDate" not in get(service, GUESTS, search="482913")["data"][0]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=ten", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("limit=%D9%A1", "?limit"),
        ("offset=-1", "?offset"),
        ("offset=99999999999999999999", "?offset"),
        ("sortBy=nothing", "?sortBy"),
        ("sortBy=card.code6Digit", "?sortBy"),
        ("sortOrder=up", "?sortOrder"),
        ("fields=nothing", "?fields"),
        ("fields=card.nothing", "?fields"),
        ("fields=" + ",".join(["id"] * 101), "?fields"),
        ("colour=red", "?colour"),
        ("cursor=abc", "?cursor"),
        ("minBalance=1.001", "?minBalance"),
        ("minBalance=NaN", "?minBalance"),
        ("minBalance=1e5", "?minBalance"),
        ("maxBalance=99999999999999", "?maxBalance"),
        ("dateFrom=yesterday", "?dateFrom"),
        ("dateFrom=2026-11-20T10:00:00", "?dateFrom"),
        ("dateTo=9999-12-31", "?dateTo"),
        ("dateFrom=0001-01-01T00:00:00%2B03:00", "?dateFrom"),
        ("search=", "?search"),
        ("search=%00", "?"),
        ("search=a%01", "?search"),
        ("search=a%0Ab", "?search"),
        ("search=" + "x" * 201, "?search"),
        ("minVisits=1.5", "?minVisits"),
    ],
)
def test_wrong_parameters_are_refused_with_a_pointer(
    service: Service, query: str, place: str
) -> None:
    assert pointer(service, GUESTS, query) == place


def test_tenant_of_a_request_is_ignored(service: Service) -> None:
    assert get(service, GUESTS, tenantId="another")["pagination"]["total"] == 10


def test_ranges_and_sorting(service: Service) -> None:
    everybody = get(service, GUESTS, sortBy="card.totalBalance", sortOrder="desc")["data"]
    totals = [guest["card"]["totalBalance"] for guest in everybody]
    assert totals == sorted(totals, reverse=True)
    middle = totals[4]
    some = get(service, GUESTS, minBalance=middle, maxBalance=totals[1])
    assert {guest["card"]["totalBalance"] for guest in some["data"]} == {
        total for total in totals if middle <= total <= totals[1]
    }
    day = START.date().isoformat()
    assert get(service, GUESTS, dateFrom=day, dateTo=day)["pagination"]["total"] == 10
    assert get(service, GUESTS, dateFrom="2027-01-01")["pagination"]["total"] == 0
    moment = START.isoformat()  # its plus arrives as a space where nobody escapes it
    raw = service.client.get(
        f"{GUESTS}?dateTo={moment}", headers={"X-API-Key": service.seeded["apiKey"]}
    )
    assert raw.json()["pagination"]["total"] == 10


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+7 912 345-67-89", 1),
        ("89123456789", 1),
        ("6789", 1),
        ("3456789", 1),
        ("482913", 1),
        ("482 913", 1),
        ("мар", 1),
        ("МАРИЯ", 1),
        ("0000000", 0),
        ("100%", 0),
        ("_", 0),
    ],
)
def test_search_finds_by_phone_code_digits_and_name(
    service: Service, text: str, found: int
) -> None:
    cards_found = [guest["card"]["id"] for guest in get(service, GUESTS, search=text)["data"]]
    assert cards_found == [MARIA] * found


def _crowd(connection: Connection) -> None:
    """Add forty guests, all of one moment, so that only the id tells them apart."""
    tenant = connection.exec_driver_sql("SELECT id FROM tenants").scalar_one()
    for number in range(40):
        connection.execute(
            guests.insert().values(
                id=f"crowd-{number * 7 % 40:02d}",
                tenant_id=tenant,
                phone=f"7900000{number:04d}",
                first_name="Олег",
                created_at=START,
            )
        )
        connection.execute(
            cards.insert().values(
                id=f"crowd-card-{number:02d}",
                tenant_id=tenant,
                guest_id=f"crowd-{number * 7 % 40:02d}",
                code6=f"77{number:04d}",
                level_id="bronze",
                visit_count=0,
                entry_count=0,
                created_at=START,
                updated_at=START,
            )
        )


def walk(service: Service, limit: int, **more: Any) -> list[str]:
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = get(service, "/api/v2/guests", limit=limit, fields="id", **cursor, **more)
        seen += [guest["id"] for guest in page["data"]]
        assert len(page["data"]) <= limit
        if not page["pagination"]["hasNext"]:
            assert page["pagination"]["nextCursor"] is None
            return seen
        cursor = {"cursor": page["pagination"]["nextCursor"]}


@pytest.mark.parametrize("sort", ["createdAt", "firstName"])
def test_cursors_see_every_row_once_in_order(service: Service, sort: str) -> None:
    service.runtime.database.write(_crowd).result()
    by_offset = get(service, GUESTS, limit=100, sortBy=sort, sortOrder="asc", fields="id")["data"]
    expected = [guest["id"] for guest in by_offset]
    assert len(expected) == 50
    for limit in (1, 7, 25, 50, 100):
        assert walk(service, limit, sortBy=sort, sortOrder="asc") == expected
        assert walk(service, limit, sortBy=sort, sortOrder="desc") == expected[::-1]


def test_rows_added_meanwhile_neither_shift_nor_repeat_a_walk(service: Service) -> None:
    first = get(service, "/api/v2/guests", limit=5, fields="id", sortOrder="desc")
    service.clock.advance(START - START)
    service.ok("create-guest", {"phone": "+79990001122"})
    rest = get(
        service,
        "/api/v2/guests",
        limit=100,
        fields="id",
        sortOrder="desc",
        cursor=first["pagination"]["nextCursor"],
    )
    ids = [guest["id"] for guest in (*first["data"], *rest["data"])]
    assert len(ids) == len(set(ids)) == 10


def test_cursor_belongs_to_its_walk(service: Service) -> None:
    page = get(service, "/api/v2/guests", limit=1)
    cursor = page["pagination"]["nextCursor"]
    for query in (
        f"cursor={cursor}&sortBy=firstName",
        f"cursor={cursor}&sortOrder=asc",
        f"cursor={cursor}&search=6789",
        f"cursor={cursor[:-2]}AA",
        "cursor=",
        "cursor=%D0%B6",
        "cursor=" + "A" * 3000,
    ):
        assert pointer(service, "/api/v2/guests", query) == "?cursor"
    assert pointer(service, "/api/v2/transactions", f"cursor={cursor}") == "?cursor"
    assert pointer(service, "/api/v2/guests", "offset=5") == "?offset"
    assert get(service, "/api/v2/guests", limit=9, cursor=cursor)["data"]


def test_lists_need_a_key_with_the_scope(service: Service) -> None:
    assert service.client.get(f"{GUESTS}?colour=red").status_code == 401
    answer = service.client.get(GUESTS, headers={"X-API-Key": service.seeded["tillKey"]})
    assert answer.status_code == 403


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=10,
)
PATHS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join), max_size=4)


def _slow_pick(value: Any, paths: list[str]) -> Any:
    """Say the same as `pick` more simply: keep what some path leads to or through."""
    if isinstance(value, list):
        return [_slow_pick(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, inner in value.items():
        if name in paths:
            result[name] = inner
            continue
        below = [path.split(".", 1)[1] for path in paths if path.startswith(f"{name}.")]
        if below and (part := _slow_pick(inner, below)) != {}:
            result[name] = part
    return result


@settings(max_examples=300, deadline=None)
@given(value=JSON, paths=PATHS)
def test_picking_keeps_what_a_path_names(value: Any, paths: list[str]) -> None:
    assert pick(value, wanted_tree(paths)) == _slow_pick(value, paths)


def test_paths_of_a_message_are_its_wire_names() -> None:
    paths = field_paths(GuestView)
    assert {"id", "firstName", "card", "card.totalBalance", "card.lastVisitAt"} <= paths
    assert not any("_" in path for path in paths)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=50), key=st.binary(min_size=16, max_size=32), place=st.integers(0))
def test_sealed_words_come_back_and_changed_ones_do_not(text: str, key: bytes, place: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    word = seal(key, "cursor", text)
    assert unseal(key, "cursor", word) == text
    assert unseal(key, "other", word) is None
    assert unseal(key + b"x", "cursor", word) is None
    at = place % len(word)
    changed = word[:at] + ("A" if word[at] != "A" else "B") + word[at + 1 :]
    assert unseal(key, "cursor", changed) in (None, text)  # the last letter may have spare bits
    assert sign(key, "a", text) != sign(key, "b", text)


@settings(max_examples=200, deadline=None)
@given(word=st.text(max_size=60))
def test_no_text_upsets_unsealing(word: str) -> None:
    assert unseal(b"k" * 32, "cursor", word) is None
