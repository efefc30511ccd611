"""The page of a sale that is paid while its receipt is not made yet, or not on paper; pure.

The money is safe and stands first. The page goes by itself as soon as the receipt is there.
"""

from collections.abc import Iterable
from typing import Final

from app.domain.sale import LoyaltyAction, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.text import MINUS, format_amount, format_money, mask_phone
from app.till import fiscal_texts, kitchen_texts
from app.till import receipt_texts as texts
from app.till.kitchen_trouble import KITCHEN_FAILED
from app.till.order import Lights, StepName, StepState, StepStatus
from app.till.payment_states import Completed, Failure, WayOut
from app.till.words import Words
from app.ui.payment.state import StepCard, TroublePage, WayButton

PHONE_DIGITS: Final = 10  # after +7
_TITLES: Final = {
    TenderKind.CASH: texts.PAID_CASH,
    TenderKind.CARD: texts.PAID_CARD,
    TenderKind.SBP: texts.PAID_SBP,
}


def receipt_page(
    done: Completed,
    steps: Iterable[StepState],
    failure: Failure,
    *,
    busy: bool = False,
    asks_phone: bool = False,
    typed: str = "",
    error: Words | None = None,
) -> TroublePage:
    """Return the page of a paid sale whose receipt waits, or that the kitchen has not got.

    Args:
        done: The sale.
        steps: As the queues stand.
        failure: Why the receipt is not made or not on paper, with the ways out.
        busy: A way out is being gone.
        asks_phone: The guest's phone is asked for.
        typed: What was typed of it, without +7.
        error: What is wrong with it.
    """
    phone = phone_of(done.sale)
    return TroublePage(
        words=failure.words,
        steps=(),
        cards=tuple(_cards(done, steps, failure)),
        ways=tuple(
            WayButton(
                way.way,
                way.words,
                detail=mask_phone(phone) if way.way is WayOut.E_RECEIPT and phone else "",
            )
            for way in failure.ways
        ),
        title=title_of(done.sale),
        detail=failure.detail,
        is_paid=True,
        busy=busy,
        asks_phone=asks_phone,
        slip=typed,
        slip_error=error,
        paid_minor=done.sale.due_minor,
        change_minor=done.change_minor,
        is_kitchen=failure.code == KITCHEN_FAILED,
    )


def title_of(sale: Sale) -> Words:
    """Return how a sale was paid."""
    kinds = {tender.kind for tender in sale.tenders}
    return _TITLES.get(next(iter(kinds)), texts.PAID) if len(kinds) == 1 else texts.PAID


def phone_of(sale: Sale) -> str:
    """Return the phone of the guest, digits only; '' without one."""
    return sale.loyalty.card.phone if sale.loyalty else ""


def confirmations(steps: Iterable[StepState]) -> tuple[StepState, ...]:
    """Return the steps that the done page confirms; paper of a fiscal receipt only while it waits."""
    shown = [x for x in steps if x.name not in {StepName.AUTHORISE, StepName.COMMIT}]
    if any(step.name is StepName.FISCAL for step in shown):
        shown = [
            x for x in shown if x.name is not StepName.PRINT or x.status is not StepStatus.DONE
        ]
    return tuple(shown)


def receipt_step(steps: Iterable[StepState]) -> StepState | None:
    """Return the step that decides about the receipt: the register's, else the printer's."""
    by_name = {step.name: step for step in steps}
    return by_name.get(StepName.FISCAL) or by_name.get(StepName.PRINT)


def receipt_lights(steps: Iterable[StepState], failure: Failure | None) -> Lights:
    """Return the light of a paid order, with the word of its receipt (T7)."""
    step = receipt_step(steps)
    if step is None:
        words, status = Words("Оплачен", "Paid"), StepStatus.WAITING
    elif failure is not None and failure.code != KITCHEN_FAILED:
        is_made = step.status is StepStatus.DONE or failure.words == fiscal_texts.UNPRINTED
        words = texts.RECEIPT_NOT_PRINTED if is_made else texts.RECEIPT_NOT_MADE
        status = StepStatus.FAILED
    else:
        words, status = step.words, step.status
        if step.name is StepName.FISCAL:
            words = _FISCAL_LIGHTS.get(status, texts.RECEIPT_QUEUED)
    return Lights(StepStatus.DONE, StepStatus.DONE, status, words)


_FISCAL_LIGHTS: Final = {
    StepStatus.DONE: texts.RECEIPT_MADE,
    StepStatus.NOW: texts.RECEIPT_MAKING,
    StepStatus.FAILED: texts.RECEIPT_NOT_MADE,
}


# ------------------------------------------------------------------ cards
def _cards(done: Completed, steps: Iterable[StepState], failure: Failure) -> Iterable[StepCard]:
    """Return the steps as cards: money, points, the receipt, and what follows it."""
    steps = tuple(steps)
    has_fiscal = any(step.name is StepName.FISCAL for step in steps)
    for step in steps:
        match step.name:
            case StepName.AUTHORISE:
                yield _money_card(done)
            case StepName.LOYALTY if done.sale.loyalty is not None:
                yield _points_card(done, step)
            case StepName.FISCAL if failure.code != KITCHEN_FAILED:
                yield StepCard(failure.words, failure.advice, StepStatus.FAILED)
            case StepName.KITCHEN if failure.code == KITCHEN_FAILED:
                yield StepCard(failure.words, kitchen_texts.ADVICE, StepStatus.FAILED)
            case StepName.FISCAL:
                yield StepCard(texts.NOTHING, step.words, step.status, name=step.name)
            case StepName.PRINT if step.status is not StepStatus.FAILED and has_fiscal:
                pass  # paper follows the receipt: nothing to tell beside it
            case StepName.KITCHEN | StepName.PRINT:
                yield StepCard(texts.NOTHING, step.words, step.status, name=step.name)
            case _:
                pass


def _money_card(done: Completed) -> StepCard:
    title = texts.PAID
    if done.change_minor:
        title = texts.PAID_CHANGE.fill(change=format_money(done.change_minor))
    parts = [_tender(tender) for tender in done.sale.tenders]
    detail = Words(", ".join(part.ru for part in parts), ", ".join(part.en for part in parts))
    return StepCard(title, detail, StepStatus.DONE)


def _tender(tender: Tender) -> Words:
    amount = format_money(tender.received_minor or tender.amount_minor)
    names = _TENDER_WORDS.get(tender.kind, Words("Другое", "Other"))
    pan = f" {tender.masked_pan}" if tender.masked_pan else ""
    return Words(f"{names.ru}{pan}, {amount}", f"{names.en}{pan}, {amount}")


_TENDER_WORDS: Final = {
    TenderKind.CASH: Words("Наличные", "Cash"),
    TenderKind.CARD: Words("Карта", "Card"),
    TenderKind.SBP: Words("СБП", "SBP"),
    TenderKind.GIFT_CARD: Words("Подарочная карта", "Gift card"),
}


def _points_card(done: Completed, step: StepState) -> StepCard:
    loyalty = done.sale.loyalty
    assert loyalty is not None
    spent = loyalty.spend_minor if loyalty.action is LoyaltyAction.SPEND else 0
    title = texts.POINTS_SPENT if spent else texts.POINTS_EARNED
    if step.status is StepStatus.FAILED:
        title = step.words
    told = [Words(f"{MINUS}{_points(spent)}", f"{MINUS}{_points(spent)}")] if spent else []
    if done.earned_minor:
        told.append(texts.EARNS.fill(points=f"+{_points(done.earned_minor)}"))
    name = loyalty.card.first_name
    ru, en = ", ".join(words.ru for words in told), ", ".join(words.en for words in told)
    detail = Words(f"{name}: {ru}", f"{name}: {en}") if name and told else Words(ru, en)
    return StepCard(title, detail, step.status)


def _points(hundredths: int) -> str:
    return format_amount(hundredths, kopecks=bool(hundredths % 100))
