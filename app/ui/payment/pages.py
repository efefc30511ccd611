"""Which page a payment is on, and what the main button means there; pure."""

from dataclasses import dataclass, field

from app.domain.sale import LoyaltyAction
from app.domain.tender import Tender, TenderKind
from app.till.order import StepState
from app.till.payment_states import CheckoutState, Failure, Phase, WayOut
from app.till.permissions import Action
from app.till.words import Words
from app.ui import format as fmt
from app.ui.payment import after_sale
from app.ui.payment.state import (
    CardPage,
    CashPage,
    DonePage,
    Page,
    PartRow,
    SbpPage,
    SeveralPage,
    Tab,
    TabState,
    TroublePage,
    WayButton,
)
from app.ui.text import tr
from app.ui.widgets.amount_entry import AmountEntry
from app.ui.widgets.button import Kind
from app.ui.widgets.main_button import MainMeaning

ACCEPT, PART, CARD, SBP, NEXT, REST = "accept", "part", "card", "sbp", "next", "rest"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the cashier has typed and chosen; belongs to one visit of the screen.

    Attributes:
        tab: The way to pay.
        kind: The tender of the next part, with several of them.
        entry: The sum that was typed.
        error: What is wrong with it.
        running_minor: What the terminal was asked for, None while it rests.
        phone_words: What is asked of the bank of codes instead of the terminal.
        code_left_s: How long the code on the screen holds.
        elapsed_s: How long it has been working.
        terminal_words: What it says.
        is_cancelling: It was asked to stop.
        busy: An operation is under way.
        asks_slip: The RRN is asked for.
        slip: What was typed of it.
        slip_error: What is wrong with it.
        done_steps: Steps of the finished sale as the queues stand now.
        receipt_failure: Why its receipt is not made or not on paper, None if it is.
        asks_phone: The phone for an electronic receipt is asked for; `slip` takes the digits.
        auto_next_s: Seconds until the next guest, None waits.
    """

    tab: Tab = Tab.CASH
    kind: TenderKind = TenderKind.CASH
    entry: AmountEntry = field(default_factory=AmountEntry)
    error: Words | None = None
    running_minor: int | None = None
    phone_words: Words | None = None
    code_left_s: int = 0
    elapsed_s: int = 0
    terminal_words: Words | None = None
    is_cancelling: bool = False
    busy: bool = False
    asks_slip: bool = False
    slip: str = ""
    slip_error: Words | None = None
    done_steps: tuple[StepState, ...] = ()
    receipt_failure: Failure | None = None
    asks_phone: bool = False
    auto_next_s: int | None = None


def page_of(
    state: CheckoutState, draft: Draft, can_decide: bool, *, can_print: bool = True
) -> Page:
    """Return the page for a payment.

    Args:
        state: Where it stands.
        draft: What was typed.
        can_decide: The person at the till needs no supervisor for decisions about money.
        can_print: There is a printer for slips.
    """
    if state.phase is Phase.DONE:
        return _after_sale(state, draft)
    if state.code is not None or (draft.running_minor is not None and draft.phone_words):
        return _sbp_page(state, draft, can_print=can_print)
    if draft.running_minor is not None or state.phase is Phase.TERMINAL:
        return _card_page(state, draft)
    if state.failure is not None:
        return _trouble_page(state, draft, can_decide)
    if draft.tab is Tab.SEVERAL or state.order.order.tenders:
        return _several_page(state, draft)
    return CashPage(state.cash_due_minor, draft.entry, state.quick_minor, draft.error)


def _card_page(state: CheckoutState, draft: Draft) -> CardPage:
    amount = draft.running_minor
    if amount is None:
        amount = abs(state.pending.amount_minor) if state.pending else state.remaining_minor
    return CardPage(
        amount_minor=amount,
        words=draft.terminal_words,
        steps=tuple(step for step in state.steps if step.name != "commit"),
        is_cancelling=draft.is_cancelling,
        elapsed_s=draft.elapsed_s,
    )


def _sbp_page(state: CheckoutState, draft: Draft, *, can_print: bool) -> SbpPage:
    code = state.code
    if code is None:
        return SbpPage(draft.running_minor or 0, words=draft.phone_words)
    return SbpPage(
        amount_minor=code.amount_minor,
        dots=code.dots,
        seconds_left=draft.code_left_s,
        note=code.note,
        can_print=can_print,
        busy=draft.busy,
    )


def _several_page(state: CheckoutState, draft: Draft) -> SeveralPage:
    is_cash = draft.kind is TenderKind.CASH
    return SeveralPage(
        parts=tuple(_part(tender) for tender in state.order.order.tenders),
        remaining_minor=state.cash_due_minor if is_cash else state.remaining_minor,
        kind=draft.kind,
        kinds=tuple(method.kind for method in state.methods if method.is_enabled),
        entry=draft.entry,
        error=draft.error,
    )


def _part(tender: Tender) -> PartRow:
    return PartRow(tender.payment_id, tender.kind, tender.amount_minor, tender.masked_pan)


def _trouble_page(state: CheckoutState, draft: Draft, can_decide: bool) -> TroublePage:
    failure = state.failure
    assert failure is not None
    ways = tuple(
        WayButton(way.way, way.words, needs_senior=_needs_senior(way.needs, can_decide))
        for way in failure.ways
    )
    return TroublePage(
        words=failure.words,
        steps=tuple(step for step in state.steps if step.name != "commit"),
        ways=ways,
        detail=failure.detail,
        is_unknown=state.phase is Phase.UNKNOWN,
        busy=draft.busy,
        asks_slip=draft.asks_slip,
        slip=draft.slip,
        slip_error=draft.slip_error,
    )


def _needs_senior(needed: Action | None, can_decide: bool) -> bool:
    return needed is not None and not can_decide


def _after_sale(state: CheckoutState, draft: Draft) -> Page:
    if draft.receipt_failure is None or state.done is None:
        return _done_page(state, draft)
    return after_sale.receipt_page(
        state.done,
        draft.done_steps or state.steps,
        draft.receipt_failure,
        busy=draft.busy,
        asks_phone=draft.asks_phone,
        typed=draft.slip,
        error=draft.slip_error,
    )


def _done_page(state: CheckoutState, draft: Draft) -> DonePage:
    done = state.done
    assert done is not None
    sale, loyalty = done.sale, done.sale.loyalty
    spent = loyalty.spend_minor if loyalty and loyalty.action is LoyaltyAction.SPEND else 0
    steps = draft.done_steps or state.steps
    return DonePage(
        number=sale.number,
        due_minor=sale.due_minor,
        change_minor=done.change_minor,
        received_minor=sum(tender.received_minor for tender in sale.tenders),
        steps=after_sale.confirmations(steps),
        guest_name=loyalty.card.first_name if loyalty else "",
        spent_minor=spent,
        earned_minor=done.earned_minor,
        auto_next_s=draft.auto_next_s,
    )


def tabs_of(state: CheckoutState) -> tuple[TabState, ...]:
    """Return the ways to pay; several of them need something to be combined."""
    tabs = [TabState(Tab(m.kind.value), m.is_enabled, m.why_not) for m in state.methods]
    return (*tabs, TabState(Tab.SEVERAL))


def tab_of(page: Page, draft: Draft) -> Tab:
    """Return which way to pay is marked."""
    if isinstance(page, SeveralPage):
        return Tab.SEVERAL
    if isinstance(page, SbpPage):
        return Tab.SBP
    return Tab.CARD if isinstance(page, CardPage) else draft.tab


def main_meaning(page: Page, draft: Draft, remaining_minor: int) -> MainMeaning:
    """Return what the main button means on a page."""
    usable = not draft.busy
    match page:
        case CashPage() if page.missing_minor:
            return MainMeaning(REST, tr("The rest otherwise"), "", "Enter", usable)
        case CashPage():
            received = fmt.money(page.received_minor)
            return MainMeaning(ACCEPT, tr("Accept"), received, "Enter", usable)
        case SeveralPage():
            key, label = _part_by(page.kind)
            return MainMeaning(key, label, fmt.money(page.next_minor), "Enter", usable)
        case DonePage():
            return MainMeaning(NEXT, tr("Next guest"), "", "Enter")
        case TroublePage() if page.is_paid:
            return _paid_meaning(page)
        case CardPage() | SbpPage() | TroublePage():
            due = remaining_minor if isinstance(page, TroublePage) else page.amount_minor
            return MainMeaning("", tr("To pay"), fmt.money(due), "", kind=Kind.SOFT)


def _paid_meaning(page: TroublePage) -> MainMeaning:
    """Return what stands at the main button while a receipt waits: the change, else what was paid."""
    if page.change_minor:
        return MainMeaning("", tr("Change"), fmt.money(page.change_minor), "", kind=Kind.SOFT_OK)
    return MainMeaning("", tr("Paid"), fmt.money(page.paid_minor), "", kind=Kind.SOFT_OK)


def _part_by(kind: TenderKind) -> tuple[str, str]:
    """Return the key and the words of the main button for the next part."""
    match kind:
        case TenderKind.CASH:
            return PART, tr("In cash")
        case TenderKind.SBP:
            return SBP, tr("By SBP")
        case _:
            return CARD, tr("By card")


def first_way(page: Page) -> WayOut | None:
    """Return the way out that Enter takes."""
    if isinstance(page, TroublePage) and page.ways and not page.asks_number and not page.busy:
        return page.ways[0].way
    return None
