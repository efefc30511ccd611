"""A sale for cash whose receipt's printer is unplugged at one byte."""

from app.store.rows import PrintState
from app.till.payment_states import CheckoutState, Phase
from tests.chaos.plug import Way
from tests.chaos.plugged_till import PluggedTill, until
from tests.till.bench import BORIS, COFFEE

_ROUNDS_MAX = 12
_COPY = "КОПИЯ"


def sell_for_cash(
    stage: PluggedTill, way: Way, place: int | None, *, blinks: bool, dies: bool
) -> str:
    """Sell, print through the cut, put the plug back, print on; tell how it ended.

    Raises:
        AssertionError: The sale or the paper is doubled or lost, or nothing was told.
    """
    till = stage.till
    before, drawer = stage.sales(), stage.printer.drawer_count
    while till.printing.run_once():
        pass
    stage.bench.told.clear()
    till.sale.tap(COFFEE)
    till.checkout.start()
    state: CheckoutState = till.checkout.pay_exact_cash()
    assert state.phase is Phase.DONE, "a sale waits for no printer"
    assert state.done is not None
    stage.printer_plug.arm(way, place, blinks=blinks)
    till.printing.run_once()
    # The last byte may leave long after the printer has said that it is done.
    was_pulled = stage.printer_plug.was_pulled
    how = _first_end(stage)
    stage.printer_plug.plug_in()
    if dies:
        stage.bench.restart()
        stage.bench.sign_in(BORIS)
    _print_on(stage)

    number = state.done.sale.number
    assert stage.sales() == stage.operations() == before + 1
    papers = _papers(stage, number)
    assert papers, f"sale {number} has no paper"
    assert sum(_COPY not in paper for paper in papers) <= 1, f"sale {number} has two receipts"
    assert stage.printer.drawer_count - drawer <= 1, "the drawer opened twice"
    if not was_pulled:
        return "not reached" if place is not None else "whole"
    return how


def _first_end(stage: PluggedTill) -> str:
    """How the first try ended for the cashier, who must have been told if the paper is not whole."""
    jobs = stage.bench.jobs()
    if not jobs:
        return "printed"
    (job,) = jobs
    assert job.state is PrintState.QUEUED
    assert stage.bench.told, "nothing was told"
    assert all(ru and en for ru, en in stage.bench.told)
    return "maybe" if job.last_error.startswith("maybe_printed") else "nothing"


def _print_on(stage: PluggedTill) -> None:
    for _ in range(_ROUNDS_MAX):
        if not stage.bench.jobs():
            return
        stage.later()
        stage.till.printing.run_once()
    raise AssertionError(f"never printed: {stage.bench.jobs()}")


def _papers(stage: PluggedTill, number: int) -> list[str]:
    """Whole receipts of a sale; the paper comes out a moment after the printer's word."""
    head = f"Чек № {number} "

    def found() -> list[str]:
        texts = ["\n".join(paper.lines) for paper in stage.printer.receipts]
        return [text for text in texts if head in text and "в т. ч. НДС" in text.split(head)[-1]]

    until(lambda: bool(found()), f"a paper of sale {number}")
    return found()
