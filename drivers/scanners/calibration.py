r"""Calibration: scan two printed known codes, and everything about the scanner is known.

A pure state machine: keys of a typing scanner or bytes of a serial one go in with their times, and the
Devices screen asks what to show. The first code has letters of both cases, digits and signs that tell
layout, Caps Lock and a shift lock apart; the second is a GS1 DataMatrix with a separator. Both must
show the same prefix, suffix and way, so a chance cannot be learnt.

::

    FIRST --known code--> SECOND --known code--> DONE
      \--another code, noise: `problem` says what, the step stays--/
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from drivers.api.device import OptionValue
from drivers.api.errors import Language
from drivers.scanners.gs1 import GS
from drivers.scanners.layout import PLAIN_WAY, WAYS, Lock, Way, by_position, spoil, undo
from drivers.scanners.wedge import KeyKind, KeyPress, WedgeOptions

FIRST_CODE = "CAL1:aZ-09/qY=7"
SECOND_HEAD, SECOND_TAIL = "0104600000000008215aBc7Z", "93xY4z"
SECOND_CODE = f"{SECOND_HEAD}{GS}{SECOND_TAIL}"
SILENCE_S = 0.3  # ends a burst; scanners pause far less, people far more
FRAME_MAX = 16  # characters of a prefix or suffix
SEPARATOR_MAX = 8
GAP_MIN_S, GAP_LIMIT_S = 0.02, 0.12
_TYPED_MAX = 512
_AIM_MARKS = ("]Q1", "]Q3", "]d2", "]d1", "]C0", "]E0")
BAUDS = (9600, 115200, 57600, 38400, 19200, 4800, 2400)


class Step(enum.Enum):
    """What to scan next."""

    FIRST = "first"
    SECOND = "second"
    DONE = "done"


class Problem(enum.Enum):
    """Why the last scan taught nothing; words in `WORDS`."""

    OTHER_CODE = "other-code"
    TOO_SLOW = "too-slow"  # a person types, or the scanner is set to wait between characters
    DIFFERS = "differs"  # layout, lock or frame is not as at the first code
    WRONG_SPEED = "wrong-speed"  # of a serial line
    FOREIGN_LAYOUT = "foreign-layout"  # neither US nor Russian, and the system tells no positions


WORDS: dict[Problem | Step, dict[Language, str]] = {
    Step.FIRST: {"ru": "Считайте первый код на листе.", "en": "Scan the first code of the sheet."},
    Step.SECOND: {"ru": "Считайте второй код.", "en": "Scan the second code."},
    Step.DONE: {"ru": "Сканер настроен.", "en": "The scanner is set up."},
    Problem.OTHER_CODE: {
        "ru": "Это другой код. Считайте код с листа настройки.",
        "en": "This is another code. Scan the code of the sheet.",
    },
    Problem.TOO_SLOW: {
        "ru": "Символы идут слишком медленно. Уберите паузу между символами в настройке сканера.",
        "en": "Characters come too slowly. Switch off the scanner's delay between characters.",
    },
    Problem.DIFFERS: {
        "ru": "Раскладка или Caps Lock изменились. Считайте первый код ещё раз.",
        "en": "The layout or Caps Lock has changed. Scan the first code again.",
    },
    Problem.WRONG_SPEED: {
        "ru": "Скорость порта не та. Она переключена, считайте код ещё раз.",
        "en": "The port's speed is wrong. It has been changed, scan the code again.",
    },
    Problem.FOREIGN_LAYOUT: {
        "ru": "Раскладка клавиатуры не русская и не английская. Включите одну из них.",
        "en": "The keyboard layout is neither Russian nor English. Switch to one of them.",
    },
}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What calibration found out.

    Attributes:
        prefix: before each code, as the scanner means it.
        suffix: behind each code; for a serial scanner with its line ends.
        separator: what comes instead of GS: GS itself, a substitute, or '' if it is lost.
        way: how keys came out; plain for a serial scanner.
        end_key: whether Enter or Tab ended the code; a typing scanner needs one.
        gap_max_s: pause to allow between two keys, with room.
        sends_aim: an AIM identifier comes in front, so the kind of code is known.
        tells_positions: the system told the keys' positions, so layout and Caps Lock do not matter.
        baud: of the serial line, 0 for a keyboard.
    """

    prefix: str = ""
    suffix: str = ""
    separator: str = GS
    way: Way = PLAIN_WAY
    end_key: bool = True
    gap_max_s: float = GAP_MIN_S
    sends_aim: bool = False
    tells_positions: bool = False
    baud: int = 0

    def wedge_options(self) -> WedgeOptions:
        """Settings of `Wedge`."""
        return WedgeOptions(
            gap_max_s=self.gap_max_s,
            prefix=self.prefix,
            suffix=self.suffix,
            separator=self.separator,
            way=self.way,
        )

    def serial_options(self) -> dict[str, OptionValue]:
        """Options of the model 'scanner.serial'."""
        suffix = "" if not self.suffix.strip("\r\n\t") else self.suffix
        separator = "" if self.separator == GS else self.separator
        return {
            "baud": self.baud,
            "prefix": self.prefix,
            "suffix": suffix,
            "separator": separator,
        }

    def advice(self, lang: Language = "ru") -> list[str]:
        """Sentences about what should be set otherwise at the scanner or the computer."""
        found = [key for key, applies in _ADVICE_RULES.items() if applies(self)]
        return [_ADVICE[key][lang] for key in found]


_ADVICE_RULES: dict[str, Callable[[Learnt], bool]] = {
    "lock": lambda learnt: learnt.way.lock is not Lock.NONE and not learnt.tells_positions,
    "separator": lambda learnt: learnt.separator == "",
    "end": lambda learnt: not learnt.end_key,
}
_ADVICE: dict[str, dict[Language, str]] = {
    "lock": {
        "ru": "Выключите Caps Lock: коды маркировки различают большие и малые буквы.",
        "en": "Switch Caps Lock off: marking codes tell capital letters from small ones.",
    },
    "separator": {
        "ru": "Сканер теряет разделители кодов маркировки. Включите в нём передачу GS (FNC1).",
        "en": "The scanner loses the separators of marking codes. Let it send GS (FNC1).",
    },
    "end": {
        "ru": "Включите в сканере суффикс Enter (CR): без него конец кода не виден.",
        "en": "Let the scanner send Enter (CR) after each code: it marks the end.",
    },
}


@dataclass(frozen=True, slots=True)
class _Burst:
    """One scan as it came: pairs of the meant character ('' unknown) and the typed one."""

    keys: tuple[tuple[str, str], ...]
    gap_s: float
    end_key: bool


class Calibration:
    """Order: ``(feed_key | feed_bytes | tick)* -> learnt``. One thread.

    Args:
        baud: speed of the serial line at the beginning, 0 for a keyboard.
    """

    def __init__(self, baud: int = 0) -> None:
        self.step = Step.FIRST
        self.problem: Problem | None = None
        self.baud = baud
        self._learnt: Learnt | None = None
        self._keys: list[tuple[str, str]] = []
        self._bytes = bytearray()
        self._gap_s = 0.0
        self._last_s = float("-inf")
        self._end_key = False

    @property
    def learnt(self) -> Learnt | None:
        """The result, None until both codes were scanned."""
        return self._learnt if self.step is Step.DONE else None

    def words(self, lang: Language = "ru") -> str:
        """What to show: the problem, if there is one, and what to do next."""
        told = [WORDS[self.problem][lang]] if self.problem else []
        return " ".join((*told, WORDS[self.step][lang]))

    def feed_key(self, key: KeyPress) -> None:
        """Take a key press; those of a person are told by their pauses."""
        self.tick(key.at_s)
        if key.kind in (KeyKind.SILENT, KeyKind.OTHER) or key.auto_repeat:
            return
        if self._keys:
            self._gap_s = max(self._gap_s, key.at_s - self._last_s)
        self._last_s = key.at_s
        if key.kind is KeyKind.END:
            self._end_key = bool(self._keys)
        elif key.kind is KeyKind.SEPARATOR:
            self._keys.append((GS, ""))
        elif len(self._keys) < _TYPED_MAX:
            self._keys.append((by_position(key.scan_code, shift=key.shift), key.text))

    def feed_bytes(self, data: bytes, at_s: float) -> None:
        """Take bytes of a serial line."""
        self.tick(at_s)
        self._last_s = at_s
        if len(self._bytes) < _TYPED_MAX:
            self._bytes += data

    def tick(self, now_s: float) -> None:
        """Let time pass: a pause ends a scan. Call it a few times a second."""
        if now_s - self._last_s < SILENCE_S:
            return
        if self._keys:
            burst = _Burst(tuple(self._keys), self._gap_s, self._end_key)
            self._keys.clear()
            self._gap_s, self._end_key = 0.0, False
            self._take(self._read_keys(burst))
        elif self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            self._take(self._read_bytes(data))

    def _take(self, result: Learnt | Problem) -> None:
        """Go on with what a scan has taught."""
        self.problem = result if isinstance(result, Problem) else None
        if isinstance(result, Problem) or self.step is Step.DONE:
            return
        if self.step is Step.FIRST:
            self._learnt, self.step = result, Step.SECOND
            return
        assert self._learnt is not None
        if _frame(result) != _frame(self._learnt):
            self.problem, self.step, self._learnt = Problem.DIFFERS, Step.FIRST, None
            return
        gap_s = max(result.gap_max_s, self._learnt.gap_max_s)
        self._learnt, self.step = replace(result, gap_max_s=gap_s), Step.DONE

    def _read_keys(self, burst: _Burst) -> Learnt | Problem:
        if self.step is Step.DONE:
            return Problem.OTHER_CODE
        if burst.gap_s > GAP_LIMIT_S:
            return Problem.TOO_SLOW
        typed = "".join(text or meant for meant, text in burst.keys)
        positions = "".join(meant for meant, _ in burst.keys)
        told = all(meant for meant, _ in burst.keys)
        found = _find(typed, self.step, WAYS)
        if found is None and told:
            found = _find(positions, self.step, (PLAIN_WAY,))
        if found is None:
            is_strange = len(typed) >= len(FIRST_CODE) and not told
            return Problem.FOREIGN_LAYOUT if is_strange else Problem.OTHER_CODE
        gap_s = min(max(GAP_MIN_S, burst.gap_s * 2 + 0.005), GAP_LIMIT_S)
        return replace(found, gap_max_s=gap_s, end_key=burst.end_key, tells_positions=told)

    def _read_bytes(self, data: bytes) -> Learnt | Problem:
        if self.step is Step.DONE:
            return Problem.OTHER_CODE
        found = _find(data.decode("latin-1"), self.step, (PLAIN_WAY,))
        if found is not None:
            return replace(found, baud=self.baud)
        if _is_noise(data):
            self.baud = (
                BAUDS[(BAUDS.index(self.baud) + 1) % len(BAUDS)]
                if (self.baud in BAUDS)
                else BAUDS[0]
            )
            return Problem.WRONG_SPEED
        return Problem.OTHER_CODE


def _is_noise(data: bytes) -> bool:
    """Whether bytes look like a line at the wrong speed: codes hold printable characters."""
    strange = sum(byte >= 0x7F or (byte < 0x20 and byte not in b"\r\n\t\x1d") for byte in data)
    return strange * 4 >= len(data)


def _frame(learnt: Learnt) -> tuple[str, str, Way, bool]:
    return learnt.prefix, learnt.suffix, learnt.way, learnt.end_key


def _find(text: str, step: Step, ways: Sequence[Way]) -> Learnt | None:
    """Find the known code in what came, and what stands around it and in the place of GS."""
    for way in sorted(ways, key=lambda item: item.lock is Lock.SHIFT):
        head, tail = (FIRST_CODE, "") if step is Step.FIRST else (SECOND_HEAD, SECOND_TAIL)
        start = text.find(spoil(head, way))
        if start < 0:
            continue
        middle = start + len(head)
        end = text.find(spoil(tail, way), middle) if tail else middle
        if end < 0 or end - middle > SEPARATOR_MAX:
            continue
        prefix, separator = _undone(text[:start], way), _undone(text[middle:end], way)
        suffix = _undone(text[end + len(tail) :], way)
        if max(len(prefix), len(suffix)) > FRAME_MAX + len(_AIM_MARKS[0]):
            continue
        mark = next((mark for mark in _AIM_MARKS if prefix.endswith(mark)), "")
        return Learnt(
            prefix=prefix.removesuffix(mark).removesuffix(GS if step is Step.SECOND else ""),
            suffix=suffix,
            separator=separator if tail else GS,
            way=way,
            sends_aim=bool(mark),
        )
    return None


def _undone(text: str, way: Way) -> str:
    """The frame as the scanner means it; what no key types is left as it is."""
    meant = undo(text, way)
    return text if meant is None else meant
