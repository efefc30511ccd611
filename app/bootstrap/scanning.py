"""Typing scanners: the drivers' way to tell them from typing, behind the port of the screens."""

from typing import Final

from app.bootstrap.codes import code_rules
from app.ui.scan_input import Stroke, StrokeKind, Verdict
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge

_KEYS: Final = {
    StrokeKind.CHARACTER: KeyKind.CHARACTER,
    StrokeKind.END: KeyKind.END,
    StrokeKind.SEPARATOR: KeyKind.SEPARATOR,
    StrokeKind.SILENT: KeyKind.SILENT,
    StrokeKind.OTHER: KeyKind.OTHER,
}


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
