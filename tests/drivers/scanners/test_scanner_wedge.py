"""A scanner that types is told from a person by timing; tables of bursts and of typing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.scanner import Source
from drivers.scanners.layout import by_position
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge, WedgeResult

EAN = "4600682000013"
SCAN_CODES = {by_position(code, shift=False): code for code in range(1, 58)}
SHIFTED = {by_position(code, shift=True): code for code in range(1, 58)}


def characters(text: str, start_s: float = 0.0, gap_s: float = 0.005) -> list[KeyPress]:
    return [KeyPress(KeyKind.CHARACTER, char, start_s + gap_s * n) for n, char in enumerate(text)]


def burst(text: str, start_s: float = 0.0, gap_s: float = 0.005) -> list[KeyPress]:
    end = KeyPress(KeyKind.END, "\r", start_s + gap_s * len(text))
    return [*characters(text, start_s, gap_s), end]


def feed(wedge: Wedge, keys: list[KeyPress]) -> list[WedgeResult]:
    return [wedge.feed(key) for key in keys]


def scans(results: list[WedgeResult]) -> list[str]:
    return [result.scan.text for result in results if result.scan is not None]


@pytest.mark.parametrize("gap_ms", [1, 5, 20, 34])
def test_fast_burst_is_a_scan_and_is_taken_out_of_the_field(gap_ms: int) -> None:
    results = feed(Wedge(), burst(EAN, gap_s=gap_ms / 1000))
    assert scans(results) == [EAN]
    assert not any(result.swallow for result in results[:-1])
    assert results[-1].swallow
    assert results[-1].leaked == EAN
    assert results[-1].scan is not None
    assert results[-1].scan.source is Source.WEDGE


@pytest.mark.parametrize(
    ("text", "gap_ms"), [(EAN, 36), (EAN, 80), (EAN, 200), ("12345", 5), ("", 5)]
)
def test_typing_and_short_bursts_are_let_through(text: str, gap_ms: int) -> None:
    results = feed(Wedge(), burst(text, gap_s=gap_ms / 1000))
    assert scans(results) == []
    assert not any(result.swallow for result in results)


def test_enter_pressed_later_by_a_person_does_not_end_a_scan() -> None:
    keys = [*characters(EAN), KeyPress(KeyKind.END, "\r", 1.0)]
    assert scans(feed(Wedge(), keys)) == []


def test_scan_behind_typing_leaves_the_typed_part_in_the_field() -> None:
    typed = characters("кофе", gap_s=0.15)
    results = feed(Wedge(), [*typed, *burst(EAN, start_s=5.0)])
    assert scans(results) == [EAN]
    assert results[-1].leaked == EAN


def test_two_fast_scans_are_two() -> None:
    first = burst(EAN)
    results = feed(Wedge(), [*first, *burst(EAN, start_s=first[-1].at_s + 0.005)])
    assert scans(results) == [EAN, EAN]


def test_second_half_of_cr_lf_does_not_press_the_main_button() -> None:
    keys = burst(EAN)
    line_feed = KeyPress(KeyKind.END, "\n", keys[-1].at_s + 0.002)
    cashier = KeyPress(KeyKind.END, "\r", keys[-1].at_s + 2.0)
    results = feed(Wedge(), [*keys, line_feed, cashier])
    assert results[-2].swallow
    assert not results[-1].swallow
    assert scans(results) == [EAN]


def test_held_key_is_no_scanner() -> None:
    keys = [KeyPress(KeyKind.CHARACTER, "0", 0.03 * n, auto_repeat=n > 0) for n in range(20)]
    assert scans(feed(Wedge(), [*keys, KeyPress(KeyKind.END, "\r", 0.61)])) == []


def test_other_key_breaks_a_burst_and_shift_does_not() -> None:
    keys = burst(EAN)
    escape = KeyPress(KeyKind.OTHER, "", keys[6].at_s)
    shift = KeyPress(KeyKind.SILENT, "", keys[6].at_s)
    assert scans(feed(Wedge(), [*keys[:4], escape, *keys[4:8], keys[-1]])) == []
    assert scans(feed(Wedge(), [*keys[:7], shift, *keys[7:]])) == [EAN]


def test_lost_focus_forgets_half_a_scan() -> None:
    wedge = Wedge()
    feed(wedge, characters(EAN[:6]))
    wedge.reset()
    assert scans(feed(wedge, burst(EAN[6:10], start_s=0.03))) == []


def test_russian_layout_is_undone_by_key_position_with_caps_lock_on() -> None:
    """The field got what the layout typed; the code is what the scanner meant."""
    meant, typed = "LC:7f3aQ", "дсж7А3Фй"
    keys = []
    for number, (char, seen) in enumerate(zip(meant, typed, strict=True)):
        shift = char not in SCAN_CODES
        position = SHIFTED[char] if shift else SCAN_CODES[char]
        keys.append(KeyPress(KeyKind.CHARACTER, seen, number * 0.005, position, shift))
    results = feed(Wedge(), [*keys, KeyPress(KeyKind.END, "\r", len(meant) * 0.005)])
    assert scans(results) == [meant]
    assert results[-1].leaked == typed


def test_russian_layout_is_undone_from_the_text_where_positions_are_missing() -> None:
    assert scans(feed(Wedge(), burst("ДСЖ7а3ф"))) == ["LC:7f3a"]


def test_separator_keys_become_gs_and_do_not_act_as_shortcuts() -> None:
    head, tail = characters("010460043993125621JgXJ5T"), characters("93Mdk5", start_s=0.125)
    separator = KeyPress(KeyKind.SEPARATOR, "", 0.122)
    end = KeyPress(KeyKind.END, "\r", 0.155)
    results = feed(Wedge(), [*head, separator, *tail, end])
    assert scans(results) == ["010460043993125621JgXJ5T\x1d93Mdk5"]
    assert results[len(head)].swallow
    assert results[-1].leaked == "010460043993125621JgXJ5T93Mdk5"
    assert not Wedge().feed(separator).swallow


def test_endless_stream_of_keys_is_bounded() -> None:
    wedge = Wedge()
    feed(wedge, characters("x" * 5000, gap_s=0.001))
    assert len(wedge._typed) <= 2048


@given(st.lists(st.tuples(st.sampled_from("ab1й"), st.floats(0.036, 2.0)), max_size=60))
def test_no_typing_slower_than_the_limit_is_ever_taken_away(
    strokes: list[tuple[str, float]],
) -> None:
    wedge, now = Wedge(), 0.0
    for char, pause_s in strokes:
        now += pause_s
        kind = KeyKind.END if char == "1" else KeyKind.CHARACTER
        assert wedge.feed(KeyPress(kind, char, now)) == WedgeResult()
