"""A receipt on its way to paper: as JSON in the print queue, as a document for the printer."""

from typing import Any, Final

from app.domain.receipt import Block, Divider, Pair, Paragraph, QrCode, Receipt, ReceiptKind
from app.kernel.errors import BugError
from app.store.rows import Json
from drivers.api.printer import Columns, Cut, Element, OpenDrawer, PrintDocument, Qr, Rule, Text

_LARGE: Final = 2


def receipt_to_json(receipt: Receipt, *, open_drawer: bool = False) -> Json:
    """Return a receipt as it is kept in the queue.

    Args:
        receipt: The document.
        open_drawer: Also open the cash drawer before printing.
    """
    return {
        "kind": receipt.kind.value,
        "title": receipt.title,
        "drawer": open_drawer,
        "blocks": [_block_out(block) for block in receipt.blocks],
    }


def receipt_from_json(payload: Json) -> Receipt:
    """Read what `receipt_to_json` wrote.

    Raises:
        BugError: The queue holds something else.
    """
    try:
        return Receipt(
            kind=ReceiptKind(payload["kind"]),
            title=str(payload["title"]),
            blocks=tuple(_block_in(item) for item in payload["blocks"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BugError(f"a print job is unreadable: {error!r}") from error


def to_document(payload: Json, *, is_copy: bool) -> PrintDocument:
    """Return the document that a printer takes for a queued receipt.

    Args:
        payload: What `receipt_to_json` wrote.
        is_copy: Mark it as a copy; a copy never opens the drawer.
    """
    receipt = receipt_from_json(payload)
    elements: list[Element] = []
    if payload.get("drawer") and not is_copy:
        elements.append(OpenDrawer())
    elements.extend(_element(block) for block in receipt.blocks)
    elements.append(Cut())
    return PrintDocument(elements, copy_mark=is_copy)


def _element(block: Block) -> Element:
    match block:
        case Paragraph():
            size = _LARGE if block.is_large else 1
            return Text(
                block.text,
                align=block.align,
                bold=block.is_bold,
                width_mult=size,
                height_mult=size,
            )
        case Pair():
            # Twice as high but not as wide: amounts up to millions still fit on narrow paper.
            size = _LARGE if block.is_large else 1
            return Columns(block.left, block.right, bold=block.is_bold, height_mult=size)
        case Divider():
            return Rule()
        case QrCode():
            return Qr(block.data)


def _block_out(block: Block) -> list[Any]:
    match block:
        case Paragraph():
            return ["text", block.text, block.align, block.is_bold, block.is_large]
        case Pair():
            return ["pair", block.left, block.right, block.is_bold, block.is_large]
        case Divider():
            return ["rule"]
        case QrCode():
            return ["qr", block.data]


def _block_in(item: list[Any]) -> Block:
    match item:
        case ["text", text, "left" | "center" | "right" as align, bold, large]:
            return Paragraph(text, align, bold, large)
        case ["pair", left, right, bold, large]:
            return Pair(left, right, bold, large)
        case ["rule"]:
            return Divider()
        case ["qr", data]:
            return QrCode(data)
        case _:
            raise ValueError(f"an unknown block: {item!r}")
