"""What stands on simulated paper: lines, figures, cuts, drawer pulses; each also as text."""

from dataclasses import dataclass

from drivers.api.printer import Align, BarcodeKind, QrLevel

LINE_SPACING = 30
"""Dots from line to line after ``ESC 2`` (1/6 inch)."""


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look."""

    bold: bool = False
    width_mult: int = 1
    height_mult: int = 1
    invert: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters of one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Stripe:
    """Dots in a line of text (``ESC *``): column after column, each of ``rows`` dots, one byte a dot."""

    dots: bytes
    rows: int
    text: str = ""

    @property
    def width(self) -> int:
        """Dots from left to right."""
        return len(self.dots) // self.rows


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text; ``spacing`` is its height in dots at least."""

    segments: tuple[Segment | Stripe, ...]
    align: Align
    spacing: int = LINE_SPACING

    @property
    def text(self) -> str:
        """The line's characters."""
        return "".join(segment.text for segment in self.segments)

    @property
    def stripes(self) -> tuple[Stripe, ...]:
        """The dots among its characters."""
        return tuple(part for part in self.segments if isinstance(part, Stripe))


@dataclass(frozen=True, slots=True)
class PrintedRaster:
    """A picture: rows of whole bytes."""

    raster: bytes
    width_bytes: int
    align: Align


@dataclass(frozen=True, slots=True)
class PrintedQr:
    """A QR code."""

    data: bytes
    size: int
    level: QrLevel
    align: Align


@dataclass(frozen=True, slots=True)
class PrintedBarcode:
    """A linear code; ``kind`` is None for one we cannot draw."""

    data: str
    kind: BarcodeKind | None
    module: int
    height: int
    has_digits: bool
    align: Align


@dataclass(frozen=True, slots=True)
class PrintedGap:
    """Blank paper, in dots."""

    dots: int


@dataclass(frozen=True, slots=True)
class CutMark:
    """The knife went here."""

    partial: bool


@dataclass(frozen=True, slots=True)
class DrawerMark:
    """A pulse went to the drawer here."""

    pin: int


@dataclass(frozen=True, slots=True)
class BeepMark:
    """The buzzer sounded here."""

    times: int


@dataclass(frozen=True, slots=True)
class LogoMark:
    """A logo from the printer's own memory came here; ``raster`` is empty if there is none.

    Attributes:
        number: in the memory.
        raster: rows of whole bytes.
        width_bytes: of a row.
        align: on the paper.
    """

    number: int
    raster: bytes = b""
    width_bytes: int = 0
    align: Align = "left"


Item = (
    PrintedLine
    | PrintedRaster
    | PrintedQr
    | PrintedBarcode
    | PrintedGap
    | CutMark
    | DrawerMark
    | BeepMark
    | LogoMark
)


def describe(item: Item) -> list[str]:
    """The item as text lines; what is not text stands in square brackets."""
    match item:
        case PrintedLine():
            return [_describe_line(item)]
        case PrintedRaster():
            return [f"[picture {item.width_bytes * 8}x{len(item.raster) // item.width_bytes}]"]
        case PrintedQr():
            return [f"[qr {item.data.decode(errors='replace')}]"]
        case PrintedBarcode():
            return [f"[barcode {item.data}]"]
        case PrintedGap():
            return [""] * (item.dots // LINE_SPACING)
        case _:
            return [_describe_mark(item)]


def _describe_line(line: PrintedLine) -> str:
    if not line.stripes or line.text.strip():
        return line.text
    return f"[picture {sum(stripe.width for stripe in line.stripes)}x{line.stripes[0].rows}]"


def _describe_mark(item: CutMark | DrawerMark | BeepMark | LogoMark) -> str:
    if isinstance(item, CutMark):
        return "[cut]"
    if isinstance(item, LogoMark):
        return f"[logo {item.number}]"
    return f"[drawer {item.pin}]" if isinstance(item, DrawerMark) else f"[beep {item.times}]"
