"""Money paid by phone goes back by the bank: once, as much as was meant, found again after a loss."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.sale import Sale
from app.domain.tender import TenderKind
from app.till.payment_states import WayOut
from app.till.refund_plan import RefundBy, RefundWish
from app.till.refunds import RefundPhase, RefundResult
from app.till.till import Till
from drivers.sim.sbp import Fault
from tests.till.bench import BORIS, CAKE, COFFEE, PINS
from tests.till.phone_bench import PhoneBench


@pytest.fixture
def bench(quick_folder: Path) -> Iterator[PhoneBench]:
    made = PhoneBench(quick_folder / "till")
    made.ready()
    made.sign_in(BORIS)
    yield made
    made.close()


@pytest.fixture
def till(bench: PhoneBench) -> Till:
    return bench.till


def _sold(bench: PhoneBench) -> Sale:
    """Sell for 533,33: 200 by phone, 133,33 by card, 200 by phone again."""
    till = bench.till
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.checkout.start_sbp(200_00)
    bench.guest_pays()
    till.checkout.pay_card(133_33)
    till.checkout.start_sbp()
    bench.guest_pays()
    (sale,) = bench.sales()
    return sale


def _wish(sale: Sale, amount_minor: int | None = None) -> RefundWish:
    return RefundWish(sale.sale_id, "гость передумал", amount_minor=amount_minor)


def _words(result: RefundResult) -> str:
    assert result.failure is not None
    return result.failure.words.ru


def test_all_of_it_goes_back_the_ways_it_came(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)

    result = till.refunds.refund(_wish(sale))

    assert result.phase is RefundPhase.DONE
    assert result.refund is not None
    assert [(t.kind, t.amount_minor) for t in result.refund.tenders] == [
        (TenderKind.SBP, 200_00),
        (TenderKind.CARD, 133_33),
        (TenderKind.SBP, 200_00),
    ]
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 0
    assert bench.terminal.total_minor == 0
    assert till.refunds.look(sale.sale_id).rest_minor == 0


def test_parts_of_it_go_back_code_by_code(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)

    till.refunds.refund(_wish(sale, 50_00))
    till.refunds.refund(_wish(sale, 170_00))

    assert [item.amount_minor for item in bench.bank.bank.refunds.values()] == [50_00, 150_00]
    assert bench.terminal.total_minor == 113_33
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 200_00
    rests = [rest for _tender, rest in till.refunds.look(sale.sale_id).cards()]
    assert rests == [0, 113_33, 200_00]


def test_cash_for_a_payment_by_phone_takes_a_right(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)
    plan = till.refunds.rehearse(replace(_wish(sale), by=RefundBy.CASH))
    assert plan.needs_cash_right
    assert till.refunds.refund(replace(_wish(sale), by=RefundBy.CASH)).cash_minor == 533_33
    assert bench.bank.bank.refunds == {}


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "error-500-after", "cut-midway"])
@pytest.mark.parametrize("dies", [False, True])
def test_a_lost_answer_gives_the_money_once(
    bench: PhoneBench, till: Till, fault: str, dies: bool
) -> None:
    sale = _sold(bench)
    bench.bank.always(Fault(fault, path="/refund"))
    result = till.refunds.refund(_wish(sale))
    assert result.phase is RefundPhase.UNKNOWN
    assert _words(result) == "Банк не ответил. Возврат ждёт проверки"
    assert result.failure is not None
    assert [way.way for way in result.failure.ways] == [WayOut.CHECK, WayOut.NOT_PAID]
    if dies:
        assert bench.restart().is_refund_open
        bench.till.session.sign_in(BORIS, PINS[BORIS])
    bench.bank.always(None)

    result = bench.till.refunds.resolve()

    assert result.phase is RefundPhase.DONE
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 0
    assert len(bench.bank.bank.refunds) == 2
    assert bench.terminal.total_minor == 0


def test_a_refusal_after_a_part_enters_what_went_back(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)
    bench.bank.bank.codes[sale.tenders[2].receipt_no].state = "CANCELLED"  # refused by the bank

    result = till.refunds.refund(_wish(sale))

    assert result.phase is RefundPhase.FAILED
    assert _words(result) == "Банк не вернул деньги. Вернуть наличными разрешит старший"
    assert result.refund is not None
    assert [t.amount_minor for t in result.refund.tenders] == [200_00, 133_33]
    assert till.refunds.look(sale.sale_id).rest_minor == 200_00


def test_a_senior_may_decide_that_nothing_went_back(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)
    bench.bank.always(Fault("lost-before", path="/refund"))
    till.refunds.refund(_wish(sale))

    result = till.refunds.confirm_not_made()

    assert result.phase is RefundPhase.FAILED
    assert till.refunds.pending() is None


def test_without_the_bank_the_refund_is_not_begun(bench: PhoneBench, till: Till) -> None:
    sale = _sold(bench)
    bench.has_bank = False
    bench.restart()
    bench.till.session.sign_in(BORIS, PINS[BORIS])

    with pytest.raises(Exception, match="SBP_NONE"):
        bench.till.refunds.refund(_wish(sale))

    assert bench.till.refunds.pending() is None
