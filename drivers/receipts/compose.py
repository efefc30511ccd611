"""Receipt document + template -> elements of paper. Pure: the same for each printer, picture and page.

Each part of a receipt is a function that yields its elements; the template says which parts stand where. A rule
is drawn only between two things, so parts without content leave no trace.
"""

from collections.abc import Callable
from typing import Final

from drivers.api.printer import (
    Cut,
    Element,
    Logo,
    OpenDrawer,
    PrintDocument,
    Rule,
)
from drivers.api.receipt import ReceiptDocument, ReceiptKind
from drivers.receipts.elements import Elements
from drivers.receipts.head import heading, logo, seller
from drivers.receipts.sums import lines, payments, taxes, totals
from drivers.receipts.tail import fiscal, footer, loyalty, qr, rows, space
from drivers.receipts.template import DEFAULT_BLOCKS, BlockName, ReceiptTemplate

PAPER_DOTS: Final = 576
"""Printable dots a line on paper of 80 mm."""


def compose(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    *,
    open_drawer: bool = False,
    dots: int = PAPER_DOTS,
) -> PrintDocument:
    """Return what a printer takes for a receipt, with the cut at its end.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        open_drawer: also pulse the cash drawer before printing.
        dots: printable dots a line, for the logo's size.

    Raises:
        BadReceipt: the template's logo is no picture.
    """
    elements: list[Element] = [OpenDrawer()] if open_drawer else []
    elements.extend(_ruled(document, template, dots))
    elements.append(Cut())
    return PrintDocument(elements, copy_mark=document.is_copy, copy_text=template.word("copy"))


def _ruled(document: ReceiptDocument, template: ReceiptTemplate, dots: int) -> Elements:
    """The parts in order; rules wait until something follows them."""
    has_above = rule_waits = False
    for block in _blocks(document, template):
        if block == "rule":
            rule_waits = has_above
            continue
        is_logo = block == "logo"
        found = logo(template, dots) if is_logo else _PARTS[block](document, template)
        for element in found:
            if rule_waits and element != Logo():
                yield Rule(template.rule)
                rule_waits = False
            yield element
            has_above = has_above or element != Logo()


def _blocks(document: ReceiptDocument, template: ReceiptTemplate) -> tuple[BlockName, ...]:
    """The template's parts; reports and slips are rows, which no template may leave out."""
    is_rows = document.kind in {ReceiptKind.REPORT, ReceiptKind.SLIP}
    return DEFAULT_BLOCKS if is_rows and "rows" not in template.blocks else template.blocks


_PARTS: Final[dict[str, Callable[[ReceiptDocument, ReceiptTemplate], Elements]]] = {
    "seller": seller,
    "heading": heading,
    "lines": lines,
    "totals": totals,
    "payments": payments,
    "taxes": taxes,
    "rows": rows,
    "loyalty": loyalty,
    "fiscal": fiscal,
    "qr": qr,
    "footer": footer,
    "space": space,
}
