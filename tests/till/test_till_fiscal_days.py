"""A paid sale has exactly one fiscal receipt, whatever dies and whatever breaks, in any order.

The process dies at every commit and at every answer of the register; days of random sales, refunds and
faults end with the register healed. Then the fiscal storage is compared with the till's own books.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st

from app.kernel.errors import AppError
from app.store.rows import FiscalState
from app.till.payment_states import Phase
from app.till.permissions import Action
from app.till.refund_plan import RefundBy, RefundWish
from tests.fakes.fuse import Crash, survived
from tests.till.bench import BORIS, CAKE, COFFEE, PINS, SOUP
from tests.till.fiscal_bench import FiscalBench

MakeFiscal = Callable[..., FiscalBench]
MOMENTS_MAX = 60
EXAMPLES = 10
#: A day takes a second: a failing one is told as it is, not made smaller.
PHASES = (Stage.explicit, Stage.reuse, Stage.generate)


def check(bench: FiscalBench) -> None:
    """Compare the fiscal storage with the sales and refunds of the till, and nothing may be open."""
    assert bench.tasks() == ()
    sales = bench.sales()
    with bench.store.reader() as db:
        refunds = [one for sale in sales for one in db.sales.list_refunds(sale.sale_id)]
        tasks = {sale.sale_id: db.fiscal.find_by_sale(sale.sale_id) for sale in sales}
    assert Counter(bench.sums(1)) == Counter(sale.due_minor for sale in sales)
    assert Counter(bench.sums(2)) == Counter(refund.amount_minor for refund in refunds)
    numbers = []
    for sale in sales:
        task = tasks[sale.sale_id]
        assert task is not None
        assert task.state is FiscalState.DONE
        assert task.document is not None
        numbers.append(task.document["number"])
    made = {document.number: int(document.total * 100) for document in bench.receipts()}
    assert len(set(numbers)) == len(numbers)  # no two sales share a document
    assert [made[number] for number in numbers] == [sale.due_minor for sale in sales]


# ------------------------------------------------------------------ dying
def day(bench: FiscalBench) -> None:
    """Sell twice, give one back, close."""
    till = bench.till
    if till.shift.current is None and not bench.sales():
        till.shift.open(1_000_00)
    for product in (COFFEE, CAKE)[len(bench.sales()) :]:
        if till.sale.state().cart.is_empty:
            till.sale.tap(product)
        till.checkout.pay_exact_cash()
        bench.work()
    sale = bench.sales()[0]
    if not till.refunds.look(sale.sale_id).refunds:
        approval = till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
        till.refunds.refund(RefundWish(sale.sale_id, "остыл", by=RefundBy.CASH), approval)
    bench.work()
    if till.shift.current is not None:
        till.shift.close(1_000_00)
    bench.work()


def begin(bench: FiscalBench) -> None:
    bench.sign_in()
    bench.fuse.count, bench.fuse.places = 0, []


def test_a_receipt_is_made_once_whatever_step_the_process_dies_at(
    make_fiscal: MakeFiscal,
) -> None:
    whole = make_fiscal()
    begin(whole)
    day(whole)
    moments = list(whole.fuse.places)
    check(whole)
    assert moments.count("after receipt") == 3
    assert len(moments) < MOMENTS_MAX

    for moment in range(1, len(moments) + 1):
        bench = make_fiscal()
        begin(bench)
        bench.fuse.burn_at = moment
        with survived():
            day(bench)
        bench.restart()
        bench.sign_in()
        day(bench)
        check(bench)
        kinds = [document.kind for document in bench.machine.documents]
        assert kinds == ["openShift", "sell", "sell", "sellReturn", "closeShift"], moments[
            moment - 1
        ]
        bench.close()


def by_card(bench: FiscalBench) -> None:
    """Sell for a card; after a restart go on from what is there."""
    till = bench.till
    state = till.checkout.state()
    if state.phase is Phase.UNKNOWN:
        state = till.checkout.resolve_payment()
    if not bench.sales():
        if state.order.cart.is_empty:
            till.sale.tap(COFFEE)
        till.checkout.pay_card()
    bench.work()


def test_a_card_that_was_charged_before_a_crash_has_its_receipt_once(
    make_fiscal: MakeFiscal,
) -> None:
    whole = make_fiscal()
    whole.ready()
    begin(whole)
    by_card(whole)
    moments = list(whole.fuse.places)
    assert "terminal booked" in moments

    for moment in range(1, len(moments) + 1):
        bench = make_fiscal()
        bench.ready()
        begin(bench)
        bench.fuse.burn_at = moment
        with survived():
            by_card(bench)
        bench.restart()
        bench.sign_in()
        by_card(bench)
        assert bench.terminal.total_minor == 200_00, moments[moment - 1]
        check(bench)
        assert int(bench.machine.sell.payments["electronically"]) == 200
        bench.close()


# ------------------------------------------------------------------ random days
FAULTS = (
    "link-before", "link-after", "fn-before", "fn-after", "paper-before", "paper-after", "answer-lost",
    "server-error", "garbage", "error 68", "drop 40", "no-paper", "cover-open", "unlinked",
    "shift-expired",
)  # fmt: skip


ACTS = (
    ["sell"] * 6 + ["break"] * 4 + ["work"] * 4 + ["heal"] * 2 + ["refund", "die", "cash", "renew"]
)


def act(bench: FiscalBench, what: str, luck: int) -> None:
    """Do one thing of a day: sell, give back, break, mend, die, wait, renew."""
    till = bench.till
    if what == "sell":
        for number in range(1 + luck % 3):
            till.sale.tap((COFFEE, CAKE, SOUP)[(luck + number) % 3])
        till.checkout.pay_exact_cash()
    elif what == "break":
        bench.simulator.misbehave(FAULTS[luck % len(FAULTS)])
    elif what == "work":
        till.fiscal.run_once()
        bench.clock.advance(timedelta(seconds=(1, 5, 40)[luck % 3]))
    elif what == "heal":
        bench.heal()
    elif what == "refund":
        give_back(bench, luck)
    else:
        other = {"cash": cash, "renew": renew, "die": die}
        other[what](bench)


def give_back(bench: FiscalBench, luck: int) -> None:
    till, sales = bench.till, bench.sales()
    if sales:
        approval = till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
        some = (None, 10_00)[luck % 2]
        sale = sales[luck % len(sales)]
        wish = RefundWish(sale.sale_id, "остыл", amount_minor=some, by=RefundBy.CASH)
        till.refunds.refund(wish, approval)


def cash(bench: FiscalBench) -> None:
    bench.till.shift.cash_in(10_00, "размен")


def renew(bench: FiscalBench) -> None:
    bench.till.fiscal.renew_shift()


def die(bench: FiscalBench) -> None:
    bench.restart()
    bench.sign_in()


def settle(bench: FiscalBench) -> None:
    """End the day: mend everything, close the shift if it is old, retry what failed."""
    bench.heal()
    bench.simulator.cut_after_bytes = None
    till = bench.till
    for _ in range(10):
        bench.work()
        if not bench.tasks():
            return
        if bench.machine.shift == "expired":
            till.fiscal.renew_shift()
        for task in bench.tasks():
            till.fiscal.retry(task.task_id)


@settings(
    max_examples=EXAMPLES,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 99)), min_size=25, max_size=60)
)
def test_any_day_ends_with_one_receipt_for_each_sale(
    make_fiscal: MakeFiscal, acts: list[tuple[str, int]]
) -> None:
    bench = make_fiscal()
    bench.ready(cash=10_000_00)
    bench.machine.drawer += 10_000
    for what, luck in acts:
        with suppress(AppError):  # a rule forbids it now, and says so
            act(bench, what, luck)
    settle(bench)
    check(bench)
    bench.close()


def test_the_fuse_is_a_death_that_nothing_holds(make_fiscal: MakeFiscal) -> None:
    """The worker must not take the death of the process for a fault of a document."""
    bench = make_fiscal()
    bench.ready()
    bench.fuse.burn_at = bench.fuse.count + 1
    with pytest.raises(Crash):
        bench.till.shift.cash_in(10_00, "размен")
