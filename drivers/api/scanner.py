"""Scanners: what a scan is, whatever brought it (serial port, keyboard wedge, camera)."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Symbology(enum.Enum):
    """Kind of barcode, as far as the source could tell."""

    UNKNOWN = "unknown"
    EAN8 = "ean8"
    EAN13 = "ean13"
    UPC_A = "upc_a"
    CODE128 = "code128"
    QR = "qr"
    DATAMATRIX = "datamatrix"


class Source(enum.Enum):
    """Where a scan came from."""

    SERIAL = "serial"
    WEDGE = "wedge"
    CAMERA = "camera"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Scan:
    """One code that was read.

    Attributes:
        text: the characters without prefix and suffix; GS separators are kept as character 29.
        source: what brought it.
        symbology: from an AIM identifier or the decoder, UNKNOWN if the source does not say.
        at_s: monotonic seconds of the clock given to the source.
        device_id: id of the device in the configuration, '' for the wedge.
        doubt: why the text may not be what is printed (English words for the log): a keyboard's
            layout or Caps Lock mangled it and it can be read in two ways. '' is certain. What must
            be exact, a marking code above all, is refused while there is a doubt: scan again.
    """

    text: str
    source: Source
    symbology: Symbology = Symbology.UNKNOWN
    at_s: float = 0.0
    device_id: str = ""
    doubt: str = ""


ScanHandler = Callable[[Scan], None]
"""Called once for each scan, on the thread of the source: hand over at once, do not work there."""


class CodeKind(enum.Enum):
    """What a code means for the till."""

    PRODUCT = "product"
    WEIGHT = "weight"
    MARKING = "marking"
    GUEST = "guest"
    GUEST_CODE = "guest_code"
    GIFT_CARD = "gift_card"
    PROMO = "promo"
    STAFF = "staff"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Code:
    """A classified code.

    Attributes:
        kind: what to do with it. TEXT is an article number or the like, worth a look-up. UNKNOWN was
            misread or damaged; `reason` says how.
        value: what to look up: digits of a product code as printed, the inner article of a weight
            code, the 14 digits of a marking code, the part behind the prefix of a card or coupon.
        text: the whole code, repaired, for messages and for the marking system.
        weight_g: grams of a weight code, else None.
        serial: serial number of a marking code.
        was_repaired: whether the layout, the case or the separators had to be put right.
        reason: English words for the log when kind is UNKNOWN.
        doubt: as of `Scan`; the value of a product is certain nevertheless, its text is not.
    """

    kind: CodeKind
    value: str
    text: str
    weight_g: int | None = None
    serial: str = ""
    was_repaired: bool = False
    reason: str = ""
    doubt: str = ""


class Scanner(Protocol):
    """A scanner that is polled.

    Order of calls: ``open -> read* -> close``; `open` after `close` is allowed. One thread.
    """

    def open(self) -> None:
        """Take the port. Repeatable. Raises a temporary error while it is not plugged in."""
        ...

    def close(self) -> None:
        """Let go of the port. Repeatable, never raises."""
        ...

    def read(self, timeout_s: float) -> list[Scan]:
        """Wait up to `timeout_s` and return the codes read, oldest first; [] if there were none.

        Raises a temporary error when the scanner was unplugged; it is closed by then.
        """
        ...
