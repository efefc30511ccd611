"""A report as files: a page for mail and a PDF for the folder of the accountant (T2).

Both are written under the data folder, the PDF by Qt's own writer. Any thread but one at a time.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.domain.receipt import Block, Divider, Pair, Paragraph, QrCode, Receipt
from app.domain.receipt_html import receipt_html
from app.kernel.errors import TemporaryError

_MARGIN_MM: Final = 20.0
_DPI: Final = 300
_FONT_PT: Final = 10
_LARGE_PT: Final = 14


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of one report."""

    html: Path
    pdf: Path


def export_report(
    receipt: Receipt, folder: Path, moment: datetime, *, number: int, lang: str
) -> Exported:
    """Write a report as HTML and as PDF; a file is there whole or not at all.

    Args:
        receipt: The report.
        folder: Where to; made if it is missing.
        moment: When it was made, in the venue's zone; part of the name.
        number: Of the shift.
        lang: Language of the page.

    Raises:
        TemporaryError: The folder cannot be written to.
    """
    stem = folder / f"shift-{number}-{moment:%Y%m%d-%H%M%S}"
    found = Exported(stem.with_suffix(".html"), stem.with_suffix(".pdf"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = found.html.with_suffix(".tmp")
        draft.write_text(receipt_html(receipt, lang), encoding="utf-8")
        draft.replace(found.html)
        _write_pdf(receipt, found.pdf.with_suffix(".part"))
        found.pdf.with_suffix(".part").replace(found.pdf)
    except OSError as error:
        raise TemporaryError(
            "EXPORT_FAILED",
            "Отчёт не сохранён: папка недоступна. Освободите место и повторите",
            "The report was not saved: the folder cannot be written to",
        ) from error
    return found


def _write_pdf(receipt: Receipt, path: Path) -> None:
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setTitle(receipt.title)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    portrait = QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(page, portrait, margins, QPageLayout.Unit.Millimeter))
    document = QTextDocument()
    document.setDefaultFont(QFont("Inter", _FONT_PT))
    document.setHtml(_rich_text(receipt))
    document.print_(writer)
    if not path.exists() or path.stat().st_size == 0:
        raise OSError(f"{path.name} was not written")


def _rich_text(receipt: Receipt) -> str:
    """Return the report in the HTML that Qt's documents know: tables instead of flexible boxes."""
    rows = "".join(_row(block) for block in receipt.blocks)
    return f"<table width='100%' cellspacing='0' cellpadding='2'>{rows}</table>"


def _row(block: Block) -> str:
    match block:
        case Divider():
            return "<tr><td colspan='2'><hr></td></tr>"
        case QrCode(data):
            return f"<tr><td colspan='2' align='center'>{escape(data)}</td></tr>"
        case Pair():
            style = _style(is_bold=block.is_bold, is_large=block.is_large)
            left, right = escape(block.left), escape(block.right)
            return f"<tr{style}><td>{left}</td><td align='right'>{right}</td></tr>"
        case Paragraph():
            style = _style(is_bold=block.is_bold, is_large=block.is_large)
            text = escape(block.text)
            return f"<tr{style}><td colspan='2' align='{block.align}'>{text}</td></tr>"


def _style(*, is_bold: bool, is_large: bool) -> str:
    weight = "font-weight:bold;" if is_bold else ""
    size = f"font-size:{_LARGE_PT}pt;" if is_large else ""
    return f" style='{weight}{size}'" if weight or size else ""
