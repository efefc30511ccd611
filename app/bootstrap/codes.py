"""What scanned codes mean here: the drivers' rules of codes behind the till's port."""

from typing import TYPE_CHECKING, Final

from app.contracts.guest_codes import DYNAMIC_PREFIX, PRINTED_PREFIX
from app.kernel.late import LateModule
from app.till import texts
from app.till.codes import Code, CodeKind
from app.till.words import Words
from drivers.api.scanner import Code as Scanned
from drivers.api.scanner import CodeKind as Kind
from drivers.scanners.codes import GUEST_CODE_DIGITS, CodeRules, classify
from drivers.scanners.gs1 import check_digit, looks_like_elements, restore_separators

if TYPE_CHECKING:
    from drivers.api import marking
    from drivers.fiscal.marking import codes as marks
else:
    marking = LateModule("drivers.api.marking")
    marks = LateModule("drivers.fiscal.marking.codes")

#: Numbers of goods have 8, 12, 13 or 14 digits and are the same with zeros before them
#: (GS1 General Specifications 2.1.1: all are kept as 14 digits).
_LENGTHS: Final = (13, 12, 8, 14)
#: Where weight codes hold what: 2P IIIII WWWWW C, shop scales' usual form of EAN-13.
_ITEM_END: Final = 7
_NO_WEIGHT: Final = "00000"
#: 20-29 are for a shop's own use (GS1 General Specifications 2.1.11.2), all of which scales print.
_WEIGHT_PREFIXES: Final = tuple(f"2{digit}" for digit in range(10))
_DOUBTS_MAX: Final = 16

_USELESS: Final = {
    Kind.GIFT_CARD: texts.CODE_GIFT_CARD,
    Kind.PROMO: texts.CODE_PROMO,
    Kind.STAFF: texts.CODE_STAFF,
    Kind.UNKNOWN: texts.CODE_DAMAGED,
}


def code_rules() -> CodeRules:
    """Return the rules of codes with our guests' own prefixes."""
    ours = {PRINTED_PREFIX: Kind.GUEST, DYNAMIC_PREFIX: Kind.GUEST}
    return CodeRules(prefixes={**CodeRules().prefixes, **ours}, weight_prefixes=_WEIGHT_PREFIXES)


class CodeReader:
    """Tells scanned codes apart for the till; an `app.till.codes.Classifier`."""

    def __init__(self) -> None:
        self._rules = code_rules()
        self._doubtful: set[str] = set()

    def __call__(self, raw: str) -> Code:
        """Tell what a code is."""
        code = classify(raw, self._rules)
        match code.kind:
            case Kind.MARKING:
                return self._marking(raw, code.value)
            case Kind.PRODUCT | Kind.TEXT:
                return _pack(raw) or Code(
                    CodeKind.PRODUCT, code.value, raw, forms=_forms(code.value)
                )
            case Kind.WEIGHT:
                return _weight(code, raw)
            case Kind.GUEST_CODE:
                return Code(CodeKind.SIX_DIGITS, code.value, raw)
            case Kind.GUEST:
                return Code(CodeKind.GUEST, _guest_text(code), raw)
        words = _USELESS[code.kind]
        if code.kind is Kind.UNKNOWN and looks_like_elements(restore_separators(code.text)):
            # The product is known, the code is not whole: it says what to do.
            words = self._marking(raw, code.value).mark_words or words
        return Code(CodeKind.UNKNOWN, code.text, raw, words=words)

    def note_doubt(self, text: str) -> None:
        """Remember that a scan reads two ways; the next code with this text is no marking code.

        Its source tells the text alone to the screens, and what the till must know comes this way.
        """
        if len(self._doubtful) >= _DOUBTS_MAX:
            self._doubtful.clear()
        self._doubtful.add(text)

    def _marking(self, raw: str, gtin: str) -> Code:
        """Return a code of marked goods; its product is found by the number of the trade item."""
        mark, words = None, None
        try:
            mark = marks.parse_mark(raw)
        except marking.MarkUnreadable as error:
            words = Words(error.text("ru"), error.text("en"))
        if raw in self._doubtful:
            self._doubtful.discard(raw)
            doubt = marking.MarkUnreadable(marking.MarkFault.TYPED_TWO_WAYS)
            mark, words = None, Words(doubt.text("ru"), doubt.text("en"))
        return Code(CodeKind.PRODUCT, gtin, raw, forms=_forms(gtin), mark=mark, mark_words=words)


def _pack(raw: str) -> Code | None:
    """Return the code of a pack of tobacco, which has no identifiers; None if it is none."""
    try:
        mark = marks.parse_mark(raw)
    except marking.MarkUnreadable:
        return None
    return Code(CodeKind.PRODUCT, mark.gtin or raw, raw, forms=_forms(mark.gtin), mark=mark)


def _forms(digits: str) -> tuple[str, ...]:
    """Return the other lengths of a number of goods."""
    if len(digits) not in _LENGTHS or not (digits.isascii() and digits.isdigit()):
        return ()
    bare = digits.lstrip("0")
    forms = (bare.zfill(length) for length in _LENGTHS if length >= len(bare))
    return tuple(form for form in forms if form != digits)


def _weight(code: Scanned, raw: str) -> Code:
    """Return a weight code; menus often know the item by the same code with no weight in it."""
    body = code.text[:_ITEM_END] + _NO_WEIGHT
    return Code(
        CodeKind.WEIGHT,
        code.value,
        raw,
        quantity_milli=code.weight_g or 0,
        forms=(body + check_digit(body),),
    )


def _guest_text(code: Scanned) -> str:
    """Return what to ask for: the whole code, which the service judges, or bare six digits."""
    value = code.value
    is_bare = len(value) == GUEST_CODE_DIGITS and value.isascii() and value.isdigit()
    return value if is_bare else code.text
