"""QR and linear codes as dots, for models without the command and for the picture; sizes to fit paper.

segno and python-barcode are imported at the first code that needs them: together they cost 0.2 s, which a
till without such codes never pays.
"""

import functools
from typing import Any

from drivers.api.printer import BadDocument, Barcode, Image, Qr, QrLevel
from drivers.printers.library import BARCODE_HEIGHT, BARCODE_MODULE

QUIET_MODULES = 4

# Data bytes that versions 1..40 hold at each level (ISO/IEC 18004, table 7, byte mode).
_QR_BYTES: dict[QrLevel, tuple[int, ...]] = {
    "L": (17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858,
          929, 1003, 1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431,
          2563, 2699, 2809, 2953),
    "M": (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
          711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911,
          1989, 2099, 2213, 2331),
    "Q": (11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364, 394, 442, 482,
          509, 565, 611, 661, 715, 751, 805, 868, 908, 982, 1030, 1112, 1168, 1228, 1283, 1351,
          1423, 1499, 1579, 1663),
    "H": (7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280, 310, 338, 382,
          403, 439, 461, 511, 535, 593, 625, 658, 698, 742, 790, 842, 898, 958, 983, 1051,
          1093, 1139, 1219, 1273),
}  # fmt: skip


def qr_modules(byte_count: int, level: QrLevel) -> int:
    """Modules a side (without the quiet zone) of a code for so many bytes.

    Raises:
        BadDocument: no QR code holds that much.
    """
    for version, capacity in enumerate(_QR_BYTES[level], 1):
        if byte_count <= capacity:
            return 17 + 4 * version
    raise BadDocument(f"qr of {byte_count} bytes at level {level}")


def fitting_size(qr: Qr, dots: int) -> int:
    """Dots a module, at most the wished ones, so that the code with its quiet zone fits ``dots``.

    Raises:
        BadDocument: it does not fit even at one dot a module.
    """
    modules = qr_modules(len(qr.data.encode()), qr.level) + 2 * QUIET_MODULES
    size = min(qr.size, dots // modules)
    if size < 1:
        raise BadDocument(f"qr of {modules} modules on {dots} dots")
    return size


@functools.lru_cache(maxsize=64)
def qr_rows(data: bytes, level: QrLevel) -> tuple[bytes, ...]:
    """Rows of modules, one byte a module (1 dark), with the quiet zone."""
    import segno  # noqa: PLC0415 - late: see the module docstring

    code = segno.make(data, error=level, micro=False, boost_error=False, mode="byte")
    return tuple(bytes(row) for row in code.matrix_iter(border=QUIET_MODULES))


@functools.lru_cache(maxsize=16)
def qr_image(qr: Qr, dots: int) -> Image:
    """The code as dots for a printer without ``GS ( k``."""
    return rows_image(qr_rows(qr.data.encode(), qr.level), fitting_size(qr, dots))


@functools.lru_cache(maxsize=64)
def barcode_modules(barcode: Barcode) -> bytes:
    """Modules of a linear code, one byte each (1 dark).

    Raises:
        BadDocument: the data do not suit the kind.
    """
    # python-barcode ships no stubs; late: see the module docstring.
    import barcode as library  # type: ignore[import-untyped]  # noqa: PLC0415 - as said above
    from barcode.errors import BarcodeError  # type: ignore[import-untyped]  # noqa: PLC0415 - ditto

    kind = {"UPC-A": "upca"}.get(barcode.kind, barcode.kind.lower())
    options: dict[str, Any] = {"add_checksum": False} if kind == "code39" else {}
    try:
        built = library.get_barcode_class(kind)(barcode.data, **options).build()
    except (BarcodeError, ValueError, IndexError, KeyError) as error:
        raise BadDocument(f"{barcode.kind} {barcode.data!r}: {error}") from error
    return bytes(int(char != "0") for char in built[0])


def barcode_image(barcode: Barcode, dots: int) -> Image:
    """The code as dots for a printer without ``GS k``.

    Raises:
        BadDocument: it is wider than the paper, or its data are wrong.
    """
    modules = barcode_modules(barcode)
    size = min(BARCODE_MODULE, dots // len(modules))
    if size < 1:
        raise BadDocument(f"{barcode.kind} of {len(modules)} modules on {dots} dots")
    row = _pack(bytes(bit for bit in modules for _ in range(size)))
    return Image(row * BARCODE_HEIGHT, len(modules) * size, BARCODE_HEIGHT)


def rows_image(rows: tuple[bytes, ...], size: int) -> Image:
    """Rows of modules to dots, ``size`` dots a module."""
    packed = b"".join(_pack(bytes(bit for bit in row for _ in range(size))) * size for row in rows)
    return Image(packed, len(rows[0]) * size, len(rows) * size)


def _pack(bits: bytes) -> bytes:
    """One byte a dot to one bit a dot, first dot highest."""
    width = (len(bits) + 7) // 8
    value = int(bits.translate(_TO_DIGITS), 2) << (width * 8 - len(bits))
    return value.to_bytes(width, "big")


_TO_DIGITS = bytes(0x31 if value else 0x30 for value in range(256))
