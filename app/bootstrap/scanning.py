"""Typing scanners: the drivers' way to tell them from typing, behind the port of the screens."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from app.bootstrap.codes import code_rules
from app.ui.scan_input import Stroke, StrokeKind, Verdict
from drivers.scanners.calibration import Calibration
from drivers.scanners.layout import Layout, Lock, Way
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge, WedgeOptions

_KEYS: Final = {
    StrokeKind.CHARACTER: KeyKind.CHARACTER,
    StrokeKind.END: KeyKind.END,
    StrokeKind.SEPARATOR: KeyKind.SEPARATOR,
    StrokeKind.SILENT: KeyKind.SILENT,
    StrokeKind.OTHER: KeyKind.OTHER,
}


_LEARNT: Final = frozenset({"gap_max_s", "prefix", "suffix", "separator", "layout", "lock"})
#: Keys of a calibration; the others go on to the window, so that Esc closes the dialog.
_TAKEN: Final = frozenset({StrokeKind.CHARACTER, StrokeKind.END, StrokeKind.SEPARATOR})


class WedgeDetector:
    """Tells a typing scanner from typing for the screens; an `app.ui.scan_input.Detector`.

    Args:
        learnt: What calibration found out, as it stands in the settings; empty before.
        clock: Monotonic seconds.
        on_doubt: Told of a code that can be read in two ways, before the code itself is given out.
    """

    def __init__(
        self,
        learnt: Mapping[str, object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_doubt: Callable[[str], object] | None = None,
    ) -> None:
        self._clock = clock
        self._on_doubt = on_doubt
        self._calibration: Calibration | None = None
        self._last_at_s = self._came_at_s = 0.0
        self._wedge = Wedge(wedge_options(learnt or {}), rules=code_rules())

    def take(self, learnt: Mapping[str, object]) -> None:
        """Use what calibration found out from now on."""
        self._wedge = Wedge(wedge_options(learnt), rules=code_rules())

    def calibrate(self, calibration: Calibration | None) -> None:
        """Give the keys to a calibration instead; None ends it."""
        self._calibration = calibration

    def let_time_pass(self, now_s: float) -> None:
        """Tell the calibration how late it is, in the time of the key events."""
        if self._calibration is not None:
            self._calibration.tick(self._last_at_s + now_s - self._came_at_s)

    def feed(self, stroke: Stroke) -> Verdict:
        """Take one key press."""
        press = KeyPress(
            kind=_KEYS[stroke.kind],
            text=stroke.text,
            at_s=stroke.at_s,
            scan_code=stroke.scan_code,
            shift=stroke.shift,
            auto_repeat=stroke.auto_repeat,
        )
        if self._calibration is not None and stroke.kind in _TAKEN:
            self._last_at_s, self._came_at_s = stroke.at_s, self._clock()
            self._calibration.feed_key(press)
            return Verdict(swallow=True)
        result = self._wedge.feed(press)
        text = result.scan.text if result.scan else None
        if result.scan and result.scan.doubt and self._on_doubt is not None:
            self._on_doubt(result.scan.text)
        return Verdict(text=text, swallow=result.swallow, leaked=result.leaked)

    def reset(self) -> None:
        """Forget a begun burst."""
        self._wedge.reset()


def wedge_options(learnt: Mapping[str, object]) -> WedgeOptions:
    """Return the settings of a typing scanner; what does not fit leaves the usual ones.

    Args:
        learnt: As it stands in the settings file.
    """
    if set(learnt) != _LEARNT:
        return WedgeOptions()
    gap = learnt["gap_max_s"]
    try:
        way = Way(Layout(str(learnt["layout"])), Lock(str(learnt["lock"])))
    except ValueError:
        return WedgeOptions()
    return WedgeOptions(
        gap_max_s=gap if isinstance(gap, float) and gap > 0 else WedgeOptions().gap_max_s,
        prefix=str(learnt["prefix"]),
        suffix=str(learnt["suffix"]),
        separator=str(learnt["separator"]),
        way=way,
    )
