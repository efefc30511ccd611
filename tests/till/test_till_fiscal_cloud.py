"""A till whose receipts are made by a cloud: no shift, no drawer, paper from the till's own printer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.rows import FiscalState
from app.till import fiscal_texts, receipt_texts
from app.till.orders import OrdersWish
from app.till.permissions import Action
from app.till.queue_states import Choice
from app.till.refund_plan import RefundWish
from drivers.sim.atol_online import CloudFault
from tests.till.bench import BORIS, PINS
from tests.till.cloud_bench import CloudBench


@pytest.fixture
def cloudy(quick_folder: Path) -> Iterator[CloudBench]:
    made = CloudBench(quick_folder / "cloud")
    made.ready()
    yield made
    made.close()
    made.cloud.stop()


def test_a_sale_and_its_refund_are_made_by_the_cloud_and_printed_by_the_till(
    cloudy: CloudBench,
) -> None:
    task_id = cloudy.sell()
    assert cloudy.jobs() == ()
    cloudy.work()
    (job,) = cloudy.jobs()
    assert job.payload["document"]["fiscal"]["fd"] == cloudy.cloud.made[0].number

    task = cloudy.till.fiscal.task_of(cloudy.sales()[0].sale_id)
    assert task is not None
    assert (task.task_id, task.state) == (task_id, FiscalState.DONE)
    approval = cloudy.till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
    cloudy.till.refunds.refund(RefundWish(cloudy.sales()[0].sale_id, "остыл"), approval)
    cloudy.work()
    assert [made.operation for made in cloudy.cloud.made] == ["sell", "sell_refund"]
    assert [job.kind for job in cloudy.jobs()] == ["receipt", "refund"]


def test_a_cloud_is_asked_for_no_shift_and_no_cash(cloudy: CloudBench) -> None:
    cloudy.till.shift.cash_in(100_00, "размен")
    cloudy.till.shift.close(1_100_00)
    with cloudy.store.reader() as db:
        assert db.fiscal.list_open() == ()


def test_a_cloud_that_is_away_or_forgets_to_answer_makes_one_receipt_each(
    cloudy: CloudBench,
) -> None:
    cloudy.cloud.next(CloudFault.ANSWER_LOST)
    cloudy.sell()
    cloudy.work()
    cloudy.cloud.stop()
    cloudy.sell()
    cloudy.till.fiscal.run_once()
    task = cloudy.till.fiscal.task_of(cloudy.sales()[-1].sale_id)
    assert task is not None
    assert task.is_open
    cloudy.cloud.start()
    cloudy.work()

    assert len(cloudy.cloud.made) == 2
    with cloudy.store.reader() as db:
        assert db.fiscal.count_open() == 0


@pytest.fixture
def doubted(cloudy: CloudBench) -> CloudBench:
    cloudy.doubt()
    cloudy.sell()
    cloudy.till.fiscal.run_once()
    return cloudy


def test_a_refusal_that_leaves_an_earlier_request_open_is_told_as_such_everywhere(
    doubted: CloudBench,
) -> None:
    """S6, S11 and S8 say what is known and offer to ask, not to make a second receipt."""
    task = doubted.receipt()
    assert task.state is FiscalState.UNKNOWN

    failure = doubted.till.fiscal.failure(task)
    assert failure is not None
    assert failure.words == fiscal_texts.EARLIER_UNKNOWN
    assert "логин" in failure.advice.ru
    assert "login" in failure.advice.en
    assert [way.words for way in failure.ways] == [fiscal_texts.WAY_ASK, fiscal_texts.WAY_NEXT]

    (row,) = [one for one in doubted.till.queue.state().rows if one.is_fiscal]
    assert row.detail == fiscal_texts.EARLIER_UNKNOWN
    assert row.error is not None
    assert row.error.ru == f"{failure.words.ru}. {failure.advice.ru}"
    assert (row.again, row.status_words) == (receipt_texts.ROW_ASK, receipt_texts.STATE_ASKS)
    assert [(one.choice, one.words) for one in row.choices] == [
        (Choice.RETRY, receipt_texts.CHOICE_ASK)
    ]

    (order,) = doubted.till.orders.find(OrdersWish()).rows
    assert order.trouble == fiscal_texts.EARLIER_UNKNOWN
    assert (order.again, order.advice) == (receipt_texts.ROW_ASK, failure.advice)


def test_a_refund_whose_request_was_refused_says_so_on_its_screen(cloudy: CloudBench) -> None:
    cloudy.sell()
    cloudy.work()
    cloudy.doubt()
    approval = cloudy.till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
    wish = RefundWish(cloudy.sales()[0].sale_id, "остыл")
    refund = cloudy.till.refunds.refund(wish, approval).refund
    assert refund is not None
    cloudy.till.fiscal.run_once()

    step = cloudy.till.register.refund_receipt(refund)

    assert step is not None
    assert fiscal_texts.EARLIER_UNKNOWN.ru in step.words.ru


def test_what_was_doubted_is_made_once_as_soon_as_the_cloud_answers(doubted: CloudBench) -> None:
    doubted.work()
    assert doubted.receipt().state is FiscalState.UNKNOWN
    doubted.cloud.always(None)

    doubted.till.fiscal.retry(doubted.receipt().task_id)
    doubted.work()

    assert doubted.receipt().state is FiscalState.DONE
    assert len(doubted.cloud.made) == 1
