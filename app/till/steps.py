"""The steps of a sale as the screen shows them: money, stored, points, receipt (T31)."""

from app.domain.sale import SaleState
from app.store.engine import Store
from app.store.rows import OperationState, PrintState
from app.till import texts
from app.till.order import Order, StepName, StepState, StepStatus
from app.till.payment_states import Completed, Phase

_NOT_YET = StepStatus.NOT_YET


def steps_of_payment(order: Order, phase: Phase, done: Completed | None) -> tuple[StepState, ...]:
    """Return the steps of a payment that is under way or just finished."""
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
        StepState(StepName.LOYALTY, _NOT_YET, texts.STEP_LOYALTY),
        StepState(StepName.PRINT, _NOT_YET, texts.STEP_PRINT),
    )


def steps_of_sale(
    done: Completed, printed: PrintState | None = None, sent: OperationState | None = None
) -> tuple[StepState, ...]:
    """Return the steps of a finished sale; what runs by itself is WAITING until it is done."""
    return (
        StepState(StepName.AUTHORISE, StepStatus.DONE, texts.STEP_MONEY),
        StepState(StepName.COMMIT, StepStatus.DONE, texts.STEP_COMMIT),
        _loyalty_step(done, sent),
        _print_step(done, printed),
    )


def progress(store: Store, done: Completed) -> tuple[StepState, ...]:
    """Return the steps of a finished sale with what the queues say now; on the query lane."""
    with store.reader() as db:
        job = db.print_jobs.find(done.print_job_id) if done.print_job_id else None
        operation = db.outbox.get(done.operation_id)
    return steps_of_sale(done, job.state if job else None, operation.state)


def _loyalty_step(done: Completed, sent: OperationState | None) -> StepState:
    if done.sale.loyalty is None:
        return StepState(StepName.LOYALTY, StepStatus.DONE, texts.STEP_LOYALTY_NONE)
    if sent is OperationState.DONE:
        return StepState(StepName.LOYALTY, StepStatus.DONE, texts.STEP_LOYALTY_DONE)
    if sent is OperationState.CONFLICT:
        return StepState(StepName.LOYALTY, StepStatus.FAILED, texts.STEP_LOYALTY_CONFLICT)
    return StepState(StepName.LOYALTY, StepStatus.WAITING, texts.STEP_LOYALTY_QUEUED)


def _print_step(done: Completed, printed: PrintState | None) -> StepState:
    if not done.print_job_id or printed is PrintState.CANCELLED:
        return StepState(StepName.PRINT, StepStatus.DONE, texts.STEP_PRINT_NONE)
    if printed is PrintState.DONE:
        return StepState(StepName.PRINT, StepStatus.DONE, texts.STEP_PRINT_DONE)
    if printed is PrintState.FAILED:
        return StepState(StepName.PRINT, StepStatus.FAILED, texts.STEP_PRINT_LATER)
    return StepState(StepName.PRINT, StepStatus.WAITING, texts.STEP_PRINT_QUEUED)
