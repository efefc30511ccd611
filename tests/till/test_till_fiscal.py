"""Every paid sale becomes one fiscal receipt, whatever is in the way; real driver, real HTTP."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from app.domain.loyalty import LoyaltyRules
from app.kernel.errors import InputError, RuleError
from app.kernel.ids import ProductId
from app.store.rows import FiscalState, FiscalTask
from app.store.session import Topic
from app.till import fiscal_texts
from app.till.order import StepName, StepStatus
from app.till.payment_states import Completed, WayOut
from app.till.permissions import Action
from app.till.session import ApprovalNeeded
from app.till.words import Words
from drivers.api.device import Health, Probe
from drivers.api.errors import PaperOut
from drivers.api.fiscal import FiscalReceipt
from tests.till.bench import BORIS, CAKE, CHEESE, COFFEE, PINS, guest
from tests.till.fiscal_bench import FiscalBench

MakeFiscal = Callable[..., FiscalBench]


def sell(bench: FiscalBench, *products: ProductId) -> Completed:
    """Sell for cash and return the finished sale."""
    for product in products:
        bench.till.sale.tap(product)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    return done


def failure_words(bench: FiscalBench, done: Completed) -> str:
    failure = bench.till.progress(done).failure
    return failure.words.ru if failure else ""


def ways(bench: FiscalBench, done: Completed) -> list[WayOut]:
    failure = bench.till.progress(done).failure
    return [way.way for way in failure.ways] if failure else []


# ------------------------------------------------------------------ what goes well
def test_a_sale_is_one_receipt_with_its_sum_and_number(fiscal: FiscalBench) -> None:
    done = sell(fiscal, COFFEE, CAKE)
    before = fiscal.till.progress(done)
    fiscal.work()
    after = fiscal.till.progress(done)

    assert fiscal.sums() == [533_33]
    steps = {step.name: step for step in before.steps}
    assert steps[StepName.FISCAL].status is StepStatus.NOW
    assert before.failure is None
    steps = {step.name: step for step in after.steps}
    assert steps[StepName.FISCAL].status is StepStatus.DONE
    assert str(fiscal.receipts()[0].number) in steps[StepName.FISCAL].words.ru
    assert fiscal.state_of(done.fiscal_task_id) is FiscalState.DONE


def test_the_register_prints_and_the_till_does_not(fiscal: FiscalBench) -> None:
    sell(fiscal, COFFEE)
    fiscal.work()

    assert fiscal.jobs() == ()
    assert fiscal.printer.paper == []
    assert any("Кофе" in paper for paper in fiscal.machine.printed)


def test_a_till_that_prints_itself_prints_after_the_register_with_its_numbers(
    make_fiscal: MakeFiscal,
) -> None:
    bench = make_fiscal(prints=False)
    bench.ready()
    done = sell(bench, COFFEE)
    assert bench.jobs() == ()  # a receipt without its fiscal numbers is none

    bench.work()
    (job,) = bench.jobs()
    document = bench.receipts()[0]
    assert job.payload["document"]["fiscal"]["fd"] == document.number
    assert job.payload["document"]["fiscal"]["fp"] == document.fiscal_sign
    steps = {step.name: step for step in bench.till.progress(done).steps}
    assert steps[StepName.PRINT].status is StepStatus.WAITING


def test_points_and_cash_rounding_are_discounts_and_card_is_not_cash(
    make_fiscal: MakeFiscal,
) -> None:
    bench = make_fiscal()
    till = bench.ready()
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    card = guest(points=500_00)
    bench.service.add(card)
    till.guests.bind(card)
    till.guests.redeem(100_00)
    till.checkout.pay_cash(200_00, part_minor=133_33)
    till.checkout.pay_card()
    bench.work()

    assert bench.sums() == [433_33]
    paid = bench.machine.sell.payments
    assert int(paid["cash"] * 100) == 133_33
    assert int(paid["electronically"] * 100) == 300_00


def test_a_sale_that_costs_nothing_is_a_receipt_of_nothing(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal(rules=LoyaltyRules(max_redeem_percent_bp=10_000))
    till = bench.ready()
    card = guest(points=500_00)
    bench.service.add(card)
    till.sale.tap(COFFEE)
    till.guests.bind(card)
    till.guests.redeem(200_00)
    assert till.checkout.pay_exact_cash().done is not None
    bench.work()

    assert bench.sums() == [0]
    assert bench.tasks() == ()


def test_weighed_goods_are_told_in_kilograms(fiscal: FiscalBench) -> None:
    till = fiscal.till
    till.sale.tap(CHEESE)
    line = till.sale.state().cart.lines[0]
    till.sale.set_quantity(line.line_id, 375)
    till.checkout.pay_exact_cash()
    fiscal.work()

    assert fiscal.sums() == [375_00]


def test_a_rate_no_register_knows_is_told_and_stops_no_sale(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal(vat_bp=1234)
    bench.ready()
    done = sell(bench, COFFEE)
    bench.work()

    assert len(bench.sales()) == 1
    assert bench.state_of(done.fiscal_task_id) is FiscalState.FAILED
    assert "Кофе" in failure_words(bench, done)


def test_the_thread_makes_receipts_while_the_till_goes_on_selling(fiscal: FiscalBench) -> None:
    changed = threading.Condition()

    def tell(_topics: frozenset[Topic]) -> None:
        with changed:
            changed.notify_all()

    def is_done() -> bool:
        return fiscal.tasks() == ()

    fiscal.store.subscribe(tell)
    fiscal.till.fiscal.start()
    fiscal.till.fiscal.start()  # twice is once
    for _ in range(15):
        sell(fiscal, COFFEE)
    with changed:
        assert changed.wait_for(is_done, 60)
    fiscal.till.fiscal.stop()

    assert fiscal.sums() == [200_00] * 15


# ------------------------------------------------------------------ what goes wrong
def test_a_receipt_that_the_program_cannot_work_out_loses_no_sale(
    fiscal: FiscalBench, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(_receipt: FiscalReceipt) -> NoReturn:
        raise ValueError("a fault of the program")

    whole = fiscal.devices.fiscal_house
    fiscal.devices.fiscal_house = replace(whole, emit=stumble)
    done = sell(fiscal, COFFEE)
    assert len(fiscal.sales()) == 1
    assert fiscal.state_of(done.fiscal_task_id) is FiscalState.FAILED
    assert "cannot be worked out" in caplog.text
    caplog.clear()

    fiscal.devices.fiscal_house = whole
    fiscal.till.fiscal.retry(done.fiscal_task_id)
    fiscal.work()
    assert fiscal.sums() == [done.sale.due_minor]


def test_a_task_the_program_stumbles_over_holds_up_the_others_for_a_while_only(
    fiscal: FiscalBench, caplog: pytest.LogCaptureFixture
) -> None:
    done = sell(fiscal, COFFEE)
    with fiscal.store.unit() as uow:
        uow.fiscal.set_state(
            done.fiscal_task_id, FiscalState.QUEUED, payload={"operator": {"name": "Анна"}}
        )
        uow.commit()
    sell(fiscal, CAKE)
    fiscal.work()
    assert "stumbled" in caplog.text
    caplog.clear()

    assert fiscal.state_of(done.fiscal_task_id) is FiscalState.FAILED
    assert fiscal.sums() == [333_33]
    fiscal.till.fiscal.retry(done.fiscal_task_id)  # worked out anew from the sale
    fiscal.work()
    assert fiscal.sums() == [333_33, 200_00]


def test_paper_that_cannot_be_made_does_not_undo_the_document(
    make_fiscal: MakeFiscal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = make_fiscal(prints=False)
    bench.ready()
    done = sell(bench, COFFEE)

    def stumble(*_any: object) -> NoReturn:
        raise ValueError("a fault of the program")

    monkeypatch.setattr(bench.till.printing, "sale_job", stumble)
    bench.work()
    assert "no paper" in caplog.text
    caplog.clear()
    assert bench.state_of(done.fiscal_task_id) is FiscalState.DONE
    assert bench.sums() == [200_00]


def test_a_lost_answer_makes_no_second_receipt(fiscal: FiscalBench) -> None:
    fiscal.simulator.misbehave("answer-lost")
    sell(fiscal, COFFEE)
    sell(fiscal, CAKE)
    fiscal.work()

    assert fiscal.sums() == [200_00, 333_33]
    assert fiscal.tasks() == ()


@pytest.mark.parametrize("fault", ["link-before", "link-after", "fn-before", "fn-after"])
def test_a_standing_queue_holds_up_the_next_receipt_and_both_are_made_once(
    fiscal: FiscalBench, fault: str
) -> None:
    fiscal.simulator.misbehave(fault)
    first = sell(fiscal, COFFEE)
    second = sell(fiscal, CAKE)
    fiscal.till.fiscal.run_once()
    if fault.startswith("link"):
        assert fiscal.state_of(first.fiscal_task_id) in {FiscalState.UNKNOWN, FiscalState.QUEUED}
        assert fiscal.state_of(second.fiscal_task_id) is FiscalState.QUEUED

    fiscal.heal()
    fiscal.work()
    assert fiscal.sums() == [200_00, 333_33]


def test_no_paper_is_told_with_ways_out_and_made_up_for(fiscal: FiscalBench) -> None:
    fiscal.machine.has_paper = False
    done = sell(fiscal, COFFEE)
    fiscal.till.fiscal.run_once()

    assert failure_words(fiscal, done) == "Чек не пробит: закончилась бумага"
    assert ways(fiscal, done) == [WayOut.RECEIPT_RETRY, WayOut.NEXT_GUEST]

    fiscal.heal()
    fiscal.till.fiscal.retry(done.fiscal_task_id)
    fiscal.work()
    assert fiscal.till.progress(done).failure is None
    assert fiscal.sums() == [200_00]


def test_paper_that_ends_after_the_document_is_closed_is_no_second_receipt(
    fiscal: FiscalBench,
) -> None:
    fiscal.simulator.misbehave("paper-after")
    done = sell(fiscal, COFFEE)
    fiscal.till.fiscal.run_once()

    assert fiscal.state_of(done.fiscal_task_id) is FiscalState.UNPRINTED
    assert failure_words(fiscal, done) == "Чек пробит, но не напечатан"
    assert fiscal.sums() == [200_00]

    fiscal.heal()
    fiscal.work()
    assert fiscal.state_of(done.fiscal_task_id) is FiscalState.DONE
    assert fiscal.sums() == [200_00]
    assert fiscal.machine.unprinted == 0


def test_a_register_that_is_not_there_is_named_and_catches_up_in_order(
    fiscal: FiscalBench,
) -> None:
    fiscal.simulator.stop()
    first = sell(fiscal, COFFEE)
    sell(fiscal, CAKE)
    fiscal.till.fiscal.run_once()
    assert failure_words(fiscal, first) == "Чек не пробит: нет связи с АТОЛ 30Ф"

    fiscal.restart_register()
    fiscal.till.fiscal.hurry()
    fiscal.work()
    assert fiscal.sums() == [200_00, 333_33]


def test_a_spent_storage_fails_the_receipt_and_not_those_behind_it(fiscal: FiscalBench) -> None:
    fiscal.machine.faults.append("error 120")
    told: list[tuple[FiscalTask, Words]] = []
    fiscal.till.fiscal.on_trouble = lambda task, words: told.append((task, words))
    first = sell(fiscal, COFFEE)
    sell(fiscal, CAKE)
    fiscal.work()

    assert fiscal.state_of(first.fiscal_task_id) is FiscalState.FAILED
    assert [task.task_id for task, _ in told] == [first.fiscal_task_id]
    assert fiscal.sums() == [333_33]

    fiscal.till.fiscal.retry(first.fiscal_task_id)
    fiscal.work()
    assert fiscal.sums() == [333_33, 200_00]


def test_a_receipt_that_waits_ten_minutes_is_called_to_mind_once(fiscal: FiscalBench) -> None:
    fiscal.machine.is_linked = False
    sell(fiscal, COFFEE)
    fiscal.till.fiscal.run_once()
    told: list[Words] = []
    fiscal.till.fiscal.on_trouble = lambda _task, words: told.append(words)
    fiscal.till.fiscal.remind()
    assert told == []

    fiscal.clock.advance(timedelta(minutes=10))
    fiscal.till.fiscal.remind()
    fiscal.till.fiscal.remind()
    assert len(told) == 1


def test_trouble_known_beforehand_is_told_before_the_guest_pays(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal(probe=Probe.of_error(PaperOut()))
    assert bench.till.fiscal.warning() == Words(
        "Чек пробьём позже: закончилась бумага", "Receipt later: no paper"
    )
    bench.probe = Probe(Health.ONLINE, "готов", "ready")
    assert bench.till.fiscal.warning() is None


# ------------------------------------------------------------------ the shift of 24 hours
def test_a_shift_over_24_hours_is_closed_and_opened_for_the_waiting_receipts(
    fiscal: FiscalBench,
) -> None:
    fiscal.machine.age_shift()
    first = sell(fiscal, COFFEE)
    sell(fiscal, CAKE)
    fiscal.till.fiscal.run_once()
    assert failure_words(fiscal, first) == "Смена длится больше 24 часов"
    assert ways(fiscal, first) == [WayOut.RENEW_SHIFT, WayOut.NEXT_GUEST]
    fiscal.clock.advance(timedelta(minutes=1))
    fiscal.till.fiscal.run_once()
    assert fiscal.sums() == []

    fiscal.till.fiscal.renew_shift()
    fiscal.till.fiscal.renew_shift()  # a second tap changes nothing
    fiscal.work()
    assert fiscal.sums() == [200_00, 333_33]
    kinds = [document.kind for document in fiscal.machine.documents]
    assert kinds == ["openShift", "closeShift", "openShift", "sell", "sell"]


def test_a_shift_that_somebody_closed_at_the_register_is_opened_by_itself(
    make_fiscal: MakeFiscal,
) -> None:
    bench = make_fiscal(auto_open=False)
    bench.ready()
    bench.machine.opened_at = None
    sell(bench, COFFEE)
    bench.work()

    assert bench.sums() == [200_00]


def test_an_opening_that_is_refused_is_tried_again_and_not_once_more_each_time(
    make_fiscal: MakeFiscal,
) -> None:
    bench = make_fiscal(auto_open=False)
    bench.ready()
    bench.machine.opened_at = None
    sell(bench, COFFEE)
    for _ in range(5):
        bench.machine.faults.extend(["error 73", "error 120"])
        while bench.till.fiscal.run_once():
            pass
        bench.clock.advance(timedelta(minutes=1))
    assert len(bench.tasks()) == 2

    bench.heal()
    bench.work()
    assert bench.sums() == [200_00]


def test_a_renewal_is_not_held_up_by_an_opening_that_waits_for_it(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal(auto_open=False)
    bench.ready()
    bench.machine.opened_at = None
    sell(bench, COFFEE)
    bench.till.fiscal.run_once()  # the shift is closed: an opening is queued
    bench.machine.age_shift()  # somebody else opened one long ago
    bench.till.fiscal.renew_shift()
    bench.work()

    assert bench.sums() == [200_00]
    assert bench.tasks() == ()


def test_a_renewal_that_failed_can_be_asked_for_again(fiscal: FiscalBench) -> None:
    fiscal.machine.age_shift()
    sell(fiscal, COFFEE)
    fiscal.till.fiscal.run_once()
    fiscal.machine.faults.append("error 120")
    fiscal.till.fiscal.renew_shift()
    fiscal.work()
    assert fiscal.sums() == []

    fiscal.till.fiscal.renew_shift()
    fiscal.work()
    assert fiscal.sums() == [200_00]
    assert fiscal.tasks() == ()


# ------------------------------------------------------------------ what people decide
def test_an_electronic_receipt_needs_no_paper(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal(is_paperless=True)
    bench.ready()
    bench.machine.is_paperless = True
    bench.machine.has_paper = False
    done = sell(bench, COFFEE)
    bench.till.fiscal.run_once()
    assert failure_words(bench, done) == "Чек не пробит: закончилась бумага"
    assert ways(bench, done) == [WayOut.RECEIPT_RETRY, WayOut.E_RECEIPT, WayOut.NEXT_GUEST]

    with pytest.raises(InputError):
        bench.till.fiscal.send_electronically(done.fiscal_task_id, "гостю")
    bench.till.fiscal.send_electronically(done.fiscal_task_id, "+79123456781")
    bench.work()
    assert bench.sums() == [200_00]
    with pytest.raises(RuleError):
        bench.till.fiscal.send_electronically(done.fiscal_task_id, "+79123456781")


def test_giving_a_receipt_up_takes_a_senior_and_a_reason(fiscal: FiscalBench) -> None:
    fiscal.machine.faults.append("error 120")
    done = sell(fiscal, COFFEE)
    fiscal.work()
    till, task_id = fiscal.till, done.fiscal_task_id

    with pytest.raises(ApprovalNeeded):
        till.fiscal.give_up(task_id, "касса сгорела")
    approval = till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    with pytest.raises(InputError):
        till.fiscal.give_up(task_id, "  ", approval)
    till.fiscal.give_up(task_id, "касса сгорела", approval)

    assert fiscal.state_of(task_id) is FiscalState.CANCELLED
    with pytest.raises(RuleError):
        till.fiscal.retry(task_id)
    assert fiscal.sums() == []


def uncertain(bench: FiscalBench) -> str:
    """Bring a receipt to where the register cannot tell whether it was made; return its task."""
    done = sell(bench, COFFEE)
    bench.simulator.misbehave("link-before")
    bench.till.fiscal.run_once()
    bench.machine.fn_number = "9999078900009999"  # replaced meanwhile, and the queue is forgotten
    bench.simulator.forget()
    bench.restart()
    bench.sign_in()
    bench.heal()
    bench.work()
    task = bench.till.fiscal.task_of(done.sale.sale_id)
    assert task is not None
    assert task.state is FiscalState.UNKNOWN
    assert bench.till.fiscal.words_of(task) == fiscal_texts.UNCERTAIN
    return task.task_id


@pytest.mark.parametrize(("is_made", "count"), [(True, 0), (False, 1)])
def test_what_the_register_cannot_tell_a_senior_decides(
    fiscal: FiscalBench, is_made: bool, count: int
) -> None:
    task_id = uncertain(fiscal)
    sell(fiscal, CAKE)
    fiscal.work()
    assert fiscal.sums() == [333_33]  # it does not hold up the others

    till = fiscal.till
    approval = till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    decide = till.fiscal.confirm_made if is_made else till.fiscal.confirm_not_made
    with pytest.raises(ApprovalNeeded):
        decide(task_id)
    decide(task_id, approval)
    fiscal.work()

    assert fiscal.state_of(task_id) is FiscalState.DONE
    assert fiscal.sums().count(200_00) == count


def test_a_document_in_doubt_is_not_asked_of_another_register(fiscal: FiscalBench) -> None:
    sell(fiscal, COFFEE)
    fiscal.simulator.misbehave("link-after")
    fiscal.till.fiscal.run_once()
    fiscal.device_id = "another"
    fiscal.notes_name = "another-notes.json"
    fiscal.simulator.forget()
    fiscal.restart()
    fiscal.heal()
    fiscal.work()

    (task,) = fiscal.tasks()
    assert task.state is FiscalState.UNKNOWN
    assert fiscal.sums() == [200_00]
