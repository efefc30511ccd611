"""A receipt on its way to paper: as JSON in the print queue, as a document for the printer, as files.

What draws is loaded when the first paper is wanted: a till starts without it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.kernel.errors import BugError
from app.store.rows import Json
from drivers.api.printer import PrintDocument
from drivers.api.receipt import BadReceipt, ReceiptDocument

if TYPE_CHECKING:
    from drivers.receipts.template import ReceiptTemplate

# ruff: noqa: PLC0415 - late, see the module's docstring

REPORT_COLUMNS = 48


def receipt_to_json(receipt: ReceiptDocument) -> Json:
    """Return a receipt as it is kept in the queue."""
    from drivers.receipts.reading import to_json

    return {"title": receipt.title, "document": to_json(receipt)}


def receipt_from_json(payload: Json) -> ReceiptDocument:
    """Read what `receipt_to_json` wrote.

    Raises:
        BugError: The queue holds something else.
    """
    from drivers.receipts.reading import from_json

    try:
        return from_json(ReceiptDocument, payload["document"])
    except (KeyError, TypeError, BadReceipt) as error:
        raise BugError(f"a print job is unreadable: {error!r}") from error


def to_document(
    payload: Json, *, is_copy: bool, template: "ReceiptTemplate | None" = None, dots: int = 576
) -> PrintDocument:
    """Return the document that a printer takes for a queued receipt.

    Args:
        payload: What `receipt_to_json` wrote.
        is_copy: Mark it as a copy.
        template: The restaurant's; None is the usual one.
        dots: Printable dots a line, for the logo.

    Raises:
        BugError: The queue holds something else.
    """
    from drivers.receipts.compose import compose
    from drivers.receipts.template import load_template

    receipt = receipt_from_json(payload)
    return compose(
        replace(receipt, is_copy=is_copy),
        template or load_template(),
        dots=dots,
    )


def receipt_page(receipt: ReceiptDocument, template: "ReceiptTemplate | None" = None) -> str:
    """Return a receipt as one HTML page without outside parts, for mail and phones."""
    from drivers.receipts.page import receipt_html
    from drivers.receipts.template import load_template

    return receipt_html(receipt, template or load_template())


def report_page(report: ReceiptDocument) -> str:
    """Return a report as one HTML page, as wide as paper of 80 mm."""
    from drivers.receipts.page import receipt_html
    from drivers.receipts.template import load_template

    return receipt_html(report, load_template(), REPORT_COLUMNS)


def report_sheets(report: ReceiptDocument) -> bytes:
    """Return a report as a PDF of A4 sheets, for the accountant's folder."""
    from drivers.receipts.sheet import receipt_pdf
    from drivers.receipts.template import load_template

    return receipt_pdf(report, load_template(), REPORT_COLUMNS, sheet="a4")
