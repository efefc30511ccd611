"""Tells a scanner that types (keyboard wedge) from a person, by timing alone. Pure logic, no Qt.

A scan is a burst: at least `length_min` characters with at most `gap_max_s` between keys, ended by
Enter or Tab that comes just as fast. Every key is let through until the end shows that it was a scan;
then the end key is swallowed and the caller takes what leaked out of the focused field. So nothing a
person types is ever lost.
"""

import enum
from dataclasses import dataclass

from drivers.api.scanner import Scan, Source
from drivers.scanners.codes import CodeRules, classify, split_aim
from drivers.scanners.gs1 import GS
from drivers.scanners.layout import PLAIN_WAY, Way, by_position, likely_ways, spoil, ways_of_keys

LENGTH_MIN = 6
GAP_MAX_S = 0.035
LENGTH_MAX = 2048


class KeyKind(enum.Enum):
    """What a key does for the wedge."""

    CHARACTER = "character"
    END = "end"  # Enter, numpad Enter, Tab
    SEPARATOR = "separator"  # Ctrl+], F8 or whatever the scanner sends for GS
    SILENT = "silent"  # Shift, Caps Lock, Alt: scanners press them between characters
    OTHER = "other"  # arrows, Esc, F-keys: end a burst


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key press.

    Attributes:
        kind: see `KeyKind`.
        text: what the key typed in the present layout, '' if nothing.
        at_s: seconds of the event's own time stamp, not of its handling: a busy program must not
            turn a scan into typing.
        scan_code: position in scan code set 1, 0 if not known (X11: native scan code minus 8).
        shift: whether Shift was held.
        auto_repeat: whether the key was held down; a held key is no scanner.
    """

    kind: KeyKind
    text: str
    at_s: float
    scan_code: int = 0
    shift: bool = False
    auto_repeat: bool = False


@dataclass(frozen=True, slots=True)
class WedgeResult:
    """What to do with the key just fed.

    Attributes:
        scan: the code that ended with this key, None if none did.
        swallow: do not pass the key on to the focused field.
        leaked: what the scan has typed into the focused field, to be taken out from before the
            cursor: exactly `len(leaked)` characters.
    """

    scan: Scan | None = None
    swallow: bool = False
    leaked: str = ""


_PASS = WedgeResult()


@dataclass(frozen=True, slots=True)
class WedgeOptions:
    """What is known about the scanner, by calibration or by hand; see `calibration`.

    Attributes:
        length_min: characters a scan has at least.
        gap_max_s: longest pause between two keys of a scan.
        prefix: typed before each code; a code without it is taken too.
        suffix: typed behind each code, before the end key.
        separator: what comes in the place of GS; '' it is lost, None it is not known.
        way: how keys come out as a rule, None not known. Used where the system tells no positions.
    """

    length_min: int = LENGTH_MIN
    gap_max_s: float = GAP_MAX_S
    prefix: str = ""
    suffix: str = ""
    separator: str | None = None
    way: Way | None = None


class Wedge:
    """Feed it every key press of the program, in order, on one thread.

    Args:
        options: of the scanner.
        rules: decide which reading of a code typed through a wrong layout is the right one.
    """

    def __init__(
        self, options: WedgeOptions | None = None, *, rules: CodeRules | None = None
    ) -> None:
        self._options = options or WedgeOptions()
        self._rules = rules or CodeRules()
        self._typed: list[str] = []
        self._positions: list[str] = []
        self._last_s = float("-inf")
        self._scan_ended = False

    def feed(self, key: KeyPress) -> WedgeResult:
        """Take one key and say what to do with it."""
        if key.kind is KeyKind.SILENT:
            return _PASS
        in_time = 0 <= key.at_s - self._last_s <= self._options.gap_max_s
        self._last_s = key.at_s
        if key.auto_repeat or key.kind is KeyKind.OTHER:
            self._forget()
            return _PASS
        if key.kind is KeyKind.END:
            return self._end(key, in_time=in_time)
        if not in_time or len(self._typed) >= LENGTH_MAX:
            self._forget()
        if key.kind is KeyKind.SEPARATOR:
            # No field shows it, so nothing leaks; as a shortcut it must not act inside of a scan.
            in_scan = bool(self._typed)
            self._typed.append("")
            self._positions.append(GS)
            return WedgeResult(swallow=in_scan)
        self._typed.append(key.text)
        self._positions.append(by_position(key.scan_code, shift=key.shift))
        return _PASS

    def reset(self) -> None:
        """Forget a begun burst, for example when the window loses the focus."""
        self._forget()

    def _end(self, key: KeyPress, *, in_time: bool) -> WedgeResult:
        if in_time and self._scan_ended and not self._typed:
            return WedgeResult(swallow=True)  # the second half of CR LF is no Enter of the cashier
        is_scan = in_time and len(self._typed) >= self._options.length_min
        keys = list(zip(self._positions, self._typed, strict=True))
        self._forget()
        self._scan_ended = is_scan
        if not is_scan:
            return _PASS
        leaked = "".join(typed for _, typed in keys)
        return WedgeResult(self._scan(keys, key.at_s), swallow=True, leaked=leaked)

    def _scan(self, keys: list[tuple[str, str]], at_s: float) -> Scan:
        """Make the code out of what the keys are and what they typed."""
        text, ways = read_keys(keys, self._options.way)
        kept = strip_frame(text, self._options, ways)
        keeps = None if self._options.separator is None else bool(self._options.separator)
        code = classify(kept, self._rules, typed=True, ways=ways, keeps_separators=keeps)
        symbology, _ = split_aim(kept)
        return Scan(code.text, Source.WEDGE, symbology, at_s, doubt=code.doubt)

    def _forget(self) -> None:
        self._typed.clear()
        self._positions.clear()


def read_keys(keys: list[tuple[str, str]], usual: Way | None) -> tuple[str, tuple[Way, ...]]:
    """Say what keys have typed, and in which ways that may have to be undone.

    Args:
        keys: pairs of the character a US keyboard has on the key ('' if the system did not tell the
            position; GS for a separator) and of what it typed.
        usual: how keys come out as a rule.
    """
    if all(meant or not typed for meant, typed in keys):
        # Positions are beyond layout and Caps Lock; nothing has to be undone.
        return "".join(meant for meant, _ in keys), (PLAIN_WAY,)
    text = "".join(typed or meant for meant, typed in keys)
    told = ways_of_keys((meant, typed) for meant, typed in keys if typed)
    if usual is not None and usual in told:
        return text, (usual,)
    return text, tuple(way for way in likely_ways(text) if way in told)


def strip_frame(text: str, options: WedgeOptions, ways: tuple[Way, ...]) -> str:
    """Take prefix and suffix off and put GS in, each as it looks in the likeliest way."""
    way = ways[0] if ways else PLAIN_WAY
    text = text.removeprefix(spoil(options.prefix, way)).removesuffix(spoil(options.suffix, way))
    return text.replace(spoil(options.separator, way), GS) if options.separator else text
