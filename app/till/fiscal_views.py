"""Fiscal tasks in words: what is in the way of a receipt, and the ways out, the best one first (S6)."""

from typing import Final

from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.till import fiscal_run, fiscal_texts, receipt_texts
from app.till.payment_states import Failure, Way, WayOut
from app.till.words import Words

RETRY: Final = Way(WayOut.RECEIPT_RETRY, fiscal_texts.WAY_RETRY)
RENEW: Final = Way(WayOut.RENEW_SHIFT, fiscal_texts.WAY_RENEW)
E_RECEIPT: Final = Way(WayOut.E_RECEIPT, fiscal_texts.WAY_E_RECEIPT)
NEXT: Final = Way(WayOut.NEXT_GUEST, fiscal_texts.WAY_NEXT)
#: Codes of a road to the register that is broken.
LINK_CODES: Final = frozenset(
    {
        "device.transport",
        "device.not_connected",
        "device.connection_lost",
        "device.timeout",
        "device.offline",
        "device.port_busy",
    }
)
#: States in which the receipt may still be changed: it is known that the register has none.
KNOWN_UNMADE: Final = frozenset({FiscalState.QUEUED, FiscalState.FAILED})


def reason(code: str, words: Words, name: str) -> Words:
    """Return in a few words what is in the way; `name` is the register's."""
    if code == fiscal_run.PAPER_OUT:
        return fiscal_texts.NO_PAPER
    if code in LINK_CODES:
        return fiscal_texts.NO_LINK.fill(name=name)
    return Words(_begun_small(words.ru), _begun_small(words.en))


def words_of_task(task: FiscalTask, name: str) -> Words:
    """Return the headline about a task that is not done; `name` is the register's."""
    if task.state is FiscalState.UNPRINTED:
        return fiscal_texts.UNPRINTED
    if task.error_code == fiscal_run.SHIFT_EXPIRED:
        return fiscal_texts.SHIFT_TOO_LONG
    told = Words(task.error_ru, task.error_en)
    if task.state is FiscalState.UNKNOWN and task.error_code != fiscal_run.PAPER_OUT:
        heads = {
            UNCERTAIN: told,
            fiscal_run.WORKING: told,
            fiscal_run.EARLIER_UNKNOWN: fiscal_texts.EARLIER_UNKNOWN,
        }
        return heads.get(task.error_code, fiscal_texts.ASKING)
    if not task.error_code:
        return fiscal_texts.STEP_NOW
    why = reason(task.error_code, told, name)
    if task.kind not in {FiscalKind.SALE, FiscalKind.REFUND}:
        return Words(why.ru[:1].upper() + why.ru[1:], why.en[:1].upper() + why.en[1:])
    return Words(
        fiscal_texts.NOT_MADE.ru.replace("{reason}", why.ru),
        fiscal_texts.NOT_MADE.en.replace("{reason}", why.en),
    )


def failure_of(task: FiscalTask | None, name: str, *, can_be_electronic: bool) -> Failure | None:
    """Return what keeps a receipt from being made or printed; None while all goes well.

    Args:
        task: Of the receipt; None where there is none.
        name: Of the register.
        can_be_electronic: The register can do without paper; the phone is asked for.
    """
    if task is None or not task.is_open or not task.error_code:
        return None
    if task.error_code == fiscal_run.SHIFT_EXPIRED:
        ways: tuple[Way, ...] = (RENEW, NEXT)
    elif can_be_electronic and task.state in KNOWN_UNMADE:
        ways = (RETRY, E_RECEIPT, NEXT)
    else:
        ways = (Way(WayOut.RECEIPT_RETRY, again(task)), NEXT)
    detail = f"{task.state} {task.error_code}: {task.error_en}"
    words = words_of_task(task, name)
    return Failure(task.error_code, words, ways, detail, advice_of(task))


def advice_of(task: FiscalTask) -> Words:
    """Return what helps a receipt that is not made, or not on paper."""
    told = Words(task.error_ru, task.error_en)
    if task.error_code == fiscal_run.EARLIER_UNKNOWN and all(told):
        return told  # why the request was refused is what can be put right
    return receipt_texts.advice(task.error_code)


def with_why(task: FiscalTask, words: Words) -> Words:
    """Return the headline about a task with the reason behind it, where it does not say it itself."""
    if task.error_code != fiscal_run.EARLIER_UNKNOWN or task.state is not FiscalState.UNKNOWN:
        return words
    why = advice_of(task)
    return Words(f"{words.ru}. {why.ru}", f"{words.en}. {why.en}")


def _begun_small(text: str) -> str:
    """Return a sentence as the end of another one: a small first letter, no full stop."""
    text = text.strip().rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _is_asked(task: FiscalTask) -> bool:
    # With new paper the register goes on by itself; the advice names the button, "try again".
    return task.state is FiscalState.UNKNOWN and task.error_code != fiscal_run.PAPER_OUT


def again(task: FiscalTask) -> Words:
    """Return what trying again means for a task: one that may be made is asked about, never repeated."""
    return fiscal_texts.WAY_ASK if _is_asked(task) else fiscal_texts.WAY_RETRY


def again_briefly(task: FiscalTask) -> Words:
    """Return what `again` says where there is little room."""
    return receipt_texts.ROW_ASK if _is_asked(task) else receipt_texts.CHOICE_RETRY


def without_head(words: Words) -> Words:
    """Return what is in the way, without "receipt not made" where the words around it say that."""
    heads = (text.partition("{reason}")[0] for text in fiscal_texts.NOT_MADE)
    return Words(*(text.removeprefix(head) for text, head in zip(words, heads, strict=True)))
