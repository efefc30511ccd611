"""Layout: every line is exactly as wide as the paper, and no amount is ever lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.printer import Align, Columns, Cut, Feed, PrintDocument, Rule, Text
from drivers.printers.hyphens import hyphenate
from drivers.printers.layout import LaidLine, lay_out, plain_lines, wrap
from drivers.printers.normalise import normalise

COLUMNS = st.integers(16, 64)
WORDS = st.text(st.sampled_from("АБвгёЁ abcXYZ-,.№«»—₽\u00a0\u202f'"), max_size=120)
ANY_TEXT = st.text(max_size=120)
AMOUNTS = st.builds(
    lambda rubles, kopecks: f"{rubles:,}".replace(",", "\u202f") + f",{kopecks:02}\u00a0₽",
    st.integers(0, 99_999_999),
    st.integers(0, 99),
)
MULTIPLIERS = st.integers(1, 8)


def lines_of(document: PrintDocument, columns: int) -> list[LaidLine]:
    return [item for item in lay_out(document, columns) if isinstance(item, LaidLine)]


@given(ANY_TEXT, COLUMNS, MULTIPLIERS, st.sampled_from(["left", "center", "right"]))
def test_every_line_of_text_is_exactly_as_wide_as_the_paper(
    text: str, columns: int, mult: int, align: Align
) -> None:
    document = PrintDocument([Text(text, align, width_mult=mult)])
    for line in lines_of(document, columns):
        assert len(line.text) == max(columns // mult, 1)
        assert line.text.isprintable()


@given(ANY_TEXT, ANY_TEXT, COLUMNS, MULTIPLIERS)
def test_every_line_of_columns_is_exactly_as_wide_as_the_paper(
    left: str, right: str, columns: int, mult: int
) -> None:
    document = PrintDocument([Columns(left, right, width_mult=mult)])
    for line in lines_of(document, columns):
        assert len(line.text) == max(columns // mult, 1)


@given(WORDS, AMOUNTS, COLUMNS)
def test_amount_stands_whole_at_the_right_end_of_the_last_line(
    left: str, amount: str, columns: int
) -> None:
    shown = normalise(amount).replace("\u00a0", " ")
    last = plain_lines(PrintDocument([Columns(left, amount)]), columns)[-1]
    if len(shown) <= columns:
        assert last.endswith(shown)


@given(WORDS, AMOUNTS, COLUMNS, MULTIPLIERS)
def test_no_letter_or_digit_is_lost(left: str, amount: str, columns: int, mult: int) -> None:
    lines = plain_lines(PrintDocument([Columns(left, amount, width_mult=mult)]), columns)
    # Hyphens come where a long word is broken.
    printed = re.sub(r"[\s-]", "", "".join(lines))
    expected = re.sub(r"[\s-]", "", normalise(left) + normalise(amount))
    # A name wrapped above a split amount keeps its order; so does everything else.
    assert sorted(printed) == sorted(expected)


@given(WORDS, COLUMNS)
def test_wrapping_keeps_words_in_order(text: str, width: int) -> None:
    joined = "".join(wrap(normalise(text), width))
    assert re.sub(r"[ \n-]", "", joined) == re.sub(r"[ \n-]", "", normalise(text))


def test_long_russian_name_wraps_by_words_clear_of_the_amount() -> None:
    name = "Салат «Цезарь» с креветками и пармезаном"
    lines = plain_lines(PrintDocument([Columns(name, "1\u202f234,50\u00a0₽")]), 32)
    assert lines == [
        'Салат "Цезарь" с                ',
        "креветками и                    ",
        "пармезаном         1 234,50 руб.",
    ]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("превысокомногорассмотрительствующий", 16,
         ["превысокомного-", "рассмотрительст-", "вующий"]),
        ("Достопримечательности", 16, ["Достопримечате-", "льности"]),
        ("[М] Превысокомногорассмотрительствующий салат", 32,
         ["[М] Превысокомногорассмотритель-", "ствующий салат"]),
        ("соль Санкт-Петербургско-Ленинградская", 20, ["соль Санкт-Петербур-", "гско-Ленинградская"]),
        ("код 12345678901234567890", 16, ["код", "1234567890123456", "7890"]),
        ("https://example.org/registration", 16, ["https://example.", "org/registration"]),
        ("фейерверк", 8, ["фейер-", "верк"]),
        ("ывввввввввввввв", 8, ["ыввввввв", "ввввввв"]),
    ],
)  # fmt: skip
def test_word_longer_than_the_line_is_hyphenated_where_it_may_be(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap(text, width) == lines


@given(st.text(st.sampled_from("абвейльъзуАЙ-"), min_size=1, max_size=40), st.integers(2, 30))
def test_hyphens_part_syllables(word: str, room: int) -> None:
    parts = hyphenate(word, room)
    if parts is None:
        return
    first, rest = parts
    assert len(first) <= room
    assert first[-1] == "-"
    assert first + rest == word or first[:-1] + rest == word
    assert rest[0].lower() not in "ьъй"
    assert len(rest) >= 2


def test_amount_does_not_break_at_its_spaces() -> None:
    lines = plain_lines(PrintDocument([Text("Итого к оплате 12\u202f345,00\u00a0₽")]), 20)
    assert [line.rstrip() for line in lines] == ["Итого к оплате", "12 345,00 руб."]


def test_indent_of_a_modifier_stays() -> None:
    assert plain_lines(PrintDocument([Text("  + сироп карамельный солёный")]), 20) == [
        "  + сироп           ",
        "карамельный солёный ",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("«Ёлка» — 5 ₽…", '"Ёлка" - 5 руб....'),
        ("−300", "-300"),
        ("a\x1b@\x1dV\x00b", "a@Vb"),
        ("кофе ☕️ 漢", "кофе ? ?"),
        ("и\u0306од", "йод"),
        ("№ 5 × 2 °C", "№ 5 x 2 °C"),
        ("a\u200bb\tc", "ab c"),
    ],
)
def test_typography_becomes_what_a_printer_has(text: str, shown: str) -> None:
    assert normalise(text) == shown


@given(ANY_TEXT)
def test_no_control_character_survives(text: str) -> None:
    """A product's name must not be able to open the drawer."""
    assert all(char == "\n" or ord(char) >= 0x20 for char in normalise(text))
    assert normalise(normalise(text)) == normalise(text)


def test_copy_mark_comes_first_and_large() -> None:
    first = lines_of(PrintDocument([Text("чек")], copy_mark=True), 32)[0]
    assert first.text.strip() == "КОПИЯ"
    assert (first.width_mult, first.height_mult, first.bold, first.invert) == (2, 2, True, True)


def test_rule_fills_the_line_and_blocks_pass_through() -> None:
    assert lay_out(PrintDocument([Rule("="), Feed(2), Cut()]), 20) == [
        LaidLine("=" * 20),
        Feed(2),
        Cut(),
    ]
