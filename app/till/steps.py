"""The steps of a sale as the screen shows them: money, stored, points, receipt (T31)."""

from collections.abc import Sequence

from app.domain.sale import SaleState
from app.store.engine import Store
from app.store.rows import FiscalState, FiscalTask, OperationState, PrintJob, PrintState
from app.till import fiscal_texts, kitchen_texts, texts
from app.till.fiscalisation import Fiscalisation
from app.till.kitchen_trouble import KitchenTrouble, kitchen_step, tickets_of
from app.till.order import Order, StepName, StepState, StepStatus
from app.till.payment_states import Completed, Phase, Progress

_NOT_YET = StepStatus.NOT_YET


def steps_of_payment(
    order: Order,
    phase: Phase,
    done: Completed | None,
    *,
    has_register: bool = False,
    has_kitchen: bool = False,
) -> tuple[StepState, ...]:
    """Return the steps of a payment that is under way or just finished.

    Args:
        order: On the desk.
        phase: Where its payment stands.
        done: The finished sale.
        has_register: A fiscal register makes the receipt.
        has_kitchen: Something may be cooked.
    """
    if done is not None:
        return steps_of_sale(done)
    money = {
        Phase.TERMINAL: StepStatus.NOW,
        Phase.FAILED: StepStatus.FAILED,
        Phase.UNKNOWN: StepStatus.FAILED,
    }.get(phase, StepStatus.NOW if order.state is SaleState.PAYING else _NOT_YET)
    return (
        StepState(StepName.AUTHORISE, money, texts.STEP_MONEY_NOW),
        StepState(StepName.COMMIT, _NOT_YET, texts.STEP_COMMIT_NOW),
        *((StepState(StepName.FISCAL, _NOT_YET, fiscal_texts.STEP),) if has_register else ()),
        StepState(StepName.LOYALTY, _NOT_YET, texts.STEP_LOYALTY),
        *((StepState(StepName.KITCHEN, _NOT_YET, kitchen_texts.STEP),) if has_kitchen else ()),
        StepState(StepName.PRINT, _NOT_YET, texts.STEP_PRINT),
    )


def steps_of_sale(
    done: Completed,
    printed: PrintState | None = None,
    sent: OperationState | None = None,
    receipt: FiscalTask | None = None,
    tickets: Sequence[PrintJob] | None = None,
) -> tuple[StepState, ...]:
    """Return the steps of a finished sale; what runs by itself is WAITING until it is done."""
    return (
        StepState(StepName.AUTHORISE, StepStatus.DONE, texts.STEP_MONEY),
        StepState(StepName.COMMIT, StepStatus.DONE, texts.STEP_COMMIT),
        *((_fiscal_step(receipt),) if done.fiscal_task_id else ()),
        _loyalty_step(done, sent),
        *_kitchen_steps(done, tickets),
        _print_step(done, printed),
    )


def progress(
    store: Store, fiscal: Fiscalisation, kitchen: KitchenTrouble, done: Completed
) -> Progress:
    """Return how far a finished sale has come in the queues; on the query lane."""
    receipt = None
    with store.reader() as db:
        if done.fiscal_task_id:
            receipt = db.fiscal.find(done.fiscal_task_id)
        job = db.print_jobs.find(done.print_job_id) if done.print_job_id else None
        if job is None and receipt is not None and receipt.is_made:
            jobs = db.print_jobs.list_by_sale(done.sale.sale_id)
            job = next((x for x in jobs if x.kind == "receipt" and not x.is_copy), None)
        operation = db.outbox.get(done.operation_id)
        tickets = tickets_of(db, done.sale.sale_id) if done.kitchen_jobs is not None else ()
    return Progress(
        steps_of_sale(done, job.state if job else None, operation.state, receipt, tickets),
        fiscal.failure(receipt) or kitchen.failure(tickets),
    )


def _kitchen_steps(done: Completed, tickets: Sequence[PrintJob] | None) -> tuple[StepState, ...]:
    """Return the step of the kitchen where there is one."""
    if done.kitchen_jobs is None:
        return ()
    return (kitchen_step(tickets, len(done.kitchen_jobs)),)


def _fiscal_step(receipt: FiscalTask | None) -> StepState:
    """Return the step of the fiscal receipt; None is not asked yet."""
    if receipt is None or (not receipt.error_code and receipt.is_open):
        return StepState(StepName.FISCAL, StepStatus.NOW, fiscal_texts.STEP_NOW)
    if receipt.state is FiscalState.CANCELLED:
        return StepState(StepName.FISCAL, StepStatus.DONE, fiscal_texts.STEP_NONE)
    if receipt.state is FiscalState.DONE:
        number = (receipt.document or {}).get("number")
        words = fiscal_texts.STEP_DONE
        if number:
            words = fiscal_texts.STEP_DONE_NUMBER.fill(number=number)
        return StepState(StepName.FISCAL, StepStatus.DONE, words)
    if receipt.state is FiscalState.UNPRINTED:
        return StepState(StepName.FISCAL, StepStatus.WAITING, fiscal_texts.UNPRINTED)
    if receipt.state is FiscalState.FAILED:
        return StepState(StepName.FISCAL, StepStatus.FAILED, fiscal_texts.STEP_FAILED)
    return StepState(StepName.FISCAL, StepStatus.WAITING, fiscal_texts.STEP_WAITS)


def _loyalty_step(done: Completed, sent: OperationState | None) -> StepState:
    if done.sale.loyalty is None:
        return StepState(StepName.LOYALTY, StepStatus.DONE, texts.STEP_LOYALTY_NONE)
    if sent is OperationState.DONE:
        return StepState(StepName.LOYALTY, StepStatus.DONE, texts.STEP_LOYALTY_DONE)
    if sent is OperationState.CONFLICT:
        return StepState(StepName.LOYALTY, StepStatus.FAILED, texts.STEP_LOYALTY_CONFLICT)
    return StepState(StepName.LOYALTY, StepStatus.WAITING, texts.STEP_LOYALTY_QUEUED)


def _print_step(done: Completed, printed: PrintState | None) -> StepState:
    has_paper = bool(done.print_job_id) or (bool(done.fiscal_task_id) and printed is not None)
    if not has_paper or printed is PrintState.CANCELLED:
        return StepState(StepName.PRINT, StepStatus.DONE, texts.STEP_PRINT_NONE)
    if printed is PrintState.DONE:
        return StepState(StepName.PRINT, StepStatus.DONE, texts.STEP_PRINT_DONE)
    if printed is PrintState.FAILED:
        return StepState(StepName.PRINT, StepStatus.FAILED, texts.STEP_PRINT_LATER)
    return StepState(StepName.PRINT, StepStatus.WAITING, texts.STEP_PRINT_QUEUED)
