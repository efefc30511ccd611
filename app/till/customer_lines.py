"""The guest's display with two lines of twenty characters: what stands on it (T43, D10).

Pure: a state in, two lines out. A name is cut, an amount never is.
"""

from typing import Final, NamedTuple, Protocol

from app.kernel.text import format_quantity
from app.till.customer_display import CustomerState, GuestLine, Idle, Ordering, PayingByCode, Thanks
from app.till.words import Words
from drivers.api.display import COLUMNS, centred, money, pair, welcome_page
from drivers.api.errors import Language

_PIECE_MILLI: Final = 1000

_TOTAL: Final = Words("ИТОГО", "TOTAL")
_TO_PAY: Final = Words("К ОПЛАТЕ", "TO PAY")
_BY_PHONE: Final = Words("Оплата по СБП", "Pay by phone")
_THANKS: Final = Words("Спасибо!", "Thank you!")
_CHANGE: Final = Words("СДАЧА", "CHANGE")
_POINTS: Final = Words("БАЛЛЫ", "POINTS")
_TEST: Final = (Words("Проверка экрана", "Display test"), "1234567890 АБВГД ЭЮЯ")


class TwoLines(NamedTuple):
    """What stands on the display; each line has `COLUMNS` characters at most."""

    first: str
    second: str


class LineDisplay(Protocol):
    """A display with two lines, or several of them. Returns at once; a newer text replaces one that waits."""

    def show_lines(self, first: str, second: str) -> None:
        """Show two lines; errors are the business of whoever looks after the device."""
        ...


def two_lines(state: CustomerState, house_name: str, lang: Language = "ru") -> TwoLines:
    """Return the two lines for what the guest is shown.

    Args:
        state: What is shown.
        house_name: Of the place, for the time between guests.
        lang: "ru" or "en".
    """
    match state:
        case Idle():
            page = welcome_page(house_name, lang=lang)
            return TwoLines(page.upper, page.lower)
        case Ordering():
            due = pair(_TOTAL.text(lang), money(state.due_minor))
            return TwoLines(_line(state.lines[-1]), due)
        case PayingByCode():
            due = pair(_TO_PAY.text(lang), money(state.amount_minor))
            return TwoLines(due, centred(_BY_PHONE.text(lang)))
        case Thanks():
            return _thanks(state, lang)


def trial_lines(lang: Language = "ru") -> TwoLines:
    """Return what a test shows: words, figures and letters of both ends of the alphabet."""
    words, letters = _TEST
    return TwoLines(centred(words.text(lang)), letters[:COLUMNS])


def _thanks(state: Thanks, lang: Language) -> TwoLines:
    name = f"{_THANKS.text(lang)[:-1]}, {state.first_name}!"
    first = name if state.first_name and len(name) <= COLUMNS else _THANKS.text(lang)
    second = ""
    if state.change_minor:
        second = pair(_CHANGE.text(lang), money(state.change_minor))
    elif state.earned_minor:
        second = pair(_POINTS.text(lang), f"+{state.earned_minor // 100}")
    return TwoLines(centred(first), second)


def _line(line: GuestLine) -> str:
    count = ""
    if line.quantity_milli != _PIECE_MILLI:
        count = f"{format_quantity(line.quantity_milli)} x "
    return pair(count + line.name, money(line.total_minor))
