"""Paying by phone: what the bank says is true, nothing else; no code twice, no money lost (T31, T68)."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.sale import PaymentState, SaleState
from app.domain.tender import TenderKind
from app.kernel.errors import FinalError, InputError, RuleError
from app.till.customer_display import Idle, PayingByCode, Thanks
from app.till.paper import receipt_from_json, receipt_page
from app.till.payment_states import CheckoutState, Phase, WayOut
from app.till.permissions import Action
from app.till.qr_codes import CODE_LIFE
from app.till.till import Till
from drivers.sim.sbp import Fault
from tests.till.bench import BORIS, CAKE, COFFEE, PINS
from tests.till.phone_bench import PhoneBench

MakePhone = Callable[..., PhoneBench]


@pytest.fixture
def make_phone(quick_folder: Path) -> Iterator[MakePhone]:
    made: list[PhoneBench] = []

    def make(**options: Any) -> PhoneBench:
        made.append(PhoneBench(quick_folder / f"phone-{len(made)}", **options))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_phone: MakePhone) -> PhoneBench:
    return make_phone()


@pytest.fixture
def till(bench: PhoneBench) -> Till:
    return bench.ready()


def _ways(state: CheckoutState) -> list[WayOut]:
    assert state.failure is not None
    return [way.way for way in state.failure.ways]


def _words(state: CheckoutState) -> str:
    assert state.failure is not None
    return state.failure.words.ru


def _states(bench: PhoneBench) -> list[PaymentState]:
    order = bench.till.desk.order
    with bench.store.reader() as db:
        return [one.state for one in db.payments.list_by_sale(order.sale_id)]


def _show_code(till: Till) -> CheckoutState:
    """Sell a coffee and have a code for it."""
    till.sale.tap(COFFEE)
    return till.checkout.start_sbp()


def _pays_by_another_code(bench: PhoneBench) -> None:
    """The guest gets another code and pays it; the money is taken once."""
    assert bench.till.checkout.start_sbp().phase is Phase.CODE
    assert bench.guest_pays().phase is Phase.DONE
    assert bench.bank.bank.taken_minor() == 200_00


def test_a_code_is_shown_and_paid(bench: PhoneBench, till: Till) -> None:
    till.sale.tap(COFFEE)

    shown = till.checkout.start_sbp()

    assert shown.phase is Phase.CODE
    assert shown.code is not None
    assert bench.code() in shown.code.payload
    assert shown.code.dots is not None
    assert shown.code.until == bench.clock.now() + CODE_LIFE
    assert bench.sales() == ()
    assert till.checkout.poll_sbp().phase is Phase.CODE

    done = bench.guest_pays()

    assert done.phase is Phase.DONE
    (tender,) = bench.sales()[0].tenders
    assert (tender.kind, tender.amount_minor) == (TenderKind.SBP, 200_00)
    assert tender.receipt_no == bench.code()
    assert tender.rrn
    (payment,) = bench.operations()[0].payload["tenders"]
    assert payment["kind"] == "sbp"
    assert bench.booked_minor() == bench.bank.bank.taken_minor() == 200_00


def test_the_receipt_names_the_payment_and_its_number_at_the_bank(
    bench: PhoneBench, till: Till
) -> None:
    _show_code(till)
    bench.guest_pays()

    (job,) = bench.jobs()
    page = receipt_page(receipt_from_json(job.payload))

    number = bench.sales()[0].tenders[0].rrn
    assert "СБП" in page
    assert f"№ {number}" in page
    assert "RRN" not in page, "that is a number of cards"


def test_the_row_is_on_the_disk_before_the_bank_hears_of_it(bench: PhoneBench, till: Till) -> None:
    till.sale.tap(COFFEE)
    seen: list[PaymentState] = []
    bench.bank.on_request = lambda _request: seen.extend(_states(bench))

    till.checkout.start_sbp()

    assert seen == [PaymentState.INTENT]


def test_nothing_is_shown_before_the_code_is_on_the_disk(bench: PhoneBench, till: Till) -> None:
    till.sale.tap(COFFEE)
    kept: list[str] = []

    def look(_code: object) -> None:
        with bench.store.reader() as db:
            kept.extend(one.code for one in db.payments.list_open())

    till.checkout.on_code = look
    till.checkout.start_sbp()

    assert len(kept) == 1
    assert bench.code() in kept[0]


def test_the_bank_is_told_the_true_end_of_the_code(bench: PhoneBench, till: Till) -> None:
    till.set_clock_offset(3_600_000)
    till.sale.tap(COFFEE)

    state = till.checkout.start_sbp()

    assert state.code is not None
    assert state.code.until == bench.clock.now() + CODE_LIFE
    expires = bench.bank.bank.codes[bench.code()].expires
    assert expires == (state.code.until + timedelta(hours=1)).isoformat(timespec="seconds")


def test_without_a_bank_the_way_says_so(make_phone: MakePhone) -> None:
    bench = make_phone(has_bank=False)
    till = bench.ready()
    till.sale.tap(COFFEE)

    methods = {method.kind: method for method in till.checkout.start().methods}

    assert not methods[TenderKind.SBP].is_enabled
    assert methods[TenderKind.SBP].why_not is not None
    with pytest.raises(FinalError, match="SBP_NONE"):
        till.checkout.start_sbp()
    assert till.checkout.pay_exact_cash().phase is Phase.DONE


def test_with_a_bank_the_way_is_open(till: Till) -> None:
    till.sale.tap(COFFEE)
    methods = {method.kind: method for method in till.checkout.start().methods}
    assert methods[TenderKind.SBP].is_enabled


def test_a_guest_who_is_declined_may_try_again(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.decline(bench.code())

    state = till.checkout.poll_sbp()

    assert state.phase is Phase.CODE
    assert state.code is not None
    assert state.code.note is not None
    assert "ещё раз" in state.code.note.ru
    assert bench.guest_pays().phase is Phase.DONE
    assert len(bench.bank.bank.codes) == 1


def test_a_code_that_ran_out_took_no_money(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.expire(bench.code())

    state = till.checkout.poll_sbp()

    assert state.phase is Phase.FAILED
    assert _words(state) == "Время кода вышло. Деньги не списаны"
    assert _ways(state) == [WayOut.RETRY, WayOut.CASH, WayOut.OTHER_TENDER]
    assert state.order.order.state is SaleState.OPEN
    _pays_by_another_code(bench)


def test_when_the_time_is_over_the_code_is_made_worthless(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.clock.advance(CODE_LIFE)

    state = till.checkout.poll_sbp()

    assert _words(state) == "Время кода вышло. Деньги не списаны"
    assert bench.live_codes() == []


def test_a_guest_who_pays_in_the_last_moment_has_paid(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.clock.advance(CODE_LIFE + timedelta(seconds=1))

    assert bench.guest_pays().phase is Phase.DONE


def test_cancelling_goes_back_to_the_ways_to_pay(bench: PhoneBench, till: Till) -> None:
    _show_code(till)

    state = till.checkout.cancel_sbp()

    assert (state.phase, state.failure) == (Phase.TAKING, None)
    assert bench.live_codes() == []
    assert till.checkout.pay_exact_cash().phase is Phase.DONE
    assert bench.bank.bank.taken_minor() == 0


def test_a_guest_who_pays_in_the_moment_of_cancelling_has_paid(
    bench: PhoneBench, till: Till
) -> None:
    _show_code(till)

    def pay(request: Any) -> None:
        if request.method == "DELETE":
            bench.bank.pay(bench.code())

    bench.bank.on_request = pay

    state = till.checkout.cancel_sbp()

    assert state.phase is Phase.DONE
    assert bench.booked_minor() == bench.bank.bank.taken_minor() == 200_00


def test_no_second_code_while_the_first_can_be_paid(bench: PhoneBench, till: Till) -> None:
    _show_code(till)

    for pay in (
        till.checkout.start_sbp,
        till.checkout.pay_card,
        till.checkout.pay_exact_cash,
        lambda: till.sale.tap(CAKE),
    ):
        with pytest.raises(RuleError):
            pay()

    assert len(bench.bank.bank.codes) == 1
    assert till.checkout.state().phase is Phase.CODE


@pytest.mark.parametrize(
    "fault", ["lost-before", "lost-after", "error-500", "garbage", "too-many", "cut-midway"]
)
def test_a_code_that_did_not_come_can_be_asked_for_again(
    bench: PhoneBench, till: Till, fault: str
) -> None:
    till.sale.tap(COFFEE)
    bench.bank.next(Fault(fault))

    state = till.checkout.start_sbp()

    assert state.phase is Phase.FAILED
    assert "Деньги не списаны" in _words(state)
    assert state.order.order.state is SaleState.OPEN
    _pays_by_another_code(bench)


def test_a_silent_bank_changes_nothing_while_the_code_lives(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))

    state = till.checkout.poll_sbp()

    assert state.phase is Phase.CODE
    assert state.code is not None
    assert state.code.note is not None
    bench.bank.always(None)
    assert bench.guest_pays().phase is Phase.DONE


def test_who_asks_a_silent_bank_is_told_to_keep_the_order(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))

    state = till.checkout.resolve_payment()

    assert state.phase is Phase.UNKNOWN
    assert _words(state) == "Банк пока не подтвердил. Не отдавайте заказ"
    assert _ways(state)[:2] == [WayOut.CHECK, WayOut.CANCEL]
    assert state.failure is not None
    assert state.failure.ways[0].words.ru == "Проверить"
    assert state.failure.ways[1].words.ru == "Другой способ"
    bench.bank.always(None)
    assert till.checkout.poll_sbp().phase is Phase.CODE, "it can still be paid"
    assert bench.guest_pays().phase is Phase.DONE


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_lost_answer_to_the_cancelling_is_resolved_by_asking(
    bench: PhoneBench, till: Till, is_paid: bool
) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-after"))
    if is_paid:
        bench.bank.pay(bench.code())

    lost = till.checkout.cancel_sbp()
    assert lost.phase is Phase.UNKNOWN
    with pytest.raises(RuleError):
        till.checkout.pay_exact_cash()
    bench.bank.always(None)
    state = till.checkout.resolve_payment()

    assert state.phase is (Phase.DONE if is_paid else Phase.TAKING)
    assert bench.live_codes() == []
    assert bench.booked_minor() == bench.bank.bank.taken_minor() == (200_00 if is_paid else 0)


def test_another_way_out_of_an_unknown_payment_ends_the_code_first(
    bench: PhoneBench, till: Till
) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))
    till.checkout.resolve_payment()
    bench.bank.always(None)

    assert till.checkout.abandon_payment().phase is Phase.TAKING

    assert bench.live_codes() == []
    assert till.checkout.pay_exact_cash().phase is Phase.DONE


def test_a_senior_may_decide_that_nothing_was_paid(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))
    till.checkout.resolve_payment()
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)

    assert till.checkout.confirm_not_paid(approval).phase is Phase.TAKING

    assert till.checkout.pay_exact_cash().phase is Phase.DONE


def test_money_that_comes_after_the_decision_goes_back_once(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))
    till.checkout.resolve_payment()
    bench.bank.pay(bench.code())
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)
    till.checkout.confirm_not_paid(approval)
    till.checkout.pay_exact_cash()

    assert bench.restart().words == (), "the bank is silent still"
    bench.bank.always(Fault("lost-after", path="/refund"))
    bench.restart()
    bench.bank.always(None)
    (words,) = bench.restart().words

    assert "200" in words.ru
    assert len(bench.bank.bank.refunds) == 1
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 0
    assert bench.restart().words == ()


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_bank_that_answers_is_believed_more_than_a_senior(
    bench: PhoneBench, till: Till, is_paid: bool
) -> None:
    _show_code(till)
    bench.bank.always(Fault("lost-before"))
    till.checkout.resolve_payment()
    bench.bank.always(None)
    if is_paid:
        bench.bank.pay(bench.code())
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)

    state = till.checkout.confirm_not_paid(approval)

    assert state.phase is (Phase.DONE if is_paid else Phase.FAILED)
    assert bench.live_codes() == []
    assert bench.booked_minor() == bench.bank.bank.taken_minor()


def test_a_senior_decides_about_a_wrong_sum(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.pay(bench.code())
    bench.bank.bank.codes[bench.code()].amount_minor = 150_00
    till.checkout.poll_sbp()
    approval = till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT)

    assert till.checkout.confirm_not_paid(approval).phase is Phase.TAKING


def test_who_cancels_waits_for_a_question_that_runs(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    is_asked, goes_on = threading.Event(), threading.Event()

    def hold(_request: object) -> None:
        is_asked.set()
        goes_on.wait(60)

    bench.bank.on_request = hold
    asking = threading.Thread(target=till.checkout.poll_sbp)
    asking.start()
    assert is_asked.wait(60)
    assert till.checkout.poll_sbp().phase is Phase.CODE, "a second question is not waited for"
    ending = threading.Thread(target=till.checkout.cancel_sbp)
    ending.start()
    goes_on.set()
    asking.join(60)
    ending.join(60)

    assert till.checkout.state().phase is Phase.TAKING
    assert bench.live_codes() == []


def test_a_wrong_sum_is_told_and_nothing_is_taken_for_paid(bench: PhoneBench, till: Till) -> None:
    _show_code(till)
    bench.bank.pay(bench.code())
    bench.bank.bank.codes[bench.code()].amount_minor = 150_00

    state = till.checkout.poll_sbp()

    assert state.phase is Phase.UNKNOWN
    assert "150" in _words(state)
    assert "200" in _words(state)
    assert "Не отдавайте заказ" in _words(state)
    assert bench.sales() == ()


def test_parts_by_phone_and_in_cash(bench: PhoneBench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    with pytest.raises(InputError):
        till.checkout.start_sbp(600_00)
    till.checkout.start_sbp(200_00)
    half = bench.guest_pays()
    assert half.phase is Phase.TAKING
    assert half.remaining_minor == 333_33
    till.checkout.start_sbp(33_33)
    bench.guest_pays()

    state = till.checkout.pay_exact_cash()

    assert state.phase is Phase.DONE
    kinds = [tender.kind for tender in bench.sales()[0].tenders]
    assert kinds == [TenderKind.SBP, TenderKind.SBP, TenderKind.CASH]
    assert bench.booked_minor() == bench.bank.bank.taken_minor() == 233_33


def _part(bench: PhoneBench) -> Any:
    """Pay a part by phone and return it."""
    till = bench.till
    till.sale.tap(CAKE)
    till.checkout.start_sbp(200_00)
    return bench.guest_pays().order.order.tenders[0]


def test_a_part_is_given_back_by_the_bank(bench: PhoneBench, till: Till) -> None:
    part = _part(bench)

    state = till.checkout.remove_part(part.payment_id)

    assert state.order.order.tenders == ()
    assert state.order.order.state is SaleState.OPEN
    assert bench.bank.bank.taken_minor() == 0
    assert till.checkout.pay_exact_cash().phase is Phase.DONE


def test_a_part_that_the_bank_does_not_give_back_stays(bench: PhoneBench, till: Till) -> None:
    part = _part(bench)
    bench.bank.next(Fault("unauthorized", path="/refund"))

    state = till.checkout.remove_part(part.payment_id)

    assert state.phase is Phase.FAILED
    assert state.order.order.tenders == (part,)
    assert bench.bank.bank.taken_minor() == 200_00


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "error-500-after", "garbage"])
def test_a_lost_answer_to_a_refund_gives_the_money_once(
    bench: PhoneBench, till: Till, fault: str
) -> None:
    part = _part(bench)
    bench.bank.always(Fault(fault, path="/refund"))
    state = till.checkout.remove_part(part.payment_id)
    assert state.phase is Phase.UNKNOWN
    assert _ways(state) == [WayOut.CHECK, WayOut.NOT_PAID]
    bench.bank.always(None)

    state = till.checkout.resolve_payment()

    assert state.order.order.tenders == ()
    assert len(bench.bank.bank.refunds) == 1
    assert bench.bank.bank.taken_minor() == 0


def test_a_slow_refund_is_asked_about_until_it_ends(make_phone: MakePhone) -> None:
    bench = make_phone(settles=False)
    till = bench.ready()
    part = _part(bench)

    state = till.checkout.remove_part(part.payment_id)
    assert state.phase is Phase.UNKNOWN
    assert "ещё возвращает" in _words(state)
    assert till.checkout.poll_sbp().phase is Phase.UNKNOWN
    bench.settles = True

    assert till.checkout.poll_sbp().order.order.tenders == ()
    assert len(bench.bank.bank.refunds) == 1


def test_a_refund_that_the_bank_declines_later_leaves_the_part(make_phone: MakePhone) -> None:
    bench = make_phone(settles=False)
    till = bench.ready()
    part = _part(bench)
    till.checkout.remove_part(part.payment_id)
    (refund_id,) = bench.bank.bank.refunds
    bench.bank.settle(refund_id, "DECLINED")

    state = till.checkout.resolve_payment()

    assert state.phase is Phase.FAILED
    assert state.order.order.tenders == (part,)


def test_the_guest_sees_the_code_and_then_the_thanks(bench: PhoneBench, till: Till) -> None:
    seen: list[object] = []
    till.customer.listen(seen.append)
    state = _show_code(till)
    assert state.code is not None
    assert till.customer.code == PayingByCode(state.code.payload, 200_00, state.code.until)
    till.checkout.poll_sbp()

    bench.guest_pays()

    assert [type(one) for one in seen] == [PayingByCode, Idle, Thanks]
    assert till.customer.code is None


@pytest.mark.parametrize("end", ["cancel", "expire", "silence", "decide"])
def test_the_code_leaves_the_guests_display_at_any_end(
    bench: PhoneBench, till: Till, end: str
) -> None:
    _show_code(till)
    if end == "cancel":
        till.checkout.cancel_sbp()
    elif end == "expire":
        bench.bank.expire(bench.code())
        till.checkout.poll_sbp()
    else:
        bench.bank.always(Fault("lost-before"))
        till.checkout.cancel_sbp()
    assert till.customer.code is None


def test_the_code_is_printed_for_a_guest_who_does_not_see_the_screen(
    bench: PhoneBench, till: Till
) -> None:
    till.sale.tap(COFFEE)
    with pytest.raises(RuleError):
        till.checkout.print_code()
    state = till.checkout.start_sbp()
    assert state.code is not None

    till.checkout.print_code()

    (job,) = bench.jobs()
    rows = job.payload["document"]["rows"]
    assert [row["data"] for row in rows if row["type"] == "qr"] == [state.code.payload]
    assert "Это не чек" in str(rows)
    assert till.checkout.state().phase is Phase.CODE
