"""Two tills of one company, one service: what both want at once only one gets (L4)."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from app.demo.stage import Stage
from app.kernel.errors import AppError
from app.service import commands
from tests.flow.open_tills import OpenTill, Tills

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FYODOR = ("9000009905", "card-gst-10")  # few points, so that both tills want all of them


@pytest.fixture
def pair(tills: Tills, stage: Stage) -> tuple[OpenTill, OpenTill]:
    """Two tills, each with a key and an order of its own for the same guest."""
    keys = commands.seed(f"sqlite:///{stage.service_database}")["tillKeys"]
    first, second = (tills.open(f"till-{number}", api_key=keys[number]) for number in range(2))
    for opened in (first, second):
        till = opened.ready()
        till.sale.tap(opened.product(300_00).product_id, 4_000)
        till.guests.bind(till.guests.search_phone(FYODOR[0]).hits[0].card)
    return first, second


def owned(stage: Stage) -> int:
    with closing(sqlite3.connect(stage.service_database)) as db:
        sql = "SELECT regular_minor + promo_minor + reserved_minor FROM cards WHERE id = ?"
        return int(db.execute(sql, [FYODOR[1]]).fetchone()[0])


def at_once(*calls: Callable[[], object]) -> list[AppError | None]:
    """Make calls at the same moment, each on a thread; return what each was refused with."""
    start = threading.Barrier(len(calls))
    answers: list[AppError | None] = [None] * len(calls)

    def make(place: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except AppError as error:
            answers[place] = error

    threads = [threading.Thread(target=make, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_same_points_are_redeemed_by_one_till_only(
    pair: tuple[OpenTill, OpenTill], stage: Stage
) -> None:
    before = owned(stage)
    most = [opened.till.guests.preview().max_spend_minor for opened in pair]
    assert most[0] == most[1] > before // 2

    refusals = at_once(
        lambda: pair[0].till.guests.redeem(most[0]), lambda: pair[1].till.guests.redeem(most[1])
    )

    (refused,) = [error for error in refusals if error is not None]
    assert refused.ru
    assert "баллов" in refused.ru or "карте" in refused.ru or "чек" in refused.ru, refused.ru
    loser = pair[refusals.index(refused)]
    assert loser.till.desk.state().order.spend_minor == 0
    assert len(loser.till.desk.order.cart.lines) == 1

    earned = 0
    for opened in pair:
        done = opened.till.checkout.pay_exact_cash().done
        assert done is not None
        earned += done.earned_minor
        opened.deliver()
    assert owned(stage) == before - most[0] + earned
    assert stage.audit()["ok"]


def test_one_phone_registered_by_both_at_once_is_one_guest(
    pair: tuple[OpenTill, OpenTill], stage: Stage
) -> None:
    cards: dict[int, str] = {}

    def register(place: int) -> None:
        cards[place] = pair[place].till.guests.register("9161234567").card.card_id

    refusals = at_once(lambda: register(0), lambda: register(1))

    assert refusals == [None, None]
    assert cards[0] == cards[1]
    for opened in pair:
        opened.till.sale.cancel("the test is over")
    assert stage.audit()["ok"]
