"""A receipt as one HTML page without outside parts: for mail, for export and for printing to PDF."""

from html import escape

from app.domain.receipt import Block, Divider, Pair, Paragraph, QrCode, Receipt

_STYLE = (
    "body{font:14px/1.35 monospace;max-width:36em;margin:1em auto;padding:0 1em}"
    "h1{font-size:16px;text-align:center}hr{border:0;border-top:1px dashed #444}"
    ".p{display:flex;justify-content:space-between;gap:1em}.b{font-weight:700}"
    ".l{font-size:1.4em}.c{text-align:center}.r{text-align:right}"
    "p{margin:.1em 0;white-space:pre-wrap;overflow-wrap:anywhere}"
)


def receipt_html(receipt: Receipt, lang: str = "ru") -> str:
    """Return a whole page; every text is escaped."""
    body = "\n".join(_block(block) for block in receipt.blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">'
        f"<title>{escape(receipt.title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Divider():
            return "<hr>"
        case QrCode(data):
            return f'<p class="c">{escape(data)}</p>'
        case Pair():
            marks = _marks("p", is_bold=block.is_bold, is_large=block.is_large)
            return (
                f'<div class="{marks}"><span>{escape(block.left)}</span>'
                f"<span>{escape(block.right)}</span></div>"
            )
        case Paragraph():
            first = {"left": "", "center": "c", "right": "r"}[block.align]
            marks = _marks(first, is_bold=block.is_bold, is_large=block.is_large)
            return f'<p class="{marks}">{escape(block.text)}</p>'


def _marks(first: str, *, is_bold: bool, is_large: bool) -> str:
    return " ".join(x for x in (first, "b" if is_bold else "", "l" if is_large else "") if x)
