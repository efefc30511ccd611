"""Drafts, payments, sales, refunds, shifts and print jobs do what their repositories promise."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.sale import PaymentIntent, PaymentState, SaleState
from app.domain.tender import Tender, TenderKind
from app.kernel.clock import ManualClock
from app.kernel.ids import CardId, OperationId, PaymentId, SaleId, ShiftId, StaffId
from app.store.engine import Store
from app.store.errors import AlreadyStoredError, NotStoredError
from app.store.rows import (
    CashDirection,
    CashMovement,
    OperationState,
    PrintJob,
    PrintState,
    Shift,
    StaffMember,
)
from tests.store.store_makers import (
    NOW,
    make_draft,
    make_guest,
    make_operation,
    make_refund,
    make_sale,
)


def test_draft_comes_back_as_it_was_saved(store: Store) -> None:
    draft = make_draft(step="authorise", extra={"approvals": [["x", "y"]]})
    with store.unit(durable=False) as uow:
        uow.drafts.save(draft)
        uow.commit()
    with store.reader() as uow:
        assert uow.drafts.get(draft.sale_id) == draft


def test_drafts_are_listed_by_state_the_oldest_first(store: Store) -> None:
    held = [make_draft(n, state=SaleState.HELD) for n in (3, 2)]
    with store.unit() as uow:
        for draft in (*held, make_draft(1)):
            uow.drafts.save(draft)
        uow.commit()
    with store.reader() as uow:
        assert [d.number for d in uow.drafts.list_all(SaleState.HELD)] == [2, 3]
        assert uow.drafts.count(SaleState.HELD) == 2
        assert len(uow.drafts.list_all()) == 3


def test_what_is_not_committed_is_taken_back(store: Store) -> None:
    with store.unit() as uow:
        uow.drafts.save(make_draft())
    with store.reader() as uow:
        assert uow.drafts.find(SaleId("sale-1")) is None


def test_open_payments_are_those_without_a_known_end(store: Store) -> None:
    intents = [
        PaymentIntent(PaymentId(f"p{n}"), SaleId("s"), 100, state, NOW + timedelta(seconds=n))
        for n, state in enumerate(PaymentState)
    ]
    with store.unit() as uow:
        for intent in intents:
            uow.payments.add(intent)
        uow.commit()
    with store.reader() as uow:
        states = {intent.state for intent in uow.payments.list_open()}
        assert states == {PaymentState.INTENT, PaymentState.UNKNOWN}
        assert uow.payments.list_by_sale(SaleId("s")) == tuple(intents)


def test_payment_result_is_kept_with_its_reference(store: Store) -> None:
    intent = PaymentIntent(PaymentId("p"), SaleId("s"), 100, PaymentState.INTENT, NOW, "0041")
    paid = Tender(PaymentId("p"), TenderKind.CARD, 100, rrn="123", masked_pan="****1234")
    done = replace(intent, state=PaymentState.APPROVED, reference=paid)
    with store.unit() as uow:
        uow.payments.add(intent)
        uow.payments.update(done)
        uow.commit()
    with store.reader() as uow:
        assert uow.payments.find(PaymentId("p")) == done
    with pytest.raises(NotStoredError), store.unit() as uow:
        uow.payments.update(replace(done, payment_id=PaymentId("q")))


def test_a_payment_by_phone_keeps_its_kind_and_the_code_that_was_shown(store: Store) -> None:
    intent = PaymentIntent(
        PaymentId("p"), SaleId("s"), 100, PaymentState.INTENT, NOW, kind=TenderKind.SBP
    )
    shown = replace(intent, code='{"id": "AD1", "payload": "https://qr.nspk.ru/AD1"}')
    with store.unit() as uow:
        uow.payments.add(intent)
        uow.commit()
    with store.unit() as uow:
        assert uow.payments.find(PaymentId("p")) == intent
        uow.payments.update(shown)
        uow.commit()
    with store.reader() as uow:
        assert uow.payments.list_open() == (shown,)


def test_marked_payments_by_phone_are_found(store: Store) -> None:
    def paid(name: str, code: str) -> PaymentIntent:
        kind = TenderKind.SBP if code else TenderKind.CARD
        return PaymentIntent(
            PaymentId(name), SaleId("s"), 100, PaymentState.DECLINED, NOW, kind=kind, code=code
        )

    marked = paid("m", '{"id": "AD1", "late": true}')
    with store.unit() as uow:
        for intent in (paid("a", '{"id": "AD2"}'), marked, paid("c", "")):
            uow.payments.add(intent)
        uow.commit()
    with store.reader() as uow:
        assert uow.payments.list_marked("late") == (marked,)
        assert uow.payments.list_marked("other") == ()


def test_a_sale_is_written_once(store: Store) -> None:
    with store.unit() as uow:
        uow.sales.add(make_sale())
        uow.commit()
    with pytest.raises(AlreadyStoredError), store.unit() as uow:
        uow.sales.add(make_sale())
    with store.reader() as uow:
        assert uow.sales.get(SaleId("sale-1")) == make_sale()
        assert uow.sales.find_last() == make_sale()
        assert uow.sales.list_by_shift(ShiftId("shift-1")) == (make_sale(),)


def test_sales_are_listed_by_number_shift_and_time(store: Store) -> None:
    with store.unit() as uow:
        for number in range(1, 6):
            uow.sales.add(make_sale(number, f"shift-{number % 2}"))
        uow.commit()
    with store.reader() as uow:
        assert [h.number for h in uow.sales.list_heads()] == [5, 4, 3, 2, 1]
        assert [h.number for h in uow.sales.list_heads(number=3)] == [3]
        assert [h.number for h in uow.sales.list_heads(shift_id=ShiftId("shift-1"))] == [5, 3, 1]
        since, until = NOW + timedelta(minutes=2), NOW + timedelta(minutes=4)
        assert [h.number for h in uow.sales.list_heads(since=since, until=until)] == [3, 2]
        assert [h.number for h in uow.sales.list_heads(limit=2, offset=1)] == [4, 3]


def test_refunds_add_up_by_line(store: Store) -> None:
    sale = make_sale(guest=make_guest())
    with store.unit() as uow:
        uow.sales.add(sale)
        uow.sales.add_refund(make_refund(sale, 1, 180_00))
        uow.sales.add_refund(make_refund(sale, 2, 100_00))
        uow.commit()
    with store.reader() as uow:
        found = uow.sales.refunded_lines(sale.sale_id)
        line = found[sale.lines[0].line_id]
        assert (line.quantity_milli, line.amount_minor) == (2000, 280_00)
        assert len(found) == 1
        assert len(uow.sales.list_refunds(sale.sale_id)) == 2
        assert uow.sales.list_heads()[0].refunded_minor == 280_00
        assert uow.sales.list_heads()[0].guest_name == "Анна"


def test_totals_of_a_shift_are_the_sums_of_its_rows(store: Store) -> None:
    sales = [make_sale(1), make_sale(2), make_sale(3, "shift-2")]
    with store.unit() as uow:
        for sale in sales:
            uow.sales.add(sale)
        uow.sales.add_refund(make_refund(sales[0]))
        uow.commit()
    with store.reader() as uow:
        totals = uow.sales.totals(ShiftId("shift-1"))
    assert totals.sales_count == 2
    assert totals.sales_minor == 720_00
    assert totals.sales_by_kind == {"cash": 720_00}
    assert (totals.refunds_count, totals.refunds_minor) == (1, 180_00)
    assert totals.refunds_by_kind == {"cash": 180_00}


def shift(number: int = 1) -> Shift:
    return Shift(ShiftId(f"shift-{number}"), number, StaffId("a"), "Ольга", NOW, 500_00)


def test_only_one_shift_is_open(store: Store) -> None:
    with store.unit() as uow:
        assert uow.shifts.next_number() == 1
        uow.shifts.open(shift())
        uow.commit()
    with pytest.raises(AlreadyStoredError), store.unit() as uow:
        uow.shifts.open(shift(2))
    closed = replace(shift(), closed_at=NOW, expected_cash_minor=1, counted_cash_minor=2)
    with store.unit() as uow:
        uow.shifts.close(closed)
        uow.shifts.open(shift(2))
        uow.commit()
    with store.reader() as uow:
        assert uow.shifts.find_open() == shift(2)
        assert uow.shifts.get(ShiftId("shift-1")) == closed
        assert uow.shifts.next_number() == 3
        assert [s.number for s in uow.shifts.list_latest()] == [2, 1]
    with pytest.raises(NotStoredError), store.unit() as uow:
        uow.shifts.close(closed)


def test_cash_movements_belong_to_a_shift(store: Store) -> None:
    movement = CashMovement(
        "m1", ShiftId("shift-1"), StaffId("a"), CashDirection.OUT, 100_00, "Инкассация", NOW
    )
    with pytest.raises(AlreadyStoredError), store.unit() as uow:
        uow.shifts.add_movement(movement)
    with store.unit() as uow:
        uow.shifts.open(shift())
        uow.shifts.add_movement(movement)
        uow.commit()
    with store.reader() as uow:
        assert uow.shifts.list_movements(ShiftId("shift-1")) == (movement,)


def job(number: int, printer: str = "receipt") -> PrintJob:
    return PrintJob(f"job-{number}", printer, "receipt", {"n": number}, NOW, sale_id=SaleId("s"))


def test_print_jobs_go_in_order_for_each_printer(store: Store) -> None:
    with store.unit() as uow:
        for number, printer in enumerate(["receipt", "receipt", "kitchen"], start=1):
            uow.print_jobs.add(job(number, printer))
        uow.commit()
    with store.unit() as uow:
        jobs = uow.print_jobs
        first = jobs.find_next("receipt", NOW)
        assert first is not None
        assert first.job_id == "job-1"
        jobs.set_state("job-1", PrintState.QUEUED, attempts=1, not_before=NOW + timedelta(hours=1))
        assert jobs.find_next("receipt", NOW) is None  # the next one does not overtake it
        assert jobs.list_printers() == ("kitchen", "receipt")
        jobs.set_state("job-1", PrintState.FAILED, last_error="Нет бумаги")
        second = jobs.find_next("receipt", NOW)
        assert second is not None
        assert second.job_id == "job-2"
        jobs.set_state("job-2", PrintState.DONE)
        assert jobs.find_next("receipt", NOW) is None
        assert [j.job_id for j in jobs.list_waiting("receipt")] == ["job-1"]
        assert jobs.count_waiting() == 2
        assert len(jobs.list_by_sale(SaleId("s"))) == 3
        assert jobs.trim(NOW + timedelta(days=1)) == 1


def test_a_job_that_was_printing_at_a_crash_is_queued_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = Store.open(tmp_path, clock)
    with store.unit() as uow:
        uow.print_jobs.add(job(1))
        uow.print_jobs.set_state("job-1", PrintState.PRINTING, attempts=1)
        uow.commit()
    store.close()
    store = Store.open(tmp_path, clock)
    with store.reader() as uow:
        found = uow.print_jobs.find("job-1")
        assert found is not None
        assert (found.state, found.attempts) == (PrintState.QUEUED, 1)
    store.close()


def test_locks_of_staff_survive_a_new_list(store: Store) -> None:
    anna = StaffMember(StaffId("a"), "Анна", "cashier", "$argon2id$x", frozenset({"sale"}))
    with store.unit() as uow:
        uow.staff.replace_all([anna])
        uow.staff.set_lock(anna.staff_id, 5, NOW)
        uow.staff.replace_all([anna])
        uow.commit()
    with store.reader() as uow:
        found = uow.staff.get(anna.staff_id)
        assert (found.failed_attempts, found.locked_until) == (5, NOW)
    with store.unit() as uow:
        uow.staff.set_lock(anna.staff_id, 0, None)
        assert uow.staff.list_all() == (anna,)
        with pytest.raises(NotStoredError):
            uow.staff.get(StaffId("b"))


def test_guest_is_found_by_phone_tail_code_and_card(store: Store) -> None:
    anna = make_guest()
    boris = make_guest("card-2", phone="79129990000", code6="111222", visit_count=9)
    with store.unit() as uow:
        uow.guests.put([anna, boris], NOW)
        uow.commit()
    with store.reader() as uow:
        guests = uow.guests
        assert guests.search_phone("7912") == (boris, anna)
        assert guests.search_phone("6789") == (anna,)
        assert guests.search_phone("791") == ()
        assert guests.search_phone("79%_") == ()
        assert guests.find_by_code("111222") == boris
        assert guests.find_by_card(anna.card_id) == anna
        assert guests.find_by_phone("79129990000") == boris


def test_older_news_of_a_guest_never_replaces_newer(store: Store) -> None:
    newer = make_guest(regular_minor=5, updated_at=NOW + timedelta(minutes=1))
    with store.unit() as uow:
        uow.guests.put([newer], NOW)
        uow.guests.put([make_guest()], NOW)
        assert uow.guests.find_by_card(newer.card_id) == newer


def test_cache_keeps_the_most_frequent_and_the_local(store: Store) -> None:
    with store.unit() as uow:
        uow.guests.put([make_guest(f"c{n}", visit_count=n) for n in range(20)], NOW)
        uow.guests.put([make_guest("local-1", visit_count=0)], NOW)
        uow.guests.put([make_guest("c0", visit_count=0)], NOW, used=True)
        assert uow.guests.trim(5) == 15
        kept = {f"c{n}" for n in range(20) if uow.guests.find_by_card(CardId(f"c{n}"))}
        assert kept == {"c0", "c16", "c17", "c18", "c19"}
        assert uow.guests.find_by_card(CardId("local-1")) is not None


def test_local_card_is_replaced_everywhere(store: Store) -> None:
    local = make_guest("local-1")
    draft = make_draft(loyalty=replace(make_draft().loyalty, card=local))  # type: ignore[type-var]  # a draft of these has a guest
    real = make_guest("card-9")
    with store.unit() as uow:
        uow.guests.put([local], NOW)
        uow.drafts.save(draft)
        uow.guests.adopt(local.card_id, real, NOW)
        uow.commit()
    with store.reader() as uow:
        found = uow.drafts.get(draft.sale_id)
        assert found.loyalty is not None
        assert found.loyalty.card == real
        assert uow.guests.resolve(local.card_id) == real.card_id
        assert uow.guests.find_by_card(local.card_id) == real
        assert uow.guests.count() == 1


def test_a_card_code_is_given_out_once(store: Store) -> None:
    with store.unit() as uow:
        uow.guests.add_codes(["000002", "000001", "000001"], NOW)
        assert uow.guests.count_codes() == 2
        assert [uow.guests.take_code() for _ in range(3)] == ["000001", "000002", None]


def test_counters_and_settings(store: Store) -> None:
    with store.unit() as uow:
        assert [uow.settings.next_number("order") for _ in range(3)] == [1, 2, 3]
        uow.settings.put("a", "b")
        assert uow.settings.find("a") == "b"
        uow.settings.remove("a")
        assert uow.settings.find("a") is None
        assert uow.settings.find_config() is None


def test_what_is_old_and_done_is_forgotten(store: Store, clock: ManualClock) -> None:
    with store.unit() as uow:
        for number in (1, 2):
            uow.outbox.add(make_operation(number))
        uow.outbox.mark_done(OperationId("op-0001"), clock.now())
        uow.print_jobs.add(job(1))
        uow.print_jobs.set_state("job-1", PrintState.DONE)
        uow.commit()
    assert store.forget_old() == 0
    clock.advance(timedelta(days=31))
    assert store.forget_old() == 2
    with store.reader() as uow:
        assert uow.outbox.get(OperationId("op-0002")).state is OperationState.PENDING


def test_sales_and_refunds_are_found_by_their_ids(store: Store) -> None:
    sale = make_sale()
    refund = make_refund(sale)
    with store.unit() as uow:
        uow.sales.add(sale)
        uow.sales.add_refund(refund)
        uow.commit()
    with store.reader() as uow:
        assert uow.sales.find_refund(refund.refund_id) == refund
        assert uow.sales.list_refunds_by_shift(sale.shift_id) == (refund,)
        with pytest.raises(NotStoredError):
            uow.sales.get(SaleId("none"))
        with pytest.raises(NotStoredError):
            uow.shifts.get(ShiftId("none"))
    with pytest.raises(NotStoredError), store.unit() as uow:
        uow.print_jobs.set_state("none", PrintState.DONE)
