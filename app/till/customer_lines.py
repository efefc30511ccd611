"""The guest's display with two lines of twenty characters: what stands on it (T43, D10).

Pure: a state in, two lines out. A name is cut, an amount never is.
"""

from typing import Final, NamedTuple, Protocol

from app.kernel.text import HARD_SPACE, NARROW_SPACE, format_amount, format_quantity
from app.till.customer_display import CustomerState, GuestLine, Idle, Ordering, PayingByCode, Thanks
from app.till.words import Words

COLUMNS: Final = 20
_PIECE_MILLI: Final = 1000

_WELCOME: Final = Words("Добро пожаловать!", "Welcome!")
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


def two_lines(state: CustomerState, house_name: str, lang: str = "ru") -> TwoLines:
    """Return the two lines for what the guest is shown.

    Args:
        state: What is shown.
        house_name: Of the place, for the time between guests.
        lang: "ru" or "en".
    """
    match state:
        case Idle():
            return TwoLines(_middle(house_name), _middle(_WELCOME.text(lang)))
        case Ordering():
            return TwoLines(_line(state.lines[-1]), _pair(_TOTAL.text(lang), state.due_minor))
        case PayingByCode():
            to_pay = _pair(_TO_PAY.text(lang), state.amount_minor)
            return TwoLines(to_pay, _middle(_BY_PHONE.text(lang)))
        case Thanks():
            return _thanks(state, lang)


def trial_lines(lang: str = "ru") -> TwoLines:
    """Return what a test shows: words, figures and letters of both ends of the alphabet."""
    words, letters = _TEST
    return TwoLines(_middle(words.text(lang)), letters[:COLUMNS])


def _thanks(state: Thanks, lang: str) -> TwoLines:
    name = f"{_THANKS.text(lang)[:-1]}, {state.first_name}!"
    first = name if state.first_name and len(name) <= COLUMNS else _THANKS.text(lang)
    if state.change_minor:
        return TwoLines(_middle(first), _pair(_CHANGE.text(lang), state.change_minor))
    if state.earned_minor:
        gained = f"+{_figure(format_amount(state.earned_minor, kopecks=False))}"
        return TwoLines(_middle(first), _spread(_POINTS.text(lang), gained))
    return TwoLines(_middle(first), "")


def _line(line: GuestLine) -> str:
    count = ""
    if line.quantity_milli != _PIECE_MILLI:
        count = f"{format_quantity(line.quantity_milli)} x "
    return _spread(count + line.name, _figure(format_amount(line.total_minor)))


def _pair(word: str, minor: int) -> str:
    return _spread(word, _figure(format_amount(minor)))


def _spread(left: str, right: str) -> str:
    """Return a line with words at the left, cut if need be, and a figure at the right."""
    room = max(COLUMNS - len(right) - 1, 0)
    return f"{left[:room].rstrip():<{room}} {right}"[-COLUMNS:]


def _middle(text: str) -> str:
    return text[:COLUMNS].strip().center(COLUMNS).rstrip()


def _figure(text: str) -> str:
    """Return a figure in characters that every display has."""
    return text.replace(NARROW_SPACE, "").replace(HARD_SPACE, " ").replace("\u2212", "-")
