"""Laid-out lines -> one HTML page without outside parts: the e-receipt, for mail, phones and printing.

Lines stand as they do on paper, so columns agree in any monospaced font; codes are SVG with a text for those who
cannot see them, and an address in a code can be tapped. Nothing runs and nothing is fetched.
"""

import base64
import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from drivers.api.errors import Language
from drivers.api.printer import Barcode, Cut, Feed, Image, Qr
from drivers.api.receipt import ReceiptDocument
from drivers.printers.codes import barcode_modules, fitting_size, qr_rows
from drivers.printers.layout import Block, LaidLine
from drivers.printers.profiles import PrinterProfile
from drivers.receipts.lines import CELL_DOTS, dark_runs, receipt_lines
from drivers.receipts.template import ReceiptTemplate

_STYLE: Final = (
    ":root{color-scheme:light}*{box-sizing:border-box}"
    "body{margin:0;padding:1rem .5rem;background:#e2e2e0;color:#111}"
    "main{width:fit-content;max-width:100%;margin:0 auto;padding:1.6em 1.4em;background:#fff;"
    'font:400 min(15px,calc((100vw - 4rem)/(var(--columns)*.61)))/1.45 "DejaVu Sans Mono",Menlo,'
    "Consolas,ui-monospace,monospace;font-variant-ligatures:none}"
    "p{margin:0;white-space:pre;min-height:1.45em}"
    "p.b{font-weight:700}p.i>span{background:#111;color:#fff}"
    ".s{display:block;transform-origin:0 0}"
    "figure{margin:.4em auto;width:fit-content}svg,img{display:block;shape-rendering:crispEdges}"
    "hr{border:0;border-top:2px dashed #888;margin:.7em 0}a{color:inherit}"
    "@media print{@page{margin:4mm}body{background:none;padding:0}main{padding:0;font-size:10pt}"
    "main>*{break-inside:avoid}}"
)
_QR_WORDS: Final[dict[Language, str]] = {"ru": "QR-код", "en": "QR code"}
_BARCODE_WORDS: Final[dict[Language, str]] = {"ru": "Штрихкод", "en": "Barcode"}
_LOGO_WORDS: Final[dict[Language, str]] = {"ru": "Логотип", "en": "Logo"}
_BAR_EMS: Final = 4


def receipt_html(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    columns: int = 32,
    profile: PrinterProfile | None = None,
) -> str:
    """Return the page of a receipt.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        columns: characters a line; 32 are readable on a phone.
        profile: the printer whose signs are shown; None: the usual one.

    Raises:
        BadReceipt: the template's logo is no picture.
        BadDocument: a code that cannot be drawn.
        ValueError: senseless columns.
    """
    items = receipt_lines(document, template, columns, profile)
    return draw_html(items, columns, title=document.title or template.word("receipt"),
                     lang=template.lang)  # fmt: skip


def draw_html(
    items: Sequence[LaidLine | Block], columns: int, *, title: str, lang: Language
) -> str:
    """Return laid-out lines as a page; every text is escaped.

    Raises:
        BadDocument: a code that cannot be drawn.
    """
    shown = items[:-1] if items and isinstance(items[-1], Cut) else items
    body = "\n".join(part for item in shown for part in _part(item, columns, lang))
    named = escape(title)
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{named}</title><style>{_STYLE}</style></head>\n"
        f'<body><main style="--columns:{columns}" aria-label="{named}">\n{body}\n</main></body></html>\n'
    )


def _part(item: LaidLine | Block, columns: int, lang: Language) -> Iterator[str]:
    match item:
        case LaidLine():
            yield _line(item)
        case Qr():
            yield _qr(item, columns, lang)
        case Barcode():
            yield _bars(item, columns, lang)
            yield f"<p>{escape(item.data.center(columns).rstrip())}</p>"
        case Image():
            yield _image(item, columns, lang)
        case Feed(lines):
            yield from ["<p></p>"] * lines
        case Cut():
            yield "<hr>"
        case _:
            pass


def _line(line: LaidLine) -> str:
    text = escape(line.text if line.invert else line.text.rstrip())
    marks = " ".join(mark for mark, on in (("b", line.bold), ("i", line.invert)) if on)
    shown = f' class="{marks}"' if marks else ""
    wide, high = line.width_mult, line.height_mult
    if wide == high == 1:
        return f"<p{shown}>{f'<span>{text}</span>' if line.invert else text}</p>"
    # The letters grow by their size, then only up or down; the line takes the height they have then.
    stretch = f";transform:scaleY({high / wide:g})" if wide != high else ""
    height = f"height:{1.45 * high:g}em"
    return (
        f'<p{shown} style="{height}"><span class="s" style="font-size:{wide * 100}%;width:max-content{stretch}">'
        f"{text}</span></p>"
    )


def _qr(qr: Qr, columns: int, lang: Language) -> str:
    dots = columns * CELL_DOTS
    size = fitting_size(qr, dots)
    rows = qr_rows(qr.data.encode(), qr.level)
    drawn = _svg(rows, len(rows), f"{_QR_WORDS[lang]}: {qr.data}", _ems(len(rows) * size))
    if qr.data.startswith(("https://", "http://")):
        drawn = f'<a href="{escape(qr.data)}" rel="noreferrer">{drawn}</a>'
    return f"<figure>{drawn}</figure>"


def _bars(barcode: Barcode, columns: int, lang: Language) -> str:
    modules = barcode_modules(barcode)
    width = min(len(modules) * 2, columns * CELL_DOTS)
    label = f"{_BARCODE_WORDS[lang]}: {barcode.data}"
    drawn = _svg((modules,), 1, label, _ems(width), f"{_BAR_EMS}em")
    return f"<figure>{drawn}</figure>"


def _svg(
    rows: Sequence[bytes], height: int, label: str, width_em: str, height_em: str = "auto"
) -> str:
    """Dark modules as one path: each run of a row is a bar one module high."""
    path = "".join(
        f"M{start} {top}h{end - start}v1h-{end - start}z"
        for top, row in enumerate(rows)
        for start, end in dark_runs(row)
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {len(rows[0])} {height}" '
        f'preserveAspectRatio="none" style="width:{width_em};height:{height_em}">'
        f'<path d="{path}" fill="#111"/></svg>'
    )


def _image(image: Image, columns: int, lang: Language) -> str:
    from PIL import Image as PillowImage  # noqa: PLC0415 - most receipts have no picture

    black = PillowImage.frombytes("1", (image.width, image.height), image.raster)
    out = io.BytesIO()
    black.point(lambda dot: 255 - dot).save(out, "PNG", optimize=True)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    width = _ems(min(image.width, columns * CELL_DOTS))
    style = f"width:{width};max-width:100%"
    return (
        f'<figure><img alt="{_LOGO_WORDS[lang]}" src="data:image/png;base64,{data}" style="{style}">'
        "</figure>"
    )


def _ems(dots: int) -> str:
    """Dots of the printer as a width that goes with the letters, 0.6 em wide each."""
    return f"{dots / CELL_DOTS * 0.602:.2f}em"
