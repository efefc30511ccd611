"""A report as files: a page for mail and a PDF for the folder of the accountant (T2).

Both are written under the data folder. Any thread but one at a time.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.kernel.errors import TemporaryError
from app.till.paper import report_page, report_sheets
from app.till.receipts import ReceiptDocument


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of one report."""

    html: Path
    pdf: Path


def export_report(
    receipt: ReceiptDocument, folder: Path, moment: datetime, *, number: int
) -> Exported:
    """Write a report as HTML and as PDF; a file is there whole or not at all.

    Args:
        receipt: The report.
        folder: Where to; made if it is missing.
        moment: When it was made, in the venue's zone; part of the name.
        number: Of the shift.

    Raises:
        TemporaryError: The folder cannot be written to.
    """
    stem = folder / f"shift-{number}-{moment:%Y%m%d-%H%M%S}"
    found = Exported(stem.with_suffix(".html"), stem.with_suffix(".pdf"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = found.html.with_suffix(".tmp")
        draft.write_text(report_page(receipt), encoding="utf-8")
        draft.replace(found.html)
        found.pdf.with_suffix(".part").write_bytes(report_sheets(receipt))
        found.pdf.with_suffix(".part").replace(found.pdf)
    except OSError as error:
        raise TemporaryError(
            "EXPORT_FAILED",
            "Отчёт не сохранён: папка недоступна. Освободите место и повторите",
            "The report was not saved: the folder cannot be written to",
        ) from error
    return found
