"""Laid-out lines -> PDF: as long as the paper of a roll, or on sheets of A4 for the accountant's folder.

Letters are embedded (Cyrillic and ₽ included) and can be searched and copied; codes are drawn as bars.
fpdf2 is loaded with this module: 0.3 s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from fpdf import FPDF
from PIL import Image as PillowImage
from PIL import ImageOps

from drivers.api.errors import Language
from drivers.api.printer import BadDocument, Barcode, Cut, Feed, Image, Qr
from drivers.api.receipt import ReceiptDocument
from drivers.printers.codes import barcode_modules, fitting_size, qr_rows
from drivers.printers.layout import Block, LaidLine
from drivers.printers.library import BARCODE_HEIGHT, BARCODE_MODULE
from drivers.printers.profiles import FONT_PATH, PrinterProfile
from drivers.receipts.lines import CELL_DOTS, LINE_DOTS, dark_runs, receipt_lines
from drivers.receipts.template import ReceiptTemplate

Sheet = Literal["roll", "a4"]
_NARROW_COLUMNS: Final = 36
_NARROW_MM: Final = (58.0, 48.0)
_WIDE_MM: Final = (80.0, 72.0)
"""Width of the paper and of what can be printed on it."""
_A4_MM: Final = (210.0, 297.0)
_A4_MARGIN_MM: Final = 20.0
_ROLL_MARGIN_MM: Final = 4.0
_ROLL_LENGTH_MAX_MM: Final = 5000.0
"""Readers show no page above 200 inches (PDF 32000-1, annex C): longer rolls go on below."""
_ADVANCE_EM: Final = 1233 / 2048
"""Width of a letter of DejaVu Sans Mono."""
_BASELINE_DOTS: Final = 0.78 * 24
_INVERTED_DOTS: Final = 24
_ROUNDING_MM: Final = 0.01
_PT_PER_MM: Final = 72 / 25.4
_FAMILY: Final = "receipt"
_MISSING: Final = "□"


def receipt_pdf(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    columns: int,
    profile: PrinterProfile | None = None,
    *,
    sheet: Sheet = "roll",
) -> bytes:
    """Return a receipt as a PDF file.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        columns: characters a line; up to 36 make paper of 58 mm, more of 80 mm.
        profile: the printer whose signs are shown; None: the usual one.
        sheet: one page as long as needed, or pages of A4.

    Raises:
        BadReceipt: the template's logo is no picture.
        BadDocument: a code that cannot be drawn.
        ValueError: senseless columns.
    """
    items = receipt_lines(document, template, columns, profile)
    return draw_pdf(
        items,
        columns,
        sheet=sheet,
        about=About(document.title, template.lang, document.made_at),
    )


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself; `made_at` None: the present moment."""

    title: str
    lang: Language = "ru"
    made_at: datetime | None = None


def draw_pdf(
    items: Sequence[LaidLine | Block], columns: int, *, sheet: Sheet, about: About
) -> bytes:
    """Return laid-out lines as a PDF file.

    Raises:
        BadDocument: a code that cannot be drawn.
    """
    shown = items[:-1] if items and isinstance(items[-1], Cut) else items
    paper = _Paper(columns, sheet, about)
    paper.begin(sum(paper.rows_of(item) for item in shown))
    for item in shown:
        paper.draw(item)
    return bytes(paper.pdf.output())


class _Paper:
    """Pages being drawn. Places are told in dots of the printer and written in millimetres."""

    def __init__(self, columns: int, sheet: Sheet, about: About) -> None:
        self._dots = columns * CELL_DOTS
        self._is_roll = sheet == "roll"
        paper_mm, printed_mm = _NARROW_MM if columns <= _NARROW_COLUMNS else _WIDE_MM
        self._mm = printed_mm / self._dots
        self._width_mm = paper_mm if self._is_roll else _A4_MM[0]
        self._margin_mm = _ROLL_MARGIN_MM if self._is_roll else _A4_MARGIN_MM
        self._left_mm = (self._width_mm - printed_mm) / 2
        self._height_mm = _A4_MM[1]
        self._top_mm = 0.0
        self.pdf = FPDF(unit="mm", format=_A4_MM)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_margin(0)
        self.pdf.set_title(about.title)
        self.pdf.set_lang(about.lang)
        if about.made_at is not None:
            self.pdf.set_creation_date(about.made_at)
        bold = FONT_PATH.with_name(f"{FONT_PATH.stem}-Bold.ttf")
        self.pdf.add_font(_FAMILY, "", str(FONT_PATH))
        self.pdf.add_font(_FAMILY, "B", str(bold))

    def begin(self, rows: int) -> None:
        """Begin the first page; a roll's is as long as all rows."""
        if self._is_roll:
            needed_mm = rows * self._mm + 2 * self._margin_mm
            self._height_mm = min(max(needed_mm, self._width_mm), _ROLL_LENGTH_MAX_MM)
        self._new_page()

    def _new_page(self) -> None:
        self.pdf.add_page(orientation="portrait", format=(self._width_mm, self._height_mm))
        self._top_mm = self._margin_mm

    def rows_of(self, item: LaidLine | Block) -> int:  # noqa: PLR0911 - one a kind
        """Return the height of an item in dots."""
        match item:
            case LaidLine():
                return 24 * item.height_mult + LINE_DOTS - 24
            case Qr():
                return len(_qr_rows(item)) * fitting_size(item, self._dots)
            case Barcode():
                return BARCODE_HEIGHT + LINE_DOTS
            case Image():
                return item.height
            case Feed(lines):
                return lines * LINE_DOTS
            case Cut():
                return LINE_DOTS
            case _:
                return 0

    def draw(self, item: LaidLine | Block) -> None:
        """Draw an item below the last one, on the next sheet if this one is full."""
        rows = self.rows_of(item)
        end_mm = self._height_mm - self._margin_mm + _ROUNDING_MM
        if self._top_mm + rows * self._mm > end_mm and self._top_mm > self._margin_mm:
            self._new_page()
        match item:
            case LaidLine():
                self._line(item)
            case Qr():
                size = fitting_size(item, self._dots)
                self._bars(_qr_rows(item), size, size)
            case Barcode():
                self._barcode(item)
            case Image():
                self._image(item)
            case Cut():
                self._cut()
            case _:
                pass
        self._top_mm += rows * self._mm

    def _line(self, line: LaidLine, down: int = 0) -> None:
        wide, high = line.width_mult, line.height_mult
        size_mm = CELL_DOTS * high * self._mm / _ADVANCE_EM
        self.pdf.set_font(_FAMILY, "B" if line.bold else "", size_mm * _PT_PER_MM)
        self.pdf.set_stretching(100 * wide / high)
        if line.invert:
            height = _INVERTED_DOTS * high * self._mm
            width = len(line.text) * wide * CELL_DOTS * self._mm
            self.pdf.set_fill_color(0)
            self.pdf.rect(self._left_mm, self._top_mm, width, height, style="F")
            self.pdf.set_text_color(255)
        text = self._known(line.text if line.invert else line.text.rstrip())
        if text:
            base_mm = self._top_mm + (down + _BASELINE_DOTS * high) * self._mm
            self.pdf.text(self._left_mm, base_mm, text)
        self.pdf.set_text_color(0)
        self.pdf.set_stretching(100)

    def _known(self, text: str) -> str:
        """Put a box for what the font lacks, as paper would."""
        known = self.pdf.fonts[_FAMILY].cmap  # type: ignore[union-attr]  # a font of our own
        if all(ord(char) in known for char in text):
            return text
        return "".join(char if ord(char) in known else _MISSING for char in text)

    def _bars(self, rows: Sequence[bytes], wide: float, high: float) -> None:
        """Draw rows of modules in the middle."""
        left_mm = self._left_mm + (self._dots - len(rows[0]) * wide) / 2 * self._mm
        self.pdf.set_fill_color(0)
        for number, row in enumerate(rows):
            top_mm = self._top_mm + number * high * self._mm
            for start, end in dark_runs(row):
                x_mm, width_mm = start * wide * self._mm, (end - start) * wide * self._mm
                self.pdf.rect(left_mm + x_mm, top_mm, width_mm, high * self._mm, style="F")

    def _barcode(self, barcode: Barcode) -> None:
        modules = barcode_modules(barcode)
        size = min(BARCODE_MODULE, self._dots // len(modules))
        if size < 1:
            raise BadDocument(f"{barcode.kind} of {len(modules)} modules on {self._dots} dots")
        self._bars((modules,), size, BARCODE_HEIGHT)
        self._line(LaidLine(barcode.data.center(self._dots // CELL_DOTS)), BARCODE_HEIGHT)

    def _image(self, image: Image) -> None:
        black = PillowImage.frombytes("1", (image.width, image.height), image.raster)
        left_mm = self._left_mm + (self._dots - image.width) / 2 * self._mm
        size_mm = (image.width * self._mm, image.height * self._mm)
        self.pdf.image(ImageOps.invert(black.convert("L")), left_mm, self._top_mm, *size_mm)

    def _cut(self) -> None:
        middle_mm = self._top_mm + LINE_DOTS / 2 * self._mm
        self.pdf.set_dash_pattern(dash=1.5, gap=1.5)
        self.pdf.line(self._left_mm, middle_mm, self._width_mm - self._left_mm, middle_mm)
        self.pdf.set_dash_pattern()


def _qr_rows(qr: Qr) -> Sequence[bytes]:
    return qr_rows(qr.data.encode(), qr.level)
