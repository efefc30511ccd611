"""Scans: the drivers' rules of codes and of typing scanners, behind the ports of till and screens."""

from typing import Final

from app.till.codes import Code, CodeKind
from app.ui.scan_input import Stroke, StrokeKind, Verdict
from drivers.api.scanner import CodeKind as Kind
from drivers.scanners.codes import CodeRules, classify
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge

#: Printed cards and app codes of our guests begin so; see `app.service.guests.qr`.
GUEST_PREFIX: Final = "MLC:"
_GTIN: Final = 13

_KINDS: Final = {
    Kind.PRODUCT: CodeKind.PRODUCT,
    Kind.TEXT: CodeKind.PRODUCT,
    Kind.WEIGHT: CodeKind.WEIGHT,
    Kind.MARKING: CodeKind.PRODUCT,
    Kind.GUEST: CodeKind.GUEST,
    Kind.GUEST_CODE: CodeKind.SIX_DIGITS,
}
_KEYS: Final = {
    StrokeKind.CHARACTER: KeyKind.CHARACTER,
    StrokeKind.END: KeyKind.END,
    StrokeKind.SEPARATOR: KeyKind.SEPARATOR,
    StrokeKind.SILENT: KeyKind.SILENT,
    StrokeKind.OTHER: KeyKind.OTHER,
}


def code_rules() -> CodeRules:
    """Return the rules of codes with our guests' own prefix."""
    rules = CodeRules()
    return CodeRules(prefixes={**rules.prefixes, GUEST_PREFIX: Kind.GUEST})


class CodeReader:
    """Tells scanned codes apart for the till; an `app.till.codes.Classifier`."""

    def __init__(self) -> None:
        self._rules = code_rules()

    def __call__(self, raw: str) -> Code:
        """Tell what a code is."""
        code = classify(raw, self._rules)
        kind = _KINDS.get(code.kind, CodeKind.UNKNOWN)
        text = code.value
        if code.kind is Kind.GUEST:
            text = code.text  # the service judges the whole code
        elif code.kind is Kind.MARKING:
            text = code.value.lstrip("0").zfill(_GTIN)
        return Code(kind, text, raw, quantity_milli=code.weight_g or 0)


class WedgeDetector:
    """Tells a typing scanner from typing for the screens; an `app.ui.scan_input.Detector`."""

    def __init__(self) -> None:
        self._wedge = Wedge(rules=code_rules())

    def feed(self, stroke: Stroke) -> Verdict:
        """Take one key press."""
        result = self._wedge.feed(
            KeyPress(
                kind=_KEYS[stroke.kind],
                text=stroke.text,
                at_s=stroke.at_s,
                scan_code=stroke.scan_code,
                shift=stroke.shift,
                auto_repeat=stroke.auto_repeat,
            )
        )
        text = result.scan.text if result.scan else None
        return Verdict(text=text, swallow=result.swallow, leaked=result.leaked)

    def reset(self) -> None:
        """Forget a begun burst."""
        self._wedge.reset()
