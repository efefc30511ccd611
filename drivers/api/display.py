"""Customer displays of two lines: what is shown to the guest, and the device that shows it.

The pages are made by pure functions, so that the till, the tests and `python -m drivers display` show
the same. Sums are whole kopecks and always stand complete at the right; names are cut.
"""

from dataclasses import dataclass
from typing import Protocol

from drivers.api.errors import Language

COLUMNS = 20
BRIGHTNESS_MAX = 4
_SUM_MINOR_MAX = 10**12


@dataclass(frozen=True, slots=True)
class Page:
    """Two lines. Longer ones are cut by the display, shorter ones are filled with blanks."""

    upper: str = ""
    lower: str = ""


@dataclass(frozen=True, slots=True)
class DisplayCapabilities:
    """What a model can do.

    Attributes:
        columns: signs a line.
        brightness: `set_brightness` works.
        cyrillic: Russian letters are shown as such, else in Latin ones.
        scrolls_itself: a running line needs no `tick`.
    """

    columns: int = COLUMNS
    brightness: bool = True
    cyrillic: bool = True
    scrolls_itself: bool = False


class CustomerDisplay(Protocol):
    """A display that the guest reads.

    Order of calls::

        open -> (show | scroll | tick | clear | set_brightness | refresh)* -> close -> open ...

    One thread. The display never answers: a page that was handed over counts as shown. What was shown
    last is shown again by `open`, so that a display that was unplugged comes back with its page.
    """

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        ...

    @property
    def capabilities(self) -> DisplayCapabilities:
        """What this model can do."""
        ...

    @property
    def page(self) -> Page:
        """What is shown, or is to be shown as soon as the display is there."""
        ...

    @property
    def is_moving(self) -> bool:
        """Whether a running line waits for `tick`."""
        ...

    def open(self) -> None:
        """Take the port, prepare the display and show the last page again. Repeatable.

        Raises:
            TransportError, AccessDenied: see drivers.api.errors.
        """
        ...

    def close(self) -> None:
        """Let go of the port; the picture stays. Repeatable, never raises, any thread."""
        ...

    def show(self, page: Page) -> None:
        """Show a page. Raises TransportError; the page is kept for the next `open`."""
        ...

    def scroll(self, text: str, lower: str = "") -> None:
        """Let a long text run through the upper line above a still lower one."""
        ...

    def tick(self) -> None:
        """Move a running line by one sign, two or three times a second; nothing if none runs."""
        ...

    def clear(self) -> None:
        """Show nothing."""
        ...

    def set_brightness(self, level: int) -> None:
        """Set the brightness, 1 to 4.

        Raises:
            NotSupported: this model cannot. ConfigurationError: no such level.
        """
        ...

    def refresh(self) -> None:
        """Write the present page once more: nobody sees it, and a pulled line is noticed."""
        ...


def item_page(
    name: str,
    sum_minor: int,
    *,
    quantity_milli: int = 1000,
    price_minor: int | None = None,
    columns: int = COLUMNS,
) -> Page:
    """The dish that was just added: its name above, quantity, price and sum below.

    Args:
        name: of the dish; cut to the width.
        sum_minor: of the line in kopecks.
        quantity_milli: thousandths; 1000 is one piece and is not written.
        price_minor: of one; not written if there is no room for it.
        columns: signs a line.
    """
    amount = money(sum_minor)
    count = _quantity(quantity_milli)
    # "2 x 225,00   450,00", without the price "x2   450,00"; half a number would be a wrong one.
    wordings = [f"{count} x {money(price_minor)}"] if price_minor is not None else []
    wordings += [f"x{count}", ""]
    fitting = [words for words in wordings if len(words) + 1 + len(amount) <= columns]
    left = fitting[0] if fitting and quantity_milli != 1000 else ""
    return Page(name.strip()[:columns], pair(left, amount, columns))


def total_page(total_minor: int, lang: Language = "ru", columns: int = COLUMNS) -> Page:
    """What is to be paid."""
    return Page(pair("ИТОГО" if lang == "ru" else "TOTAL", money(total_minor), columns))


def change_page(
    given_minor: int, change_minor: int, lang: Language = "ru", columns: int = COLUMNS
) -> Page:
    """What the guest gave and what comes back."""
    words = ("ПОЛУЧЕНО", "СДАЧА") if lang == "ru" else ("CASH", "CHANGE")
    return Page(
        pair(words[0], money(given_minor), columns), pair(words[1], money(change_minor), columns)
    )


def welcome_page(
    title: str = "", words: str = "", lang: Language = "ru", columns: int = COLUMNS
) -> Page:
    """Between two guests: the name of the café and a greeting, in the middle."""
    words = words or ("Добро пожаловать!" if lang == "ru" else "Welcome!")
    return Page(centred(title, columns), centred(words, columns))


def money(minor: int) -> str:
    """Kopecks as '1 234,50'.

    Raises:
        ValueError: more than any display has room for.
    """
    if abs(minor) >= _SUM_MINOR_MAX:
        raise ValueError(f"{minor} kopecks are no sum of a till")
    whole = f"{abs(minor) // 100:,}".replace(",", " ")
    return f"{'-' if minor < 0 else ''}{whole},{abs(minor) % 100:02d}"


def pair(left: str, right: str, columns: int = COLUMNS) -> str:
    """Words at the left, a sum at the right: the words are cut, the sum stays whole."""
    room = columns - len(right) - 1
    if not left or room <= 0:
        return right.rjust(columns)[-columns:]
    return f"{left[:room]:<{room}} {right}"


def centred(text: str, columns: int = COLUMNS) -> str:
    """The text in the middle of a line, cut at the right."""
    return text.strip()[:columns].center(columns).rstrip()


def _quantity(milli: int) -> str:
    whole, rest = divmod(abs(milli), 1000)
    fraction = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if milli < 0 else ''}{whole}{fraction}"
