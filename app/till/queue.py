"""What waits to be sent or printed, in words, and what a person can do about it (O4, O9, S11)."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from app.contracts.operation_types import OperationType
from app.kernel.ids import CardId, OperationId
from app.kernel.late import LateModule
from app.kernel.text import MINUS, clean_line, format_points, mask_phone
from app.store.outbox import OutboxCounts
from app.store.rows import FiscalTask, Operation, OperationState, PrintJob, PrintState
from app.store.uow import UnitOfWork
from app.till import texts
from app.till.desk import Desk
from app.till.fiscalisation import Fiscalisation
from app.till.kitchen_paper import is_ticket
from app.till.order import Approval
from app.till.permissions import Action
from app.till.print_marks import asks_whether
from app.till.printing import Printing
from app.till.queue_kitchen import ticket_row
from app.till.queue_receipts import is_for_a_person, receipt_row
from app.till.queue_states import (
    Choice,
    QueueRow,
    QueueState,
    ReceiptCounts,
    RowChoice,
    RowKind,
    RowStatus,
)
from app.till.words import Words

if TYPE_CHECKING:
    from app.contracts import amounts
else:
    amounts = LateModule("app.contracts.amounts")  # see `app.till.operations`

log = logging.getLogger(__name__)

ROWS_MAX: Final = 200
_POINT_TROUBLES: Final = frozenset(
    {"INSUFFICIENT_BALANCE", "RESERVATION_EXPIRED", "REDEEM_LIMIT_EXCEEDED", "GUEST_CARD_NOT_FOUND"}
)


_RETRY: Final = RowChoice(Choice.RETRY, texts.CHOICE_RETRY)
_TAKE_REST: Final = RowChoice(Choice.TAKE_REST, texts.CHOICE_TAKE_REST)
_WITHOUT: Final = RowChoice(Choice.WITHOUT_POINTS, texts.CHOICE_WITHOUT_POINTS)
_MANAGER: Final = RowChoice(Choice.MANAGER, texts.CHOICE_MANAGER)
_GIVE_UP: Final = RowChoice(Choice.GIVE_UP, texts.CHOICE_GIVE_UP, Action.QUEUE_GIVE_UP)
_NO_PRINT: Final = RowChoice(Choice.GIVE_UP, texts.CHOICE_NO_PRINT)
#: Whether and as what a document is printed that waited too long for its printer.
_WHETHER: Final = (
    RowChoice(Choice.RETRY, texts.CHOICE_PRINT),
    RowChoice(Choice.PRINT_LATE, texts.CHOICE_PRINT_LATE),
    _NO_PRINT,
    RowChoice(Choice.DROP_OLD, texts.CHOICE_NO_PRINT_OLD),
)


class Queue:
    """Shows the queues and does what a person decides.

    Args:
        desk: Store, clock, session.
        printing: The print queue.
        fiscal: The queue of the fiscal register.
    """

    def __init__(self, desk: Desk, printing: Printing, fiscal: Fiscalisation) -> None:
        self._desk = desk
        self._store = desk.store
        self._printing = printing
        self._fiscal = fiscal

    def state(self) -> QueueState:
        """Return everything that waits; on the query lane."""
        with self._store.reader() as db:
            tasks = db.fiscal.list_open()
            rows = [receipt_row(task, db, self._fiscal.words_of(task)) for task in tasks[:ROWS_MAX]]
            operations = db.outbox.list_unsent(ROWS_MAX)
            rows.extend(_operation_row(operation, db) for operation in operations)
            jobs = db.print_jobs.list_waiting()
            rows.extend(self._job_row(job) for job in jobs)
            counts = db.outbox.counts()
        return QueueState(tuple(rows), counts, len(jobs), len(tasks))

    def _job_row(self, job: PrintJob) -> QueueRow:
        return ticket_row(job, self._printing) if is_ticket(job) else _print_row(job)

    def counts(self) -> OutboxCounts:
        """Return the figures for the top bar; quick."""
        with self._store.reader() as db:
            return db.outbox.counts()

    def receipt_counts(self) -> ReceiptCounts:
        """Return how many fiscal tasks are not done, for the top bar; quick."""
        with self._store.reader() as db:
            tasks = db.fiscal.list_open()
        to_decide = sum(is_for_a_person(task) for task in tasks)
        return ReceiptCounts(len(tasks) - to_decide, to_decide)

    def call_for_receipts(self, called: Callable[[Words, int], None]) -> None:
        """Have somebody called when a receipt needs a person or has waited for long.

        Args:
            called: Takes what is the matter and the number of the order, 0 for none; on the thread
                of the register's queue.
        """
        self._fiscal.on_trouble = lambda task, words: called(words, self._order_number(task))

    def _order_number(self, task: FiscalTask) -> int:
        if task.sale_id is None:
            return 0
        with self._store.reader() as db:
            sale = db.sales.find(task.sale_id)
        return sale.number if sale else 0

    def send_now(self) -> None:
        """Try everything at once (F5)."""
        with self._store.unit(durable=False) as uow:
            uow.outbox.retry_all()
            uow.commit()
        self._desk.wake_sync()
        self._printing.wake()
        if self._fiscal.has_register:
            self._fiscal.hurry()

    def decide(
        self, row_id: str, choice: Choice, reason: str = "", approval: Approval | None = None
    ) -> QueueState:
        """Do what a person chose for a row and return the queue as it is then.

        Raises:
            ApprovalNeeded: Giving up takes a senior, and so does what the register cannot tell.
            InputError: Giving up without a reason.
            RuleError: The row is gone.
        """
        with self._store.reader() as db:
            job = db.print_jobs.find(row_id)
            task = db.fiscal.find(row_id)
        if task is not None:
            self._decide_receipt(task, choice, reason, approval)
        elif job is not None:
            self._decide_print(job, choice, approval)
        else:
            self._decide_operation(OperationId(row_id), choice, reason, approval)
        return self.state()

    def _decide_receipt(
        self, task: FiscalTask, choice: Choice, reason: str, approval: Approval | None
    ) -> None:
        fiscal = self._fiscal
        match choice:
            case Choice.RETRY:
                fiscal.retry(task.task_id)
            case Choice.RENEW_SHIFT:
                fiscal.renew_shift()
            case Choice.MADE:
                fiscal.confirm_made(task.task_id, approval)
            case Choice.NOT_MADE:
                fiscal.confirm_not_made(task.task_id, approval)
            case Choice.GIVE_UP:
                fiscal.give_up(task.task_id, reason, approval)
            case _:
                log.info("fiscal task %s is left as it is", task.task_id)

    def _decide_print(self, job: PrintJob, choice: Choice, approval: Approval | None) -> None:
        if choice in {Choice.RETRY, Choice.PRINT_LATE}:
            self._printing.retry(job.job_id, is_late=choice is Choice.PRINT_LATE)
        elif choice is Choice.PRINT_HERE:
            self._printing.print_here(job.job_id)
        elif choice is Choice.TOLD:
            log.info("kitchen ticket %s: the kitchen was told", job.job_id)
            self._printing.drop(job.job_id)
        elif choice in {Choice.GIVE_UP, Choice.DROP_OLD}:
            self._desk.session.require(Action.TAKE_PAYMENT, approval)
            if choice is Choice.DROP_OLD:
                self._printing.drop_old()
            else:
                self._printing.drop(job.job_id)

    def _decide_operation(
        self, operation_id: OperationId, choice: Choice, reason: str, approval: Approval | None
    ) -> None:
        if choice is Choice.MANAGER:
            log.info("operation %s is left to the manager", operation_id)
            return
        if choice is Choice.GIVE_UP:
            self._desk.session.require(Action.QUEUE_GIVE_UP, approval)
            if not clean_line(reason):
                raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
        with self._store.unit() as uow:
            operation = uow.outbox.get(operation_id)
            if operation.state in {OperationState.DONE, OperationState.GIVEN_UP}:
                raise texts.QUEUE_ROW_GONE.rule_error("QUEUE_ROW_GONE")
            self._apply(uow, operation, choice, clean_line(reason))
            uow.commit()
        self._desk.wake_sync()

    def _apply(self, uow: UnitOfWork, operation: Operation, choice: Choice, reason: str) -> None:
        operation_id = operation.operation_id
        if choice is Choice.RETRY:
            uow.outbox.retry(operation_id)
        elif choice is Choice.GIVE_UP:
            uow.outbox.give_up(operation_id, self._desk.clock.now(), reason)
        else:
            payload = _edited(operation.payload, choice)
            key = f"{operation.idempotency_key}_edit{operation.attempts}"
            uow.outbox.edit(operation_id, payload, key)


def _edited(payload: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
    """Return a sale's payload without the hold (take what is there) or without redeeming.

    The guest has paid the lower price already: without redeeming, the house gives it as a discount.
    """
    loyalty = dict(payload.get("loyalty") or {})
    loyalty.pop("reservationId", None)
    if choice is not Choice.WITHOUT_POINTS:
        return {**payload, "loyalty": loyalty}
    loyalty.update(action="EARN_ONLY", pointsSpent=0)
    lines = [_points_to_discount(line, "pointsShare") for line in payload["lines"]]
    totals = _points_to_discount(payload["totals"], "points")
    return {**payload, "loyalty": loyalty, "lines": lines, "totals": totals}


def _points_to_discount(sums: Mapping[str, Any], name: str) -> dict[str, Any]:
    points = _minor(sums.get(name)) or 0
    discount = _minor(sums.get("discount")) or 0
    return {**sums, name: 0, "discount": amounts.units_number(discount + points)}


_KINDS: Final[Mapping[str, RowKind]] = {
    OperationType.GUEST_REGISTER.value: RowKind.GUEST,
    OperationType.RESERVATION_CANCEL.value: RowKind.POINTS,
    OperationType.SHIFT_OPEN.value: RowKind.SHIFT,
    OperationType.SHIFT_CLOSE.value: RowKind.SHIFT,
    OperationType.CASH_MOVEMENT.value: RowKind.CASH,
}


# -------------------------------------------------------------- rows
def _operation_row(operation: Operation, db: UnitOfWork) -> QueueRow:
    payload = operation.payload
    kind, title, detail = _described(operation.type, payload, db)
    status, words = _status(operation)
    has_error = bool(operation.error_code)
    return QueueRow(
        row_id=operation.operation_id,
        kind=kind,
        title=title,
        detail=detail,
        at=operation.occurred_at,
        amount_minor=_amount(operation.type, payload),
        status=status,
        status_words=words,
        error=Words(operation.error_ru, operation.error_en) if has_error else None,
        tries=operation.attempts,
        choices=_choices(operation, status),
        raw=f"{operation.type} {operation.idempotency_key} {operation.error_code}".strip(),
    )


def _status(operation: Operation) -> tuple[RowStatus, Words]:
    if operation.state is OperationState.CONFLICT:
        return RowStatus.DECIDE, texts.STATE_DECIDE
    if operation.state is OperationState.IN_FLIGHT:
        return RowStatus.SENDING, texts.STATE_SENDING
    if operation.error_code:
        return RowStatus.ERROR, texts.STATE_ERROR
    return RowStatus.WAITING, texts.STATE_WAITS


def _choices(operation: Operation, status: RowStatus) -> tuple[RowChoice, ...]:
    if status is RowStatus.SENDING:
        return ()
    if status is not RowStatus.DECIDE:
        return (_RETRY,)
    loyalty = operation.payload.get("loyalty") or {}
    is_spend = operation.type == OperationType.SALE and loyalty.get("action") == "SPEND"
    if is_spend and operation.error_code in _POINT_TROUBLES:
        return (_TAKE_REST, _WITHOUT, _RETRY, _MANAGER, _GIVE_UP)
    return (_RETRY, _MANAGER, _GIVE_UP)


def _described(
    kind: str, payload: Mapping[str, Any], db: UnitOfWork
) -> tuple[RowKind, Words, Words]:
    if kind == OperationType.SALE:
        return _sale_described(payload, db)
    if kind == OperationType.REFUND:
        sale = db.sales.find(payload["saleId"])
        title = texts.OP_REFUND.fill(number=sale.number if sale else "")
        return RowKind.REFUND, title, _reason(payload)
    return _plain_described(kind, payload)


def _plain_described(kind: str, payload: Mapping[str, Any]) -> tuple[RowKind, Words, Words]:
    titles: Mapping[str, Words] = {
        OperationType.GUEST_REGISTER: texts.OP_GUEST.fill(
            phone=mask_phone(str(payload.get("phone", "")))
        ),
        OperationType.RESERVATION_CANCEL: texts.OP_RESERVATION,
        OperationType.SHIFT_OPEN: texts.OP_SHIFT_OPEN.fill(number=payload.get("number", "")),
        OperationType.SHIFT_CLOSE: texts.OP_SHIFT_CLOSE,
        OperationType.CASH_MOVEMENT: texts.OP_CASH_IN
        if payload.get("kind") == "pay_in"
        else texts.OP_CASH_OUT,
    }
    title = titles.get(kind, texts.OP_OTHER)
    is_cash = kind == OperationType.CASH_MOVEMENT
    return _KINDS.get(kind, RowKind.OTHER), title, _reason(payload) if is_cash else Words("", "")


def _sale_described(payload: Mapping[str, Any], db: UnitOfWork) -> tuple[RowKind, Words, Words]:
    number = payload.get("orderNumber", "")
    guest = _guest_name(payload, db)
    title = texts.OP_SALE_GUEST if guest else texts.OP_SALE
    return RowKind.SALE, title.fill(number=number, guest=guest), _points_words(payload)


def _reason(payload: Mapping[str, Any]) -> Words:
    reason = str(payload.get("reason", ""))
    return Words(reason, reason)


def _guest_name(payload: Mapping[str, Any], db: UnitOfWork) -> str:
    loyalty = payload.get("loyalty") or {}
    card_id = loyalty.get("guestCardId") or f"local-{loyalty.get('clientGuestId', '')}"
    card = db.guests.find_by_card(CardId(card_id)) if loyalty else None
    return (card.first_name or mask_phone(card.phone)) if card else ""


def _points_words(payload: Mapping[str, Any]) -> Words:
    loyalty = payload.get("loyalty") or {}
    spent = _minor(loyalty.get("pointsSpent")) or 0
    earned = _minor(loyalty.get("pointsEarnedExpected")) or 0
    ru = [f"{MINUS}{format_points(spent)}"] if spent else []
    en = [f"{MINUS}{format_points(spent, 'en')}"] if spent else []
    if earned:
        ru.append(f"+{format_points(earned)}")
        en.append(f"+{format_points(earned, 'en')}")
    return Words(", ".join(ru), ", ".join(en))


def _amount(kind: str, payload: Mapping[str, Any]) -> int | None:
    if kind == OperationType.SALE:
        return _minor((payload.get("totals") or {}).get("due"))
    if kind in {OperationType.REFUND, OperationType.CASH_MOVEMENT}:
        return _minor(payload.get("amount"))
    return None


def _minor(value: object) -> int | None:
    return None if value is None else amounts.parse_units(value)


def _print_row(job: PrintJob) -> QueueRow:
    title = str(job.payload.get("title", ""))
    is_failed = job.state is PrintState.FAILED
    return QueueRow(
        row_id=job.job_id,
        kind=RowKind.PRINT,
        title=texts.OP_PRINT.fill(title=title),
        detail=texts.COPY if job.is_copy else Words("", ""),
        at=job.created_at,
        amount_minor=None,
        status=RowStatus.DECIDE if is_failed else RowStatus.WAITING,
        status_words=texts.STATE_DECIDE if is_failed else texts.STATE_PRINT_WAITS,
        error=texts.PRINT_WHETHER if asks_whether(job) else None,
        tries=job.attempts,
        choices=_WHETHER if asks_whether(job) else (_RETRY, _NO_PRINT),
        raw=job.last_error,
    )
