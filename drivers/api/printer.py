# ruff: noqa: N818 - the error names read as facts, as in drivers.api.errors
"""Receipt and kitchen printers: the document the till fills, and what a printer tells back.

The document knows nothing of ESC/POS: text, two-column lines, rules, codes, a logo, cut, drawer. Columns
and code pages belong to the printer. All types are frozen; wrong values raise ValueError when the element
is made, not when it is printed.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from drivers.api.drawer_policy import DrawerWhen
from drivers.api.errors import (
    CoverOpen,
    DeviceFault,
    DeviceNotReady,
    DeviceOffline,
    FinalError,
    Language,
    OutcomeUnknown,
    PaperOut,
)

Align = Literal["left", "center", "right"]
QrLevel = Literal["L", "M", "Q", "H"]
BarcodeKind = Literal["EAN13", "EAN8", "UPC-A", "CODE39", "CODE128", "ITF"]
DrawerPin = Literal[2, 5]

MULTIPLIER_MAX = 8
QR_BYTES_MAX = 2300
"""Version 40 at level M holds 2331 bytes; a code that big is unreadable on paper anyway."""
IMAGE_DOTS_MAX = 4096
FEED_MAX = 255
BEEPS_MAX = 9


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: wrapped by words to the paper; a line feed begins a new line."""

    text: str
    align: Align = "left"
    width_mult: int = 1
    height_mult: int = 1
    bold: bool = False
    invert: bool = False

    def __post_init__(self) -> None:
        _check(1 <= self.width_mult <= MULTIPLIER_MAX, f"width_mult {self.width_mult}")
        _check(1 <= self.height_mult <= MULTIPLIER_MAX, f"height_mult {self.height_mult}")


@dataclass(frozen=True, slots=True)
class Columns:
    """A name on the left (wrapped by words) and an amount on the right of its last line."""

    left: str
    right: str
    bold: bool = False
    width_mult: int = 1
    height_mult: int = 1

    def __post_init__(self) -> None:
        _check(1 <= self.width_mult <= MULTIPLIER_MAX, f"width_mult {self.width_mult}")
        _check(1 <= self.height_mult <= MULTIPLIER_MAX, f"height_mult {self.height_mult}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of one character over the whole width."""

    char: str = "-"

    def __post_init__(self) -> None:
        _check(len(self.char) == 1 and self.char.isprintable(), f"rule {self.char!r}")


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code in the middle. ``size`` is dots a module; it is made smaller to fit the paper."""

    data: str
    size: int = 6
    level: QrLevel = "M"

    def __post_init__(self) -> None:
        _check(0 < len(self.data.encode()) <= QR_BYTES_MAX, f"qr of {len(self.data)} characters")
        _check(1 <= self.size <= 16, f"qr size {self.size}")


@dataclass(frozen=True, slots=True)
class Barcode:
    """A linear code in the middle with its digits below."""

    data: str
    kind: BarcodeKind = "CODE128"

    def __post_init__(self) -> None:
        _check(0 < len(self.data) <= 80 and self.data.isascii(), f"barcode {self.data!r}")


@dataclass(frozen=True, slots=True)
class Image:
    """A black and white picture in the middle: rows of whole bytes, first dot highest bit, 1 black."""

    raster: bytes
    width: int
    height: int

    def __post_init__(self) -> None:
        _check(0 < self.width <= IMAGE_DOTS_MAX, f"image width {self.width}")
        _check(0 < self.height <= IMAGE_DOTS_MAX, f"image height {self.height}")
        _check(
            len(self.raster) == (self.width + 7) // 8 * self.height, "image size and bytes differ"
        )


@dataclass(frozen=True, slots=True)
class Logo:
    """The restaurant's logo in the middle.

    A printer that keeps a logo in its memory prints that one; others get the dots, and a printer set up
    with neither prints nothing here.

    Attributes:
        image: the dots; None where only the printer's memory has the logo.
    """

    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        _check(0 <= self.lines <= FEED_MAX, f"feed {self.lines}")


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the knife and cut; printers without a knife feed so that the paper can be torn."""

    partial: bool = True


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """Pulse for the cash drawer, in the order of printing.

    Attributes:
        pin: contact of the drawer socket; None takes the one the printer is set up with.
    """

    pin: DrawerPin | None = None


@dataclass(frozen=True, slots=True)
class Beep:
    """Buzzer of kitchen printers; models without one ignore it."""

    times: int = 1

    def __post_init__(self) -> None:
        _check(1 <= self.times <= BEEPS_MAX, f"beep {self.times}")


Element = Text | Columns | Rule | Qr | Barcode | Image | Logo | Feed | Cut | OpenDrawer | Beep


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """One piece of paper (or several, if it has several cuts).

    Attributes:
        elements: top to bottom.
        copy_mark: print ``copy_text`` in large inverted letters before everything else.
        copy_text: the word for it in the restaurant's language.
    """

    elements: Sequence[Element]
    copy_mark: bool = False
    copy_text: str = "КОПИЯ"

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", tuple(self.elements))


class Paper(enum.StrEnum):
    """State of the roll. Silence is UNKNOWN, never OK."""

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"
    UNKNOWN = "unknown"


class PrinterFault(enum.StrEnum):
    """What the printer says is broken."""

    NONE = ""
    CUTTER = "cutter"
    HEAD_HOT = "head_hot"
    RECOVERABLE = "recoverable"
    UNRECOVERABLE = "unrecoverable"


_PAPER_WORDS: dict[Paper, tuple[str, str]] = {
    Paper.OUT: ("нет бумаги", "out of paper"),
    Paper.NEAR_END: ("бумага заканчивается", "paper is running out"),
    Paper.UNKNOWN: ("о бумаге нет данных", "paper state unknown"),
}
_FAULT_WORDS: dict[PrinterFault, tuple[str, str]] = {
    PrinterFault.CUTTER: ("заклинил нож", "cutter jammed"),
    PrinterFault.HEAD_HOT: ("перегрев печатающей головки", "print head too hot"),
    PrinterFault.RECOVERABLE: ("ошибка печати", "printing error"),
    PrinterFault.UNRECOVERABLE: ("неисправность, нужен ремонт", "broken, needs repair"),
}


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer said of itself. None means: it did not say.

    Attributes:
        online: takes and prints data.
        paper: state of the roll.
        cover_open: cover.
        drawer_open: only if the installer told which level of the sensor means open.
        fault: what is broken.
        drawer_pin_high: the raw level of the drawer's sensor.
        feeding: paper is being fed by the button.
        waiting_recovery: waits to be brought back on line.
    """

    online: bool | None = None
    paper: Paper = Paper.UNKNOWN
    cover_open: bool | None = None
    drawer_open: bool | None = None
    fault: PrinterFault = PrinterFault.NONE
    drawer_pin_high: bool | None = None
    feeding: bool = False
    waiting_recovery: bool = False

    @property
    def answered(self) -> bool:
        """Whether the printer said anything at all."""
        return self.online is not None or self.cover_open is not None or self.paper != "unknown"

    @property
    def is_ready(self) -> bool:
        """Whether printing may begin: it answered and nothing stops it."""
        return self.answered and self.problem() is None

    def problem(self, *, device: str = "") -> DeviceNotReady | None:
        """The error that stops printing, most useful to the cashier first; None if nothing does."""
        words = self.words("en")
        if self.cover_open:
            return CoverOpen(words, device=device)
        if self.paper is Paper.OUT:
            return PaperOut(words, device=device)
        if self.fault is not PrinterFault.NONE:
            return DeviceFault(words, device=device)
        if self.online is False:
            return DeviceOffline(words, device=device)
        return None

    def words(self, lang: Language = "ru") -> str:
        """The state for a settings screen, for example ``нет связи`` or ``готов, бумага заканчивается``."""
        index = 0 if lang == "ru" else 1
        if not self.answered:
            return ("не отвечает", "does not answer")[index]
        parts = []
        if self.cover_open:
            parts.append(("открыта крышка", "cover open")[index])
        if self.fault is not PrinterFault.NONE:
            parts.append(_FAULT_WORDS[self.fault][index])
        if self.online is False and not parts and self.paper is not Paper.OUT:
            parts.append(("не готов к печати", "off line")[index])
        if not parts and self.paper is not Paper.OUT:
            parts.append(("готов", "ready")[index])
        if self.paper is not Paper.OK:
            parts.append(_PAPER_WORDS[self.paper][index])
        if self.feeding:
            parts.append(("подаётся бумага", "paper is being fed")[index])
        if self.waiting_recovery:
            parts.append(("ждёт снятия ошибки", "waits for recovery")[index])
        if self.drawer_open:
            parts.append(("ящик открыт", "drawer open")[index])
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class PrinterCapabilities:
    """What the till may rely on.

    Attributes:
        columns: characters a line at normal width.
        dots: printable dots a line.
        cutter: has a knife.
        drawer: has a drawer socket.
        beeper: has a buzzer.
        tells_status: answers questions on this road.
        confirms_printing: a returned ``print`` means that the paper is out, not only that bytes left.
        drawer_when: which payments open the drawer, for ``drivers.api.drawer_policy.opens_drawer``.
    """

    columns: int
    dots: int
    cutter: bool = True
    drawer: bool = True
    beeper: bool = False
    tells_status: bool = True
    confirms_printing: bool = True
    drawer_when: DrawerWhen = "cash"


@dataclass(frozen=True, slots=True)
class PrintReport:
    """A finished print.

    Attributes:
        confirmed: the printer said that it worked through everything. False: bytes were handed over and
            this model or road cannot tell more.
        status: state after printing.
    """

    confirmed: bool
    status: PrinterStatus = field(default_factory=PrinterStatus)


class MaybePrinted(OutcomeUnknown):
    """Printing began and its end is not known. Look at the paper; reprint only with a mark."""

    code = "printer.maybe_printed"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Документ мог напечататься не полностью. Проверьте чек.",
        "en": "The document may be printed only in part. Check the paper.",
    }


class BadDocument(FinalError):
    """The document cannot be printed by this model, whatever its state; nothing was printed."""

    code = "printer.bad_document"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Документ нельзя напечатать: неверный код или картинка. Позовите администратора.",
        "en": "The document cannot be printed: wrong code or picture. Call the administrator.",
    }


class ReceiptPrinter(Protocol):
    """A printer that takes documents.

    Order of calls::

        open -> (print | status | open_drawer)* -> close -> open ...

    One thread prints; ``status`` may be called from another one and then never waits for a print in
    progress (it returns the last known state). Every call ends within the profile's time-outs. Nothing is
    queued here: a failed document is the caller's to repeat.
    """

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        ...

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What this model can do on this road."""
        ...

    def open(self) -> None:
        """Get ready; connects unless the model wants a connection per document. Repeatable.

        Raises:
            TransportError, AccessDenied, ConfigurationError: see drivers.api.errors.
        """
        ...

    def close(self) -> None:
        """Let the device go; never raises. Repeatable, any thread."""
        ...

    def print(self, document: PrintDocument) -> PrintReport:
        """Print one document.

        Returns:
            The report: printed (see ``confirmed``).

        Raises:
            TemporaryError, FinalError: nothing was printed; repeating is safe.
            MaybePrinted: some of it, all or nothing was printed; never repeat without a mark.
        """
        ...

    def status(self) -> PrinterStatus:
        """Ask the printer; an unanswered question gives a status that says so. Repeatable.

        Raises:
            TransportError: it cannot be reached.
        """
        ...

    def open_drawer(self, pin: DrawerPin | None = None) -> None:
        """Open the cash drawer, also without paper; None takes the pin the printer is set up with.

        Raises:
            TemporaryError, FinalError: no pulse was sent. OutcomeUnknown: perhaps it was.
        """
        ...
