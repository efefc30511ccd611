"""Which signs of a document are printed as they are, and which are written in words.

A code page lacks signs that people put into receipts: ₽ « » — €. Quotes and dashes always have a plain
counterpart. Signs of money have words (``руб.``), and a picture of the line shows them as they are; which of
the two is the profile's choice (``signs``). With ``auto`` a document shows the signs as long as few of its
elements have one: a receipt with ₽ at every price would be sent as one large picture otherwise, which takes a
minute at 9600 baud. Letters have no words: a line with Kazakh, Armenian or Georgian letters is a picture.
"""

import functools

from drivers.api.printer import Columns, Element, PrintDocument, Text
from drivers.printers.normalise import MONEY_SIGNS, REPLACED
from drivers.printers.profiles import PrinterProfile

SIGN_ELEMENTS_MAX = 8
"""With ``auto``: so many elements with a sign of money are still printed as pictures."""


def kept_signs(document: PrintDocument, profile: PrinterProfile) -> frozenset[str]:
    """Signs that stay as they are in this document on this printer; the others get their words."""
    held = held_signs(profile.code_page)
    missing = MONEY_SIGNS - held
    if not missing or profile.signs == "words":
        return held
    limit = SIGN_ELEMENTS_MAX if profile.signs == "auto" and not profile.is_raster else None
    if limit is not None and _count(document, missing, limit) > limit:
        return held
    return held | missing


@functools.lru_cache(maxsize=16)
def held_signs(code_page: str) -> frozenset[str]:
    """Signs with a replacement that this code page can print itself; a picture prints any."""
    if code_page == "raster":
        return REPLACED
    return frozenset(sign for sign in REPLACED if _holds(code_page, sign))


def _holds(code_page: str, sign: str) -> bool:
    try:
        sign.encode(code_page)
    except UnicodeEncodeError:
        return False
    return True


def _count(document: PrintDocument, signs: frozenset[str], limit: int) -> int:
    """Elements with one of the signs; stops when the limit is passed."""
    count = 0
    for element in document.elements:
        text = _text_of(element)
        if not text.isascii() and not signs.isdisjoint(text):
            count += 1
            if count > limit:
                break
    return count


def _text_of(element: Element) -> str:
    if isinstance(element, Text):
        return element.text
    return element.left + element.right if isinstance(element, Columns) else ""
