"""The two readers of codes, zxing-cpp and pyzbar, behind one signature; and a look that confirms.

Only these two: OpenCV's own detectors read less in every test and end the process on some pictures of
bent codes (decision 0038), which no till may risk.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from drivers.api.errors import ConfigurationError
from drivers.api.scanner import Symbology

log = logging.getLogger(__name__)

Picture = npt.NDArray[np.uint8]
CODES_PER_FRAME_MAX = 16
FORMATS = ("qr", "ean", "code128", "datamatrix")
_ZXING = {
    "qr": (zxingcpp.BarcodeFormat.QRCode,),
    "ean": (
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
    ),
    "code128": (zxingcpp.BarcodeFormat.Code128,),
    "datamatrix": (zxingcpp.BarcodeFormat.DataMatrix,),
}
_ZXING_SYMBOLOGIES = {
    "QRCode": Symbology.QR,
    "QRCodeModel2": Symbology.QR,
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPC_A,
    "Code128": Symbology.CODE128,
    "DataMatrix": Symbology.DATAMATRIX,
}
_PYZBAR = {
    "qr": ("QRCODE",),
    "ean": ("EAN13", "EAN8", "UPCA"),
    "code128": ("CODE128",),
    "datamatrix": (),
}
_PYZBAR_SYMBOLOGIES = {
    "QRCODE": Symbology.QR,
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPC_A,
    "CODE128": Symbology.CODE128,
}
# One check digit: of ten misreadings one passes. The others carry real error detection.
WEAK = frozenset({Symbology.EAN13, Symbology.EAN8, Symbology.UPC_A})
_RETAIL = zxingcpp.BarcodeFormats(list(_ZXING["ean"]))


@dataclass(frozen=True, slots=True)
class Found:
    """One code in a picture.

    Attributes:
        text: the characters; GS is character 29.
        symbology: of the code.
        data: the bytes, exactly.
        area: left, top, right and bottom in pixels of the picture that was read.
    """

    text: str
    symbology: Symbology
    data: bytes
    area: tuple[int, int, int, int] = (0, 0, 0, 0)


Reader = Callable[[Picture], list[Found]]


def zxing_reader(formats: Sequence[str], *, quick: bool = False) -> Reader:
    """Return a reader by zxing-cpp.

    Args:
        formats: out of `FORMATS`.
        quick: upright, dark on light and in the picture's own size only: a quarter of the time.

    Raises:
        ConfigurationError: a format is not known, or there is none.
    """
    unknown = set(formats) - set(FORMATS)
    if unknown or not formats:
        raise ConfigurationError(f"camera formats {sorted(unknown)} are not known")
    wanted = zxingcpp.BarcodeFormats([item for name in formats for item in _ZXING[name]])
    hard = not quick

    def read(grey: Picture) -> list[Found]:
        codes = zxingcpp.read_barcodes(
            grey, formats=wanted, try_rotate=hard, try_downscale=hard, try_invert=hard
        )
        return [_of_zxing(code) for code in codes[:CODES_PER_FRAME_MAX]]

    return read


def _of_zxing(code: Any) -> Found:  # noqa: ANN401 - a compiled class without types
    data = bytes(code.bytes)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = str(code.text)  # the library knows other alphabets by the code's own marks
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    symbology = _ZXING_SYMBOLOGIES.get(code.format.name, Symbology.UNKNOWN)
    return Found(text, symbology, data, (min(across), min(down), max(across), max(down)))


def pyzbar_reader(formats: Sequence[str]) -> Reader | None:
    """Return a reader by pyzbar, None where its library is missing or it reads none of the formats."""
    try:
        from pyzbar import pyzbar  # noqa: PLC0415 - fails on import where libzbar is missing
    except (ImportError, OSError) as error:
        log.info("no second opinion on codes: %s", error)
        return None
    names = [name for item in formats for name in _PYZBAR[item]]
    if not names:
        return None
    symbols = [pyzbar.ZBarSymbol[name] for name in names]

    def read(grey: Picture) -> list[Found]:
        codes = pyzbar.decode(grey, symbols=symbols)
        return [_of_pyzbar(code) for code in codes[:CODES_PER_FRAME_MAX]]

    return read


def _of_pyzbar(code: Any) -> Found:  # noqa: ANN401 - a named tuple without types
    left, top, width, height = code.rect
    return Found(
        code.data.decode(errors="replace"),
        _PYZBAR_SYMBOLOGIES.get(code.type, Symbology.UNKNOWN),
        bytes(code.data),
        (left, top, left + width, top + height),
    )


def is_seen_again(grey: Picture, found: Found) -> bool:
    """Look once more at the place of a code, otherwise than before: does it say the same?

    Rows are averaged where the code lies level, which takes noise away and costs little.
    """
    left, top, right, bottom = found.area
    quiet = max((right - left) // 6, 16)
    rows = slice(max(top - quiet, 0), bottom + quiet)
    columns = slice(max(left - quiet, 0), right + quiet)
    place = np.ascontiguousarray(grey[rows, columns])
    if not place.size:
        return False
    is_level = (bottom - top) * 2 < right - left
    if is_level:
        height, width = place.shape
        place = as_picture(
            cv2.resize(place, (width, max(height // 4, 8)), interpolation=cv2.INTER_AREA)
        )
    else:
        place = as_picture(cv2.GaussianBlur(place, (0, 0), 0.8))
    codes = zxingcpp.read_barcodes(
        place, formats=_RETAIL, try_rotate=not is_level, try_downscale=False, try_invert=True
    )
    return any(bytes(code.bytes) == found.data for code in codes)


def as_picture(frame: Any) -> Picture:  # noqa: ANN401 - OpenCV's own union of array types
    """Give OpenCV's result its type."""
    return np.asarray(frame, dtype=np.uint8)
