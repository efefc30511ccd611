"""A sale by card whose terminal is unplugged at one byte, and its money given back through a cut."""

from collections.abc import Iterable

from app.domain.sale import SaleState
from app.domain.tender import Tender, TenderKind
from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.till.payment_states import CheckoutState, Phase, WayOut
from app.till.refund_plan import RefundWish
from app.till.refunds import RefundPhase, RefundResult
from drivers.sim.terminal_journal import SIGNS
from tests.chaos.plug import Way
from tests.chaos.plugged_till import PluggedTill, until
from tests.till.bench import BORIS, COFFEE

_STEPS_MAX = 50


def sell_by_card(
    stage: PluggedTill, way: Way, place: int | None, *, blinks: bool, dies: bool
) -> str:
    """Sell through the cut, then do as a cashier does until the sale is entered; tell how it ended.

    Raises:
        AssertionError: The books of till and terminal differ, or nothing was told.
    """
    before, booked, money = stage.sales(), _payments(stage), _money(stage)
    _quiet(stage)
    stage.till.sale.tap(COFFEE)
    stage.till.checkout.start()
    stage.terminal_plug.arm(way, place, blinks=blinks)
    state: CheckoutState = stage.till.checkout.pay_card()
    was_pulled = stage.terminal_plug.was_pulled
    how = state.phase.value
    _check_words(state)
    if state.phase is Phase.FAILED:
        _quiet(stage)
        assert _payments(stage) == booked, "told as not paid, and booked"
    stage.terminal_plug.plug_in()
    if dies:
        recovered = stage.bench.restart()
        stage.bench.sign_in(BORIS)
        state = recovered.checkout or stage.till.checkout.state()
    _finish(stage, state, before)

    assert stage.sales() == stage.operations() == before + 1
    assert _payments(stage) == booked + 1, "the card was not charged once"
    assert _money(stage) - money == _by_card(stage.last_sale().tenders) > 0
    stage.till.checkout.dismiss()
    if not was_pulled:
        return "not reached" if place is not None else "whole"
    return how


def give_back(stage: PluggedTill, way: Way, place: int | None, *, blinks: bool, dies: bool) -> str:
    """Sell by card undisturbed, then give the money back through the cut; tell how it ended."""
    sell_by_card(stage, way, None, blinks=False, dies=False)
    sale, money = stage.last_sale(), _money(stage)
    _quiet(stage)
    stage.terminal_plug.arm(way, place, blinks=blinks)
    result: RefundResult = stage.till.refunds.refund(RefundWish(sale.sale_id, "вернули"))
    was_pulled = stage.terminal_plug.was_pulled
    how = result.phase.value
    if result.phase is not RefundPhase.DONE:
        assert result.failure is not None
        assert result.failure.words.ru
        assert result.failure.words.en
        assert result.failure.ways
    stage.terminal_plug.plug_in()
    if dies:
        stage.bench.restart()
        stage.bench.sign_in(BORIS)
    _finish_refund(stage, result, sale.sale_id)
    assert stage.till.refunds.look(sale.sale_id).rest_minor == 0
    with stage.bench.store.reader() as db:
        refunds = db.sales.list_refunds(sale.sale_id)
    back = sum(_by_card(refund.tenders) for refund in refunds)
    assert money - _money(stage) == back == sale.due_minor, "the money was not given back once"
    if not was_pulled:
        return "not reached" if place is not None else "whole"
    return how


def _check_words(state: CheckoutState) -> None:
    """Whatever is not done is told with ways out."""
    if state.phase is Phase.DONE:
        return
    assert state.phase in (Phase.FAILED, Phase.UNKNOWN), state.phase
    failure = state.failure
    assert failure is not None
    assert failure.words.ru
    assert failure.words.en
    wanted = WayOut.CHECK if state.phase is Phase.UNKNOWN else WayOut.RETRY
    assert wanted in [way.way for way in failure.ways]


def _finish(stage: PluggedTill, state: CheckoutState, before: int) -> None:
    """Ask while it is unknown, try again after a failure, until the sale is entered."""
    for _ in range(_STEPS_MAX):
        if stage.sales() > before:
            return
        if state.phase in (Phase.FAILED, Phase.UNKNOWN):
            _check_words(state)
        try:
            if state.pending is not None:
                state = stage.till.checkout.resolve_payment()
            elif state.order.order.state is SaleState.PAYING and not state.remaining_minor:
                state = stage.till.checkout.go_on()
            else:
                state = stage.till.checkout.pay_card()
        except AppError:
            state = stage.till.checkout.state()
        _quiet(stage)
    raise AssertionError(f"never paid: {state.phase} {state.failure}")


def _finish_refund(stage: PluggedTill, result: RefundResult, sale_id: SaleId) -> None:
    refunds = stage.till.refunds
    for _ in range(_STEPS_MAX):
        if not refunds.look(sale_id).rest_minor:
            return
        _quiet(stage)
        if refunds.pending() is not None:
            result = refunds.resolve()
        else:
            result = refunds.refund(RefundWish(sale_id, "вернули"))
    raise AssertionError(f"never given back: {result.phase} {result.failure}")


def _quiet(stage: PluggedTill) -> None:
    """Wait until the terminal has noticed whom it lost: it serves one till at a time."""
    until(lambda: stage.terminal.connections <= 1, "the terminal lets go of the cut connection")


def _payments(stage: PluggedTill) -> int:
    """How often a card was charged."""
    return sum(booking.kind == "payment" for booking in stage.terminal.journal.all())


def _money(stage: PluggedTill) -> int:
    """What the terminal has taken in all."""
    journal = stage.terminal.journal.all()
    return sum(SIGNS.get(booking.kind, 0) * booking.amount_minor for booking in journal)


def _by_card(tenders: Iterable[Tender]) -> int:
    return sum(tender.amount_minor for tender in tenders if tender.kind is TenderKind.CARD)
