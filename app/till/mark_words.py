"""What is said of the marking codes of an order: line by line, and what stands in the way of the payment."""

from app.domain.cart import Cart, CartLine
from app.domain.marking import LineMark, MarkState
from app.till import marking_texts as texts
from app.till.words import Words

_ORDER = (MarkState.REFUSED, MarkState.WANTED, MarkState.CHECKING)


def line_words(mark: LineMark) -> Words:
    """Return how the code of a line stands."""
    match mark.state:
        case MarkState.WANTED:
            return texts.WANTED
        case MarkState.CHECKING:
            return texts.CHECKING
        case MarkState.ALLOWED:
            return texts.ALLOWED
        case MarkState.UNCHECKED:
            return texts.UNCHECKED
        case MarkState.SKIPPED:
            return texts.SKIPPED.fill(reason=mark.skip_reason)
    reason = _reason(mark)
    return Words(
        texts.REFUSED.ru.format(reason=_capital(reason.ru)),
        texts.REFUSED.en.format(reason=_capital(reason.en)),
    )


def stopping_line(cart: Cart) -> CartLine | None:
    """Return the first line whose code keeps the order from being paid: refused, wanted, checked."""
    found: dict[MarkState, CartLine] = {}
    for line in cart.lines:
        if line.mark is not None:
            found.setdefault(line.mark.state, line)
    return next((found[state] for state in _ORDER if state in found), None)


def stopping_words(cart: Cart) -> Words | None:
    """Return what keeps an order from being paid, None if its codes do not."""
    line = stopping_line(cart)
    if line is None or line.mark is None:
        return None
    if line.mark.state is MarkState.REFUSED:
        reason = _reason(line.mark)
        return Words(
            texts.REFUSED_OF.ru.format(name=line.name, reason=reason.ru),
            texts.REFUSED_OF.en.format(name=line.name, reason=reason.en),
        )
    known = texts.MISSING if line.mark.state is MarkState.WANTED else texts.CHECKING_OF
    return known.fill(name=line.name)


def _reason(mark: LineMark) -> Words:
    for name in mark.reasons:
        if name in texts.REASONS:
            return texts.REASONS[name]
    return texts.REASON_OTHER


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
