"""The queue screen: human words, errors, and what a person can decide (O4, S11)."""

import pytest

from app.contracts.sync import SalePayload
from app.kernel.errors import InputError
from app.kernel.ids import OperationId
from app.till.permissions import Action
from app.till.queue_states import Choice, RowKind, RowStatus
from app.till.session import ApprovalNeeded
from app.till.till import Till
from drivers.api.errors import PaperOut
from drivers.api.printer import BadDocument
from tests.till.bench import BORIS, COFFEE, PINS, Bench, guest


def _conflict(bench: Bench, code: str) -> str:
    """Sell with redeemed points and have the service refuse the sale."""
    till = bench.till
    bench.service.add(guest(1))
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(till.guests.search_phone("9123456781").hits[0].card)
    till.guests.redeem(300_00)
    till.checkout.pay_exact_cash()
    (operation,) = bench.operations()
    with bench.store.unit() as uow:
        uow.outbox.mark_in_flight([operation.operation_id])
        uow.outbox.mark_conflict(operation.operation_id, code, "Баллов меньше", "Fewer points")
        uow.commit()
    return operation.operation_id


def test_rows_are_in_human_words_with_their_money(bench: Bench, till: Till) -> None:
    bench.online = False
    till.guests.register("9990000000", "Пётр")
    till.shift.cash_in(100_00, "Размен")
    till.sale.tap(COFFEE)
    till.guests.bind(till.guests.search_local("9990000000").hits[0].card)
    bench.printer.error = PaperOut("roll")
    till.checkout.pay_exact_cash()

    state = till.queue.state()

    rows = {row.kind: row for row in state.rows}
    assert rows[RowKind.SALE].title.ru == "Заказ 1, Пётр"
    assert rows[RowKind.SALE].amount_minor == 200_00
    assert rows[RowKind.SALE].detail.ru == "+10\u00a0баллов"
    assert rows[RowKind.GUEST].title.ru == "Новый гость +7 999 •••-00-00"
    assert rows[RowKind.SHIFT].title.ru == "Открытие смены 1"
    assert rows[RowKind.CASH].detail.ru == "Размен"
    assert rows[RowKind.PRINT].title.ru == "Печать: Чек № 1"
    assert {row.status for row in state.rows} == {RowStatus.WAITING}
    assert state.counts.unsent == 4
    assert state.unprinted == 1


def test_a_refused_redemption_offers_honest_choices(bench: Bench, till: Till) -> None:
    row_id = _conflict(bench, "INSUFFICIENT_BALANCE")
    row = next(row for row in till.queue.state().rows if row.row_id == row_id)
    assert row.status is RowStatus.DECIDE
    assert row.error is not None
    assert [c.choice for c in row.choices][:2] == [Choice.TAKE_REST, Choice.WITHOUT_POINTS]

    till.queue.decide(row_id, Choice.TAKE_REST)

    (operation,) = bench.operations()
    assert operation.payload["loyalty"]["action"] == "SPEND"
    assert "reservationId" not in operation.payload["loyalty"]
    assert operation.idempotency_key.endswith("_edit1")


def test_a_redemption_can_be_cancelled_after_the_fact(bench: Bench, till: Till) -> None:
    row_id = _conflict(bench, "RESERVATION_EXPIRED")

    till.queue.decide(row_id, Choice.WITHOUT_POINTS)

    (operation,) = bench.operations()
    assert operation.payload["loyalty"]["action"] == "EARN_ONLY"
    assert operation.payload["loyalty"]["pointsSpent"] == 0
    sale = SalePayload.from_wire(operation.payload)
    assert (sale.totals.points, sale.totals.discount, sale.totals.due) == (0, 300_00, 700_00)
    assert sum(line.discount for line in sale.lines) == 300_00
    assert all(line.total == line.gross - line.discount for line in sale.lines)


def test_giving_up_takes_a_senior_and_a_reason(bench: Bench, till: Till) -> None:
    row_id = _conflict(bench, "SHIFT_CLOSED")
    with pytest.raises(ApprovalNeeded):
        till.queue.decide(row_id, Choice.GIVE_UP, "дубль")
    approval = till.session.approve(BORIS, PINS[BORIS], Action.QUEUE_GIVE_UP)
    with pytest.raises(InputError, match="REASON_NEEDED"):
        till.queue.decide(row_id, Choice.GIVE_UP, " ", approval)

    state = till.queue.decide(row_id, Choice.GIVE_UP, "дубль", approval)

    assert row_id not in [row.row_id for row in state.rows]
    with bench.store.reader() as db:
        assert db.outbox.get(OperationId(row_id)).error_ru == "дубль"


def test_retry_and_leaving_it_to_the_manager(bench: Bench, till: Till) -> None:
    row_id = _conflict(bench, "SHIFT_CLOSED")
    till.queue.decide(row_id, Choice.MANAGER)
    assert till.queue.counts().conflicts == 1

    till.queue.decide(row_id, Choice.RETRY)

    assert till.queue.counts().conflicts == 0
    wakes = bench.wakes
    till.queue.send_now()
    assert bench.wakes == wakes + 1


def test_a_receipt_that_cannot_be_printed_can_be_dropped(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    bench.printer.error = BadDocument("qr")
    till.printing.run_once()
    (row,) = till.queue.state().with_status(RowStatus.DECIDE)

    till.queue.decide(row.row_id, Choice.GIVE_UP)

    assert till.queue.state().unprinted == 0
