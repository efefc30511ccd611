"""Data of a guest that comes from the cache says how old it is (O6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.ui.guest.phone_page import PhoneView
from app.ui.guest.search_presenter import SearchPresenter
from app.ui.guest.state import GuestRow, PhonePage
from app.ui.ops import Ops
from app.ui.text import set_language
from tests.fakes.stage import FakeStage
from tests.till.bench import Bench, guest

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
ROW = GuestRow("1", "Мария К.", "Золото", "79123456789", 990_00)


def shown(age: timedelta | None) -> str:
    view = PhoneView()
    view.render(PhonePage("9123", (replace(ROW, age=age),), NOW))
    return view.results[0].accessibleName()


@pytest.mark.parametrize(
    ("age", "russian", "english"),
    [
        (timedelta(minutes=12), "данные 12 мин назад", "data from 12 min ago"),
        (timedelta(hours=23, minutes=59), "данные 23 ч назад", "data from 23 h ago"),
        (timedelta(days=1), "данные 1 день назад", "data from 1 day ago"),
        (timedelta(days=3), "данные 3 дня назад", "data from 3 days ago"),
    ],
)
def test_age_is_said_in_its_largest_unit(age: timedelta, russian: str, english: str) -> None:
    assert russian in shown(age)
    set_language("en")
    assert english in shown(age)


@pytest.mark.parametrize("age", [None, timedelta(seconds=59)])
def test_fresh_data_has_no_age(age: timedelta | None) -> None:
    assert "данные" not in shown(age)


def test_guest_of_the_cache_brings_his_age(tmp_path: Path, ops: Ops) -> None:
    bench = Bench(tmp_path)
    till = bench.ready()
    card = replace(guest(), updated_at=bench.clock.now() - timedelta(minutes=12))
    with bench.store.unit() as uow:
        uow.guests.put([card], bench.clock.now())
        uow.commit()
    bench.online = False
    search = SearchPresenter(FakeStage().tools(ops, till.session, bench.clock), till)
    search.on_enter()
    for key in card.phone[1:6]:
        search.on_key(key)
    assert ops.wait_idle(60)
    page = search.state.page
    assert isinstance(page, PhonePage)
    assert [row.age for row in page.rows] == [timedelta(minutes=12)]
    bench.close()
