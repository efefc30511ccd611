"""Taking money: cash, card, several parts, failures with their ways out, unknown outcomes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.sale import PaymentState, SaleState
from app.domain.tender import TenderKind
from app.kernel.errors import FinalError, InputError, RuleError
from app.till.house import TillSettings
from app.till.order import StepName, StepStatus
from app.till.payment_states import Phase, WayOut
from app.till.permissions import Action
from app.till.session import ApprovalNeeded
from app.till.till import Till
from drivers.api.terminal import Outcome
from tests.till.bench import BORIS, CAKE, COFFEE, PINS, VERA, Bench


def _ways(state: Any) -> list[WayOut]:
    failure = state.failure
    return [way.way for way in failure.ways]


def test_cash_with_change_says_how_much(bench: Bench, till: Till) -> None:
    till.sale.tap(CAKE)
    assert till.checkout.start().quick_minor == (350_00, 400_00, 500_00, 5_000_00)

    state = till.checkout.pay_cash(500_00)

    assert state.phase is Phase.DONE
    assert state.done is not None
    assert state.done.change_minor == 166_67
    (tender,) = bench.sales()[0].tenders
    assert (tender.received_minor, tender.change_minor) == (500_00, 166_67)


def test_underpayment_takes_nothing_and_names_what_is_missing(bench: Bench, till: Till) -> None:
    till.sale.tap(CAKE)

    with pytest.raises(InputError) as error:
        till.checkout.pay_cash(300_00)

    assert "33,33" in error.value.ru
    assert till.checkout.state().order.order.state is SaleState.OPEN
    assert bench.sales() == ()


def test_change_from_a_card_is_impossible(bench: Bench, till: Till) -> None:
    till.sale.tap(CAKE)

    with pytest.raises(InputError, match="CHANGE_IMPOSSIBLE"):
        till.checkout.pay_card(400_00)

    assert bench.terminal.book == []


def test_an_empty_order_and_a_closed_shift_are_said_before_any_money(bench: Bench) -> None:
    bench.sign_in()
    bench.till.sale.tap(COFFEE)
    with pytest.raises(RuleError, match="SHIFT_CLOSED"):
        bench.till.checkout.pay_exact_cash()
    bench.till.shift.open(0)
    bench.till.sale.cancel()
    with pytest.raises(RuleError, match="ORDER_EMPTY"):
        bench.till.checkout.start()


def test_a_waiter_takes_no_money(bench: Bench, till: Till) -> None:
    bench.sign_in(VERA)
    till.sale.tap(COFFEE)

    with pytest.raises(ApprovalNeeded):
        till.checkout.pay_exact_cash()


def test_cash_is_rounded_in_the_guests_favour_and_cards_are_not(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(settings=TillSettings(cash_rounding_minor=100))
    till = bench.ready()
    till.sale.tap(CAKE)
    assert till.checkout.start().cash_due_minor == 333_00
    till.checkout.pay_exact_cash()
    till.sale.tap(CAKE)
    till.checkout.pay_card()

    rounded, exact = bench.sales()

    assert (rounded.due_minor, rounded.rounding_minor) == (333_00, 33)
    assert (exact.due_minor, exact.rounding_minor) == (333_33, 0)
    assert bench.operations()[0].payload["totals"]["rounding"] == -0.33


def test_a_card_pays_and_its_reference_is_kept(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)

    state = till.checkout.pay_card()

    assert state.phase is Phase.DONE
    (tender,) = bench.sales()[0].tenders
    assert tender.kind is TenderKind.CARD
    assert tender.rrn == "000000000001"
    assert bench.terminal.total_minor == 200_00
    assert bench.printer.drawer == 0


def test_parts_are_saved_one_by_one(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    half = till.checkout.pay_cash(500_00, part_minor=133_33)
    assert half.phase is Phase.TAKING
    assert half.remaining_minor == 400_00
    assert half.order.order.tenders[0].change_minor == 366_67
    bench.restart()
    bench.sign_in()

    state = bench.till.checkout.pay_card()

    assert state.done is not None
    assert [t.amount_minor for t in bench.sales()[0].tenders] == [133_33, 400_00]
    assert bench.terminal.total_minor == 400_00


def test_an_order_with_money_in_it_is_not_changed(till: Till) -> None:
    line = till.sale.tap(CAKE).state.cart.lines[0]
    till.checkout.pay_cash(100_00, part_minor=100_00)

    for change in (
        lambda: till.sale.tap(COFFEE),
        lambda: till.sale.remove(line.line_id),
        till.sale.hold,
        till.sale.cancel,
        till.guests.unbind,
    ):
        with pytest.raises(RuleError, match="ORDER_PAYING"):
            change()
    assert till.sale.scan("4600000000015").words is not None


def test_a_paid_part_is_given_back(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.checkout.pay_card(200_00)
    state = till.checkout.pay_cash(100_00, part_minor=100_00)
    card, cash = state.order.order.tenders

    state = till.checkout.remove_part(card.payment_id)
    assert [t.amount_minor for t in state.order.order.tenders] == [100_00]
    assert bench.terminal.total_minor == 0
    state = till.checkout.remove_part(cash.payment_id)

    assert state.order.order.state is SaleState.OPEN
    assert till.sale.tap(COFFEE).state.due_minor == 733_33


def test_a_part_that_the_terminal_does_not_give_back_stays(bench: Bench, till: Till) -> None:
    till.sale.tap(CAKE)
    part = till.checkout.pay_card(200_00).order.order.tenders[0]
    bench.terminal.outcome = Outcome.DECLINED

    state = till.checkout.remove_part(part.payment_id)

    assert state.failure is not None
    assert state.order.order.tenders == (part,)
    assert bench.terminal.total_minor == 200_00


@pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.CANCELLED])
def test_a_refused_card_moves_nothing_and_offers_ways_out(
    bench: Bench, till: Till, outcome: Outcome
) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.outcome = outcome

    state = till.checkout.pay_card()

    assert state.phase is Phase.FAILED
    assert _ways(state) == [WayOut.RETRY, WayOut.CASH, WayOut.OTHER_TENDER]
    assert state.order.order.state is SaleState.OPEN
    assert till.checkout.pay_exact_cash().phase is Phase.DONE
    assert len(bench.sales()) == 1


def test_a_silent_terminal_costs_nothing(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.is_unreachable = True

    state = till.checkout.pay_card()

    assert state.phase is Phase.FAILED
    assert state.failure is not None
    assert "Деньги не списаны" in state.failure.words.ru
    bench.terminal.is_unreachable = False
    assert till.checkout.pay_card().phase is Phase.DONE


def test_a_terminal_that_repeats_no_receipt_still_pays(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.repeats_nothing = True

    assert till.checkout.pay_card().phase is Phase.DONE

    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True
    assert till.checkout.pay_card().phase is Phase.UNKNOWN
    state = till.checkout.resolve_payment()
    assert state.phase is Phase.UNKNOWN  # without a mark only the slip can tell
    assert WayOut.SLIP in _ways(state)


def test_without_a_terminal_cards_are_refused_in_words(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(has_terminal=False)
    till = bench.ready()
    till.sale.tap(COFFEE)
    methods = {method.kind: method for method in till.checkout.start().methods}

    assert not methods[TenderKind.CARD].is_enabled
    with pytest.raises(FinalError, match="TERMINAL_NONE"):
        till.checkout.pay_card()


def test_a_lost_answer_is_resolved_by_asking(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True

    state = till.checkout.pay_card()
    assert state.phase is Phase.UNKNOWN
    assert _ways(state)[0] is WayOut.CHECK
    assert state.pending is not None
    with pytest.raises(RuleError, match="CARD_OPEN"):
        till.checkout.pay_card()
    with pytest.raises(RuleError, match="CARD_OPEN"):
        till.checkout.pay_exact_cash()
    state = till.checkout.resolve_payment()

    assert state.phase is Phase.DONE
    assert len(bench.sales()) == 1
    assert len(bench.terminal.book) == 1


def test_an_operation_that_never_arrived_may_be_tried_again(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True
    till.checkout.pay_card()
    bench.terminal.book.clear()

    state = till.checkout.resolve_payment()

    assert state.phase is Phase.FAILED
    assert till.checkout.pay_card().phase is Phase.DONE
    assert bench.terminal.total_minor == 200_00


def test_when_the_terminal_cannot_tell_a_senior_decides_by_the_slip(
    bench: Bench, till: Till
) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True
    bench.terminal.is_forgetful = True
    till.checkout.pay_card()
    assert till.checkout.resolve_payment().phase is Phase.UNKNOWN
    with pytest.raises(ApprovalNeeded):
        till.checkout.confirm_by_slip("123456789012")
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)
    with pytest.raises(InputError, match="RRN_WRONG"):
        till.checkout.confirm_by_slip("12", approval)

    state = till.checkout.confirm_by_slip("123456789012", approval)

    assert state.phase is Phase.DONE
    assert bench.sales()[0].tenders[0].rrn == "123456789012"


def test_a_senior_may_say_that_there_is_no_slip(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True
    till.checkout.pay_card()
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)

    state = till.checkout.confirm_not_paid(approval)

    assert state.order.order.state is SaleState.OPEN
    assert till.checkout.pay_exact_cash().phase is Phase.DONE


def test_giving_up_a_lost_payment_gives_the_money_back(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.loses_answer = True
    till.checkout.pay_card()

    state = till.checkout.abandon_payment()

    assert state.order.order.state is SaleState.OPEN
    assert bench.terminal.total_minor == 0
    with bench.store.reader() as db:
        states = [x.state for x in db.payments.list_by_sale(state.order.order.sale_id)]
    assert states == [PaymentState.REVERSED, PaymentState.APPROVED]


def test_a_smaller_booking_is_a_part_and_the_rest_remains(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.books_minor = 150_00

    state = till.checkout.pay_card()

    assert state.remaining_minor == 50_00
    till.checkout.pay_exact_cash()
    assert [t.amount_minor for t in bench.sales()[0].tenders] == [150_00, 50_00]


def test_a_larger_booking_is_for_a_senior(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.books_minor = 250_00

    state = till.checkout.pay_card()

    assert state.phase is Phase.UNKNOWN
    assert state.failure is not None
    assert "250,00" in state.failure.words.ru


def test_the_terminal_works_while_the_till_can_be_looked_at(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    seen: list[Phase] = []

    def look() -> None:
        seen.append(till.checkout.state().phase)
        till.checkout.abort_card()

    bench.terminal.during = look
    till.checkout.pay_card()

    assert seen == [Phase.TERMINAL]
    assert bench.terminal.aborted == 1


def test_steps_tell_what_happened_and_what_still_runs(till: Till) -> None:
    till.sale.tap(COFFEE)
    done = till.checkout.pay_exact_cash().done
    assert done is not None

    before = {step.name: step.status for step in till.progress(done).steps}
    till.printing.run_once()
    after = {step.name: step.status for step in till.progress(done).steps}

    assert before[StepName.COMMIT] is StepStatus.DONE
    assert before[StepName.PRINT] is StepStatus.WAITING
    assert after[StepName.PRINT] is StepStatus.DONE


def test_a_free_order_needs_no_money(bench: Bench, till: Till) -> None:
    with bench.store.unit() as uow:
        boss = replace(uow.staff.get(BORIS), role="owner")
        uow.staff.replace_all([boss])
        uow.commit()
    bench.sign_in(BORIS)
    till.sale.tap(COFFEE)
    assert till.sale.discount_order(percent_bp=10_000, reason="Подарок").due_minor == 0

    assert till.checkout.pay_exact_cash().phase is Phase.DONE

    assert bench.sales()[0].tenders == ()
    assert bench.operations()[0].payload["totals"]["due"] == 0
