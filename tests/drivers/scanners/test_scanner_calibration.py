"""Two scans of the sheet teach everything about a scanner, and what was learnt repairs its codes."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners.calibration import (
    BAUDS,
    FIRST_CODE,
    SECOND_CODE,
    SECOND_HEAD,
    SECOND_TAIL,
    SILENCE_S,
    Calibration,
    Learnt,
    Problem,
    Step,
)
from drivers.scanners.decoder import Decoder
from drivers.scanners.gs1 import GS
from drivers.scanners.layout import PLAIN_WAY, WAYS, Layout, Lock, Way, by_position, spoil
from drivers.scanners.serial import SerialScanner, SerialScannerOptions
from drivers.scanners.sheet import draw_sheet, encode_png
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge
from drivers.transport.transcript import Entry, ReplayTransport

MILK = f"010460043993125621JgXJ5T{GS}93Mdk5"
_PLACES = {
    by_position(code, shift=shift): (code, shift)
    for shift in (True, False)
    for code in range(2, 58)
}


class Keyboard:
    """A typing scanner in front of a system that is set one way or another."""

    def __init__(
        self,
        way: Way = PLAIN_WAY,
        *,
        prefix: str = "",
        suffix: str = "",
        separator: str | None = GS,
        gap_s: float = 0.004,
        ends: bool = True,
        positions: bool = False,
    ) -> None:
        self.way, self.prefix, self.suffix = way, prefix, suffix
        self.separator, self.gap_s, self.ends, self.positions = separator, gap_s, ends, positions
        self.now_s = 10.0

    def keys(self, code: str) -> list[KeyPress]:
        self.now_s += 2.0
        sent = code if self.separator is None else code.replace(GS, self.separator)
        keys = [self._key(char) for char in f"{self.prefix}{sent}{self.suffix}"]
        if self.ends:
            self.now_s += self.gap_s
            keys.append(KeyPress(KeyKind.END, "\r", self.now_s))
        return keys

    def _key(self, char: str) -> KeyPress:
        self.now_s += self.gap_s
        if char == GS:
            return KeyPress(KeyKind.SEPARATOR, "", self.now_s)
        code, shift = _PLACES[char] if self.positions else (0, False)
        return KeyPress(KeyKind.CHARACTER, spoil(char, self.way), self.now_s, code, shift)


def calibrate(keyboard: Keyboard, *codes: str) -> Calibration:
    calibration = Calibration()
    for code in codes or (FIRST_CODE, SECOND_CODE):
        for key in keyboard.keys(code):
            calibration.feed_key(key)
        calibration.tick(keyboard.now_s + 2 * SILENCE_S)
    return calibration


def learn(keyboard: Keyboard) -> Learnt:
    learnt = calibrate(keyboard).learnt
    assert learnt is not None
    return learnt


@pytest.mark.parametrize("positions", [False, True])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.layout}-{way.lock}")
@pytest.mark.parametrize(
    ("prefix", "suffix", "separator"),
    [("", "", GS), ("]d2", "", GS), ("~", "-", ""), ("AB", "", "|"), ("", "#", "<GS>")],
)
def test_everything_about_a_typing_scanner_is_learnt_and_then_repairs_its_codes(
    way: Way, prefix: str, suffix: str, separator: str, *, positions: bool
) -> None:
    keyboard = Keyboard(way, prefix=prefix, suffix=suffix, separator=separator, positions=positions)
    learnt = learn(keyboard)
    aim = prefix == "]d2"
    assert (learnt.prefix, learnt.suffix) == ("" if aim else prefix, suffix)
    assert (learnt.separator, learnt.sends_aim) == (separator, aim)
    assert learnt.tells_positions is positions
    wedge = Wedge(learnt.wedge_options())
    results = [wedge.feed(key) for key in keyboard.keys(MILK)]
    scans = [result.scan for result in results if result.scan is not None]
    assert [(scan.text, scan.doubt) for scan in scans] == [(MILK, "")]


@given(st.floats(0.0005, 0.05))
def test_speed_is_learnt_with_room(gap_s: float) -> None:
    learnt = learn(Keyboard(gap_s=gap_s))
    assert gap_s < learnt.gap_max_s <= 0.12


def test_steps_and_words_lead_through() -> None:
    keyboard = Keyboard()
    calibration = Calibration()
    assert (calibration.step, calibration.words("en")) == (
        Step.FIRST,
        "Scan the first code of the sheet.",
    )
    for key in keyboard.keys(FIRST_CODE):
        calibration.feed_key(key)
    assert calibration.learnt is None
    calibration.tick(keyboard.now_s + 2 * SILENCE_S)
    assert (calibration.step, calibration.learnt) == (Step.SECOND, None)
    assert calibration.words("ru") == "Считайте второй код."
    for key in keyboard.keys(SECOND_CODE):
        calibration.feed_key(key)
    calibration.tick(keyboard.now_s + 2 * SILENCE_S)
    assert calibration.step is Step.DONE
    assert calibration.learnt is not None


@pytest.mark.parametrize(
    ("keyboard", "code", "problem"),
    [
        (Keyboard(), "4600682000013", Problem.OTHER_CODE),
        (Keyboard(), SECOND_CODE, Problem.FOREIGN_LAYOUT),
        (Keyboard(gap_s=0.2), FIRST_CODE, Problem.TOO_SLOW),
        (Keyboard(), "CAL1>qW)09-az|7:", Problem.FOREIGN_LAYOUT),
        (Keyboard(), "a", Problem.OTHER_CODE),
    ],
)
def test_what_is_not_the_code_is_said_and_the_step_stays(
    keyboard: Keyboard, code: str, problem: Problem
) -> None:
    calibration = calibrate(keyboard, code)
    assert (calibration.step, calibration.problem) == (Step.FIRST, problem)
    assert calibration.words("ru") != calibration.words("en")
    for key in keyboard.keys(FIRST_CODE):
        calibration.feed_key(
            KeyPress(key.kind, key.text, keyboard.now_s + 0.001, key.scan_code, key.shift)
        )
    calibration.tick(keyboard.now_s + 1)
    assert calibration.problem is None
    assert calibration.step is Step.SECOND


def test_layout_switched_between_the_codes_begins_again() -> None:
    calibration = calibrate(Keyboard(), FIRST_CODE)
    keyboard = Keyboard(Way(Layout.RUSSIAN))
    keyboard.now_s = 50.0
    for key in keyboard.keys(SECOND_CODE):
        calibration.feed_key(key)
    calibration.tick(keyboard.now_s + 2 * SILENCE_S)
    assert (calibration.step, calibration.problem) == (Step.FIRST, Problem.DIFFERS)


def test_advice_tells_what_to_set_otherwise() -> None:
    assert learn(Keyboard()).advice("ru") == []
    caps, lost, endless = (
        learn(Keyboard(Way(Layout.LATIN, Lock.CAPS))),
        learn(Keyboard(separator="")),
        learn(Keyboard(ends=False)),
    )
    assert "Caps Lock" in caps.advice("en")[0]
    assert "GS (FNC1)" in lost.advice("en")[0]
    assert "Enter" in endless.advice("ru")[0]
    assert learn(Keyboard(Way(Layout.LATIN, Lock.CAPS), positions=True)).advice() == []


@pytest.mark.parametrize(
    ("prefix", "suffix", "separator"),
    [("", "\r", GS), ("\x02", "\x03", GS), ("", "\r\n", "|"), ("", "", ""), ("]d2", "\r", GS)],
)
def test_serial_scanner_is_learnt_and_its_options_read_its_codes(
    prefix: str, suffix: str, separator: str
) -> None:
    calibration = Calibration(baud=9600)
    now_s = 5.0
    for code in (FIRST_CODE, SECOND_CODE):
        sent = f"{prefix}{code.replace(GS, separator)}{suffix}".encode()
        for byte in sent:
            now_s += 0.001
            calibration.feed_bytes(bytes((byte,)), now_s)
        now_s += 1
        calibration.tick(now_s)
    assert calibration.learnt is not None
    options = calibration.learnt.serial_options()
    assert options.pop("baud") == 9600
    sent = f"{prefix}{MILK.replace(GS, separator)}{suffix}\r".encode()
    line = ReplayTransport([Entry("<", sent)])
    clock = iter(range(0, 1000, 10))
    scanner = SerialScanner(
        line,
        SerialScannerOptions(
            prefix=str(options["prefix"]),
            suffix=str(options["suffix"]),
            separator=str(options["separator"]),
        ),
        clock=lambda: float(next(clock)),
    )
    scanner.open()
    texts = [scan.text for _ in range(3) for scan in scanner.read(0.1)]
    assert [text.replace(GS, "") for text in texts] == [MILK.replace(GS, "")]
    assert (texts == [MILK]) is bool(separator)


def test_wrong_speed_is_changed_until_the_code_is_read() -> None:
    calibration = Calibration(baud=9600)
    tried = [calibration.baud]
    for turn in range(len(BAUDS)):
        calibration.feed_bytes(bytes.fromhex("FF00FE80D0FF00FE"), 10.0 * turn)
        calibration.tick(10.0 * turn + 1)
        assert calibration.problem is Problem.WRONG_SPEED
        tried.append(calibration.baud)
    assert set(tried) == set(BAUDS)


def test_sheet_shows_both_codes_exactly() -> None:
    found = Decoder(("qr", "datamatrix"), single=True).decode(draw_sheet())
    assert sorted(code.text for code in found) == [SECOND_CODE, FIRST_CODE]
    image = cv2.imdecode(np.frombuffer(encode_png(draw_sheet()), dtype=np.uint8), 0)
    assert image is not None
    assert SECOND_CODE == SECOND_HEAD + GS + SECOND_TAIL


@given(st.lists(st.tuples(st.binary(max_size=30), st.floats(0, 1)), max_size=20))
def test_any_bytes_leave_calibration_in_one_of_its_steps(
    pieces: list[tuple[bytes, float]],
) -> None:
    calibration, now_s = Calibration(baud=9600), 0.0
    for data, pause_s in pieces:
        now_s += pause_s
        calibration.feed_bytes(data, now_s)
    calibration.tick(now_s + 1)
    assert calibration.step in Step
    assert calibration.baud in BAUDS


@given(st.text(max_size=60))
def test_any_typing_leaves_calibration_in_one_of_its_steps(text: str) -> None:
    calibration = Calibration()
    for number, char in enumerate(text):
        calibration.feed_key(KeyPress(KeyKind.CHARACTER, char, number * 0.01))
    calibration.tick(1000.0)
    assert calibration.step in (Step.FIRST, Step.SECOND)
