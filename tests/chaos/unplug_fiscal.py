"""A sale whose fiscal register is unplugged at one byte: one document at the end, words meanwhile."""

from app.store.rows import FiscalState, FiscalTask
from app.till.payment_states import CheckoutState, Phase
from tests.chaos.plug import Way
from tests.chaos.plugged_till import PluggedTill
from tests.till.bench import BORIS, COFFEE

_ROUNDS_MAX = 60


def sell_with_receipt(
    stage: PluggedTill, way: Way, place: int | None, *, blinks: bool, dies: bool
) -> str:
    """Sell, make the receipt through the cut, put the plug back, go on; tell how it ended.

    Raises:
        AssertionError: There is no receipt or two, or what was told is not so.
    """
    before, made = stage.sales(), len(stage.machine.receipts)
    stage.till.sale.tap(COFFEE)
    stage.till.checkout.start()
    state: CheckoutState = stage.till.checkout.pay_exact_cash()
    assert state.phase is Phase.DONE, "a sale waits for no register"
    assert state.done is not None
    task_id = state.done.fiscal_task_id
    stage.register_plug.arm(way, place, blinks=blinks)
    stage.till.fiscal.run_once()
    was_pulled = stage.register_plug.was_pulled
    how = _first_end(stage, task_id, len(stage.machine.receipts) - made)
    stage.register_plug.plug_in()
    if dies:
        stage.bench.restart()
        stage.bench.sign_in(BORIS)
        stage.till.fiscal.recover()
    _go_on(stage)

    assert stage.sales() == stage.operations() == before + 1
    assert len(stage.machine.receipts) == made + 1, "the sale has no receipt, or two"
    document = stage.machine.receipts[-1]
    assert document.total * 100 == state.done.sale.due_minor
    task = _task(stage, task_id)
    assert task.state is FiscalState.DONE
    assert task.document is not None
    assert task.document["number"] == document.number
    if not was_pulled:
        return "not reached" if place is not None else "whole"
    return how


def _first_end(stage: PluggedTill, task_id: str, made: int) -> str:
    """How the first try ended, which must be so and told in words if it is not done."""
    task = _task(stage, task_id)
    assert made in (0, 1)
    if task.state is FiscalState.DONE:
        assert made == 1, "told as made, and is not"
        return "made"
    assert task.state in (FiscalState.QUEUED, FiscalState.UNKNOWN), task
    words = stage.till.fiscal.words_of(task)
    assert words.ru
    assert words.en
    if task.state is FiscalState.QUEUED:
        assert made == 0, "told as not made, and is"
        assert task.error_ru
        assert task.error_en
    return task.state.value


def _go_on(stage: PluggedTill) -> None:
    """Let the queue have its time, as its thread does."""
    for _ in range(_ROUNDS_MAX):
        while stage.till.fiscal.run_once():
            pass
        with stage.bench.store.reader() as db:
            waiting = db.fiscal.list_open()
        if not waiting:
            return
        due = [task.not_before for task in waiting if task.not_before is not None]
        if due:
            stage.bench.clock.set(max(min(due), stage.bench.clock.now()))
    raise AssertionError("never made")


def _task(stage: PluggedTill, task_id: str) -> FiscalTask:
    with stage.bench.store.reader() as db:
        task = db.fiscal.find(task_id)
    assert task is not None
    return task
