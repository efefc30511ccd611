"""Paper, picture, page and PDF say the same, on every width; no line is longer than the paper."""

from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.api.printer import BadDocument, Feed
from drivers.api.receipt import Line, ReceiptDocument, ReceiptKind, Totals
from drivers.printers.escpos import EscposEncoder
from drivers.printers.layout import LaidLine
from drivers.printers.page import text_lines
from drivers.printers.profiles import get_profile
from drivers.receipts import words
from drivers.receipts.compose import compose
from drivers.receipts.lines import CELL_DOTS, LINE_DOTS, receipt_lines, text_of
from drivers.receipts.page import draw_html, receipt_html
from drivers.receipts.picture import CELL_HEIGHT, MARGIN, TABLE, draw_paper
from drivers.receipts.sheet import About, draw_pdf, receipt_pdf
from drivers.receipts.template import ReceiptTemplate, load_template, template_names
from tests.fakes.pdf_text import pdf_lines
from tests.fakes.receipts import FULL, LETTERS, documents

COLUMNS = (32, 42, 48)
TEMPLATES = st.sampled_from(template_names()).map(load_template)
NAMES = st.text(LETTERS, min_size=1, max_size=120)
USUAL = get_profile("generic-80")


class _Shown(HTMLParser):
    """Collects the text of a page's lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self.lines.append("")
        self._is_inside = self._is_inside or tag == "p"

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.lines[-1] += data


def html_lines(page: str) -> list[str]:
    shown = _Shown()
    shown.feed(page)
    return _plain(shown.lines)


def _plain(lines: list[str]) -> list[str]:
    """Lines of text alone, as they are read: without codes, blank lines and blanks at the end."""
    return [line.rstrip() for line in lines if line.strip() and not line.startswith("[")]


def laid_text(document: ReceiptDocument, template: ReceiptTemplate, columns: int) -> list[str]:
    items = receipt_lines(document, template, columns)
    return _plain([item.text for item in items if isinstance(item, LaidLine)])


def picture_lines(document: ReceiptDocument, template: ReceiptTemplate, columns: int) -> list[str]:
    """Read the picture by comparing its cells with letters drawn alone."""
    items = receipt_lines(document, template, columns)
    paper = draw_paper(items, columns)
    top, found = TABLE + MARGIN, []
    for item in items:
        if not isinstance(item, LaidLine):
            top += item.lines * LINE_DOTS if isinstance(item, Feed) else 0
            continue
        rows = CELL_HEIGHT * item.height_mult
        width = CELL_DOTS * item.width_mult
        line = paper[top : top + rows, TABLE + MARGIN :]
        cells = [line[:, n * width : (n + 1) * width] for n in range(len(item.text))]
        found.append("".join(_letter(cell, item, item.text) for cell in cells))
        top += rows + LINE_DOTS - CELL_HEIGHT
    return _plain(found)


def _letter(cell: np.ndarray, line: LaidLine, letters: str) -> str:
    for letter in sorted(set(letters)):
        if np.array_equal(cell, _alone(letter, line)):
            return letter
    return "\N{REPLACEMENT CHARACTER}"


def _alone(letter: str, line: LaidLine) -> np.ndarray:
    one = LaidLine(letter, line.width_mult, line.height_mult, line.bold, line.invert)
    paper = draw_paper([one], line.width_mult)
    edge = TABLE + MARGIN
    return paper[
        edge : edge + CELL_HEIGHT * line.height_mult, edge : edge + CELL_DOTS * line.width_mult
    ]


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("name", template_names())
def test_paper_and_page_say_the_same(columns: int, name: str) -> None:
    template, document = load_template(name), FULL
    expected = laid_text(document, template, columns)
    profile = USUAL.adjusted(columns=columns)
    data = EscposEncoder(profile).encode(compose(document, template))

    assert _plain(text_lines(data, profile)) == expected
    assert html_lines(receipt_html(document, template, columns)) == expected


@pytest.mark.parametrize(("columns", "name"), [(32, "default"), (42, "english"), (48, "detailed")])
def test_the_pdf_says_the_same(columns: int, name: str) -> None:
    template = load_template(name)
    expected = laid_text(FULL, template, columns)
    assert _plain(pdf_lines(receipt_pdf(FULL, template, columns))) == expected


def test_the_picture_says_the_same_too() -> None:
    document = ReceiptDocument(
        ReceiptKind.SALE, number="7", cashier="Ёжик", totals=Totals(1066_00), is_copy=True,
        lines=(Line("Капучино, 300 мл", 700_00, 2000, 350_00),),
    )  # fmt: skip
    template = load_template("detailed")
    assert picture_lines(document, template, 32) == laid_text(document, template, 32)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), TEMPLATES, st.sampled_from(COLUMNS))
def test_any_document_is_alike_on_paper_and_page(
    document: ReceiptDocument, template: ReceiptTemplate, columns: int
) -> None:
    profile = USUAL.adjusted(columns=columns)
    try:
        data = EscposEncoder(profile).encode(compose(document, template, dots=columns * CELL_DOTS))
        items = receipt_lines(document, template, columns, profile)
        page = draw_html(items, columns, title="", lang="ru")
    except BadDocument:
        return
    laid = [item.text for item in items if isinstance(item, LaidLine)]
    printed = [line for line in text_lines(data, profile) if not line.startswith("[picture")]
    assert set(_plain(printed)) <= set(_plain(laid)) | {""}
    digits = {getattr(item, "data", "") for item in items}
    assert [line for line in html_lines(page) if line.strip() not in digits] == [
        line for line in _plain(laid) if line.strip() not in digits
    ]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), TEMPLATES, st.sampled_from(COLUMNS))
def test_no_line_is_longer_than_the_paper(
    document: ReceiptDocument, template: ReceiptTemplate, columns: int
) -> None:
    for item in receipt_lines(document, template, columns):
        if isinstance(item, LaidLine):
            assert len(item.text) * item.width_mult <= columns
            assert len(item.text) == columns // item.width_mult


@given(
    NAMES, st.integers(-(10**9), 10**9), st.integers(1, 10**6), TEMPLATES, st.sampled_from(COLUMNS)
)
def test_the_amount_of_a_line_stands_whole_at_the_right(
    name: str, amount: int, quantity: int, template: ReceiptTemplate, columns: int
) -> None:
    document = ReceiptDocument(ReceiptKind.SALE, lines=(Line(name, amount, quantity, 100_00),))
    lines = text_of(receipt_lines(document, template, columns))
    shown = words.amount(amount).replace(words.NO_BREAK, " ")
    last = next(line for line in reversed(lines) if line.strip("-= "))
    assert last.endswith(shown)
    assert len(last) == columns
    left = last[: -len(shown)]
    assert not left or left.endswith(" "), "a name touches its amount"


def test_a_picture_shows_qr_codes_that_can_be_read() -> None:
    import zxingcpp  # noqa: PLC0415 - loaded only here

    greys = draw_paper(receipt_lines(FULL, load_template(), 42), 42)
    found = {code.text for code in zxingcpp.read_barcodes(greys * 17)}
    assert FULL.fiscal is not None
    assert FULL.qr is not None
    assert found == {FULL.fiscal.qr_text, FULL.qr.data}


def test_the_page_fetches_nothing_and_escapes_everything() -> None:
    evil = ReceiptDocument(
        ReceiptKind.SALE, title='"><script>', cashier="<script>alert(1)</script>", qr=FULL.qr
    )
    page = receipt_html(evil, load_template(), 32)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'src="http' not in page
    assert "url(" not in page
    assert 'role="img"' in page
    assert 'aria-label="QR-код: https://loyal.example/r/1"' in page
    assert '<a href="https://loyal.example/r/1"' in page
    assert '<html lang="ru">' in page
    assert "@media print" in page


def test_a_pdf_is_as_wide_as_the_paper_and_as_long_as_needed() -> None:
    import re  # noqa: PLC0415 - used here alone

    boxes = {}
    for columns, count in ((32, 3), (48, 30)):
        lines = tuple(Line(f"Блюдо {n}", 100_00) for n in range(count))
        data = receipt_pdf(ReceiptDocument(ReceiptKind.SALE, lines=lines), load_template(), columns)
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]\n/Parent", data)
        assert box is not None
        assert data.count(b"/Type /Page\n") == 1
        boxes[columns, count] = [round(float(side) / 72 * 25.4) for side in box.groups()]
    assert boxes[32, 3][0] == 58
    assert boxes[48, 30][0] == 80
    assert boxes[48, 30][1] > 100
    assert b"/Type /Page\n" in receipt_pdf(FULL, load_template(), 48, sheet="a4")


def test_a_pdf_puts_a_box_for_letters_that_its_font_lacks() -> None:
    data = draw_pdf([LaidLine("слово \u0915 ₽")], 32, sheet="roll", about=About("x"))
    assert pdf_lines(data) == ["слово □ ₽"]


@pytest.mark.parametrize("columns", [0, 19, 97])
def test_senseless_widths_are_refused(columns: int) -> None:
    with pytest.raises(ValueError, match="columns"):
        receipt_lines(FULL, load_template(), columns)
