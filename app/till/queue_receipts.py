"""Rows of the queue about fiscal documents: what is not made or not on paper, and what helps (S11)."""

from collections.abc import Mapping
from typing import Final

from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.store.uow import UnitOfWork
from app.till import fiscal_views
from app.till import receipt_texts as texts
from app.till.fiscal_run import PAPER_OUT, SHIFT_EXPIRED
from app.till.permissions import Action
from app.till.queue_states import Choice, QueueRow, RowChoice, RowKind, RowStatus
from app.till.words import Words

_RETRY: Final = RowChoice(Choice.RETRY, texts.CHOICE_RETRY)
_RENEW: Final = RowChoice(Choice.RENEW_SHIFT, texts.CHOICE_RENEW)
_ASK: Final = RowChoice(Choice.RETRY, texts.CHOICE_ASK)
_MADE: Final = RowChoice(Choice.MADE, texts.CHOICE_MADE, Action.FISCAL_DECIDE)
_NOT_MADE: Final = RowChoice(Choice.NOT_MADE, texts.CHOICE_NOT_MADE, Action.FISCAL_DECIDE)
_GIVE_UP: Final = RowChoice(Choice.GIVE_UP, texts.CHOICE_GIVE_UP, Action.FISCAL_DECIDE)

_KINDS: Final[Mapping[FiscalKind, tuple[RowKind, Words]]] = {
    FiscalKind.SALE: (RowKind.RECEIPT, texts.ROW_SALE),
    FiscalKind.REFUND: (RowKind.REFUND, texts.ROW_REFUND),
    FiscalKind.SHIFT_OPEN: (RowKind.SHIFT, texts.ROW_SHIFT_OPEN),
    FiscalKind.SHIFT_CLOSE: (RowKind.SHIFT, texts.ROW_SHIFT_CLOSE),
    FiscalKind.CASH_IN: (RowKind.CASH, texts.ROW_CASH_IN),
    FiscalKind.CASH_OUT: (RowKind.CASH, texts.ROW_CASH_OUT),
}
#: Titles that claim no more than is known.
_TITLES: Final[Mapping[tuple[FiscalState, FiscalKind], Words]] = {
    (FiscalState.UNPRINTED, FiscalKind.SALE): texts.ROW_SALE_UNPRINTED,
    (FiscalState.UNPRINTED, FiscalKind.REFUND): texts.ROW_REFUND_UNPRINTED,
    (FiscalState.UNKNOWN, FiscalKind.SALE): texts.ROW_SALE_UNKNOWN,
    (FiscalState.UNKNOWN, FiscalKind.REFUND): texts.ROW_REFUND_UNKNOWN,
}


def receipt_row(task: FiscalTask, db: UnitOfWork, words: Words) -> QueueRow:
    """Return the row of a fiscal task that is not done; `words` say how it stands."""
    kind, title = _KINDS[task.kind]
    if task.error_code != PAPER_OUT:  # it goes on with new paper
        title = _TITLES.get((task.state, task.kind), title)
    sale = db.sales.find(task.sale_id) if task.sale_id else None
    status, status_words = _status(task)
    has_error = bool(task.error_code)
    return QueueRow(
        row_id=task.task_id,
        kind=kind,
        title=title.fill(number=sale.number if sale else ""),
        detail=fiscal_views.without_head(words) if has_error else texts.NOTHING,
        at=task.created_at,
        amount_minor=task.amount_minor or None,
        status=status,
        status_words=status_words,
        error=fiscal_views.with_why(task, words) if has_error else None,
        tries=task.attempts,
        choices=_choices(task),
        raw=f"{task.kind} {task.task_id} {task.state} {task.error_code}".strip(),
        is_fiscal=True,
        again=fiscal_views.again_briefly(task),
    )


def is_for_a_person(task: FiscalTask) -> bool:
    """Tell whether a task waits for somebody to decide: the register refused it, or cannot tell."""
    is_uncertain = task.state is FiscalState.UNKNOWN and task.error_code == UNCERTAIN
    return is_uncertain or task.state is FiscalState.FAILED


def _status(task: FiscalTask) -> tuple[RowStatus, Words]:
    if is_for_a_person(task):
        return RowStatus.DECIDE, texts.STATE_DECIDE
    if task.state is FiscalState.UNPRINTED or task.error_code == PAPER_OUT:
        return RowStatus.ERROR, texts.STATE_PAPER
    if task.state is FiscalState.UNKNOWN:
        return RowStatus.ERROR, texts.STATE_ASKS
    if task.error_code:
        return RowStatus.ERROR, texts.STATE_WAITS
    if task.state is FiscalState.RUNNING:
        return RowStatus.SENDING, texts.STATE_RUNS
    return RowStatus.WAITING, texts.STATE_WAITS


def _choices(task: FiscalTask) -> tuple[RowChoice, ...]:
    if task.state is FiscalState.FAILED:
        return (_RETRY, _GIVE_UP)
    if is_for_a_person(task):
        return (_ASK, _MADE, _NOT_MADE, _GIVE_UP)
    if task.error_code == SHIFT_EXPIRED:
        return (_RENEW, _RETRY)
    if task.state is FiscalState.UNKNOWN:
        return (_ASK,)
    return () if task.state is FiscalState.RUNNING else (_RETRY,)
